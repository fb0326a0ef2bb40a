"""CSL dates: the forms in which they are written, and whether the calendar has them."""

import datetime
import re
from collections.abc import Callable
from dataclasses import replace

from ...core.diagnostics import did_you_mean, plain
from ...core.model import Date
from ...core.trees import Mapping, Node, Scalar, Sequence, kind_of

__all__ = ["implausible", "parse_date", "parse_date_text"]

Report = Callable[[Node, str, str], None]
"""Takes the value at fault, what is wrong with it (to follow the field's name) and the remedy."""

_FORM = "write 2009, 2009-05, 2009-05-01, a range 2009/2010, or {date-parts: [[2009, 5, 1]]}"
_KEYS = ("date-parts", "season", "circa", "literal", "raw")
_PARTS = ("year", "month", "day")

_YEAR = re.compile(r"-?[0-9]{1,3}")
_TEXT = re.compile(r"(-?[0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?([~?])?")
_SEASONS = {21: "1", 22: "2", 23: "3", 24: "4"}
"""The months by which ISO 8601-2 (EDTF) calls spring, summer, autumn and winter, and CSL's seasons."""


def parse_date_text(text: str) -> Date | None:
    """A date as text: `2009`, `2009-05`, `2009-05-01`, `2009~` (about), `2009-21` (spring), a range."""
    if _YEAR.fullmatch(text.strip()):
        return Date(parts=((int(text),),))
    parts: list[tuple[int, ...]] = []
    circa, season = False, ""
    for piece in text.strip().split("/"):
        found = _TEXT.fullmatch(piece.strip())
        if found is None or len(parts) == 2:
            return None
        numbers = tuple(int(number) for number in found.groups()[:3] if number is not None)
        if len(numbers) == 2 and numbers[1] in _SEASONS:
            season = season or _SEASONS[numbers[1]]
            numbers = numbers[:1]
        parts.append(numbers)
        circa = circa or found[4] is not None
    return Date(parts=tuple(parts), season=season, circa=circa)


def parse_date(node: Node, report: Report) -> Date | None:
    """A date in any form that Pandoc reads; nothing where it has no meaning, which is reported then."""
    if isinstance(node, Mapping):
        return _from_mapping(node, report)
    if isinstance(node, Sequence):
        return _from_list(node, report)
    return _from_text(node, report)


def _from_text(node: Scalar, report: Report) -> Date | None:
    date = parse_date_text(node.text)
    if date is None:
        words = plain(node.text[:60])
        report(
            node,
            f'must be a date, not "{words}"',
            f"{_FORM}; keep words as they are with {{literal: {words}}}",
        )
    return date


def _from_mapping(node: Mapping, report: Report) -> Date | None:
    values = {key.text: value for key, value in node.entries}
    if "year" in values:
        return _from_list(Sequence((node,), node.span), report)
    for key, _ in node.entries:
        if key.text not in _KEYS:
            remedy = did_you_mean(key.text, _KEYS, _FORM)
            report(key, f'has no part "{plain(key.text[:60])}"', remedy)
    texts = {key: _text(values[key], key, report) for key in ("season", "literal", "raw") if key in values}
    parts = _date_parts(values["date-parts"], report) if "date-parts" in values else ()
    date = _with_seasons(
        parts=parts or (),
        season=texts.get("season", ""),
        literal=texts.get("literal", ""),
        circa=_circa(values.get("circa")),
    )
    if parts is None or date.parts or date.literal:
        return date if date.parts or date.literal else None
    raw = values.get("raw")
    if isinstance(raw, Scalar):
        found = _from_text(raw, report)
        return found and replace(found, circa=found.circa or date.circa)
    report(node, "has no year", _FORM)
    return None


def _with_seasons(parts: tuple[tuple[int, ...], ...], season: str, literal: str, circa: bool) -> Date:
    """A date in which the months that stand for seasons, as Pandoc writes them, have become a season."""
    named = [_SEASONS[part[1]] for part in parts if len(part) == 2 and part[1] in _SEASONS]
    parts = tuple(part[:1] if len(part) == 2 and part[1] in _SEASONS else part for part in parts)
    return Date(parts=parts, season=season or "".join(named[:1]), literal=literal, circa=circa)


