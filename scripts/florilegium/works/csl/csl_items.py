"""CSL items as works of literature, and back (https://docs.citationstyles.org/en/stable/specification.html)."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from collections.abc import Mapping as AnyMapping
from difflib import SequenceMatcher
from functools import lru_cache

from ...core.diagnostics import Diagnostic, closest, quoted
from ...core.sources import Date, Name, Source
from ...core.spans import Span
from ...core.trees import DataNode, Findings, Mapping, Scalar, Sequence, kind_of, tree_of
from ..identifiers import Identifier, check_url, parse_doi, parse_isbn, parse_issn, parse_orcid, parse_pmcid, parse_pmid
from .csl_dates import date_to_csl, parse_date
from .csl_vocabulary import (
    CSL_DATES,
    CSL_FIELDS,
    CSL_NAMES,
    CSL_TYPES,
    CUSTOM,
    IGNORED,
    MISTAKEN_FIELDS,
    MISTAKEN_TYPES,
    TEXTS,
)

MAX_KEY = 200
"""Characters of a citation key."""
MAX_CSL_NAMES = 6_000
"""Names of one field."""
_MAX_GUESSES = 100
"""Unknown fields of one item for which the field that was meant is looked for."""


def parse_sources(nodes: Iterable[DataNode]) -> tuple[list[Source], list[Diagnostic]]:
    """Read several CSL items, each as `parse_source` does."""
    read = [parse_source(node) for node in nodes]
    return [source for source, _ in read if source], [problem for _, found in read for problem in found]


def parse_source(node: DataNode) -> tuple[Source | None, list[Diagnostic]]:
    """Read one CSL item.

    All problems of the item are reported at once, and what has none is kept; without a usable `id` there is
    no source. Fields that CSL does not know are kept where they hold a text and resemble no CSL field.
    """
    item = _Item()
    if not isinstance(node, Mapping):
        item.report(node.span, f"a reference must be a mapping, not {kind_of(node)}", _ITEM)
        return None, item.problems
    return item.read(node), item.problems


def read_item(item: AnyMapping[str, object], place: str) -> tuple[Source | None, list[Diagnostic]]:
    """The work that a CSL item of a program describes; findings name `place`, such as `the record of Crossref`."""
    return parse_source(tree_of({"id": "work", **item}, Span.of_file(place)))


_ITEM = "write {id: doe2009, type: book, title: A title}"
_TYPES = "book, chapter, article-journal, webpage and others"
_ORCID = "copy it again from the person's page, for example 0000-0002-1825-0097"
_PARTICLES = frozenset("af al da dal de del della den der di dos du el la le ten ter van von zu zum zur".split())
_NAME = "write [{family: Doe, given: Jane}], or [{literal: World Health Organization}]"

_TEXT, _NAMES, _DATE = 1, 2, 3
_KINDS = {**dict.fromkeys(TEXTS, _TEXT), **dict.fromkeys(CSL_NAMES, _NAMES), **dict.fromkeys(CSL_DATES, _DATE)}

_NAME_PARTS = {part.replace("_", "-"): part for part in Name.__slots__}


class _Item(Findings):
    """One item on its way from a tree to a source."""

    rule = "invalid-reference"

    def __init__(self) -> None:
        super().__init__()
        self.guesses = 0
        self.variables: dict[str, str] = {}
        self.names: dict[str, tuple[Name, ...]] = {}
        self.dates: dict[str, Date] = {}
        self.custom: dict[str, str] = {}
        self.spans: dict[str, Span] = {}

    def expect(self, field: str, wanted: str, node: DataNode, remedy: str = "") -> None:
        written = f" {quoted(node.text)}" if isinstance(node, Scalar) and not node.is_null else ""
        got = f"{kind_of(node)}{written}"
        self.report(node.span, f'"{field}" must be {wanted}, not {got}', remedy)

    def guess(self, word: str, known: tuple[str, ...]) -> str | None:
        """The known word that was probably meant; guessing stops in an item that is full of unknown ones."""
        self.guesses += 1
        return _nearest(word, known) if self.guesses <= _MAX_GUESSES and len(word) <= 40 else None

    def read(self, node: Mapping) -> Source | None:
        values = {key.text: value for key, value in node.entries}
        key_span = self.read_key(values.get("id"), node)
        kind = self.read_type(values.get("type"), node)
        for key, value in node.entries:
            field = key.text
            if field in ("id", "type") or (type(value) is Scalar and value.is_null):
                continue
            if value.text.strip() if isinstance(value, Scalar) else isinstance(value, Mapping) or value.items:
                self.spans[field] = value.span
            what = _KINDS.get(field)
            if what == _TEXT:
                self.read_text(field, value)
            elif what == _NAMES:
                self.read_names(field, value)
            elif what == _DATE:
                self.read_date(field, value)
            elif field == "custom":
                self.read_custom(value)
            elif field not in IGNORED:
                self.read_unknown(key, value, values)
        if key_span is None:
            return None
        return Source(
            key=self.about,
            type=kind,
            variables=self.variables,
            names=self.names,
            dates=self.dates,
            span=node.span,
            key_span=key_span,
            spans=self.spans,
            custom=self.custom,
        )

    # ------------------------------------------------------------------------------------------- id and type

    def read_key(self, node: DataNode | None, item: Mapping) -> Span | None:
        """Take the citation key, and return its place; nothing where no citation could name the work."""
        if node is None:
            start = Span(item.span.path, *item.span.start, *item.span.start)
            self.report(start, 'the "id" of this reference is missing', "add id: doe2009")
            return None
        if not isinstance(node, Scalar):
            self.expect("id", "a text", node, "write a key such as doe2009")
            return None
        if not node.text.strip() or node.is_null:
            self.report(node.span, 'the "id" of this reference is empty', "add id: doe2009")
            return None
        if len(node.text) > MAX_KEY:
            message = f'the "id" has {len(node.text):,} characters; at most {MAX_KEY} are allowed'
            self.report(node.span, message, "shorten it")
            return None
        self.about = node.text
        if not _KEY.fullmatch(self.about):
            message, remedy = _key_fault(self.about)
            self.report(node.span, f'the "id" {quoted(self.about)} {message}', remedy)
        return node.span if _CITABLE.fullmatch(self.about) and self.about.isprintable() else None

    def read_type(self, node: DataNode | None, item: Mapping) -> str:
        """The item's type; an unknown one counts as `document`, the type of which CSL asks nothing."""
        if isinstance(node, Scalar) and node.text in CSL_TYPES:
            return node.text
        if node is None or (isinstance(node, Scalar) and node.is_null):
            span = Span(item.span.path, *item.span.start, *item.span.start)
            message = f'the "type" of the reference {quoted(self.about)} is missing'
            self.report(span, message, f"add type: {_TYPES}")
        elif isinstance(node, Scalar):
            near = MISTAKEN_TYPES.get(node.text.lower()) or closest(node.text, sorted(CSL_TYPES))
            remedy = f"did you mean {quoted(near)}?" if near else f"CSL has {_TYPES}"
            self.report(node.span, f"{quoted(node.text)} is not a type of CSL", remedy)
        else:
            self.expect("type", "a text", node)
        return "document"

    # ------------------------------------------------------------------------------------------------- fields

    def read_text(self, field: str, node: DataNode) -> None:
        if type(node) is Scalar:
            text = node.text
        elif field in _LISTS and type(node) is Sequence and all(type(item) is Scalar for item in node.items):
            text = ", ".join(item.text for item in node.items if type(item) is Scalar)
        else:
            self.expect(field, "a text", node)
            return
        if field in _CHECKS and text.strip():
            text = self.check(field, text, node.span)
        if text.strip():  # White space says nothing.
            self.variables[field] = text

    def read_date(self, field: str, node: DataNode) -> None:
        def report(place: DataNode, problem: str, remedy: str) -> None:
            self.report(place.span, f'"{field}" {problem}', remedy)

        date = None if isinstance(node, Scalar) and not node.text else parse_date(node, report)
        if date is not None:
            self.dates[field] = date

    def read_custom(self, node: DataNode) -> None:
        """Take our own data from `custom`, which holds any program's; only what looks like ours is judged."""
        for key, value in node.entries if isinstance(node, Mapping) else ():
            if key.text in CUSTOM and isinstance(value, Scalar):
                self.custom |= {} if value.is_null else {key.text: value.text}
                self.spans[f"custom/{key.text}"] = value.span
            elif key.text in CUSTOM:
                message = f'"{key.text}" must be a text, not {kind_of(value)}'
                self.report(value.span, message, f"write {key.text}: {_STATUS_FORMS[key.text]}", "invalid-status")
            elif near := closest(key.text, CUSTOM):
                message = f'"custom" holds {quoted(key.text)}, which nothing reads'
                self.report(key.span, message, f"did you mean {quoted(near)}?", "invalid-status")

    def read_unknown(self, key: Scalar, node: DataNode, values: AnyMapping[str, DataNode]) -> None:
        meant = MISTAKEN_FIELDS.get(key.text.lower())
        if meant in values:  # The data of Crossref and others say some things twice.
            meant = None
        elif meant is None:
            meant = self.guess(key.text, CSL_FIELDS)
        if meant:
            message = f"CSL has no field {quoted(key.text)}"
            self.report(key.span, message, f"did you mean {quoted(meant)}?")
        elif isinstance(node, Scalar) and node.text.strip():
            self.variables[key.text] = node.text

    # -------------------------------------------------------------------------------------------------- names

    def read_names(self, field: str, node: DataNode) -> None:
        if type(node) is not Sequence:
            self.expect(field, "a list of names", node, _names_remedy(field, node))
            return
        items = node.items
        if len(items) > MAX_CSL_NAMES:
            message = f'"{field}" has {len(items):,} names; at most {MAX_CSL_NAMES:,} are read'
            self.report(node.span, message, "name the group: {literal: …}", "too-many-names")
            items = items[:MAX_CSL_NAMES]
        if any(type(item) is Scalar for item in items):
            message = f'the names in "{field}" must say what is the family name and what the given one'
            self.report(node.span, message, _names_remedy(field, node))
            items = tuple(item for item in items if type(item) is not Scalar)
        names = [name for item in items if (name := self.read_name(field, item))]
        if names:
            self.names[field] = tuple(names)

    def read_name(self, field: str, node: DataNode) -> Name | None:
        if type(node) is not Mapping:
            self.expect(field, "a list of names", node, _names_remedy(field, node))
            return None
        parts: dict[str, str] = {}
        for key, value in node.entries:
            part = _NAME_PARTS.get(key.text)
            if part is None:
                self.read_name_extra(field, key, value)
            elif type(value) is not Scalar:
                self.expect(field, f'names with a text as "{key.text}"', value, _NAME)
            elif not value.is_null:
                parts[part] = value.text
        if not any(parts.get(part, "").strip() for part in ("family", "literal")):
            message = f'a name in "{field}" has neither "family" nor "literal"'
            self.report(node.span, message, _parts_remedy(node))
            return None
        return Name(**parts)

    def read_name_extra(self, field: str, key: Scalar, value: DataNode) -> None:
        if key.text.lower() == "orcid":
            fault = parse_orcid(value.text).fault if isinstance(value, Scalar) else f"is {kind_of(value)}"
            if fault:
                self.report(value.span, f'the ORCID of a name in "{field}" {fault}', _ORCID, "invalid-orcid")
        elif near := self.guess(key.text, tuple(_NAME_PARTS)):
            message = f'a name in "{field}" has no part {quoted(key.text)}'
            self.report(key.span, message, f"did you mean {quoted(near)}?")

    # -------------------------------------------------------------------------------------------- identifiers

    def check(self, field: str, text: str, span: Span) -> str:
        """The identifier as it is kept; a fault in it is reported.

        A URL that is refused is not kept, so that no page can link to it. Several ISBNs or ISSNs in one field, as
        library catalogues give them, are each checked.
        """
        parse, rule, remedy = _CHECKS[field]
        value, fault = parse(text)
        pieces = re.split(r"[\s,;/]+", text.strip()) if fault and field in ("ISBN", "ISSN") else []
        if len(pieces) > 1 and min(map(len, pieces)) >= 8:
            fault = next((fault for piece in pieces if (fault := parse(piece).fault)), "")
        if fault:
            self.report(span, f"the {field} {quoted(text)} {fault}", remedy, rule)
        elif field == "DOI" and value != text:
            message = f"the {field} {quoted(text)} is more than the name of the DOI"
            self.report(span, message, f"write {value}", "uncanonical-doi")
        return value if field == "URL" or (field == "DOI" and not fault) else text


