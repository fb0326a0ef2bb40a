"""From a filed form to a change of the library: a new note, a quotation more, or a quotation put right."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ...core.diagnostics import did_you_mean, quoted
from ...core.edits import Change, Edit, apply_edits, read_exactly
from ...core.errors import CannotRun
from ...core.ids import free_id
from ...core.model import Basis, Note, Quote
from ...core.spans import LineTable
from ...library.links import Links
from ...library.notes import parse_note
from ...library.quote_details import propose_quote_id
from ...library.voices import role_names
from ...markdown.citations import cite
from ...markdown.speakers import SpeakerFault, parse_speaker
from ...works.identifiers import parse_doi
from ..drafts.requested_works import KnownWork, find_work, parse_work, resolve_key
from ..drafts.skeletons import NewNote, plan_note
from ..imports.foreign_text import clean_foreign, clean_line, paragraphs
from .answers import FormAnswers, IssueForm


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a form asks for."""

    change: Change
    summary: str
    """One line."""


def plan_proposal(answers: FormAnswers, links: Links, root: Path, today: date) -> Proposal:
    """The change that a filed form asks for. Raises `CannotRun` for an answer that cannot be used, with its line."""
    match answers.form:
        case IssueForm.NOTE:
            return _new_note(answers, links, today)
        case IssueForm.QUOTE:
            return _new_quote(answers, links, root)
        case IssueForm.MISQUOTATION:
            return _correction(answers, links, root)


# ------------------------------------------------------------------------------------------------------- a note


def _new_note(answers: FormAnswers, links: Links, today: date) -> Proposal:
    named = re.search(r"\((full-text|abstract|secondary)\)", answers["What did you have in hand?"])
    if named is None:
        raise answers.refuse("What did you have in hand?", "the answer is not one of the choices", "choose one")
    via = answers["If another work reports it, which?"].strip().lstrip("@")
    wanted = NewNote(
        work=_work(answers, links),
        basis=Basis(named[1]),
        via=resolve_key(links, via) if via else None,
        title=_line(answers, "Title of the note"),
        themes=answers.listed("Themes"),
        notices=answers.listed("Content notices"),
        contributors=tuple(filter(None, [_line(answers, "Your name")])),
        today=today,
    )
    draft = plan_note(links, wanted)
    assert draft.change.after is not None
    head, end, _ = draft.change.after.partition("\n---\n")
    summary = "\n".join(line.rstrip() for line in answers["Summary"].split("\n"))
    text = f"{head}{end}{summary}\n"
    return Proposal(Change(path=draft.change.path, before=None, after=text), f"a new note, {draft.id}")


def _work(answers: FormAnswers, links: Links) -> KnownWork:
    """The work that was named by its key, or described."""
    text = answers["The work"].strip()
    if "\n" not in text and text.lstrip("@") in links.sources:
        return resolve_key(links, text.lstrip("@"))
    if "\n" not in text and not parse_doi(text).fault:
        raise answers.refuse(
            "The work",
            f"only the DOI {quoted(text)} is given",
            f"florilegium new note --doi {text} asks Crossref for it",
        )
    # People put entries between fences, as they are used to.
    bare = re.sub(r"\A```.*\n|\n```\s*\Z", "", text)
    try:
        return find_work(links, parse_work(bare))
    except CannotRun as error:
        raise answers.refuse("The work", str(error), error.help) from error


# ------------------------------------------------------------------------------------------------------ a quote


def _new_quote(answers: FormAnswers, links: Links, root: Path) -> Proposal:
    note = _note(answers, links)
    table = _table(root, note.path)
    words = _words(answers, "The words")
    speaker = _speaker(answers, "Who speaks?", links)
    themes, notices = answers.listed("Themes"), answers.listed("Content notices")
    known = [links.themes[theme] for theme in themes if theme in links.themes]
    noticed = bool(notices or note.notices or any(theme.notices for theme in known))
    proposed = propose_quote_id(words, speaker, links.library.settings.language, noticed=noticed)
    id_ = free_id(proposed, {quote.id for quote in note.quotes})
    attribution = f"> — {speaker}, in {_citations(answers, note, links)}"
    tags = [*(f" #{theme}" for theme in themes), *(f" !{notice}" for notice in notices)]
    text = f"\n{_block(words)}>\n{attribution}{''.join(tags)} {{#{id_}}}\n"
    after = apply_edits(table, [_insertion(table, note, text)])
    quote = _written(LineTable(note.path, after), note, id_)
    if quote is None or _normal(quote.words) != _normal(words):
        raise answers.refuse("The words", "they cannot be written as a quotation", "add them to the note by hand")
    return Proposal(Change(path=note.path, before=table.text, after=after), f"a quotation more, {note.id}/{id_}")


