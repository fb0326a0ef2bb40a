"""Coverage: what a library rests on and what it lacks, as values, as text and as JSON.

Nothing here shows the words of a quotation, since nothing here could carry its notices: quotations are named by their
address, their speaker and their citation.
"""

from .coverage_report import SHOWN, json_report, text_report
from .coverage_sections import Cited, Coverage, Entry, Kind, Section, coverage_of
from .quoted_words import SourceWords, count_words, quoted_words

__all__ = [
    "SHOWN",
    "Cited",
    "Coverage",
    "Entry",
    "Kind",
    "Section",
    "SourceWords",
    "count_words",
    "coverage_of",
    "json_report",
    "quoted_words",
    "text_report",
]