_KEY = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_:.#$%&+?<>~/=-]*[A-Za-z0-9_])?")
"""A key that Pandoc reads between `@{` and `}`, and, where no punctuation is doubled, after a mere `@`."""
_CITABLE = re.compile(r"[^\s{}]+")

_LISTS = frozenset(("ISBN", "ISSN", "keyword"))
"""Texts that Crossref and others give as lists."""

_STATUS_FORMS = {"status-date": "2020-05-01", "status-notice": "10.1234/notice"}

_CHECKS: dict[str, tuple[Callable[[str], Identifier], str, str]] = {
    "DOI": (parse_doi, "invalid-doi", "copy it again, for example 10.1016/j.tins.2012.11.002"),
    "ISBN": (parse_isbn, "invalid-isbn", "compare it with the book"),
    "ISSN": (parse_issn, "invalid-issn", "compare it with the journal"),
    "PMCID": (parse_pmcid, "invalid-reference", "copy it again"),
    "PMID": (parse_pmid, "invalid-reference", "copy it again"),
    "URL": (check_url, "invalid-url", "write the whole address"),
}
"""How the identifiers are read; the rule and the remedy where they are wrong."""


def _key_fault(key: str) -> tuple[str, str]:
    """What is wrong with a citation key, to follow the key, and the remedy."""
    if odd := next((c for c in key if not c.isascii()), ""):
        name = f"U+{ord(odd):04X} {unicodedata.name(odd, '').strip()}".rstrip()
        return f"holds {name}, which is not ASCII", "retype it with plain letters"
    if bad := next((c for c in key if not _KEY.fullmatch(f"a{c}a")), ""):
        return f"holds {quoted(bad)}, which a citation key cannot hold", "use letters, digits, hyphens and colons"
    if _KEY.fullmatch(key[0]):
        return f"ends with {quoted(key[-1])}", "remove it: in a text Pandoc takes it for the end of a sentence"
    return f"begins with {quoted(key[0])}", "begin it with a letter, a digit or _"


