"""Filed forms become notes and edits; what cannot be used is named with its line."""

import subprocess
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
import yaml
from florilegium.check.checking import Options, check_library
from florilegium.check.verifying import VerifyRequest, verify_library
from florilegium.core.edits import write_changes
from florilegium.core.errors import CannotRun
from florilegium.edit.forms.answers import IssueForm, parse_form
from florilegium.edit.forms.proposals import plan_proposal
from folders import write_files
from hypothesis import given, settings
from hypothesis import strategies as st
from loaded_program import run_program
from projects import LIBRARY

TODAY = date(2024, 5, 1)
FORMS = Path(__file__).parent.parent / ".github" / "ISSUE_TEMPLATE"


def filed(**answers: str) -> str:
    """The text of an issue as the forge writes it, with its line ends."""
    questions = {name.replace("_", " "): answer for name, answer in answers.items()}
    return "\r\n\r\n".join(f"### {question}\r\n\r\n{answer}" for question, answer in questions.items())


def issue(answers: dict[str, str]) -> str:
    return "\r\n\r\n".join(f"### {question}\r\n\r\n{answer or '_No response_'}" for question, answer in answers.items())


NOTE = {
    "The work": "@book{poe2001,\r\n  author = {Poe, Ann},\r\n  title = {Nights},\r\n  publisher = {A Press},\r\n  year = 2001\r\n}",
    "Title of the note": "On nights",
    "What did you have in hand?": "The whole work (full-text)",
    "If another work reports it, which?": "",
    "Themes": "amnesia, #numbing",
    "Content notices": "",
    "Summary": "Poe counts nights [@poe2001, p. 3].\r\n\r\n### A heading\r\n\r\nAnd days.",
    "Your name": "Robin Smith",
}
QUOTE = {
    "The note": "https://example.org/lib/notes/forgetting/",
    "The words": "I *kept* nothing, [she] said: 1 < 2 & #no @doe2009.",
    "Who speaks?": "participant “Dana”",
    "The work that the words come from": "",
    "Page": "7",
    "Did you read the words in another work? Which?": "roe2010, p. 5",
    "Themes": "amnesia",
    "Content notices": "!drug-use",
}
REPORT = {
    "The quotation": "https://example.org/lib/notes/forgetting/#q-gone",
    "The words as they stand in the work": "What is gone\r\nis really gone.",
    "Who really speaks?": "the author",
    "Page": "p. 5",
    "How do you know?": "I looked.",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_files(tmp_path / "annotations", LIBRARY)
    return tmp_path


def links(root: Path):
    return check_library(Options(root=root, remember=False, executor=None, today=TODAY))


def propose(root: Path, answers: dict[str, str]):
    return plan_proposal(parse_form(issue(answers)), links(root).links, root, TODAY)


def take(root: Path, answers: dict[str, str]):
    proposal = propose(root, answers)
    write_changes(root, [proposal.change])
    return proposal, links(root)


@pytest.mark.parametrize(
    ("file", "form"),
    [
        ("suggest-a-note", IssueForm.NOTE),
        ("suggest-a-quote", IssueForm.QUOTE),
        ("report-a-misquotation", IssueForm.MISQUOTATION),
    ],
)
def test_the_forms_of_the_forge_ask_what_is_read(file, form):
    fields = [f for f in yaml.safe_load((FORMS / f"{file}.yml").read_text())["body"] if f["type"] != "markdown"]
    assert {field["attributes"]["label"] for field in fields} == form.questions
    required = {f["attributes"]["label"] for f in fields if f.get("validations", {}).get("required")}
    assert required == set(form.required)


def test_a_suggested_note_passes_the_check(root):
    proposal, checked = take(root, NOTE)
    assert proposal.change.path == "annotations/notes/on-nights.md"
    assert not checked.diagnostics
    note = checked.links.notes["on-nights"]
    assert (note.source.id, note.contributors, note.date) == ("poe2001", ("Robin Smith",), TODAY)
    assert [theme.id for theme in note.themes] == ["amnesia", "numbing"]
    assert [heading.text for heading in note.body.headings] == ["A heading"]


def test_a_suggested_note_on_a_known_work_lists_it_once(root):
    for work in (
        "doe2009",
        "@doe2009",
        "```\nTY  - BOOK\nAU  - Doe, Jane\nTI  - The art of forgetting\nPY  - 2009\nER  - \n```",
    ):
        proposal = propose(root, {**NOTE, "The work": work})
        assert "\nsource: doe2009\n" in proposal.change.after
        assert "references:" not in proposal.change.after


def test_a_suggested_quote_enters_after_the_last_one(root):
    before = (root / "annotations/notes/forgetting.md").read_text()
    proposal, checked = take(root, QUOTE)
    assert not checked.diagnostics
    *_, quote = checked.links.notes["forgetting"].quotes
    assert quote.words == QUOTE["The words"]
    assert (quote.speaker.text, quote.speaker.name) == (
        "a participant “Dana”".replace("“", '"').replace("”", '"'),
        "Dana",
    )
    assert (quote.reference.key, quote.reference.locator.value) == ("doe2009", "7")
    assert (quote.quoted_in.key, quote.quoted_in.locator.value) == ("roe2010", "5")
    assert [n.id for n in quote.notices] == ["drug-use"]
    assert quote.id == "participant", "words that a notice may close do not stand in an address"
    assert not quote.citations
    assert proposal.change.after.startswith(before.rstrip("\n")), "all that was there is as it was"


def test_a_correction_changes_what_it_names_and_nothing_else(root):
    path = root / "annotations/notes/forgetting.md"
    before = path.read_text()
    _, checked = take(root, REPORT)
    assert not checked.diagnostics
    assert path.read_text() == before.replace("What is gone is gone.", "What is gone is really gone.").replace(
        "a participant, in [@doe2009, p. 4]", "the author, in [@doe2009, p. 5]"
    )


def test_a_verified_quotation_that_is_corrected_must_be_verified_again(root):

    (root / "o.txt").write_text("What is gone is gone.")
    verify_library(
        Options(root=root, remember=False, executor=None, today=TODAY),
        {"doe2009": root / "o.txt"},
        VerifyRequest(force=True),
    )
    _, checked = take(root, {**REPORT, "Who really speaks?": "", "Page": ""})
    assert {found.rule for found in checked.diagnostics} == {"quote-changed-since-verified"}


def test_the_id_of_a_suggested_quote_without_a_notice_is_made_from_its_words(root):
    note = root / "annotations/notes/forgetting.md"
    note.write_text(note.read_text().replace("notices: [drug-use]\n", ""))
    _, checked = take(root, {**QUOTE, "Content notices": ""})
    assert checked.links.notes["forgetting"].quotes[-1].id == "i-kept-nothing-she-said"


def test_a_page_is_added_where_there_was_none(root):
    path = root / "annotations/notes/forgetting.md"
    path.write_text(path.read_text().replace("[@doe2009, p. 4]", "[@doe2009]"))
    take(root, {**REPORT, "The words as they stand in the work": "", "Who really speaks?": ""})
    assert "a participant, in [@doe2009, p. 5]" in path.read_text()


def test_files_with_other_line_ends_keep_them(root):
    path = root / "annotations/notes/forgetting.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    take(root, QUOTE)
    assert b"\n" not in path.read_bytes().replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("answers", "change", "said"),
    [
        (NOTE, {"The work": "nonsense: ["}, "The work"),
        (NOTE, {"The work": "10.1000/182"}, "new note --doi"),
        (NOTE, {"What did you have in hand?": "My memory"}, "not one of the choices"),
        (NOTE, {"What did you have in hand?": "Another work that reports it (secondary)"}, "--via"),
        (NOTE, {"Themes": "amnesai"}, "amnesai"),
        (NOTE, {"Summary": ""}, "no answer to"),
        (QUOTE, {"The note": "notes/forgeting"}, "forgeting"),
        (QUOTE, {"Who speaks?": "a nurse"}, "is not a role"),
        (QUOTE, {"Who speaks?": "participant, in [@doe2009] #x"}, "is not a role"),
        (QUOTE, {"Page": "p. 3] #numbing"}, "not a page"),
        (QUOTE, {"The words": "hidden \u202e words"}, "U+202E"),
        (QUOTE, {"The work that the words come from": "deo2009"}, "deo2009"),
        (REPORT, {"The quotation": "notes/forgetting/#q-gon"}, "forgetting/gon"),
        (REPORT, {"The words as they stand in the work": "", "Who really speaks?": "", "Page": ""}, "proposes no"),
    ],
)
def test_an_answer_that_cannot_be_used_is_named(root, answers, change, said):
    with pytest.raises(CannotRun) as error:
        propose(root, {**answers, **change})
    assert said in f"{error.value} {error.value.help}"
    assert error.value.help


