"""BibTeX and BibLaTeX files: the entries, where each field stands, and what entries inherit from each other."""

import logging
import re
from collections.abc import Iterator
from typing import NamedTuple

from bibtexparser import model as bib
from bibtexparser.splitter import Splitter

from ...core.diagnostics import Diagnostic, did_you_mean, quoted
from ...core.spans import LineTable, Span
from ...core.trees import Reader, Scalar
from .bibtex_fields import INHERITED, MONTHS

# The library logs what it also returns; a file of broken entries would spend most of its time there.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL + 1)

_MAX_VALUE = 1_000_000
"""Characters that a value may have once its abbreviations are put in."""


class Value(NamedTuple):
    """What stands in a field."""

    text: str
    """Without its delimiters, abbreviations put in; LaTeX still in it."""
    span: Span
    start: int = -1
    """The offset of the text in the file; -1 where it was put together."""


class BibtexEntry(NamedTuple):
    type: str
    key: Scalar
    """Empty where none is given."""
    fields: dict[str, Value]
    span: Span


def read_entries(table: LineTable) -> tuple[list[BibtexEntry], list[Diagnostic]]:
    """All entries of a file with what they inherit, in its order. A broken one is reported, and the others are read."""
    reader = _Reader(table)
    entries = list(reader.entries())
    heirs = Heirs({entry.key.text: entry for entry in reversed(entries)}, reader)
    return [heirs.whole(entry) for entry in entries if entry.type != "xdata"], reader.problems


class _Reader(Reader):
    """Finds entries and their fields, with their places in the file."""

    rule, most = "invalid-reference", 1_000

    def __init__(self, table: LineTable) -> None:
        # The library knows one kind of line end; the replacement keeps all offsets.
        super().__init__(re.sub("^\ufeff", " ", table.text.replace("\r\n", " \n").replace("\r", "\n")), table)
        self.strings: dict[str, str] = dict(zip(MONTHS, MONTHS, strict=True))
        self.cursor = 0

    def entries(self) -> Iterator[BibtexEntry]:
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
                keyless = self.without_key(start)
                if keyless:
                    yield self.entry(keyless, start)
                else:
                    self.report_broken(inner, start)
            elif isinstance(inner, bib.ImplicitComment):
                self.check_comment(inner, start)

    def find(self, block: bib.Block) -> int:
        """The offset at which a block begins; blocks come in the order of the file."""
        start = max(self.text.find(block.raw or "", self.cursor), self.cursor)
        self.cursor = start
        return start

    def without_key(self, start: int) -> bib.Entry | None:
        """The entry that begins here, once it has a key; nothing where it is broken otherwise."""
        begun = _KEYLESS.match(self.text, start)
        end = _closing(self.text, begun.end(1)) if begun else 0
        if begun is None or not end:
            return None
        blocks = Splitter(f"{begun[1]}\x01,{self.text[begun.end() : end]}").split().blocks
        if len(blocks) != 1 or not isinstance(blocks[0], bib.Entry) or not blocks[0].fields:
            return None
        blocks[0].key = ""
        blocks[0]._raw = self.text[start:end]
        return blocks[0]

    def entry(self, block: bib.Entry, start: int) -> BibtexEntry:
        end = start + len(block.raw or "")
        begun = _BEGINNING.match(self.text, start, end)
        at = max(self.text.find(block.key, begun.end() if begun else start, end), start)
        key = Scalar(block.key, False, self.place(at, at + len(block.key)))
        fields: dict[str, Value] = {}
        at += len(block.key)
        for item in block.fields:
            field, at = self.field(item, at, end)
            if item.key.lower() not in fields:
                fields[item.key.lower()] = field
            else:
                message = f"the field {quoted(item.key)} stands twice in {quoted(block.key)}"
                self.report(field.span, message, "remove one of the two", about=block.key)
        return BibtexEntry(block.entry_type.lower(), key, fields, self.place(start, end))

    def field(self, item: bib.Field, start: int, end: int) -> tuple[Value, int]:
        at = self.text.find(item.key, start, end)
        equals = self.text.find("=", at + len(item.key), end)
        if at < 0 or equals < 0:
            return Value(self.value(item.value), self.place(start, start)), start
        value_start = equals + 1
        while value_start < end and self.text[value_start].isspace():
            value_start += 1
        value_end = value_start + len(item.value)
        text = self.value(item.value)
        at = self.text.find(text, value_start, value_end) if text else -1
        return Value(text, self.place(value_start, value_end), at), value_end

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
            message, remedy = "a field of this entry is not of the form name = {value}", "look for a missing comma"
        self.report(self.place(start, end), message, remedy)

    def check_comment(self, block: bib.ImplicitComment, start: int) -> None:
        """Text between entries is a comment, unless it looks like an entry whose first brace is missing."""
        for found in _LOST_ENTRY.finditer(block.comment):
            span = self.place(start + found.start(1), start + found.end(1))
            self.report(span, "no { follows here", "write @book{doe2009,")


