"""Which citations pandoc has to format, so that all the others can be put together from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .cite_items import (
    PROBE,
    Case,
    CitationParts,
    CiteItem,
    CslCitation,
    ItemKind,
    assemble,
    bare,
    case_of,
    ending,
    is_located,
    item_kind,
    piece_of,
    probe,
)
from .pandoc_items import Item

_PROBE: CslCitation = (CiteItem(PROBE),)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormattingPlan:
    """A division of citations into those for pandoc and those to be put together."""

    direct: set[CslCitation]
    """For pandoc: what was asked for, and what is needed to put the rest together."""
    cases: Mapping[Case, tuple[CslCitation, ...]]
    """Citations of one work with a locator, by what a style can ask about them. The first of each case is in
    `direct`: it shows whether the rest may be put together."""

    @classmethod
    def of(cls, wanted: Iterable[CslCitation], works: Mapping[str, Item]) -> "FormattingPlan":
        """The plan for citations of these works; it depends on nothing that an earlier build found out."""
        direct: set[CslCitation] = set()
        located: list[CslCitation] = []
        for citation in wanted:
            if is_located(citation):
                located.append(citation)
            else:
                direct.add(citation)
        kinds: dict[str, ItemKind] = {}
        cases: dict[Case, list[CslCitation]] = {}
        for citation in sorted(located):
            key = citation[0].key
            kind = kinds.get(key) or kinds.setdefault(key, item_kind(works[key]))
            cases.setdefault(case_of(citation, kind), []).append(citation)
        for first, *others in cases.values():
            direct.add(first)
            if others:
                direct.add(_PROBE)
                direct.update(map(bare, (first, *others)))
                direct.update(map(probe, (first, *others)))
        return cls(direct=direct, cases={case: tuple(members) for case, members in cases.items()})

    def assemble(
        self, known: Mapping[CslCitation, CitationParts]
    ) -> tuple[dict[CslCitation, CitationParts], set[CslCitation]]:
        """The citations that can be put together, and those that cannot."""
        assembled: dict[CslCitation, CitationParts] = {}
        left: set[CslCitation] = set()
        for first, *others in self.cases.values():
            if not others:
                continue
            end = ending(known[bare(first)])
            holds = end is not None and _put_together(first, known) == known[first]
            for citation in others:
                alike = holds and ending(known[bare(citation)]) == end
                parts = _put_together(citation, known) if alike else None
                if parts is None:
                    left.add(citation)
                else:
                    assembled[citation] = parts
        return assembled, left


def _put_together(citation: CslCitation, known: Mapping[CslCitation, CitationParts]) -> CitationParts | None:
    piece = piece_of(known[_PROBE], known[probe(citation)])
    return None if piece is None else assemble(known[bare(citation)], piece)