def test_the_place_of_an_answer_is_said(root):
    with pytest.raises(CannotRun, match="line 11, Who speaks"):
        propose(root, {**QUOTE, "Who speaks?": "a nurse"})


def test_a_question_that_stands_there_twice_is_refused():
    with pytest.raises(CannotRun, match="twice, first in line 1"):
        parse_form(issue(QUOTE) + "\n\n### The note\n\nanother")


def test_a_text_that_is_no_form_is_refused():
    with pytest.raises(CannotRun, match="not one of the forms"):
        parse_form("Hello\n\n### A heading\n")


@settings(max_examples=60)
@given(words=st.text(min_size=1, max_size=60))
def test_whatever_the_words_are_they_are_kept_or_refused(words, tmp_path_factory):
    root = tmp_path_factory.getbasetemp() / "forms"
    write_files(root / "annotations", LIBRARY)
    found = _LINKS.setdefault("links", links(root).links)
    with suppress(CannotRun):
        proposal = plan_proposal(parse_form(issue({**QUOTE, "The words": words})), found, root, TODAY)
        assert proposal.change.after.removeprefix(proposal.change.before).startswith("\n> ")


_LINKS: dict = {}


def run(root: Path, *arguments: str, given: str) -> subprocess.CompletedProcess[str]:
    return run_program(["import", "form", *arguments, "--root", str(root)], folder=root, given=given)


def test_the_command_writes_the_note_and_checks_it(root):
    shown = run(root, "-", "--dry-run", given=issue(NOTE))
    assert "+title: On nights" in shown.stdout
    assert "Nothing was written." in shown.stdout
    assert not (root / "annotations/notes/on-nights.md").exists()
    done = run(root, "-", given=issue(NOTE))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "3 notes, 2 themes, 2 quotes, 3 works: no problems")
    again = run(root, "-", given=issue({**NOTE, "Themes": "amnesai"}))
    assert again.returncode == 2
    assert 'did you mean "amnesia"?' in again.stderr


def test_what_is_wrong_with_a_filed_note_is_reported_at_its_line(root):
    done = run(root, "-", given=issue({**NOTE, "Summary": "As [@poe2002] says."}))
    assert done.returncode == 1
    assert "annotations/notes/on-nights.md:16:5: error: no reference has the key" in done.stdout
