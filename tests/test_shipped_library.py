"""The library of this repository: no finding at all, and every note is a document that Pandoc formats by itself."""

import shutil
import subprocess
from pathlib import Path

import pypandoc
import pytest
from florilegium import load

REPOSITORY = Path(__file__).parent.parent
DOCUMENTS = sorted((REPOSITORY / "annotations").glob("notes/*.md"))
SOMER = "annotations/notes/somer-opioid-use-disorder-and-dissociation.md"


def test_nothing_is_found(check_library):
    assert check_library(REPOSITORY) == ()


@pytest.mark.slow
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_pandoc_formats_every_note(path):
    command = [pypandoc.get_pandoc_path(), "--citeproc", "--fail-if-warnings", "--to=html", str(path)]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    assert 'class="references' in run.stdout


@pytest.fixture(scope="module")
def shipped():
    return load(REPOSITORY)


def test_each_theme_has_at_least_two_works(shipped):
    works = {theme.id: {note.source.id for note in theme.notes} for theme in shipped.themes}
    assert {id_: len(keys) for id_, keys in works.items() if len(keys) < 2} == {}


def test_each_quotation_was_compared_with_the_post_it_is_quoted_in(shipped):
    seen = [(quote.quoted_in.id, quote.verified) for quote in shipped.quotes]
    assert seen == [("subject-supposed-to-know", "quoted-in")] * 7


def test_what_is_inferred_of_a_work_shows_in_its_entry(shipped):
    (entry,) = {note.source.citation for note in shipped.notes if note.source.id == "somer2009"}
    assert "Somer, E. (ca. 2009). Opioid use disorder and dissociation." in entry
    assert "[Dissociation and the dissociative disorders: DSM-V and beyond]" in entry
    assert entry.endswith("[Routledge].")


def test_each_quotation_that_closes_has_a_gist_that_holds_none_of_its_words(shipped):
    hard = [quote for quote in shipped.quotes if {"sexual-exploitation", "despair"} & {n.id for n in quote.notices}]
    assert len(hard) == 2
    for quote in hard:
        assert quote.gist
        words = quote.gist.lower().split()
        said = " ".join(quote.words.lower().split())
        assert not [run for run in zip(words, words[1:], words[2:], strict=False) if " ".join(run) in said]


def test_the_page_about_the_site_counts_the_quoted_words(shipped):
    words = sum(len(quote.words.replace("…", " ").split()) for quote in shipped.quotes)
    about = (REPOSITORY / "docs/about.md").read_text(encoding="utf-8")
    assert f"They make up {words} of its" in about


# ------------------------------------------------------------------------------------- twenty ways to break a note

BREAKAGES = [
    # What a hand slips into: before, after; the rule, how many lines from the change it is reported, the remedy.
    ("source: somer2009", "source: somer2090", "unresolved-reference", 0, 'did you mean "somer2009"?'),
    ("basis: secondary", "basis: secundary", "invalid-front-matter-value", 0, 'did you mean "secondary"?'),
    ("via: subject-supposed-to-know\n", "", "missing-front-matter-key", -1, "add via:"),
    ("themes: [amnesia,", "themes: [amnezia,", "unknown-theme", 0, 'did you mean "amnesia"?'),
    ("notices: [drug-use,", "notices: [druguse,", "unknown-notice", 0, 'did you mean "drug-use"?'),
    ("date: 2026-11-23", "date: 23.11.2026", "invalid-front-matter-value", 0, "write 2026-11-23"),
    ("    type: chapter", "    typ: chapter", "invalid-reference", 0, 'did you mean "type"?'),
    ("  - id: apa2013", "  - id: somer2009", "duplicate-citation-key", 0, "give it another key"),
    ("978-0-89042-555-8", "978-0-89042-555-3", "invalid-isbn", 0, "compare it with the book"),
    ("DOI: 10.1016/j.tins", "DOI: 1O.1016/j.tins", "invalid-doi", 0, "copy it again"),
    ("issued: {date-parts: [[1994", "isued: {date-parts: [[1994", "invalid-reference", 0, 'did you mean "issued"?'),
    ('title: "Opioid rec', "title: Opioid rec", "malformed-front-matter", 0, "put quotes around a value"),
    ("[-@najavits2012]", "[-@najavits2021]", "unresolved-reference", 0, 'did you mean "najavits2012"?'),
    ("[@lutz2013]", "[@lutz2013, p. 512]", "invalid-locator", 0, "compare both with the work"),
    ("chemical-dissociation.md", "chemical-disociation.md", "broken-internal-link", 0, 'did you mean "chemical-'),
    ("[a note on it](", "![a note on it](", "forbidden-image", 0, "link to the page that shows it"),
    ("*dissociation-like*", "<i id=x>dissociation-like</i>", "forbidden-html", 0, "use Markdown"),
    ("fade away.\n", "fade away.\u200b\n", "invisible-character", 0, "delete it"),
    (" {#daily-problems-fade}", "", "missing-quote-id", 0, "add {#participant-1"),
    ("{#daily-problems-fade}", "{#forget-the-pain}", "duplicate-quote-id", 0, "another id"),
    ("#soothing !drug-use", "#soothin !drug-use", "unknown-theme", 0, 'did you mean "soothing"?'),
    ("#numbing !drug-use", "#numbing", "missing-notice", 0, "add !drug-use"),
    ("— the author, in", "— the autor, in", "unknown-speaker", 0, 'did you mean "author"?'),
    ("away.\n>\n>", "away.\n\n>", "unattributed-quote", -1, "if it belongs to the block quote below"),
    ("], quoted in [", "], from [", "malformed-attribution", 0, "quoted in"),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    root = tmp_path_factory.mktemp("library")
    shutil.copytree(REPOSITORY / "annotations", root / "annotations")
    return root


def first_difference(one: str, two: str) -> int:
    """The number of the first line that differs."""
    pairs = enumerate(zip(one.splitlines(), two.splitlines(), strict=False), 1)
    return next(number for number, (a, b) in pairs if a != b)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after", "rule", "lines", "remedy"),
    BREAKAGES,
    ids=[f"{number}-{rule}" for number, (_, _, rule, _, _) in enumerate(BREAKAGES)],
)
def test_a_broken_note_is_reported_at_its_line_with_its_remedy(
    before, after, rule, lines, remedy, library, check_library
):
    sound = (REPOSITORY / SOMER).read_text(encoding="utf-8")
    broken = sound.replace(before, after, 1)
    (library / SOMER).write_text(broken, encoding="utf-8")
    line = first_difference(sound, broken) + lines
    found = [d for d in check_library(library) if (d.rule, d.span.path, d.span.line) == (rule, SOMER, line)]
    assert found
    assert remedy in found[0].help
