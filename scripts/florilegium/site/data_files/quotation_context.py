"""What stands before and after the words of a quote in its work, for whoever has the text of that at hand."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ...core.model import Quote
from ...quotations.matching import Match, find_words
from ...quotations.matching.normal_form import LINE_HYPHEN, LINE_SPACE, Normalised, normal_form
from ...quotations.originals import Original
from ...quotations.states import QuoteState

CHARACTERS = 32
"""How much is taken on either side: enough to tell one place of a text from another."""


class QuoteContext(NamedTuple):
    """`prefix` and `suffix` of a TextQuoteSelector, in the normalised form in which quotes are verified."""

    prefix: str
    suffix: str


def find_quote_contexts(
    quotes: Iterable[Quote],
    originals: Mapping[str, Original],
    records: Mapping[str, QuoteState] = MappingProxyType({}),
) -> dict[str, QuoteContext]:
    """By address, the quotes whose words stand in the text of the work they are from; `originals` are by key.

    Where words stand at several places, `records` say which is meant; where they cannot tell, nothing is said.
    """
    texts = {key: normal_form(original.text) for key, original in originals.items()}
    found = {}
    for quote in quotes:
        text = texts.get(quote.reference.key) if quote.reference else None
        place = find_words(quote.words, text) if text else None
        if text and quote.reference and isinstance(place, Match) and place.others:
            start = _recorded(records.get(quote.address), originals[quote.reference.key])
            place = find_words(quote.words, text, start=start) if start is not None else None
        if text and isinstance(place, Match):
            found[quote.address] = _around(text, place)
    return found


def _recorded(state: QuoteState | None, original: Original) -> int | None:
    """Return where the record says that words stand in a text; None where it does not, or is not sure."""
    for entry in state.entries if state else ():
        if entry.original == original.digest and "unplaced" not in entry.marks:
            return entry.position
    return None


def _around(text: Normalised, place: Match) -> QuoteContext:
    before = text.text[max(0, place.position - CHARACTERS) : place.position]
    after = text.text[place.end : place.end + CHARACTERS]
    return QuoteContext(_readable(before), _readable(after))


def _readable(text: str) -> str:
    """Without what is open about the end of a line."""
    return text.replace(LINE_HYPHEN, "").replace(LINE_SPACE, " ")
