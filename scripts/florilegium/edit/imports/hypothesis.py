"""Hypothesis: annotations as its web service answers (`rows`) or as its sidebar exports them (`annotations`).

The words are those of the `TextQuoteSelector` (https://www.w3.org/TR/annotation-model/#text-quote-selector).
"""

from ...core.rules import Severity
from ...core.spans import LineTable, Span
from ...core.trees import DataNode, Mapping, Sequence
from ...works.identifiers import parse_doi
from .foreign_text import clean_foreign, clean_line
from .foreign_values import read_json, text_at, texts_at
from .highlights import Export, Highlight, HighlightFormat, ImportFinding, Work


def parse_hypothesis(table: LineTable) -> Export:
    """Read all annotations. Page notes and replies quote nothing, and are counted alone."""
    node, problems = read_json(table)
    findings = [ImportFinding.of(problem) for problem in problems]
    highlights = []
    passed = 0
    for row in _rows(node):
        if not isinstance(row, Mapping):
            findings.append(
                ImportFinding(span=row.span, message="this is not an annotation", help="export the file again")
            )
        elif _quotes_nothing(row):
            passed += 1
        elif highlight := _highlight(row, findings):
            highlights.append(highlight)
    if passed:
        message = f"left out, because they quote nothing: {passed} of the annotations (page notes, replies)"
        findings.append(ImportFinding(span=Span.of_file(table.path), message=message, severity=Severity.INFORMATION))
    return Export(format=HighlightFormat.HYPOTHESIS, highlights=tuple(highlights), findings=tuple(findings))


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


def _highlight(row: Mapping, findings: list[ImportFinding]) -> Highlight | None:
    selectors = _selectors(row)
    exact = text_at(selectors.get("TextQuoteSelector"), "exact")
    id_ = clean_line(text_at(row, "id"))
    if not exact.strip() or not id_:
        missing = "id" if exact.strip() else "quoted words (a TextQuoteSelector)"
        findings.append(ImportFinding(span=row.span, message=f"this annotation has no {missing}; it is left out"))
        return None
    words = clean_foreign(exact)
    if words.refused:
        message = f"this annotation quotes the character {words.refused}, which no note may hold; it is left out"
        findings.append(ImportFinding(span=row.span, message=message, help="quote the words by hand"))
        return None
    if words.dropped:
        message = f"{', '.join(words.dropped)} was taken out of the words"
        findings.append(ImportFinding(span=row.span, message=message, severity=Severity.INFORMATION))
    comment = clean_foreign(text_at(row, "text"))
    return Highlight(
        id=id_,
        words=words.text,
        work=_work(row),
        page=text_at(selectors.get("PageSelector"), "label"),
        comment="" if comment.refused else comment.text,
        tags=texts_at(row, "tags"),
        span=row.span,
    )


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
