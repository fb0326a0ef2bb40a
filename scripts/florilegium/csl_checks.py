"""What a work's description lacks, which dates in it are doubtful, and whether two of them agree."""

import datetime

from .csl_dates import implausible
from .csl_vocabulary import ANONYMOUS_TYPES, CONTAINED_TYPES, FIELDS, NAMES, WEB_TYPES
from .diagnostics import Diagnostic, quoted
from .model import Source

__all__ = ["check_source", "same_work"]


def same_work(a: Source, b: Source) -> tuple[str, ...]:
    """The fields in which two descriptions of a work differ; places in files and spacing do not count."""
    one, two = _comparable(a), _comparable(b)
    order = ["type", *FIELDS, *sorted(one.keys() | two.keys())]
    return tuple(dict.fromkeys(field for field in order if field != "id" and one.get(field) != two.get(field)))


def _comparable(source: Source) -> dict[str, object]:
    fields: dict[str, object] = {"type": source.type, **source.names, **source.dates}
    for field, text in source.variables.items():
        fields[field] = text.lower() if field == "DOI" else " ".join(text.split())
    return fields


def check_source(source: Source, today: datetime.date) -> list[Diagnostic]:
    """What a work lacks (`incomplete-reference`), and which of its dates are doubtful (`implausible-date`).

    `today` is the day from which on a date lies in the future.
    """
    found = [
        Diagnostic(
            rule="implausible-date",
            span=source.spans.get(field, source.key_span),
            message=f'"{field}" of {quoted(source.key)} {reason}',
            help="compare it with the work",
            about=source.key,
        )
        for field, date in source.dates.items()
        if (reason := implausible(date, today))
    ]
    return found + [_incomplete(source, wanted, remedy) for wanted, remedy in _missing(source)]


def _incomplete(source: Source, wanted: str, remedy: str) -> Diagnostic:
    message = f"the reference {quoted(source.key)} ({source.type}) has no {wanted}"
    return Diagnostic(rule="incomplete-reference", span=source.key_span, message=message, help=remedy, about=source.key)


_UNTITLED = frozenset(("interview", "personal_communication", "review", "review-book", "legal_case", "post"))


def _missing(source: Source) -> list[tuple[str, str]]:
    """What a reader needs to find the work and the item does not have: its name, and how to add it."""
    has = source.variables
    given = source.spans  # What is given and could not be read is reported already.
    missing = []
    if not has.get("title") and "title" not in given and source.type not in _UNTITLED:
        missing.append(("title", "add title:"))
    if not source.names and source.type not in ANONYMOUS_TYPES and not any(name in given for name in NAMES):
        missing.append(("author or editor", "add author: [{family: Doe, given: Jane}]"))
    if not ("issued" in given or "status" in has or (source.type in WEB_TYPES and "accessed" in source.dates)):
        missing.append(("date", "add issued: {date-parts: [[2009]]}, or {literal: n.d.}"))
    if source.type in CONTAINED_TYPES and not any(field in given for field in _CONTAINERS):
        whole = "journal" if source.type.startswith("article") else "book"
        missing.append((f"container-title, the {whole} that holds it", "add container-title:"))
    if source.type in WEB_TYPES and not ("URL" in given or "DOI" in given):
        missing.append(("URL", "add URL:"))
    return missing


_CONTAINERS = ("container-title", "container-title-short", "journalAbbreviation", "event-title", "event")
