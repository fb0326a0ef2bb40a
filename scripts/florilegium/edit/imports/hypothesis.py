"""Hypothesis: annotations as its web service answers (`rows`) or as its sidebar exports them (`annotations`).

The words are those of the `TextQuoteSelector` (https://www.w3.org/TR/annotation-model/#text-quote-selector).
"""

from ...core.spans import LineTable
from ...core.trees import DataNode, Mapping, Sequence
from ...works.identifiers import parse_doi
from .foreign_text import clean_line, clean_paragraphs
from .gathered import Gathered, text_at, texts_at
from .highlights import Export, Highlight, HighlightFormat, Work


def parse_hypothesis(table: LineTable) -> Export:
    """Read all annotations. Page notes and replies quote nothing, and are counted alone."""
    gathered = Gathered(HighlightFormat.HYPOTHESIS)
    passed = 0
    for row in _rows(gathered.json(table)):
        if not isinstance(row, Mapping):
            gathered.report(row.span, "this is not an annotation", "export the file again")
        elif _quotes_nothing(row):
            passed += 1
        else:
            _take(row, gathered)
    gathered.left_out(table.path, passed, "quote nothing", "annotations (page notes, replies)")
    return gathered.export()


def _rows(node: DataNode | None) -> tuple[DataNode, ...]:
    if isinstance(node, Mapping):
        node = node.get("rows") or node.get("annotations") or Sequence((node,), node.span)
    return node.items if isinstance(node, Sequence) else ()


def _quotes_nothing(row: Mapping) -> bool:
    """Whether it is an answer to another annotation, or about a page as a whole."""
    references = row.get("references")
    if isinstance(references, Sequence) and references.items:
        return True
    targets = row.get("target")
    if not isinstance(targets, Sequence):
        return False
    return not any(isinstance(t, Mapping) and t.get("selector") is not None for t in targets.items)


def _take(row: Mapping, gathered: Gathered) -> None:
    selectors = _selectors(row)
    exact = text_at(selectors.get("TextQuoteSelector"), "exact")
    id_ = clean_line(text_at(row, "id"))
    if not exact.strip() or not id_:
        missing = "id" if exact.strip() else "quoted words (a TextQuoteSelector)"
        gathered.report(row.span, f"this annotation has no {missing}; it is left out")
    elif words := gathered.words(exact, row.span):
        highlight = Highlight(
            id=id_,
            words=words,
            work=_work(row),
            page=text_at(selectors.get("PageSelector"), "label"),
            comment=clean_paragraphs(text_at(row, "text")),
            tags=texts_at(row, "tags"),
            span=row.span,
        )
        gathered.highlights.append(highlight)


def _selectors(row: Mapping) -> dict[str, Mapping]:
    targets = row.get("target")
    found: dict[str, Mapping] = {}
    for target in targets.items if isinstance(targets, Sequence) else ():
        selectors = target.get("selector") if isinstance(target, Mapping) else None
        for selector in selectors.items if isinstance(selectors, Sequence) else ():
            if isinstance(selector, Mapping):
                found.setdefault(text_at(selector, "type"), selector)
    return found


def _work(row: Mapping) -> Work:
    document = row.get("document")
    titles = texts_at(document, "title")
    uri = text_at(row, "uri")
    links = document.get("link") if isinstance(document, Mapping) else None
    addresses = [uri, *(text_at(link, "href") for link in (links.items if isinstance(links, Sequence) else ()))]
    doi = next((value for address in addresses if (value := parse_doi(address).value)), "")
    web = next((address for address in addresses if address.startswith(("http://", "https://"))), "")
    return Work(
        title=clean_line(titles[0]) if titles else "",
        doi=doi,
        url="" if doi and web.startswith("https://doi.org/") else web.partition("#")[0],
        type="webpage",
        accessed=text_at(row, "created")[:10],
    )
