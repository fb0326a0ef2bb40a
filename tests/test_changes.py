"""What a change means: every kind of difference is found, and what changes nothing in meaning is not."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from florilegium.check.changes.changes_json import render_json
from florilegium.check.changes.changes_text import render_text
from florilegium.check.changes.comparing import compare
from florilegium.check.changes.differences import Changes
from florilegium.check.changes.sides import read_sides
from florilegium.check.changes.word_changes import OnlyIn, compare_words, count_changed_words
from florilegium.check.checking import Options
from florilegium.core.errors import CannotRun
from florilegium.library.reading import read_library
from florilegium.quotations.lock_file import QUOTES_HEADER
from florilegium.quotations.matching.normal_form import words_digest
from hypothesis import given
from hypothesis import strategies as st
from projects import LIBRARY

Files = Mapping[str, str]
FORGETTING, REMEMBERING = "notes/forgetting.md", "notes/remembering.md"


@pytest.fixture
def diff(tmp_path: Path, write: Callable[..., Path]) -> Callable[..., Changes]:
    """Compares two libraries, given by their files; the first is the one of all tests."""

    def compare_files(after: Files, before: Files = LIBRARY) -> Changes:
        for name, files in (("before", before), ("after", after)):
            shutil.rmtree(tmp_path / name, ignore_errors=True)
            (tmp_path / name).mkdir()
            write(tmp_path / name / "annotations", dict(files))
        options = Options(root=tmp_path, executor=None)
        return compare(*read_sides(str(tmp_path / "before"), str(tmp_path / "after"), options))

    return compare_files


def edited(name: str, old: str, new: str, files: Files = LIBRARY) -> dict[str, str]:
    assert old in files[name]
    return {**files, name: files[name].replace(old, new)}


def without(*names: str) -> dict[str, str]:
    return {name: text for name, text in LIBRARY.items() if name not in names}


def fields(change) -> dict[str, tuple[str, str]]:
    return {field.name: (field.before, field.after) for field in change.fields}


def locked(files: Files, quote: str = "remembering/kept", words: str = "I kept every word of it.") -> dict[str, str]:
    """A library in which a quotation is recorded as verified."""
    line = f"{quote} roe2010 sha256:{words_digest(words)} sha256:{'0' * 64} 7 2024-05-01"
    return {**files, "quotes.lock": f"{QUOTES_HEADER}\n{line}\n"}


# ------------------------------------------------------------------------------------------- nothing, and near misses


def test_the_same_library(diff):
    found = diff(LIBRARY)
    assert found.is_empty
    assert not found.words
    assert list(render_text(found))[1] == "Nothing changes in meaning."


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (REMEMBERING, "I kept every word of it.", "I kept\n> every word   of\n> it."),
        (REMEMBERING, "I kept every word of it.", "I *kept* every word of it."),
        (REMEMBERING, "Roe remembers [@roe2010].", "Roe\nremembers [@roe2010].\n\n"),
        (REMEMBERING, "#amnesia #numbing", "#numbing #amnesia"),
        (REMEMBERING, "basis: abstract", "basis:   abstract"),
        (REMEMBERING, "title: Remembering well", 'title: "Remembering well"'),
        ("themes/numbing.md", "What is not felt.", "What\nis not felt.\n"),
        ("library.yml", "language: en\n", 'language: "en" # English\n'),
    ],
)
def test_what_changes_nothing_in_meaning(diff, name, old, new):
    found = diff(locked(edited(name, old, new)), locked(LIBRARY))
    assert found.is_empty, found


# ---------------------------------------------------------------------------------------------------------- notes


def test_a_note_is_added(diff):
    note = LIBRARY[REMEMBERING].replace("{#kept}", "{#held}").replace("I kept every word", "I held each single word")
    found = diff({**LIBRARY, "notes/holding.md": note})
    assert [(change.how, change.present.id) for change in found.notes] == [("added", "holding")]
    assert [(change.how, change.present.address) for change in found.quotes] == [("added", "holding/held")]
    assert not found.vanished


def test_front_matter_and_prose(diff):
    files = edited(REMEMBERING, "basis: abstract", "basis: full-text\ncontributors: [Ann Other]")
    files = edited(REMEMBERING, "Roe remembers", "Roe never quite remembers", files)
    (change,) = diff(files).notes
    assert fields(change) == {"basis": ("abstract", "full-text"), "contributors": ("", "Ann Other")}
    assert change.prose == (2, 0, False)
    assert not diff(files).quotes, "the words of quotations are no prose"


def test_hyperlinks_that_lead_away(diff):
    files = edited(REMEMBERING, "I kept every word", "I [kept](https://a.example/x) every word")
    (change,) = diff(files).notes
    assert fields(change) == {"hyperlinks": ("", "https://a.example/x")}
    assert not diff(files).quotes, "the words are the same"
    assert fields(diff(LIBRARY, files).notes[0]) == {"hyperlinks": ("https://a.example/x", "")}
    new = diff({**LIBRARY, "notes/new.md": files[REMEMBERING].replace("{#kept}", "{#new}")})
    assert fields(new.notes[0]) == {"hyperlinks": ("", "https://a.example/x")}


def test_prose_in_another_order(diff):
    (change,) = diff(edited(REMEMBERING, "Roe remembers [@roe2010].", "[@roe2010]. remembers Roe")).notes
    assert change.prose == (0, 0, True)


def test_a_note_is_renamed(diff):
    files = {**without(REMEMBERING), "notes/keeping.md": LIBRARY[REMEMBERING]}
    found = diff(files)
    assert {change.how for change in found.notes} == {"added", "removed"}
    (quote,) = found.quotes
    assert (quote.how, fields(quote)["address"]) == ("moved", ("remembering/kept", "keeping/kept"))
    (lost,) = found.vanished
    assert (lost.address, lost.quotes) == ("notes/remembering/", 1)
    assert "redirects: {notes/remembering: notes/keeping}" in lost.remedy
    settings = f"{LIBRARY['library.yml']}redirects: {{notes/remembering: notes/keeping}}\n"
    found = diff({**files, "library.yml": settings})
    assert not found.vanished
    assert [(change.how, fields(change)) for change in found.notes] == [("moved", {"id": ("remembering", "keeping")})]


def test_a_note_becomes_a_draft(diff):
    found = diff(edited(REMEMBERING, "basis: abstract", "basis: abstract\nstatus: draft"))
    assert fields(found.notes[0]) == {"status": ("published", "draft")}
    assert [(lost.address, lost.quotes) for lost in found.vanished] == [("notes/remembering/", 1)]
    assert "draft" in found.vanished[0].remedy
    # What was a draft had no address yet.
    assert not diff(LIBRARY, edited(REMEMBERING, "basis: abstract", "basis: abstract\nstatus: draft")).vanished


# ----------------------------------------------------------------------------------------------------- quotations


def test_the_words_of_a_quotation_change(diff):
    found = diff(edited(REMEMBERING, "I kept every word of it.", "I kept hardly a word of it."))
    (change,) = found.quotes
    pieces = [(piece.only, piece.text) for piece in change.words]
    assert pieces == [
        (OnlyIn.BOTH, "I kept"),
        (OnlyIn.BEFORE, "every"),
        (OnlyIn.AFTER, "hardly a"),
        (OnlyIn.BOTH, "word of it."),
    ]
    assert "    | I kept [-every-] {+hardly a+} word of it." in list(render_text(found))


def test_a_quotation_is_removed_and_its_address_vanishes(diff):
    text = LIBRARY[REMEMBERING]
    found = diff({**LIBRARY, REMEMBERING: text[: text.index("> I kept")]})
    assert [(change.how, change.state_before, change.after) for change in found.quotes] == [("removed", "none", None)]
    assert [lost.address for lost in found.vanished] == ["notes/remembering/#q-kept"]
    assert not found.notes, "its prose is the same"


def test_a_quotation_gets_another_id(diff):
    found = diff(edited(REMEMBERING, "{#kept}", "{#held}"))
    assert [change.how for change in found.quotes] == ["moved"]
    assert "give it back {#kept}" in found.vanished[0].remedy


def test_a_quotation_gets_another_id_and_other_words(diff):
    files = edited(REMEMBERING, "I kept every word of it.", "I kept hardly a word of it.")
    found = diff(edited(REMEMBERING, "{#kept}", "{#hardly}", files))
    assert [change.how for change in found.quotes] == ["moved"]
    assert found.quotes[0].words
    other = edited(REMEMBERING, "I kept every word of it.", "Something else was said there, and of it.")
    found = diff(edited(REMEMBERING, "{#kept}", "{#else}", other))
    assert [change.how for change in found.quotes] == ["added", "removed"]


def test_a_quotation_moves_to_another_note(diff):
    text = LIBRARY[REMEMBERING]
    quote = text[text.index("> I kept") :]
    files = {**LIBRARY, REMEMBERING: text.replace(quote, ""), FORGETTING: f"{LIBRARY[FORGETTING]}\n{quote}"}
    found = diff(files)
    assert [change.how for change in found.quotes] == ["moved"]
    assert "notes/forgetting" in found.vanished[0].remedy


@pytest.mark.parametrize(
    ("old", "new", "name", "values"),
    [
        ("— the author", "— a participant", "speaker", ("the author", "a participant")),
        ("p. 5]", "p. 6]", "locator", ("p. 5", "p. 6")),
        ("[@roe2010, p. 5]", "[@doe2009, p. 5]", "work", ("[@roe2010]", "[@doe2009]")),
        ("p. 5]", "p. 5], quoted in [@doe2009]", "quoted in", ("", "[@doe2009]")),
        (" #numbing {", " {", "themes", ("amnesia, numbing", "amnesia")),
        (" {#kept}", " !drug-use {#kept}", "notices", ("", "drug-use")),
    ],
)
def test_the_attribution_changes(diff, old, new, name, values):
    (change,) = diff(edited(REMEMBERING, old, new)).quotes
    assert fields(change) == {name: values}
    assert not change.words


def test_a_notice_that_is_lost_is_said_at_once(diff):
    lost = diff(edited(FORGETTING, " !drug-use {", " {"))
    assert "1 quotation carries fewer content notices than before." in list(render_text(lost))[1]
    gained = diff(edited(REMEMBERING, " {#kept}", " !drug-use {#kept}"))
    assert "fewer" not in list(render_text(gained))[1]


# --------------------------------------------------------------------------------------------------- verification


def states(found: Changes) -> list[tuple[str, str]]:
    return [(change.state_before, change.state_after) for change in found.quotes]


def test_verification_before_and_after(diff):
    words = "I kept every word of it."
    changed = locked(edited(REMEMBERING, words, "I kept no word of it."))
    assert states(diff(locked(LIBRARY))) == [("none", "source")]
    assert states(diff(LIBRARY, locked(LIBRARY))) == [("source", "none")]
    assert states(diff(changed, locked(LIBRARY))) == [("source", "changed")]
    assert states(diff(locked(LIBRARY), changed)) == [("changed", "source")]


def test_glyphs_change_and_it_stays_verified(diff):
    before = edited(REMEMBERING, "I kept every", "I kept it -- every")
    after = edited(REMEMBERING, "I kept every", "I kept it — every")
    words = "I kept it — every word of it."
    found = diff(locked(after, words=words), locked(before, words=words))
    assert states(found) == [("source", "source")]
    assert found.quotes[0].words, "it is shown all the same"


def test_a_verified_quotation_in_a_renamed_note(diff):
    settings = f"{LIBRARY['library.yml']}redirects: {{notes/remembering: notes/keeping}}\n"
    files = {**without(REMEMBERING), "notes/keeping.md": LIBRARY[REMEMBERING], "library.yml": settings}
    assert states(diff(locked(files, "keeping/kept"), locked(LIBRARY))) == [("source", "source")]


# --------------------------------------------------------------------------------- themes, works, settings, the rest


def test_themes(diff):
    files = edited("themes/numbing.md", "label: Numbing\nbroader: amnesia", "label: Numbness\nrelated: amnesia")
    files = edited("themes/numbing.md", "What is not felt.", "What is no longer felt.", files)
    (change,) = diff(files).themes
    expected = {"label": ("Numbing", "Numbness"), "broader": ("amnesia", ""), "related": ("", "amnesia")}
    assert fields(change) == expected
    assert change.prose == (2, 1, False)


def test_a_theme_is_renamed_without_a_redirect(diff):
    found = diff({**without("themes/numbing.md"), "themes/numbness.md": LIBRARY["themes/numbing.md"]})
    assert [lost.address for lost in found.vanished] == ["themes/numbing/"]
    assert "redirects: {themes/numbing: themes/numbness}" in found.vanished[0].remedy


def test_works(diff):
    found = diff(edited(REMEMBERING, "    volume: 1\n", "    issue: 2\n"))
    (change,) = found.works
    assert (change.how, change.key, change.cited_in) == ("edited", "roe2010", ("notes/remembering",))
    assert fields(change) == {"volume": ("1", ""), "issue": ("", "2")}
    names = edited(REMEMBERING, "{family: Roe, given: Richard}", "{family: Roe, given: Rita}")
    assert fields(diff(names).works[0]) == {"author": ("Roe Richard", "Roe Rita")}
    year = edited(REMEMBERING, "[[2010]]", "[[2011, 5]]")
    assert fields(diff(year).works[0]) == {"issued": ("2010", "2011-5")}


def test_a_work_that_another_note_describes_otherwise(diff):
    entry = "references:\n  - id: roe2010\n    type: book\n    title: Remembering ill\n"
    found = diff(edited(FORGETTING, "references:\n", entry))
    assert [change.key for change in found.works] == ["roe2010"]
    assert fields(found.works[0])["title"] == ("Remembering well", "Remembering ill")


@pytest.mark.parametrize(
    ("line", "name", "loosens"),
    [
        ("rules: {missing-locator: off}", "rules: missing-locator", True),
        ("rules: {missing-locator: information}", "rules: missing-locator", True),
        ("rules: {missing-locator: error}", "rules: missing-locator", False),
        ("exceptions: [{rule: missing-locator, reason: None.}]", "exceptions: missing-locator (everywhere)", True),
        ("sensitive-sources: {roe2010: [drug-use]}", "sensitive-sources: roe2010", False),
        ("redirects: {notes/old: notes/forgetting}", "redirects: notes/old", False),
        ("help: Talk to somebody.", "help", False),
    ],
)
def test_settings(diff, line, name, loosens):
    files = edited("library.yml", "language: en\n", f"language: en\n{line}\n")
    (change,) = diff(files).settings
    own = "warning, as it comes" if name.startswith("rules") else ""
    assert (change.name, change.before, change.loosens) == (name, own, loosens)
    (back,) = diff(LIBRARY, files).settings
    assert back.after == own
    # To take away what asks for more asks for less.
    assert back.loosens == (name.startswith("sensitive") or line.endswith("error}"))


def test_a_notice_that_is_declared_no_more_loosens(diff):
    found = diff(edited("library.yml", "notices:\n  - {id: drug-use, label: Drug use}\n", ""))
    assert [(change.name, change.loosens) for change in found.settings] == [("notices: drug-use", True)]
    assert found.problems_after


def test_findings_that_new_settings_hide_are_counted(diff):
    broken = edited(REMEMBERING, "[@roe2010].", "[@nobody].")
    assert diff(broken).problems_after == {"error": 1}
    hidden = edited("library.yml", "language: en\n", "language: en\nrules: {unresolved-reference: off}\n", broken)
    found = diff(hidden)
    assert (found.problems_after, found.hidden) == ({}, 1)
    assert "1 finding is passed over that counted under the old settings." in list(render_text(found))[1]


def test_the_record_of_addresses_is_not_shortened_in_silence(diff):
    record = "# permalinks.lock: x\nnotes/forgetting/\nnotes/remembering/\n"
    before = {**LIBRARY, "permalinks.lock": record}
    (change,) = diff({**before, "permalinks.lock": record.replace("notes/remembering/\n", "")}, before).settings
    assert (change.name, change.loosens) == ("permalinks.lock", True)
    assert not diff(before).settings


def test_words_quoted_of_each_work(diff):
    found = diff(edited(REMEMBERING, "I kept every word of it.", "I kept [almost] every single word of it, all."))
    assert [(entry.key, entry.before, entry.after) for entry in found.words] == [("roe2010", 6, 8)]
    assert 0 < found.words[0].share < 1


def test_a_library_that_is_new_and_one_that_is_broken(diff):
    found = diff(LIBRARY, {})
    assert len(found.notes) == 2
    assert found.problems_before == {}
    broken = {**LIBRARY, REMEMBERING: "---\ntitle: [\n", "library.yml": "]"}
    assert diff(LIBRARY, broken).problems_before["error"] > 0
    assert diff(broken).vanished


# ---------------------------------------------------------------------------------------------------------- forms


def test_words_behind_a_notice_are_shown_on_demand(diff):
    files = edited(FORGETTING, "What is gone is gone.", "What is Lost is gone.")
    found = diff(files)
    assert found.quotes[0].notices == ("drug-use",)
    closed, open_ = ("\n".join(render_text(found, open_notices=shown)) for shown in (False, True))
    assert "Lost" not in closed
    assert "What is [-gone-] {+Lost+} is gone." in open_
    assert "[notices: drug-use]" in closed
    # A change that takes the notice away does not take it from what it shows.
    naked = diff({**files, FORGETTING: files[FORGETTING].replace(" !drug-use", "")})
    assert "Lost" not in "\n".join(render_text(naked))


def test_pages_that_change_with_others_are_named(diff):
    found = diff(edited("themes/numbing.md", "label: Numbing", "label: Numbness"))
    assert found.affected == ("notes/remembering", "themes/amnesia")
    assert "  notes/remembering, themes/amnesia" in list(render_text(found))


def test_json(diff):
    text = render_json(diff(edited(REMEMBERING, "I kept every", "I kept ##[error] hardly every")))
    assert text.isascii()
    assert "##[" not in text
    report = json.loads(text)
    assert report["version"] == 1
    (quote,) = report["quotes"]
    assert quote["after"]["words"] == "I kept ##[error] hardly every word of it."
    assert {"only": "after", "text": "##[error] hardly"} in quote["words"]
    assert quote["before"]["line"] == 19
    keys = set("version tool base head summary problems hidden_findings vanished settings quotes notes".split())
    assert keys | {"themes", "works", "quoted_words", "records", "affected_pages"} == report.keys()


def test_text_is_safe_for_a_terminal(diff):
    hostile = "\x1b]0;owned\x07 \u202eevil ##[error]"
    found = diff(edited(REMEMBERING, "I kept every word of it.", f"I kept {hostile}"))
    text = "\n".join(render_text(found))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "##[" not in text


# ---------------------------------------------------------------------------------------------------------- words


@given(st.text("ab \n", max_size=20), st.text("ab \n", max_size=20))
def test_both_texts_can_be_read_from_the_pieces(before, after):
    pieces = compare_words(before, after)
    if not pieces:
        assert before.split() == after.split()
        return
    for text, gone in ((before, OnlyIn.AFTER), (after, OnlyIn.BEFORE)):
        assert " ".join(piece.text for piece in pieces if piece.only is not gone).split() == text.split()


def test_long_texts_take_no_long_time():
    pieces = compare_words("a b " * 50_000, "b a c " * 50_000)
    assert [piece.only for piece in pieces] == [OnlyIn.BEFORE, OnlyIn.AFTER]
    assert count_changed_words("a b " * 50_000, "a c " * 50_000) == (50_000, 50_000, False)


def test_an_unchanged_file_is_not_read_again(tmp_path, write, monkeypatch):
    for name in ("before", "after"):
        write(tmp_path / name / "annotations", dict(LIBRARY))
    write(tmp_path / "after" / "annotations", {REMEMBERING: LIBRARY[REMEMBERING] + "\nMore.\n"})
    read = []
    real = read_library.__globals__["read_file"]
    monkeypatch.setitem(
        read_library.__globals__, "read_file", lambda root, listed: read.append(listed.path) or real(root, listed)
    )
    options = Options(root=tmp_path, executor=None)
    compare(*read_sides(str(tmp_path / "before"), str(tmp_path / "after"), options))
    assert len(read) == len(LIBRARY) + 1


def test_folders_that_are_none(tmp_path, write):
    write(tmp_path / "annotations", dict(LIBRARY))
    options = Options(root=tmp_path, executor=None)
    with pytest.raises(CannotRun, match="there is no folder"):
        read_sides(str(tmp_path / "nowhere"), None, options)
    with pytest.raises(CannotRun, match="is annotations/ itself"):
        read_sides(str(tmp_path / "annotations"), None, options)