@lru_cache(maxsize=1000)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    near = closest(word, known)
    # Other programs' fields are allowed, so only a word that differs by a slip counts: `titel`, not `score`.
    slip = near and SequenceMatcher(None, word.casefold(), near.casefold()).ratio() >= 0.8
    return near if slip else None


# ----------------------------------------------------------------------------------------------------- output


def to_csl(source: Source) -> dict[str, object]:
    """The CSL-JSON item of a source (schema csl-data 1.0.2), its fields in one fixed order."""
    fields: dict[str, object] = {
        **{name: [name_to_csl(n) for n in names] for name, names in source.names.items()},
        **source.variables,
        **{name: date_to_csl(date) for name, date in source.dates.items()},
    }
    item: dict[str, object] = {"id": source.key, "type": source.type}
    item |= {name: fields.pop(name) for name in CSL_FIELDS if name in fields}
    item |= {name: fields[name] for name in sorted(fields)}
    custom = {name: source.custom[name] for name in CUSTOM if name in source.custom}
    return item | ({"custom": custom} if source.custom else {})


def csl_json(source: Source) -> str:
    """CSL-JSON, which citation processors and reference managers exchange: a list of one item, its text unchanged."""
    return json.dumps([to_csl(source)], ensure_ascii=False, indent=2)


