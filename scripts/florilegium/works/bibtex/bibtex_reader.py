"""Entries of BibTeX and BibLaTeX files as works of CSL, by the table in `bibtex_fields.py`."""

import re

from ...core.diagnostics import Diagnostic, quoted
from ...core.sources import Source
from ...core.spans import LineTable, Span
from ...core.trees import DataNode, Findings, Mapping, Scalar, Sequence, tree_of
from ..citation_keys import is_citable, plain_key, propose_key
from ..csl.csl_dates import date_to_csl, guess_date
from ..csl.csl_items import parse_source
from ..identifiers import parse_arxiv
from ..stray_text import edition_number, first_address, first_number, names_several, without_entities
from .bibtex_entries import BibtexEntry, Value, read_entries
from .bibtex_fields import (
    BIBTEX_DATES,
    BIBTEX_FIELDS,
    BIBTEX_KEYS,
    BIBTEX_NAMES,
    GENRES,
    LANGUAGES,
    MONTHS,
    NUMBERED_WORKS,
    WHOLE_WORKS,
    FieldForm,
    bibtex_csl_type,
)
from .bibtex_names import BibtexName, read_people
from .latex_reader import decode_address, decode_latex
from .title_case import cased_titles

_MAX_DOUBTS = 1_000
"""Doubtful places of one file that are reported one by one."""
_PUBLISHERS = ("school", "institution", "organization", "publisher")
_CUSTOM = (("status-date", "statusdate"), ("status-notice", "statusnotice"))
_ROLES = {field: role for role, field in BIBTEX_NAMES.items()} | {"holder": "author"}
_LINK = re.compile(r"\\href\s*\{((?:[^{}\\]|\\.)*)\}")


def parse_bibtex(table: LineTable) -> tuple[list[Source], list[Diagnostic]]:
    """Read all entries of a BibTeX or BibLaTeX file. A broken entry is reported, and the others are read.

    What is not written as the format's rules say is read as it is likely meant, and reported as a warning.
    """
    entries, problems = read_entries(table)
    taken = {entry.key.text for entry in entries if is_citable(entry.key.text)}
    sources: list[Source] = []
    for entry in entries:
        converter = _Converter(entry, table, taken)
        source, found = parse_source(converter.item())
        problems += found
        if len(problems) < _MAX_DOUBTS:
            problems += converter.problems
        if source:
            sources.append(source)
    return sources, [*problems, *_title_case(entries)]


def _title_case(entries: list[BibtexEntry]) -> list[Diagnostic]:
    """One finding for all titles of a file that are in title case."""
    cased = cased_titles(entries)
    if not cased:
        return []
    first = cased[0]
    how_many = f"{len(cased):,} titles of this file are" if len(cased) > 1 else "one title of this file is"
    message = f"{how_many} in Title Case{', the first of them here' if len(cased) > 1 else ''}"
    remedy = "--fix writes sentence case; put names into braces first, such as {Vienna Circle}"
    return [Diagnostic(rule="title-case", span=first.value.span, message=message, help=remedy, about=first.key)]


