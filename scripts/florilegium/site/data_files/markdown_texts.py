"""Prose as Markdown that any program renders: CommonMark, with the tables, footnotes and deletions of GitHub."""

import re
from collections.abc import Callable, Sequence
from urllib.parse import quote as percent_encode

from .html_trees import Element
from .plain_texts import TextWriter

__all__ = ["MarkdownWriter", "block_quote", "escape_text", "hyperlink"]

_SIGN = re.compile(r"[\\`*\[\]<>~|&_]")
_ENTITY = re.compile(r"&#?\w{1,32};")
_START = re.compile(r"([0-9]{1,9})(?=[.)])|(?=[#+=-])")
"""What would begin a heading, a list or the underline of a heading."""

_ABSOLUTE = re.compile(r"https?://[!-;=?-~]+\Z")
_BACKTICKS = re.compile("`+")
_MARKS = {"em": "*", "i": "*", "strong": "**", "b": "**", "del": "~~", "s": "~~"}
_KEPT = frozenset({"sub", "sup"})


def escape_text(text: str) -> str:
    """Text in which Markdown sees nothing but text, wherever in a line it stands but at its beginning."""
    return _SIGN.sub(_escaped, text)


def _escaped(sign: re.Match[str]) -> str:
    text, place = sign.string, sign.start()
    if sign[0] == "&" and not _ENTITY.match(text, place):
        return "&"
    if sign[0] == "_" and text[place - 1 : place].isalnum() and text[place + 1 : place + 2].isalnum():
        return "_"
    return f"\\{sign[0]}"


def hyperlink(text: str, address: str) -> str:
    """A hyperlink; `text` is Markdown."""
    encoded = percent_encode(address, safe=_ADDRESS)
    return f"[{text}]({f'<{encoded}>' if set(encoded) & set('()') else encoded})" if address else text


_ADDRESS = "!#$%&'()*+,-./:;=?@[]_~"


def block_quote(blocks: Sequence[str]) -> str:
    lines = "\n\n".join(blocks).split("\n")
    return "\n".join(f"> {line}".rstrip() for line in lines)


class MarkdownWriter(TextWriter):
    """Writes clean HTML as Markdown. Hyperlinks are written as they are, but for those within the page."""

    def __init__(self, quote: Callable[[int], str], page: str) -> None:
        super().__init__(quote)
        self.page = page
        """The address of the page that the HTML is from."""

    def line(self, html: str) -> str:
        # Signs at the end of a heading would close it.
        return re.sub(r"(?=#+\Z)", r"\\", super().line(html), count=1)

    # -- blocks

    def blocks(self, nodes: Sequence[Element | str]) -> list[str]:
        found = super().blocks(nodes)
        return [_apart(before, block) for before, block in zip(["", *found], found, strict=False)]

    def block(self, element: Element) -> list[str]:
        if "fl-footnotes" in element.classes:
            return [self._footnote(item) for part in element.elements for item in part.elements]
        return super().block(element)

    def _footnote(self, item: Element) -> str:
        number = item.attributes.get("id", "").rpartition("-")[2]
        return _hanging(f"[^{number}]:", self.blocks(item.children), "    ")

    def paragraph(self, nodes: Sequence[Element | str]) -> str:
        return "\\\n".join(_as_text(line) for line in self.lines(nodes))

    def code_block(self, code: str) -> str:
        fence = "`" * max(3, 1 + _longest(code))
        end = "\n" if code and not code.endswith("\n") else ""
        return f"{fence}\n{code}{end}{fence}"

    def item(self, mark: str, element: Element) -> str:
        return _hanging(mark, self.blocks(element.children), " " * (len(mark) + 1))

    def table(self, element: Element) -> str:
        rows = [[self.cell(cell) for cell in row.elements] for part in element.elements for row in part.elements]
        lines = [f"| {' | '.join(cells)} |" for cells in rows]
        return "\n".join([*lines[:1], "|" + " --- |" * len(rows[0]), *lines[1:]]) if rows else ""

    def cell(self, element: Element) -> str:
        return re.sub(r"(?<!\\)\|", r"\\|", "<br>".join(self.lines(element.children)))

    def quotation(self, blocks: Sequence[str]) -> str:
        return block_quote(blocks)

    def rule(self) -> str:
        return "***"

    def term(self, element: Element) -> str:
        return _marked("**", self.paragraph(element.children))

    # -- what a paragraph consists of

    def text(self, text: str) -> str:
        return escape_text(text)

    def element(self, element: Element, inner: str) -> str:
        if "fl-noteref" in element.classes:
            return f"[^{inner}]"
        if element.name == "sup" and inner.startswith("[^"):
            return inner
        if element.name in _MARKS:
            return _marked(_MARKS[element.name], inner)
        if element.name in _KEPT:
            return f"<{element.name}>{inner}</{element.name}>"
        if element.name == "code":
            return _code(element.text)
        if element.name == "a" and "fl-ref" not in element.classes:
            address = element.attributes.get("href", "")
            if address == element.text and _ABSOLUTE.match(address):
                return f"<{address}>"
            return hyperlink(inner, f"{self.page}{address}" if address.startswith("#") else address)
        return super().element(element, inner)


def _as_text(line: str) -> str:
    """A line of a paragraph, so that its beginning begins nothing else."""
    start = _START.match(line)
    return f"{start[0]}\\{line[start.end() :]}" if start else line


def _apart(before: str, block: str) -> str:
    """A list that would be taken for the rest of the list before it is kept apart by an empty comment."""
    return f"<!-- -->\n\n{block}" if _list_mark(before) and _list_mark(before) == _list_mark(block) else block


def _list_mark(block: str) -> str:
    match = re.match(r"(?:[0-9]+)?([-.])(?=[ \n]|\Z)", block)
    return match[1] if match else ""


def _hanging(mark: str, blocks: Sequence[str], indent: str) -> str:
    """Blocks that belong to a mark: the first follows it, all other lines are indented."""
    text = "\n\n".join(blocks)
    return f"{mark} " + re.sub(r"\n(?=[^\n])", f"\n{indent}", text) if text else mark


def _marked(mark: str, inner: str) -> str:
    """Emphasis around words, never around the white space at their ends."""
    words = inner.strip()
    if not words:
        return inner
    start = inner[: len(inner) - len(inner.lstrip())]
    return f"{start}{mark}{words}{mark}{inner[len(start) + len(words) :]}"


def _longest(code: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(code)), default=0)


def _code(code: str) -> str:
    fence = "`" * (1 + _longest(code))
    # A space at both ends would be taken for such padding.
    padded = "`" in (code[:1], code[-1:]) or (code[:1], code[-1:]) == (" ", " ")
    padding = " " if padded else ""
    return f"{fence}{padding}{code}{padding}{fence}"
