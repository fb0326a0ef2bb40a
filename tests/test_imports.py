"""Importing from other programs: each format from a sample file to a library that checks, and what comes the second time."""

import io
import json
import re
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pypandoc
import pytest
from florilegium import cli
from florilegium.core.edits import read_exactly
from florilegium.core.spans import LineTable
from florilegium.edit.imports.archives import Archive, ArchiveError, parse_xml
from florilegium.edit.imports.detection import guess_format, parse_export
from florilegium.edit.imports.highlights import HighlightFormat
from florilegium.edit.imports.kindle import parse_kindle
from florilegium.edit.imports.listed_authors import listed_authors
from florilegium.library.reading import read_library
from florilegium.works.csl.csl_items import read_item
from florilegium.works.known_works import find_known
from folders import write_files
from projects import LIBRARY, tree

SAMPLES = Path(__file__).parent / "imports"
NOTE = "annotations/notes/forgetting.md"
WORKS = "annotations/references/imported.json"
IMPORTS = "annotations/imports.lock"


@pytest.fixture
def root(tmp_path):
    write_files(tmp_path / "library" / "annotations", LIBRARY)
    return tmp_path / "library"


@pytest.fixture
def bring(root, capsys):
    """Runs `florilegium import` in this process: exit code, output, errors."""

    def run(*arguments):
        with pytest.raises(SystemExit) as leaving:
            cli.main(["import", "--root", str(root), *map(str, arguments)])
        out, err = capsys.readouterr()
        assert "Traceback" not in err, err
        return leaving.value.code, out, err

    return run


@pytest.fixture
def export(tmp_path):
    """Writes a file to import."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def quotes(root):
    return {quote.address: quote for note in read_library(root).library.notes for quote in note.quotes}


def errors(found):
    return [f"{d.span.path.rpartition('/')[2]}: {d.rule}" for d in found if d.severity == "error"]


def lines_of(err, severity="error"):
    return [int(line) for line in re.findall(rf"^[^:]+:(\d+):\d+: {severity}: ", err, re.MULTILINE)]


# ------------------------------------------------------------------------------------------------ what each format is


def project(text, selections, codes="", notes="", name="Interview 1", extra=()):
    """A REFI-QDA project with one source."""
    qde = f"""<?xml version="1.0" encoding="utf-8"?>
<Project name="P" origin="Example 1.0" xmlns="urn:QDA-XML:project:1.0">
<CodeBook><Codes>{codes}</Codes></CodeBook>
<Sources>
<TextSource guid="src-1" name="{name}" plainTextPath="internal://src-1.txt">
{selections}
</TextSource>
</Sources>
<Notes>{notes}</Notes>
</Project>"""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", qde)
        archive.writestr("sources/src-1.txt", "\ufeff" + text)
        for path, content in extra:
            archive.writestr(path, content)
    return data.getvalue()


PROJECT = project(
    "Q: What is it?\nA: A 😀 door that\nnobody locked.\n",
    """<PlainTextSelection guid="sel-1" startPosition="18" endPosition="31">
