"""What an export of another program holds: highlights, works and codes, and findings on what cannot be read."""

from dataclasses import dataclass, field
from enum import StrEnum

from ...core.diagnostics import Diagnostic
from ...core.rules import RULES, Severity
from ...core.sources import Name, Source
from ...core.spans import Span


class HighlightFormat(StrEnum):
    """The kinds of files that are read."""

    BIBTEX = "bibtex"
    RIS = "ris"
    CSL = "csl"
    ZOTERO = "zotero"
    HYPOTHESIS = "hypothesis"
    READWISE = "readwise"
    KINDLE = "kindle"
    REFI_QDA = "refi-qda"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFinding:
    """Something to say about a place in the export, or about a file of the library."""

    span: Span
    message: str
    help: str = ""
    severity: Severity = Severity.ERROR
    diff: tuple[str, ...] = ()
    """For a conflict, the two texts as lines of a diff: what stands here after `-`, what the export has after `+`."""

    @classmethod
    def of(cls, found: Diagnostic) -> "ImportFinding":
        severity = RULES[found.rule].severity
        return cls(span=found.span, message=found.message, help=found.help, severity=severity)


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """Base of whatever has something to say while it is made."""

    findings: list[ImportFinding] = field(default_factory=list)

    def report(self, span: Span, message: str, help: str = "", severity: Severity = Severity.ERROR) -> None:
        self.findings.append(ImportFinding(span=span, message=message, help=help, severity=severity))


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What an export says about the work that a highlight is from. Every field may be empty."""

    title: str = ""
    people: tuple[Name, ...] = ()
    """The authors, as far as the program names them."""
    year: str = ""
    key: str = ""
    """A citation key that the other program gives to it."""
    item: str = ""
    """The id by which the same export has the work among its sources."""
    doi: str = ""
    url: str = ""
    isbn: str = ""
    type: str = "book"
    """The CSL type that the program's works have."""
    accessed: str = ""
    """ISO date of the first highlight, for a page of the web."""

    @property
    def author(self) -> str:
        """Family name of the first author, or an institution."""
        return self.people[0].short if self.people else ""

    @property
    def name(self) -> str:
        """What a message calls it."""
        return self.title or self.url or " ".join(part for part in (self.author, self.year) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """Words that a reader marked in another program."""

    id: str
    """The same in every export of that program, whatever is edited there."""
    words: str
    """Clean paragraphs, separated by a line feed."""
    work: Work
    page: str = ""
    place: str = ""
    """A place that is no page, in words: `location 123-125`."""
    comment: str = ""
    """Clean paragraphs, separated by a line feed."""
    tags: tuple[str, ...] = ()
    colour: str = ""
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCode:
    """A code of a code book: what becomes a theme."""

    name: str
    description: str = ""
    broader: str = ""
    """Name of the code that it stands below."""
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """All that one file holds and could be read."""

    format: HighlightFormat
    highlights: tuple[Highlight, ...] = ()
    sources: tuple[Source, ...] = ()
    codes: tuple[ImportedCode, ...] = ()
    findings: tuple[ImportFinding, ...] = ()
    is_whole: bool = True
    """Whether what is not here is not there; otherwise this is what changed, and `deleted` says what is gone."""
    deleted: frozenset[str] = frozenset()
    """Ids of highlights and works that were deleted in the other program."""
    version: tuple[str, int] = ("", 0)
    """The library that answered, and its version; the next import asks for what changed since then."""
