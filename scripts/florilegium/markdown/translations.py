"""Translations of quotations: block quotes that say who translated, and which quotation of the note.

The attribution reads `— translated by NAME, of [@key, LOCATOR] {of=#quote-id lang=en}`; `in [@key2]` in place of
`of [@key]` names the work in which the translation was published.
"""

import re
from typing import NamedTuple

from ..core.diagnostics import Diagnostic, quoted
from ..core.model import IdMention, Reference
from ..core.rules import Group, declare_rule
from ..core.spans import Span
from .citing import find_citations
from .quotes import DASH
from .runs import MASK, InlineRun

RULE = "malformed-translation"
_BY = re.compile(
    r"(?:(?:re)?translated(?:\s+from\s+(?:the\s+)?\w+)?|translation|transl?\.|(?:ins \w+ )?übersetzt|tradui[te]s?"
    r"|traducid[oa]|traduzid[oa]|tradott[oa]|vertaald)"
    r"\s+(?:by|von|par|por|da|door)\b\s*",
    re.IGNORECASE,
)
_BRACES = re.compile(r"\{([^{}]*)\}")
_OF = re.compile(r"(?:^|\s)of\s*=\s*[\"'“”]?#?([^\s\"'“”]+)")
_LANGUAGE = re.compile(r"(?:^|\s)lang\s*=\s*[\"'“”]?([^\s\"'“”]+)")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")
_FILED = re.compile(r"(?<!\S)(?:[#!][a-z][\w-]*|\{#[^{}]*\})")
_JOINED = re.compile(r"[\s,]*(?:\b(of|in|von|de|di|van|aus))?\s*\Z", re.IGNORECASE)


declare_rule(
    "malformed-translation",
    Group.QUOTES,
    "A translation says who translated and which quotation of its note: `— translated by NAME, of [@key] "
    "{of=#quote-id}`; a quotation has one translation in each language.",
    "A translation is shown with its original, whose words are the ones that are compared. Without its translator "
    "or its original, readers would take it for words of the work.",
    "Complete the attribution as the message says.",
)


class TranslationAttribution(NamedTuple):
    """The last paragraph of a translation, with what was recognised of it."""

    translator: str
    language: str
    of: IdMention | None
    reference: Reference | None
    is_published: bool
    span: Span
    fault: Diagnostic | None
    """What is wrong with it; of several faults the first."""


def parse_translation(run: InlineRun) -> TranslationAttribution | None:
    """Read an attribution as that of a translation; None where it says neither who translated nor of which quote."""
    dash = DASH.match(run.masked)
    start = dash.end() if dash else 0
    by = _BY.match(run.masked, start)
    braces = [found for found in _BRACES.finditer(run.masked, start) if _OF.search(found[1])]
    if by is None and not braces:
        return None
    cited = find_citations(run)
    ends = [*(found.start for found in cited), *(found.start() for found in _BRACES.finditer(run.masked, start))]
    end = min(ends, default=len(run.text.rstrip()))
    named = run.text[by.end() : end] if by else ""
    joined = _JOINED.search(named)
    translator = " ".join((named[: joined.start()] if joined else named).split())
    is_published = bool(joined and joined[1] and joined[1].lower() in ("in", "aus"))
    said = "".join(found[0] for found in _BRACES.finditer(run.masked, start))
    of = braces[0] if braces else None
    target = _OF.search(of[1]) if of else None
    language = _LANGUAGE.search(of[1]) if of else None
    tail = max([found.end for found in cited], default=end)
    span = run.span(0, len(run.text.rstrip()))

    def fault(message: str, remedy: str) -> Diagnostic:
        return Diagnostic(rule=RULE, span=span, message=message, help=remedy)

    found = None
    filed = _FILED.search(run.masked, tail)
    if not translator:
        found = fault("the translation does not say who translated", "write — translated by NAME, before the rest")
    elif MASK in run.masked[by.end() : end] if by else False:
        found = fault("the name of the translator holds markup", "write the name alone")
    elif target is None:
        remedy = "end the attribution with {of=#quote-id}, the id of that quotation"
        found = fault("the translation does not say which quotation it translates", remedy)
    elif filed is not None:
        message = f"{quoted(filed[0])} stands with a translation"
        found = fault(message, "move it to the quotation itself: themes, notices and the id are those of the original")
    elif language and not _TAG.match(language[1]):
        found = fault(f"{quoted(language[1])} is not a language", "write a tag such as lang=en or lang=pt-BR")
    elif len(cited) > 1:
        found = fault("the translation names two works", "keep one: that of the quotation, or where it was published")
    elif not language and "lang" in said:
        found = fault("the language of the translation cannot be read", "write lang=en within {of=#quote-id lang=en}")
    return TranslationAttribution(
        translator=translator,
        language=language[1] if language else "",
        of=IdMention(id=target[1], span=run.span(of.start(), of.end())) if target and of else None,
        reference=cited[0].citation.references[0] if cited else None,
        is_published=is_published,
        span=span,
        fault=found,
    )
