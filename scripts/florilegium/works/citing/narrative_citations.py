"""Citations in running text that pandoc does not get right: put together from the name and what stands in brackets.

Pandoc sorts `@roe [-@doe]` as any citation, so that the name can land inside the brackets; and a style that cites by
numbers has no names at all.
"""

from collections.abc import Mapping
from html import escape
from typing import NamedTuple

from ...core.model import CitationMode
from .approximations import narrative_names
from .citation_styles import Style
from .cite_items import CitationParts, CslCitation, is_visible
from .numbering import BETWEEN, END, LOOSE, SORTED
from .pandoc_fragments import CitedPart
from .pandoc_items import Item


def is_split(citation: CslCitation, style: Style) -> bool:
    """Whether a citation is to be put together: one in running text, of several works or with a number."""
    return citation[0].mode == CitationMode.AUTHOR_IN_TEXT.value and (len(citation) > 1 or style.numeric)


class Narrative(NamedTuple):
    """A citation in running text, and the citations that it is put together from."""

    key: str
    name: CslCitation
    brackets: CslCitation
    others: CslCitation
    """What the brackets hold where nothing is left of a work without its author."""
    numeric: bool

    @classmethod
    def of(cls, citation: CslCitation, style: Style) -> "Narrative":
        first, *rest = citation
        normal, suppressed = CitationMode.NORMAL.value, CitationMode.SUPPRESS_AUTHOR.value
        bare = first._replace(mode=normal if style.numeric else suppressed)
        others = tuple(cited._replace(mode=normal) for cited in rest)
        return cls(first.key, (first._replace(label="", value="", suffix="", prefix=""),), (bare, *rest), others,
                   style.numeric)  # fmt: skip

    @property
    def needed(self) -> set[CslCitation]:
        if self.numeric:
            return {self.brackets}
        singles = {(cited,) for cited in self.brackets if len(self.brackets) > 1}
        return {
            self.name,
            self.brackets,
            *singles,
            *([self.others, self.named, self.brackets[1:]] if self.others else []),
        }

    @property
    def named(self) -> CslCitation:
        """What the brackets hold where nothing is left of one of the other works without its author."""
        return (self.brackets[0], *self.others)

    def join(
        self, known: Mapping[CslCitation, CitationParts], works: Mapping[str, Item], language: str
    ) -> CitationParts:
        """The citation of these parts."""
        brackets = known[self.brackets]
        if self.numeric:
            name = escape(narrative_names(works[self.key], language), quote=False)
        else:
            named = known[self.name]
            name = named[0].html.rstrip(" ([") if named[0].key is None else named[0].html
            first, *rest = self.brackets
            if rest and not all(is_visible(known[(cited,)]) for cited in rest):
                brackets = known[self.named if is_visible(known[(first,)]) else self.others]
            elif rest and not is_visible(known[(first,)]):
                brackets = known[tuple(rest)]
            elif not is_visible(brackets):
                brackets = ()
        if not brackets:
            return known[self.name]
        # A raised number follows the name without a space.
        gap = "" if brackets[0].html.startswith("<sup>") else " "
        return (CitedPart(f"{name}{gap}", None), *brackets) if brackets[0].key else (
            CitedPart(f"{name}{gap}{brackets[0].html}", None), *brackets[1:])  # fmt: skip


def readable(citation: CslCitation, parts: CitationParts, style: Style) -> CitationParts:
    """A citation of numbers, parted as the style says; by semicolons where places or words belong to them."""
    busy = any(cited.label or cited.prefix or cited.suffix for cited in citation)
    between = "; " if busy else escape(style.delimiter, quote=False)
    if not busy and len(citation) > 1 and (style.collapses or style.sorts):
        between = f"{BETWEEN}{SORTED if style.sorts else ''}{'' if style.collapses else LOOSE}{between}{END}"
    return tuple(CitedPart(part.html.replace(BETWEEN, between), part.key) for part in parts)
