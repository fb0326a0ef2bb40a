"""What a note may leave out, and what takes its place; drafts; ids in any script."""

import pytest
from florilegium.check.checking import Options, check_library, has_errors
from florilegium.core.ids import is_id, propose_id
from florilegium.core.rules import Severity
from florilegium.core.spans import LineTable
from florilegium.library.notes import parse_note, parse_theme

WORK = (
    "references:\n  - {id: roe2001, type: book, title: Long days, author: [{family: Roe, given: Ann}], issued: 2001}\n"
)
QUOTE = "\n> {}\n>\n> — a participant, in [@roe2001, p. 3] #{}{}\n"


def note(head, *quotes):
    body = "".join(QUOTE.format(*quote) for quote in quotes)
    return parse_note("x", LineTable("annotations/notes/x.md", f"---\n{head}---\nSee [@roe2001].\n{body}"))


def test_the_shortest_note_is_on_its_only_work_and_has_the_themes_of_its_quotes():
    found = note(f"title: T\n{WORK}", ("One two", "b", ""), ("Three", "a", ""), ("Four", "b", " {#four}"))
    assert found.note.source.id == "roe2001"
    assert found.note.basis is None
    assert [mention.id for mention in found.note.themes] == ["b", "a"]
    assert [quote.id for quote in found.note.quotes] == ["one-two", "three", "four"]
    assert [d.rule for d in found.diagnostics] == ["missing-quote-id"] * 2


def test_a_list_of_themes_counts_although_it_is_empty():
    assert note(f"title: T\nthemes: []\n{WORK}", ("One two", "b", "")).note.themes == ()


def test_proposed_ids_are_unique_and_yield_to_written_ones():
    found = note(f"title: T\n{WORK}", ("So", "a", ""), ("So", "a", ""), ("Else", "a", " {#so}"))
    assert [quote.id for quote in found.note.quotes] == ["so-2", "so-3", "so"]


def test_an_id_tells_nothing_of_closed_words():
    found = note(f"title: T\n{WORK}", ("Secret", "a", " !drug-use"), ("Secret too", "a", " !drug-use"))
    assert [quote.id for quote in found.note.quotes] == ["participant-1", "participant-2"]


def test_one_contributor_may_stand_as_text():
    assert note(f"title: T\ncontributors: Jane Doe\n{WORK}").note.contributors == ("Jane Doe",)


@pytest.mark.parametrize("head", ["title: T\nsource: [x]\nstatus: draft\n", "title: a: b\nstatus: draft\n"])
def test_a_draft_never_stops_a_build(head, tmp_path):
    notes = tmp_path / "annotations/notes"
    notes.mkdir(parents=True)
    (tmp_path / "annotations/library.yml").write_text("title: T\n")
    (notes / "x.md").write_text(f"---\n{head}---\n[@nothing] [gone](gone.md)\n\n> Words\n")
    found = check_library(Options(root=tmp_path, remember=False, executor=None)).diagnostics
    assert found
    assert {d.severity for d in found} == {Severity.INFORMATION}
    (notes / "x.md").write_text((notes / "x.md").read_text().replace("draft", "published"))
    assert has_errors(check_library(Options(root=tmp_path, remember=False, executor=None)).diagnostics)


def test_a_file_in_the_wrong_folder_is_one_finding():
    _, found = note("label: Sleep\nrelated: [rest]\n")
    assert [d.help for d in found] == ["move it to annotations/themes/x.md"]
    table = LineTable("annotations/themes/x.md", f"---\ntitle: T\nbasis: abstract\n{WORK}---\nSee [@roe2001].\n")
    _, found = parse_theme("x", table)
    assert [d.help for d in found] == ["move it to annotations/notes/x.md"]


@pytest.mark.parametrize(
    ("words", "language", "id_"),
    [
        ("Преступление и наказание", "ru", "prestuplenie-i-nakazanie"),
        ("美是最重要的", "zh", "mei-shi-zui-zhong-yao"),
        ("Die Größe der Straße", "de-AT", "die-groesse-der-strasse"),
        ("Die Größe der Straße", "en", "die-grosse-der-strasse"),
        ("Mémoire & oubli", "fr", "memoire-oubli"),
        ("L’œuvre", "fr", "loeuvre"),
        ("Łódź", "pl", "lodz"),
        ("Blåbærgrød", "da", "blaabaergroed"),
        ("…", "en", "quote"),
    ],
)
def test_ids_say_something_in_any_script(words, language, id_):
    assert propose_id(words, language) == id_
    assert is_id(id_)
