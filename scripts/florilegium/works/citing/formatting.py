"""From works and citations to a bibliography: what pandoc has to format, when, and what is known already.

Works depend on each other. Two works whose citations read the same get letters after their years, `2009a` and
`2009b`, so a new work can change the citation of an old one. Such works are *ambiguous*: their citations agree up
to and including the first number, or have none, for the letter only comes after it. A work that is not ambiguous with
a changed one stays as it was. (In a style that numbers works, or has other means to tell them apart, all
works are ambiguous.)

A build with changes therefore takes up to three rounds, each a run of pandoc over few works:
1. The changed works alone, for what they are ambiguous by; and every n-th other work, for where the changed ones
   stand among them in the bibliography.
2. All that is missing: citations and entries of the changed works and those ambiguous with them, new citations. The
   works around the changed ones come along, which tells their exact place.
3. Citations with a locator that could not be put together (see `cite_items.py`); mostly none.
A first build has the second round over everything, and perhaps the third. Works that names must tell apart are
formatted once more, each beside what bears on it: see `disambiguation.py`.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from itertools import chain
from math import isqrt

from ...core.model import Citation, CitationMode
from .approximations import approximate_citation, approximate_entry, approximate_order, approximate_short
from .citation_styles import Style
from .cite_items import PROBE, CitationParts, CslCitation, csl_citation_of, is_visible, simple
from .exact_citations import ExactCitations, format_exactly
from .formatted_cache import CitationCache, citing_code
from .formatting_plan import FormattingPlan
from .narrative_citations import Narrative, is_split, readable
from .numbering import SIGN, signed
from .pandoc_fragments import CitedPart, plain_text
from .pandoc_items import Item, digest_of, joins_two_names, prepare_work
from .pandoc_process import Pandoc, find_pandoc
from .pandoc_runner import PandocResult, format_by_pandoc


@dataclass(frozen=True, slots=True, kw_only=True)
class Bibliography:
    """Every work and every citation of a library, as a citation style has them."""

    order: tuple[str, ...]
    """All keys as the style sorts the bibliography; last, by key, those that it leaves out."""
    entries: Mapping[str, str]
    """HTML of each work's entry."""
    citations: Mapping[CslCitation, CitationParts]
    approximate: bool = False
    """Whether there was no pandoc, and everything is a plain rendering in no particular style."""
    missing: tuple[str, ...] = ()
    """Keys that are cited although there is no such work, sorted."""
    warnings: tuple[str, ...] = ()
    """What pandoc had to say. A build that finds everything in the cache repeats none of it."""
    numeric: Mapping[str, str] = field(default_factory=dict)
    """For a style that cites by numbers, each work in a few words; its citations carry signs: see `numbering.py`."""
    cache: CitationCache = field(default_factory=CitationCache)
    """What to hand over the next time. It is the cache that was given where nothing had to be formatted."""
    works: Mapping[str, str] = field(default_factory=dict)
    """A digest of each work, by key, where somebody made it."""
    edition: str = ""
    """What stays while no work, and no citation that was formatted before, reads in another way; empty where nobody
    knows."""

    def entry(self, key: str) -> str:
        """The work's entry: an HTML fragment without blocks, in which DOI and URL are hyperlinks."""
        return self.entries[key]

    def entry_text(self, key: str) -> str:
        """The work's entry as plain text, to be copied or put into a feed."""
        return plain_text(self.entries[key])

    def short(self, key: str) -> str:
        """The work in a few words, as it is cited but without brackets: `Somer, 2009`. An HTML fragment."""
        if key in self.numeric:
            return escape(self.numeric[key], quote=False)
        return _joined(part for part in self.citations[simple(key)] if part.key is not None) or escape(key)

    def citation(self, citation: Citation) -> CitationParts:
        """A citation in parts, those with a key to be linked to the work's entry.

        `[see @somer2009, p. 3; @lutz2013]` gives `(see `, `Somer, 2009, p. 3` for `somer2009`, `; `, `Lutz
        &amp; Kieffer, 2013` for `lutz2013`, and `)`. Of `@somer2009` all is one part, `Somer (2009)`. Raises
        `KeyError` for a citation that was not among those given.
        """
        items = csl_citation_of(citation)
        parts = self.citations[items]
        if self.numeric:
            return tuple(CitedPart(signed(part.html, part.key or ""), part.key) for part in parts)
        first = items[0]
        if first.mode == CitationMode.AUTHOR_IN_TEXT.value and first.key in self.entries:
            return _with_author_linked(parts, first.key, whole=len(items) == 1)
        if len(items) == 1 and not is_visible(parts):
            # A style without years has nothing left when the author is suppressed.
            return self.citations.get(simple(first.key), parts)
        return parts


