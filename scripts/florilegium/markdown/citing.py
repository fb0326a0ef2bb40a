"""Citations in the tree: found in the text runs of paragraphs, headings and cells, and cut out as nodes of their own.

Nothing else is searched: neither code nor addresses nor raw HTML. CommonMark has bound emphasis and links before, so
where Pandoc would have read a citation across them there is a finding, never silence.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..core.diagnostics import quoted
from ..core.rules import Group, declare_rule
from .citations import FoundCitation, parse_citations
from .events import Target
from .nodes import PLAIN, Node
from .runs import InlineRun
from .tags import TagFault


class NewNode(NamedTuple):
    """A range of bytes among the children of one node that becomes a node of its own."""

    start: int
    end: int
    kind: str
    """`Citation`, or `Link` for a bare address."""
    number: int
    """Which of the body's citations it is; of a link, nothing."""


def find_citations(run: InlineRun) -> list[FoundCitation]:
    """Find the citations of one run, in their order."""
    return list(parse_citations(run.text, run.span, run.masked)) if "@" in run.masked else []


def cut_nodes(nodes: Sequence[Node], cuts: Sequence[NewNode], data: bytes) -> list[Node]:
    """Wrap what each cut covers in a node of its kind; cutting text at its ends. Cuts are in order, none overlaps."""
    found: list[Node] = []
    pending = list(reversed(nodes))
    for cut in cuts:
        while pending and pending[-1].end <= cut.start and pending[-1].start < cut.start:
            found.append(pending.pop())
        if pending and pending[-1].start < cut.start:
            before, after = _split(pending.pop(), cut.start, data)
            found.append(before)
            pending.append(after)
        inside: list[Node] = []
        while pending and pending[-1].start < cut.end:
            node = pending.pop()
            if node.end > cut.end and node.kind == "Text":
                node, after = _split(node, cut.end, data)
                pending.append(after)
            inside.append(node)
        if cut.kind == "Citation":
            found.append(Node("Citation", cut.start, cut.end, inside, "", cut.number))
        else:
            found.append(Node("Link", cut.start, cut.end, inside, "", _bare_target(inside)))
    found.extend(reversed(pending))
    return found


def _split(node: Node, at: int, data: bytes) -> tuple[Node, Node]:
    """A text in two, at a byte."""
    size = at - node.start
    text = node.text
    index = size if text.isascii() else len(data[node.start : at].decode())
    first = Node("Text", node.start, at, (), text[:index], node.info)
    return first, Node("Text", at, node.end, (), text[index:], PLAIN)


def _bare_target(inside: Sequence[Node]) -> Target:
    return bare_target("".join([node.text for node in inside]))


def bare_target(address: str) -> Target:
    """Where an address leads that stands in running text as it is."""
    mail = "@" in address and not _SCHEME.match(address)
    return Target("Bare", f"mailto:{address}" if mail else address, "", "")


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_KEY_AT_END = re.compile(r"(?<![^\W_])@(?:\{[^{}\s]*\}?|[\w:.#$%&+?<>~/-]*)\Z")
_MARKUP = ("Emphasis", "Strong", "Strikethrough")


def check_markup(run: InlineRun, parent: Node, end: int) -> Iterator[TagFault]:
    """Report where emphasis, which CommonMark binds first, cuts a citation of Pandoc's; `end` is that of the leaf."""
    if parent.kind not in _MARKUP and not any(node.kind in _MARKUP for node in run.nodes):
        return
    masked = run.masked
    touching = list(_touching(run, parent, masked)) if "@" in masked else []
    yield from touching
    if "[" in masked and not touching:
        yield from _split_brackets(run, end)


def _touching(run: InlineRun, parent: Node, masked: str) -> Iterator[TagFault]:
    for node, at, stop in run.places() if len(run.nodes) > 1 else ():
        if node.kind in _MARKUP and at and (key := _KEY_AT_END.search(masked[max(0, at - 200) : at])):
            yield _key_with_markup(run, max(0, at - 200) + key.start(), stop)
    underscored = parent.kind in _MARKUP and run.data[parent.start : parent.start + 1] == b"_"
    if underscored and (key := _KEY_AT_END.search(masked)):
        yield _key_with_markup(run, key.start(), len(masked))


declare_rule(
    "key-with-markup",
    Group.PROSE,
    "A citation key does not touch emphasis.",
    "`_@doe2009_` is the key `doe2009` in italics here and on GitHub; Pandoc reads the key `doe2009_`.",
    "Write `*@doe2009*`, or put the citation in brackets: `_[@doe2009]_`.",
)


def _key_with_markup(run: InlineRun, start: int, end: int) -> TagFault:
    first = run.offset(start)
    message = f"{quoted(run.text[start:end])} is a key that touches emphasis; Pandoc would read another key"
    remedy = "put the citation in brackets, or use * for the emphasis and a space before it"
    return TagFault("key-with-markup", first, run.end_offset(end), message, remedy)


declare_rule(
    "split-citation",
    Group.PROSE,
    "No emphasis begins or ends between the brackets of a citation.",
    "CommonMark binds emphasis before brackets, so `*[see @doe2009* p. 3]` is not a citation here and on GitHub, "
    "and is one in Pandoc.",
    "Let the emphasis hold the brackets, `*[see @doe2009]*`, or the brackets the emphasis, `[*see* @doe2009]`.",
)


def _split_brackets(run: InlineRun, end: int) -> Iterator[TagFault]:
    """Brackets that open in this run and close in emphasis, or the other way round, with a key between them."""
    opened: list[int] = []
    for bracket in _BRACKETS.finditer(run.masked):
        if bracket[0] == "[":
            opened.append(bracket.start())
        elif opened:
            opened.pop()
    for index in opened[:20]:
        start = run.offset(index)
        close = _closing(run.data, start, end)
        if close is not None and _KEY_INSIDE.search(run.data, start, close):
            message = "emphasis begins or ends between the brackets of this citation, so it is not one"
            remedy = "let the emphasis hold the brackets, or the brackets the emphasis"
            yield TagFault("split-citation", start, close + 1, message, remedy)


_BRACKETS = re.compile(r"[\[\]]")
_KEY_INSIDE = re.compile(rb"(?<![\w\\])@[\w{*]")


_LONGEST = 1000
"""Bytes of a citation; a longer one is none."""

_SIGNS = re.compile(rb"\\.|[\[\]]", re.DOTALL)


def _closing(data: bytes, start: int, end: int) -> int | None:
    """The byte of the bracket that closes the one at `start`."""
    depth = 0
    limit = min(end, start + _LONGEST)
    if data.find(b"]", start, limit) < 0:
        return None
    for bracket in _SIGNS.finditer(data, start, limit):
        if bracket[0] == b"[":
            depth += 1
        elif bracket[0] == b"]":
            depth -= 1
            if depth == 0:
                return bracket.start()
    return None
