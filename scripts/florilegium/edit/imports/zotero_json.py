"""Zotero's annotations as JSON: items of its web service, and what Better BibTeX adds to a work's attachments.

An annotation is an item of the type `annotation`, of a parent that is an attachment, of a parent that is the work
(https://www.zotero.org/support/dev/web_api/v3/basics).
"""

from collections.abc import Iterator

from ...core.diagnostics import quoted
from ...core.rules import Severity
from ...core.spans import LineTable, Span
from ...core.trees import DataNode, Mapping, Sequence
from ...works.identifiers import parse_isbn
from .foreign_text import clean_foreign, clean_line
from .foreign_values import read_json, text_at, texts_at
from .highlights import Export, Highlight, HighlightFormat, ImportFinding, Work

_MARKED = ("highlight", "underline")
_TYPES = {
    "blogPost": "post-weblog",
    "book": "book",
    "bookSection": "chapter",
    "conferencePaper": "paper-conference",
    "document": "document",
    "encyclopediaArticle": "entry-encyclopedia",
    "journalArticle": "article-journal",
    "magazineArticle": "article-magazine",
    "newspaperArticle": "article-newspaper",
    "preprint": "article",
    "report": "report",
    "thesis": "thesis",
    "webpage": "webpage",
}


def parse_zotero_json(table: LineTable) -> Export:
    """Read all annotations that mark words. Notes, drawings and pictures quote nothing, and are counted alone."""
    node, problems = read_json(table)
    findings = [ImportFinding.of(problem) for problem in problems]
    items = list(_items(node, None))
    parents = {text_at(item, "key"): item for item, _ in items}
    highlights = []
    passed = 0
    for item, around in items:
        if not _is_annotation(item):
            continue
        if text_at(item, "annotationType") not in (*_MARKED, ""):
            passed += 1
        elif highlight := _highlight(item, _work_of(item, parents) or around, findings):
            highlights.append(highlight)
    if passed:
        message = f"left out, because they mark no words: {passed} of the annotations (notes, drawings, pictures)"
        findings.append(ImportFinding(span=Span.of_file(table.path), message=message, severity=Severity.INFORMATION))
    return Export(format=HighlightFormat.ZOTERO, highlights=tuple(highlights), findings=tuple(findings))


def _items(node: DataNode | None, around: Mapping | None) -> Iterator[tuple[Mapping, Mapping | None]]:
    """All items wherever they are, each with the work whose data it stands in."""
    if isinstance(node, Sequence):
        for inner in node.items:
            yield from _items(inner, around)
    elif isinstance(node, Mapping):
        data = node.get("data")
        if isinstance(data, Mapping) and data.get("itemType") is not None:
            node = data
        is_item = node.get("itemType") is not None or node.get("annotationText") is not None
        if is_item:
            yield node, around
        inside = node if is_item and _is_work(node) else around
        for _, value in node.entries:
            yield from _items(value, inside)


def _is_annotation(item: Mapping) -> bool:
    return text_at(item, "itemType") == "annotation" or item.get("annotationText") is not None


def _is_work(item: Mapping) -> bool:
    return text_at(item, "itemType") not in ("", "annotation", "attachment", "note")


def _work_of(item: Mapping, parents: dict[str, Mapping]) -> Mapping | None:
    parent: Mapping | None = item
    for _ in range(3):
        parent = parents.get(text_at(parent, "parentItem")) if parent else None
        if parent is not None and _is_work(parent):
            return parent
    return None


def _highlight(item: Mapping, work: Mapping | None, findings: list[ImportFinding]) -> Highlight | None:
    id_ = clean_line(text_at(item, "key") or text_at(item, "id"))
    words = clean_foreign(text_at(item, "annotationText"))
    if not id_ or not words.text or words.refused:
        reason = f"quotes the character {words.refused}, which no note may hold" if words.refused else ""
        reason = reason or ("has no words" if id_ else "has no key")
        findings.append(ImportFinding(span=item.span, message=f"this annotation {reason}; it is left out"))
        return None
    if words.dropped:
        message = f"{', '.join(words.dropped)} was taken out of {quoted(words.text)}"
        findings.append(ImportFinding(span=item.span, message=message, severity=Severity.INFORMATION))
    comment = clean_foreign(text_at(item, "annotationComment"), lines=True)
    return Highlight(
        id=id_,
        words=words.text,
        work=_work(work),
        page=clean_line(text_at(item, "annotationPageLabel")),
        comment="" if comment.refused else comment.text,
        tags=texts_at(item, "tags"),
        colour=clean_line(text_at(item, "annotationColor")),
        span=item.span,
    )


def _work(item: Mapping | None) -> Work:
    if item is None:
        return Work()
    creators = item.get("creators")
    first = creators.items[0] if isinstance(creators, Sequence) and creators.items else None
    return Work(
        title=clean_line(text_at(item, "title")),
        author=clean_line(text_at(first, "lastName") or text_at(first, "name")),
        given=clean_line(text_at(first, "firstName")),
        year=clean_line(text_at(item, "date"))[:4],
        key=clean_line(text_at(item, "citationKey") or text_at(item, "citekey")),
        item=clean_line(text_at(item, "key")),
        doi=clean_line(text_at(item, "DOI")),
        url=clean_line(text_at(item, "url")),
        isbn=parse_isbn(text_at(item, "ISBN")).value,
        type=_TYPES.get(text_at(item, "itemType"), "document"),
    )
