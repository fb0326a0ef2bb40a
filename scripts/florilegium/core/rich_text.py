"""Rich text of CSL-JSON: the few tags that a title may hold, as runs of marked text, and without them.

The tags are those of citeproc: `<i>`, `<b>`, `<sc>`, `<sub>`, `<sup>`, `<span class="nocase">` and the span of small
capitals (https://citeproc-js.readthedocs.io/en/latest/csl-json/markup.html#html-like-formatting-tags).
"""

import re
from typing import NamedTuple

_TAG = re.compile(
    r"<(/?)(i|b|sc|sub|sup|span)(?:\s+(?:class=[\"'](nocase)[\"']|style=[\"']font-variant:\s*(small-caps);?[\"']))?\s*>"
)


class RichRun(NamedTuple):
    """A stretch of text with the marks that hold for it, the outermost first."""

    text: str
    marks: tuple[str, ...] = ()
    """Of `i`, `b`, `sc`, `sub`, `sup`."""
    nocase: bool = False
    """Whether a style must leave its capitals."""


def plain_title(text: str) -> str:
    """A text without the tags of rich text."""
    return _TAG.sub("", text) if "<" in text else text


def read_runs(text: str) -> list[RichRun]:
    """The runs of a text. A tag that is never closed, or never opened, is text."""
    runs: list[RichRun] = []
    position = 0
    open_: list[str] = []
    for found in _pairs(text):
        if found.start() > position:
            runs.append(_run(text[position : found.start()], open_))
        position = found.end()
        if found[1]:
            open_.pop()
        else:
            open_.append("nocase" if found[3] else "sc" if found[4] else found[2])
    if position < len(text):
        runs.append(_run(text[position:], open_))
    return runs


def _run(text: str, marks: list[str]) -> RichRun:
    return RichRun(text, tuple(mark for mark in marks if mark not in ("nocase", "span")), "nocase" in marks)


def _pairs(text: str) -> list[re.Match[str]]:
    """The tags that belong to a pair, in their order."""
    kept: list[re.Match[str]] = []
    waiting: list[re.Match[str]] = []
    for found in _TAG.finditer(text) if "<" in text else ():
        if not found[1]:
            waiting.append(found)
        elif waiting and waiting[-1][2] == found[2]:
            kept += (waiting.pop(), found)
        elif any(begun[2] == found[2] for begun in waiting):
            while waiting.pop()[2] != found[2]:
                pass
    return sorted(kept, key=lambda found: found.start())
