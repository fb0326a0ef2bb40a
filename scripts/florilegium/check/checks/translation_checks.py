"""Checks of translated quotations: each translation is that of one quotation of its note, and one of its language."""

from collections.abc import Iterator

from ...core.diagnostics import Diagnostic, Related, did_you_mean, quoted
from ...core.model import Quote, Translation
from .context import Context, found

_RULE = "malformed-translation"


def check_malformed_translation(context: Context) -> Iterator[Diagnostic]:
    for path, body in context.documents:
        # What stands in a theme is no quotation with a card of its own.
        quotes = {quote.id: quote for quote in body.quotes} if path.startswith("annotations/notes/") else {}
        seen: dict[tuple[str, str], Translation] = {}
        for translation in body.translations:
            quote = quotes.get(translation.of.id)
            if quote is None:
                yield from _without_quote(translation, quotes)
            else:
                yield from _judged(context, quote, translation, seen)


def _without_quote(translation: Translation, quotes: dict[str, Quote]) -> Iterator[Diagnostic]:
    remedy = did_you_mean(translation.of.id, sorted(quotes), "name the id of a quotation of this note: {of=#quote-id}")
    message = f"no quotation of this note has the id {quoted(translation.of.id)}"
    yield found(_RULE, translation.of.span, message, remedy, about=translation.of.id)


def _judged(
    context: Context, quote: Quote, translation: Translation, seen: dict[tuple[str, str], Translation]
) -> Iterator[Diagnostic]:
    language = (translation.language or context.language or "en").lower()
    first = seen.setdefault((quote.id, language), translation)
    reference = translation.reference
    works = {one.key for one in quote.references}
    if first is not translation:
        yield found(
            _RULE,
            translation.attribution_span,
            f"two translations of {quoted(quote.id)} are in the language {quoted(language)}",
            "keep one of them, or name the language of the other: {of=#quote-id lang=fr}",
            about=quote.address,
            related=[Related(message="the other translation", span=first.attribution_span)],
        )
    elif reference is not None and not translation.is_published and works and reference.key not in works:
        yield found(
            _RULE,
            reference.span,
            f"the quotation {quoted(quote.id)} is not of the work {quoted(reference.key)}",
            f"write of [@{next(iter(works))}]; the work in which a translation was published follows in: in [@key]",
            about=quote.address,
        )
