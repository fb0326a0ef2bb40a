"""Verification from end to end: what is recorded, what is refused, and that nothing of the record is lost."""

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from florilegium.check.checking import Options, check_library
from florilegium.check.coverage.coverage_report import text_report
from florilegium.check.coverage.coverage_sections import coverage_of
from florilegium.check.verifying import VerifyRequest, remove_entries, verify_library
from florilegium.core.errors import CannotRun
from florilegium.edit.fixes.fix_plan import plan_fixes
from florilegium.quotations.fingerprints import Fingerprint, is_same_work, parse_fingerprint
from florilegium.quotations.matching.normal_form import MATCHING, normal_form
from florilegium.quotations.originals import read_original
from florilegium.site.data_files.quotation_context import find_quote_contexts

TODAY = date(2026, 11, 23)
BASE = Path(__file__).parent / "cases" / "base"
LOCK = "annotations/quotes.lock"
NOTE = "annotations/notes/forgetting.md"
WORK = "What is forgotten, by Jane Doe. I forget the pain as soon as it is over. And more of it."


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "doe.txt").write_text(WORK)
    return tmp_path


def options(root: Path, today: date = TODAY) -> Options:
    return Options(root=root, remember=False, executor=None, today=today)


def run(root: Path, name: str = "doe.txt", key: str = "doe2009", **request):
    return verify_library(options(root), {key: root / name}, VerifyRequest(**request))


def lock(root: Path) -> list[str]:
    return (root / LOCK).read_text().splitlines()[1:]


def rules(root: Path) -> set[str]:
    return {found.rule for found in check_library(options(root)).diagnostics}


def test_the_record_says_when_against_what_and_how(root):
    assert run(root).diagnostics == ()
    (line,) = lock(root)
    assert line.endswith(f" 32 2026-11-23 matching={MATCHING} work=;doe;what-is-forgotten;2009")
    assert rules(root) == set()


def test_another_work_under_the_key(root):
    run(root)
    works = root / "annotations/references/works.yaml"
    text = works.read_text()
    corrections = ("What is forgoten", "What Is Forgotten", "What is forgotten: A study", "What is forgotten")
    for title in corrections:
        works.write_text(text.replace("What is forgotten", title).replace("[[2009]]", "[[2010]]"))
        assert "verified-work-changed" not in rules(root), title
    works.write_text(text.replace("What is forgotten", "On the history of salt").replace("Doe", "Roe"))
    assert "verified-work-changed" in rules(root)


def test_fingerprints_read_back_and_compare():
    one = Fingerprint("10.1/x", "", "doe", "what-is-forgotten", "2009")
    assert parse_fingerprint(str(one)) == one
    assert is_same_work(one, one._replace(doi="", title="what-is-forgotten-and-why"))
    assert is_same_work(one, one._replace(title="quite-another-title", surname="roe"))
    assert not is_same_work(one, Fingerprint("", "", "roe", "what-is-forgotten", "2009"))
    assert not is_same_work(one, Fingerprint("", "", "doe", "what-is-forgotten", "1987"))
    assert not is_same_work(one, Fingerprint("10.1/y", "", "doe", "the-gulls-of-the-north", "2009"))


def test_the_wrong_file_changes_nothing(root):
    run(root)
    before = (root / LOCK).read_bytes()
    (root / "other.txt").write_text("Completely unrelated text by Doe about something else.")
    result = run(root, "other.txt")
    assert (root / LOCK).read_bytes() == before
    assert "holds no quotation" in result.remarks[0]


def test_a_text_that_does_not_look_like_the_work(root):
    (root / "doe.txt").write_text("I forget the pain as soon as it is over.")
    result = run(root)
    assert "neither a word of the title nor an author" in result.remarks[0]
    assert lock(root) == []
    assert run(root, confirm=lambda _question: True).remarks == ()
    assert len(lock(root)) == 1
    (root / LOCK).unlink()
    assert run(root, force=True).remarks == ()
    assert len(lock(root)) == 1


def test_one_text_for_two_works_is_refused(root):
    note = root / NOTE
    note.write_text(note.read_text().replace("[@doe2009, p. 514] #", "[@doe2009, p. 514], quoted in [@poe2020] #"))
    paths = {"doe2009": root / "doe.txt", "poe2020": root / "doe.txt"}
    with pytest.raises(CannotRun, match="is the text of"):
        verify_library(options(root), paths, VerifyRequest())
    run(root)
    with pytest.raises(CannotRun, match="is the text of"):
        run(root, key="poe2020")


def test_a_work_that_nobody_read_is_refused(root):
    note = root / NOTE
    note.write_text(note.read_text().replace("basis: full-text", "basis: secondary\nvia: poe2020"))
    with pytest.raises(CannotRun, match="basis: secondary"):
        run(root)


def test_comparing_again_writes_nothing(root):
    result = run(root, write=False)
    assert (result.verified, (root / LOCK).exists()) == (1, False)


