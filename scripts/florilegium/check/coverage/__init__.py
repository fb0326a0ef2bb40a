"""Coverage: what a library rests on and what it lacks, as values, as text and as JSON.

Nothing here shows the words of a quotation, since nothing here could carry its notices: quotations are named by their
address, their speaker and their citation.
"""

from .coverage_report import MAX_ENTRIES, coverage_json, text_report
from .coverage_sections import CitedWork, Coverage, CoverageEntry, CoverageSection, EntryKind, Phrase, coverage_of
from .quoted_words import SourceWords, count_source_words, quoted_words

__all__ = [
    "MAX_ENTRIES",
    "CitedWork",
    "Coverage",
    "CoverageEntry",
    "CoverageSection",
    "EntryKind",
    "Phrase",
    "SourceWords",
    "count_source_words",
    "coverage_json",
    "coverage_of",
    "quoted_words",
    "text_report",
]
