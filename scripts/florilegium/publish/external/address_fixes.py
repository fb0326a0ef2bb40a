"""New addresses in the place of those that moved for good: changes to the files that name them.

A change is proposed only if the file, read again, names the new addresses where it named the old ones, and nothing else
in it is read in another way: an address comes from a server, and could end the Markdown or YAML that it stands in.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ...core.edits import Change, Edit, apply_edits, read_exactly
from ...core.spans import LineTable, Span
from ...library.links import resolve_links
from ...library.reading import ReadResult, read_library, replace_files
from .external_findings import LinkCheck
from .written_addresses import AddressPlace, find_written

_UNSAFE = {character: f"%{ord(character):02X}" for character in "'()[]{},*_|!$"}
"""Characters that mean something in Markdown, YAML or BibTeX: as percent-encodings they mean the same to a server."""


def moved_changes(root: Path, found: LinkCheck) -> Iterator[Change]:
    """One change for each file. An address is left as it is where its place in the file is not certain."""
    by_file: dict[str, list[AddressPlace]] = defaultdict(list)
    for written in found.written:
        by_file[written.span.path].append(written)
    read: ReadResult | None = None
    for path, places in sorted(by_file.items()):
        before = read_exactly(root, path) if any(_has_moved(written, found) for written in places) else None
        if before is None:
            continue
        table = LineTable(path, before)
        edits = {written.span: edit for written in places if (edit := _edit(table, written, found))}
        read = read or read_library(root)
        if edits and _texts_after(read, table, edits) == [_text_after(written, edits) for written in places]:
            yield Change(path=path, before=before, after=apply_edits(table, edits.values()))


def _has_moved(written: AddressPlace, found: LinkCheck) -> bool:
    return bool(found.outcomes[written.url].moved) and not written.doi


def _edit(table: LineTable, written: AddressPlace, found: LinkCheck) -> Edit | None:
    text = table.slice(written.span)
    # Where the address is not spelled out, as in an escaped one, or twice, nobody can say what to replace.
    if not _has_moved(written, found) or text.count(written.text) != 1:
        return None
    start = table.offset(written.span.start) + text.index(written.text)
    span = table.span(start, start + len(written.text))
    return Edit(span=span, text=_safe(written.text, found.outcomes[written.url].moved))


def _safe(before: str, moved: str) -> str:
    """The new address, with no character in it that could end it where it stands, unless the old one had it too."""
    return "".join(_UNSAFE[c] if c in _UNSAFE and c not in before else c for c in moved)


def _text_after(written: AddressPlace, edits: dict[Span, Edit]) -> str:
    return edits[written.span].text if written.span in edits else written.text


def _texts_after(read: ReadResult, table: LineTable, edits: dict[Span, Edit]) -> list[str] | None:
    """The addresses that the changed file names, in their order; None where it has new faults."""
    text = apply_edits(table, edits.values())
    after = replace_files(read, {table.path: text.encode()})
    if len(after.diagnostics) > len(read.diagnostics):
        return None
    return [found.text for found in find_written(resolve_links(after.library)) if found.span.path == table.path]
