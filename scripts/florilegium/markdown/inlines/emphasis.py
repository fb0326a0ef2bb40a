"""Emphasis: `*`, `_` and `~~` in running text, by Python-Markdown's own inline patterns.

Everything else of inline Markdown is settled before and stands in the text as slots, so Python-Markdown sees neither
code nor addresses nor tags. Of the signs it sees only those that are emphasis in CommonMark and on GitHub: by itself it
would take the stars of `.32*, .04*` for emphasis, and a quotation would lose them.
"""

import re
import threading
import unicodedata
import xml.etree.ElementTree as ElementTree
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown import Markdown

__all__ = ["SLOT", "has_emphasis", "render_emphasis"]

SLOT = "\u2e31\ufdd4\u2e31"
"""Stands for what is no running text while emphasis is read.

The code point in the middle is one that no text may hold. Those beside it are punctuation, as the brackets and
backticks are that stood there: emphasis may begin and end beside them.
"""

_RUN = re.compile(r"\*+|_+|~~+")
_SIGN = re.compile(r"[*_]|~~")
_MOST = 2000
"""Signs that one paragraph is read for. A text with more of them is made to tire programs, and is shown as it is."""

_MARKUP = re.compile(r"[*_~]|</?(?:em|strong|del)>")
_HIDDEN = {"*": "\ufdd5", "_": "\ufdd6", "~": "\ufdd7"}
_SHOWN = str.maketrans({hidden: sign for sign, hidden in _HIDDEN.items()})

_local = threading.local()


def has_emphasis(text: str) -> bool:
    """Whether a text holds a sign that could be emphasis."""
    return _SIGN.search(text) is not None


def render_emphasis(html: str) -> str:
    """Escaped text with `<em>`, `<strong>` and `<del>` for its emphasis."""
    if not has_emphasis(html) or sum(1 for _ in _SIGN.finditer(html)) > _MOST:
        return html
    source = _hide_signs(html)
    if not has_emphasis(source):
        return html
    rendered = _render(source)
    # Some signs within one another confuse Python-Markdown: it passes over them, or loses text. Then all are shown.
    understood = not has_emphasis(rendered) and _MARKUP.sub("", rendered) == _MARKUP.sub("", source)
    return rendered.translate(_SHOWN) if understood else html


def _render(source: str) -> str:
    markdown = _markdown()
    # The inline patterns work on the text of elements below the root.
    root = ElementTree.Element("div")
    ElementTree.SubElement(root, "p").text = source
    markdown.treeprocessors["inline"].run(root)
    return str(markdown.serializer(root))[len("<div><p>") : -len("</p></div>")]


def _markdown() -> "Markdown":
    """Python-Markdown with the patterns of emphasis alone; one for each thread, since it keeps state while it works."""
    if not hasattr(_local, "markdown"):
        _local.markdown = _make()
    return _local.markdown  # type: ignore[no-any-return]


def _make() -> "Markdown":
    # Imported late: checking a library whose quotations hold no emphasis needs none of it.
    from markdown import Markdown

    tilde = {"pymdownx.tilde": {"subscript": False}}
    markdown = Markdown(extensions=["pymdownx.tilde"], extension_configs=tilde)
    for name in _OTHERS:
        markdown.inlinePatterns.deregister(name)
    return markdown


_OTHERS = (
    "backtick",
    "escape",
    "reference",
    "link",
    "image_link",
    "image_reference",
    "short_reference",
    "short_image_ref",
    "autolink",
    "automail",
    "linebreak",
    "html",
    "entity",
)
"""The inline patterns whose work is done in `marks.py` and `phrases.py`."""


# -- which signs are emphasis: https://spec.commonmark.org/0.31.2/#emphasis-and-strong-emphasis

_SPACE, _PUNCTUATION, _LETTER = range(3)


@lru_cache(maxsize=4096)
def _sort(character: str) -> int:
    """White space, the edge of the text included; punctuation; or anything else."""
    if not character or character.isspace():
        return _SPACE
    # What stands for an ampersand is no letter either.
    return _PUNCTUATION if unicodedata.category(character)[0] in "PS" or character == "\ufdd3" else _LETTER


class _Run:
    """A run of one sign, and how many of its signs close and open emphasis."""

    __slots__ = ("can_close", "can_open", "closing", "free", "opening", "sign", "start", "total")

    def __init__(self, sign: str, start: int, total: int, before: int, after: int) -> None:
        self.sign, self.start = sign, start
        self.total = self.free = total
        self.closing = self.opening = 0
        left = after == _LETTER or (after == _PUNCTUATION and before != _LETTER)
        right = before == _LETTER or (before == _PUNCTUATION and after != _LETTER)
        # Within a word `_` is a letter: snake_case.
        strict = sign == "_"
        usable = sign != "~" or total == 2
        self.can_open = usable and left and not (strict and right and before != _PUNCTUATION)
        self.can_close = usable and right and not (strict and left and after != _PUNCTUATION)

    def fits(self, closer: "_Run") -> bool:
        """Whether this run can open what another one closes."""
        if self.sign != closer.sign:
            return False
        if not (self.can_close or closer.can_open) or self.sign == "~":
            return True
        return (self.total + closer.total) % 3 != 0 or (self.total % 3 == 0 and closer.total % 3 == 0)


def _hide_signs(text: str) -> str:
    """A text in which only those signs are left that are emphasis."""
    runs = []
    for match in _RUN.finditer(text):
        start, end = match.span()
        before, after = _sort(text[start - 1 : start]), _sort(text[end : end + 1])
        runs.append(_Run(text[start], start, end - start, before, after))
    _match_runs(runs)
    pieces, position = [], 0
    for run in runs:
        if run.free:
            start = run.start + run.closing
            pieces += [text[position:start], _HIDDEN[run.sign] * run.free]
            position = start + run.free
    return "".join([*pieces, text[position:]])


def _match_runs(runs: list[_Run]) -> None:
    """Pair openers and closers: the specification's "process emphasis"."""
    openers: list[_Run] = []
    bottoms: dict[tuple[str, bool, int], int] = {}
    for closer in runs:
        while closer.can_close and closer.free:
            kind = (closer.sign, closer.can_open, closer.total % 3)
            opener = _find_opener(openers, closer, bottoms.get(kind, -1))
            if opener is None:
                bottoms[kind] = closer.start
                break
            width = 2 if opener.free >= 2 and closer.free >= 2 else 1
            opener.opening += width
            closer.closing += width
            opener.free -= width
            closer.free -= width
            if not opener.free:
                openers.pop()
        if closer.free and closer.can_open:
            openers.append(closer)


def _find_opener(openers: list[_Run], closer: _Run, bottom: int) -> _Run | None:
    """The nearest opener that fits; those above it open nothing any more and are dropped."""
    for height in range(len(openers) - 1, -1, -1):
        if openers[height].start < bottom:
            return None
        if openers[height].fits(closer):
            del openers[height + 1 :]
            return openers[height]
    return None
