"""Runs: the joined text of inline siblings, in which citations are looked for, and the way back to the file."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from ..core.spans import Span
from .nodes import ESCAPED, LITERAL, Node, walk
from .positions import Positions
from .tags import OPEN_TAG

MASK = "\x01"
"""Stands in `Run.masked` alone for what is no running text; no text of a tree or a page ever holds it."""

_BARE = re.compile(r"https?://[^\s<>\[\]`\x01]+", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]*\w@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


class InlineRun:
    """Inline siblings as one text. Indices are those of its characters."""

    __slots__ = (
        "_ascii",
        "_lines",
        "_origin",
        "_seen",
        "_starts",
        "addresses",
        "data",
        "masked",
        "nodes",
        "open_tags",
        "positions",
        "text",
    )

    def __init__(self, nodes: Sequence[Node], positions: Positions) -> None:
        self.nodes = nodes
        self.positions = positions
        self.data = data = positions.data
        texts: list[str] = []
        masked: list[str] = []
        starts: list[int] = []
        at = 0
        entities = positions.has_entities
        for node in nodes:
            starts.append(at)
            kind = node.kind
            if kind == "Text":
                text = node.text
                hidden = text
                if node.info == LITERAL or (entities and _is_entity(node)):
                    hidden = MASK * len(text)
                elif node.info == ESCAPED:
                    hidden = MASK + text[1:]
            elif kind == "SoftBreak" or kind == "HardBreak":
                text = hidden = "\n"
            else:
                # A tag may go on in a second line of a block quote, behind its sign.
                text = node.text if kind in ("InlineHtml", "Tag") else data[node.start : node.end].decode()
                hidden = MASK * len(text)
            texts.append(text)
            masked.append(hidden)
            at += len(text)
        self.text = "".join(texts)
        self.masked = "".join(masked)
        self._starts = starts
        self._ascii = self.text.isascii()
        self._seen = (0, 0, 0)
        self._lines: list[int] | None = None
        """Where lines begin in the text, if it is what stands in the file, without signs of containers; else empty."""
        self.open_tags: list[tuple[int, int]] = []
        """Where tags begin that never end, and comments: a browser may see an element where CommonMark sees text."""
        if "<" in self.masked:
            self._mask_open_tags()
        self.addresses: list[tuple[int, int]] = []
        """Where bare addresses stand, as GitHub links them; they are masked."""
        if "://" in self.masked or "@" in self.masked:
            self._mask_addresses()

    def _mask_open_tags(self) -> None:
        def mask(match: re.Match[str]) -> str:
            self.open_tags.append(match.span())
            return MASK * len(match[0])

        self.masked = OPEN_TAG.sub(mask, self.masked)

    def _mask_addresses(self) -> None:
        masked = self.masked
        if "://" in masked:
            for match in _BARE.finditer(masked):
                before = masked[match.start() - 1 : match.start()]
                if not (before.isalnum() or before in ("_", "/", "@", "{")):
                    self.addresses.append((match.start(), match.start() + len(trim_address(match[0]))))
        if "@" in masked:
            starts = [start for start, _ in self.addresses]
            for start, end in _mail_addresses(masked):
                index = bisect_right(starts, end - 1) - 1
                if index < 0 or self.addresses[index][1] <= start:
                    self.addresses.append((start, end))
            self.addresses.sort()
        pieces: list[str] = []
        position = 0
        for start, end in self.addresses:
            pieces += [masked[position:start], MASK * (end - start)]
            position = end
        self.masked = "".join([*pieces, masked[position:]])

    def places(self) -> list[tuple[Node, int, int]]:
        """Each node with the indices of its start and end."""
        return list(zip(self.nodes, self._starts, [*self._starts[1:], len(self.text)], strict=True))

    def hidden_keys(self) -> list[tuple[int, int]]:
        """Where nodes with content of their own, such as emphasis, hold an `@` that is not in an address."""
        if not any(node.children for node in self.nodes):
            return []
        return [
            (start, end)
            for node, start, end in self.places()
            if node.children and not _is_address(node) and any("@" in child.text for child in walk(node))
        ]

    def offset(self, index: int) -> int:
        """The byte at which the character at an index begins."""
        number = bisect_right(self._starts, index) - 1
        start = self._starts[number]
        if index == start:
            return self.nodes[number].start
        return self.nodes[number].start + self._size(start, index)

    def end_offset(self, index: int) -> int:
        """The byte after the character before an index: two nodes need not touch."""
        if index <= 0:
            return self.offset(0)
        number = bisect_right(self._starts, index - 1) - 1
        node, start = self.nodes[number], self._starts[number]
        return min(node.start + self._size(start, index), max(node.end, node.start))

    def _size(self, start: int, index: int) -> int:
        """The bytes of the text between two indices; `start` is where a node begins."""
        if self._ascii:
            return index - start
        # Most places are asked for in their order, and a text may be very long.
        node, seen, size = self._seen
        if node != start:
            seen, size = start, 0
        if seen <= index:
            size += len(self.text[seen:index].encode("utf-8", "replace"))
        else:
            size -= len(self.text[index:seen].encode("utf-8", "replace"))
        self._seen = (start, index, size)
        return size

    def span(self, start: int, end: int) -> Span:
        """The span of the characters from `start` to `end`."""
        if self._lines is None:
            self._lines = self._plain_lines()
        if self._lines:
            lines, (path, line, column, _, _) = self._lines, self._origin
            if len(lines) == 1:
                return Span(path, line, column + start, line, column + end)
            number, last = bisect_right(lines, start) - 1, bisect_right(lines, end) - 1
            start += column if number == 0 else 1
            end += column if last == 0 else 1
            return Span(path, line + number, start - lines[number], line + last, end - lines[last])
        first = self.offset(start)
        return self.positions.span(first, self.end_offset(end) if end > start else first)

    def _plain_lines(self) -> list[int]:
        nodes = self.nodes
        if not nodes or self.data[nodes[0].start : nodes[-1].end] != self.text.encode("utf-8", "replace"):
            return []
        self._origin = self.positions.span(nodes[0].start, nodes[0].start)
        lines = [0]
        place = self.text.find("\n")
        while place >= 0:
            lines.append(place + 1)
            place = self.text.find("\n", place + 1)
        return lines


def _is_entity(node: Node) -> bool:
    """Whether the text of a node is not what stands in the file."""
    size = node.end - node.start
    return len(node.text) != size and (node.text.isascii() or len(node.text.encode()) != size)


def _is_address(node: Node) -> bool:
    """Whether a node is an address in angle brackets."""
    return node.kind == "Link" and node.info.type in ("Autolink", "Email")


def _mail_addresses(text: str) -> list[tuple[int, int]]:
    """Where mail addresses stand that are written as they are."""
    found: list[tuple[int, int]] = []
    floor = 0
    at = text.find("@")
    while at >= 0:
        start = at
        while start > floor and (text[start - 1].isalnum() or text[start - 1] in "._+-"):
            start -= 1
        match = _MAIL.match(text, start) if start < at else None
        if match is not None and match.end() > at:
            found.append((start, match.end()))
            floor = match.end()
        at = text.find("@", max(at + 1, floor))
    return found


def trim_address(address: str) -> str:
    """A bare address without the punctuation that ends the sentence, as GitHub reads it."""
    end = len(address)
    surplus = address.count(")") - address.count("(")
    while end and (address[end - 1] in "?!.,:*_~'\";’”»" or (address[end - 1] == ")" and surplus > 0)):
        surplus -= address[end - 1] == ")"
        end -= 1
    return address[:end]
