"""The tree as Markdown that any program renders: CommonMark, with the tables, footnotes and deletions of GitHub.

What is written has the same text and the same citations when it is read again. Where signs of emphasis would be read
otherwise than they are meant, the raw tags `<em>`, `<strong>` and `<del>` are written.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote as percent_encode

from .nodes import Node

_SIGN = re.compile(r"[\\`*\[\]<>~|&_]|(?<![^\W_])@|\{(?=[#{])|([=%])(?=\1)|(?<=([=%]))\2|:(?=:)|(?<= )\^(?=[\w-]+\Z)")
_ANY_SIGN = re.compile(r"[\\`*\[\]<>~|&_@{=%:^]")
"""Every sign that the pattern above may find: most texts have none, and one set of characters is quickly looked for."""
_ENTITY = re.compile(r"&#?\w{1,32};")
_START = re.compile(r"([0-9]{1,9})(?=[.)])|(?=[#+=:-])")
"""What would begin a heading, a list or the underline of a heading or table."""

_ABSOLUTE = re.compile(r"https?://[!-;=?-~]+\Z")
_BACKTICKS = re.compile("`+")
_MARKS = {"Emphasis": ("*", "em"), "Strong": ("**", "strong"), "Strikethrough": ("~~", "del")}
_ADDRESS = "!#$%&'()*+,-./:;=?@[]_~"


def escape_markdown(text: str) -> str:
    """Text in which Markdown sees nothing but text, wherever in a line it stands but at its beginning."""
    return _SIGN.sub(_escaped, text) if _ANY_SIGN.search(text) else text


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


def block_quote(blocks: Sequence[str]) -> str:
    """Blocks of Markdown as a block quote."""
    lines = "\n\n".join(blocks).split("\n")
    return "\n".join([f"> {line}".rstrip() for line in lines])


def _as_written(node: Node) -> str:
    return node.text


@dataclass(slots=True)
class MarkdownWriter:
    """Writes the nodes of a tree; what depends on the library is asked of whoever calls, and comes as Markdown."""

    citation: Callable[[Node], str] = _as_written
    quote: Callable[[Node], str] = _as_written
    """A quotation as blocks; empty for none."""
    number: Callable[[Node], str] = _as_written
    """The label of a footnote, by its mark or its definition."""
    address: Callable[[str], str] = field(default=str)
    """Where a hyperlink leads; empty where it may not lead there."""

    def write(self, blocks: Sequence[Node]) -> str:
        """Blocks, parted by empty lines."""
        return "\n\n".join(self.blocks(blocks))

    def line(self, nodes: Sequence[Node]) -> str:
        """Inline nodes on one line, as a heading's text."""
        text = self.inlines(nodes).replace("\\\n", "<br>").replace("\n", " ").strip()
        # Signs at the end of a heading would close it.
        return re.sub(r"(?=#+\Z)", r"\\", text, count=1)

    # -- blocks

    def blocks(self, nodes: Sequence[Node]) -> list[str]:
        """Each block by itself. A list that would go on with the one before it is kept apart by an empty comment."""
        found: list[str] = []
        mark = ""
        for node in nodes:
            block = self.block(node)
            if block:
                own = _list_mark(node)
                found.append(f"<!-- -->\n\n{block}" if own and own == mark else block)
                mark = own
        return found

    def block(self, node: Node) -> str:
        """One block; its later lines are not indented."""
        match node.kind:
            case "Paragraph" | "Tight":
                return self._paragraph(node.children)
            case "Heading":
                return f"{'#' * node.info} {self.line(node.children)}".rstrip()
            case "CodeBlock":
                return _code_block("".join([child.text for child in node.children]), node.info or "")
            case "Rule":
                return "***"
            case "HtmlBlock":
                return self._html(node)
            case "Quote":
                return self.quote(node)
            case "Translation":
                return ""
            case "BlockQuote":
                return block_quote(self.blocks(node.children))
            case "Remark":
                return block_quote([f"[!{str(node.info).upper()}]\n{self.write(node.children)}".rstrip()])
            case "List":
                return self._list(node)
            case "Table":
                return self._table(node)
            case "FootnoteDefinition":
                return _hanging(f"[^{self.number(node)}]:", self.blocks(node.children), "    ")
        return self.write(node.children)

    def _paragraph(self, nodes: Sequence[Node]) -> str:
        text = self.inlines(nodes).strip("\n")
        return "\n".join([_as_text(line) for line in text.split("\n")])

    def _html(self, node: Node) -> str:
        if not any(child.kind == "Tag" and child.info.is_block for child in node.children):
            return self._paragraph(node.children)
        pieces = [
            child.info.html
            if child.kind == "Tag"
            else child.text.replace("&", "&amp;").replace("<", "&lt;").replace("*", "&#42;")
            for child in node.children
        ]
        # An empty line would end the block.
        return re.sub(r"\n[ \t]*(?=\n)", "", "".join(pieces)).strip("\n")

    def _list(self, node: Node) -> str:
        marks = [f"{node.info + n}." if node.info is not None else "-" for n in range(len(node.children))]
        items = [self._item(mark, item) for mark, item in zip(marks, node.children, strict=True)]
        loose = any("\n\n" in item for item in items)
        return ("\n\n" if loose else "\n").join(items)

    def _item(self, mark: str, item: Node) -> str:
        blocks = self.blocks(item.children)
        tight = len(item.children) == 2 and item.children[0].kind == "Tight" and item.children[1].kind == "List"
        if tight and len(blocks) == 2 and "\n\n" not in blocks[1]:
            blocks = ["\n".join(blocks)]
        return _hanging(mark, blocks, " " * (len(mark) + 1))

    def _table(self, node: Node) -> str:
        rows = [[self._cell(cell) for cell in row.children] for row in node.children]
        rule = "".join([f" {_RULES.get(side, '---')} |" for side in node.info])
        lines = [f"| {' | '.join(cells)} |" for cells in rows]
        return "\n".join([*lines[:1], f"|{rule}", *lines[1:]])

    def _cell(self, cell: Node) -> str:
        text = self.inlines(cell.children).replace("\n", " ").strip()
        return re.sub(r"(?<!\\)\|", r"\\|", text)

    # -- what a paragraph consists of

    def inlines(self, nodes: Sequence[Node]) -> str:
        """Inline nodes; emphasis by signs where those are sure to be read as emphasis."""
        nodes = _joined(nodes)
        pieces = [self._inline(node) for node in nodes]
        for index, node in enumerate(nodes):
            if node.kind in _MARKS:
                before = pieces[index - 1][-1:] if index else ""
                after = pieces[index + 1][:1] if index + 1 < len(nodes) else ""
                if index + 1 < len(nodes) and nodes[index + 1].kind in _MARKS:
                    after = "*"
                pieces[index] = _marked(*_MARKS[node.kind], pieces[index], before, after)
        return "".join(pieces)

    def _inline(self, node: Node) -> str:
        match node.kind:
            case "Text":
                return escape_markdown(node.text)
            case "Code":
                return _code(node.text)
            case "SoftBreak":
                return "\n"
            case "HardBreak":
                return "\\\n"
            case "Tag":
                return str(node.info.html)
            case "Citation":
                return self.citation(node)
            case "FootnoteReference":
                return f"[^{self.number(node)}]"
            case "TaskListMarker":
                return "[x] " if node.info else "[ ] "
            case "Link" | "Image":
                return self._link(node)
        return self.inlines(node.children)

    def _link(self, node: Node) -> str:
        target = node.info
        written = target.address
        if target.type == "Email":
            written = f"mailto:{written}"
        address = self.address(written)
        shown = "".join([child.text for child in node.children])
        if target.type in ("Autolink", "Bare", "Email") and (address == shown or address == f"mailto:{shown}"):
            return (
                f"<{shown}>"
                if _ABSOLUTE.match(shown) or address != shown
                else hyperlink(escape_markdown(shown), address)
            )
        inner = self.inlines(node.children)
        if any(child.kind == "Citation" for child in node.children):
            return inner
        sign = "!" if node.kind == "Image" and address else ""
        return f"{sign}{hyperlink(inner, address)}" if address else inner or escape_markdown(written)


