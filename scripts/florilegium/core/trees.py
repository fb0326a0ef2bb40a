"""Trees of data that know where they stand in a file: scalars, sequences and mappings, each with its span."""

import re
from typing import NamedTuple

from .characters import find_invisible
from .diagnostics import Diagnostic, quoted
from .rules import Group, declare_rule
from .spans import LineTable, Span

MAX_TREE_DEPTH = 16
"""Collections inside each other that are read."""
MAX_TREE_BYTES = 512_000
"""Bytes of UTF-8 of a front matter that are read."""
MAX_NODES = 2_000_000
"""Values of one file that are read: some 600 MB."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")


# Nodes are named tuples for speed: a large library has a million, and a frozen dataclass costs thrice.


class Scalar(NamedTuple):
    """A text, number, truth value or nothing. Only plain (unquoted) ones can be other than text."""

    text: str
    """Without quotation marks and escapes, otherwise as written: `1.10` and `007` keep their digits."""
    plain: bool
    span: Span

    @property
    def is_null(self) -> bool:
        return self.plain and self.text in ("", "~", "null")

    @property
    def boolean(self) -> bool | None:
        """The truth value, of `true` and `false` alone: `no` and `on` are texts."""
        return {"true": True, "false": False}.get(self.text) if self.plain else None

    @property
    def number(self) -> int | None:
        """The whole number, of 18 digits at most."""
        return int(self.text) if self.plain and _INTEGER.fullmatch(self.text) else None


class Sequence(NamedTuple):
    items: "tuple[DataNode, ...]"
    span: Span


class Mapping(NamedTuple):
    entries: "tuple[tuple[Scalar, DataNode], ...]"
    """In their order; no key comes twice."""
    span: Span

    def get(self, key: str) -> "DataNode | None":
        return next((value for name, value in self.entries if name.text == key), None)


DataNode = Scalar | Sequence | Mapping


def kind_of(node: DataNode) -> str:
    """What a value is, in the words of a message: `a text`, `a list`."""
    if not isinstance(node, Scalar):
        return "a list" if isinstance(node, Sequence) else "a mapping"
    if node.is_null:
        return "nothing"
    if node.boolean is not None:
        return "true or false"
    return "a number" if node.number is not None else "a text"


def tree_of(value: object, span: Span, depth: int = 0) -> DataNode:
    """A value of Python, as JSON has them, as a tree whose every part stands at one place."""
    if isinstance(value, dict | list | tuple) and depth >= MAX_TREE_DEPTH:
        return Scalar("", True, span)
    if isinstance(value, dict):
        entries = ((Scalar(str(key), False, span), tree_of(inner, span, depth + 1)) for key, inner in value.items())
        return Mapping(tuple(entries), span)
    if isinstance(value, list | tuple):
        return Sequence(tuple(tree_of(inner, span, depth + 1) for inner in value), span)
    if value is None or isinstance(value, bool):
        return Scalar("" if value is None else str(value).lower(), True, span)
    return Scalar(str(value), isinstance(value, int | float), span)


class Stop(Exception):
    """No more of a text can be read; the problem is recorded already."""


declare_rule(
    "too-deep",
    Group.LIMITS,
    "Lists, block quotes and YAML values are nested at most 16 deep.",
    "Nesting of that depth is a mistake, or an attack on the programs that read it.",
    "Flatten the structure.",
)

declare_rule(
    "malformed-front-matter",
    Group.FRONT_MATTER,
    "A note and a theme open with YAML between two lines `---`.",
    "Anchors, aliases, tags, merge keys and duplicate keys are refused too: they mean different things to different "
    "programs.",
    "Correct the YAML at the place that the message names; quote a value that holds `: ` or ` #`.",
)


class Findings:
    """Base of what reads one thing: the problems that it found so far, `most` at the most."""

    rule = "malformed-front-matter"
    most = 100
    about = ""
    """What all of them concern."""

    def __init__(self) -> None:
        self.problems: list[Diagnostic] = []

    def report(self, span: Span, message: str, remedy: str = "", rule: str = "", about: str = "") -> None:
        if len(self.problems) < self.most:
            about = about or self.about
            found = Diagnostic(rule=rule or self.rule, span=span, message=message, help=remedy, about=about)
            self.problems.append(found)


class Reader(Findings):
    """What the readers of texts share: a text, and its place in the file."""

    def __init__(self, text: str, table: LineTable, offset: int = 0) -> None:
        super().__init__()
        self.text, self.table, self.offset = text, table, offset

    def place(self, start: int, end: int) -> Span:
        """The span of `text[start:end]`."""
        return self.table.span(self.offset + start, self.offset + end)

    def stop(self, span: Span, message: str, remedy: str = "", rule: str = "") -> Stop:
        self.report(span, message, remedy, rule)
        return Stop()

    def too_deep(self, span: Span) -> Stop:
        return self.stop(
            span, f"values are nested more than {MAX_TREE_DEPTH} deep", "flatten the structure", "too-deep"
        )

    def check_size(self, max_bytes: int) -> None:
        if len(self.text) * 4 <= max_bytes:
            return
        size = len(self.text.encode("utf-8", "surrogatepass"))
        if size > max_bytes:
            message = f"{size:,} bytes of data; at most {max_bytes:,} are read"
            raise self.stop(self.place(0, 0), message, "split them into several files", "too-large")

    def check_count(self, count: int) -> None:
        if count > MAX_NODES:
            message = f"more than {MAX_NODES:,} values"
            raise self.stop(self.place(0, 0), message, "split them into several files", "too-large")

    def check_escapes(self, value: str, span: Span) -> None:
        """Refuse characters that an escape such as `\\u202e` brought in behind the back of every reviewer."""
        lone = _SURROGATE.search(value)
        # After a line end nothing is taken for the byte order mark of a file.
        found = f"U+{ord(lone[0]):04X}" if lone else next((c.name for c in find_invisible(f"\n{value}")), "")
        if found:
            message = f"an escape stands for the invisible character {found}"
            self.report(span, message, "delete the escape", "invisible-character")

    def check_keys(self, items: list[DataNode]) -> list[tuple[Scalar, DataNode]]:
        """The entries of a mapping, given as keys and values in turn, without those that are refused."""
        seen: dict[str, Scalar] = {}
        entries = []
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, Scalar):
                self.report(key.span, f"a key must be a text, not {kind_of(key)}", "put quotes around it")
            elif key.text == "<<" and key.plain:
                self.report(key.span, 'the merge key "<<" is refused', "write the entries out")
            elif key.text in seen:
                message = f"the key {quoted(key.text)} stands in line {seen[key.text].span.line} already"
                self.report(key.span, message, "remove one of the two")
            else:
                seen[key.text] = key
                entries.append((key, value))
        return entries
