"""What quotes get beside their words: ids, where their writer gave none; gists; and their translations."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from ..core.diagnostics import Diagnostic, did_you_mean, quoted
from ..core.ids import propose_id
from ..core.limits import MAX_TITLE
from ..core.model import Body, Quote, Translation
from ..core.rules import Group, Severity, declare_rule
from ..core.spans import Span
from ..core.trees import Mapping, Scalar
from .frontmatter import Fields

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


def give_gists(fields: Fields, body: Body) -> Body:
    """Give each quote the text that `gist:` has under its id; report ids that no quote has, and what is no text."""
    node = fields.get("gist")
    if node is None:
        return body
    ids = [quote.id for quote in body.quotes]
    if not isinstance(node, Mapping):
        example = ids[0] if ids else "quote-id"
        fields.expect("gist", "ids of quotes, each with a text", node, f"write gist: {{{example}: a few words}}")
        return body
    gists: dict[str, str] = {}
    for key, value in node.entries:
        if key.text not in ids:
            message = f'"gist" names {quoted(key.text)}, which is not a quote of this note'
            remedy = did_you_mean(key.text, ids, "write the id of a quote of this note, without #")
            fields.report("gist", message, remedy, span=key.span)
        elif not isinstance(value, Scalar) or not value.text.strip():
            fields.report("gist", f"the gist of {quoted(key.text)} is not a text", "write a few words", span=key.span)
        elif len(value.text) > MAX_TITLE:
            lengths = f"{len(value.text):,} characters; at most {MAX_TITLE} are allowed"
            message = f"the gist of {quoted(key.text)} has {lengths}"
            fields.report("gist", message, "shorten it", rule="too-long", span=value.span)
        else:
            gists[key.text] = " ".join(value.text.split())
    return replace(body, quotes=tuple(replace(quote, gist=gists.get(quote.id, "")) for quote in body.quotes))


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
