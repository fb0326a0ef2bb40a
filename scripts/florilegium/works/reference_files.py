"""Shared bibliographies: files of CSL items in YAML or JSON, and BibTeX files."""

from ..core.diagnostics import Diagnostic, Related, quoted
from ..core.json_trees import parse_json
from ..core.rules import Group, Severity, declare_rule
from ..core.sources import Source
from ..core.spans import LineTable, Span
from ..core.trees import DataNode, Mapping, Scalar, Sequence, kind_of
from ..core.yaml_trees import parse_yaml
from .csl.csl_items import parse_sources

MAX_REFERENCE_BYTES = 64 * 1_048_576
"""Bytes of a file that are read."""


declare_rule(
    "doubtful-reference",
    Group.REFERENCES,
    "A reference from another program says what it means in the words of its format.",
    "Bibliographies come with names parted by other signs than the format's, with commands and dates that no "
    "program knows, with entries without a key. What is likely meant is read, and said, so that nothing is lost in "
    "silence.",
    "Compare it with the work, and write it as the message proposes.",
    severity=Severity.WARNING,
)


declare_rule(
    "title-case",
    Group.REFERENCES,
    "Titles in a BibTeX file are in sentence case, and names in them in braces.",
    "Citation styles can raise the letters of a title and never know which to lower; APA and many others print "
    "titles in sentence case. English titles whose words all begin with a capital are reported once a file.",
    "Put names into braces, `{Vienna Circle}`, and let `florilegium check --fix` lower the other words; look at the "
    "change before you commit it.",
    severity=Severity.WARNING,
)


def parse_bibliography(path: str, text: str, table: LineTable) -> tuple[tuple[Source, ...], list[Diagnostic]]:
    """Read all works of a file with this path and text, in the format that its suffix names.

    A key that comes twice is reported, and stands for the work that has it first.
    """
    if path.lower().endswith(".bib"):
        from .bibtex.bibtex_reader import parse_bibtex  # its parser takes time to import, and few libraries need it

        sources, problems = parse_bibtex(table)
    else:
        parse = parse_json if path.lower().endswith(".json") else parse_yaml
        node, problems = parse(text, table, max_bytes=MAX_REFERENCE_BYTES)
        sources, found = _parse_items(node, table)
        problems += found
    return _first_of_each(sources, problems), problems


def _parse_items(node: DataNode | None, table: LineTable) -> tuple[list[Source], list[Diagnostic]]:
    items = node.get("references") if isinstance(node, Mapping) else node
    if not isinstance(items, Sequence):
        if (items is None and not isinstance(node, Mapping)) or (isinstance(items, Scalar) and items.is_null):
            return [], []
        wrong = items or node
        message = f"a bibliography must be a list of works, not {kind_of(wrong) if wrong else 'nothing'}"
        span = wrong.span if wrong else Span.of_file(table.path)
        remedy = "write the works as a list, or as a list under references:"
        return [], [Diagnostic(rule="invalid-reference", span=span, message=message, help=remedy)]
    return parse_sources(items.items)


def _first_of_each(sources: list[Source], problems: list[Diagnostic]) -> tuple[Source, ...]:
    """The sources without those whose key came before, which are reported."""
    seen: dict[str, Source] = {}
    for source in sources:
        first = seen.setdefault(source.key, source)
        if first is not source:
            problems.append(
                Diagnostic(
                    rule="duplicate-citation-key",
                    span=source.key_span,
                    message=f"the key {quoted(source.key)} is listed twice",
                    help="remove one of the two, or give it another key",
                    related=(Related(message="it is listed here first", span=first.key_span),),
                    about=source.key,
                )
            )
    return tuple(seen.values())
