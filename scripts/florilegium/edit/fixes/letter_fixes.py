"""Letters in Unicode NFC (https://www.unicode.org/reports/tr15/): in prose, front matter and attributions alone.

The words of a quotation are as its source has them. Code, addresses, tags and citation keys are names, which a
change would let point elsewhere.
"""

import re
from collections.abc import Iterator
from unicodedata import is_normalized, normalize

from ...core.edits import Edit
from ...core.model import Note
from ...core.spans import Span
from ...library.links import body_references
from ...library.voices import voices_of
from ...markdown.nodes import LITERAL, Node, walk
from .fix_drafts import Fix, FixedText, TextKind

_STRETCH = re.compile(r"[A-Za-z]?[^\x00-\x7f]+")
_SIGN = re.compile(r"[\x00-@\[-`{-\x7f]")
_NAMES = ("CodeBlock", "HtmlBlock", "Code", "InlineHtml", "Tag")


def fix_letters(document: FixedText) -> Iterator[Fix]:
    """One edit for each stretch of letters that is not in NFC, and is no word of a quotation and no name."""
    text = document.table.text
    if is_normalized("NFC", text):
        return
    kept = sorted(_kept(document))
    index = end = 0
    for match in _STRETCH.finditer(text):
        start, stop = match.span()
        while index < len(kept) and kept[index][0] < stop:
            end = max(end, kept[index][1])
            index += 1
        composed = normalize("NFC", match[0])
        # Some letters are composed into a sign that Markdown or YAML would read as its own.
        if start >= end and composed != match[0] and not _SIGN.search(composed):
            yield Fix(TextKind.LETTERS, (Edit(span=document.table.span(start, stop), text=composed),))


def _kept(document: FixedText) -> Iterator[tuple[int, int]]:
    """The ranges of offsets that stay as they are."""
    table = document.table
    for block in document.block_quotes():
        yield from _words(document, block)
    for node in walk(document.tree.root):
        if node.kind in _NAMES or (node.kind == "Text" and node.info == LITERAL) or _is_address(node):
            yield document.place(node.start, node.end)
    for span in _name_spans(document):
        yield table.offset(span.start), table.offset(span.end)


def _is_address(node: Node) -> bool:
    return node.kind == "Link" and node.info.type in ("Autolink", "Email")


def _words(document: FixedText, block: Node) -> Iterator[tuple[int, int]]:
    index = document.tree.quotes.get(block.start)
    start, end = document.place(block.start, block.end)
    if index is None:
        yield start, end
        return
    attribution = document.value.body.quotes[index].attribution_span
    yield start, document.table.offset(attribution.start)


def _name_spans(document: FixedText) -> Iterator[Span]:
    value = document.value
    yield from (hyperlink.span for hyperlink in value.body.hyperlinks)
    yield from (reference.key_span for reference in body_references(value.body))
    for quote in value.body.quotes:
        yield from (reference.key_span for reference in quote.references)
    if isinstance(value, Note):
        yield from (mention.span for mention in (value.source, value.via) if mention)
        for source in value.sources:
            yield source.key_span
            yield from (source.spans[field] for field in ("URL", "DOI") if field in source.spans)


def count_left(document: FixedText) -> int:
    """How many quotations have words that are not in NFC."""
    table = document.table
    return sum(not is_normalized("NFC", table.slice(quote.words_span)) for quote in document.value.body.quotes)


def identities(document: FixedText) -> tuple[object, ...]:
    """Everything in a document that names something, and the words of its quotations: what no letter may change."""
    value, body = document.value, document.value.body
    found: list[object] = [
        [reference.key for reference in body_references(body)],
        [hyperlink.target for hyperlink in body.hyperlinks],
        [heading.id for heading in body.headings],
    ]
    for quote in value.body.quotes:
        role = [voice.role for voice in voices_of(document.links, quote)]
        themes, notices = ([m.id for m in mentions] for mentions in (quote.themes, quote.notices))
        found.append((quote.words, quote.id, role, [r.key for r in quote.references], themes, notices))
    if isinstance(value, Note):
        found += [value.source and value.source.id, value.via and value.via.id, [m.id for m in value.themes]]
        for source in value.sources:
            addresses = source.variables.get("URL"), source.variables.get("DOI")
            found.append((source.key, source.type, *addresses, list(source.variables)))
    else:
        found += [[m.id for m in mentions] for mentions in (value.broader, value.related)]
    return (*found, [mention.id for mention in value.notices])
