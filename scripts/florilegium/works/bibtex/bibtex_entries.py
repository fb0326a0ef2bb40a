"""BibTeX and BibLaTeX files: finds the entries and where each field stands, and makes works of them."""

import logging
import re
from collections.abc import Iterator

from bibtexparser import model as bib
from bibtexparser.splitter import Splitter

from ...core.diagnostics import Diagnostic, did_you_mean, quoted
from ...core.model import Source
from ...core.spans import LineTable, Span
from ...core.trees import Scalar
from ..csl import parse_source
from .bibtex_reader import MONTHS, Entry, Field, csl_item

__all__ = ["parse_bibtex"]

# The library logs what it also returns; a file of broken entries would spend most of its time there.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL + 1)

_MAX_PROBLEMS = 1_000
"""Broken entries of one file that are reported one by one."""
_MAX_VALUE = 1_000_000
"""Characters that a value may have once its abbreviations are put in."""


def parse_bibtex(table: LineTable) -> tuple[list[Source], list[Diagnostic]]:
    """Read all entries of a BibTeX or BibLaTeX file. A broken entry is reported, and the others are read."""
    reader = _Reader(table)
    entries = list(reader.entries())
    by_key = {entry.key.text: entry for entry in reversed(entries)}
    sources: list[Source] = []
    problems = reader.problems
    for entry in entries:
        source, found = parse_source(csl_item(_with_parent(entry, by_key, problems)), table)
        problems += found
        if source:
            sources.append(source)
    return sources, problems


class _Reader:
    """Finds entries and their fields, with their places in the file."""

    def __init__(self, table: LineTable) -> None:
        self.table = table
        # The library knows one kind of line end; the replacement keeps all offsets.
        self.text = table.text.replace("\r\n", " \n").replace("\r", "\n")
        if self.text.startswith("\ufeff"):
            self.text = f" {self.text[1:]}"
        self.problems: list[Diagnostic] = []
        self.strings: dict[str, str] = dict(zip(MONTHS, MONTHS, strict=True))
        self.cursor = 0

    def report(self, span: Span, message: str, remedy: str = "", about: str = "") -> None:
        if len(self.problems) < _MAX_PROBLEMS:
            found = Diagnostic(rule="invalid-reference", span=span, message=message, help=remedy, about=about)
            self.problems.append(found)

    def entries(self) -> Iterator[Entry]:
        for block in Splitter(self.text).split().blocks:
            start = self.find(block)
            # An entry with a doubled key or field comes wrapped; who reads the file decides about keys.
            inner = getattr(block, "ignore_error_block", None) or block
            if isinstance(inner, bib.DuplicateFieldKeyBlock):
                inner = inner.ignore_error_block
            if isinstance(inner, bib.String):
                self.strings[inner.key.lower()] = self.value(inner.value)
            elif isinstance(inner, bib.Entry):
                yield self.entry(inner, start)
            elif isinstance(inner, bib.ParsingFailedBlock):
                self.report_broken(inner, start)
            elif isinstance(inner, bib.ImplicitComment):
                self.check_comment(inner, start)

    def find(self, block: bib.Block) -> int:
        """The offset at which a block begins; blocks come in the order of the file."""
        start = max(self.text.find(block.raw or "", self.cursor), self.cursor)
        self.cursor = start
        return start

    def entry(self, block: bib.Entry, start: int) -> Entry:
        end = start + len(block.raw or "")
        at = max(self.text.find(block.key, start + 1 + len(block.entry_type), end), start)
        key = Scalar(block.key, False, self.table.span(at, at + len(block.key)))
        fields: dict[str, Field] = {}
        at += len(block.key)
        for item in block.fields:
            field, at = self.field(item, at, end)
            if item.key.lower() not in fields:
                fields[item.key.lower()] = field
            else:
                message = f"the field {quoted(item.key)} stands twice in {quoted(block.key)}"
                self.report(field.span, message, "remove one of the two", block.key)
        return Entry(block.entry_type, key, fields, self.table.span(start, end))

    def field(self, item: bib.Field, start: int, end: int) -> tuple[Field, int]:
        at = self.text.find(item.key, start, end)
        equals = self.text.find("=", at + len(item.key), end)
        if at < 0 or equals < 0:
            return Field(self.value(item.value), self.table.span(start, start)), start
        value_start = equals + 1
        while value_start < end and self.text[value_start].isspace():
            value_start += 1
        value_end = value_start + len(item.value)
        return Field(self.value(item.value), self.table.span(value_start, value_end)), value_end

    def value(self, raw: str) -> str:
        """A value without delimiters: `{A} # jan` is put together, and abbreviations are put in."""
        if raw[:1] == "{" and raw[-1:] == "}" and "#" not in raw:
            return raw[1:-1]
        pieces = []
        for piece in _pieces(raw):
            bare = piece[:1] not in ("{", '"')
            pieces.append(self.strings.get(piece.lower(), piece) if bare else piece[1:-1])
        # Each abbreviation may double the one before it.
        return "".join(pieces)[:_MAX_VALUE]

    def report_broken(self, block: bib.ParsingFailedBlock, start: int) -> None:
        line_end = self.text.find("\n", start)
        end = line_end if line_end >= 0 else len(self.text)
        reason = str(getattr(block.error, "abort_reason", block.error))
        if "end of file" in reason or "block start" in reason:
            message, remedy = "this entry is never closed", 'look for a missing "}" or quotation mark in it'
        elif "comma after entry key" in reason:
            message, remedy = "this entry has no key, or no comma after it", "write @book{doe2009,"
        else:
            message, remedy = (
                "a field of this entry is not of the form name = {value}",
                "look for a missing comma",
            )
        self.report(self.table.span(start, end), message, remedy)

    def check_comment(self, block: bib.ImplicitComment, start: int) -> None:
        """Text between entries is a comment, unless it looks like an entry whose first brace is missing."""
        for found in _LOST_ENTRY.finditer(block.comment):
            at = start + found.start(1)
            self.report(self.table.span(at, start + found.end(1)), "no { follows here", "write @book{doe2009,")


_LOST_ENTRY = re.compile(r"^[ \t]*(@[A-Za-z]+)[ \t]*(?![\w@.{(])", re.MULTILINE)


def _pieces(raw: str) -> Iterator[str]:
    """The parts of a value that is put together with `#`."""
    depth, in_quotes, start = 0, False, 0
    for offset, character in enumerate(raw):
        if character in "{}":
            depth += 1 if character == "{" else -1
        elif character == '"' and depth == 0:
            in_quotes = not in_quotes
        elif character == "#" and depth == 0 and not in_quotes:
            yield raw[start:offset].strip()
            start = offset + 1
    yield raw[start:].strip()


def _with_parent(entry: Entry, by_key: dict[str, Entry], problems: list[Diagnostic]) -> Entry:
    """The entry with what `crossref` lets it inherit from another one."""
    crossref = entry.fields.get("crossref")
    if crossref is None:
        return entry
    parent = by_key.get(crossref.text.strip())
    if parent is None:
        message = f"{quoted(entry.key.text)} refers to {quoted(crossref.text)}, which is not in this file"
        remedy = did_you_mean(crossref.text, by_key)
        problems.append(
            Diagnostic(
                rule="invalid-reference",
                span=crossref.span,
                message=message,
                help=remedy,
                about=entry.key.text,
            )
        )
        return entry
    whole = "journal" if entry.type == "article" else "book"
    renamed = {"title": f"{whole}title", "subtitle": f"{whole}subtitle"}
    inherited = {renamed.get(name, name): field for name, field in parent.fields.items()}
    return entry._replace(fields={**inherited, **entry.fields})
