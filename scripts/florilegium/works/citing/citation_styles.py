"""Citation styles: which there are, and what of a style has to be set aside for use on a web site."""

import os
import re
import stat
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ...core.diagnostics import did_you_mean, quoted
from ...core.errors import FlorilegiumError
from .numbering import BETWEEN
from .style_xml import CSL, StyleFault, check_style_xml, parse_style_xml, words

BUILT_IN_STYLES = (
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

NUMBER = "florilegium-number"
"""A variable of ours in the place of a number, which only the page that shows the citation can know."""

_FOLDER = Path(__file__).parent / "styles"
_LIMIT = 2 * 1024 * 1024
_PARENT = "independent-parent"
_LOCALES = {"harvard-cite-them-right": "en-GB"}
"""The languages of guides that their styles do not name."""
_TERMS = {"nlm-citation-sequence": {"page-range-delimiter": "-"}}
"""Words and signs of guides that their styles leave to the language."""
_SHORTENING = ("chicago-notes", "chicago-shortened-notes")
_TRIMMED = ("disambiguate-add-names", "disambiguate-add-givenname", "givenname-disambiguation-rule")


class BibliographyError(FlorilegiumError):
    """Citations cannot be formatted; the message says why, and what to do."""

    key = ""
    """The work at which it fails, where that is known."""
    citation: tuple[object, ...] = ()
    """The citation at which it fails, as `cite_items.cluster_of` gives it, where that is known."""


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
    prints_places: bool = True
    """Whether citations show locators. A style that never asks for one would lose the page of a quotation."""
    shortens_titles: bool = False
    """Whether a work is cited by its title without its first article and its subtitle: see `works.py`."""
    numeric: bool = False
    """Whether works are cited by numbers: each page has its own, in the order of its citations."""
    delimiter: str = ""
    """What such a style has between two numbers."""
    collapses: bool = False
    """Whether such a style writes `1–3` for three numbers in a row."""
    sorts: bool = False
    """Whether such a style sorts the numbers of a citation."""
    full: bytes = b""
    """The style with its rules for telling names apart, for works that need them; empty where it has none."""
    names_rule: str = ""
    """Those rules: `add-names`, `add-givenname` and `all-names`, as far as they hold."""
    dated: bool = False
    """Whether citations show years, so that works of different years are never cited alike."""
    et_al_min: int = 0
    """How many names a citation has at least where some are left out; 0 where none are."""
    locale: str = ""
    """The language of the guide behind the style, such as `en-GB`; empty where nobody says."""

    def locale_for(self, language: str) -> str:
        """The language tag for pandoc: a mere `en` becomes the English in which the style's guide is printed."""
        return self.locale if self.locale.partition("-")[0] == language.lower() else language


def label_word(label: str) -> str:
    """The word that we add to a style for a locator label, and that means nothing else in any language."""
    return f"xlocator{label}"


def read_style(style: str, *, folder: Path | None = None, complete: bool = True) -> Style:
    """Read the style of that name, or the `.csl` file at that path below `folder`.

    With `complete`, a style without a bibliography is refused: a site needs one.

    Raises `BibliographyError` where there is no such style, or where it is none that can be used.
    """
    text = read_style_text(style, folder=folder)
    if style in BUILT_IN_STYLES:
        return _parse_style(style, text)
    try:
        return _parse_style(style, text, complete=complete)
    except StyleFault as fault:
        raise _Refused(style, str(fault)) from None


def read_style_text(style: str, *, folder: Path | None = None) -> bytes:
    """The bytes of the style of that name, or of the `.csl` file at that path below `folder`.

    Raises `BibliographyError` where there is no such style.
    """
    if style in BUILT_IN_STYLES:
        return (_FOLDER / f"{style}.csl").read_bytes()
    if not style.endswith(".csl"):
        known = (
            f"the styles are {', '.join(BUILT_IN_STYLES)}; for another, put its file into annotations/references/ "
            "and write references/NAME.csl"
        )
        raise BibliographyError(
            f"no citation style has the name {quoted(style)}: {did_you_mean(style, BUILT_IN_STYLES, known)}"
        )
    return _read_regular_file(style, folder or Path())


def _read_regular_file(style: str, folder: Path) -> bytes:
    # Anybody may propose a change to the file that names it: no way out of the folder, no link, no device.
    path = Path(style)
    if path.is_absolute() or ".." in path.parts or "\0" in style or "\\" in style:
        raise _Refused(style, "is not below the library's folder")
    try:
        for part in range(1, len(path.parts) + 1):
            status = os.lstat(folder.joinpath(*path.parts[:part]))
            if stat.S_ISLNK(status.st_mode):
                raise _Refused(style, "is a symbolic link, or lies behind one")
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LIMIT:
            raise _Refused(style, "is not a file of at most 2 MiB")
        return (folder / path).read_bytes()
    except OSError as error:
        raise _Refused(style, f"cannot be read ({error.strerror or 'no reason given'})") from None


class _Refused(BibliographyError):
    """A style is none that can be used."""

    def __init__(self, style: str, fault: str) -> None:
        usable = f"name a complete .csl file of the library, or one of {', '.join(BUILT_IN_STYLES)}"
        super().__init__(f"the citation style {quoted(style)} {fault}: {usable}")


def find_style_fault(text: bytes) -> tuple[str, int] | None:
    """What keeps a style of the library's own from being used, in words behind its name, and the line; or None."""
    try:
        _parse_style("", text)
    except StyleFault as fault:
        return str(fault), fault.line
    return None


def _parse_style(name: str, text: bytes, *, complete: bool = True) -> Style:
    root, lines = parse_style_xml(text)
    id_ = _stem(root.findtext(f"{CSL}info/{CSL}id", ""))
    citation, bibliography = root.find(f"{CSL}citation"), root.find(f"{CSL}bibliography")
    if root.tag != f"{CSL}style" or citation is None or citation.find(f"{CSL}layout") is None:
        return _parse_parent(name, root)
    if bibliography is None and not complete:
        bibliography = ElementTree.SubElement(root, f"{CSL}bibliography")
        layout = ElementTree.SubElement(bibliography, f"{CSL}layout")
        ElementTree.SubElement(layout, f"{CSL}text", variable="title")
    if bibliography is None or bibliography.find(f"{CSL}layout") is None:
        raise StyleFault("describes no bibliography")
    check_style_xml(root, lines)
    variables = frozenset(words(root, "variable"))
    conditions = any(e.get("position") or e.get("disambiguate") for e in root.iter())
    numeric = "citation-number" in _used(root, citation)
    collapses = numeric and citation.attrib.pop("collapse", "") == "citation-number"
    sorts = citation.find(f"{CSL}sort/{CSL}key[@variable='citation-number']") is not None
    delimiter = _set_numbers_aside(root, citation, bibliography) if numeric else ""
    sequential = conditions or "citation-label" in variables
    rules = _name_rules(citation)
    et_al = [
        int(e.get("et-al-min", "0")) for e in citation.iter() if re.fullmatch("[0-9]{1,4}", e.get("et-al-min", ""))
    ]
    _prepare(root, citation, bibliography, _TERMS.get(id_, {}))
    full = ElementTree.tostring(root, encoding="utf-8") if rules and not numeric else b""
    for attribute in _TRIMMED:  # Quadratic in the number of names; see `disambiguation.py`.
        citation.attrib.pop(attribute, None)
    xml = ElementTree.tostring(root, encoding="utf-8")
    entries = bibliography.find(f"{CSL}layout")
    assert entries is not None
    entries[:] = [ElementTree.Element(f"{CSL}text", value="x")]
    return Style(
        name=name,
        xml=xml,
        xml_without_entries=ElementTree.tostring(root, encoding="utf-8"),
        variables=variables,
        sequential=sequential,
        follows_apa=id_.startswith("apa"),
        prints_places="locator" in variables,
        shortens_titles=id_.startswith(_SHORTENING),
        numeric=numeric,
        delimiter=delimiter,
        collapses=collapses,
        sorts=sorts,
        full=full,
        names_rule=rules,
        dated="issued" in _used(root, citation),
        et_al_min=min(et_al, default=0),
        locale=root.get("default-locale") or _LOCALES.get(id_, ""),
    )


def _stem(address: str) -> str:
    return address.strip().rpartition("/")[2]


def _parse_parent(name: str, root: ElementTree.Element) -> Style:
    """A journal's style often only names another, its parent, which may be one of ours."""
    links = root.findall(f"{CSL}info/{CSL}link")
    parent = next((_stem(link.get("href", "")) for link in links if link.get("rel") == _PARENT), "")
    if root.tag != f"{CSL}style" or not parent:
        raise StyleFault("is not a complete CSL style")
    if parent not in BUILT_IN_STYLES:
        raise StyleFault(f"only names another style, {quoted(parent)}, whose file is needed")
    style = _parse_style(parent, (_FOLDER / f"{parent}.csl").read_bytes())
    return replace(style, name=name, locale=root.get("default-locale") or style.locale)


def _used(root: ElementTree.Element, part: ElementTree.Element) -> set[str]:
    """The variables that a part of a style prints, those of its macros among them."""
    macros = {macro.get("name", ""): macro for macro in root.findall(f"{CSL}macro")}
    waiting, seen, found = [part], set[str](), set[str]()
    while waiting:
        element = waiting.pop()
        found |= set(words(element, "variable"))
        calls = {call for call in words(element, "macro") if call in macros} - seen
        seen |= calls
        waiting += [macros[call] for call in calls]
    return found


def _set_numbers_aside(
    root: ElementTree.Element, citation: ElementTree.Element, bibliography: ElementTree.Element
) -> str:
    """Let citations print a sign in the place of each number, and bibliographies none; what stands between numbers."""
    for part in (citation, bibliography):
        sort = part.find(f"{CSL}sort")
        for key in part.findall(f"{CSL}sort/{CSL}key[@variable='citation-number']"):
            if sort is not None:
                sort.remove(key)
        if sort is not None and not len(sort):
            part.remove(sort)
    if bibliography.find(f"{CSL}sort") is None:  # It lists works as they are first cited, which is for pages to know.
        bibliography.insert(0, ElementTree.Element(f"{CSL}sort"))
    layout = citation.find(f"{CSL}layout")
    delimiter = layout.get("delimiter", "") if layout is not None else ""
    if layout is not None:
        layout.set("delimiter", BETWEEN)
    alone = {macro.get("name") for macro in root.findall(f"{CSL}macro") if len(macro) == 1 and _is_number(macro[0])}
    for parent in list(bibliography.iter()):
        for child in list(parent):
            if _is_number(child) or (child.tag == f"{CSL}text" and child.get("macro", "") in alone):
                parent.remove(child)
    bibliography.attrib.pop("second-field-align", None)
    for element in root.iter():
        if "citation-number" in element.get("variable", "").split():
            element.set("variable", element.get("variable", "").replace("citation-number", NUMBER))
            if element.tag == f"{CSL}number":
                element.tag = f"{CSL}text"
    return delimiter


def _is_number(element: ElementTree.Element) -> bool:
    return element.get("variable") == "citation-number" and element.tag in (f"{CSL}text", f"{CSL}number")


def _name_rules(citation: ElementTree.Element) -> str:
    """Which of its means to tell names apart a style uses."""
    rules = [rule for rule in ("add-names", "add-givenname") if citation.get(f"disambiguate-{rule}") == "true"]
    if "add-givenname" in rules and citation.get("givenname-disambiguation-rule", "all-names").startswith("all-names"):
        rules.append("all-names")
    return " ".join(rules)


def _prepare(
    root: ElementTree.Element,
    citation: ElementTree.Element,
    bibliography: ElementTree.Element,
    terms: Mapping[str, str],
) -> None:
    """Set aside what a web site has no use for, and add what makes pandoc's answers exact."""
    for about in root.findall(f"{CSL}info"):
        for link in about.findall(f"{CSL}link"):
            if link.get("rel") == _PARENT:  # Pandoc would look for it on the network.
                about.remove(link)
    bibliography.attrib.pop("subsequent-author-substitute", None)
    if root.get("class") == "note":
        root.set("class", "in-text")
        layout = citation.find(f"{CSL}layout")
        assert layout is not None
        layout.attrib.update(prefix="(", suffix=")")
    # `press.py` first cites everything once, so no citation is a first one. Whether it repeats the one before
    # cannot be known: readers meet our citations in any order.
    for condition in root.iterfind(".//*[@position]"):
        kept = [position for position in condition.get("position", "").split() if position in ("first", "subsequent")]
        condition.set("position", " ".join(kept) or "first")
    # Pandoc takes a label for one that precedes the names, unless the style says where they are.
    for names in root.iter(f"{CSL}names"):
        if names.find(f"{CSL}label") is not None and names.find(f"{CSL}name") is None:
            names.insert(0, ElementTree.Element(f"{CSL}name"))
    # Works that a style sorts alike would otherwise get their places and letters by their first citations.
    sort = bibliography.find(f"{CSL}sort")
    if sort is not None:
        ElementTree.SubElement(sort, f"{CSL}key", variable=ORDER)
        # A style that sorts the works of one citation by author and year would leave `2020b` before `2020a`.
        # Bibliographies go on by title; repeating all of their keys here would cost a fifth more time.
        within = citation.find(f"{CSL}sort")
        if within is not None:
            ElementTree.SubElement(within, f"{CSL}key", variable="title")
    info = root.find(f"{CSL}info")
    root.insert(0 if info is None else list(root).index(info) + 1, _labelwords(terms))


def _labelwords(more: Mapping[str, str]) -> ElementTree.Element:
    """Terms by which pandoc tells a locator's label in every language, in a form that is printed nowhere.

    Pandoc finds the label in a citation's text, by the words of the language that it writes.
    """
    locale = ElementTree.Element(f"{CSL}locale")
    terms = ElementTree.SubElement(locale, f"{CSL}terms")
    for label in sorted(LABELS):
        term = ElementTree.SubElement(terms, f"{CSL}term", name=label, form="verb-short")
        ElementTree.SubElement(term, f"{CSL}single").text = label_word(label)
        ElementTree.SubElement(term, f"{CSL}multiple").text = label_word(label)
    for name, text in more.items():
        ElementTree.SubElement(terms, f"{CSL}term", name=name).text = text
    return locale
