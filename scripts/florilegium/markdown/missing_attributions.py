"""Block quotes without an attribution: what stands there instead, and how to make an attribution of it."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..core.rules import Group, declare_rule
from .building import trimmed_end
from .citing import find_citations
from .nodes import Node, walk
from .positions import Positions
from .quotes import DASH, Attribution, parse_attribution
from .quoting import split_quote
from .runs import InlineRun
from .tags import TagFault
from .tails import missing_work

_FORM = "end it with a paragraph: — SPEAKER, in [@key, p. 1] #theme"
BELOW = "the attribution below belongs to the block quote: begin its line with >, and the line between with > too"
_SIGNS = " ~=*·•«»:;_&—–-"
_SHORT = 60
"""Characters before a citation that may be a speaker; more are words."""


declare_rule(
    "unattributed-quote",
    Group.QUOTES,
    "Every block quote ends with an attribution.",
    "In a companion to a literature, words without a source are a defect.",
    "Add a last paragraph `— SPEAKER, [@key, p. 1] #theme {#id}`, or write the passage as prose.",
)


def unattributed(quote: Node, words: Sequence[Node], following: Node | None, positions: Positions) -> TagFault:
    """The finding of a block quote without an attribution; `following` is the block after it."""
    end = trimmed_end(words[0] if words else quote, positions.data)
    shown = positions.data[quote.start : min(end, quote.start + 80)].decode("utf-8", "ignore")
    place = quote.start, quote.start + len(shown.encode())
    return TagFault(
        "unattributed-quote", *place, "this block quote has no attribution", _remedy(quote, following, positions)
    )


def _remedy(quote: Node, following: Node | None, positions: Positions) -> str:
    """How to give a block quote its attribution; `following` is the block after it."""
    blocks = [child for child in quote.children if child.kind != "FootnoteDefinition"]
    if not blocks:
        return _FORM
    if following is not None and _detached(quote, following, positions):
        return BELOW
    if len(blocks) == 1 and blocks[0].kind == "BlockQuote":
        return "write one > at the beginning of each line, not two"
    if _paragraph_attribution(blocks[0], positions) and len(blocks) > 1:
        return 'move the attribution to the end of the block quote, after an empty line ">"'
    below = following if following is not None and following.kind == "BlockQuote" else None
    if below is not None and _gap(quote, below, positions) == 1 and split_quote(below, positions).attribution:
        return (
            'if it belongs to the block quote below, write ">" on the empty line between the two; if not, '
            "end it with an attribution of its own"
        )
    last = blocks[-1]
    if last.kind == "List":
        sign = positions.data[last.start : last.start + 1].decode("ascii", "replace")
        return f'begin the attribution with a dash "—": "{sign}" makes a list'
    return _of_paragraph(last, positions) if last.kind == "Paragraph" else _FORM


def _of_paragraph(paragraph: Node, positions: Positions) -> str:
    first = paragraph.children[0] if paragraph.children else None
    if first is not None and first.kind in ("Emphasis", "Strong"):
        inner = next((node.text for node in walk(first) if node.kind == "Text"), "")
        if DASH.match(inner):
            return f"take the {'asterisks' if positions.data[first.start] == 0x2A else 'signs'} of emphasis away"
    run = InlineRun(paragraph.children, positions)
    begin = run.text.rfind("\n", 0, len(run.text.rstrip())) + 1
    line = run.text[begin:].strip()
    citations = [found for found in find_citations(run) if found.start >= begin]
    if not citations:
        start, end, work = missing_work(line)
        if end - start < len(line) or line.startswith(("(", "[")):
            place = work.removeprefix("write ")
            return f"give the work its own line, after an empty line >: — SPEAKER, in {place}"
        return _FORM
    cited = run.text[citations[0].start : citations[-1].end]
    before = run.text[begin : citations[0].start].strip(_SIGNS)
    if not before or not before.strip("()[] "):
        return f"say who speaks: — SPEAKER, in {cited}"
    is_own = begin > 0 or len(before) <= _SHORT
    if is_own and re.search(r"(?:\bin|,)\s*[(\[]?\s*\Z", run.text[begin : citations[0].start]):
        return f"begin the attribution with a dash: — {line.lstrip(_SIGNS)}"
    return f"put the work behind the words, after an empty line >: — SPEAKER, in {cited}"


def check_remark(quote: Node, name: str, positions: Positions) -> Iterator[TagFault]:
    """Report a callout with an attribution: it is shown as a remark, and its words as the note-taker's."""
    attribution = split_quote(quote, positions).attribution
    if attribution is not None and attribution.references:
        message = f"[!{name}] makes a remark of this block quote, though it has an attribution"
        end = positions.data.find(b"\n", quote.start)
        yield TagFault("unattributed-quote", quote.start, end, message, "write [!quote], or leave the first line out")


def _gap(quote: Node, following: Node, positions: Positions) -> int:
    """The empty lines between two blocks."""
    return positions.data.count(b"\n", trimmed_end(quote, positions.data), following.start) - 1


def _paragraph_attribution(node: Node, positions: Positions) -> Attribution | None:
    first = node.children[0] if node.kind == "Paragraph" and node.children else None
    if first is None or first.kind != "Text" or not DASH.match(first.text):
        return None
    attribution = parse_attribution(InlineRun(node.children, positions))
    return attribution if attribution is not None and attribution.references else None


def _detached(quote: Node, following: Node, positions: Positions) -> Attribution | None:
    """The attribution that stands below a block quote, outside of it, at most one empty line away."""
    if _gap(quote, following, positions) > 1:
        return None
    return _paragraph_attribution(following, positions)


def detached_pairs(blocks: Sequence[Node], positions: Positions) -> list[tuple[Node, Node, Attribution]]:
    """Block quotes without an attribution among siblings, each with the paragraph below that is one."""
    pairs = []
    for quote, following in pairwise(blocks):
        if quote.kind == "BlockQuote" and split_quote(quote, positions).attribution is None:
            attribution = _detached(quote, following, positions)
            if attribution is not None:
                pairs.append((quote, following, attribution))
    return pairs