_BEGINNING = re.compile(r"@[A-Za-z]+[ \t]*[{(]")
_KEYLESS = re.compile(r"(@[A-Za-z]+[ \t]*[{(])[ \t\r\n,]*(?=[A-Za-z][A-Za-z0-9_-]*[ \t\r\n]*=)")
"""The beginning of an entry whose first word is the name of a field."""
_LOST_ENTRY = re.compile(r"^[ \t]*(@[A-Za-z]+)[ \t]*(?![\w@.{(])", re.MULTILINE)


def _closing(text: str, start: int) -> int:
    """Where the entry ends whose content begins here; 0 where it is never closed."""
    depth = 1
    for found in re.compile(r"\\.|[{}]|\n@", re.DOTALL).finditer(text, start):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
        if found[0] == "\n@":
            return 0
    return 0


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


class Heirs:
    """Gives entries what `xdata` and `crossref` let them have from others, over several generations."""

    def __init__(self, by_key: dict[str, BibtexEntry], reader: Reader) -> None:
        self.by_key, self.reader = by_key, reader
        self.known: dict[int, BibtexEntry] = {}

    def whole(self, entry: BibtexEntry, below: frozenset[str] = frozenset()) -> BibtexEntry:
        """The entry with all that it inherits; one that inherits from itself is left as it is."""
        if id(entry) in self.known:
            return self.known[id(entry)]
        fields = dict(entry.fields)
        below = below | {entry.key.text}
        for name in ("xdata", "crossref"):
            keys = re.split(r"\s*,\s*", fields[name].text.strip()) if name in fields else []
            for key in filter(None, keys):
                parent = self.find(entry, fields[name], key)
                if parent and key not in below and len(below) < _MAX_GENERATIONS:
                    inherited = self.whole(parent, below).fields
                    fields = {**(inherited if name == "xdata" else _inherited(entry, parent, inherited)), **fields}
        self.known[id(entry)] = entry._replace(fields=fields)
        return self.known[id(entry)]

    def find(self, entry: BibtexEntry, field: Value, key: str) -> BibtexEntry | None:
        parent = self.by_key.get(key)
        if parent is None:
            message = f"{quoted(entry.key.text)} refers to {quoted(key)}, which is not in this file"
            self.reader.report(field.span, message, did_you_mean(key, self.by_key), about=entry.key.text)
        return parent


_MAX_GENERATIONS = 8
_OWN = frozenset(
    "ids crossref xref entryset entrysubtype execute label options presort related relatedoptions relatedstring "
    "relatedtype shortauthor shorteditor shorthand shorthandintro sortkey sortname sorttitle sortyear xdata "
    "shorttitle".split()
)
"""What nobody inherits (BibLaTeX manual, section 2.4.1 and appendix B)."""


def _inherited(child: BibtexEntry, parent: BibtexEntry, fields: dict[str, Value]) -> dict[str, Value]:
    kind = "journal" if child.type == "article" else "mvbook" if parent.type.startswith("mv") else parent.type
    renamed = INHERITED.get(kind, INHERITED[""])
    if child.type in ("inbook", "bookinbook", "suppbook") and "author" in fields:
        fields = {"bookauthor": fields["author"], **fields}
    return {renamed.get(name, name): value for name, value in fields.items() if name not in _OWN}
