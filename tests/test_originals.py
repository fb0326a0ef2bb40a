"""Reading the text of a work from a file."""

import hashlib
import os
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import pytest
from florilegium.core.model import Library, LibrarySettings
from florilegium.core.spans import LineTable
from florilegium.library.notes import parse_note
from florilegium.quotations import originals, pdf_process
from florilegium.quotations.matching import Match, Missed, find_words
from florilegium.quotations.matching.normal_form import normal_form
from florilegium.quotations.misses import explain_miss
from florilegium.quotations.originals import Original, OriginalError, read_original
from florilegium.quotations.page_numbers import page_labels, page_of
from florilegium.quotations.verification import verify_quotes
from florilegium.works.citing.pandoc_process import find_pandoc


def written(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(OriginalError) as caught:
        read_original(path)
    assert caught.value.help
    assert str(path.parent) not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", ["log.txt", "log.md", "LOG.TXT"])
def test_plain_text(tmp_path: Path, name: str) -> None:
    data = "\ufeffCafé, “quoted”".encode()
    original = read_original(written(tmp_path, name, data))
    assert original.text == "Café, “quoted”"
    assert original.digest == hashlib.sha256(data).hexdigest()
    assert original.name == name


PAGE = """<!DOCTYPE html><html><head><title>The Log</title>
<style>p { color: red }</style><script>if (a < b) { "It was summer." }</script></head>
<body><h1>Winter</h1><p>It was the <em>third</em>
   winter&#8212;cold &amp;&nbsp;dark.</p><p>I couldn&rsquo;t dis&shy;sociate.<br>A self-
deception.</p><template>hidden</template><ul><li>one<li>two</ul></body></html>"""


def test_html(tmp_path: Path) -> None:
    text = normal_form(read_original(written(tmp_path, "page.html", PAGE)).text)
    for words in (
        "It was the third winter—cold & dark.",
        "I couldn't dissociate. A self- deception.",
        "one two",
    ):
        assert isinstance(find_words(words, text), Match), words
    for words in (
        "summer",
        "hidden",
        "color",
        "dark.I",
        "Winter It was the third winter. ",
        "A selfdeception",
    ):
        assert not isinstance(find_words(words, text), Match), words


def test_broken_html_is_text_all_the_same(tmp_path: Path) -> None:
    text = read_original(written(tmp_path, "page.htm", "<p>one</style> two <b>three &amp <"))
    assert "one" in text.text
    assert "two three &" in text.text


@pytest.mark.parametrize(
    "odd", ["<![^x]>", "<![", "<![if x]>", "<![endif]", "<![CDATA[x]]>", "<!x", "<?x", "</>", "<!-"]
)
def test_what_no_browser_minds_in_html_stops_nothing(tmp_path: Path, odd: str) -> None:
    text = read_original(written(tmp_path, "page.html", f"<html><body><p>Words of the page.</p>{odd}"))
    assert "Words of the page." in text.text


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "log.txt", "Café".encode("latin-1"))
    assert refusal(path) == '"log.txt" is not UTF-8: byte 0xe9 at offset 3'


def test_declared_encodings_are_read(tmp_path: Path) -> None:
    head = "Character set encoding: ISO-8859-1\n\nCafé"
    assert read_original(written(tmp_path, "a.txt", head.encode("latin-1"))).text.endswith("Café")
    page = '<meta charset="windows-1252"><p>“Café”</p>'
    assert "“Café”" in read_original(written(tmp_path, "a.html", page.encode("cp1252"))).text
    for encoding in ("utf-16", "utf-32", "utf-8-sig"):
        assert read_original(written(tmp_path, "a.txt", "Café".encode(encoding))).text == "Café"
    assert "is not in the encoding" in refusal(written(tmp_path, "a.html", b'<meta charset="nope">\xe9'))


def test_other_kinds_are_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, "log.doc", "x")).startswith(
        '"log.doc" is of no kind that can be read: .docx, .epub'
    )


def test_missing_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.txt") == '"none.txt" cannot be read: No such file or directory'


