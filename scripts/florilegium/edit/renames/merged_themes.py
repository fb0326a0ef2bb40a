"""Two themes made one: what the theme that stays takes over from the one that goes."""

import re
from collections.abc import Iterable, Iterator

from ...core.diagnostics import quoted
from ...core.edits import Edit
from ...core.errors import CannotRun
from ...core.model import IdMention, Theme
from ...core.spans import LineTable
from ...library.frontmatter import parse_front_matter
from ...markdown.bodies import BodyTree, ParsedBody, parse_body
from ...markdown.nodes import walk
from ...markdown.prose_tree import normal_label
from ..fixes.yaml_lists import edit_list_of

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
    yield from edit_list_of(mapping, "aliases", aliases, table)
    yield from edit_list_of(mapping, "broader", broader, table, without=gone.id, never=kept.id)
    yield from edit_list_of(mapping, "related", related, table, without=gone.id, never=kept.id)
    yield from edit_list_of(mapping, "notices", _ids(gone.notices), table)


def _ids(mentions: Iterable[IdMention]) -> list[str]:
    return [mention.id for mention in mentions]


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