def test_entries_go_only_by_name(root):
    run(root)
    with pytest.raises(CannotRun, match="no entry for"):
        remove_entries(options(root), ["forgetting/nothing"])
    assert remove_entries(options(root), ["forgetting/forget-the-pain"]) == 1
    assert lock(root) == []


def test_two_editions_are_both_kept(root):
    run(root)
    (root / "second.txt").write_text(f"Second edition. {WORK}")
    run(root, "second.txt")
    assert len(lock(root)) == 2
    (root / "third.txt").write_text("Doe. I forget the pain as soon as it is gone. What is forgotten.")
    note = root / NOTE
    note.write_text(
        note.read_text() + "\n> What is forgotten.\n>\n> — the author, in [@doe2009, p. 502] #amnesia {#what}\n"
    )
    run(root, "third.txt")
    assert [("marks=missed" in line) for line in lock(root) if "forget-the-pain" in line].count(False) == 2
    assert rules(root) == set()


def test_two_people_who_compared(root):
    run(root, by="Jane Doe")
    run(root, by="Roe")
    assert [line.rsplit(" ")[-1] for line in lock(root)] == ["by=Jane%20Doe", "by=Roe"]
    record = check_library(options(root)).links.records["forgetting/forget-the-pain"]
    assert {entry.by for entry in record.entries} == {"Jane Doe", "Roe"}


def test_a_misquotation_is_remembered_when_it_is_corrected(root):
    note = root / NOTE
    right = note.read_text()
    note.write_text(
        right.replace("the pain as", "the pains as")
        + "\n> And more of it.\n>\n> — the author, in [@doe2009, p. 1] #amnesia {#m}\n"
    )
    run(root)
    assert "marks=missed" in lock(root)[0]
    note.write_text(note.read_text().replace("the pains as", "the pain as"))
    run(root)
    assert [line.rsplit(" ")[-1] for line in lock(root)] == ["marks=corrected", "work=;doe;what-is-forgotten;2009"]


def test_a_broken_lock_is_not_written_over(root):
    run(root)
    broken = (root / LOCK).read_text() + "<<<<<<< HEAD\n"
    (root / LOCK).write_text(broken)
    with pytest.raises(CannotRun, match="merge left"):
        run(root)
    assert (root / LOCK).read_text() == broken


def test_words_that_stand_in_another_of_the_texts(root):
    note = root / NOTE
    note.write_text(
        note.read_text() + "\n> Salt was dear.\n>\n> — the author, in [@roe2013, p. 1] #amnesia {#salt}\n"
        "\n> Salt was dear then.\n>\n> — the author, in [@doe2009, p. 1] #amnesia {#then}\n"
    )
    (root / "roe.txt").write_text("A handbook\n\nby Roe. Salt was dear then. Salt was dear.")
    result = verify_library(options(root), {"doe2009": root / "doe.txt", "roe2013": root / "roe.txt"}, VerifyRequest())
    (miss,) = [found for found in result.diagnostics if found.rule == "quote-not-in-source"]
    assert miss.help.startswith('they stand in "roe2013", line 3')


def test_a_folder_of_texts(root):
    texts = root / "texts"
    (texts / "files" / "12").mkdir(parents=True)
    (texts / "Doe2009.txt").write_text(WORK)
    note = root / NOTE
    note.write_text(note.read_text() + "\n> Salt was dear.\n>\n> — the author, in [@roe2013, p. 1] #amnesia {#salt}\n")
    (texts / "files" / "12" / "Roe 2013.txt").write_text("A handbook by Roe. Salt was dear.")
    (texts / "export.bib").write_text("@book{roe2013,\n  title = {A handbook},\n  file = {files/12/Roe 2013.txt},\n}\n")
    result = verify_library(options(root), {}, VerifyRequest(folder=texts))
    assert (result.verified, result.compared) == (2, 2)
    with pytest.raises(CannotRun, match="holds the text of no work"):
        verify_library(options(root), {}, VerifyRequest(folder=root / "annotations" / "themes"))


def test_an_entry_that_a_change_adds_is_named_as_not_repeated(root, tmp_path_factory):
    from florilegium.check.changes.changes_markdown import render_markdown
    from florilegium.check.changes.changes_text import render_text
    from florilegium.check.changes.comparing import compare
    from florilegium.check.changes.sides import read_sides

    before = tmp_path_factory.mktemp("before")
    shutil.copytree(root, before, dirs_exist_ok=True)
    run(root)
    sides = read_sides(str(before), str(root), options(root))
    for shown in ("\n".join(render_text(compare(*sides))), render_markdown(compare(*sides))):
        assert "1 quotation is verified that was not before, recorded by this contribution, not repeated here" in shown
        assert "not verified → verified against the source, recorded by this contribution, not repeated here" in shown


