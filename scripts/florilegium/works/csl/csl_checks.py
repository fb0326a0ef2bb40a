"""What a work lacks, which of its dates are doubtful, whether two are one work, and whether it was retracted."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ...core.diagnostics import Diagnostic, closest, quoted
from ...core.rules import Group, Severity, declare_rule
from ...core.sources import Source
from ...core.values import FrozenValue
from ..identifiers import Identifier, check_url, doi_url, parse_doi
from .csl_dates import implausible, parse_date_text
from .csl_vocabulary import (
    AUTHORED_TYPES,
    CONTAINED_TYPES,
    CSL_FIELDS,
    CSL_NAMES,
    CUSTOM,
    MISTAKEN_STATUSES,
    WEB_TYPES,
)

declare_rule(
    "invalid-reference",
    Group.REFERENCES,
    "A reference is a CSL item: with an id, a known type, names and dates in their CSL form.",
    "The bibliography, the exports and every reference manager rely on that form.",
    "Correct the field that the message names.",
)


def same_work(a: Source, b: Source) -> tuple[str, ...]:
    """The fields in which two descriptions of a work differ; places in files and spacing do not count."""
    one, two = _comparable(a), _comparable(b)
    order = ["type", *CSL_FIELDS, *sorted(one.keys() | two.keys())]
    return tuple(dict.fromkeys(field for field in order if field != "id" and one.get(field) != two.get(field)))


def _comparable(source: Source) -> dict[str, object]:
    fields: dict[str, object] = {"type": source.type, **source.names, **source.dates, **source.custom}
    for field, text in source.variables.items():
        fields[field] = text.lower() if field == "DOI" else " ".join(text.split())
    return fields


declare_rule(
    "implausible-date",
    Group.REFERENCES,
    "A date exists in the calendar and does not lie in the future.",
    "It is nearly always a slip of the keyboard.",
    "Compare the date with the work.",
    severity=Severity.WARNING,
)


def check_source(source: Source, today: datetime.date) -> list[Diagnostic]:
    """What a work lacks (`incomplete-reference`), which of its dates are doubtful (`implausible-date`), and whether
    its status can be read (`invalid-status`).

    `today` is the day from which on a date lies in the future.
    """
    found = [
        _found(source, "implausible-date", field, f'"{field}" of {quoted(source.key)} {reason}', _COMPARE)
        for field, date in source.dates.items()
        if (reason := implausible(date, today))
    ]
    found += _status_faults(source, today)
    lacks = f"the reference {quoted(source.key)} ({source.type}) has no"
    missing = _missing(source)
    return found + [_found(source, "incomplete-reference", "", f"{lacks} {what}", how) for what, how in missing]


_COMPARE = "compare it with the work"


def _found(source: Source, rule: str, field: str, message: str, remedy: str) -> Diagnostic:
    """A finding at a field; at the key of the work where that is not given."""
    span = source.spans.get(field, source.key_span)
    return Diagnostic(rule=rule, span=span, message=message, help=remedy, about=source.key)


declare_rule(
    "incomplete-reference",
    Group.REFERENCES,
    "A reference holds what its type needs: a title, an author or editor, a date, the journal or the book.",
    "A reader must be able to find the work.",
    "Add the field; where it is really not known, record an exception with the reason in `library.yml`.",
    severity=Severity.WARNING,
)


_UNTITLED = frozenset(("interview", "personal_communication", "review", "review-book", "legal_case", "post"))


def _missing(source: Source) -> list[tuple[str, str]]:
    """What a reader needs to find the work and the item does not have: its name, and how to add it."""
    has = source.variables
    given = source.spans  # What is given and could not be read is reported already.
    missing = []
    if not has.get("title") and "title" not in given and source.type not in _UNTITLED:
        missing.append(("title", "add title:"))
    if not source.names and source.type in AUTHORED_TYPES and not any(name in given for name in CSL_NAMES):
        missing.append(("author or editor", "add author: [{family: Doe, given: Jane}]"))
    if not (_is_dated(source) or (source.type in WEB_TYPES and "accessed" in source.dates)):
        missing.append(("date", "add issued: {date-parts: [[2009]]}, or {literal: n.d.}"))
    if source.type in CONTAINED_TYPES and not any(field in given for field in _CONTAINERS):
        whole = "journal" if source.type.startswith("article") else "book"
        missing.append((f"container-title, the {whole} that holds it", "add container-title:"))
    if source.type in WEB_TYPES and not ("URL" in given or "DOI" in given):
        missing.append(("URL", "add URL:"))
    return missing


_CONTAINERS = ("container-title", "container-title-short", "journalAbbreviation", "event-title", "event")


def _is_dated(source: Source) -> bool:
    """Whether a date stands there, or a status such as `in press` in its place."""
    return "issued" in source.spans or ("status" in source.variables and retraction(source) is None)


# ------------------------------------------------------------------------------------------------ retraction


class RetractionKind(StrEnum):
    """What became of a work after it was published: the values of CSL's `status` that this program knows."""

    RETRACTED = "retracted"
    CORRECTED = "corrected"
    CONCERN = "concern"

    @property
    def words(self) -> str:
        return {"retracted": "Retracted", "corrected": "Corrected", "concern": "Expression of concern"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction(FrozenValue):
    """That a work was retracted, corrected or called into question, when, and where that is said."""

    kind: RetractionKind
    date: str = ""
    """`2020-05-01`, `2020-05` or `2020`; empty where nobody said, or no such day exists."""
    notice: str = ""
    """The DOI of the notice or its web address, in the one form of either; empty where there is none."""

    @property
    def address(self) -> str:
        """Where the notice can be read: an `http` or `https` address that is safe to link to, or nothing."""
        return doi_url(self.notice) if self.notice.startswith("10.") else self.notice

    @property
    def text(self) -> str:
        """The status in words: `Retracted, 2020-05-01`."""
        return f"{self.kind.words}, {self.date}" if self.date else self.kind.words

    @property
    def sentence(self) -> str:
        """The status with its notice, for outputs of plain text: `Retracted, 2020-05-01: https://doi.org/…`."""
        return f"{self.text}: {self.address}" if self.address else self.text


def retraction(source: Source) -> Retraction | None:
    """What `status` says of a work, if that is `retracted`, `corrected` or `concern`; nothing for `in press`.

    What is wrong in the date or the notice is left out; `check_source` reports it.
    """
    status = source.variables.get("status", "").strip()
    if status not in _KINDS:
        return None
    date, notice = (source.custom.get(name, "").strip() for name in CUSTOM)
    return Retraction(
        kind=RetractionKind(status), date=parse_status_date(date).value, notice=_parse_notice(notice).value
    )


_KINDS = tuple(kind.value for kind in RetractionKind)
_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")


def parse_status_date(text: str) -> Identifier:
    """A day, month or year of the calendar as ISO 8601 writes it, or what is wrong with it."""
    date = parse_date_text(text) if _DATE.fullmatch(text) else None
    fault = f"is not a date: {quoted(text)}" if date is None else implausible(date, datetime.date.max)
    return Identifier("", fault) if fault else Identifier(text)


def _parse_notice(text: str) -> Identifier:
    doi = parse_doi(text)
    return check_url(text) if doi.fault and not text.startswith("10.") else doi


declare_rule(
    "invalid-status",
    Group.REFERENCES,
    "The status of a work that was retracted or corrected is `retracted`, `corrected` or `concern`, with a date and "
    "a notice that can be read.",
    "A misspelt status would be shown nowhere, and readers would trust a work that nobody should.",
    "Write `status: retracted`, and in `custom:` a `status-date: 2020-05-01` and a `status-notice:` with the DOI or "
    "the address of the notice.",
)


def _status_faults(source: Source, today: datetime.date) -> Iterator[Diagnostic]:
    status = source.variables.get("status", "").strip()
    if not status and not source.custom:
        return
    about = f"of {quoted(source.key)}"
    if status not in _KINDS:
        meant = MISTAKEN_STATUSES.get(status.casefold()) or closest(status, _KINDS)
        if meant:
            message = f'"status" {about} is {quoted(status)}, which is shown nowhere'
            yield _found(source, "invalid-status", "status", message, f"did you mean {quoted(meant)}?")
        elif source.custom:
            name = next(iter(source.custom))
            message = f'"{name}" {about} belongs to no status'
            yield _found(source, "invalid-status", f"custom/{name}", message, f"add status: {', or '.join(_KINDS)}")
    date, notice = (source.custom.get(name, "").strip() for name in CUSTOM)
    if date and (fault := parse_status_date(date).fault):
        message = f'"status-date" {about} {fault}'
        yield _found(source, "invalid-status", "custom/status-date", message, "write 2020-05-01, 2020-05 or 2020")
    elif date and (parsed := parse_date_text(date)) and (reason := implausible(parsed, today)):
        yield _found(source, "implausible-date", "custom/status-date", f'"status-date" {about} {reason}', _COMPARE)
    if notice and (fault := _parse_notice(notice).fault):
        message = f'"status-notice" {about} {fault}: {quoted(notice)}'
        remedy = "write the DOI or the address of the notice"
        yield _found(source, "invalid-status", "custom/status-notice", message, remedy)
