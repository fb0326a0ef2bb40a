"""What a reader gathers from an export: highlights with words that a note may hold, and what is said of the others."""

from dataclasses import dataclass, field

from ...core.rules import Severity
from ...core.spans import Span
from .foreign_text import clean_foreign
from .highlights import Export, Highlight, HighlightFormat, ImportedCode, ImportReport


@dataclass(slots=True)
class Gathered(ImportReport):
    """The highlights and findings of one export so far."""

    format: HighlightFormat
    highlights: list[Highlight] = field(default_factory=list)

    def words(self, raw: str, span: Span, *, lines: bool = False, empty: Severity = Severity.ERROR) -> str:
        """The words of a highlight as clean paragraphs; empty where it is left out, which is reported.

        `empty` says how grave it is when there are none: some programs export such highlights by the dozen.
        """
        words = clean_foreign(raw, lines=lines)
        if words.refused:
            message = f"this highlight holds the character {words.refused}, which no note may hold; it is left out"
            self.report(span, message, "correct it in the other program, or copy the words by hand")
            return ""
        if not words.text:
            self.report(span, "this highlight has no words; it is left out", severity=empty)
        if words.dropped:
            message = f"{', '.join(words.dropped)} was taken out of this highlight"
            self.report(span, message, severity=Severity.INFORMATION)
        return words.text

    def left_out(self, path: str, count: int, why: str, what: str) -> None:
        """Say how many entries of a kind are none that quote."""
        if count:
            message = f"left out, because they {why}: {count} of the {what}"
            self.report(Span.of_file(path), message, severity=Severity.INFORMATION)

    def export(self, codes: tuple[ImportedCode, ...] = ()) -> Export:
        return Export(format=self.format, highlights=tuple(self.highlights), codes=codes, findings=tuple(self.findings))
