"""Pandoc's citation syntax, read and written: `[see @doe2009, pp. 3-5; also -@roe]`, `@doe2009 [p. 3]`.

The grammar is that of https://pandoc.org/MANUAL.html#citation-syntax; where the manual is silent, Pandoc's behaviour
is. What is no prose (code, addresses, escapes) must be masked before: see `runs.py`.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..core.model import Citation, CitationMode, Locator, Reference
from ..core.spans import Span
from .locator_labels import LABEL_WORDS, LOCATOR_LABELS, label_pattern

type_span = Callable[[int, int], Span]

_KEY = re.compile(r"@(?:\{([^{}\s]+)\}|((?:\w|\*)(?:\w|[:.#$%&\-+?<>~/](?=\w)|[:/](?=/))*))")
_PLAIN = re.compile(r"\w(?:\w|[:.#$%&\-+?<>~/](?=\w)|[:/](?=/))*\Z")

_LABEL = re.compile(rf"(?P<label>{label_pattern()})(?:(?<=[.§¶'׳°º№\u3040-\u9fff])\s*|\s+|$)")
_NUMBER = r"(?:[A-Za-z]?\d[^\W\u3040-\u9fff]*(?:[./:]\w+)*|[ivxlcdm]+\b|[IVXLCDM]+\b)"
_RANGE = rf"{_NUMBER}(?:\s*[-‐‑‒–—]{{1,3}}\s*{_NUMBER})?(?:(?<=f)\.|\s?ff?\b\.?)?"
_VALUE = re.compile(rf"{_RANGE}(?:\s*,\s*{_RANGE})*")
_ENTRY = re.compile(r"\"[^\"\n]+\"|“[^”\n]+”|„[^“”\n]+[“”]|‘[^’\n]+’|\*[^*\n]+\*|[^\s,;][^,;\n]*")
"""The headword of a dictionary or encyclopedia, after `s.v.`."""
_COUNTED = re.compile(rf"第?\s*({_RANGE})\s*([页頁章卷巻节節段行])(?![\u3040-\u9fff])")
"""A place with its word behind the number, as Chinese and Japanese have it: `第12页`."""
_TIME = re.compile(r"\d{1,2}:[0-5]\d:[0-5]\d(?:[-–]\d{1,2}:[0-5]\d:[0-5]\d)?")
_BARE = re.compile(rf"(?=[A-Za-z]?\d|[ivxlcdm]+\s*(?:[-–].*)?$){_VALUE.pattern}")


class FoundCitation(NamedTuple):
    """A citation and its place in the text that was searched."""

    start: int
    end: int
    citation: Citation


def is_plain_key(key: str) -> bool:
    """Whether a key can be written without braces; its last character then is no punctuation."""
    return _PLAIN.match(key) is not None


def parse_citations(text: str, span: type_span, masked: str | None = None) -> Iterator[FoundCitation]:
    """All citations of a text, in reading order; `span` turns two indices into a span of the file.

    `masked` is the text with all that is no prose blotted out, character for character: keys are looked for there.
    """
    masked = text if masked is None else masked
    keys = masked.count("@")
    if not keys:
        return
    simple = list(_SIMPLE.finditer(masked))
    if len(simple) == keys:
        for match in simple:
            citation = Citation(references=(simple_reference(match, span),), span=span(*match.span()))
            yield FoundCitation(*match.span(), citation)
    else:
        yield from _Parser(text, masked, span).parse()


SIMPLE_CITATION = (
    r"\[(?P<reference>@(?P<key>\w(?:\w|[:.#$%&\-+?<>~/](?=\w)|[:/](?=/))*)"
    r"(?:, (?P<place>pp?\. (?P<value>[0-9]+(?:[-–][0-9]+)?)))?)\]"
)
"""Most citations: `[@key]`, `[@key, p. 3]`, `[@key, pp. 3-5]`. Where a text holds no others, no grammar is needed."""
_SIMPLE = re.compile(rf"{SIMPLE_CITATION}(?!\[)")


def simple_reference(match: re.Match[str], span: type_span, prefix: str = "") -> Reference:
    """The reference of a simple citation; `prefix` is that of the names of its groups."""
    value = match[f"{prefix}value"]
    start, end = match.span(f"{prefix}reference")
    key = match[f"{prefix}key"]
    return Reference(
        key=key,
        span=span(start, end),
        key_span=span(start, start + 1 + len(key)),
        locator=Locator(label="page", value=value, span=span(*match.span(f"{prefix}place"))) if value else None,
    )


class _Parser:
    """One text, with the brackets in it that match."""

    def __init__(self, text: str, masked: str, span: type_span) -> None:
        self.text = text
        self.masked = masked
        self.span = span
        self.closing, self.direct = _matching_brackets(masked)

    def parse(self) -> Iterator[FoundCitation]:
        position = 0
        for opener in _OPENER.finditer(self.masked):
            start = opener.start()
            if start < position:
                continue
            found = self.bracketed(start) if opener[0] == "[" else self.textual(start, opener[0] == "-@")
            if found is not None:
                yield found
                position = found.end

    def bracketed(self, start: int) -> FoundCitation | None:
        """The citation between the bracket at `start` and its partner, unless the brackets are a link's."""
        end = self.closing.get(start)
        if end is None or start not in self.direct or self._is_link(end):
            return None
        references = self.references(start + 1, end)
        if references is None:
            return None
        return FoundCitation(start, end + 1, Citation(references=references, span=self.span(start, end + 1)))

    def _is_link(self, closing: int) -> bool:
        """Whether Pandoc sees the text of a link. A link that is one has been taken out of the text before."""
        return self.masked.startswith("[", closing + 1)

    def references(self, start: int, end: int) -> tuple[Reference, ...] | None:
        """The references between two brackets, separated by semicolons; None unless each part names one key."""
        references: list[Reference] = []
        begin, position, depth = start, start, 0
        key: re.Match[str] | None = None
        while True:
            stop = _STOP.search(self.masked, position, end)
            if stop is None or (stop[0] == ";" and depth == 0):
                if key is None:
                    return None
                references.append(self._reference(begin, key, stop.start() if stop else end))
                if stop is None:
                    return tuple(references)
                begin, key = stop.end(), None
            elif stop[0] == "@":
                another = _match_key(self.masked, stop.start())
                if another is not None and (key is not None or depth > 0):
                    return None
                if another is not None:
                    key, position = another, another.end()
                    continue
            else:
                depth += 1 if stop[0] in "[{" else -1
            position = stop.end()

    def _reference(self, start: int, key: re.Match[str], end: int) -> Reference:
        at, text = key.start(), self.text
        suppressed = at > start and self.masked[at - 1] == "-" and not self.masked[at - 2 : at - 1].isalnum()
        locator, rest = parse_locator(text, key.end(), end, self.span)
        written = text[start:end]
        first = start + len(written) - len(written.lstrip())
        last = start + len(written.rstrip())
        return Reference(
            key=self._written(key),
            span=self.span(first, max(last, key.end())),
            key_span=self.span(at, key.end()),
            mode=CitationMode.SUPPRESS_AUTHOR if suppressed else CitationMode.NORMAL,
            prefix=_squeeze(text[start : at - suppressed]),
            suffix=_squeeze(text[rest:end]),
            locator=locator,
        )

    def _written(self, key: re.Match[str]) -> str:
        """A key as the text has it: what is blotted out in it belongs to it all the same."""
        return self.text[slice(*key.span(1 if key[1] else 2))]

    def textual(self, start: int, suppressed: bool) -> FoundCitation | None:
        """The citation that begins in running text with `@` or `-@`."""
        if suppressed and start and self.masked[start - 1].isalnum():
            suppressed, start = False, start + 1
        key = _match_key(self.masked, start + suppressed)
        if key is None:
            return None
        end, locator, suffix = key.end(), None, ""
        more: tuple[Reference, ...] = ()
        bracket = _AFTER.match(self.masked, end)
        close = self.closing.get(bracket.end() - 1) if bracket else None
        if bracket is not None and close is not None:
            followed = self._after_textual(bracket.end(), close)
            if followed is not None:
                (locator, suffix, more), end = followed, close + 1
        first = Reference(
            key=self._written(key),
            span=self.span(start, end),
            key_span=self.span(key.start(), key.end()),
            mode=CitationMode.SUPPRESS_AUTHOR if suppressed else CitationMode.AUTHOR_IN_TEXT,
            suffix=suffix,
            locator=locator,
        )
        return FoundCitation(start, end, Citation(references=(first, *more), span=first.span))

    def _after_textual(self, start: int, end: int) -> tuple[Locator | None, str, tuple[Reference, ...]] | None:
        """What follows `@key` in brackets: `[p. 3; also @b]`, `[see @b]`; None where they are something else."""
        if self._is_link(end) or self._hides_key(start, end):
            return None
        key = _KEY.search(self.masked, start, end)
        semicolon = self.masked.find(";", start, key.start() if key else end)
        own_end = semicolon if semicolon >= 0 else end
        if key is not None and semicolon < 0:
            others = self.references(start, end) if start - 1 in self.direct else None
            return None if others is None else (None, "", others)
        locator, rest = parse_locator(self.text, start, own_end, self.span)
        suffix = _squeeze(self.text[rest:own_end])
        if suffix.startswith("…"):
            return None  # An omission in the words of a quotation.
        more = self.references(semicolon + 1, end) if semicolon >= 0 else ()
        return None if more is None else (locator, suffix, more)

    def _hides_key(self, start: int, end: int) -> bool:
        """Whether a key stands there in emphasis or the like: `@a [see *@b*]` cites two works, one of them within."""
        hidden = (at for at in range(start, end) if self.text[at] == "@" and self.masked[at] != "@")
        return "@" in self.text[start:end] and any(_match_key(self.text, at) for at in hidden)


