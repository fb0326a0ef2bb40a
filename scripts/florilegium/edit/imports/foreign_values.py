"""Values in the JSON of other programs: read with their places, and taken out without trust in their kinds."""

from ...core.json_trees import parse_json
from ...core.spans import LineTable
from ...core.trees import DataNode, Mapping, Scalar, Sequence
from .gathered import Gathered
from .highlights import ImportFinding

_MAX_BYTES = 64 * 1_048_576
"""Bytes of an export that are read."""


def read_json(table: LineTable, gathered: Gathered) -> DataNode | None:
    """The tree of a JSON file; what is wrong with it is reported. Invisible characters count where a text is used."""
    node, problems = parse_json(table.text, table, max_bytes=_MAX_BYTES)
    gathered.findings += [ImportFinding.of(problem) for problem in problems if problem.rule != "invisible-character"]
    return node


def text_at(node: DataNode | None, key: str) -> str:
    """The text under a key; an empty one where there is none."""
    value = node.get(key) if isinstance(node, Mapping) else None
    return value.text if isinstance(value, Scalar) and not value.is_null else ""


def texts_at(node: DataNode | None, key: str) -> tuple[str, ...]:
    """The texts in the list under a key; of a mapping in it, what its `tag` or `name` says."""
    value = node.get(key) if isinstance(node, Mapping) else None
    items = value.items if isinstance(value, Sequence) else (value,) if isinstance(value, Scalar) else ()
    texts = (
        item.text if isinstance(item, Scalar) and not item.is_null else text_at(item, "tag") or text_at(item, "name")
        for item in items
    )
    return tuple(text.strip() for text in texts if text.strip())
