"""The tree as text: what a reader sees, and the words of a quotation as they are compared, searched and exported.

Blocks are lines. What the HTML of the same tree shows as text is this text, white space at the ends of lines aside,
and raised and lowered signs, which HTML raises itself.
"""

from collections.abc import Callable, Iterable, Sequence

from .nodes import Node

_RAISED = dict(
    zip("0123456789+-−=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True)
)
_LOWERED = dict(zip("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_SIGNS = {"sup": (_RAISED, "^"), "sub": (_LOWERED, "_")}


def raised_text(name: str, text: str) -> str:
    """What `<sup>` or `<sub>` is in text: the characters that Unicode has, else `^(…)` and `_(…)`."""
    table, sign = _SIGNS[name]
    if all(character in table for character in text):
        return "".join([table[character] for character in text])
    return f"{sign}({text})"


def callout_title(node: Node) -> str:
    """The title of a remark: `Note`."""
    return str(node.info).capitalize()


type_shown = Callable[[Node], str]


def write_text(blocks: Iterable[Node], shown: type_shown | None = None, separator: str = "\n") -> str:
    """Write blocks as text. `shown` gives what stands for a citation, a quote or a footnote's mark."""
    pieces = ["\n".join(text_lines([block], shown)) for block in blocks]
    return separator.join([piece for piece in pieces if piece])


def write_line(nodes: Sequence[Node], shown: type_shown | None = None) -> str:
    """Write inline nodes as one line."""
    out: list[str] = []
    _inlines(nodes, out, shown)
    return " ".join("".join(out).split())


def text_lines(blocks: Iterable[Node], shown: type_shown | None = None) -> list[str]:
    """Write blocks as pieces of text, of which none is empty: a paragraph, a row of a table, the text of code."""
    out: list[str] = []
    for block in blocks:
        _block(block, out, shown)
    return out


def _block(node: Node, out: list[str], shown: type_shown | None) -> None:
    kind = node.kind
    if kind == "Paragraph" or kind == "Tight" or kind == "Heading":
        _add(_inline_text(node.children, shown), out)
    elif kind == "CodeBlock":
        _add("".join([child.text for child in node.children]).rstrip("\n"), out)
    elif kind == "HtmlBlock":
        _add(_inline_text(node.children, shown).strip("\n"), out)
    elif kind == "TableHead" or kind == "TableRow":
        _add(" ".join([_inline_text(cell.children, shown) for cell in node.children]), out)
    elif kind == "Quote":
        if shown is not None:
            _add(shown(node), out)
    elif kind == "Remark":
        out.append(callout_title(node))
        out.extend(text_lines(node.children, shown))
    elif kind not in ("Rule", "FootnoteDefinition", "Translation"):
        for child in node.children:
            _block(child, out, shown)


def _add(text: str, out: list[str]) -> None:
    if text.strip():
        out.append(text)


def _inline_text(nodes: Sequence[Node], shown: type_shown | None) -> str:
    if len(nodes) == 1 and nodes[0].kind == "Text":
        return nodes[0].text
    out: list[str] = []
    _inlines(nodes, out, shown)
    return "".join(out)


def _inlines(nodes: Sequence[Node], out: list[str], shown: type_shown | None) -> None:
    outer: list[list[str]] = []
    for node in nodes:
        kind = node.kind
        if kind == "Text" or kind == "Code":
            out.append(node.text)
        elif kind == "SoftBreak" or kind == "HardBreak":
            out.append("\n")
        elif kind == "Tag":
            name = node.info.name
            if name in _SIGNS:
                # A pair stands among the same siblings, so its text is all that comes between.
                if not node.info.closes:
                    outer.append(out)
                    out = []
                else:
                    text = "".join(out)
                    out = outer.pop()
                    out.append(raised_text(name, text))
            elif name == "br" or node.info.is_block:
                out.append("\n")
        elif kind == "Citation" or kind == "FootnoteReference":
            out.append(shown(node) if shown is not None else raised_text("sup", node.text))
        elif kind == "TaskListMarker":
            out.append("☑ " if node.info else "☐ ")
        else:
            before = len(out)
            _inlines(node.children, out, shown)
            if (kind == "Link" or kind == "Image") and not "".join(out[before:]).strip():
                # A hyperlink without words could be neither seen nor heard.
                out.append(node.info.address)
