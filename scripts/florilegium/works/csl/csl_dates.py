"""CSL dates: the forms in which they are written, and whether the calendar has them."""

import calendar
import datetime
import re
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from ...core.diagnostics import did_you_mean, plain
from ...core.sources import Date
from ...core.trees import DataNode, Mapping, Scalar, Sequence, kind_of

DateReport = Callable[[DataNode, str, str], None]
"""Takes the value at fault, what is wrong with it (to follow the field's name) and the remedy."""

_FORM = "write 2009, 2009-05, 2009-05-01, a range 2009/2010, or {date-parts: [[2009, 5, 1]]}"
_KEYS = ("date-parts", "season", "circa", "literal", "raw")
_PARTS = ("year", "month", "day")

_YEAR = re.compile(r"-?[0-9]{1,3}")
_SEASONS = {21: "1", 22: "2", 23: "3", 24: "4"}
"""The months by which ISO 8601-2 (EDTF) calls spring, summer, autumn and winter, and CSL's seasons."""
_OLD_SEASONS = {13: 21, 14: 22, 15: 23, 16: 24}
"""The months by which citeproc-js calls them."""


def parse_date_text(text: str) -> Date | None:
    """A date as text: `2009`, `2009-05-01`, `2009~` (about), `2009-21` (spring), `199X`, ranges `2009/2010`, `2009/..`.

    These are levels 0 and 1 of EDTF (https://www.loc.gov/standards/datetime/): `-0379` is 380 BC, a time of day is
    left out, `20XX` becomes the range of its years. A shorter year is CSL's own: `-44` is 44 BC.
    """
    text = text.strip()
    if _YEAR.fullmatch(text):
        return Date(parts=((int(text),),)) if int(text) else None
    if text.count("/") > 1:
        return None
    start, slash, end = (piece.strip() for piece in text.partition("/"))
    first, last = _read_end(start), _read_end(end)
    if first is None or last is None or not (first.low or last.low):
        return None
    if not slash:
        return _dated([first.low] if first.low == first.high else [first.low, first.high], circa=first.circa)
    if not first.low:
        return Date(literal=f"–{_iso(last.high)}")
    return _dated([first.low, last.high or _OPEN], circa=first.circa or last.circa)


_OPEN = (0,)
"""The end of a range that is not over, as pandoc has it: `[[1999], [0]]`."""


class _End(NamedTuple):
    """One end of a range: the earliest and the latest date that it can be; nothing where the range is open."""

    low: tuple[int, ...] = ()
    high: tuple[int, ...] = ()
    circa: bool = False


