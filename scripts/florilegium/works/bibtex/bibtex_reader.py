"""Entries of BibTeX and BibLaTeX files in CSL's words.

The mapping follows Pandoc's. Fields that only manage a file, such as `file` or `timestamp`, are left out.
"""

import re
from typing import NamedTuple

from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names

from ...core.spans import Span
from ...core.trees import Mapping, Node, Scalar, Sequence
from ..csl.csl_dates import parse_date_text
from ..identifiers import parse_arxiv
from .latex_reader import decode_address, decode_latex

__all__ = ["MONTHS", "Entry", "Field", "csl_item"]


class Field(NamedTuple):
    text: str
    """Without its delimiters, abbreviations put in; LaTeX still in it."""
    span: Span


class Entry(NamedTuple):
    type: str
    key: Scalar
    fields: dict[str, Field]
    span: Span


_TYPES = {
    "article": "article-journal", "artwork": "graphic", "audio": "song", "book": "book",
    "bookinbook": "chapter", "booklet": "pamphlet", "collection": "book",
    "conference": "paper-conference", "dataset": "dataset", "electronic": "webpage", "image": "figure",
    "inbook": "chapter", "incollection": "chapter", "inproceedings": "paper-conference",
    "inreference": "entry-encyclopedia", "jurisdiction": "legal_case", "legal": "treaty",
    "legislation": "legislation", "letter": "personal_communication", "manual": "book",
    "mastersthesis": "thesis", "misc": "document", "movie": "motion_picture", "music": "song",
    "mvbook": "book", "mvcollection": "book", "mvproceedings": "book", "mvreference": "book",
    "online": "webpage", "patent": "patent", "performance": "performance", "periodical": "periodical",
    "phdthesis": "thesis", "proceedings": "book", "reference": "book", "report": "report",
    "review": "review", "software": "software", "standard": "standard", "suppbook": "chapter",
    "suppcollection": "chapter", "suppperiodical": "article-journal", "techreport": "report",
    "thesis": "thesis", "unpublished": "manuscript", "video": "motion_picture", "www": "webpage",
}  # fmt: skip
_ARTICLES = {"magazine": "article-magazine", "newspaper": "article-newspaper"}
_GENRES = {
    "phdthesis": "PhD thesis", "mastersthesis": "Master’s thesis", "mathesis": "Master’s thesis",
    "bathesis": "Bachelor’s thesis", "candthesis": "Candidate thesis", "techreport": "technical report",
    "resreport": "research report",
}  # fmt: skip

_NAMES = {
    "author": "author", "editor": "editor", "translator": "translator", "bookauthor": "container-author",
    "director": "director", "holder": "author",
}  # fmt: skip
_DATES = {"urldate": "accessed", "eventdate": "event-date", "origdate": "original-date"}

_CUSTOM = (("status-date", "statusdate"), ("status-notice", "statusnotice"))

# The first field that is there counts.
_TEXTS = {
    "title-short": ("shorttitle",),
    "container-title-short": ("shortjournal",),
    "collection-title": ("series",),
    "volume": ("volume",),
    "number-of-volumes": ("volumes",),
    "edition": ("edition",),
    "version": ("version",),
    "chapter-number": ("chapter",),
    "number-of-pages": ("pagetotal", "numpages"),
    "publisher-place": ("location", "address"),
    "original-publisher": ("origpublisher",),
    "original-publisher-place": ("origlocation",),
    "original-title": ("origtitle",),
    "event-title": ("eventtitle",),
    "event-place": ("venue",),
    "status": ("pubstate",),
    "abstract": ("abstract",),
    "keyword": ("keywords",),
    "note": ("note", "addendum"),
    "annote": ("annotation", "annote"),
    "call-number": ("library",),
    "language": ("language", "langid"),
}
_ADDRESSES = {
    "DOI": ("doi",), "URL": ("url",), "ISBN": ("isbn",), "ISSN": ("issn",), "PMID": ("pmid",),
    "PMCID": ("pmcid", "pmc"),
}  # fmt: skip
_PUBLISHERS = ("school", "institution", "organization", "publisher")
_LANGUAGES = {
    "american": "en-US", "british": "en-GB", "english": "en", "dutch": "nl", "french": "fr",
    "german": "de", "greek": "el", "italian": "it", "japanese": "ja", "ngerman": "de", "polish": "pl",
    "portuguese": "pt", "russian": "ru", "spanish": "es", "swedish": "sv", "ukenglish": "en-GB",
    "usenglish": "en-US",
}  # fmt: skip
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def csl_item(entry: Entry) -> Mapping:
    """The CSL item of an entry, as the tree that a YAML file would give."""
    return _Converter(entry).item()