_OPENER = re.compile(r"\[|-?@")
_STOP = re.compile(r"[\[\]{};@]")
_BRACKET = re.compile(r"[\[\]@]")
_AFTER = re.compile(r"[ \t]*\n?[ \t]*\[(?!\^)")


def _matching_brackets(text: str) -> tuple[dict[int, int], set[int]]:
    """From each `[` to its `]`; and which `[` hold keys, but not in brackets within.

    Only these can be citations. Knowing them first keeps brackets within brackets from taking quadratic time.
    """
    closing: dict[int, int] = {}
    direct: set[int] = set()
    opened: list[list[int]] = []  # place, number of keys outside inner brackets, number of inner brackets with keys
    position = 0
    for match in _BRACKET.finditer(text):
        at = match.start()
        if at < position:
            continue  # A key in braces may hold brackets.
        key = _match_key(text, at) if match[0] == "@" else None
        position = key.end() if key else at
        if match[0] == "[":
            opened.append([at, 0, 0])
        elif not opened:
            continue
        elif match[0] == "@":
            opened[-1][1] += key is not None
        else:
            start, keys, nested = opened.pop()
            closing[start] = at
            if keys and not nested:
                direct.add(start)
            if opened:
                opened[-1][2] += bool(keys or nested)
    return closing, direct