def _insertion(table: LineTable, note: Note, text: str) -> Edit:
    """After the last quotation, or at the end of a note without any; between empty lines."""
    lines = table.text.split("\n")
    last = note.quotes[-1].span.end_line if note.quotes else len(lines)
    offset = sum(len(line) + 1 for line in lines[:last])
    at = min(offset, len(table.text))
    lead = "" if table.text[:at].endswith("\n") else "\n"
    return Edit(span=table.span(at, at), text=_in_style(table, f"{lead}{text}"))


def _in_style(table: LineTable, text: str) -> str:
    return text.replace("\n", "\r\n") if "\r\n" in table.text else text


def _block(words: str) -> str:
    return ">\n".join(f"> {paragraph}\n" for paragraph in paragraphs(words))


def _citations(answers: FormAnswers, note: Note, links: Links) -> str:
    """The work that the words come from and, where they were read in another one, that."""
    key = answers["The work that the words come from"].strip().lstrip("@") or (note.source.id if note.source else "")
    named = cite(resolve_key(links, key).source.key, _locator(answers, "Page", _line(answers, "Page")))
    question = "Did you read the words in another work? Which?"
    if not answers[question]:
        return named
    other, _, place = _line(answers, question).lstrip("@").partition(",")
    read_in = cite(resolve_key(links, other.strip()).source.key, _locator(answers, question, place))
    return f"{named}, quoted in {read_in}"


def _locator(answers: FormAnswers, question: str, text: str) -> str:
    text = text.strip().strip(",").strip()
    if re.search(r"[\[\]{}@;\\<>]", text):
        raise answers.refuse(question, f"{quoted(text)} is not a page or other place", "write it as p. 12 or ch. 3")
    return f"p. {text}" if re.fullmatch(r"\d+", text) else f"pp. {text}" if re.fullmatch(r"\d+[-–]\d+", text) else text


_SPEAKER = re.compile(
    r"(?:(an?|the)\s+)?([^\[\]{}<>@#!\\|`*_\"“”«»„]+?)(?:,?\s*[\"“„«]\s*([^\"“”«»\[\]{}<>@#!\\|`*_]+?)\s*[\"”“»])?"
)


def _speaker(answers: FormAnswers, question: str, links: Links) -> str:
    """Who speaks: a role of the library, and the pseudonym if there is one."""
    text = _line(answers, question)
    found = _SPEAKER.fullmatch(text)
    roles = ", ".join(links.roles)
    voices = parse_speaker(text, role_names(links.roles), language=links.library.settings.language)
    if found is None or isinstance(voices, SpeakerFault):
        remedy = (isinstance(voices, SpeakerFault) and voices.remedy) or f"the roles are {roles}"
        raise answers.refuse(question, f"{quoted(text)} is not a role of library.yml", remedy)
    role = links.roles[voices[0].role]
    article = found[1] or ("the" if role.id == "author" else "an" if role.id[0] in "aeiou" else "a")
    return f"{article} {found[2].strip()}" + (f' "{found[3]}"' if found[3] else "")


# ------------------------------------------------------------------------------------------------- a correction


def _correction(answers: FormAnswers, links: Links, root: Path) -> Proposal:
    note, quote = _quote(answers, links)
    table = _table(root, note.path)
    edits = [*_new_words(answers, quote, table), *_new_speaker(answers, quote, links), *_new_page(answers, quote)]
    if not edits:
        raise CannotRun("the form proposes no other words, speaker or page", "read its last answer, and decide")
    after = apply_edits(table, edits)
    written = _written(LineTable(note.path, after), note, quote.id)
    wanted = _words(answers, "The words as they stand in the work") or quote.words
    if written is None or _normal(written.words) != _normal(wanted):
        raise CannotRun(f"the correction of {quote.address} cannot be written by itself", "make it by hand")
    return Proposal(Change(path=note.path, before=table.text, after=after), f"the quotation {quote.address} put right")