def _joined(nodes: Sequence[Node]) -> list[Node]:
    """The nodes with neighbouring texts made one: what a sign means depends on what stands beside it."""
    found: list[Node] = []
    for node in nodes:
        before = found[-1] if found else node
        if node.kind == "Text" and before is not node and before.kind == "Text":
            found[-1] = Node("Text", before.start, node.end, (), before.text + node.text)
        else:
            found.append(node)
    return found


_RULES = {"Left": ":--", "Center": ":-:", "Right": "--:"}


def _as_text(line: str) -> str:
    """A line of a paragraph, so that its beginning begins nothing else."""
    start = _START.match(line)
    return f"{start[0]}\\{line[start.end() :]}" if start else line


def _list_mark(node: Node) -> str:
    return "" if node.kind != "List" else "-" if node.info is None else "."


def _hanging(mark: str, blocks: Sequence[str], indent: str) -> str:
    """Blocks that belong to a mark: the first follows it, all other lines are indented."""
    text = "\n\n".join(blocks)
    return f"{mark} " + re.sub(r"\n(?=[^\n])", f"\n{indent}", text) if text else mark


def _marked(sign: str, name: str, inner: str, before: str, after: str) -> str:
    """Emphasis around words, never around the white space at their ends."""
    words = inner.strip()
    if not words:
        return inner
    lead, trail = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
    before, after = lead[-1:] or before, trail[:1] or after
    if _opens(before, words[0]) and _opens(after, words[-1]) and not words.endswith("\\"):
        return f"{lead}{sign}{words}{sign}{trail}"
    return f"{lead}<{name}>{words}</{name}>{trail}"


def _opens(outside: str, inside: str) -> bool:
    """Whether a sign between the two can only be the edge of emphasis."""
    if not outside or outside.isspace():
        return inside not in "*_~"
    return not outside.isalnum() and outside not in "*_~\\" and inside.isalnum()


def _longest(code: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(code)), default=0)


def _code_block(code: str, info: str) -> str:
    sign = "~" if "`" in info else "`"
    longest = max((len(run) for run in re.findall("~+", code)), default=0) if sign == "~" else _longest(code)
    fence = sign * max(3, 1 + longest)
    end = "\n" if code and not code.endswith("\n") else ""
    return f"{fence}{info}\n{code}{end}{fence}"


def _code(code: str) -> str:
    fence = "`" * (1 + _longest(code))
    # A space at both ends would be taken for such padding.
    padded = "`" in (code[:1], code[-1:]) or ((code[:1], code[-1:]) == (" ", " ") and code.strip(" ") != "")
    padding = " " if padded else ""
    return f"{fence}{padding}{code}{padding}{fence}"
