"""Ids for the quotes of a note to which its writer gave none."""

import re
from collections.abc import Iterable
from dataclasses import replace

from ..core.diagnostics import Diagnostic
from ..core.ids import propose_id
from ..core.model import Body, Quote
from ..core.rules import Group, Severity, declare_rule
from ..core.spans import Span

_RULE = "missing-quote-id"
_ROLE = re.compile(r"(?:(?:an?|the)\s+)?([^\W\d_]+)", re.IGNORECASE)


declare_rule(
    "missing-quote-id",
    Group.QUOTES,
    "A quote has an id, `{#…}` at the end of its attribution.",
    "The id is the quote's permanent address. Without one the program proposes an id and uses it; an id that is "
    "written in the note stays when the words are corrected.",
    "Run `florilegium check --fix`, which writes the proposed id; or choose a better one before the quote is "
    "published.",
    severity=Severity.INFORMATION,
)


def name_quotes(body: Body, problems: Iterable[Diagnostic]) -> tuple[Body, list[Diagnostic]]:
    """Give every quote of a note an id, and say which ids are proposals.

    A proposal is made from the first words. Where a content notice closes the words it is made from the role of
    the speaker, for the id is shown in addresses where the words are not.
    """
    kept = [problem for problem in problems if problem.rule != _RULE]
    if all(quote.id for quote in body.quotes):
        return body, kept
    taken = {quote.id for quote in body.quotes}
    faulty = {problem.span.line for problem in kept if problem.rule == "malformed-attribution"}
    numbers: dict[str, int] = {}
    quotes: list[Quote] = []
    for quote in body.quotes:
        if quote.id:
            quotes.append(quote)
            continue
        id_ = _free(_stem(quote), bool(quote.notices), taken, numbers)
        taken.add(id_)
        quotes.append(replace(quote, id=id_))
        # Where the attribution cannot be read as a whole, its id may be what cannot be read.
        if faulty.isdisjoint(range(quote.attribution_span.line, quote.attribution_span.end_line + 1)):
            kept.append(_remark(quote, id_))
    return replace(body, quotes=tuple(quotes)), kept


def propose_quote_id(words: str, speaker: str, language: str = "", *, noticed: bool) -> str:
    """Return an id made from the first words or, where a notice may close them, from the role of the speaker."""
    if not noticed:
        return propose_id(words, language)
    role = _ROLE.match(speaker)
    return propose_id(role[1] if role else "", language, "quote")


def _stem(quote: Quote) -> str:
    speaker = quote.speaker.text if quote.speaker else ""
    return propose_quote_id(quote.words, speaker, noticed=bool(quote.notices))


def _free(stem: str, numbered: bool, taken: set[str], numbers: dict[str, int]) -> str:
    """The stem, or the stem with the first number that is free; `numbers` are those from which to look on."""
    if not numbered and stem not in taken:
        return stem
    number = numbers.get(stem, 1 if numbered else 2)
    while (id_ := f"{stem}-{number}") in taken:
        number += 1
    numbers[stem] = number + 1
    return id_


def _remark(quote: Quote, id_: str) -> Diagnostic:
    end = quote.attribution_span.end
    return Diagnostic(
        rule=_RULE,
        span=Span(quote.attribution_span.path, *end, *end),
        message=f"the quote has no id; until it has one, its address ends in #q-{id_}",
        help=f"add {{#{id_}}}",
    )
