"""What a search of the quotations can be narrowed by: every value with its label, and how many quotations it has."""

from collections import Counter
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any

from markupsafe import Markup

from ...core.lock_entries import VerifiedAgainst
from ...quotations.states import state_words
from ..pages.cards import PageSite
from .index_records import Record

_LISTED = 300
"""Works that are listed; of more than that, the search finds those whose names are typed."""

_STATES = {
    state.value if state else "none": state_words(state)
    for state in (VerifiedAgainst.SOURCE, VerifiedAgainst.QUOTED_IN, None)
}


class FacetCounts(Counter[str]):
    """How many quotations have each facet, a sign for the dimension and a value; and all of them, without a name."""

    def add(self, records: Iterable[Record], times: int = 1) -> None:
        """Count the facets of some quotations so many times."""
        for record in records:
            for facet in ("", *record.facets):
                self[facet] += times

    @property
    def quotations(self) -> int:
        """How many quotations there are."""
        return self[""]

    def of(self, sign: str) -> dict[str, int]:
        """The numbers of quotations that have the values of a dimension, those with any."""
        return {facet[1:]: count for facet, count in self.items() if count and facet.startswith(sign)}


def catalogue(site: PageSite, counts: FacetCounts) -> dict[str, Any]:
    """Lists of values by dimension: `[id, label, count]`, for a theme also the ids of the broader ones."""
    links = site.links
    works, languages, states = counts.of("@"), counts.of("^"), counts.of("%")
    years = {year: count for year, count in counts.of("=").items() if year != "none"}
    labels = {role.id: role.label for role in links.roles.values()} | {"unknown": site._("Unknown")}
    named = {notice.id: notice.label for notice in links.notices.values()} | {"none": site._("No notice")}
    return {
        "quotations": counts.quotations,
        "main-language": links.library.settings.language or "en",
        "theme": [
            [
                theme.id,
                theme.label,
                len(links.quotes_by_theme.get(theme.id, ())),
                [mention.id for mention in theme.broader],
                list(theme.aliases),
            ]
            for theme in links.themes.values()
        ],
        "source": [
            [key, unescape(Markup(site.short(key)).striptags()), works[key]]
            for key in sorted(works)
            if key in links.sources and len(works) <= _LISTED
        ],
        "speaker": _listed(counts.of("~"), labels),
        "notice": _listed(counts.of("!"), named),
        "year": [[year, year, years[year]] for year in sorted(years, key=int)],
        "undated": counts["=none"],
        "language": _listed(languages, {code: site.words.language_name(code) for code in languages}),
        "state": [[state, site._(label), states[state]] for state, label in _STATES.items() if state in states],
    }


def _listed(counts: Mapping[str, int], labels: Mapping[str, str]) -> list[list[Any]]:
    return [[id_, labels.get(id_, id_), count] for id_, count in sorted(counts.items())]
