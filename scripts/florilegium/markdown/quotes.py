"""Attributions: who speaks, in which works the words stand, and how the quote is filed; and ids of quotes.

The attribution reads `— SPEAKER, [@key, LOCATOR], quoted in [@key2, LOCATOR] #theme !notice {#quote-id}`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..core.diagnostics import Diagnostic, quoted
from ..core.ids import is_id, propose_id
from ..core.model import IdMention, Reference, Speaker
from ..core.spans import Span
from .citations import FoundCitation
from .citing import find_citations
from .runs import MASK, InlineRun

__all__ = ["DASH", "Attribution", "identify", "parse_attribution"]

_FORM = "the form is: — SPEAKER, [@key, p. 1], quoted in [@key2] #theme !notice {#quote-id}"
DASH = re.compile(r"(?:[—–―]|---?(?!-)|-(?![-@]))\s*")
"""What an attribution begins with. A lone hyphen is one only where a work follows."""

_AFTER = "leave an empty line between the quotation and the text after it"
_QUOTED_IN = (
    r"quoted\s+in|cited\s+in|zitiert\s+(?:nach|in|bei)|zit\.\s*(?:nach|n\.|in)|cité[es]*\s+(?:dans|par|in|d['’]après)|"
    r"citad[oa]\s+(?:en|em|por)|citat[oa]\s+(?:in|da)|(?:geciteerd|aangehaald)\s+(?:in|naar|bij)|citerad\s+i|citeret\s+i|"
    r"sitert\s+i|cyt\.\s*za|cytowan[eya]\s+(?:za|w)|цит\.\s*по|цитируется\s+по|apud|"
    r"(?:מצוטט|מובא)(?:ת|ים|ות)?\s+(?:אצל|בתוך|ב-?)|转引自|轉引自|引自"
)
_BETWEEN = re.compile(rf"[\s,，、]*(?:{_QUOTED_IN})\s*\Z", re.IGNORECASE)
_IN = re.compile(r"(?:^|[\s,])(?:in|dans|en|em)\s*\Z|[,，]\s*(?:i|w|v|в|ב-?|于|於|载|載|见|見)\s*\Z")
"""Words before a work, of all the languages that they are known of: a note is read without its library."""
_TOKEN = re.compile(r"\S+")
_EARLY = re.compile(r"(?<![^\s,])(?:[#!][a-z][\w-]*|\{#[^{}\s]*\})")
_PSEUDONYM = re.compile(r"[\"“„«']([^\"”“»']+)[\"”“»']")


class Attribution(NamedTuple):
    """The last paragraph of a quote, with what was recognised of it."""

    run: InlineRun
    speaker: Speaker | None
    references: list[Reference]
    themes: list[IdMention]
    notices: list[IdMention]
    ids: list[IdMention]
    span: Span
    faults: list[Diagnostic]


def parse_attribution(run: InlineRun) -> Attribution | None:
    """Read the inline content of a paragraph as an attribution; None where it does not begin with a dash."""
    dash = DASH.match(run.masked)
    if dash is None:
        return None
    found = find_citations(run)
    return None if dash[0].rstrip() == "-" and not found else _Parser(run, dash.end(), found).parse()


class _Parser:
    def __init__(self, run: InlineRun, start: int, found: list[FoundCitation]) -> None:
        self.run = run
        self.span = run.span
        self.start = start
        self.text = run.text
        self.masked = run.masked
        self.found = found
        self.faults: list[Diagnostic] = []

    def fault(self, start: int, end: int, message: str, remedy: str = _FORM) -> None:
        self.faults.append(
            Diagnostic(rule="malformed-attribution", span=self.span(start, end), message=message, help=remedy)
        )

    def parse(self) -> Attribution:
        self._check_order()
        self._check_hidden_works()
        themes: list[IdMention] = []
        notices: list[IdMention] = []
        ids: list[IdMention] = []
        lists = {"#": themes, "!": notices, "{": ids}
        for token, mention in self._tail():
            lists[token].append(mention)
        if len(ids) > 1:
            place = ids[1].span
            self.faults.append(
                Diagnostic(
                    rule="malformed-attribution",
                    span=place,
                    message="the quote has two ids",
                    help="keep one: {#quote-id}",
                )
            )
        return Attribution(
            run=self.run,
            speaker=self._speaker(),
            references=self._references(),
            themes=themes,
            notices=notices,
            ids=ids,
            span=self.span(0, len(self.text.rstrip())),
            faults=self.faults,
        )

    def _speaker(self) -> Speaker | None:
        end = self.found[0].start if self.found else self._first_tag()
        raw = self.text[self.start : end]
        cut = _IN.search(raw)
        words = (raw[: cut.start()] if cut else raw).rstrip(" \t\n,")
        if not words.strip():
            self.fault(0, max(end, 1), "the attribution does not say who speaks")
            return None
        name = _PSEUDONYM.search(words)
        return Speaker(
            text=" ".join(words.split()),
            name=name[1] if name else "",
            span=self.span(self.start, self.start + len(words)),
        )

    def _check_hidden_works(self) -> None:
        """Report works within emphasis or a link, which would be part of the speaker's name."""
        for start, end in self.run.hidden_keys():
            message = f"{quoted(self.text[start:end])} cites a work within emphasis or a link"
            self.fault(start, end, message, "take the emphasis or the link away from the work")

    def _check_order(self) -> None:
        """Report themes, notices and ids that stand before the first work, where they would be the speaker's name."""
        for tag in _EARLY.finditer(self.masked, self.start, self.found[0].start if self.found else self.start):
            message = f"{quoted(tag[0])} stands before the work"
            self.fault(*tag.span(), message, "move it to the end: themes, notices and the id come after the last work")

    def _first_tag(self) -> int:
        tag = re.search(r"(?:^|\s)(?:#|!|\{#)\w", self.masked)
        return tag.start() if tag else len(self.text)

    def _references(self) -> list[Reference]:
        references = []
        for found in self.found[:2]:
            if len(found.citation.references) > 1:
                message = "one citation of an attribution names one work"
                self.fault(found.start, found.end, message, 'name a second work after "quoted in"')
            references.append(found.citation.references[0])
        if not self.found:
            self.fault(0, len(self.text.rstrip()), "the attribution cites no work")
        if len(self.found) > 1:
            self._between(self.found[0], self.found[1])
        for found in self.found[2:]:
            self.fault(found.start, found.end, "an attribution cites two works at most")
        return references

    def _between(self, first: FoundCitation, second: FoundCitation) -> None:
        words = self.text[first.end : second.start]
        if not _BETWEEN.match(words):
            shown = quoted(" ".join(words.split()))
            self.fault(first.end, second.start, f'between the two works stands {shown}, not ", quoted in"')

    def _tail(self) -> Iterator[tuple[str, IdMention]]:
        """The themes, notices and ids after the last work."""
        start = self.found[-1].end if self.found else self._first_tag()
        for token in _TOKEN.finditer(self.masked, start):
            word = self.text[slice(*token.span())]
            if MASK in token[0]:
                self.fault(token.start(), token.end(), f"{quoted(word)} is no theme, notice or id")
            elif word[0] in "#!" and len(word) > 1:
                yield word[0], self._mention(token.start() + 1, token.end(), word[1:].rstrip(","))
            elif word.startswith("{#") and word.endswith("}"):
                yield "{", self._mention(token.start(), token.end(), word[2:-1])
            elif word.strip(",.;") and self._begins_line(token.start()):
                line = self.text[token.start() :].partition("\n")[0]
                message = f"{quoted(line)} runs on from the attribution"
                self.fault(token.start(), token.start() + len(line), message, _AFTER)
                return
            elif word.strip(",.;"):
                remedy = f"write {{#{word[1:-1]}}}" if word[0] + word[-1] == "{}" and is_id(word[1:-1]) else _FORM
                self.fault(token.start(), token.end(), f"{quoted(word)} is no theme, notice or id", remedy)

    def _begins_line(self, start: int) -> bool:
        """Whether a word is the first of a later line: most likely of what follows the quotation."""
        before = self.text[:start].rstrip(" \t")
        return before.endswith("\n")

    def _mention(self, start: int, end: int, id_: str) -> IdMention:
        return IdMention(id=id_, span=self.span(start, end))


def identify(attribution: Attribution, words: str, problems: list[Diagnostic]) -> IdMention | None:
    """The id that an attribution gives its quote; what is wrong with it goes to `problems`."""
    if not attribution.ids:
        end = attribution.span.end
        place = Span(attribution.span.path, *end, *end)
        remedy = f"add {{#{propose_id(words)}}}"
        problems.append(Diagnostic(rule="missing-quote-id", span=place, message="the quote has no id", help=remedy))
        return None
    found = attribution.ids[0]
    if not is_id(found.id):
        message = f"{quoted(found.id)} is no id: lower-case letters a-z, digits and single hyphens, at most 64"
        remedy = f"write {{#{propose_id(found.id)}}}"
        problems.append(Diagnostic(rule="invalid-id", span=found.span, message=message, help=remedy))
    return found