def _new_words(answers: FormAnswers, quote: Quote, table: LineTable) -> list[Edit]:
    question = "The words as they stand in the work"
    words = _words(answers, question)
    if not words or _normal(words) == _normal(quote.words):
        return []
    # Within a list, what stands before the words on their line is more than "> ".
    mark = re.sub(r"[^>\s]", " ", table.line(quote.words_span.line)[: quote.words_span.column - 1])
    between = f"\n{mark.rstrip()}\n{mark}"
    return [Edit(span=quote.words_span, text=_in_style(table, between.join(paragraphs(words))))]


def _new_speaker(answers: FormAnswers, quote: Quote, links: Links) -> list[Edit]:
    question = "Who really speaks?"
    if not answers[question]:
        return []
    if quote.speaker is None:
        raise answers.refuse(question, f"the quotation {quote.address} names no speaker yet", "add it by hand")
    return [Edit(span=quote.speaker.span, text=_speaker(answers, question, links))]


def _new_page(answers: FormAnswers, quote: Quote) -> list[Edit]:
    locator = _locator(answers, "Page", _line(answers, "Page"))
    if not locator:
        return []
    if quote.reference is None:
        raise answers.refuse("Page", f"the quotation {quote.address} names no work yet", "add it by hand")
    if quote.reference.locator:
        return [Edit(span=quote.reference.locator.span, text=locator)]
    key = quote.reference.key_span
    return [Edit(span=key._replace(line=key.end_line, column=key.end_column), text=f", {locator}")]


# ------------------------------------------------------------------------------------------------------- common


def _line(answers: FormAnswers, question: str) -> str:
    """An answer of one line, without what nobody can see."""
    text = clean_line(answers[question])
    if answers[question].strip() and not text:
        raise answers.refuse(question, "the answer holds characters that hide or reorder text", "ask for it again")
    return text


def _words(answers: FormAnswers, question: str) -> str:
    """The words of a quotation, its paragraphs separated by line feeds."""
    lines = answers[question].split("\n")
    if lines and all(line.lstrip().startswith(">") or not line.strip() for line in lines):
        lines = [line.lstrip().removeprefix(">").removeprefix(" ") for line in lines]
    cleaned = clean_foreign("\n".join(lines))
    if cleaned.refused:
        raise answers.refuse(question, f"the words hold {cleaned.refused}, which hides or reorders text", "retype them")
    return cleaned.text


def _normal(words: str) -> str:
    return " ".join(words.split())


def _table(root: Path, path: str) -> LineTable:
    return LineTable(path, read_exactly(root, path) or "")


def _written(table: LineTable, note: Note, id_: str) -> Quote | None:
    """The quotation as it will be read."""
    found: Sequence[Quote] = [quote for quote in parse_note(note.id, table).note.quotes if quote.id == id_]
    return found[0] if len(found) == 1 else None


def _parts(text: str) -> list[str]:
    """The last parts of an address, whether of the published site, of a file or by themselves."""
    address = re.sub(r"[?#](?=[^q])", "/", text.strip().strip("<>"))
    parts = [part.removesuffix(".md") for part in re.split(r"[/#]", address)]
    return [part for part in parts if part and part != "index.html"]


def _note(answers: FormAnswers, links: Links) -> Note:
    parts = _parts(_line(answers, "The note"))
    known = {note.id: note for note in links.library.notes}
    for part in reversed(parts):
        if part in known:
            return known[part]
    name = parts[-1] if parts else ""
    remedy = did_you_mean(name, known, "give the address of the note's page, or the last part of it")
    raise answers.refuse("The note", f"there is no note {quoted(name)}", remedy)


def _quote(answers: FormAnswers, links: Links) -> tuple[Note, Quote]:
    parts = _parts(_line(answers, "The quotation"))
    name, id_ = (parts[-2], parts[-1].removeprefix("q-")) if len(parts) > 1 else ("", "")
    known = {quote.address: (note, quote) for note in links.library.notes for quote in note.quotes}
    # On the page of a theme, an anchor names the note too.
    for address in (f"{name}/{id_}", id_.replace("--", "/", 1)):
        if address in known:
            return known[address]
    remedy = did_you_mean(f"{name}/{id_}", known, 'give the address that "Copy link" puts into the clipboard')
    raise answers.refuse("The quotation", f"there is no quotation {quoted(f'{name}/{id_}')}", remedy)