def _text(node: Node, key: str, report: Report) -> str:
    if isinstance(node, Scalar):
        return "" if node.is_null else node.text
    report(node, f'has a "{key}" that is {kind_of(node)}', _FORM)
    return ""


def _circa(node: Node | None) -> bool:
    return isinstance(node, Scalar) and not node.is_null and node.text not in ("", "0", "false")


def _date_parts(node: Node, report: Report) -> tuple[tuple[int, ...], ...] | None:
    """One or two dates; nothing where their form is wrong."""
    if not isinstance(node, Sequence) or not all(isinstance(item, Sequence) for item in node.items):
        report(node, 'needs "date-parts" with two pairs of brackets', "write {date-parts: [[2009, 5, 1]]}")
        return None
    if len(node.items) > 2:
        report(node, "has more than two dates", "write one date, or the two ends of a range")
        return None
    dates = [_numbers(item, report) for item in node.items if isinstance(item, Sequence) and item.items]
    if not dates:
        report(node, "has no year", _FORM)
    return tuple(date for date in dates if date) if dates and all(dates) else None


def _numbers(node: Sequence, report: Report) -> tuple[int, ...] | None:
    numbers = tuple(_number(item, report) for item in node.items[:3])
    if len(node.items) > 3:
        report(node, "has more than year, month and day", _FORM)
        return None
    return None if None in numbers else numbers  # type: ignore[return-value]


def _number(node: Node, report: Report) -> int | None:
    text = node.text.strip() if isinstance(node, Scalar) else ""
    if re.fullmatch(r"[-+]?[0-9]{1,4}", text):
        return int(text)
    wrong = f'"{plain(text[:60])}"' if text else kind_of(node)
    report(node, f"needs whole numbers of up to four digits, not {wrong}", _FORM)
    return None


def _from_list(node: Sequence, report: Report) -> Date | None:
    """Pandoc's other form: `[{year: 2009, month: 5, day: 1}]`, with two mappings for a range."""
    if not node.items or len(node.items) > 2 or not all(isinstance(item, Mapping) for item in node.items):
        report(node, "must be a date, not a list", _FORM)
        return None
    parts: list[tuple[int, ...] | None] = []
    season, circa = "", False
    for item in node.items:
        values = {key.text: value for key, value in item.entries} if isinstance(item, Mapping) else {}
        parts.append(_parts_of(item, values, report))
        season = season or (_text(values["season"], "season", report) if "season" in values else "")
        circa = circa or _circa(values.get("circa"))
    if None in parts:
        return None
    return Date(parts=tuple(p for p in parts if p), season=season, circa=circa)


def _parts_of(node: Node, values: dict[str, Node], report: Report) -> tuple[int, ...] | None:
    for key in values:
        if key not in (*_PARTS, "season", "circa"):
            report(node, f'has no part "{plain(key[:60])}"', did_you_mean(key, _PARTS, _FORM))
    if "year" not in values:
        report(node, "has no year", _FORM)
        return None
    given = [values[key] for key in _PARTS if key in values]
    if "day" in values and "month" not in values:
        report(node, "has a day without a month", _FORM)
        return None
    numbers = tuple(_number(value, report) for value in given)
    return None if None in numbers else numbers  # type: ignore[return-value]


# ----------------------------------------------------------------------------------------------- plausibility

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def implausible(date: Date, today: datetime.date) -> str:
    """Why a date is hard to believe, to follow the field's name; an empty text where it is not."""
    for parts in date.parts:
        if reason := _no_day(parts):
            return reason
        if parts > (today.year, today.month, today.day)[: len(parts)]:
            return f"lies in the future: {_iso(parts)}"
    if len(date.parts) == 2 and date.parts[1] < date.parts[0][: len(date.parts[1])]:
        return f"ends before it begins: {_iso(date.parts[0])} to {_iso(date.parts[1])}"
    return ""


def _no_day(parts: tuple[int, ...]) -> str:
    year, month, day = (*parts, 1, 1)[:3] if len(parts) < 3 else parts[:3]
    if year == 0:
        return "has no year 0"
    if not 1 <= month <= 12:
        return f"has no month {month}"
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= (28 if month == 2 and not leap else _DAYS[month - 1]):
        return f"has no such day: {_iso(parts)}"
    return ""


def _iso(parts: tuple[int, ...]) -> str:
    return "-".join(f"{part:02d}" for part in parts)
