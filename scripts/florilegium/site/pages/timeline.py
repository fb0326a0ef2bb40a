"""The timeline of the sources: how many works of the library are of which year, as a picture and as a
table.
"""

from collections import Counter
from typing import NamedTuple

from ...library.links import Links
from ..languages import Words

MAX_TIMELINE_WORKS = 60
"""Bars of the picture; works of more years than that are counted by tens of years, or more."""
_STEP, _BAR, _HEIGHT, _LABELS = 12, 8, 120, 18


class Bar(NamedTuple):
    """The works of one year, or of some years."""

    name: str
    label: str
    noted: int
    cited: int
    x: int
    middle: float
    noted_top: float
    noted_height: float
    cited_top: float
    cited_height: float


class Chart(NamedTuple):
    """All that the picture shows; lengths in units of its own."""

    title: str
    description: str
    unit: str
    width: int
    height: int
    base: int
    label: int
    bar: int
    bars: list[Bar]


def timeline(links: Links, keys: list[str], words: Words) -> Chart | None:
    """The chart of the works with these keys; None where fewer than two have a year."""
    years = {key: source.year for key in keys if (source := links.sources.get(key)) and source.year is not None}
    if len(set(years.values())) < 2:
        return None
    noted = {note.source.id for note in links.notes.values() if note.source}
    size = _bin_size(min(years.values()), max(years.values()))
    first, last = (year // size for year in (min(years.values()), max(years.values())))
    first_counts = Counter(year // size for key, year in years.items() if key in noted)
    other_counts = Counter(year // size for key, year in years.items() if key not in noted)
    bins = range(first, last + 1)
    most = max(first_counts[n] + other_counts[n] for n in bins)
    every = max(1, -(-len(bins) // 8))
    width = max(len(bins) * _STEP, 120)
    bars = [
        _bar(
            place,
            _name(number, size, words),
            number * size,
            first_counts[number],
            other_counts[number],
            most,
            place % every == 0,
        )
        for place, number in enumerate(bins)
    ]
    return Chart(
        title=words.gettext("Works by year of publication"),
        description=_describe(years, first_counts, size, words),
        unit=words.gettext("Year") if size == 1 else words.gettext("Years"),
        width=width,
        height=_HEIGHT + _LABELS,
        base=_HEIGHT,
        label=_HEIGHT + 13,
        bar=_BAR,
        bars=bars,
    )


def _bin_size(first: int, last: int) -> int:
    size = 1
    while (last // size) - (first // size) + 1 > MAX_TIMELINE_WORKS:
        size *= 10
    return size


def _name(number: int, size: int, words: Words) -> str:
    """The years of a bar."""
    first = number * size
    return (
        str(first) if size == 1 else words.gettext("%(first)s to %(last)s") % {"first": first, "last": first + size - 1}
    )


def _bar(place: int, name: str, year: int, noted: int, cited: int, most: int, labelled: bool) -> Bar:
    scale = (_HEIGHT - 6) / most
    x = place * _STEP + (_STEP - _BAR) // 2
    noted_height, cited_height = round(noted * scale, 1), round(cited * scale, 1)
    return Bar(
        name=name,
        label=str(year) if labelled else "",
        noted=noted,
        cited=cited,
        x=x,
        middle=x + _BAR / 2,
        noted_top=round(_HEIGHT - noted_height, 1),
        noted_height=noted_height,
        cited_top=round(_HEIGHT - noted_height - cited_height, 1),
        cited_height=cited_height,
    )


def _describe(years: dict[str, int], noted: Counter[int], size: int, words: Words) -> str:
    bins = Counter(year // size for year in years.values())
    peak, number = max(bins.items(), key=lambda item: (item[1], -item[0]))
    _ = words.gettext
    span = _("%(first)s to %(last)s") % {"first": min(years.values()), "last": max(years.values())}
    works = words.counted("%(num)s work", "%(num)s works", len(years))
    summarised = words.counted(
        "summarised in a note: %(num)s work", "summarised in a note: %(num)s works", sum(noted.values())
    )
    most = _("most in %(years)s: %(number)s") % {"years": _name(peak, size, words), "number": words.number(number)}
    return f"{works}, {span}; {summarised}; {most}. " + _("The table below has every number.")
