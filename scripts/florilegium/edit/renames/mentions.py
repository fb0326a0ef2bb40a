"""Where notes and themes name a theme, and the edits that let them name another one instead."""

import posixpath
import re
from collections.abc import Iterable, Iterator

from ...core.edits import Edit
from ...core.model import Note, Quote, Theme
from ...core.spans import LineTable, Span
from ...core.trees import Mapping, Scalar
from ...core.trees import Sequence as List
from ...library.frontmatter import parse_front_matter
from ...library.links import resolve_target
from ...library.listing import note_path, theme_path
from ..fixes.yaml_lists import remove_items, replace_scalar


def names_theme(document: Note | Theme, theme: str) -> bool:
    """Whether a note or theme names a theme anywhere."""
    if isinstance(document, Note):
        mentions = [*document.themes, *(mention for quote in document.quotes for mention in quote.themes)]
    else:
        mentions = [*document.broader, *document.related]
    return any(mention.id == theme for mention in mentions) or any(_links_to(document, "theme", theme))


def rename_mentions(document: Note | Theme, table: LineTable, old: str, new: str, *, merge: bool) -> Iterator[Edit]:
    """The edits that put `new` in the place of every `old`; with `merge`, a list that then has it twice keeps one."""
    mapping = parse_front_matter(table).mapping or Mapping((), table.span(0, 0))
    for key in ("themes",) if isinstance(document, Note) else ("broader", "related"):
        node = mapping.get(key)
        if isinstance(node, Scalar) and node.text == old:
            yield replace_scalar(node, new, table)
        elif isinstance(node, List):
            yield from edit_list(node, old, new, table, merge=merge)
    if isinstance(document, Note):
        for quote in document.quotes:
            yield from _tags(quote, table, old, new, merge)
    yield from rename_links(document, table, "theme", old, new)


def edit_list(items: List, old: str, new: str, table: LineTable, *, merge: bool) -> Iterator[Edit]:
    """The edits that put one text in the place of another one in a list."""
    texts = [item.text if isinstance(item, Scalar) else "" for item in items.items]
    if old not in texts:
        return
    gone = _doubled(texts, old, new) if merge else []
    for index, item in enumerate(items.items):
        if isinstance(item, Scalar) and item.text == old and index not in gone:
            yield replace_scalar(item, new, table)
    if gone:
        yield from remove_items(items, [items.items[index] for index in gone], table)


def _doubled(ids: Iterable[str], old: str, new: str) -> list[int]:
    """Which of the ids go where `old` becomes `new`: all but the first of the two."""
    return [index for index, id_ in enumerate(ids) if id_ in (old, new)][1:]


# ---------------------------------------------------------------------------------------------------- attributions


def _tags(quote: Quote, table: LineTable, old: str, new: str, merge: bool) -> Iterator[Edit]:
    ids = [mention.id for mention in quote.themes]
    if old not in ids:
        return
    gone = _doubled(ids, old, new) if merge else []
    for index, mention in enumerate(quote.themes):
        start = table.offset(mention.span.start)
        if index in gone:
            yield _without_tag(table, start - 1, table.offset(mention.span.end))
        elif mention.id == old:
            yield Edit(span=table.span(start, start + len(old)), text=new)


def _without_tag(table: LineTable, start: int, end: int) -> Edit:
    """The edit that takes a tag away, with the blanks on one side; from a line of its own, with that line."""
    text = table.text
    first = table.offset(table.span(start, start)._replace(column=1).start)
    if text[first:start].strip(" \t>"):
        while text[start - 1] in " \t":
            start -= 1
    elif text[end : end + 1] in " \t" and text[end : end + 1]:
        while text[end : end + 1] in " \t" and text[end : end + 1]:
            end += 1
    else:
        start = first - (2 if text[first - 2 : first] == "\r\n" else 1)
    return Edit(span=table.span(start, end), text="")


# ------------------------------------------------------------------------------------------------------ hyperlinks


def rename_links(document: Note | Theme, table: LineTable, kind: str, old: str, new: str) -> Iterator[Edit]:
    """The edits that let hyperlinks to a page, a `note` or a `theme`, lead to its new name."""
    path = (note_path if kind == "note" else theme_path)(new)
    for span in dict.fromkeys(_links_to(document, kind, old)):
        yield Edit(span=span, text=_destination(table.slice(span), document.path, old, path))


def _links_to(document: Note | Theme, kind: str, id_: str) -> Iterator[Span]:
    for hyperlink in document.body.hyperlinks:
        target = resolve_target(hyperlink, document.path)
        if target is not None and (target.kind, target.id) == (kind, id_) and not hyperlink.image:
            yield hyperlink.span


def _destination(written: str, path: str, old: str, new: str) -> str:
    """Where a hyperlink leads now, `new` being a path. One that spells the name with escapes is rewritten."""
    plain = re.search(rf"(?:^<?|/)({re.escape(old)}\.md)(?=#|>|$)", written)
    if plain:
        return written[: plain.start(1)] + posixpath.basename(new) + written[plain.end(1) :]
    address = posixpath.relpath(new, posixpath.dirname(path))
    rest = written.partition("#")
    fragment = f"{rest[1]}{rest[2]}"
    return f"<{address}{fragment or '>'}" if written.startswith("<") else address + fragment
