"""Zotero's annotations as JSON: items of its web service, and what Better BibTeX adds to a work's attachments.

An annotation is an item of the type `annotation`, of a parent that is an attachment, of a parent that is the work
(https://www.zotero.org/support/dev/web_api/v3/basics).
"""

from collections.abc import Iterator

from ...core.sources import Name
from ...core.spans import LineTable
from ...core.trees import DataNode, Mapping, Sequence
from ...works.identifiers import parse_isbn
from .foreign_text import clean_line, clean_paragraphs
from .gathered import Gathered, text_at, texts_at
from .highlights import Export, Highlight, HighlightFormat, Work

_MARKED = ("highlight", "underline")
ZOTERO_TYPES = {
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
    gathered = Gathered(HighlightFormat.ZOTERO)
    items = list(_items(gathered.json(table), None))
    parents = {text_at(item, "key"): item for item, _ in items}
    passed = 0
    for item, around in items:
        if not _is_annotation(item):
            continue
        if text_at(item, "annotationType") not in (*_MARKED, ""):
            passed += 1
        else:
            _take(item, _work_of(item, parents) or around, gathered)
    gathered.left_out(table.path, passed, "mark no words", "annotations (notes, drawings, pictures)")
    return gathered.export()


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


def _take(item: Mapping, work: Mapping | None, gathered: Gathered) -> None:
    id_ = clean_line(text_at(item, "key") or text_at(item, "id"))
    if not id_:
        gathered.report(item.span, "this annotation has no key; it is left out")
    elif words := gathered.words(text_at(item, "annotationText"), item.span):
        highlight = Highlight(
            id=id_,
            words=words,
            work=_work(work),
            page=clean_line(text_at(item, "annotationPageLabel")),
            comment=clean_paragraphs(text_at(item, "annotationComment"), lines=True),
            tags=texts_at(item, "tags"),
            colour=clean_line(text_at(item, "annotationColor")),
            span=item.span,
        )
        gathered.highlights.append(highlight)


def _work(item: Mapping | None) -> Work:
    if item is None:
        return Work()
    creators = item.get("creators")
    first = creators.items[0] if isinstance(creators, Sequence) and creators.items else None
    author = clean_line(text_at(first, "lastName") or text_at(first, "name"))
    given = clean_line(text_at(first, "firstName"))
    name = Name(family=author, given=given) if given else Name(literal=author)
    return Work(
        title=clean_line(text_at(item, "title")),
        people=(name,) if author else (),
        year=clean_line(text_at(item, "date"))[:4],
        key=clean_line(text_at(item, "citationKey") or text_at(item, "citekey")),
        item=clean_line(text_at(item, "key")),
        doi=clean_line(text_at(item, "DOI")),
        url=clean_line(text_at(item, "url")),
        isbn=parse_isbn(text_at(item, "ISBN")).value,
        type=ZOTERO_TYPES.get(text_at(item, "itemType"), "document"),
    )
