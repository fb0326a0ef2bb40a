"""Translations of quotations, given to the quotations that they name."""

from collections import defaultdict
from dataclasses import replace

from ..core.model import Body, Translation


def give_translations(body: Body) -> Body:
    """Give each quote its translations, in the order in which they stand."""
    if not body.translations:
        return body
    found: dict[str, list[Translation]] = defaultdict(list)
    for translation in body.translations:
        found[translation.of.id].append(translation)
    # Of two quotes with one id, which is an error, the first has them.
    quotes = tuple(replace(quote, translations=tuple(found.pop(quote.id, ()))) for quote in body.quotes)
    return replace(body, quotes=quotes)