def _joined(parts: Iterable[CitedPart]) -> str:
    return "".join(part.html for part in parts)


def _with_author_linked(parts: CitationParts, key: str, *, whole: bool) -> CitationParts:
    """Pandoc links the year alone in `Somer (2009)`; in a screen reader's list of links, that says little."""
    if whole:
        return (CitedPart(_joined(parts), key),)
    author = parts[0].html.rstrip(" ([")
    if parts[0].key is not None or not author:
        return parts
    return (CitedPart(author, key), CitedPart(parts[0].html[len(author) :], None), *parts[1:])


def render_bibliography(
    items: Mapping[str, Item],
    citations: Iterable[Citation],
    *,
    style: Style,
    language: str = "en",
    cache: CitationCache | None = None,
) -> Bibliography:
    """Format all works, and all citations of them.

    `items` are CSL-JSON items by key; `language` is a BCP 47 tag. No process is started where `cache` holds
    everything. Raises `BibliographyError` where pandoc fails. A citation of an unknown key is rendered
    approximately, not refused.
    """
    wanted = set(map(csl_citation_of, citations))
    missing = {cited.key for cited in chain.from_iterable(wanted) if cited.key not in items}
    broken = {c for c in wanted if any(cited.key in missing for cited in c)} if missing else set()
    pandoc = find_pandoc()
    if pandoc is None:
        return _approximate(items, wanted, missing, cache or CitationCache())
    tag = language if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", language) else "en"
    tag = style.locale_for(tag)
    works = {key: prepare_work(items[key], style) for key in sorted(items)}
    narrative = {c: Narrative.of(c, style) for c in wanted - broken if is_split(c, style)}
    asked = (wanted - broken - narrative.keys()).union(*(split.needed for split in narrative.values()))
    desk = _Desk(pandoc, style, tag, works, cache or CitationCache())
    exact = format_exactly(pandoc, style, tag, works, desk.digests, asked, desk.known)
    formatted = desk.settle(asked - exact.citations.keys(), exact.probes) | exact.citations
    formatted |= {c: split.join(formatted, works, tag) for c, split in narrative.items()}
    if style.follows_apa and (word := _AND.get(tag.partition("-")[0].lower())):
        formatted = {citation: _with_and(citation, parts, works, word) for citation, parts in formatted.items()}
    formatted |= {citation: approximate_citation(citation, items) for citation in broken}
    if style.numeric:
        formatted = {citation: readable(citation, parts, style) for citation, parts in formatted.items()}
    entries = {**desk.entries, **exact.entries}
    if style.numeric:  # An entry stands on many pages, each with numbers of its own beside it.
        entries = {key: _NUMBERED.sub("", entry).replace(SIGN, "") for key, entry in entries.items()}
    left_out = [key for key in works if not entries[key]]
    return Bibliography(
        order=(*desk.order, *left_out),
        entries={**entries, **{key: approximate_entry(items[key]) for key in left_out}},
        citations=formatted,
        missing=tuple(sorted(missing)),
        warnings=tuple(sorted(desk.warnings | exact.warnings)),
        cache=desk.cache(exact),
        numeric={key: approximate_short(items[key], tag) for key in items} if style.numeric else {},
    )