<Coding guid="k1"><CodeRef targetGUID="c1"/></Coding><NoteRef targetGUID="n1"/></PlainTextSelection>
<PlainTextSelection guid="sel-2" startPosition="40" endPosition="4000"/>
<PlainTextSelection guid="sel-3" startPosition="32" endPosition="46"/>""",
    '<Code guid="c1" name="Amnesia"/><Code guid="c2" name="Doors"/>',
    '<Note guid="n1" name="memo"><PlainTextContent>A memo.</PlainTextContent></Note>',
    name="The art of forgetting",
)


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("works.ris", HighlightFormat.RIS),
        ("works.bib", HighlightFormat.BIBTEX),
        ("zotero-csl.json", HighlightFormat.CSL),
        ("zotero-annotations.json", HighlightFormat.ZOTERO),
        ("zotero-note.html", HighlightFormat.ZOTERO),
        ("zotero-note.md", HighlightFormat.ZOTERO),
        ("hypothesis.json", HighlightFormat.HYPOTHESIS),
        ("readwise.csv", HighlightFormat.READWISE),
        ("kindle.txt", HighlightFormat.KINDLE),
        ("codebook.qdc", HighlightFormat.REFI_QDA),
    ],
)
def test_the_format_is_guessed_from_the_content(name, format):
    assert guess_format((SAMPLES / name).read_bytes()) is format


@pytest.mark.parametrize("data", [b"", b"Some words.", b"\xff\xfe\x00", b"\x00\x01\x02"])
def test_the_format_of_anything_else_is_not_guessed(data):
    assert guess_format(data) is None


@pytest.mark.parametrize(
    ("name", "keys", "broken"),
    [
        ("works.ris", ["somer2009", "lutz2013", "worldhealthorganization2009", "pew2021"], [15, 19, 34, 42, 44]),
        ("works.bib", ["somer2009", "lutz2013"], [11]),
        ("zotero-csl.json", ["somer2009", "broken", "lutz2013"], [21, 23]),
    ],
)
def test_works_are_imported_and_what_is_broken_is_reported(bring, root, check_library, name, keys, broken):
    code, out, err = bring(SAMPLES / name)
    assert code == 1
    assert lines_of(err) == broken
    assert f"works: {len(keys)} added" in out
    assert [item["id"] for item in json.loads(read_exactly(root, WORKS))] == keys
    assert errors(check_library(root)) == []
    before = tree(root)
    code, out, err = bring(SAMPLES / name)
    assert f"{len(keys)} there already" in out
    assert "nothing new" in out
    assert tree(root) == before


HIGHLIGHTS = [
    # sample, words of the quotes, lines that are broken, comments, themes of the first
    (
        "zotero-annotations.json",
        [
            "Heroin helps me forget the pain in my life.",
            "#hash & <b>bold</b> @doe2009 `code` [link](javascript:alert(1)) soft",
        ],
        [45],
        ["Compare with the *other* interview, [p. 3]."],
        ["amnesia"],
    ),
    (
        "zotero-note.html",
        ["Heroin helps me forget the pain in my life.", "She said: “no more”, and left & went."],
        [3],
        ["Compare with the other interview."],
        [],
    ),
    (
        "zotero-note.md",
        ["Heroin helps me forget the pain in my life.", "Stars *here* and [brackets] (so it goes)."],
        [6],
        ["Compare with the other interview."],
        [],
    ),
    (
        "hypothesis.json",
        ["What is gone is behind a door that nobody locked.", "הזיכרון הוא בית"],
        [28],
        ["The image of a **door** again; see https://example.com."],
        ["amnesia"],
    ),
    (
        "readwise.csv",
        [
            'What is gone, is "gone".',
            "Two paragraphs.\n- The second looks like a list.",
            "Plain words without quotes",
        ],
        [3, 7],
        ["A note of mine"],
        ["amnesia"],
    ),
    (
        "kindle.txt",
        [
            "What is gone is gone for good, they say.",
            "1. Eine Aufzählung\n# und eine Überschrift",
            "El olvido está lleno de memoria.",
            "遗忘是一扇门。",
        ],
        [16],
        ["They say?"],
        [],
    ),
    ("project.qdpx", ["A 😀 door that", "nobody locked."], [8], ["A memo."], ["amnesia"]),
]


@pytest.mark.parametrize(("name", "words", "broken", "comments", "themes"), HIGHLIGHTS, ids=[h[0] for h in HIGHLIGHTS])
def test_highlights_become_quotes(bring, root, export, check_library, name, words, broken, comments, themes):
    file = export(name, PROJECT) if name == "project.qdpx" else SAMPLES / name
    before = quotes(root)
    code, out, err = bring(file)
    assert code == 1, "something in each sample is broken"
    assert lines_of(err) == broken
    added = [quote for address, quote in quotes(root).items() if address not in before]
    assert [quote.words for quote in added] == words
    assert [mention.id for mention in added[0].themes] == themes
    assert all(quote.speaker.text == "the author" for quote in added)
    assert "does not say who speaks" in out
    note = next(note for note in read_library(root).library.notes if note.id == added[0].note)
    assert [c for c in comments if _shown(c) not in _shown(note.body.text)] == []
    assert len(note.body.citations) == 1, "only the prose of the note cites"
    assert note.body.hyperlinks == () or note.id == "forgetting"
    assert errors(check_library(root)) in ([], [f"{note.id}.md: invalid-front-matter-value"])
    after = tree(root)
    code, out, err = bring(file)
    assert "nothing new" in out
    assert tree(root) == after, "nothing is written when nothing is new"


def _shown(text):
    return text.replace("\\", "")


def test_a_new_note_is_a_draft_that_checks_once_its_todos_are_filled(bring, root, check_library):
    bring(SAMPLES / "hypothesis.json", "--theme", "doors=numbing")
    path = root / "annotations/notes/an-essay-on-forgetting.md"
    text = path.read_text(encoding="utf-8")
    assert "status: draft" in text
    assert "themes: [amnesia, numbing]" in text
    assert errors(check_library(root)) == []
    text = text.replace("basis: # TODO: full-text, abstract or secondary", "basis: full-text")
    text = text.replace("TODO: say in your own words what this work is and what it argues", "An essay")
    path.write_text(text.replace("status: draft\n", ""), encoding="utf-8")
    assert errors(check_library(root)) == []


def test_codes_become_themes(bring, root, check_library):
    code, out, _ = bring(SAMPLES / "codebook.qdc")
    assert (code, "themes: 2 added" in out) == (0, True)
    themes = {theme.id: theme for theme in read_library(root).library.themes}
    assert themes["lost-time"].label == "Lost time"
    assert [mention.id for mention in themes["lost-time"].broader] == ["amnesia"]
    assert "[@nobody]" in _shown(themes["lost-time"].body.text)
    assert themes["lost-time"].body.citations == ()
    assert themes["yi-wang"].label == "遗忘"
    assert [e for e in errors(check_library(root)) if "unfinished" not in e] == []
    before = tree(root)
    assert "nothing new" in bring(SAMPLES / "codebook.qdc")[1]
    assert tree(root) == before


# ------------------------------------------------------------------------------------------------------ the second time

ROW = "{words},The art of forgetting,Jane Doe,,{note},,{tags},page,{page},2024-05-02 09:12:44+00:00,\n"
HEADER = "Highlight,Book Title,Book Author,Amazon Book ID,Note,Color,Tags,Location Type,Location,Highlighted at,Document tags\n"


def hypothesis(*rows):
    """An answer of Hypothesis: each row is an id, words, and perhaps a comment and tags."""
    return json.dumps(
        [
            {
                "id": id_,
                "uri": "https://example.org/essay",
                "text": more[0] if more else "",
                "tags": list(more[1:]),
                "target": [{"selector": [{"type": "TextQuoteSelector", "exact": words}]}],
                "document": {"title": ["An essay"]},
            }
            for id_, words, *more in rows
        ],
        ensure_ascii=False,
    )


@pytest.fixture
def imported(bring, root, export):
    """A note with two imported quotes."""
    file = export("h.json", hypothesis(("a1", "The first words."), ("b2", "The second words.", "A comment.")))
    assert bring(file, "--note", "forgetting")[0] == 0
    return root / NOTE


def test_words_that_changed_there_alone_are_brought_up_to_date_by_span(bring, export, imported, root):
    text = imported.read_text(encoding="utf-8").replace("the author, in [@doe2009] {#the-first", 'a participant "Dana", in [@doe2009] #amnesia !drug-use {#the-first')  # fmt: skip
    imported.write_text(text, encoding="utf-8")
    code, out, _ = bring(export("h.json", hypothesis(("a1", "The first *corrected* words.\n\nTwo."), ("b2", "The second words.", "A comment."))))  # fmt: skip
    assert (code, "1 updated, 1 unchanged" in out) == (0, True)
    after = imported.read_text(encoding="utf-8")
    assert after == text.replace("> The first words.\n", "> The first \\*corrected\\* words.\n>\n> Two.\n")
    assert quotes(root)["forgetting/the-first-words"].words == "The first *corrected* words.\nTwo."
    assert "nothing new" in bring(export("h.json", hypothesis(("a1", "The first *corrected* words.\n\nTwo."), ("b2", "The second words.", "A comment."))))[1]  # fmt: skip


def test_words_that_changed_here_alone_stay_without_a_word(bring, export, imported):
    text = imported.read_text(encoding="utf-8").replace("The first words.", "The first […] words.")
    imported.write_text(text, encoding="utf-8")
    code, out, err = bring(export("h.json", hypothesis(("a1", "The first words."), ("b2", "The second words.", "A comment."))))  # fmt: skip
    assert (code, err) == (0, "")
    assert "nothing new" in out
    assert imported.read_text(encoding="utf-8") == text


def test_words_that_changed_on_both_sides_are_shown_and_kept(bring, export, imported, root):
    text = imported.read_text(encoding="utf-8").replace("The first words.", "The first […] words.")
    imported.write_text(text, encoding="utf-8")
    before = tree(root)
    code, out, err = bring(export("h.json", hypothesis(("a1", "The very first words."), ("b2", "The second words.", "A comment."))))  # fmt: skip
    assert code == 1
    assert "1 in conflict" in out
    assert "    - The first […] words.\n    + The very first words.\n" in err
    assert tree(root) == before
    file = export("h.json", hypothesis(("a1", "The very first words."), ("b2", "The second words.", "A comment.")))
    assert bring(file, "--keep-mine")[0] == 0
    assert imported.read_text(encoding="utf-8") == text
    assert bring(file)[0] == 0, "it is settled"


def test_the_same_change_on_both_sides_is_no_conflict(bring, export, imported):
    text = imported.read_text(encoding="utf-8").replace("The first words.", "The very first words.")
    imported.write_text(text, encoding="utf-8")
    file = export("h.json", hypothesis(("a1", "The very first words."), ("b2", "The second words.", "A comment.")))
    assert bring(file)[0] == 0
    assert imported.read_text(encoding="utf-8") == text
    assert "nothing new" in bring(file)[1]


def test_comments_are_brought_up_to_date_and_never_overwritten(bring, export, imported):
    text = imported.read_text(encoding="utf-8")
    changed = export("h.json", hypothesis(("a1", "The first words.", "New."), ("b2", "The second words.", "Other.")))
    assert bring(changed)[0] == 0
    after = imported.read_text(encoding="utf-8")
    assert after == text.replace("A comment.", "Other.").replace("words}\n\n> The second", "words}\n\nNew.\n\n> The second")  # fmt: skip
    imported.write_text(after.replace("Other.", "My own."), encoding="utf-8")
    again = export("h.json", hypothesis(("a1", "The first words.", "New."), ("b2", "The second words.", "Third.")))
    code, _, err = bring(again)
    assert code == 1
    assert "    - My own.\n    + Third.\n" in err
    assert "My own." in imported.read_text(encoding="utf-8")


def test_a_comment_that_is_gone_there_is_taken_out_here(bring, export, imported):
    text = imported.read_text(encoding="utf-8")
    assert bring(export("h.json", hypothesis(("a1", "The first words."), ("b2", "The second words."))))[0] == 0
    assert imported.read_text(encoding="utf-8") == text.replace("\n\nA comment.", "")


def test_what_is_gone_there_is_kept_and_said(bring, export, imported, root):
    before = tree(root)
    code, _, err = bring(export("h.json", hypothesis(("a1", "The first words."))))
    assert code == 0
    assert 'no longer in the export, and kept here: "forgetting/the-second-words"' in err
    assert tree(root) == before


def test_what_was_removed_here_is_not_brought_back(bring, export, imported, root):
    text = imported.read_text(encoding="utf-8")
    start = text.index("> The first words.")
    imported.write_text(text[:start] + text[text.index("> The second words.") :], encoding="utf-8")
    before = tree(root)
    code, _, err = bring(export("h.json", hypothesis(("a1", "The first words."), ("b2", "The second words.", "A comment."))))  # fmt: skip
    assert code == 0
    assert 'removed here, and not brought back: "forgetting/the-first-words"' in err
    assert tree(root) == before


def test_a_quote_whose_id_was_changed_is_found_by_its_words(bring, export, imported, root):
    imported.write_text(
        imported.read_text(encoding="utf-8").replace("{#the-first-words}", "{#opening}"), encoding="utf-8"
    )
    file = export("h.json", hypothesis(("a1", "The first words."), ("b2", "The second words.", "A comment.")))
    assert bring(file)[0] == 0
    assert " forgetting/opening " in (root / IMPORTS).read_text(encoding="utf-8")
    assert bring(export("h.json", hypothesis(("a1", "Corrected."), ("b2", "The second words.", "A comment."))))[0] == 0
    assert quotes(root)["forgetting/opening"].words == "Corrected."


def test_a_quote_that_was_there_by_hand_is_not_doubled(bring, export, root):
    before = (root / NOTE).read_text(encoding="utf-8")
    code, out, _ = bring(
        export("r.csv", HEADER + ROW.format(words="What is gone is gone.", note="", tags="", page="99"))
    )
    assert (code, "1 unchanged" in out) == (0, True)
    assert (root / NOTE).read_text(encoding="utf-8") == before, "not even its page"


def test_quotes_without_an_id_are_not_remembered(bring, export, root):
    path = root / NOTE
    path.write_text(path.read_text(encoding="utf-8").replace("{#gone}", ""), encoding="utf-8")
    file = export("r.csv", HEADER + ROW.format(words="What is gone is gone.", note="", tags="", page="99"))
    assert bring(file)[0] == 0
    assert bring(file)[0] == 0, "the state file can be read"


def test_a_page_that_changed_there_alone_is_changed(bring, export, root):
    row = ROW.format(words="New words.", note="", tags="", page="{}")
    data = hypothesis(("a1", "New words."))
    paged = json.loads(data)
    paged[0]["target"][0]["selector"].append({"type": "PageSelector", "index": 3, "label": "4"})
    bring(export("h.json", json.dumps(paged)), "--note", "forgetting")
    assert "in [@doe2009, p. 4] {#new-words}" in (root / NOTE).read_text(encoding="utf-8")
    paged[0]["target"][0]["selector"][-1]["label"] = "5-6"
    assert bring(export("h.json", json.dumps(paged)))[0] == 0
    assert "in [@doe2009, pp. 5-6] {#new-words}" in (root / NOTE).read_text(encoding="utf-8")
    assert row


def test_a_widened_highlight_of_a_kindle_is_an_update(bring, export, root):
    clipping = "The art of forgetting (Doe, Jane)\n- Your Highlight on page 12 | Location 180-18{} | Added on Thursday\n\n{}\n==========\n"
    first = clipping.format(2, "What goes is gone")
    bring(export("k.txt", first))
    code, out, _ = bring(export("k.txt", first + clipping.format(3, "What goes is gone for good.")))
    assert (code, "1 updated" in out) == (0, True)
    assert quotes(root)["forgetting/what-goes-is-gone"].words == "What goes is gone for good."


def test_a_note_never_grows_beyond_what_is_read(bring, export, root):
    before = tree(root)
    rows = "".join(
        ROW.format(words=f"{n} " + "words " * 500, note="", tags="", page=n).replace("44+", f"{n}+") for n in range(500)
    )
    code, _, err = bring(export("r.csv", HEADER + rows))
    assert code == 1
    assert "at most 1,048,576 are read" in err
    assert tree(root) == before


def test_a_note_that_cannot_be_read_is_left_alone(bring, export, imported, root):
    imported.write_bytes(imported.read_bytes() + b"\xff")
    before = tree(root)
    code, _, err = bring(export("h.json", hypothesis(("a1", "Other."), ("c3", "New."))))
    assert code == 1
    assert "the note cannot be read" in err
    assert tree(root) == before


def test_a_broken_state_file_stops_everything(bring, export, root):
    (root / IMPORTS).write_text("# imports.lock\nquote what\n", encoding="utf-8")
    code, _, err = bring(SAMPLES / "works.bib")
    assert code == 2
    assert "line 2 of annotations/imports.lock" in err


# ------------------------------------------------------------------------------------------------------------ works

DOE = "@book{{doe2009, author={{Doe, Jane}}, title={{{title}}}, publisher={{Somewhere Press}}, year={{{year}}}}}"


def test_the_same_work_under_the_same_key_is_nothing_new(bring, export, root):
    before = tree(root)
    code, out, _ = bring(export("a.bib", DOE.format(title="The art of forgetting", year="2009")))
    assert (code, "nothing new" in out) == (0, True)
    assert tree(root) == before


def test_the_same_work_described_otherwise_is_said_and_kept(bring, export, root):
    code, _, err = bring(export("a.bib", DOE.format(title="The Art of Forgetting", year="2009")))
    assert code == 0
    assert "is described otherwise at annotations/notes/forgetting.md" in err


def test_another_work_under_the_same_key_is_a_conflict_with_a_way_out(bring, export, root):
    file = export("a.bib", DOE.format(title="Something else", year="2009"))
    code, out, err = bring(file)
    assert (code, "1 in conflict" in out) == (1, True)
    assert "--key doe2009=doe2009a" in err
    code, out, _ = bring(file, "--key", "doe2009=doe2009a")
    assert (code, "1 added" in out) == (0, True)
    assert "nothing new" in bring(file)[1], "the key is remembered"


def test_the_same_doi_under_another_key_is_said_and_not_added(bring, export, root):
    bring(SAMPLES / "works.bib")
    before = tree(root)
    other = "@article{other1, title={T}, author={Doe, J.}, journal={J}, year={2013}, doi={10.1016/J.TINS.2012.11.002}}"
    code, _, err = bring(export("b.bib", other))
    assert code == 0
    assert '"other1" is the work "lutz2013"' in err
    assert tree(root) == before


def test_works_are_updated_where_they_were_imported_and_not_where_they_were_edited(bring, export, root):
    entry = "@book{{roe2011, author={{Roe, R.}}, title={{{}}}, publisher={{P}}, year={{2011}}}}\n"
    other = "@book{poe2012, author={Poe, P.}, title={Other}, publisher={P}, year={2012}}\n"
    bring(export("a.bib", entry.format("One") + other))
    path = root / WORKS
    path.write_text(path.read_text(encoding="utf-8").replace('"Other"', '"Other, mine"'), encoding="utf-8")
    code, out, _ = bring(export("a.bib", entry.format("Two") + other))
    assert (code, "1 updated" in out) == (0, True)
    assert '"Two"' in path.read_text(encoding="utf-8")
    assert '"Other, mine"' in path.read_text(encoding="utf-8"), "an edit by hand stays"
    before = tree(root)
    code, out, err = bring(export("a.bib", entry.format("Two") + other.replace("Other", "Theirs")))
    assert (code, "1 in conflict" in out, '"poe2012" was changed here and in the export: title' in err) == (
        1,
        True,
        True,
    )
    assert tree(root) == before
    theirs = export("a.bib", entry.format("Two") + other.replace("Other", "Theirs"))
    assert bring(theirs, "--keep-mine")[0] == 0
    assert bring(theirs)[0] == 0, "it is settled"
    assert '"Other, mine"' in path.read_text(encoding="utf-8")


def test_a_work_whose_texts_hide_something_is_left_out(bring, export, root, check_library):
    entry = "@book{{k{}a, author={{{}, A.}}, title={{{}}}, publisher={{P}}, year={{2011}}}}\n"
    text = (
        entry.format(1, "D\u202eoe", "T")
        + entry.format(2, "Doe", "T\u2066")
        + entry.format(3, "Ro\u00ade", "T\u200bwo")
    )
    code, out, err = bring(export("a.bib", text))
    assert (code, "1 added" in out) == (1, True)
    assert lines_of(err) == [1, 2]
    item = json.loads(read_exactly(root, WORKS))[0]
    assert (item["author"][0]["family"], item["title"]) == ("Roe", "Two")
    assert errors(check_library(root)) == []


def test_a_key_that_stands_for_another_work_there_does_not_mislead(bring, root, export):
    item = {"itemType": "book", "title": "Quite another book", "citationKey": "doe2009", "key": "A"}
    mark = {
        "itemType": "annotation",
        "annotationType": "highlight",
        "annotationText": "Words.",
        "key": "M",
        "parentItem": "A",
    }
    bring(export("z.json", json.dumps([item, mark, mark])))
    assert "quite-another-book/words" in quotes(root)
    assert len(quotes(root)) == 3, "what comes twice in a file is one"


def test_a_file_of_works_that_is_broken_is_not_touched(bring, root, export):
    (root / WORKS).parent.mkdir()
    (root / WORKS).write_text('{"id": ', encoding="utf-8")
    code, _, err = bring(SAMPLES / "works.bib")
    assert code == 2
    assert "is not a list of works" in err


# ------------------------------------------------------------------------------------------- which note, who, which theme


def test_a_dry_run_shows_the_diff_and_writes_nothing(bring, root):
    before = tree(root)
    code, out, _ = bring("kindle", SAMPLES / "kindle.txt", "--dry-run")
    assert code == 1
    assert "+++ b/annotations/notes/forgetting.md" in out
    assert "Nothing was written." in out
    assert tree(root) == before


def test_the_speaker_is_a_declared_role(bring, root):
    assert bring(SAMPLES / "kindle.txt", "--speaker", "novelist")[0] == 2
    bring(SAMPLES / "kindle.txt", "--speaker", "participant")
    assert quotes(root)["forgetting/el-olvido-esta-lleno-de"].speaker.text == "a participant"


def test_without_a_role_author_the_speaker_must_be_said(bring, root):
    settings = root / "annotations/library.yml"
    settings.write_text(settings.read_text().replace("  - {id: author, label: Author}\n", ""))
    code, _, err = bring(SAMPLES / "kindle.txt")
    assert code == 2
    assert "--speaker ROLE" in err


def test_a_pseudonym_may_be_given(bring, root):
    bring(SAMPLES / "kindle.txt", "--speaker", 'a participant "Dana"')
    assert quotes(root)["forgetting/el-olvido-esta-lleno-de"].speaker.name == "Dana"


def test_unknown_tags_are_reported_once_and_can_become_themes(bring, root, export, check_library):
    rows = "".join(ROW.format(words=f"Words {n}.", note="", tags="Lost Time", page=n) for n in range(3))
    rows = "".join(row.replace("44+00", f"4{n}+00") for n, row in enumerate(rows.splitlines(keepends=True)))
    file = export("r.csv", HEADER + rows)
    _, _, err = bring(file, "--dry-run")
    assert err.count('no theme fits the tag "Lost Time" (3 times)') == 1
    code, out, _ = bring(file, "--new-themes")
    assert (code, "themes: 1 added" in out) == (0, True)
    assert [m.id for m in quotes(root)["forgetting/words-0"].themes] == ["lost-time"]
    assert "themes: [amnesia, lost-time]" in (root / NOTE).read_text(encoding="utf-8")
    assert [e for e in errors(check_library(root)) if "unfinished" not in e] == []


@pytest.mark.parametrize(
    ("themes", "after"),
    [
        ("[amnesia]", "[amnesia, numbing]"),
        ("[ amnesia, ]", "[ amnesia, numbing, ]"),
        ("[]", "[numbing]"),
        ("\n  - amnesia # first", "\n  - amnesia # first\n  - numbing"),
        ("\n- amnesia", "\n- amnesia\n- numbing"),
    ],
)
def test_themes_are_added_to_the_list_as_it_is_written(bring, root, export, themes, after):
    path = root / NOTE
    text = path.read_text(encoding="utf-8").replace("themes: [amnesia]", f"themes: {themes}".replace(": \n", ":\n"))
    path.write_text(text, encoding="utf-8")
    bring(export("r.csv", HEADER + ROW.format(words="New words.", note="", tags="numbing", page=1)))
    assert f"themes: {after}".replace(": \n", ":\n") + "\n" in path.read_text(encoding="utf-8")


def test_crlf_files_keep_their_line_ends(bring, root, export):
    path = root / NOTE
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    bring(export("r.csv", HEADER + ROW.format(words="New words.", note="A comment.", tags="", page=1)))
    data = path.read_bytes()
    assert b"> New words.\r\n>\r\n> " in data
    assert data.count(b"\n") == data.count(b"\r\n")


def test_highlights_of_a_sensitive_source_carry_its_notices(bring, root, export, check_library):
    settings = root / "annotations/library.yml"
    settings.write_text(settings.read_text() + "sensitive-sources: {roe2010: [drug-use]}\n")
    path = root / "annotations/notes/remembering.md"
    path.write_text(path.read_text().replace("{#kept}", "!drug-use {#kept}"))
    row = ROW.format(words="New words.", note="", tags="amnesia", page=1).replace("The art of forgetting,Jane Doe", "Remembering well,Richard Roe")  # fmt: skip
    bring(export("r.csv", HEADER + row))
    assert "#amnesia !drug-use {#new-words}" in path.read_text()
    assert errors(check_library(root)) == ["remembering.md: missing-notice"], "the note itself lacked it before"


def test_a_file_of_many_works_goes_to_their_notes_and_only_picks_one(bring, root, export):
    rows = ROW.format(words="Of doe.", note="", tags="", page=1)
    rows += ROW.format(words="Of roe.", note="", tags="", page=2).replace("The art of forgetting,Jane Doe", "Remembering well,R")  # fmt: skip
    file = export("r.csv", HEADER + rows)
    bring(file, "--only", "remembering", "--dry-run")
    code, out, _ = bring(file, "--only", "REMEMBERING")
    assert (code, out.count("1 added")) == (0, 1)
    bring(file)
    assert {"forgetting/of-doe", "remembering/of-roe"} <= set(quotes(root))


def test_with_a_note_named_highlights_of_other_works_are_left_out(bring, root, export):
    rows = ROW.format(words="Of doe.", note="", tags="", page=1)
    rows += ROW.format(words="Of poe.", note="", tags="", page=2).replace("The art of forgetting", "Another book")
    code, out, err = bring(export("r.csv", HEADER + rows), "--note", "forgetting")
    assert (code, "highlights left out: 1" in out) == (0, True)
    assert "is on another work than" in err
    assert "forgetting/of-doe" in quotes(root)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--note", "forgeting"], 'did you mean "forgetting"'),
        (["--source", "doe2008"], 'did you mean "doe2009"'),
        (["--theme", "a=amnesai"], 'did you mean "amnesia"'),
        (["--theme", "a"], "write --theme LEFT=RIGHT"),
        (["--only", "nothing like it"], "it has"),
    ],
)
def test_what_is_not_there_is_said(bring, arguments, message):
    code, _, err = bring(SAMPLES / "kindle.txt", *arguments)
    assert code == 2
    assert message in err


def test_files_and_formats_that_are_not_there_are_said(bring, export):
    assert "there is no file" in bring("nowhere.json")[2]
    assert "is not a format" in bring("word", SAMPLES / "kindle.txt")[2]
    assert "tells its format" in bring(export("a.txt", "Some words."))[2]


def test_a_source_without_a_note_gets_one(bring, root, export):
    bring(SAMPLES / "works.bib")
    file = export("h.json", hypothesis(("a1", "The first words.")))
    code, out, _ = bring(file, "--source", "lutz2013")
    assert (code, "opioid-receptors-distinct-roles-in.md (a new draft)" in out) == (0, True)
    assert "nothing new" in bring(file)[1], "the state file knows where it went"


def test_highlights_without_any_work_are_left_out(bring, root, export):
    code, out, err = bring(export("n.md", "“Words.” (Nobody, 1999, p. 3)\n"), "--dry-run")
    assert code == 1
    assert "no work of the library fits" in err
    assert "highlights left out: 1" in out


def test_pandoc_makes_the_same_works_of_a_bibtex_file(bring, root, export):
    text = (SAMPLES / "works.bib").read_text(encoding="utf-8")
    text = re.sub(r"@book{broken2010.*?\n}\n", "", text, flags=re.DOTALL)
    command = [pypandoc.get_pandoc_path(), "-f", "biblatex", "-t", "csljson"]
    theirs = json.loads(subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout)
    assert bring(export("works.bib", text))[0] == 0
    ours = json.loads(read_exactly(root, WORKS))
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        for field in ("title", "container-title", "volume", "issue", "page", "publisher", "DOI"):
            if field in other:
                assert mine[field].casefold() == other[field].removeprefix("https://doi.org/").casefold(), field
        assert mine["issued"]["date-parts"][0][0] == other["issued"]["date-parts"][0][0]


# ---------------------------------------------------------------------------------------------------- our own exports


@pytest.fixture
def own(root, tmp_path, capsys):
    """The data files of the library."""
    names = ["project.qdpx", "codebook.qdc", "references.json", "references.ris", "references.bib"]
    with pytest.raises(SystemExit) as leaving:
        cli.main(["export", "--root", str(root), "--output", str(tmp_path / "data"), *names])
    assert leaving.value.code == 0, capsys.readouterr()
    capsys.readouterr()
    return tmp_path / "data"


@pytest.mark.parametrize("name", ["codebook.qdc", "references.json", "references.ris", "references.bib"])
def test_our_own_exports_are_nothing_new(bring, own, root, name):
    before = tree(root)
    code, out, err = bring(own / name)
    assert (code, "nothing new" in out) == (0, True), err
    assert tree(root) == before


def test_our_own_project_comes_back_with_who_speaks_and_all_notices(bring, own, root):
    before = quotes(root)
    for path in (root / "annotations/notes").iterdir():
        path.write_text(re.sub(r"^>.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE), encoding="utf-8")
    assert quotes(root) == {}
    code, out, err = bring(own / "project.qdpx")
    assert (code, out.count("1 added")) == (0, 2), err
    ours, theirs = ([(q.note, q.words, q.speaker.text, {m.id for m in q.themes}) for q in found.values()]
                    for found in (before, quotes(root)))  # fmt: skip
    assert theirs == ours


# --------------------------------------------------------------------------------------------------- hostile archives


def zipped(**files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def test_a_file_that_unpacks_without_end_is_refused():
    archive = Archive(zipped(**{"project.qde": b"\0" * (65 * 1_048_576)}))
    with pytest.raises(ArchiveError, match="too large"):
        archive.read("project.qde")


def test_many_large_files_are_refused_together(monkeypatch):
    monkeypatch.setattr("florilegium.edit.imports.archives.MAX_ALL", 3_000)
    archive = Archive(zipped(a=b"x" * 2_000, b=b"x" * 2_000))
    archive.read("a")
    with pytest.raises(ArchiveError, match="too large"):
        archive.read("b")


def test_an_archive_of_too_many_files_is_refused(monkeypatch):
    monkeypatch.setattr("florilegium.edit.imports.archives._MAX_FILES", 3)
    with pytest.raises(ArchiveError, match="holds 4 files"):
        Archive(zipped(a="", b="", c="", d=""))


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\x", "/etc/passwd", "sources/../../x"])
def test_names_that_lead_out_of_an_archive_lead_nowhere(name):
    archive = Archive(zipped(**{"a": "", "../../etc/passwd": "x"}))
    with pytest.raises(ArchiveError, match="holds no file"):
        archive.read(name)


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        "<a>" * 200 + "</a>" * 200,
        "<a>&b;</a>",
        "<a>",
        "",
    ],
)
def test_xml_that_names_entities_or_is_broken_is_refused(xml):
    with pytest.raises(ArchiveError):
        parse_xml(xml)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04 broken", "cannot be opened"),
        (zipped(a="b"), "no project.qde"),
        (zipped(**{"project.qde": '<!DOCTYPE a [<!ENTITY b "x">]><Project/>'}), "document type"),
        (project("x", "").replace(b"project.qde", b"projekt.abc"), "no project.qde"),
    ],
)
def test_a_broken_project_is_reported_and_changes_nothing(bring, root, export, data, message):
    before = tree(root)
    code, _, err = bring(export("p.qdpx", data))
    assert code == 1
    assert message in err
    assert tree(root) == before


def test_a_source_outside_of_the_archive_is_not_read(export):
    for address in ("internal://../../../etc/passwd", "file:///etc/passwd", "relative://x", "internal:///etc/passwd"):
        data = project("x", "").decode("latin-1")
        selection = '<PlainTextSelection guid="s" startPosition="0" endPosition="4"/>'
        qde = f'<Project xmlns="urn:QDA-XML:project:1.0"><Sources><TextSource guid="a" name="n" plainTextPath="{address}">{selection}</TextSource></Sources></Project>'
        export_ = parse_export(HighlightFormat.REFI_QDA, "p.qdpx", zipped(**{"project.qde": qde}))
        assert export_.highlights == ()
        assert len(export_.findings) == 1
        assert data


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Daniel Kahneman;Olivier Sibony;Cass R. Sunstein", ["Kahneman", "Sibony", "Sunstein"]),
        ("Kahneman, Daniel & Sibony, Olivier", ["Kahneman", "Sibony"]),
        ("Daniel Kahneman, Olivier Sibony, and Cass R. Sunstein", ["Kahneman", "Sibony", "Sunstein"]),
        ("García Márquez, Gabriel", ["García Márquez"]),
        ("José Ortega y Gasset", ["Ortega y Gasset"]),
        ("Silva, Ana e Costa, Rui", ["Silva", "Costa"]),
        ("Gabriel Paz y Ana Roe", ["Paz", "Roe"]),
        ("Doe, Jane, Roe, Richard", ["Doe", "Roe"]),
        ("Ursula Roe et al.", ["Roe", "others"]),
        ("Martin Luther King, Jr.", ["King"]),
        ("Plato", ["Plato"]),
        ("", []),
    ],
)
def test_all_authors_of_a_highlighted_book_are_kept(text, names):
    assert [name.short for name in listed_authors(text)] == names


@pytest.mark.parametrize(
    ("meta", "page"),
    [
        ("12. sayfadaki Vurgunuz | 145-146. konum | Eklenme Tarihi: 5 Ağustos 2013", "12"),
        ("Twoje podkreślenie na stronie 13 | Położenie 155-156 | Dodano: 5 sierpnia 2013", "13"),
        ("14페이지의 내 하이라이트 | 위치 165-166 | 추가됨: 2013년 8월 5일", "14"),
    ],
)
def test_pages_of_a_kindle_in_other_languages(meta, page):
    export = parse_kindle(LineTable("x.txt", f"Noise (Doe, Jane)\n- {meta}\n\nSome words.\n==========\n"))
    assert [highlight.page for highlight in export.highlights] == [page]


def test_the_notice_of_a_clipping_limit_is_no_quotation():
    notice = "<You have reached the clipping limit for this item>"
    text = f"Noise (Doe, Jane)\n- Your Highlight on page 12 | Location 145-146 | Added on Monday\n\n {notice}\n==========\n"
    export = parse_kindle(LineTable("x.txt", text))
    assert export.highlights == ()
    assert "limit for clippings" in export.findings[0].message


def test_one_work_by_two_roads_is_one():
    def item(**fields):
        base = {"type": "book", "title": "Noise", "author": [{"family": "Kahneman", "given": "Daniel"}]}
        source, _ = read_item({**base, **fields}, "x")
        return source

    known = {"kahneman": replace(item(), key="kahneman")}
    dated = {"issued": {"date-parts": [[2021]]}}
    assert find_known(item(**dated, title="NOISE."), known) == "kahneman"
    assert not find_known(item(title="Noise and signal"), known)
    assert not find_known(item(author=[{"family": "Roe"}]), known)
    dois = {"kahneman": item(DOI="10.1000/a")}
    assert not find_known(item(DOI="10.1000/b"), dois)


# ---------------------------------------------------------------------------------------------- into a new library


def test_after_every_import_the_check_and_the_build_go_through(tmp_path, monkeypatch, capsys, check_library):
    """Each sample is brought into one new library, one after the other; the site is built once, with all of them."""
    root = tmp_path / "starter"

    def florilegium(*arguments):
        with pytest.raises(SystemExit) as leaving:
            cli.main([*map(str, arguments)])
        return leaving.value.code, "".join(capsys.readouterr())

    monkeypatch.chdir(tmp_path)
    assert florilegium("init", root, "--title", "All")[0] == 0
    vault = tmp_path / "vault"
    (vault / "a").mkdir(parents=True)
    (vault / "a/Größe.md").write_text(
        "---\nauthor: Doe, Jane\nyear: 2009\n---\n> Words.\n\nSee [[x]]. ^id1\nkey:: value\n"
    )
    (vault / "x.md").write_text("A thought, {{query}}.\n")
    (tmp_path / "project.qdpx").write_bytes(PROJECT)
    for path in [*sorted(SAMPLES.iterdir()), tmp_path / "project.qdpx", vault]:
        kind = ["notes"] if path.is_dir() else []
        _, said = florilegium("import", "--root", root, *kind, path)
        assert "Traceback" not in said
        assert errors(check_library(root)) == [], path.name
    code, said = florilegium("build", "--root", root, "--no-search")
    assert (code, (root / "site/notes/index.html").is_file()) == (0, True), said
