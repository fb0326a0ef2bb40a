"""What `library.yml` says of a theme or note that gets another id: redirects and exceptions."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from ...core.edits import Edit
from ...core.errors import CannotRun
from ...core.ids import ID
from ...core.rules import RULES, Group
from ...core.spans import LineTable
from ...core.trees import DataNode, Mapping, Scalar, Sequence
from ...core.yaml_trees import parse_yaml
from ..fixes.yaml_lists import add_entry, add_items, add_lines, replace_scalar
from .mentions import edit_list


def rename_in_settings(table: LineTable, old: str, new: str, *, merge: bool, folder: str = "themes") -> Iterator[Edit]:
    """The edits of `library.yml`: its exceptions follow the page, and its old address leads to the new one.

    `folder` is `themes` or `notes`.
    """
    root, _ = parse_yaml(table.text, table, 0)
    if not isinstance(root, Mapping):
        raise CannotRun("annotations/library.yml holds no settings", "write lines such as title: My library")
    exceptions = root.get("exceptions")
    for item in exceptions.items if isinstance(exceptions, Sequence) else ():
        if isinstance(item, Mapping):
            yield from _exception(item, table, old, new, merge, folder)
    yield from _redirects(root, table, old, new, folder)


def _exception(exception: Mapping, table: LineTable, old: str, new: str, merge: bool, folder: str) -> Iterator[Edit]:
    paths, keys, rule = (exception.get(key) for key in ("paths", "keys", "rule"))
    if isinstance(paths, Sequence):
        before, after = f"{folder}/{old}.md", f"{folder}/{new}.md"
        patterns = [item.text for item in paths.items if isinstance(item, Scalar)]
        if before in patterns:
            yield from edit_list(paths, before, after, table, merge=merge)
        elif _matches(before, patterns) and not _matches(after, patterns):
            edit = add_items(paths, [after], table)
            if edit is not None:
                yield edit
    known = RULES.get(rule.text) if isinstance(rule, Scalar) else None
    if isinstance(keys, Sequence) and folder == "notes":
        for item in keys.items:
            if isinstance(item, Scalar) and item.text.startswith(f"{old}/"):
                yield replace_scalar(item, f"{new}/{item.text.partition('/')[2]}", table)
    elif isinstance(keys, Sequence) and known and known.group is Group.THEMES:
        yield from edit_list(keys, old, new, table, merge=merge)


def _matches(path: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


# ------------------------------------------------------------------------------------------------------- redirects


def _redirects(root: Mapping, table: LineTable, old: str, new: str, folder: str) -> Iterator[Edit]:
    """What led to the old page leads to the new one, without a stop between; and so does the old page."""
    entry = (f"{folder}/{old}", f"{folder}/{new}")
    node = root.get("redirects")
    entries = node.entries if isinstance(node, Mapping) else ()
    known = {key.text: value.text for key, value in entries if isinstance(value, Scalar)}
    written = not ID.match(old)  # No page ever had such an address.
    for key, value in entries:
        if not isinstance(value, Scalar):
            continue
        if key.text == entry[1] and not written:
            # There is a page of that name again, so this entry is free for the new redirect.
            yield replace_scalar(key, entry[0], table)
            yield replace_scalar(value, entry[1], table)
            written = True
        elif _leads_to(entry[0], key.text, known) and value.text != entry[1]:
            yield replace_scalar(value, entry[1], table)
    if not written and entry[0] not in known:
        yield _added(root, node, table, f"{entry[0]}: {entry[1]}")


def _leads_to(page: str, start: str, redirects: dict[str, str]) -> bool:
    seen = set()
    while start in redirects and start not in seen:
        seen.add(start)
        if redirects[start] == page or start == page:
            return True
        start = redirects[start]
    return False


def _added(root: Mapping, node: DataNode | None, table: LineTable, entry: str) -> Edit:
    key, _, value = entry.partition(": ")
    edit: Edit | None
    if node is None:
        edit = add_entry(root, "redirects", "", table, below=[entry])
    elif isinstance(node, Mapping):
        edit = add_entry(node, key, value, table)
    elif isinstance(node, Scalar) and node.is_null and node.text:
        edit = Edit(span=node.span, text=f"{{{entry}}}")
    elif isinstance(node, Scalar) and node.is_null:
        name = next(name for name, value in root.entries if value is node).span
        edit = add_lines(name.line, [f"{' ' * (name.column + 1)}{entry}"], table)
    else:
        edit = None
    if edit is None:
        raise CannotRun("redirects: in annotations/library.yml is written in an unusual way", "write it line by line")
    return edit
