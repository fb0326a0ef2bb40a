"""Attributions: who speaks, in which works the words stand, and how the quote is filed; and ids of quotes.

The attribution reads `— SPEAKER, [@key, LOCATOR], quoted in [@key2, LOCATOR] #theme !notice {#quote-id}`.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..core.diagnostics import Diagnostic, quoted
from ..core.ids import is_id, propose_id
from ..core.model import IdMention, Reference, Speaker
from ..core.rules import Group, declare_rule
from ..core.spans import Span
from .citations import SIMPLE_CITATION, FoundCitation, simple_reference
from .citing import find_citations
from .runs import InlineRun
from .tails import FORM, RUNS_ON, TEXT_AFTER, joined_works, late_speaker, missing_work, read_tail, two_works

DASH = re.compile(r"(?:[—–―⸺]|---?(?!-)|[-‐‑‒−](?![-@]))\s*")
"""What an attribution begins with. A lone hyphen, or a sign like it, is one only where a work follows."""

_HYPHENS = "-‐‑‒−"
_QUOTED_IN = (
    r"quoted\s+in|cited\s+in|zitiert\s+(?:nach|in|bei)|zit\.\s*(?:nach|n\.|in)|cité[es]*\s+(?:dans|par|in|d['’]après)|"
    r"citad[oa]\s+(?:en|em|por)|citat[oa]\s+(?:in|da)|(?:geciteerd|aangehaald)\s+(?:in|naar|bij)|citerad\s+i|citeret\s+i|"
    r"sitert\s+i|cyt\.\s*za|cytowan[eya]\s+(?:za|w)|цит\.\s*по|цитируется\s+по|apud|"
    r"(?:מצוטט|מובא)(?:ת|ים|ות)?\s+(?:אצל|בתוך|ב-?)|转引自|轉引自|引自"
)
_BETWEEN = re.compile(rf"[\s,，、]*(?:{_QUOTED_IN})\s*\Z", re.IGNORECASE)
_IN = re.compile(r"(?:^|[\s,])(?:in|dans|en|em)\s*\Z|[,，]\s*(?:i|w|v|в|ב-?|于|於|载|載|见|見)\s*\Z")
"""Words before a work, of all the languages that they are known of: a note is read without its library."""
_EARLY = re.compile(r"(?<![^\s,])(?:[#!][a-z][\w-]*|\{#[^{}\s]*\})")
_PSEUDONYM = re.compile(r"[\"“„«']([^\"”“»']+)[\"”“»']")
_GOES_ON = re.compile(
    rf"\s*(?:[#!{{(\[,，、]|-?@|(?:\S+\s+){{0,2}}in\s+\[?-?@|quoted\b|(?:{_QUOTED_IN})\s*\[?-?@)", re.IGNORECASE
)
"""How a later line of an attribution begins; any other one is text after the quotation."""


class Attribution(NamedTuple):
    """The last paragraph of a quote, with what was recognised of it."""

    run: InlineRun | None
    """What it was read from; None where it is of the usual form, which no translation has."""
    speaker: Speaker | None
    references: list[Reference]
    themes: list[IdMention]
    notices: list[IdMention]
    ids: list[IdMention]
    span: Span
    faults: list[Diagnostic]


_WORDS = r"[^\W_]+(?: [^\W_]+)*"
_USUAL = re.compile(
    rf"— (?!(?:in|dans|en|em) )(?P<speaker>{_WORDS}?(?:,? [\"“](?P<name>{_WORDS})[\"”])?)(?:,? (?:in|dans|en|em)|,)? "
    rf"{SIMPLE_CITATION}(?:, quoted in {SIMPLE_CITATION.replace('(?P<', '(?P<in_')})?"
    r"(?P<tags>(?: [#!][a-z][a-z0-9-]*)*)(?: (?P<id>\{#(?P<id_name>[a-z0-9-]+)\}))?\Z"
)
_TRANSLATED = re.compile(r"\b(?:by|von|par|por|da|door)\b", re.IGNORECASE)
_TAG = re.compile(r"[#!](\S+)")


def parse_usual(text: str, origin: Span) -> Attribution | None:
    """Read an attribution of the usual form, on one line that begins at `origin` and has no markup; else None.

    It comes to what `parse_attribution` finds, in a tenth of the time.
    """
    form = _USUAL.match(text)
    if form is None or "://" in text or _TRANSLATED.search(form["speaker"]):
        return None
    path, line, column = origin[:3]

    def span(start: int, end: int) -> Span:
        return Span(path, line, column + start, line, column + end)

    mentions: dict[str, list[IdMention]] = {"#": [], "!": []}
    for tag in _TAG.finditer(text, *form.span("tags")):
        mentions[tag[0][0]].append(IdMention(tag[1], span(*tag.span(1))))
    ids = [IdMention(form["id_name"], span(*form.span("id")))] if form["id"] else []
    references = [simple_reference(form, span)]
    if form["in_key"]:
        references.append(simple_reference(form, span, "in_"))
    speaker = Speaker(form["speaker"], form["name"] or "", span(*form.span("speaker")))
    return Attribution(None, speaker, references, mentions["#"], mentions["!"], ids, span(0, len(text)), [])


def _speaker(text: str, start: int, end: int, span: Callable[[int, int], Span]) -> Speaker | None:
    """The speaker before a work; None where there are no words."""
    raw = text[start:end].rstrip("([")
    cut = _IN.search(raw)
    words = (raw[: cut.start()] if cut else raw).rstrip(" \t\n,:")
    if not words.strip():
        return None
    name = _PSEUDONYM.search(words)
    return Speaker(text=" ".join(words.split()), name=name[1] if name else "", span=span(start, start + len(words)))


def parse_attribution(run: InlineRun) -> Attribution | None:
    """Read the inline content of a paragraph as an attribution; None where it does not begin with a dash."""
    dash = DASH.match(run.masked)
    if dash is None:
        return None
    found = find_citations(run)
    return None if dash[0].rstrip() in _HYPHENS and not found else _Parser(run, dash.end(), found).parse()


declare_rule(
    "malformed-attribution",
    Group.QUOTES,
    "An attribution reads `— SPEAKER, [@key, LOCATOR], quoted in [@key2] #theme !notice {#quote-id}`.",
    "What cannot be read cannot be checked, linked or credited.",
    "Follow the form; the message names the part that could not be read.",
)


class _Parser:
    def __init__(self, run: InlineRun, start: int, found: list[FoundCitation]) -> None:
        self.run = run
        self.span = run.span
        self.start = start
        self.text = run.text
        self.masked = run.masked
        self.found = found
        self.faults: list[Diagnostic] = []
        self._cut_text_after()

    def fault(self, start: int, end: int, message: str, remedy: str = FORM, about: str = "") -> None:
        self.faults.append(
            Diagnostic(
                rule="malformed-attribution", span=self.span(start, end), message=message, help=remedy, about=about
            )
        )

    def _cut_text_after(self) -> None:
        """End the attribution before a line that is text after the quotation, and report that line."""
        at = self.masked.find("\n", self.found[0].end if self.found else self._first_tag())
        while at >= 0 and _GOES_ON.match(self.masked, at + 1):
            at = self.masked.find("\n", at + 1)
        if at < 0:
            return
        line = self.text[at + 1 :].partition("\n")[0]
        self.fault(at + 1, at + 1 + len(line), f"{quoted(line.strip())} {RUNS_ON}", TEXT_AFTER)
        self.text, self.masked = self.text[:at], self.masked[:at]
        self.found = [found for found in self.found if found.start < at]

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
        speaker = _speaker(self.text, self.start, end, self.span)
        if speaker is None:
            who = late_speaker(self.text, self.found[-1].end) if self.found else ""
            work = self._written(self.found[0]) if self.found else "[@key, p. 1]"
            remedy = f"say it before the work: — {who or 'SPEAKER'}, in {work}"
            self.fault(0, max(end, 1), "the attribution does not say who speaks", remedy)
        return speaker

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
                self.fault(found.start, found.end, message, two_works(self._written(found)))
            references.append(found.citation.references[0])
        if not self.found:
            start, end, remedy = missing_work(self.text)
            self.fault(start, end, "the attribution cites no work", remedy)
        if len(self.found) > 1:
            self._between(self.found[0], self.found[1])
        for found in self.found[2:]:
            self.fault(found.start, found.end, "an attribution cites two works at most")
        return references

    def _written(self, found: FoundCitation) -> str:
        """A citation as it stands in the text, in brackets."""
        text = " ".join(self.text[found.start : found.end].split())
        return text if text.startswith("[") else f"[{text}]"

    def _between(self, first: FoundCitation, second: FoundCitation) -> None:
        words = self.text[first.end : second.start]
        if not _BETWEEN.match(words):
            shown = quoted(" ".join(words.split()))
            remedy = joined_works(words, self._written(second))
            self.fault(first.end, second.start, f'between the two works stands {shown}, not ", quoted in"', remedy)

    def _tail(self) -> Iterator[tuple[str, IdMention]]:
        """The themes, notices and ids after the last work."""
        last = self.found[-1] if self.found else None
        written = self._written(last) if last else ""
        for part in read_tail(self.text, self.masked, last.end if last else self._first_tag(), written):
            if part.message:
                self.fault(part.start, part.end, part.message, part.remedy, part.about)
            else:
                yield part.sign, self._mention(part.start, part.end, part.id)

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
        message = f"{quoted(found.id)} is not a valid id: lower-case letters a-z, digits and single hyphens, at most 64"
        remedy = f"write {{#{propose_id(found.id)}}}"
        problems.append(Diagnostic(rule="invalid-id", span=found.span, message=message, help=remedy))
    return found