_NUMBERED = re.compile(rf"\A[\[(]?{SIGN}[\]).]*\s*")
_AND = {"de": "und", "en": "and", "es": "y", "fr": "et", "it": "e", "nl": "en", "pt": "e"}
"""The word by which APA joins two names in running text."""


def _with_and(citation: CslCitation, parts: CitationParts, works: Mapping[str, Item], word: str) -> CitationParts:
    """A citation in running text with a word between two authors."""
    if citation[0].mode != CitationMode.AUTHOR_IN_TEXT.value or not joins_two_names(works[citation[0].key]):
        return parts
    return (CitedPart(parts[0].html.replace(" &amp; ", f" {word} "), parts[0].key), *parts[1:])


def _approximate(
    items: Mapping[str, Item], wanted: set[CslCitation], missing: set[str], cache: CitationCache
) -> Bibliography:
    citations = wanted | set(map(simple, items))
    return Bibliography(
        order=approximate_order(items),
        entries={key: approximate_entry(item) for key, item in items.items()},
        citations={citation: approximate_citation(citation, items) for citation in citations},
        approximate=True,
        missing=tuple(sorted(missing)),
        cache=cache,
    )


def _context(pandoc: Pandoc, style: Style, language: str) -> str:
    """Digest of all that bears on every result, this code included."""
    parts = (pandoc.version.encode(), language.encode(), style.xml, style.full, citing_code())
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def _ambiguous_by(parts: CitationParts) -> str:
    """What the citations of two works must share for pandoc to tell them apart by a letter."""
    match = re.match(r"\D*\d+", plain_text(_joined(parts)))
    return match[0] if match else ""


