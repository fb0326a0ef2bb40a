"""Lists and keys of YAML, changed by span: items added, exchanged and taken out, and everything else left as it is."""

import re
from collections.abc import Iterable, Iterator, Sequence

from ...core.edits import Edit
from ...core.errors import CannotRun
from ...core.spans import LineTable
from ...core.trees import DataNode, Mapping, Scalar
from ...core.trees import Sequence as List
from ...core.yaml_writer import quoted_yaml, yaml_text

_LINE_END = re.compile(r"[^\r\n]*(\r\n|\r|\n|\Z)")


def replace_scalar(node: Scalar, text: str, table: LineTable) -> Edit:
    """A scalar gets another text; a quoted one stays quoted."""
    sign = table.slice(node.span)[:1]
    if sign == "'":
        return Edit(span=node.span, text="'" + text.replace("'", "''") + "'")
    return Edit(span=node.span, text=quoted_yaml(text) if sign == '"' else yaml_text(text))


def add_items(items: List, texts: Sequence[str], table: LineTable) -> Edit | None:
    """New texts at the end of a list, in its style; None where its style is an unusual one."""
    scalars = [yaml_text(text) for text in texts]
    if table.text.startswith("[", table.offset(items.span.start)):
        return _add_to_flow(items.items, "[", items, scalars, table)
    if not items.items or table.position(table.offset(items.items[-1].span.end)).line != items.items[-1].span.line:
        return None
    last = items.items[-1].span
    before = table.line(last.line)[: last.column - 1]
    if not re.fullmatch(r"[ \t]*-[ \t]+", before):
        return None
    return add_lines(last.line, [before + scalar for scalar in scalars], table)


def add_entry(mapping: Mapping, key: str, value: str, table: LineTable, *, below: Sequence[str] = ()) -> Edit | None:
    """A new entry at the end of a mapping, in its style; `key` and `value` are YAML already.

    In block style the lines of `below` come after it, two columns further in, and a blank line before it.
    """
    if table.text.startswith("{", table.offset(mapping.span.start)):
        written = value or f"{{{', '.join(below)}}}"
        return _add_to_flow([value for _, value in mapping.entries], "{", mapping, [f"{key}: {written}"], table)
    if not mapping.entries:
        return None
    first, last = mapping.entries[0][0].span, mapping.entries[-1]
    indent = table.line(first.line)[: first.column - 1].removeprefix("\ufeff")
    if indent.strip():
        return None
    lines = [*([""] if below else []), f"{indent}{key}: {value}".rstrip(), *(f"{indent}  {line}" for line in below)]
    return add_lines(_last_line(last[1], last[0]), lines, table)


def _last_line(value: DataNode, key: Scalar) -> int:
    """The line on which a value ends; an empty one ends where its key does."""
    return key.span.line if value.span.start == value.span.end else value.span.end_line


def _add_to_flow(
    parts: Sequence[DataNode], opening: str, whole: List | Mapping, texts: Sequence[str], table: LineTable
) -> Edit:
    joined = ", ".join(texts)
    if parts:
        at = table.offset(parts[-1].span.end)
        return Edit(span=table.span(at, at), text=f", {joined}")
    at = table.offset(whole.span.start) + len(opening)
    return Edit(span=table.span(at, at), text=joined)


def add_lines(after: int, lines: Iterable[str], table: LineTable) -> Edit:
    """Whole lines behind the line of this number, ended as that one is."""
    start = table.offset(table.span(0, 0)._replace(line=after).start)
    match = _LINE_END.match(table.text, start)
    assert match is not None
    end = match[1] or table.line_end
    at = match.start(1)
    return Edit(span=table.span(at, at), text="".join(f"{end}{line}" for line in lines))


def remove_items(items: List, gone: Sequence[DataNode], table: LineTable) -> Iterator[Edit]:
    """The edits that take items out of a list, each with its comma or with its line."""
    is_flow = table.text.startswith("[", table.offset(items.span.start))
    if len(gone) == len(items.items):
        # In the place of a block behind a blank, for at the very edge it would belong to no key.
        yield Edit(span=items.span, text="[]" if is_flow else " []")
        return
    if is_flow:
        yield from _remove_from_flow(items, gone, table)
        return
    for item in gone:
        start = table.offset(item.span._replace(column=1).start)
        match = _LINE_END.match(table.text, table.offset(item.span.end))
        assert match is not None
        yield Edit(span=table.span(start, match.end()), text="")


def _remove_from_flow(items: List, gone: Sequence[DataNode], table: LineTable) -> Iterator[Edit]:
    kept: DataNode | None = None
    for index, item in enumerate(items.items):
        if item not in gone:
            kept = item
        elif kept is not None:
            # From behind the last item that stays, so that edits side by side never meet.
            before = items.items[index - 1]
            yield Edit(span=table.span(table.offset(before.span.end), table.offset(item.span.end)), text="")
        else:
            follows = items.items[index + 1] if index + 1 < len(items.items) else None
            end = table.offset(follows.span.start if follows else item.span.end)
            yield Edit(span=table.span(table.offset(item.span.start), end), text="")


def edit_list_of(
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
    elif isinstance(node, Scalar) and node.text:
        yield Edit(span=node.span, text=f"[{', '.join(map(yaml_text, new))}]")
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
