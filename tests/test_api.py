"""The library for notebooks: what a scholar reaches from where, what the page about it says, and what stays closed."""

import doctest
import json
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import florilegium
import pytest
from florilegium import load
from florilegium.api import Collection, Library
from folders import write_files
from projects import LIBRARY

REPOSITORY = Path(__file__).parent.parent


def write(root: Path, files: dict[str, str]) -> Path:
    write_files(root / "annotations", files)
    return root


DRAFT = (
    LIBRARY["notes/forgetting.md"]
    .replace("doe2009", "draft2009")
    .replace("Doe,", "Dee,")
    .replace("basis:", "status: draft\nbasis:")
)
SHARED = """\
- id: poe2020
  type: article-journal
  author: [{family: Poe, given: Ann}]
  title: On reading
  container-title: Journal of Memory
  issued: 2020
  DOI: 10.1000/poe
  status: concern
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    files = {**LIBRARY, "notes/draft.md": DRAFT, "references/more.yaml": SHARED}
    return load(write(tmp_path_factory.mktemp("library"), files))


# ----------------------------------------------------------------------------------------------------- loading


def test_a_library_is_found_from_its_folder_and_from_below(tmp_path, monkeypatch):
    root = write(tmp_path, LIBRARY)
    monkeypatch.chdir(root / "annotations" / "notes")
    assert load().root == load(str(root)).root == load(root / "annotations").root == root


def test_without_a_library_there_is_an_error_of_python_s_own(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder annotations/ in"):
        load(tmp_path)


def test_a_library_with_errors_is_loaded_and_says_so(tmp_path):
    note = LIBRARY["notes/forgetting.md"].replace("[@doe2009, p. 3]", "[@doe2008]").replace("#amnesia", "#amnesai")
    library = load(write(tmp_path, {**LIBRARY, "notes/forgetting.md": note}))
    (first, *_) = library.problems
    assert {problem.rule for problem in library.problems} >= {"unresolved-reference", "unknown-theme"}
    assert (first.path, first.severity) == ("annotations/notes/forgetting.md", "error")
    assert str(first).startswith("annotations/notes/forgetting.md:")
    assert library.quotes["forgetting/gone"].themes.ids == ()
    assert library.sources["doe2009"].citation.startswith("Doe, J. (2009).")


def test_the_package_itself_imports_nothing_of_it_before_it_is_asked():
    code = "import sys, florilegium; print(len([m for m in sys.modules if m.startswith('florilegium')]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


def test_the_package_names_what_it_offers():
    assert {"load", "Library", "Quote"} <= set(dir(florilegium))
    with pytest.raises(AttributeError):
        florilegium.laod  # noqa: B018


def test_types_are_shipped_for_all_that_is_offered():
    stub = (REPOSITORY / "scripts/florilegium/__init__.pyi").read_text()
    assert all(f"import {name} as {name}\n" in stub for name in florilegium._PUBLIC)
    assert (REPOSITORY / "scripts/florilegium/py.typed").is_file()


# ------------------------------------------------------------------------------------------------------- links


def test_a_quote_leads_to_its_note_its_work_and_its_themes(library):
    quote = library.themes["amnesia"].quotes["forgetting/gone"]
    assert (quote.words, quote.speaker, quote.role) == ("What is gone is gone.", "a participant", "participant")
    assert (quote.note.id, quote.source.id, quote.quoted_in) == ("forgetting", "doe2009", None)
    assert (quote.citation, quote.locator) == ("Doe, 2009, p. 4", "page 4")
    assert [theme.label for theme in quote.themes] == ["Amnesia"]
    assert [notice.label for notice in quote.notices] == ["Drug use"]
    assert quote.url == "notes/forgetting/#q-gone"
    assert not quote.verified


def test_a_work_leads_back(library):
    source = library.sources["doe2009"]
    assert (source.short, source.authors, source.year) == ("Doe, 2009", ("Jane Doe",), 2009)
    assert source.citation == "Doe, J. (2009). The art of forgetting. Somewhere Press."
    assert source.notes.ids == ("forgetting",)
    assert source.quotes.ids == ("forgetting/gone",)
    assert source.csl["title"] == source.title == "The art of forgetting"
    assert source.url == "works/doe2009/"


def test_a_work_says_whether_it_was_retracted(library):
    source = library.sources["poe2020"]
    assert source.retraction.text == "Expression of concern"
    assert source.web_address == "https://doi.org/10.1000/poe"
    assert library.sources["doe2009"].retraction is None


def test_a_note_and_a_theme(library):
    note, theme = library.notes["forgetting"], library.themes["numbing"]
    assert (note.source.id, note.basis, note.via, note.path) == (
        "doe2009", "full-text", None, "annotations/notes/forgetting.md",
    )  # fmt: skip
    assert note.text.startswith("A first sentence of the note [@doe2009, p. 3].")
    assert (theme.broader.ids, library.themes["amnesia"].narrower.ids) == (("amnesia",), ("numbing",))
    assert library.themes["amnesia"].notes.ids == ("forgetting", "remembering")
    assert "What is forgotten [@doe2009]." in library.themes["amnesia"].definition


def test_drafts_and_their_works_are_left_out(library):
    assert "draft" not in library.notes
    assert "draft2009" not in library.sources
    assert all(quote.note.id != "draft" for quote in library.quotes)


# ------------------------------------------------------------------------------------------------------ things


def test_things_are_asked_by_id_and_by_place(library):
    notes = library.notes
    assert notes[0] == notes["forgetting"] == notes[:1][0] == library.quotes["forgetting/gone"].note
    assert notes["forgetting"] in notes
    assert "forgetting" in notes
    assert len({*notes, *library.notes}) == len(notes) == len(notes.ids)
    assert isinstance(notes[:1], Collection)
    assert notes._ipython_key_completions_() == ["forgetting", "remembering"]


def test_a_misspelt_id_gets_a_guess(library):
    with pytest.raises(KeyError, match=r'there is no "forgeting"; did you mean "forgetting"\?'):
        library.notes["forgeting"]


def test_a_library_can_be_printed_and_its_words_stay_closed(library):
    assert repr(library) == "<Library 'A library for tests': 2 notes, 2 themes, 2 quotes>"
    assert repr(library.notes) == "<2: <Note forgetting>, <Note remembering>>"
    assert repr(library.quotes["forgetting/gone"]) == "<Quote forgetting/gone: content notice: Drug use>"
    assert "gone is gone" not in repr(library.quotes) + repr(library.themes["amnesia"].quotes)
    (other,) = (quote for quote in library.quotes if not quote.notices)
    assert repr(other) == f"<Quote {other.id}: {other.words!r}>"


def test_nothing_can_be_changed(library):
    for thing in (library, library.notes[0], library.quotes[0], library.sources[0], library.themes[0]):
        with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
            thing.title = "Another"


def test_tables_are_flat_and_hold_the_notices(library):
    for things in (library.notes, library.themes, library.quotes, library.sources):
        for row in things.to_dicts():
            assert all(not isinstance(value, dict | list) for value in row.values())
            json.dumps(row, default=str)
    row = library.quotes["forgetting/gone"].to_dict()
    assert (row["words"], row["notices"]) == ("What is gone is gone.", ("drug-use",))
    assert list(row).index("notices") == list(row).index("words") + 1


def test_problems_are_plain_values(tmp_path):
    library = load(write(tmp_path, {**LIBRARY, "notes/broken.md": "no front matter"}))
    assert pickle.loads(pickle.dumps(library.problems)) == library.problems


# -------------------------------------------------------------------------------------------------- documentation


def test_the_page_about_it_says_what_is_true(monkeypatch):
    monkeypatch.chdir(REPOSITORY)
    page = REPOSITORY / "docs" / "python.md"
    failed, tried = doctest.testfile(str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert tried > 8
    assert failed == 0


def test_the_examples_of_things_are_true(monkeypatch):
    monkeypatch.chdir(REPOSITORY)
    failed, tried = doctest.testmod(sys.modules["florilegium.api.collection"], extraglobs={"load": load})
    assert (failed, tried) == (0, 3)


def test_the_page_names_every_attribute():
    page = (REPOSITORY / "docs" / "python.md").read_text()
    for name in ("Quote", "Note", "Theme", "Source"):
        thing = getattr(florilegium, name)
        row = next(line for line in page.splitlines() if line.startswith(f"| {name.lower()} |"))
        public = {attribute for attribute in dir(thing) if not attribute.startswith("_")} - {"to_dict"}
        assert {word.strip("` ") for word in row.split("|")[2].split(",")} == public


def test_everything_that_is_offered_has_a_docstring():
    from florilegium import api

    for name in api.__all__:
        assert getattr(api, name).__doc__, name
