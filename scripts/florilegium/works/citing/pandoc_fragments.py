"""Pandoc's inline elements as clean HTML, and citations as parts that can each become a hyperlink.

What contributors wrote arrives as `Str` and leaves escaped; no other text and no attribute of theirs gets
through, save web addresses. The element types are those of https://hackage.haskell.org/package/pandoc-types.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape, unescape
from typing import Any, NamedTuple
from urllib.parse import urlsplit

Inline = dict[str, Any]

_TAGS = {
    "Emph": ("<em>", "</em>"),
    "Strong": ("<strong>", "</strong>"),
    "Superscript": ("<sup>", "</sup>"),
    "Subscript": ("<sub>", "</sub>"),
    "SmallCaps": ('<span class="smallcaps">', "</span>"),
    "Strikeout": ("<s>", "</s>"),
    "Underline": ("<u>", "</u>"),
}
_QUOTES = {"SingleQuote": "‘’", "DoubleQuote": "“”"}
_SPACES = frozenset(("Space", "SoftBreak", "LineBreak"))
_REFERENCE = "#ref-"


class CitedPart(NamedTuple):
    """A stretch of a citation: an HTML fragment, and the key of the work that it should lead to."""

    html: str
    key: str | None


def to_inlines(text: str) -> list[Inline]:
    """Text as pandoc's reader would hand it over: words, the spaces between them, and what is emphasised."""
    inlines: list[Inline] = []
    for plain, emphasised in _EMPHASIS.findall(text):
        if emphasised:
            inlines.append({"t": "Emph", "c": to_inlines(emphasised[1:-1])})
        words = re.findall(r"\s+|\S+", plain)
        inlines += [{"t": "Space"} if word.isspace() else {"t": "Str", "c": word} for word in words]
    return inlines


_MARKED = r"(?<![\w*\\])[*_][^\s*_][^*_]*(?<=[^\s*_])[*_](?![\w*])"
_EMPHASIS = re.compile(rf"((?:(?!{_MARKED}).)+)|({_MARKED})", re.DOTALL)
"""Text without emphasis, or text in single asterisks or underscores."""


def render_inlines(inlines: Sequence[Inline]) -> str:
    """Inline elements as an HTML fragment."""
    return "".join(map(_render, inlines))


def _render(inline: Inline) -> str:
    kind = inline["t"]
    if kind == "Str":
        return escape(inline["c"], quote=False)
    if kind in _SPACES:
        return " "
    if kind in _TAGS:
        before, after = _TAGS[kind]
        return f"{before}{render_inlines(inline['c'])}{after}"
    if kind == "Link":
        return _render_link(inline)
    if kind == "Quoted":
        marks = _QUOTES[inline["c"][0]["t"]]
        return f"{marks[0]}{render_inlines(inline['c'][1])}{marks[1]}"
    if kind in ("Span", "Cite"):
        return render_inlines(inline["c"][1])
    # Code, formulas, raw text: citeproc makes none; should it ever, they are text.
    content = inline.get("c", [""])[-1]
    return escape(content, quote=False) if isinstance(content, str) else ""


def _render_link(link: Inline) -> str:
    _, content, (target, _) = link["c"]
    text = render_inlines(content)
    return f'<a href="{escape(target)}">{text}</a>' if is_web_address(target) else text


def is_web_address(target: str) -> bool:
    """Whether an address is an absolute one of `http` or `https` that names a host, and no user."""
    if re.search(r"[\x00-\x20\x7f\\]", target):
        return False
    try:
        parts = urlsplit(target)
        # `https://javascript:alert(1)` is what pandoc makes of a script: its port is no number.
        named = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
        return named and parts.scheme in ("http", "https")
    except ValueError:
        return False


def parts_of(inlines: Sequence[Inline], keys: dict[str, str]) -> tuple[CitedPart, ...]:
    """A formatted citation, cut where pandoc's links to entries begin and end; `keys` turns ids into keys."""
    parts: list[CitedPart] = []
    for part in _cut(inlines, keys):
        if parts and parts[-1].key is None and part.key is None:
            parts[-1] = CitedPart(parts[-1].html + part.html, None)
        else:
            parts.append(part)
    return tuple(parts)


def _cut(inlines: Sequence[Inline], keys: dict[str, str]) -> Iterator[CitedPart]:
    for inline in inlines:
        kind = inline["t"]
        if kind == "Link" and (target := inline["c"][2][0]).startswith(_REFERENCE):
            yield CitedPart(render_inlines(inline["c"][1]), keys.get(target.removeprefix(_REFERENCE)))
        elif kind in _TAGS and "Link" in map(_kind, inline["c"]):  # A superscript around all of it, say.
            before, after = _TAGS[kind]
            for part in parts_of(inline["c"], keys):
                yield CitedPart(f"{before}{part.html}{after}", part.key)
        elif kind == "Span":
            yield from _cut(inline["c"][1], keys)
        else:
            yield CitedPart(_render(inline), None)


def _kind(inline: Inline) -> str:
    return str(inline["t"])


def plain_text(html: str) -> str:
    """The text of a fragment that this file rendered, in which every `<` begins a tag."""
    return unescape(re.sub(r"<[^>]*>", "", html))
