"""A comparison as JSON, for programs: everything, the words of quotations together with their notices."""

from collections.abc import Iterable, Mapping
from typing import Any

from ... import __version__
from ...core.model import Quote
from ...core.reporters import json_report
from ...core.rules import Severity
from .change_summary import summarise_changes
from .differences import Changes, DocumentChange, FieldChange, QuoteChange, WorkChange

_VERSION = 1
"""Of the form: a field may be added within a version; none is removed, and none changes its meaning."""


def render_json(changes: Changes) -> str:
    """One object. Everything outside ASCII is escaped."""
    report = {
        "version": _VERSION,
        "tool": f"florilegium {__version__}",
        "base": changes.base,
        "head": changes.head,
        "summary": summarise_changes(changes),
        "problems": {"before": _counts(changes.problems_before), "after": _counts(changes.problems_after)},
        "hidden_findings": changes.hidden,
        "vanished": [
            {"address": entry.address, "quotes": entry.quotes, "help": entry.remedy} for entry in changes.vanished
        ],
        "settings": [
            {"name": change.name, "before": change.before, "after": change.after, "loosens": change.loosens}
            for change in changes.settings
        ],
        "quotes": list(map(_quote, changes.quotes)),
        "records": [
            {
                "change": record.how.value,
                "quote": record.quote,
                "key": record.key,
                "before": record.before,
                "after": record.after,
            }
            for record in changes.records
        ],
        "notes": list(map(_document, changes.notes)),
        "themes": list(map(_document, changes.themes)),
        "works": list(map(_work, changes.works)),
        "quoted_words": [
            {"key": entry.key, "before": entry.before, "after": entry.after, "share": round(entry.share, 4)}
            for entry in changes.words
        ],
        "affected_pages": list(changes.affected),
    }
    return json_report(report)


def _counts(counts: Mapping[Severity, int]) -> dict[str, int]:
    return {severity.value: counts[severity] for severity in Severity if counts.get(severity)}


def _fields(fields: Iterable[FieldChange]) -> list[dict[str, str]]:
    return [{"name": field.name, "before": field.before, "after": field.after} for field in fields]


def _quote(change: QuoteChange) -> dict[str, Any]:
    return {
        "change": change.how.value,
        "address": change.present.address,
        "notices": list(change.notices),
        "before": _side(change.before, change.state_before),
        "after": _side(change.after, change.state_after),
        "words": [{"only": piece.only.value, "text": piece.text} for piece in change.words],
        "fields": _fields(change.fields),
    }


def _side(quote: Quote | None, state: str) -> dict[str, Any] | None:
    if quote is None:
        return None
    return {
        "address": quote.address,
        "path": quote.span.path,
        "line": quote.span.line,
        "words": quote.words,
        "speaker": quote.speaker.text if quote.speaker else "",
        "work": quote.reference.key if quote.reference else "",
        "verification": state,
    }


def _document(change: DocumentChange) -> dict[str, Any]:
    return {
        "change": change.how.value,
        "id": change.present.id,
        "before": change.before.id if change.before else None,
        "after": change.after.id if change.after else None,
        "fields": _fields(change.fields),
        "prose": change.prose._asdict(),
    }


def _work(change: WorkChange) -> dict[str, Any]:
    return {
        "change": change.how.value,
        "key": change.key,
        "fields": _fields(change.fields),
        "cited_in": list(change.cited_in),
    }