class _Converter(Findings):
    """Puts one entry into CSL's words, and reports what is doubtful in it."""

    rule, most = "doubtful-reference", _MAX_DOUBTS

    def __init__(self, entry: BibtexEntry, table: LineTable, taken: set[str]) -> None:
        super().__init__()
        self.entry, self.fields, self.table, self.taken = entry, entry.fields, table, taken
        subtype = self.fields.get("entrysubtype")
        self.type = bibtex_csl_type(entry.type, decode_latex(subtype.text) if subtype else "")
        self.entries: dict[str, tuple[Scalar, DataNode]] = {}
        self.about = self.key = entry.key.text

    def item(self) -> Mapping:
        """The CSL item of the entry, as the tree that a YAML file would give."""
        self.add_names()
        self.add_titles()
        for field in BIBTEX_FIELDS:
            self.add_field(field.csl, field.form, (field.biblatex, field.bibtex, *field.read))
        self.add_numbers()
        self.add_publisher()
        self.add_eprint()
        self.add_dates()
        self.add_custom()
        start = Span(self.entry.span.path, *self.entry.span.start, *self.entry.span.start)
        key = Scalar(self.made_key(), False, self.entry.key.span)
        kind = Scalar(self.type, False, start)
        head = ((Scalar("id", False, start), key), (Scalar("type", False, start), kind))
        return Mapping((*head, *self.entries.values()), self.entry.span)

    def made_key(self) -> str:
        """The entry's key; where it has none that can be cited, one that is made for it, and said."""
        if is_citable(self.key) or (self.key and not (made := plain_key(self.key, self.taken))):
            return self.key
        if self.key:
            message = f"the key {quoted(self.key)} has signs that no citation can hold; the work is cited as {made}"
        else:
            names = self.entries.get("author", self.entries.get("editor", (None, None)))[1]
            first = names.items[0] if isinstance(names, Sequence) and names.items else None
            author = first.get("family") or first.get("literal") if isinstance(first, Mapping) else None
            year = re.search("[0-9]{4}", (self.value("date") or self.value("year") or _EMPTY).text)
            title = _text(self.entries["title"][1]) if "title" in self.entries else ""
            made = propose_key(_text(author), year[0] if year else "", title, self.taken)
            message = f"this entry has no key; the work is cited as {made}"
        self.taken.add(made)
        self.report(self.entry.key.span, message, f"write {made} as its key", about=made)
        return made

    # --------------------------------------------------------------------------------------------------- pieces

    def add(self, name: str, node: DataNode) -> None:
        if name not in self.entries and not (isinstance(node, Scalar) and not node.text):
            self.entries[name] = (Scalar(name, False, node.span), node)

    def put(self, name: str, text: str, span: Span) -> None:
        self.add(name, Scalar(text, False, span))

    def value(self, *names: str) -> Value | None:
        """The first of these fields that is there."""
        return next((self.fields[name] for name in names if name in self.fields), None)

    def copy(self, name: str, field: str) -> None:
        """Take a field as it is under CSL's name for it."""
        if value := self.value(field):
            self.put(name, self.decoded(value), value.span)

    def decoded(self, value: Value, *, rich: bool = False) -> str:
        def report(command: str, offset: int) -> None:
            at = value.start + offset
            span = self.table.span(at, at + len(command)) if value.start >= 0 else value.span
            message = f"the command {command} is not known; its argument is kept as it is"
            self.report(span, message, "write the sign or the words that it stands for")

        return without_entities(decode_latex(value.text, rich=rich, report=report))

    def add_field(self, name: str, form: FieldForm, candidates: tuple[str, ...]) -> None:
        value = self.value(*filter(None, candidates))
        if value is None:
            return
        if form is FieldForm.ADDRESS:
            text = decode_address(value.text)
            if name == "URL" and names_several(text):
                self.report(value.span, "the field holds several addresses; the first is read", "write one address")
            text = first_address(text) if name == "URL" else first_number(text) if name in ("ISBN", "ISSN") else text
            self.put(name, text, value.span)
            return
        text = self.decoded(value, rich=form is FieldForm.RICH)
        if name == "language":
            text = LANGUAGES.get(text.lower(), text)
        elif name == "edition":
            text = edition_number(text)
        elif name in ("status", "publisher-place"):
            text = BIBTEX_KEYS.get(text.lower(), text)
        self.put(name, text, value.span)

    # --------------------------------------------------------------------------------------------------- names

    def add_names(self) -> None:
        options = self.value("options")
        useprefix = re.search(r"useprefix\s*=?\s*(true|false)?", options.text) if options else None
        prefix = not (useprefix and useprefix[1] == "false")
        for field, role in _ROLES.items():
            if value := self.value(field):
                self.add_people(role, field, value, prefix)
        for slot in ("editor", "editora", "editorb", "editorc"):
            value, kind = self.value(slot), self.value(f"{slot}type")
            if value and (kind or slot != "editor"):
                role = decode_latex(kind.text).strip().lower().replace(" ", "-") if kind else "editor"
                if slot == "editor" and role != "editor":
                    self.entries.pop("editor", None)
                self.add_people(_EDITORS.get(role, role), slot, value, prefix)

    def add_people(self, role: str, field: str, value: Value, prefix: bool) -> None:
        people = read_people(value.text, prefix_is_family=prefix)
        doubtful = next((person for person in people if person.doubt), None)
        if doubtful:
            message = f'the field "{field}" {doubtful.doubt}; {_count(people)} read'
            self.report(value.span, message, doubtful.meant)
        names = tuple(tree_of(person.parts, value.span) for person in people)
        if names:
            self.add(role, Sequence(names, value.span))

    # -------------------------------------------------------------------------------------------------- titles

    def add_titles(self) -> None:
        """The title and that of what contains it; of a work in volumes, those of the whole and of the volume."""
        contained = "booktitle" in self.fields or self.type not in WHOLE_WORKS
        if "maintitle" in self.fields and contained:
            self.add_title("title", "title")
            self.add_title("container-title", "maintitle")
            self.add_title("volume-title", "booktitle")
        elif "maintitle" in self.fields:
            self.add_title("title", "maintitle")
            self.add_title("volume-title", "title")
        else:
            self.add_title("title", "title")
            self.add_title("container-title", "journaltitle", "journal", "booktitle")
            if self.entry.type in _SITES:
                # Who keeps preprints publishes them; what keeps pages is a site.
                self.copy("publisher" if self.type == "article" else "container-title", "organization")
            if self.type.startswith("article-"):
                self.add_title("volume-title", "issuetitle")
        if (value := self.value("title")) and "url" not in self.fields and (link := _LINK.search(value.text)):
            self.put("URL", decode_address(link[1]), value.span)

    def add_title(self, name: str, *fields: str) -> None:
        """Take the first of these titles that is there, with its subtitle and what is added to both."""
        field = next((field for field in fields if field in self.fields), "")
        if not field:
            return
        value, stem = self.fields[field], field.removesuffix("title")
        parts = [self.decoded(v, rich=True) for v in (value, self.value(f"{stem}subtitle")) if v]
        addon = self.value(f"{stem}titleaddon")
        text = parts[0] if len(parts) == 1 else f"{parts[0]}{' ' if parts[0][-1:] in '?!:' else ': '}{parts[1]}"
        self.put(name, f"{text}. {self.decoded(addon)}" if addon else text, value.span)

    # ------------------------------------------------------------------------------------------------- numbers

    def add_numbers(self) -> None:
        if self.type.startswith("article-") or self.type in ("periodical", "review", "review-book"):
            name = "issue"
        else:
            in_series = "series" in self.fields and self.type not in NUMBERED_WORKS
            name = "collection-number" if in_series else "number"
        self.copy(name, "number")
        self.copy("issue", "issue")
        self.copy("number", "eid")
        if pages := self.value("pages"):
            self.put("page", re.sub(r"\s*[-–—‒−]+\s*", "-", self.decoded(pages)), pages.span)
        genre = self.value("type")
        word = genre.text.strip().lower() if genre else self.entry.type if self.type == "thesis" else ""
        known = GENRES.get(word) or BIBTEX_KEYS.get(word)
        if genre:
            self.put("genre", known or self.decoded(genre), genre.span)
        elif word in GENRES:
            self.put("genre", GENRES[word], self.entry.span)

    def add_publisher(self) -> None:
        names = [name for name in _PUBLISHERS if name != "organization" or self.entry.type not in _SITES]
        found = [self.fields[name] for name in names if name in self.fields]
        how = self.value("howpublished")
        if how and re.match(r"\s*(\\url\b|https?://)", how.text):
            if "url" not in self.fields:
                self.put("URL", decode_address(how.text), how.span)
        elif how and self.entry.type == "misc" and "entrysubtype" in self.fields:
            self.copy("container-title", "howpublished")
        elif how:
            found.append(how)
        if found:
            self.put("publisher", "; ".join(self.decoded(field) for field in found), found[0].span)

    def add_eprint(self) -> None:
        eprint, kind = self.value("eprint"), self.value("eprinttype", "archiveprefix")
        if eprint is None:
            return
        number = decode_address(eprint.text)
        match kind.text.strip().lower() if kind else "arxiv" if parse_arxiv(number).value else "":
            case "arxiv":
                number = parse_arxiv(number).value or number
                self.put("URL", f"https://arxiv.org/abs/{number}", eprint.span)
                if self.type == "article":
                    self.put("number", number, eprint.span)
            case "pubmed" | "pmid":
                self.put("PMID", number, eprint.span)
            case "pmc" | "pmcid":
                self.put("PMCID", number, eprint.span)

    # --------------------------------------------------------------------------------------------------- dates

    def add_dates(self) -> None:
        for name, field in BIBTEX_DATES.items():
            if value := self.value(field):
                self.add_date(name, decode_address(value.text), value.span)
        if year := self.value("year"):
            rest = [self.value("month"), self.value("day")]
            words = [
                decode_latex(value.text) for value in (year, *rest) if value and value.text.strip() not in ("0", "00")
            ]
            month = words[1] if len(words) > 1 else ""
            if ends := re.fullmatch(r"(0?[1-9]|1[0-2])(?:\s*[-–/]+\s*(0?[1-9]|1[0-2]))?", month):
                words[1] = "-".join(MONTHS[int(end) - 1] for end in ends.groups() if end)
            self.add_date("issued", " ".join(words), year.span, words[0] if words else "")

    def add_date(self, name: str, text: str, span: Span, year: str = "") -> None:
        """A date; where only the year can be read, the year; what is none, such as `in press`, stays in words."""
        text = text.strip()
        if not text or text == "..":
            return
        date = guess_date(text)
        if date is None and year and (date := guess_date(year)):
            message = f"the month or day of {quoted(text)} cannot be read; the year is kept"
            self.report(span, message, "write date = {2013-03-15}")
        elif date is None and (not year or (re.search("[0-9]{3}", text) and not re.match("[0-9]{4}[a-z]", text))):
            message = f"{quoted(text)} is not a date that can be read; it is kept in words"
            self.report(span, message, "write 2013-03-15")
        self.add(name, tree_of(date_to_csl(date) if date else {"literal": year or text}, span))

    def add_custom(self) -> None:
        """Our own fields for the date and the notice of a `pubstate`, since BibTeX has none."""
        found = [(name, self.fields[field]) for name, field in _CUSTOM if field in self.fields]
        texts = [(name, Scalar(decode_address(field.text), False, field.span)) for name, field in found]
        if texts:
            entries = tuple((Scalar(name, False, node.span), node) for name, node in texts)
            self.add("custom", Mapping(entries, texts[0][1].span))


_SITES = frozenset(("online", "www", "electronic"))
"""Entry types whose `organization` is the site."""
_EMPTY = Value("", Span("", 1, 1, 1, 1))
_EDITORS = {
    **dict.fromkeys(("founder", "continuator", "redactor", "reviser"), "editor"),
    "collaborator": "contributor",
}
"""What BibLaTeX's types of editors are in CSL; names of CSL's own stay."""


def _count(people: list[BibtexName]) -> str:
    number = sum("literal" not in p.parts or p.parts["literal"] != "others" for p in people)
    return "one person is" if number == 1 else f"{number} people are"


def _text(node: DataNode | None) -> str:
    return node.text if isinstance(node, Scalar) else ""
