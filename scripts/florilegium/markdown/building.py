"""Events become a tree. Nothing is looked for here that CommonMark does not know."""

from collections.abc import Sequence
from typing import Any, cast

from ..core.characters import find_invisible
from .events import CLOSE, LEAF, read_events
from .nodes import BLOCKS, ESCAPED, LITERAL, PLAIN, Node

MAX_NODE_DEPTH = 48
"""Containers within containers, inline ones too (a list in a list are two each): below it children fall into their
grandparent, so that whoever walks a tree may recurse."""

_UNFINISHED = frozenset(("Item", "FootnoteDefinition", "Link", "Image", "TableRow"))
_NESTED = frozenset(("BlockQuote", "List", "Item", "FootnoteDefinition"))
_NAMED = frozenset("\xad\u200b\u200c\u200d\u200e\u200f\u2060")
"""Soft hyphens, joiners and directional marks may be written as entities: a reviewer sees their names."""


def build_tree(text: str, data: bytes) -> Node:
    """Build the tree of a normalised text; `data` is its UTF-8. The root's `info` counts the blocks nested too deep."""
    root = Node("Document", 0, len(data), [])
    stack = [root]
    add: Any = root.children.append  # type: ignore[attr-defined]
    previous = too_deep = 0
    entities = b"&" in data
    for what, start, end, name, value in read_events(text):
        if what == LEAF:
            if name == "Text":
                # The backslash of an escape is in no event.
                info = ESCAPED if start > previous and data[start - 1] == 0x5C else PLAIN
                if entities and data[start] == 0x26 and end > start + 1 and is_unseen(value):
                    add(Node("Text", start, end, (), data[start:end].decode(), LITERAL))
                else:
                    add(Node("Text", start, end, (), value, info))
            else:
                add(Node(name, start, end, (), value if value.__class__ is str else "", value))
            previous = end
        elif what == CLOSE:
            node = stack.pop()
            siblings = stack[-1]
            if node.kind in _UNFINISHED and node is not siblings:
                _finish(node)
            add = siblings.children.append  # type: ignore[attr-defined]
            previous = end
        else:
            previous = start
            if len(stack) > MAX_NODE_DEPTH:
                too_deep += name in _NESTED
                stack.append(stack[-1])
                continue
            node = Node(name, start, end, [], "", value)
            add(node)
            stack.append(node)
            add = node.children.append  # type: ignore[attr-defined]
    root.info = too_deep
    return root


def _finish(node: Node) -> None:
    kind = node.kind
    if kind == "Item" or kind == "FootnoteDefinition":
        node.children = _with_tight(node.children)
    elif (kind == "Link" or kind == "Image") and node.info.type == "Collapsed":
        node.end += 2  # Its `[]` is in no event.
    elif kind == "TableRow":
        # A short row is filled up to the width of its table, which must not multiply a text.
        cells = cast(list[Node], node.children)
        while cells and not cells[-1].children:
            cells.pop()


def _with_tight(children: Sequence[Node]) -> list[Node]:
    """The children of an item, each run of inline ones wrapped in a `Tight`."""
    found: list[Node] = []
    run: list[Node] = []
    for child in children:
        if child.kind in BLOCKS:
            if run:
                found.append(_tight(run))
                run = []
            found.append(child)
        else:
            run.append(child)
    if run:
        found.append(_tight(run))
    return found


def _tight(run: list[Node]) -> Node:
    return Node("Tight", run[0].start, run[-1].end, run)


def is_unseen(character: str) -> bool:
    """Tell whether a character that an entity stands for is one that no reader sees, or that reorders text."""
    # In front of `x`, for a byte order mark is none where it does not come first.
    if character.isprintable() and character.isascii():
        return False
    return character not in _NAMED and any(find_invisible(f"x{character}"))


def trimmed_end(node: Node, data: bytes) -> int:
    """Where a block ends without the line feeds after it."""
    end = node.end
    while end > node.start and data[end - 1] == 0x0A:
        end -= 1
    return end
