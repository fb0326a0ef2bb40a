"""What a reader gathers from an export: highlights with words that a note may hold, and what is said of the others.

Values in the JSON of other programs are taken out without trust in their kinds.
"""

from dataclasses import dataclass, field

from ...core.json_trees import parse_json
from ...core.rules import Severity
from ...core.spans import LineTable, Span
from ...core.trees import DataNode, Mapping, Scalar, Sequence
from .foreign_text import clean_foreign
from .highlights import Export, Highlight, HighlightFormat, ImportedCode, ImportFinding, ImportReport

_MAX_BYTES = 64 * 1_048_576
"""Bytes of JSON that are read."""


@dataclass(slots=True)
class Gathered(ImportReport):
    """The highlights and findings of one export so far."""

    format: HighlightFormat
    highlights: list[Highlight] = field(default_factory=list)

    def json(self, table: LineTable) -> DataNode | None:
        """The tree of a JSON file; what is wrong is reported. Invisible characters count where a text is used."""
        node, problems = parse_json(table.text, table, max_bytes=_MAX_BYTES)
        self.findings += [ImportFinding.of(problem) for problem in problems if problem.rule != "invisible-character"]
        return node

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


def text_at(node: DataNode | None, key: str) -> str:
    """The text under a key; an empty one where there is none."""
    value = node.get(key) if isinstance(node, Mapping) else None
    return value.text if isinstance(value, Scalar) and not value.is_null else ""


def texts_at(node: DataNode | None, key: str) -> tuple[str, ...]:
    """The texts in the list under a key; of a mapping in it, what its `tag` or `name` says."""
    value = node.get(key) if isinstance(node, Mapping) else None
    items = value.items if isinstance(value, Sequence) else (value,) if isinstance(value, Scalar) else ()
    texts = (
        item.text if isinstance(item, Scalar) and not item.is_null else text_at(item, "tag") or text_at(item, "name")
        for item in items
    )
    return tuple(text.strip() for text in texts if text.strip())
