"""Citation styles: which there are, and what of a style has to be set aside for use on a web site."""

import os
import stat
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..diagnostics import did_you_mean, quoted

__all__ = ["LABELS", "ORDER", "STYLES", "BibliographyError", "Style", "label_word", "read_style"]

STYLES = (
    "apa",
    "chicago-author-date",
    "chicago-notes-bibliography",
    "harvard-cite-them-right",
    "modern-language-association",
    "nlm-citation-sequence",
)
"""The names of the styles that come with the program."""

LABELS = frozenset(
    """book chapter column figure folio issue line note opus page paragraph part section sub-verbo verse
    volume""".split()
)
"""The locator labels that pandoc knows."""

ORDER = "florilegium-order"
"""A variable of ours, by which works are sorted that a style sorts alike."""

_FOLDER = Path(__file__).parent.parent / "styles"
_LIMIT = 2 * 1024 * 1024
_CSL = "{http://purl.org/net/xbiblio/csl}"
_TRIMMED = ("disambiguate-add-names", "disambiguate-add-givenname", "givenname-disambiguation-rule")


class BibliographyError(Exception):
    """Citations cannot be formatted; the message says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A CSL style, ready for pandoc."""

    name: str
    xml: bytes
    """The style as pandoc gets it: see `_prepare`."""
    xml_without_entries: bytes
    """The same, but with nothing in the entries: for runs that are only about citations."""
    variables: frozenset[str]
    """Every variable that the style prints or asks about."""
    sequential: bool
    """Whether citations depend on all works, or on their order, otherwise than by a letter after the year."""
    follows_apa: bool
    """Whether two rules of APA hold that CSL cannot express: see `works.py`."""


def label_word(label: str) -> str:
    """The word that we add to a style for a locator label, and that means nothing else in any language."""
    return f"xlocator{label}"


def read_style(style: str, *, folder: Path | None = None) -> Style:
    """Read the style of that name, or the `.csl` file at that path below `folder`.

    Raises `BibliographyError` where there is no such style, or where it is none that can be used.
    """
    if style in STYLES:
        return _parse_style(style, (_FOLDER / f"{style}.csl").read_bytes())
    if not style.endswith(".csl"):
        known = f"the styles are {', '.join(STYLES)}, or the path of a .csl file"
        raise BibliographyError(f"no citation style has the name {quoted(style)}: {did_you_mean(style, STYLES, known)}")
    return _parse_style(style, _read_regular_file(style, folder or Path()))


def _read_regular_file(style: str, folder: Path) -> bytes:
    # Anybody may propose a change to the file that names it: no way out of the folder, no link, no device.
    path = Path(style)
    if path.is_absolute() or ".." in path.parts or "\0" in style or "\\" in style:
        raise _refused(style, "is not below the library's folder")
    try:
        for part in range(1, len(path.parts) + 1):
            status = os.lstat(folder.joinpath(*path.parts[:part]))
            if stat.S_ISLNK(status.st_mode):
                raise _refused(style, "is a symbolic link, or lies behind one")
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LIMIT:
            raise _refused(style, "is not a file of at most 2 MiB")
        return (folder / path).read_bytes()
    except OSError as error:
        raise _refused(style, f"cannot be read ({error.strerror or 'no reason given'})") from None


def _refused(style: str, fault: str) -> BibliographyError:
    return BibliographyError(
        f"the citation style {quoted(style)} {fault}: name a complete .csl file of the library, or one of "
        + ", ".join(STYLES)
    )


def _parse_style(name: str, text: bytes) -> Style:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise _refused(name, "declares a document type, which a style has no need of")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise _refused(name, f"is not well-formed XML ({error})") from None
    citation, bibliography = root.find(f"{_CSL}citation"), root.find(f"{_CSL}bibliography")
    if root.tag != f"{_CSL}style" or citation is None or citation.find(f"{_CSL}layout") is None:
        raise _refused(name, "is not a complete CSL style (perhaps one that only names another)")
    if bibliography is None or bibliography.find(f"{_CSL}layout") is None:
        raise _refused(name, "describes no bibliography")
    variables = frozenset(_words(root, "variable"))
    conditions = any(e.get("position") or e.get("disambiguate") for e in root.iter())
    sequential = conditions or bool(variables & {"citation-number", "citation-label"})
    _prepare(root, citation, bibliography)
    xml = ElementTree.tostring(root, encoding="utf-8")
    layout = bibliography.find(f"{_CSL}layout")
    assert layout is not None
    layout[:] = [ElementTree.Element(f"{_CSL}text", value="x")]
    return Style(
        name=name,
        xml=xml,
        xml_without_entries=ElementTree.tostring(root, encoding="utf-8"),
        variables=variables,
        sequential=sequential,
        follows_apa=root.findtext(f"{_CSL}info/{_CSL}id", "").rpartition("/")[2].startswith("apa"),
    )


def _words(root: ElementTree.Element, attribute: str) -> Iterator[str]:
    for element in root.iter():
        yield from element.get(attribute, "").split()


def _prepare(root: ElementTree.Element, citation: ElementTree.Element, bibliography: ElementTree.Element) -> None:
    """Set aside what a web site has no use for, and add what makes pandoc's answers exact."""
    for attribute in _TRIMMED:  # Quadratic in the number of names.
        citation.attrib.pop(attribute, None)
    bibliography.attrib.pop("subsequent-author-substitute", None)
    if root.get("class") == "note":
        root.set("class", "in-text")
        layout = citation.find(f"{_CSL}layout")
        assert layout is not None
        layout.attrib.update(prefix="(", suffix=")")
    # `press.py` first cites everything once, so no citation is a first one. Whether it repeats the one before
    # cannot be known: readers meet our citations in any order.
    for condition in root.iterfind(".//*[@position]"):
        kept = [position for position in condition.get("position", "").split() if position in ("first", "subsequent")]
        condition.set("position", " ".join(kept) or "first")
    # Pandoc takes a label for one that precedes the names, unless the style says where they are.
    for names in root.iter(f"{_CSL}names"):
        if names.find(f"{_CSL}label") is not None and names.find(f"{_CSL}name") is None:
            names.insert(0, ElementTree.Element(f"{_CSL}name"))
    # Works that a style sorts alike would otherwise get their places and letters by their first citations.
    sort = bibliography.find(f"{_CSL}sort")
    if sort is not None:
        ElementTree.SubElement(sort, f"{_CSL}key", variable=ORDER)
        # A style that sorts the works of one citation by author and year would leave `2020b` before `2020a`.
        # Bibliographies go on by title; repeating all of their keys here would cost a fifth more time.
        within = citation.find(f"{_CSL}sort")
        if within is not None:
            ElementTree.SubElement(within, f"{_CSL}key", variable="title")
    info = root.find(f"{_CSL}info")
    root.insert(0 if info is None else list(root).index(info) + 1, _label_words())


def _label_words() -> ElementTree.Element:
    """Terms by which pandoc tells a locator's label in every language, in a form that is printed nowhere.

    Pandoc finds the label in a citation's text, by the words of the language that it writes.
    """
    locale = ElementTree.Element(f"{_CSL}locale")
    terms = ElementTree.SubElement(locale, f"{_CSL}terms")
    for label in sorted(LABELS):
        term = ElementTree.SubElement(terms, f"{_CSL}term", name=label, form="verb-short")
        ElementTree.SubElement(term, f"{_CSL}single").text = label_word(label)
        ElementTree.SubElement(term, f"{_CSL}multiple").text = label_word(label)
    return locale