def test_an_entry_that_changes_nothing_else_is_named(root, tmp_path_factory):
    from florilegium.check.changes.changes_json import render_json
    from florilegium.check.changes.changes_markdown import render_markdown
    from florilegium.check.changes.changes_text import render_text
    from florilegium.check.changes.comparing import compare
    from florilegium.check.changes.sides import read_sides

    run(root)
    before = tmp_path_factory.mktemp("before")
    shutil.copytree(root, before, dirs_exist_ok=True)
    lock = root / "annotations/quotes.lock"
    lock.write_text(re.sub(r"\d{4}-\d\d-\d\d", "2025-01-02", lock.read_text()))
    changes = compare(*read_sides(str(before), str(root), options(root)))
    (record,) = changes.records
    assert "2025-01-02" in record.after
    assert "2025-01-02" not in record.before
    for shown in ("\n".join(render_text(changes)), render_markdown(changes)):
        assert f"Entries of quotes.lock were added or changed for {record.quote}, recorded by this" in shown
        assert "2025-01-02" in shown
        assert "Nothing changes in meaning" not in shown
    assert json.loads(render_json(changes))["records"][0]["quote"] == record.quote
    assert not compare(*read_sides(str(before), str(before), options(root))).records


def test_one_wording_of_the_state():
    from florilegium.core.lock_entries import VerifiedAgainst
    from florilegium.quotations.states import state_words

    assert state_words(None) == "Not verified"
    assert state_words(VerifiedAgainst.SOURCE) == "Verified against the source"
    assert state_words(VerifiedAgainst.SOURCE, None, 2) == "Verified against the source; compared by two"
    assert state_words(VerifiedAgainst.QUOTED_IN) == "Verified against the work it is quoted in"


def test_words_with_what_no_words_may_hold_are_not_recorded(root):
    note = root / NOTE
    note.write_text(note.read_text().replace("the pain as", "the ~~pain~~ pain as"))
    (root / "doe.txt").write_text(WORK.replace("the pain as", "the pain pain as"))
    result = run(root)
    assert {found.rule for found in result.diagnostics} == {"markup-in-quotation"}
    assert (result.verified, result.compared) == (0, 1)
    assert lock(root) == []


def test_entries_follow_a_quotation_that_is_renamed_or_moved(root):
    run(root)
    note = root / NOTE
    note.write_text(note.read_text().replace("{#forget-the-pain}", "{#pain}"))
    note.rename(root / "annotations/notes/renamed.md")
    assert "stale-lock-entry" in rules(root)
    fixes = plan_fixes(options(root))
    assert str(fixes) == "1 entry of quotes.lock, which follows its quotation; 1 file"
    (change,) = fixes.changes
    (root / LOCK).write_text(change.after)
    assert lock(root)[0].startswith("renamed/pain doe2009 ")
    assert rules(root) == set()


def test_the_report_gives_the_rate_of_errors(root):
    note = root / NOTE
    more = "\n> And more of it.\n>\n> — the author, in [@doe2009, p. 1] #amnesia {#m}\n"
    note.write_text(note.read_text().replace("the pain as", "the pains as") + more)
    run(root)
    links = check_library(options(root)).links
    shown = "\n".join(text_report(coverage_of(links)))
    assert "2 quotations were compared with a work, and 1 was wrong at first (50%)" in shown


def test_a_page_that_the_record_knows_is_written(root):
    note = root / NOTE
    text = note.read_text()
    assert "[@doe2009, p. 514]" in text
    note.write_text(text.replace("[@doe2009, p. 514]", "[@doe2009]"))
    run(root)
    record = root / LOCK
    plain = record.read_text()
    record.write_text(plain.replace(" work=", " page=514 work="))
    (missing,) = [one for one in check_library(options(root)).diagnostics if one.rule == "missing-locator"]
    assert missing.help == "add the page: [@doe2009, p. 514]; florilegium check --fix writes it"
    (change,) = plan_fixes(options(root)).changes
    assert change.after == text
    # Where it cannot be told at which of several places the words stand, nothing is proposed.
    record.write_text(f"{record.read_text().rstrip()} marks=unplaced\n")
    (missing,) = [one for one in check_library(options(root)).diagnostics if one.rule == "missing-locator"]
    assert missing.help == "add the page: [@doe2009, p. …]"
    assert plan_fixes(options(root)).changes == ()


def test_which_of_several_places_is_meant(root):
    twice = f"{WORK}\n\nLater: I forget the pain as soon as it is over."
    (root / "doe.txt").write_text(twice)
    assert run(root).verified == 1
    (line,) = lock(root)
    assert " places=2 " in line
    assert "unplaced" in line
    # What surrounds the words is told of a place that is sure alone.
    original = {"doe2009": read_original(root / "doe.txt")}
    links = check_library(options(root)).links
    assert find_quote_contexts(links.quotes, original, links.records) == {}
    second = normal_form(twice).text.rindex("I forget")
    (root / LOCK).write_text(
        (root / LOCK).read_text().replace(" marks=unplaced", "").replace(" 32 2026", f" {second} 2026")
    )
    links = check_library(options(root)).links
    (context,) = find_quote_contexts(links.quotes, original, links.records).values()
    assert (context.prefix[-7:], context.suffix) == ("Later: ", "")
