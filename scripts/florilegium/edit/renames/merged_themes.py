"""Two themes made one: what the theme that stays takes over from the one that goes."""

import re
from collections.abc import Iterable, Iterator, Sequence

from ...core.diagnostics import quoted
from ...core.edits import Edit
from ...core.errors import CannotRun
from ...core.model import IdMention, Theme
from ...core.spans import LineTable
from ...core.yaml_writer import yaml_text
from ...library.frontmatter import Mapping, Scalar, parse_front_matter
from ...library.frontmatter import Sequence as List
from ...markdown.bodies import BodyTree, ParsedBody, parse_body
from ...markdown.nodes import walk
from ...markdown.prose_tree import normal_label
from ..fixes.yaml_lists import add_entry, add_items, remove_items, replace_scalar

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#&~@!|]")


def merge_front_matter(gone: Theme, kept: Theme, table: LineTable) -> Iterator[Edit]:
    """The edits of the front matter of the theme that stays; `table` is its file.

    It takes over the other one's name and aliases as aliases, its related themes, and its notices. Where it stood
    below the other one, it now stands below what that one stood below.
    """
    mapping = parse_front_matter(table).mapping
    if mapping is None:
        raise CannotRun(f"the front matter of {kept.path} cannot be read", "fix it first: florilegium check")
    broader = _ids(gone.broader) if gone.id in _ids(kept.broader) else []
    related = [id_ for id_ in _ids(gone.related) if id_ not in _ids(kept.broader)]
    own = {kept.label.casefold(), *(alias.casefold() for alias in kept.aliases)}
    aliases = [name for name in dict.fromkeys((gone.label, *gone.aliases)) if name and name.casefold() not in own]
    yield from _edit_key(mapping, "aliases", aliases, table)
    yield from _edit_key(mapping, "broader", broader, table, without=gone.id, never=kept.id)
    yield from _edit_key(mapping, "related", related, table, without=gone.id, never=kept.id)
    yield from _edit_key(mapping, "notices", _ids(gone.notices), table)


def _ids(mentions: Iterable[IdMention]) -> list[str]:
    return [mention.id for mention in mentions]


def _edit_key(
    mapping: Mapping, key: str, more: Iterable[str], table: LineTable, *, without: str = "", never: str = ""
) -> Iterator[Edit]:
    """Let the list of a key have no `without`, and all of `more` that it has not yet."""
    node = mapping.get(key)
    items = node.items if isinstance(node, List) else [node] if isinstance(node, Scalar) and not node.is_null else []
    texts = [item.text for item in items if isinstance(item, Scalar)]
    new = [text for text in dict.fromkeys(more) if text not in (*texts, without, never)]
    gone = [item for item in items if without and isinstance(item, Scalar) and item.text == without]
    if not new and not gone:
        return
    if isinstance(node, List):
        yield from _edit_list(node, gone, new, table)
    elif isinstance(node, Scalar) and not node.is_null:
        left = [text for text in texts if text != without] + new
        written = f"[{', '.join(map(yaml_text, left))}]"
        yield replace_scalar(node, left[0], table) if len(left) == 1 else Edit(span=node.span, text=written)
    elif node is None:
        yield _sure(add_entry(mapping, key, f"[{', '.join(map(yaml_text, new))}]", table), key, table)
    else:
        raise CannotRun(f"{key}: in {table.path} is empty", f"write {key}: [] there, or remove the line")


def _edit_list(node: List, gone: Sequence[Scalar], new: list[str], table: LineTable) -> Iterator[Edit]:
    if gone and new:
        yield replace_scalar(gone[0], new[0], table)
        gone, new = gone[1:], new[1:]
    yield from remove_items(node, gone, table) if gone else ()
    if new:
        yield _sure(add_items(node, new, table), "its list", table)


def _sure(edit: Edit | None, key: str, table: LineTable) -> Edit:
    if edit is None:
        raise CannotRun(f"{key} in {table.path} is written in an unusual way", "write it as a list: [one, two]")
    return edit


# ------------------------------------------------------------------------------------------------------------ text


def merged_text(gone: Theme, gone_table: LineTable, kept_table: LineTable) -> str:
    """The text of the theme that stays, with that of the other one at its end, under a heading with its name."""
    more, before = _parse(gone_table), _parse(kept_table)
    text = gone_table.text[parse_front_matter(gone_table).body_start :]
    if not text.strip():
        return kept_table.text
    _refuse_clashes(before.tree, more.tree, gone)
    end = kept_table.line_end
    name = " ".join(gone.label.split()) or gone.id
    heading = "## " + _SPECIAL.sub(lambda sign: f"\\{sign[0]}", name)
    lines = [heading, "", *re.split(r"\r\n|\r|\n", text.strip("\r\n"))]
    separation = ("" if re.search(r"[\r\n]\Z", kept_table.text) else end) + (end if before.body.text.strip() else "")
    merged = f"{kept_table.text}{separation}{end.join(lines)}{end}"
    after = _parse(LineTable(kept_table.path, merged)).body
    headings = [heading.text for body in (before.body, more.body) for heading in body.headings]
    headings.insert(len(before.body.headings), name)
    if [heading.text for heading in after.headings] != headings:
        raise CannotRun(f"the text of {gone.path} cannot simply follow that of {kept_table.path}", _UNCLOSED)
    return merged


_UNCLOSED = "look for a code block or a comment that is never closed"


def _parse(table: LineTable) -> ParsedBody:
    return parse_body(table, parse_front_matter(table).body_start)


def _refuse_clashes(before: BodyTree, after: BodyTree, gone: Theme) -> None:
    """Two texts can only become one where no label means one thing in the one and another in the other."""
    labels = _notes(before) & _notes(after)
    known, new = _definitions(before), _definitions(after)
    labels |= {label for label, to in new.items() if known.get(label, to) != to}
    if labels:
        shown = ", ".join(quoted(label) for label in sorted(labels))
        raise CannotRun(
            f"the texts of both themes define {shown}, each in its own way",
            f"give it another name in {gone.path} first",
        )


def _notes(tree: BodyTree) -> set[str]:
    return {normal_label(str(node.info)) for node in walk(tree.root) if node.kind == "FootnoteDefinition"}


def _definitions(tree: BodyTree) -> dict[str, str]:
    return {normal_label(found.label): found.address for found in tree.definitions}