def name_to_csl(name: Name) -> dict[str, str]:
    """A name as CSL-JSON has it."""
    return {part: text for part, slot in _NAME_PARTS.items() if (text := getattr(name, slot))}


def _names_remedy(field: str, node: DataNode) -> str:
    """The names that stand there as text, in the form that they should have; else the form alone."""
    texts = [node] if isinstance(node, Scalar) else list(node.items) if isinstance(node, Sequence) else []
    text = "; ".join(item.text.strip() for item in texts if isinstance(item, Scalar))
    names = [name for name in re.split(r"\s*;\s*|\s+(?:and|und|et|&)\s+", text) if name]
    if len(names) == 1 and all(" " in part.strip() for part in text.split(",")):
        names = [part.strip() for part in text.split(",")]
    if not names or len(text) > 200 or re.search(r"[\[\]{}:#\"]", text):
        return _NAME
    return f"write {field}: [{', '.join(map(_name_remedy, names))}]"


def _parts_remedy(node: Mapping) -> str:
    """The parts of a name under the keys that CSL has for them."""
    parts = {key.text.lower(): value.text for key, value in node.entries if isinstance(value, Scalar)}
    family = next((parts[k] for k in ("last", "lastname", "last-name", "surname", "name") if k in parts), "")
    given = next((parts[k] for k in ("first", "firstname", "first-name", "forename", "given") if k in parts), "")
    if not family:
        return _NAME
    return f"write {{family: {family}{f', given: {given}' if given else ''}}}"


def _name_remedy(text: str) -> str:
    family, comma, given = (part.strip() for part in text.partition(","))
    if not comma:
        words = text.split()
        first = next((n for n, word in enumerate(words[1:], 1) if word.lower() in _PARTICLES), len(words) - 1)
        given, family = " ".join(words[:first]), " ".join(words[first:])
    return f"{{family: {family}, given: {given}}}" if given and "," not in given else f'{{literal: "{text}"}}'
