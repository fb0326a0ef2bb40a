"""References put right: DOIs in their canonical form, and titles of BibTeX files in sentence case."""

import json
import re
from collections.abc import Iterable, Iterator

from ...core.diagnostics import Diagnostic
from ...core.edits import Edit
from ...core.spans import LineTable
from ...core.trees import Scalar
from ...core.yaml_trees import parse_yaml
from ...works.bibtex.bibtex_entries import read_entries
from ...works.bibtex.latex_reader import decode_address
from ...works.bibtex.title_case import cased_titles
from ...works.identifiers import parse_doi
from .fix_drafts import Fix, TextKind

_LATEX = re.compile(r"[\\%#&_$~^{}]")
_DELIMITED = {"{": "}", '"': '"'}


def fix_dois(findings: Iterable[Diagnostic], table: LineTable) -> Iterator[Fix]:
    """The edits for the findings `uncanonical-doi` of one file. The case of a DOI is kept, as it has none."""
    spans = dict.fromkeys(finding.span for finding in findings if finding.rule == "uncanonical-doi")
    for span in spans:
        written = table.slice(span)
        text = _canonical(written, table.path)
        if text is not None and text != written:
            yield Fix(TextKind.DOI, (Edit(span=span, text=text),))


def _canonical(written: str, path: str) -> str | None:
    """The value of a field, as it is written, with the name of the DOI alone; None where it cannot be had safely."""
    if path.endswith(".bib"):
        return _in_bibtex(written)
    if path.endswith(".json"):
        doi = parse_doi(json.loads(written)).value
        return json.dumps(doi, ensure_ascii=False) if doi else None
    node, _ = parse_yaml(written, LineTable(path, written))
    doi = parse_doi(node.text).value if isinstance(node, Scalar) else ""
    return _in_yaml(written, doi) if doi else None


def _in_yaml(written: str, doi: str) -> str:
    sign = written[0]
    if sign == '"':
        return json.dumps(doi, ensure_ascii=False)
    if sign in "'|>" or not written.endswith(doi):
        return "'" + doi.replace("'", "''") + "'"
    # What follows the address in a bare text may stand there bare as well: it stood there already.
    return doi


def _in_bibtex(written: str) -> str | None:
    closing = _DELIMITED.get(written[:1], "")
    inner = written[1:-1]
    if not closing or not written.endswith(closing) or closing in inner or "{" in inner:
        return None
    doi = parse_doi(decode_address(inner)).value
    if not doi:
        return None
    if inner.rstrip().endswith(doi):
        return written[0] + doi + closing
    return None if _LATEX.search(doi) else written[0] + doi + closing


def fix_titles(findings: Iterable[Diagnostic], table: LineTable) -> Iterator[Fix]:
    """The edits for the finding `title-case` of a file."""
    if not any(finding.rule == "title-case" for finding in findings):
        return
    done: set[int] = set()
    for title in cased_titles(read_entries(table)[0]):
        # What several entries inherit stands in the file once.
        places = {title.value.start + place for place in title.lowered} - done
        done |= places
        if places:
            edits = (Edit(span=table.span(at, at + 1), text=table.text[at].lower()) for at in sorted(places))
            yield Fix(TextKind.TITLE, tuple(edits))
