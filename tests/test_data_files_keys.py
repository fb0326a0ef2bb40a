"""The key of the data files: it changes with whatever they hold, and not with the prose of a note."""

import pytest
from florilegium.site.data_files import data_files
from florilegium.site.data_files.data_keys import facts_key, prose_key
from planned import planned
from projects import LIBRARY

NOTE = "notes/forgetting.md"
EDITS = [
    ("the words", NOTE, "What is gone is gone.", "What is lost is lost."),
    ("the speaker", NOTE, "a participant", "the author"),
    ("the page", NOTE, "p. 4]", "p. 5]"),
    ("a theme of a quote", "notes/remembering.md", "#amnesia #numbing", "#numbing"),
    ("a notice", NOTE, " !drug-use", ""),
    ("the gist of a quote", NOTE, "basis: full-text", "basis: full-text\ngist: {gone: What is no more.}"),
    (
        "a translation",
        NOTE,
        "{#gone}\n",
        "{#gone}\n\n> Was fort ist, ist fort.\n>\n> — translated by A {of=#gone lang=de}\n",
    ),
    ("the title of a note", NOTE, "On forgetting", "Of forgetting"),
    ("the day", NOTE, "2024-03-01", "2024-03-02"),
    ("a work", NOTE, "Somewhere Press", "Elsewhere Press"),
    ("the status of a work", NOTE, "type: book", "type: book\n    status: retracted"),
    ("a citation", NOTE, "[@doe2009, p. 3]", "[@roe2010]"),
    ("a link", NOTE, "remembering.md)", "../themes/numbing.md)"),
    ("a definition", "themes/numbing.md", "What is not felt.", "What nobody feels."),
    ("a label", "themes/numbing.md", "label: Numbing", "label: Numbness"),
    ("the settings", "library.yml", "label: Drug use", "label: Use of drugs"),
    ("the style", "library.yml", "citation-style: apa", "citation-style: modern-language-association"),
    ("a draft", NOTE, "basis: full-text", "basis: full-text\nstatus: draft"),
]
SENTENCES = [
    ("a sentence", NOTE, "A first sentence of the note", "A first sentence,\nmuch longer, of the note"),
    (
        "the order of the front matter",
        NOTE,
        "themes: [amnesia]\nnotices: [drug-use]",
        "notices: [drug-use]\nthemes: [amnesia]",
    ),
]


def contents(tmp_path, edit) -> tuple[str, dict[str, bytes]]:
    _, path, old, new = edit
    assert old in LIBRARY[path]
    site = planned(tmp_path, {**LIBRARY, path: LIBRARY[path].replace(old, new)}).site
    files = {file.path: b"".join(file.render()) for file in data_files(site) if file.path != "notes/forgetting.md"}
    facts = facts_key(site, "program")
    return facts, prose_key(site, facts), files


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    return contents(tmp_path_factory.mktemp("before"), ("nothing", NOTE, "gone", "gone"))


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit[0])
def test_the_key_changes_with_what_the_files_hold(tmp_path, edit, before):
    facts, prose, files = contents(tmp_path, edit)
    assert files != before[2], "the edit shows in a file"
    assert facts != before[0]
    assert prose != before[1]


@pytest.mark.parametrize("edit", SENTENCES, ids=lambda edit: edit[0])
def test_the_key_stays_while_the_files_do(tmp_path, edit, before):
    facts, prose, files = contents(tmp_path, edit)
    assert files == before[2]
    assert facts == before[0]
    assert prose != before[1], "the book shows the sentence"


def test_another_program_makes_other_files(tmp_path):
    site = planned(tmp_path).site
    assert facts_key(site, "1") != facts_key(site, "2")
