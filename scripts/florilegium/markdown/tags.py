"""Raw HTML, judged once: which tags stand, and which are shown as the text that they are.

A tag stands if `policy.py` allows it and it has its partner among the same siblings; a void element stands alone. So
what a writer makes of the tree is well-formed, and no writer looks at the allow-list. The parts of an HTML block are
judged as siblings of those of its neighbours, since `<details>` may hold paragraphs.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from ..core import policy
from ..core.diagnostics import quoted
from ..core.entities import unescape_html
from ..core.rules import Group, declare_rule
from .building import is_unseen
from .nodes import LITERAL, PLAIN, Node

MAX_TAG_DEPTH = 16
"""Raw elements within one another; sanitisers take quadratic time for deep ones."""

_KEPT = 64

_MAX_VALUE = 2000
"""Characters of an attribute, such as the title of an abbreviation."""

_SPACE = "[ \t\n]"
_ATTRIBUTE = re.compile(r"""[ \t\n]([A-Za-z_:][A-Za-z0-9_.:-]*)(?:[ \t\n]*=[ \t\n]*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?""")
_ATTRIBUTES = rf"""(?:{_SPACE}+[A-Za-z_:][A-Za-z0-9_.:-]*+(?:{_SPACE}*={_SPACE}*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?)*"""
_TOKEN = re.compile(
    rf"<!-->|<!--->|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!.*?(?:>|\Z)"
    rf"|<[A-Za-z][A-Za-z0-9-]*{_ATTRIBUTES}{_SPACE}*/?>|</[A-Za-z][A-Za-z0-9-]*{_SPACE}*>"
    rf"|</?[A-Za-z][A-Za-z0-9-]*(?=[\s/>]|\Z)[^<>\n]*",
    re.DOTALL,
)
OPEN_TAG = re.compile(r"(?<![^\W_])</?([A-Za-z][A-Za-z0-9-]*)(?=[\s/>]|\Z)[^<>\n]*|<!--")
"""The beginning of a tag or comment in running text, where CommonMark has found none that ends."""

_RAW = re.compile(r"<(?:(?:script|pre|style|textarea)(?=[\s>]|\Z)|\?|!(?!--))", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_INSIDE = {"dt": ("dt", "dd"), "dd": ("dt", "dd"), "rt": ("rt", "rp"), "rp": ("rt", "rp"), "summary": ("summary",)}
"""Elements that a browser closes when the one begins within the other."""


class RawTag(NamedTuple):
    """A tag that stands, as it is written in a page."""

    name: str
    html: str
    closes: bool

    @property
    def is_void(self) -> bool:
        return self.name in policy.VOID_ELEMENTS

    @property
    def is_block(self) -> bool:
        return self.name in policy.BLOCK_ELEMENTS


class TagFault(NamedTuple):
    """What is wrong with a range of bytes."""

    rule: str
    start: int
    end: int
    message: str
    remedy: str
    about: str = ""
    """Of a wikilink, what stands between its brackets."""


_LITERALLY = "use Markdown, or write &lt; for a literal <"


class _Open(NamedTuple):
    """A tag that waits for its partner."""

    node: Node
    name: str
    block: int
    refused: bool


declare_rule(
    "forbidden-html",
    Group.PROSE,
    "Raw HTML in prose is limited to a short list of harmless elements.",
    "A note comes from anybody; what is not on the list could hide text, load something or run in the reader's "
    "browser.",
    "Use Markdown; or write `&lt;` to show the tag as text.",
)


class _Judge:
    """Finds partners in a sequence of siblings, and sets the fate of each tag."""

    def __init__(self) -> None:
        self.opened: list[_Open] = []
        self.faults: list[TagFault] = []
        self.deep = False
        self.beyond: Counter[str] = Counter()
        """Refused tags within so many others that nobody keeps them: only their number counts."""

    def judge(self, node: Node, block: int, *, inline: bool) -> None:
        """Let a node of raw HTML be a `Tag`, or text."""
        tag = node.text
        if tag.startswith("<!--"):
            if not tag.endswith(("-->", "<!-->", "<!--->")):
                self._report("forbidden-html", node.start, node.start + 4, "this comment is never closed", "add -->")
            node.kind, node.text, node.info = "Text", "", LITERAL
            return
        name = policy.tag_name(tag)
        closes = tag.startswith("</")
        fault = policy.tag_fault(tag)
        if fault is None and inline and name in policy.BLOCK_ELEMENTS:
            fault = "stands within a line, and is no part of a paragraph; begin a line with it"
        if closes:
            self._close(node, name, fault, block)
        elif fault is not None:
            self._refuse(node, f"the tag {quoted(tag)} {fault}", _LITERALLY)
            if name and name not in policy.VOID_ELEMENTS and not tag.endswith("/>"):
                self._shown(node, name, block)
        elif name in policy.VOID_ELEMENTS:
            _keep(node, RawTag(name, f"<{name}{_attributes(name, tag)}>", closes=False))
        else:
            self._open(node, name, block)

    def refused(self, node: Node, name: str) -> None:
        """Take note of a tag that is reported elsewhere, so that its partner is not."""
        self._shown(node, name, 0)

    def _open(self, node: Node, name: str, block: int) -> None:
        standing = [tag for tag in self.opened if not tag.refused]
        if len(standing) >= MAX_TAG_DEPTH:
            if not self.deep:
                self.deep = True
                message = f"elements are nested more than {MAX_TAG_DEPTH} deep"
                self._report("too-deep", node.start, node.end, message, "flatten the structure")
            _show(node)
            self._shown(node, name, block)
            return
        if standing and standing[-1].name in _INSIDE.get(name, ()):
            self._refuse(node, f"{quoted(node.text)} begins within <{standing[-1].name}>", "close that one before")
            self._shown(node, name, block)
            return
        self.opened.append(_Open(node, name, block, refused=False))

    def _shown(self, node: Node, name: str, block: int) -> None:
        """Keep in mind that a tag was refused, so that its partner is too without a word."""
        if len(self.opened) < _KEPT:
            self.opened.append(_Open(node, name, block, refused=True))
        else:
            self.beyond[name] += 1

    def _close(self, node: Node, name: str, fault: str | None, block: int) -> None:
        if self.beyond[name]:
            self.beyond[name] -= 1
            _show(node)
            return
        index = next((i for i in range(len(self.opened) - 1, -1, -1) if self.opened[i].name == name), None)
        reachable = index is not None and (name in policy.SPANNING_ELEMENTS or self.opened[index].block == block)
        if index is None or not reachable:
            if policy.tag_fault(node.text) is not None:
                self._refuse(node, f"the tag {quoted(node.text)} {fault}", _LITERALLY)
            else:
                message = f"{quoted(node.text)} closes nothing that is open here"
                self._refuse(node, message, "remove it, or open the element before")
            return
        partner = self.opened[index]
        for unclosed in self.opened[index + 1 :]:
            self._never_closed(unclosed, "add")
        del self.opened[index:]
        if partner.refused or fault is not None:
            _show(node)  # Where the tag that it belongs to was refused, that is said already.
            if not partner.refused:
                _show(partner.node)
            return
        _keep(partner.node, RawTag(name, f"<{name}{_attributes(name, partner.node.text)}>", closes=False))
        _keep(node, RawTag(name, f"</{name}>", closes=True))

    def end(self, remedy: str, block: int | None = None) -> None:
        """Refuse what is still open: all of it, or what had to end in one block."""
        kept: list[_Open] = []
        for tag in self.opened:
            if block is None or (tag.block == block and tag.name not in policy.SPANNING_ELEMENTS):
                self._never_closed(tag, remedy)
            else:
                kept.append(tag)
        self.opened = kept

    def _never_closed(self, tag: _Open, remedy: str) -> None:
        if not tag.refused:
            self._refuse(tag.node, f"<{tag.name}> is never closed", f"{remedy} </{tag.name}>")

    def _refuse(self, node: Node, message: str, remedy: str) -> None:
        self._report("forbidden-html", node.start, node.end, message, remedy)
        _show(node)

    def _report(self, rule: str, start: int, end: int, message: str, remedy: str) -> None:
        self.faults.append(TagFault(rule, start, end, message, remedy))


def _keep(node: Node, tag: RawTag) -> None:
    node.kind, node.info = "Tag", tag


def _show(node: Node) -> None:
    node.kind, node.info = "Text", LITERAL


def judge_inline(nodes: Iterable[Node]) -> list[TagFault]:
    """Judge the tags among the children of one node; returns what is wrong with them."""
    judge = _Judge()
    for node in nodes:
        if node.kind == "InlineHtml":
            judge.judge(node, 0, inline=True)
        elif node.kind == "Text" and "<" in node.text:
            for found in OPEN_TAG.finditer(node.text):
                if found[1] and not found[0].startswith("</"):
                    judge.refused(node, found[1].lower())
    judge.end("in the same paragraph, add")
    return judge.faults


def judge_blocks(blocks: Sequence[Node]) -> list[TagFault]:
    """Judge the tags of the HTML blocks among the children of one node; their children become `Tag`s and `Text`s."""
    judge = _Judge()
    for number, block in enumerate(blocks):
        if block.kind != "HtmlBlock":
            continue
        block.children = list(_parts(block, judge.faults))
        for node in block.children:
            if node.kind == "InlineHtml":
                judge.judge(node, number, inline=False)
        judge.end("in the same block, add", number)
    judge.end("add")
    return judge.faults


def _parts(block: Node, faults: list[TagFault]) -> Iterator[Node]:
    """The text and the tags of an HTML block."""
    lines = block.children
    text = "".join([line.text for line in lines])
    starts = [0]
    for line in lines[:-1]:
        starts.append(starts[-1] + len(line.text))

    def offset(index: int) -> int:
        number = bisect_right(starts, index) - 1
        return lines[number].start + len(text[starts[number] : index].encode())

    def part(kind: str, start: int, end: int, shown: str, info: int | None) -> Node:
        first, last = offset(start), offset(max(end - 1, start)) + (len(text[end - 1].encode()) if end > start else 0)
        return Node("Text" if kind == "Text" else "InlineHtml", first, last, (), shown, info)

    if _RAW.match(text.lstrip(" ")):
        first = _TOKEN.search(text)
        if first is not None:
            shown = first[0].partition("\n")[0].rstrip()
            fault = policy.tag_fault(shown) or "is not among the elements that prose may hold"
            message = f"the tag {quoted(shown)} {fault}"
            node = part("Html", first.start(), first.start() + len(shown), shown, None)
            faults.append(TagFault("forbidden-html", node.start, node.end, message, _LITERALLY))
        yield part("Text", 0, len(text), text, LITERAL)
        return
    position = 0
    for token in _TOKEN.finditer(text):
        if token.start() > position:
            yield from _texts(position, token.start(), text, part, faults)
        yield part("Html", token.start(), token.end(), token[0], None)
        position = token.end()
    if position < len(text):
        yield from _texts(position, len(text), text, part, faults)


def _texts(start: int, end: int, text: str, part: Callable[..., Node], faults: list[TagFault]) -> Iterator[Node]:
    """Text between tags, its entities decoded but for those that would hide or reorder something."""
    shown = text[start:end]
    if "&" in shown:
        for entity in _ENTITY.finditer(text, start, end):
            if (
                any(is_unseen(character) for character in unescape_html(entity[0]))
                and unescape_html(entity[0]) != entity[0]
            ):
                node = part("Text", *entity.span(), entity[0], LITERAL)
                message = f"{quoted(entity[0])} stands for a character that no reader sees, or that reorders text"
                faults.append(TagFault("invisible-character", node.start, node.end, message, "remove it"))
        shown = _ENTITY.sub(_decoded, shown)
    yield part("Text", start, end, shown, PLAIN)


def _decoded(entity: re.Match[str]) -> str:
    character = unescape_html(entity[0])
    return entity[0] if any(map(is_unseen, character)) else character


def _attributes(name: str, tag: str) -> str:
    allowed = policy.ATTRIBUTES["*"] | policy.ATTRIBUTES.get(name, frozenset())
    written: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(tag):
        attribute = match[1].lower()
        if attribute in allowed and attribute not in written:
            value = " ".join(unescape_html(_unquoted(match[2] or "")).split())[:_MAX_VALUE]
            written[attribute] = f' {attribute}="{escape(value)}"'
    return "".join(written.values())


def _unquoted(value: str) -> str:
    return value[1:-1] if value.startswith(('"', "'")) else value
