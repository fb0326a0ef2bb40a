"""Inline Markdown, as CommonMark has it: marks that are no prose, links, emphasis, and what a reader sees of it all.

`parse_marks` finds code, addresses, tags, escapes and entities, which bind tighter than brackets and emphasis: nothing
in them is read for citations, links or quotes. `parse_targets` and `parse_definitions` find where links lead, and
`parse_phrases` puts everything together; all of them take linear time, whatever the text. Emphasis is
Python-Markdown's: `render_emphasis`.
See https://spec.commonmark.org/0.31.2/#inlines.
"""

from .emphasis import SLOT, has_emphasis, render_emphasis
from .marks import Mark, MarkKind, mask, merge_marks, parse_marks
from .phrases import Link, Phrase, PhraseKind, parse_phrases
from .targets import Definition, Definitions, Target, normal_label, parse_definitions, parse_targets
from .words import entity_text, plain_text

__all__ = [
    "SLOT",
    "Definition",
    "Definitions",
    "Link",
    "Mark",
    "MarkKind",
    "Phrase",
    "PhraseKind",
    "Target",
    "entity_text",
    "has_emphasis",
    "mask",
    "merge_marks",
    "normal_label",
    "parse_definitions",
    "parse_marks",
    "parse_phrases",
    "parse_targets",
    "plain_text",
    "render_emphasis",
]