class _Converter:
    """Puts one entry into CSL's words."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.fields = entry.fields
        self.type = _TYPES.get(entry.type, entry.type)
        if entry.type == "article" and (subtype := self.fields.get("entrysubtype")):
            self.type = _ARTICLES.get(subtype.text.strip().lower(), self.type)
        self.entries: dict[str, tuple[Scalar, Node]] = {}

    def item(self) -> Mapping:
        start = Span(self.entry.span.path, *self.entry.span.start, *self.entry.span.start)
        self.add("id", self.entry.key)
        self.add("type", Scalar(self.type, False, start))
        self.add_names()
        self.add_titles()
        for name, candidates in _TEXTS.items():
            self.add_first(name, candidates)
        self.add_numbers()
        self.add_publisher()
        self.add_addresses()
        self.add_dates()
        self.add_custom()
        return Mapping(tuple(self.entries.values()), self.entry.span)

    def add(self, name: str, node: Node) -> None:
        if name not in self.entries and not (isinstance(node, Scalar) and not node.text and name != "id"):
            self.entries[name] = (Scalar(name, False, node.span), node)

    def text(self, name: str, text: str, span: Span) -> None:
        self.add(name, Scalar(text, False, span))

    def first(self, candidates: tuple[str, ...]) -> Field | None:
        return next((self.fields[c] for c in candidates if c in self.fields), None)

    def add_first(self, name: str, candidates: tuple[str, ...]) -> None:
        if field := self.first(candidates):
            text = decode_latex(field.text)
            self.text(name, _LANGUAGES.get(text.lower(), text) if name == "language" else text, field.span)

    def add_names(self) -> None:
        for field, name in _NAMES.items():
            if found := self.fields.get(field):
                people = split_multiple_persons_names(found.text)
                self.add(name, Sequence(tuple(_name(person, found.span) for person in people), found.span))

    def add_titles(self) -> None:
        self.add_title("title", "title")
        for field in ("journaltitle", "journal", "booktitle", "maintitle"):
            self.add_title("container-title", field)

    def add_title(self, name: str, field: str) -> None:
        """A title with its subtitle and what is added to both."""
        if title := self.fields.get(field):
            stem = field.removesuffix("title")
            parts = [title, self.fields.get(f"{stem}subtitle")]
            text = ": ".join(decode_latex(part.text) for part in parts if part)
            addon = self.fields.get(f"{stem}titleaddon")
            self.text(name, f"{text}. {decode_latex(addon.text)}" if addon else text, title.span)

    def add_numbers(self) -> None:
        if number := self.fields.get("number"):
            if self.type.startswith("article") or self.type == "periodical":
                name = "issue"
            else:
                name = "collection-number" if "series" in self.fields else "number"
            self.text(name, decode_latex(number.text), number.span)
        if issue := self.fields.get("issue"):
            self.text("issue", decode_latex(issue.text), issue.span)
        if pages := self.fields.get("pages"):
            self.text("page", re.sub(r"\s*[-–—‒]+\s*", "-", decode_latex(pages.text)), pages.span)
        genre = self.fields.get("type")
        word = genre.text.strip().lower() if genre else self.entry.type if self.type == "thesis" else ""
        if genre or word in _GENRES:
            span = genre.span if genre else self.entry.span
            self.text("genre", _GENRES.get(word) or decode_latex(genre.text if genre else ""), span)

    def add_publisher(self) -> None:
        found = [self.fields[name] for name in _PUBLISHERS if name in self.fields]
        how = self.fields.get("howpublished")
        if how and re.match(r"\s*(\\url\b|https?://)", how.text):
            if "url" not in self.fields:
                self.text("URL", decode_address(how.text), how.span)
        elif how:
            found.append(how)
        if found:
            self.text("publisher", "; ".join(decode_latex(field.text) for field in found), found[0].span)

    def add_addresses(self) -> None:
        for name, candidates in _ADDRESSES.items():
            if field := self.first(candidates):
                self.text(name, decode_address(field.text), field.span)
        if eprint := self.fields.get("eprint"):
            kind = self.first(("eprinttype", "archiveprefix"))
            number = decode_address(eprint.text)
            match kind.text.strip().lower() if kind else "":
                case "arxiv":
                    self.text("URL", f"https://arxiv.org/abs/{parse_arxiv(number).value or number}", eprint.span)
                case "pubmed":
                    self.text("PMID", number, eprint.span)

    def add_dates(self) -> None:
        for field, name in _DATES.items():
            if found := self.fields.get(field):
                self.add(name, Scalar(decode_address(found.text), False, found.span))
        if "date" in self.fields:
            field_ = self.fields["date"]
            self.text("issued", decode_address(field_.text), field_.span)
        elif "year" in self.fields:
            self.add("issued", self.year(self.fields["year"]))

    def add_custom(self) -> None:
        """Our own fields for the date and the notice of a `pubstate`, since BibTeX has none."""
        found = [(name, self.fields[field]) for name, field in _CUSTOM if field in self.fields]
        entries = [(name, Scalar(decode_address(field.text), False, field.span)) for name, field in found]
        if entries:
            span = entries[0][1].span
            self.add("custom", Mapping(tuple((Scalar(name, False, node.span), node) for name, node in entries), span))

    def year(self, field: Field) -> Node:
        """The date of `year`, `month` and `day`; a year that is none, such as `in press`, stays in words."""
        text = decode_latex(field.text)
        parts = [text, *self.month_and_day()]
        written = "-".join(parts)
        if parse_date_text(written):
            return Scalar(written, False, field.span)
        if parse_date_text(text):
            return Scalar(text, False, field.span)
        literal = Scalar("literal", False, field.span)
        return Mapping(((literal, Scalar(text, False, field.span)),), field.span)

    def month_and_day(self) -> list[str]:
        month, day = self.fields.get("month"), self.fields.get("day")
        # `month = "10~" # jan` is the old way to give the day as well.
        found = (
            re.fullmatch(r"([0-9]{1,2})?[\s.]*([A-Za-z]+|[0-9]{1,2})\.?", decode_latex(month.text)) if month else None
        )
        if not found:
            return []
        word = found[2][:3].lower()
        number = f"{MONTHS.index(word) + 1}" if word in MONTHS else found[2]
        if not number.isdigit():
            return []
        given = decode_latex(day.text) if day else found[1] or ""
        return [f"{int(number):02d}", *([f"{int(given):02d}"] if re.fullmatch("[0-9]{1,2}", given) else [])]


def _name(person: str, span: Span) -> Mapping:
    """The CSL name of one person, or of an institution, whose name stands in braces as a whole."""
    if _is_braced(person) or person.strip() == "others":
        return _mapping({"literal": decode_latex(person)}, span)
    parts = parse_single_name_into_parts(person, strict=False)
    texts = {
        "family": " ".join(parts.last),
        "given": " ".join(parts.first),
        "dropping-particle": " ".join(parts.von),
        "suffix": " ".join(parts.jr),
    }
    return _mapping({part: decode_latex(text) for part, text in texts.items() if text}, span)


def _is_braced(text: str) -> bool:
    text = text.strip()
    if not (text.startswith("{") and text.endswith("}")) or text.startswith("{\\"):
        return False
    depth = 0
    for offset, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return offset == len(text) - 1
    return False


def _mapping(texts: dict[str, str], span: Span) -> Mapping:
    return Mapping(tuple((Scalar(name, False, span), Scalar(text, False, span)) for name, text in texts.items()), span)
