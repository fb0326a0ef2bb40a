"""The text of an issue that was filed with one of the forms in `.github/ISSUE_TEMPLATE/`: questions and answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from ...core.diagnostics import quoted
from ...core.errors import CannotRun


class IssueForm(Enum):
    """The forms, each with the questions that its issue must answer and those that it may."""

    NOTE = (
        ("The work", "Title of the note", "What did you have in hand?", "Summary"),
        ("If another work reports it, which?", "Themes", "Content notices", "Your name"),
    )
    QUOTE = (
        ("The note", "The words", "Who speaks?", "Themes"),
        (
            "The work that the words come from",
            "Page",
            "Did you read the words in another work? Which?",
            "Content notices",
        ),
    )
    MISQUOTATION = (
        ("The quotation", "How do you know?"),
        ("The words as they stand in the work", "Who really speaks?", "Page"),
    )

    def __init__(self, required: tuple[str, ...], optional: tuple[str, ...]) -> None:
        self.required = required
        self.questions = frozenset((*required, *optional))


@dataclass(frozen=True, slots=True)
class FormAnswers:
    """The answers of a form."""

    form: IssueForm
    texts: Mapping[str, str]
    """The answer to each question that was answered."""
    lines: Mapping[str, int]
    """The line of the filed text at which each answer begins."""

    def __getitem__(self, question: str) -> str:
        return self.texts.get(question, "")

    def listed(self, question: str) -> tuple[str, ...]:
        """The parts of an answer between commas, `#` and `!` before them left off; each once."""
        parts = (part.strip().lstrip("#!").strip() for part in re.split(r"[,\n]", self[question]))
        return tuple(dict.fromkeys(part for part in parts if part))

    def refuse(self, question: str, message: str, remedy: str) -> CannotRun:
        """The error to raise where an answer cannot be used."""
        where = f"line {self.lines[question]}, " if question in self.lines else ""
        return CannotRun(f"{where}{question}: {message}", remedy)


_UNANSWERED = "_No response_"
"""What the forge writes where an answer was left empty."""


def parse_form(text: str) -> FormAnswers:
    """Read the Markdown that a filed form becomes. Raises `CannotRun` where it is none of the forms, or incomplete.

    Each question is a heading of the third level with its answer below. Other headings belong to the answer in which
    they stand.
    """
    lines = re.split("\r\n|\r|\n", text)
    form = _form_of({line[4:].strip() for line in lines if line.startswith("### ")})
    answers: dict[str, list[str]] = {}
    begins: dict[str, int] = {}
    current: list[str] = []
    for number, line in enumerate(lines, 1):
        question = line[4:].strip() if line.startswith("### ") else ""
        if question not in form.questions:
            current.append(line)
            continue
        if question in answers:
            twice = f"the question {quoted(question)} stands there twice, first in line {begins[question] - 1}"
            raise CannotRun(f"line {number}: {twice}", "if one of them belongs to an answer, change its heading")
        current = answers[question] = []
        begins[question] = number + 1
    texts = {question: answer for question, given in answers.items() if (answer := _answer(given))}
    missing = [question for question in form.required if question not in texts]
    if missing:
        raise CannotRun(f"the form has no answer to {', '.join(map(quoted, missing))}", "ask the person who filed it")
    firsts = {question: next(n for n, line in enumerate(answers[question]) if line.strip()) for question in texts}
    return FormAnswers(form, texts, {question: begins[question] + first for question, first in firsts.items()})


def _answer(lines: list[str]) -> str:
    answer = "\n".join(lines).strip("\n").rstrip()
    return "" if answer.strip() == _UNANSWERED else answer


def _form_of(headings: set[str]) -> IssueForm:
    """The form with most of its questions among the headings."""
    best = max(IssueForm, key=lambda form: len(form.questions & headings))
    if not set(best.required) & headings:
        raise CannotRun(
            "the text is not one of the forms: it lacks their questions as headings",
            'give the whole text of an issue that was filed with "Suggest a note", "Suggest a quote" or '
            '"Report a misquotation"',
        )
    return best