class _Desk:
    """One rendering under way: what is known, and the rounds that find out the rest."""

    def __init__(
        self, pandoc: Pandoc, style: Style, language: str, works: Mapping[str, Item], given: CitationCache
    ) -> None:
        self.pandoc, self.style, self.language = pandoc, style, language
        self.works = works
        self.context = _context(pandoc, style, language)
        self.digests = {key: digest_of(work) for key, work in works.items()}
        self.given = given
        known = self.known = given if given.context == self.context else CitationCache()
        self.entries = dict(known.entries)
        self.order = list(known.order)
        self.citations = dict(known.citations)
        self.changed = {key for key, digest in self.digests.items() if known.digests.get(key) != digest}
        self.gone = known.digests.keys() - works.keys()
        self.ambiguous: dict[str, str] = {}
        """What each work is ambiguous by, where that cannot be read off `citations`."""
        self.used: set[CslCitation] = set()
        self.warnings: set[str] = set()

    def settle(
        self, wanted: set[CslCitation], probes: Mapping[CslCitation, CitationParts]
    ) -> dict[CslCitation, CitationParts]:
        """The wanted citations, and the simple one of every work, formatted. `probes` are so already."""
        wanted = wanted | set(map(simple, self.works))
        near = self._forget() if self.changed or self.gone else set()
        self.citations.update(probes)
        plan = FormattingPlan.of(wanted, self.works)
        self._format(plan.direct, near)
        assembled, left = plan.assemble(self.citations)
        self._format(left)
        return {citation: assembled.get(citation) or self.citations[citation] for citation in wanted}

    def cache(self, exact: ExactCitations) -> CitationCache:
        """What is worth keeping: the given cache itself where it would be the same."""
        same = exact.by_digest == self.given.exact and exact.entries_by_digest == self.given.exact_entries
        if not self.changed and not self.gone and same and self.used == self.given.citations.keys():
            return self.given
        return CitationCache(
            context=self.context,
            digests=self.digests,
            entries=self.entries,
            order=tuple(self.order),
            citations={citation: self.citations[citation] for citation in self.used},
            exact=exact.by_digest,
            exact_entries=exact.entries_by_digest,
        )

    def _forget(self) -> set[str]:
        """Drop what no longer holds; the works that the changed ones may stand next to."""
        touched = self.changed | self.gone
        if self.style.sequential or 3 * len(touched) > len(self.works) or not self._learn_ambiguous():
            self.entries, self.order, self.citations, self.ambiguous = {}, [], {}, {}
            return set()
        outdated = {self.ambiguous[key] for key in touched if key in self.ambiguous}
        self.order = [key for key in self.order if key not in touched]
        near = self._first_round() if self.changed else set()
        outdated |= {self.ambiguous[key] for key in self.changed}
        stale = {key for key in self.works if self.ambiguous[key] in outdated} | self.gone
        self.entries = {key: entry for key, entry in self.entries.items() if key not in stale}
        kept = [citation for citation in self.citations if not any(cited.key in stale for cited in citation)]
        self.citations = {citation: self.citations[citation] for citation in kept}
        return near

    def _learn_ambiguous(self) -> bool:
        """Read off what works are ambiguous by, where it is known; whether it is for all but the changed ones."""
        simples = {
            key: self.citations.get(simple(key)) for key in (*self.works, *self.gone) if key not in self.ambiguous
        }
        self.ambiguous |= {key: self._ambiguous_by(key, parts) for key, parts in simples.items() if parts is not None}
        return self.works.keys() <= self.ambiguous.keys() | self.changed

    def _ambiguous_by(self, key: str, parts: CitationParts) -> str:
        """What a work is ambiguous by. Numbers are told apart by no letters, so there each work stands alone."""
        return key if self.style.numeric else _ambiguous_by(parts)

    def _first_round(self) -> set[str]:
        """Learn what the changed works are ambiguous by; the works between which they stand in the bibliography."""
        step = isqrt(len(self.order)) + 1
        among = self.changed.union(self.order[::step])
        sheet = self._format_by_pandoc(among, [simple(key) for key in sorted(self.changed)])
        self.ambiguous |= {key: self._ambiguous_by(key, sheet.citations[simple(key)]) for key in self.changed}
        places = {key: place for place, key in enumerate(self.order)}
        near: set[str] = set()
        place = 0
        for key in sheet.entries:
            place = places.get(key, place)
            if key in self.changed:
                near.update(self.order[place : place + step])
        return near

    def _format(self, citations: set[CslCitation], near: Iterable[str] = ()) -> None:
        """Have pandoc format those of the citations that are not known, and the entries that are not."""
        self.used |= citations
        missing = sorted(citations - self.citations.keys())
        lacking = self.works.keys() - self.entries.keys()
        if not missing and not lacking:
            return
        cited = {cited.key for citation in missing for cited in citation} - {PROBE}
        family = self._family(lacking | cited)
        sheet = self._format_by_pandoc(family.union(near), missing)
        self.citations.update(sheet.citations)
        self.entries |= {key: sheet.entries.get(key, "") for key in lacking}
        self._insert([key for key, entry in sheet.entries.items() if entry])

    def _family(self, keys: set[str]) -> set[str]:
        """The works and all that are ambiguous with them."""
        if self.style.sequential or not self._learn_ambiguous() or not self.changed <= self.ambiguous.keys():
            return set(self.works)
        ambiguous = {self.ambiguous[key] for key in keys}
        return {key for key in self.works if self.ambiguous[key] in ambiguous}

    def _format_by_pandoc(self, keys: set[str], citations: list[CslCitation]) -> PandocResult:
        items = {key: self.works[key] for key in self.works if key in keys}
        sheet = format_by_pandoc(self.pandoc, self.style, self.language, items, citations)
        self.warnings.update(sheet.warnings)
        return sheet

    def _insert(self, placed: list[str]) -> None:
        """Add to the order what is not in it, each work after the one that it follows in `placed`."""
        known = set(self.order)
        followers: dict[str | None, list[str]] = {}
        last = None
        for key in placed:
            if key in known:
                last = key
            else:
                followers.setdefault(last, []).append(key)
        chained = ((key, *followers.get(key, ())) for key in self.order)
        self.order = [*followers.get(None, ()), *chain.from_iterable(chained)]
