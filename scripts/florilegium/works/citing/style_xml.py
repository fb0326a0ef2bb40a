"""A citation style as XML that anybody may have sent: read within bounds, and refused where pandoc would not finish.

What pandoc refuses: https://hackage.haskell.org/package/citeproc (the module Citeproc.Style).
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from xml.parsers.expat import errors

from ...core.diagnostics import plain, quoted
from ...core.errors import FlorilegiumError

CSL = "{http://purl.org/net/xbiblio/csl}"
_MAX_DEPTH = 100
"""Elements inside each other; real styles have some 20."""
_MOST_ELEMENTS = 100_000
"""Elements that one macro, or one layout, can print, those of macros in it among them; of the shipped styles none has
2,000."""
_PRINTING = frozenset(("text", "date", "number", "names", "label", "group", "choose"))
_HOLDERS = frozenset(("macro", "layout", "group", "substitute", "if", "else-if", "else"))
"""The elements whose children all print something."""
_IN_NAMES = frozenset(("name", "et-al", "label", "substitute"))
_CONTENTS = ("variable", "macro", "term", "value")
"""What a text is made of: one of these attributes says it."""


_LANGUAGES = ("{http://www.w3.org/XML/1998/namespace}lang", "default-locale")
_CUT = errors.codes[errors.XML_ERROR_NO_ELEMENTS]


class StyleFault(FlorilegiumError):
    """A style cannot be used; the message fits behind its name, `line` is where that shows."""

    def __init__(self, fault: str, line: int = 1) -> None:
        super().__init__(fault)
        self.line = line


class StyleXml(ElementTree.TreeBuilder):
    """The tree of a style, without a document type and so without entities, and the line in which elements begin."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.line = 1
        """The line that is being read."""
        self.lines: dict[ElementTree.Element, int] = {}

    def doctype(self, *_: object) -> None:
        raise ValueError("it declares a document type, which a style has no need of")

    def start(self, tag: str, attrs: dict[str, str]) -> ElementTree.Element:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise ValueError(f"its elements are nested more than {_MAX_DEPTH} deep")
        element = super().start(tag, attrs)
        self.lines[element] = self.line
        return element

    def end(self, tag: str) -> ElementTree.Element:
        self.depth -= 1
        return super().end(tag)


def parse_style_xml(text: bytes) -> tuple[ElementTree.Element, Mapping[ElementTree.Element, int]]:
    """Read a style: its root, and the lines of its elements. Raises `StyleFault`."""
    builder = StyleXml()
    parser = ElementTree.XMLParser(target=builder)
    try:
        for builder.line, line in enumerate(text.splitlines(keepends=True), 1):
            parser.feed(line)
        root: ElementTree.Element = parser.close()
    except ElementTree.ParseError as error:
        # Expat's words end with the line, and say little of a file that was cut.
        said = "it ends before its elements do" if error.code == _CUT else str(error).partition(":")[0]
        raise StyleFault(f"cannot be read as XML ({plain(said)})", error.position[0]) from None
    except (LookupError, ValueError) as error:
        raise StyleFault(f"cannot be read ({plain(str(error))})", builder.line) from None
    return root, builder.lines


def check_style_xml(root: ElementTree.Element, lines: Mapping[ElementTree.Element, int]) -> None:
    """Refuse what pandoc would give up on, or take all time and memory for. Raises `StyleFault`."""
    for element in root.iter():
        if fault := _fault(element):
            raise StyleFault(fault, lines.get(element, 1))
        kind = _kind(element)
        for part in element if kind in _HOLDERS or kind == "names" else ():
            if _kind(part) not in (_IN_NAMES if kind == "names" else _PRINTING):
                raise StyleFault(f"has a {quoted(_kind(part))} where none can stand, in a {kind}", lines.get(part, 1))
    for name in ("citation", "bibliography"):
        if len(found := root.findall(f"{CSL}{name}")) > 1:
            raise StyleFault(f"has two elements {quoted(name)}", lines.get(found[1], 1))
    _check_macros(root, lines)


def _kind(element: ElementTree.Element) -> str:
    return element.tag.removeprefix(CSL)


def _is_language(text: str) -> bool:
    return not text or re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", text) is not None


def _fault(element: ElementTree.Element) -> str:
    kind = _kind(element)
    if kind == "text" and not any(name in element.attrib for name in _CONTENTS):
        return "has a text without variable, macro, term or value"
    if kind == "number" and "variable" not in element.attrib:
        return "has a number without a variable"
    if language := next((element.get(name) for name in _LANGUAGES if not _is_language(element.get(name, ""))), ""):
        return f"names an unknown language, {quoted(language)}"
    if kind in ("macro", "term") and "name" not in element.attrib:
        return f"has a {kind} without a name"
    return ""


def _check_macros(root: ElementTree.Element, lines: Mapping[ElementTree.Element, int]) -> None:
    macros = {macro.get("name", ""): macro for macro in root.findall(f"{CSL}macro")}
    calls = {macro: {call for call in words(element, "macro") if call in macros} for macro, element in macros.items()}
    try:
        order = tuple(TopologicalSorter(calls).static_order())
    except CycleError as error:
        name = error.args[1][0]
        raise StyleFault(f"has a macro that leads to itself, {quoted(name)}", lines.get(macros[name], 1)) from None
    sizes: dict[str, int] = {}
    for macro in order:
        sizes[macro] = _size(macros[macro], sizes)
        if sizes[macro] > _MOST_ELEMENTS:
            fault = f"has a macro that stands for more than {_MOST_ELEMENTS:,} elements, {quoted(macro)}"
            raise StyleFault(fault, lines.get(macros[macro], 1))
    for part in (*root.findall(f"{CSL}citation"), *root.findall(f"{CSL}bibliography")):
        if _size(part, sizes) > _MOST_ELEMENTS:
            fault = f"has a {_kind(part)} that stands for more than {_MOST_ELEMENTS:,} elements"
            raise StyleFault(fault, lines.get(part, 1))


def _size(element: ElementTree.Element, sizes: Mapping[str, int]) -> int:
    """How many elements a part of a style can print, each macro written out where it is called."""
    within = [_size(part, sizes) for part in element]
    # Of the branches of a condition one is taken.
    inner = max(within, default=0) if element.tag == f"{CSL}choose" else sum(within)
    return 1 + sizes.get(element.get("macro", ""), 0) + inner


def words(root: ElementTree.Element, attribute: str) -> Iterator[str]:
    """The words in an attribute of an element and of all below it."""
    for element in root.iter():
        yield from element.get(attribute, "").split()