def test_what_is_no_regular_file(tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    for name in ("folder.txt", "pipe.txt"):
        assert refusal(tmp_path / name) == f'"{name}" is not a regular file'
    (tmp_path / "null.txt").symlink_to("/dev/null")
    assert "is not a regular file" in refusal(tmp_path / "null.txt")


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(originals, "MAX_ORIGINAL_BYTES", 1_048_576)
    path = written(tmp_path, "log.txt", b"x" * 1_048_576)
    assert len(read_original(path).text) == 1_048_576
    path.write_bytes(b"x" * 1_048_577)
    assert refusal(path) == '"log.txt" is larger than 1 MiB'


Run = tuple[float, float, float, str]
"""Where a run of letters stands on a page, how large it is, and the letters."""


def made_pdf(*pages: list[Run], trailer: str = "") -> bytes:
    """A PDF with runs of letters in Helvetica, whose streams are not packed."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for number, runs in enumerate(pages):
        stream = "".join(f"BT /F {size} Tf {x} {y} Td ({text}) Tj ET\n" for x, y, size, text in runs)
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 3 0 R>>>>/Contents {5 + 2 * number} 0 R>>",
            f"<</Length {len(stream)}>>stream\n{stream}endstream",
        ]
    data, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(data)
    size = len(objects) + 1
    data += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R{trailer}>>\n".encode()
    return data + f"startxref\n{start}\n%%EOF\n".encode()


def log_page(number: int, *lines: str) -> list[Run]:
    body = [(50, 700 - 20 * index, 12, line) for index, line in enumerate(lines)]
    return [(50, 750, 10, "The Keeper's Log".replace("'", "\\222")), *body, (300, 40, 9, str(number))]


PDF = made_pdf(
    [
        *log_page(511, "It was the third winter, and a three-", "legged dog came in with the gentle-"),
        (300, 705, 7, "12"),
    ],
    log_page(512, "man. We saw 10 in all."),
    log_page(513, "Then nothing. 10"),
)


def test_pdf(tmp_path: Path) -> None:
    original = read_original(written(tmp_path, "log.pdf", PDF))
    text = normal_form(original.text)
    assert "Keeper" not in text.text
    assert page_labels(original.page_lines) == ("511", "512", "513")
    for words in ("a three-legged dog came in with the gentleman. We saw", "in all. Then nothing."):
        assert isinstance(find_words(words, text), Match), words
    assert not isinstance(find_words("a threelegged dog came", text), Match)
    found = find_words("We saw 10 in all", text)
    assert isinstance(found, Match)
    assert page_of(text, found.position, ("511", "512", "513")) == "512"


def test_raised_signs_of_a_pdf(tmp_path: Path) -> None:
    page: list[Run] = [
        (50, 700, 12, "We saw 10"), (103, 705, 7, "6"), (110, 700, 12, "gulls."), (144, 705, 7, "3"),
        (152, 700, 12, "Some left."), (50, 680, 12, "Salt is dear, and the water H"), (208, 677, 7, "2"), (212, 680, 12, "O is not."),
    ]  # fmt: skip
    text = read_original(written(tmp_path, "log.pdf", made_pdf(page))).text
    first, second = text.split("\n")
    assert first == "We saw 10⁶ gulls. Some left."
    assert "waterH₂Oisnot." in second.replace(" ", "")


def test_a_pdf_that_cannot_be_read(tmp_path: Path) -> None:
    for name, data, message in (
        ("damaged.pdf", PDF[:300], "is damaged, or no PDF"),
        ("other.pdf", b"not a PDF at all", "is damaged, or no PDF"),
        ("empty.pdf", b"", "is empty"),
        ("scan.pdf", made_pdf([]), "holds no text, perhaps only pictures of its pages"),
    ):
        assert refusal(written(tmp_path, name, data)) == f'"{name}" {message}'


LOCKED = (
    f"/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -44/O<{'28' * 32}>/U<{'29' * 32}>>>/ID[<{'00' * 16}><{'00' * 16}>]"
)


def test_a_locked_pdf(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, "locked.pdf", made_pdf([(50, 700, 12, "x")], trailer=LOCKED))) == (
        '"locked.pdf" is locked with a password'
    )


HIDDEN = """<html><head><style>.gone{display:none} p{color:red}</style></head><body><nav><p>Home of words.</p></nav>
<article><p>The sea<sup>2</sup> was calm.<sup><a href="#fn1">[1]</a></sup> The tide<sup id=r><a href="#n">a</a></sup> turned.</p>
<p hidden>hidden words one</p><p style="display: none">hidden words two</p><p class="x gone">hidden words three</p>
<p>H<sub>2</sub>O and the 19<sup>th</sup> day.</p><details><summary>More</summary>folded words</details></article>"""


def test_hidden_html(tmp_path: Path) -> None:
    text = normal_form(read_original(written(tmp_path, "saved.html", HIDDEN)).text)
    for words in ("The sea² was calm. The tide turned.", "H₂O and the 19th day.", "folded words"):
        assert isinstance(find_words(words, text), Match), words
    for words in ("Home of words", "hidden words one", "hidden words two", "hidden words three", "H2O and the"):
        assert not isinstance(find_words(words, text), Match), words


@pytest.mark.parametrize("kind", ["docx", "epub", "odt", "rtf", "jats"])
def test_documents(tmp_path: Path, kind: str) -> None:
    pandoc = find_pandoc()
    assert pandoc is not None
    markdown = "---\ntitle: Log\n---\n\n# Winter\n\nIt was the *third* winter: 10^6^ gulls.[^1]\n\nThe lamp\nwas out.\n\n[^1]: A note.\n"
    path = tmp_path / f"log.{'xml' if kind == 'jats' else kind}"
    subprocess.run(
        [pandoc.path, "--standalone", "--from=markdown", f"--to={kind}", f"--output={path}"],
        input=markdown.encode(), check=True,
    )  # fmt: skip
    text = normal_form(read_original(path).text)
    for words in ("It was the third winter: 10⁶ gulls.", "The lamp was out."):
        assert isinstance(find_words(words, text), Match), (words, text.text)


def test_tei_and_transcripts(tmp_path: Path) -> None:
    tei = '<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><title>Log</title></teiHeader><text><p>It was <hi rend="i">the</hi> third<note>x</note><lb/>winter, 10<hi rend="superscript">6</hi> gulls.</p></text></TEI>'
    assert (
        read_original(written(tmp_path, "log.xml", tei)).text.split() == "It was the third winter, 10⁶ gulls.".split()
    )
    vtt = "WEBVTT\n\nNOTE x\n\n1\n00:00.000 --> 00:02.000\n<v Ines>I was <i>unhappy</i>\n\n00:02.000 --> 00:04.000\n<v Ines>at night.\n\n00:04.000 --> 00:05.000\n<v Kim>And then?\n"
    assert read_original(written(tmp_path, "log.vtt", vtt)).text == "Ines: I was unhappy at night. \n\nKim: And then?"
    srt = (
        "1\r\n00:00:01,000 --> 00:00:02,000\r\nI was unhappy\r\n\r\n2\r\n00:00:02,000 --> 00:00:03,000\r\nat night.\r\n"
    )
    assert read_original(written(tmp_path, "log.srt", srt)).text == "I was unhappy at night."
    entities = '<!DOCTYPE article [<!ENTITY a "b">]><article>&a;</article>'
    assert "declares entities" in refusal(written(tmp_path, "bomb.xml", entities))
    assert "neither JATS nor TEI" in refusal(written(tmp_path, "x.xml", "<other/>"))


def test_packed_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(written(tmp_path, "a.docx", b"PK no")) == '"a.docx" is damaged'
    with zipfile.ZipFile(tmp_path / "b.epub", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", b"0" * 2_000_000)
    assert "is damaged, or no EPUB file" in refusal(tmp_path / "b.epub")
    monkeypatch.setattr(originals, "MAX_UNPACKED_BYTES", 1_048_576)
    assert refusal(tmp_path / "b.epub") == '"b.epub" holds 1 MiB when it is unpacked'


def test_a_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "log.txt", "It was winter.")
    real, calls = os.fstat, []

    def changed(handle: int) -> os.stat_result:
        calls.append(handle)
        if len(calls) == 3:
            path.write_text("It was summer, and long.")
        return real(handle)

    monkeypatch.setattr(originals.os, "fstat", changed)
    assert refusal(path) == '"log.txt" changed while it was read'


def test_italics_of_plain_text(tmp_path: Path) -> None:
    text = read_original(written(tmp_path, "log.txt", "It was _the third\nwinter_, and snake_case_ stays: __x__.")).text
    assert text == "It was the third\nwinter, and snake_case_ stays: __x__."


def _pages_found(words: str, locator: str) -> list[str]:
    """The remedies for the page of a quotation, in a work whose three pages are printed as 511 to 513."""
    pages = [("A study 511", "It was winter."), ("512 Doe", "The gulls came. They left"), ("A study 513", "at night.")]
    text = "\f".join("\n".join(lines) for lines in pages)
    original = Original(text=text, digest="a" * 64, name="doe.pdf", page_lines=tuple(pages))
    front = "---\ntitle: Log\nsource: book\nbasis: full-text\nthemes: []\n---\n"
    block = f"\n> {words}\n>\n> — a keeper, in [@book, {locator}] {{#q}}\n"
    note = parse_note("log", LineTable("annotations/notes/log.md", front + block), "").note
    assert note is not None
    compared = verify_quotes(Library(settings=LibrarySettings(), notes=(note,)), {"book": original}, date(2026, 11, 23))
    assert compared.entries[0].page == {"I": "511", "T": "512"}[words[0]]
    return [problem.help for problem in compared.diagnostics if problem.rule == "wrong-page"]


def test_wrong_page() -> None:
    assert _pages_found("The gulls came.", "p. 412")[0].startswith("write p. 512;")
    assert _pages_found("It was winter.", "p. 512")[0].startswith("write p. 511;")


def test_wrong_page_nope() -> None:
    assert _pages_found("The gulls came.", "p. 512") == []
    assert _pages_found("The gulls came.", "pp. 510-14") == []
    assert _pages_found("It was winter.", "ch. 3") == []


def test_a_pdf_that_breaks_its_reader_stops_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_process, "PDF_MEMORY", 1_048_576)
    message = refusal(written(tmp_path, "bomb.pdf", PDF))
    assert message in (
        '"bomb.pdf" cannot be read: the program that reads it broke off',
        '"bomb.pdf" takes too much memory to read',
    )


def test_what_an_original_emphasises(tmp_path: Path) -> None:
    page = b"<title><i>t</i></title><p>Plain <em>lean <b>and</b> low</em> <nav><i>menu</i></nav><strong>wind</strong>"
    assert read_original(written(tmp_path, "log.html", page)).emphases == ("lean and low", "wind")
    assert read_original(written(tmp_path, "log.txt", b"Plain _lean\nand low_ wind")).emphases == ("lean\nand low",)
    assert read_original(written(tmp_path, "log2.txt", b"Plain lean")).emphases == ()


@pytest.mark.parametrize(
    ("read", "right", "misread"),
    [
        ("bum", "burn", True), ("l1ght", "light", True), ("Iamp", "lamp", True), ("tbe", "the", True), ("dear", "clear", True),
        ("5O", "50", True), ("thatwoke", "that woke", True), ("modem", "modern", True), ("lamps", "lamp", False), ("cold", "bold", False),
    ],
)  # fmt: skip
def test_a_letter_that_was_misread_is_not_the_contributors_fault(read: str, right: str, misread: bool) -> None:
    text = normal_form(f"Nobody saw it coming: {read} and all the rest of what they had brought with them.")
    words = f"it coming: {right} and all the rest of what they had brought"
    missed = find_words(words, text)
    assert isinstance(missed, Missed)
    remedy = explain_miss(missed, words, "log.txt", text)
    assert ("misread" in remedy, "Correct the words" in remedy) == (misread, not misread)