_END = re.compile(
    r"[?~%]?(?:Y(?P<long>-?[0-9]{5,9})|(?P<year>-?[0-9]{2,4}X{0,2})(?:-[?~%]?(?P<month>[0-9]{1,2}|XX))?"
    r"(?:-[?~%]?(?P<day>[0-9]{1,2}|XX))?)[?~%]?"
    r"(?:[T ](?:[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?\s*(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)


def _read_end(text: str) -> _End | None:
    if text in ("", ".."):
        return _End()
    found = _END.fullmatch(text)
    if found is None:
        return None
    circa = re.search("[?~%]", text) is not None
    if found["long"]:
        return _End((int(found["long"]),), (int(found["long"]),), circa)
    year = found["year"]
    if len(year.lstrip("-")) != 4:
        return None
    low, high = (_bc(int(year.replace("X", digit))) for digit in "09")
    if low != high:
        return _End((min(low, high),), (max(low, high),), circa)
    parts = [low]
    for part in ("month", "day"):
        if not (found[part] or "").isdecimal() or not int(found[part]):  # `1993-00-00` says no more than the year.
            break
        parts.append(int(found[part]))
    return _End(tuple(parts), tuple(parts), circa)


def _bc(year: int) -> int:
    """A year of EDTF, which has a year 0, as one of CSL, which has none."""
    return year - 1 if year <= 0 else year


def _dated(ends: list[tuple[int, ...]], circa: bool) -> Date:
    """A date of one end or two; a season alone is named as CSL does, two stay the months that stand for them."""
    if len(ends) == 1 and len(ends[0]) == 2 and ends[0][1] in _SEASONS:
        return Date(parts=(ends[0][:1],), season=_SEASONS[ends[0][1]], circa=circa)
    return Date(parts=tuple(ends), circa=circa)


def parse_date(node: DataNode, report: DateReport) -> Date | None:
    """A date in any form that Pandoc reads; nothing where it has no meaning, which is reported then."""
    if isinstance(node, Mapping):
        return _from_mapping(node, report)
    if isinstance(node, Sequence):
        return _from_list(node, report)
    return _from_text(node, report)


def _from_text(node: Scalar, report: DateReport) -> Date | None:
    date = parse_date_text(node.text)
    if date is None:
        words = plain(node.text[:60])
        remedy = f"{_FORM}; keep words as they are with {{literal: {words}}}"
        report(node, f'must be a date, not "{words}"', remedy)
    return date


def _from_mapping(node: Mapping, report: DateReport) -> Date | None:
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
        found = guess_date(raw.text) or _from_text(raw, report)
        return found and replace(found, circa=found.circa or date.circa)
    report(node, "has no year", _FORM)
    return None


def _with_seasons(parts: tuple[tuple[int, ...], ...], season: str, literal: str, circa: bool) -> Date:
    """A date in which the month of one date that stands for a season, as Pandoc writes it, has become one."""
    parts = tuple((part[0], _OLD_SEASONS.get(part[1], part[1])) if len(part) == 2 else part for part in parts)
    if len(parts) == 1 and not season:
        return replace(_dated(list(parts), circa), literal=literal)
    return Date(parts=parts, season=season, literal=literal, circa=circa)


def _text(node: DataNode, key: str, report: DateReport) -> str:
    if isinstance(node, Scalar):
        return "" if node.is_null else node.text
    report(node, f'has a "{key}" that is {kind_of(node)}', _FORM)
    return ""


def _circa(node: DataNode | None) -> bool:
    return isinstance(node, Scalar) and not node.is_null and node.text not in ("", "0", "false")


def _date_parts(node: DataNode, report: DateReport) -> tuple[tuple[int, ...], ...] | None:
    """One or two dates; nothing where their form is wrong."""
    if not isinstance(node, Sequence) or not all(isinstance(item, Sequence) for item in node.items):
        numbers = [item.text for item in node.items if isinstance(item, Scalar)] if isinstance(node, Sequence) else []
        remedy = f"write {{date-parts: [[{', '.join(numbers) or '2009, 5, 1'}]]}}"
        report(node, 'needs "date-parts" with two pairs of brackets', remedy)
        return None
    if len(node.items) > 2:
        report(node, "has more than two dates", "write one date, or the two ends of a range")
        return None
    dates = [_numbers(item, report) for item in node.items if isinstance(item, Sequence) and item.items]
    if not dates:
        report(node, "has no year", _FORM)
    return tuple(date for date in dates if date) if dates and all(dates) else None


def _numbers(node: Sequence, report: DateReport) -> tuple[int, ...] | None:
    """Year, month and day; what is empty or 0 behind the year is not known."""
    if len(node.items) > 3:
        report(node, "has more than year, month and day", _FORM)
        return None
    numbers: list[int] = []
    for place, item in enumerate(node.items):
        if place and isinstance(item, Scalar) and item.text.strip() in ("", "0", "00", "null"):
            break
        number = _number(item, report)
        if number is None:
            return None
        numbers.append(number)
    return tuple(numbers)


def _number(node: DataNode, report: DateReport) -> int | None:
    text = node.text.strip() if isinstance(node, Scalar) else ""
    if re.fullmatch(r"[-+]?[0-9]{1,9}", text):
        return int(text)
    wrong = f'"{plain(text[:60])}"' if text else kind_of(node)
    report(node, f"needs whole numbers, not {wrong}", _FORM)
    return None


def _from_list(node: Sequence, report: DateReport) -> Date | None:
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


def _parts_of(node: DataNode, values: dict[str, DataNode], report: DateReport) -> tuple[int, ...] | None:
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


def edtf(date: Date) -> str:
    """A date or range in EDTF: `2009-03-01`, `2009-21` for the spring, `-0043` for 44 BC, `1850~`, `1999/..`."""
    return "/".join(_edtf(parts, date) if parts != (0,) else ".." for parts in date.parts)


def _edtf(parts: tuple[int, ...], date: Date) -> str:
    year, *rest = parts
    season = re.fullmatch(r"[1-4]", date.season)
    if season and not rest:
        rest = [20 + int(season[0])]
    year += year < 0  # A year 0 is in EDTF, but not in CSL.
    written = f"{'-' * (year < 0)}{abs(year):04}" if abs(year) < 10_000 else f"Y{year}"
    return "-".join([written, *(f"{number:02}" for number in rest)]) + "~" * date.circa


def date_to_csl(date: Date) -> dict[str, object]:
    """A date as CSL-JSON has it (schema csl-data 1.0.2)."""
    item: dict[str, object] = {}
    if date.parts:
        item["date-parts"] = [list(parts) for parts in date.parts]
    if date.season:
        item["season"] = date.season
    if date.circa:
        item["circa"] = True
    if date.literal:
        item["literal"] = date.literal
    return item


# ---------------------------------------------------------------------------------------------- dates in words

_MONTHS = {
    word: number
    for number, names in enumerate((
        "jan january januar jänner janvier enero gennaio janeiro januari styczeń ocak",
        "feb february februar février fevrier fév févr febrero febbraio fevereiro fev februari luty şubat",
        "mar march märz maerz mär mrz mars marzo março marco maart mrt marzec mart",
        "apr april avril avr abril abr aprile kwiecień nisan",
        "may mai mayo maggio mag maio mei maj mayıs",
        "jun june juni juin junio giugno giu junho czerwiec haziran",
        "jul july juli juillet juil julio luglio lug julho lipiec temmuz",
        "aug august août aout agosto ago augustus sierpień ağustos",
        "sep sept september septembre septiembre settembre set setembro wrzesień eylül",
        "oct october oktober okt octobre octubre ottobre ott outubro out październik ekim",
        "nov november novembre noviembre novembro listopad kasım",
        "dec december dezember dez décembre decembre déc diciembre dic dicembre dezembro grudzień aralık",
    ), 1)
    for word in names.split()
} | {
    **dict.fromkeys("spring frühling frühjahr printemps primavera voorjaar lente".split(), 21),
    **dict.fromkeys("summer sommer été estate verano zomer".split(), 22),
    **dict.fromkeys("autumn fall herbst automne autunno otoño herfst".split(), 23),
    **dict.fromkeys("winter hiver inverno invierno".split(), 24),
}  # fmt: skip
"""Words for months, and for seasons the numbers that stand for them."""
_ABOUT = re.compile(r"(?:c|ca|circa|um|vers)\.?\s*(?=[0-9])|©\s*|\[|\]", re.IGNORECASE)
_YEARS = re.compile(r"(-?[0-9]{4})\s*(?:[-–—_/]{1,3}|to|bis)\s*([0-9]{4}|[0-9]{2})?")


_ERA = re.compile(
    r"(?P<about>c(?:a|irca)?(?:\.\s*|\s+))?(?:(?P<before>[0-9]{1,5})\s*(?:B\.?C\.?(?:E\.?)?|v\.\s?Chr\.)|"
    r"(?:A\.?D\.?\s*)?(?P<year>[0-9]{1,4})\s*(?:A\.?D\.?|C\.?E\.?|n\.\s?Chr\.)?)"
)
"""A year with its era: `380 BC`, `AD 79`, `300 v. Chr.`."""


def guess_date(text: str) -> Date | None:
    """A date as people and programs write it: `15 March 2013`, `Mar. 2013`, `2013 Mar-Apr`, `1989--94`, `c. 1650`.

    Months are known in the languages of the larger databases. Nothing where the words are no date, or not only one.
    """
    date = parse_date_text(text)
    if len(text) > 60 or (date and not any(_no_day(parts) for parts in date.parts if parts != _OPEN)):
        return date
    if era := _ERA.fullmatch(text.strip()):
        year = int(era["before"] or era["year"])
        return Date(parts=((-year if era["before"] else year,),), circa=bool(era["about"])) if year else None
    bare = _ABOUT.sub("", text).strip()
    # Libraries write `c2004` for the year of a copyright.
    about = re.match(r"\s*\[?\s*c(?![0-9])", text, re.IGNORECASE) is not None
    if found := _YEARS.fullmatch(bare):
        start, end = found[1], found[2] or ".."
        date = parse_date_text(f"{start}/{start[: 4 - len(end)] + end if end != '..' else end}")
    else:
        date = parse_date_text(bare) or _from_words(bare)
    return replace(date, circa=True) if date and about else date


def _from_words(text: str) -> Date | None:
    """A date of a year, one month or season, or two of them, and perhaps a day."""
    tokens = re.findall(r"[0-9]+|[^\W\d_]+", text)
    years = [int(token) for token in tokens if len(token) == 4 and token.isdecimal()]
    days = [int(token) for token in tokens if len(token) < 3 and token.isdecimal() and 0 < int(token) < 32]
    months = [month for token in tokens if token.isalpha() and (month := _MONTHS.get(token.casefold()))]
    known = len(years) + len(days) + len(months)
    if len(years) != 1 or not 1 <= len(months) <= 2 or len(days) > 2 or known != len(tokens):
        return None
    if len(months) == 1 and len(days) == 2:
        ends: list[tuple[int, ...]] = [(years[0], months[0], day) for day in days]
    elif len(days) == len(months):
        ends = [(years[0], month, day) for month, day in zip(months, days, strict=True)]
    elif days:
        return None
    else:
        ends = [(years[0], month) for month in months]
    return _dated(ends, circa=False)


# ----------------------------------------------------------------------------------------------- plausibility


def implausible(date: Date, today: datetime.date) -> str:
    """Why a date is hard to believe, to follow the field's name; an empty text where it is not."""
    for parts in date.parts[:1] if date.parts[1:] == (_OPEN,) else date.parts:
        if reason := _no_day(parts):
            return reason
        if parts > (today.year, today.month, today.day)[: len(parts)]:
            return f"lies in the future: {_iso(parts)}"
    if len(date.parts) == 2 and date.parts[1] != _OPEN and date.parts[1] < date.parts[0][: len(date.parts[1])]:
        return f"ends before it begins: {_iso(date.parts[0])} to {_iso(date.parts[1])}"
    return ""


def _no_day(parts: tuple[int, ...]) -> str:
    year, month, day = (*parts, 1, 1)[:3] if len(parts) < 3 else parts[:3]
    if year == 0:
        return "has no year 0"
    if month in _SEASONS and len(parts) == 2:
        return ""
    if not 1 <= month <= 12:
        return f"has no month {month}"
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return f"has no such day: {_iso(parts)}"
    return ""


def _iso(parts: tuple[int, ...]) -> str:
    return "-".join(f"{part:02d}" for part in parts)
