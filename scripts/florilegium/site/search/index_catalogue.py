"""What a search of the quotations can be narrowed by: every value with its label, and how many quotations it has."""

from collections import Counter
from collections.abc import Mapping
from html import unescape
from typing import Any

from markupsafe import Markup

from ...core.lock_entries import VerifiedAgainst
from ...quotations.states import state_words
from ..linked_site import language_of
from ..pages.cards import PageSite

_LISTED = 300
"""Works that are listed; of more than that, the search finds those whose names are typed."""

_STATES = {
    state.value if state else "none": state_words(state)
    for state in (VerifiedAgainst.SOURCE, VerifiedAgainst.QUOTED_IN, None)
}


def catalogue(site: PageSite) -> dict[str, Any]:
    """Lists of values by dimension: `[id, label, count]`, for a theme also the ids of the broader ones."""
    links = site.links
    speakers: Counter[str] = Counter()
    years: Counter[int] = Counter()
    languages: Counter[str] = Counter()
    notices: Counter[str] = Counter()
    states: Counter[str] = Counter()
    works: Counter[str] = Counter()
    total = 0
    for quote in links.quotes:
        total += 1
        source = site.source_of(quote.reference)
        speakers.update([role.id for role in site.roles(quote)] or ["unknown"])
        years[source.year if source and source.year else 0] += 1
        languages[(language_of(source) or links.library.settings.language or "en").lower().split("-")[0]] += 1
        notices.update(links.notices_of(quote) or ["none"])
        state = links.states.get(quote.address)
        states[state.value if state else "none"] += 1
        if quote.reference:
            works[quote.reference.key] += 1
    labels = {role.id: role.label for role in links.roles.values()} | {"unknown": site._("Unknown")}
    named = {notice.id: notice.label for notice in links.notices.values()} | {"none": site._("No notice")}
    return {
        "quotations": total,
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
        "speaker": _listed(speakers, labels),
        "notice": _listed(notices, named),
        "year": [[str(year), str(year), count] for year, count in sorted(years.items()) if year],
        "undated": years[0],
        "language": _listed(languages, {code: site.words.language_name(code) for code in languages}),
        "state": [[state, site._(label), states[state]] for state, label in _STATES.items() if states[state]],
    }


def _listed(counts: Counter[str], labels: Mapping[str, str]) -> list[list[Any]]:
    return [[id_, labels.get(id_, id_), count] for id_, count in sorted(counts.items())]
