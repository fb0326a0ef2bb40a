"""Reading the text of a work from a file."""

import hashlib
import os
import stat
from datetime import date
from pathlib import Path

import pytest
from florilegium.core.model import Library, LibrarySettings
from florilegium.core.spans import LineTable
from florilegium.library.notes import parse_note
from florilegium.quotations import originals
from florilegium.quotations.matching import Found, find_words, normalise
from florilegium.quotations.originals import Original, OriginalError, read_original
from florilegium.quotations.verification import verify_quotes


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
    text = normalise(read_original(written(tmp_path, "page.html", PAGE)).text)
    for words in (
        "It was the third winter—cold & dark.",
        "I couldn't dissociate. A self- deception.",
        "one two",
    ):
        assert isinstance(find_words(words, text), Found), words
    for words in (
        "summer",
        "hidden",
        "color",
        "dark.I",
        "Winter It was the third winter. ",
        "A selfdeception",
    ):
        assert not isinstance(find_words(words, text), Found), words


def test_broken_html_is_text_all_the_same(tmp_path: Path) -> None:
    text = read_original(written(tmp_path, "page.htm", "<p>one</style> two <b>three &amp <"))
    assert "one" in text.text
    assert "two three &" in text.text


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "log.txt", "Café".encode("latin-1"))
    assert refusal(path) == '"log.txt" is not UTF-8: byte 0xe9 at offset 3'


def test_other_kinds_are_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, "log.docx", "x")) == '"log.docx" is neither .txt, .md, .html nor .pdf'


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


def test_pdf_without_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refusal(written(tmp_path, "log.pdf", "%PDF-")) == 'reading "log.pdf" needs the program pdftotext'


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ('printf "%s\\fIt was winter" "$5"', "text"),
        ("exit 3", 'pdftotext could not read "-log.pdf"'),
        ("printf '\\f\\f'", '"-log.pdf" holds no text, perhaps only pictures of its pages'),
    ],
)
def test_pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, outcome: str) -> None:
    # A stand-in for Poppler's program, which is not everywhere; what matters is how it is called.
    program = written(tmp_path, "pdftotext", f'#!/bin/sh\ntest "$1 $2 $3" = "-q -enc UTF-8" || exit 9\n{script}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    path = written(tmp_path, "-log.pdf", "%PDF-")
    if outcome == "text":
        # The path is absolute, so that no name is taken for an option.
        text = read_original("-log.pdf").text
        assert text.endswith("\fIt was winter")
    else:
        assert refusal(path) == outcome


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