def _match_key(text: str, at: int) -> re.Match[str] | None:
    """The key at an `@`, unless a word or an e-mail address runs into it."""
    before = text[at - 1] if at else " "
    if before.isalnum() or (before == "." and at > 1 and text[at - 2].isalnum()):
        return None
    return _KEY.match(text, at)


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def parse_locator(text: str, start: int, end: int, span: type_span) -> tuple[Locator | None, int]:
    """The locator that opens `text[start:end]`, what follows a key; and the index at which the rest begins.

    A label that must have a value, such as `p.`, and has none gives a locator with an empty value, for a check to
    report.
    """
    lead = _LEAD.match(text, start, end)
    assert lead is not None
    at = lead.end()
    if text.startswith("{", at) and (close := text.find("}", at, end)) > 0:
        return _braced(text, at + 1, close, span), close + 1
    if counted := _COUNTED.match(text, at, end):
        return _locator(LABEL_WORDS[counted[2]], counted[1], span(at, counted.end())), counted.end()
    label = _LABEL.match(text, at, end)
    if label is None:
        bare = _BARE.match(text, at, end)
        name = "timestamp" if bare and _TIME.fullmatch(bare[0]) else "page"
        return (_locator(name, bare[0], span(at, bare.end())), bare.end()) if bare else (None, start)
    name = _label_of(label)
    value = (_ENTRY if name == "sub-verbo" else _VALUE).match(text, label.end(), end)
    if value is not None:
        return _locator(name, value[0], span(at, value.end())), value.end()
    if label["label"].endswith("."):
        return _locator(name, "", span(at, at + len(label["label"]))), label.end()
    return None, start


_LEAD = re.compile(r"\s*,?\s*")


def _label_of(label: re.Match[str]) -> str:
    word = label["label"]
    return LABEL_WORDS.get(word) or LABEL_WORDS[word.lower()]


def _locator(label: str, value: str, span: Span) -> Locator:
    return Locator(label=label, value=_squeeze(value), span=span)


def _braced(text: str, start: int, end: int, span: type_span) -> Locator | None:
    inner = text[start:end].strip()
    if not inner:
        return None  # `{}` tells Pandoc that what follows is no locator.
    label = _LABEL.match(inner)
    name = _label_of(label) if label else "page"
    return _locator(name, inner[label.end() :] if label else inner, span(start, end))


def render_locator(locator: Locator) -> str:
    """A locator as Pandoc reads it: `p. 12`, `ch. 3`."""
    words = LOCATOR_LABELS[locator.label]
    if not _VALUE.fullmatch(locator.value):
        return f"{{{words[0]} {locator.value}}}"
    plural = locator.label == "page" and re.search(r"\d\s*[-–,]", locator.value)
    return f"{words[1] if plural else words[0]} {locator.value}"


def render_citation(citation: Citation) -> str:
    """A citation in Pandoc's syntax; `parse_citations` reads the same citation back."""
    first, *rest = citation.references
    if first.mode is CitationMode.AUTHOR_IN_TEXT:
        key = _render_key(first.key)
        inside = "; ".join([_tail(first).lstrip(", "), *map(_render_reference, rest)]).strip("; ")
        return f"{key} [{inside}]" if inside else key
    return "[" + "; ".join(map(_render_reference, citation.references)) + "]"


def cite(key: str, locator: str = "") -> str:
    """A citation of one work in brackets: `[@doe2009, p. 12]`."""
    return f"[{_render_key(key)}{f', {locator}' if locator else ''}]"


def _render_key(key: str) -> str:
    return f"@{key}" if is_plain_key(key) else f"@{{{key}}}"


def _render_reference(reference: Reference) -> str:
    dash = "-" if reference.mode is CitationMode.SUPPRESS_AUTHOR else ""
    prefix = f"{reference.prefix} " if reference.prefix else ""
    return f"{prefix}{dash}{_render_key(reference.key)}{_tail(reference)}"


def _tail(reference: Reference) -> str:
    tail = f", {render_locator(reference.locator)}" if reference.locator else ""
    if not reference.suffix:
        return tail
    return f"{tail}{reference.suffix}" if reference.suffix.startswith(",") else f"{tail} {reference.suffix}"
