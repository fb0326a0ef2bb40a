"""Pagefind's files, written again in one order: the same records give the same bytes.

Pagefind keeps filters and their values in hash maps, whose order is another one in every run; all else that it
writes is the same each time. Two kinds of its files hold them, each "pagefind_dcd" and CBOR (RFC 8949) in gzip:

- `filter/<language>_<hash>.pf_filter`: [name, [[value, [number of a page]]]]
- `pagefind.<language>_<hash>.pf_meta`: [version, pages, chunks, [[filter, hash]], [[sort, …]], names of fields]

`pagefind-entry.json` names the latter. Nothing but a file's name rests on its hash.
"""

import gzip
import json
import zlib
from hashlib import sha256
from typing import TypeAlias

from ..core.errors import FlorilegiumError

__all__ = ["Files", "UnknownFormat", "put_in_order", "remove_unused"]

Files: TypeAlias = dict[str, bytes]
"""The files of an index, by their paths in its folder."""

_MAGIC = b"pagefind_dcd"

_UNUSED = (
    "pagefind-component-ui.css",
    "pagefind-component-ui.js",
    "pagefind-highlight.js",
    "pagefind-modular-ui.css",
    "pagefind-modular-ui.js",
    "pagefind-ui.css",
    "pagefind-ui.js",
)

Value: TypeAlias = int | str | list["Value"]


class UnknownFormat(FlorilegiumError):
    """A file is not what this version of Pagefind wrote when this was written."""


def remove_unused(files: Files) -> None:
    """Remove the interfaces that Pagefind adds, since the site has its own."""
    for name in _UNUSED:
        files.pop(name, None)


def put_in_order(files: Files) -> None:
    """Sort what Pagefind leaves unsorted in an index. Raises `UnknownFormat`."""
    try:
        entry = json.loads(files["pagefind-entry.json"])
        for language in sorted(entry["languages"]):
            about = entry["languages"][language]
            about["hash"] = _order_meta(files, about["hash"])
        entry["languages"] = dict(sorted(entry["languages"].items()))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, EOFError, OSError, zlib.error) as error:
        raise UnknownFormat(f"pagefind's index cannot be read: {error!r}") from error
    files["pagefind-entry.json"] = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()


def _order_meta(files: Files, old: str) -> str:
    """Write a language's description again; returns its new hash."""
    path = f"pagefind.{old}.pf_meta"
    version, pages, chunks, filters, sorts, *rest = _as_list(_read(files[path]))
    renamed: list[Value] = []
    for name, filter_hash in sorted(_pair(item) for item in _as_list(filters)):
        renamed.append([name, _order_filter(files, filter_hash)])
    ordered: list[Value] = [version, pages, chunks, renamed, sorted(_as_list(sorts), key=_name), *rest]
    return _replace(files, "pagefind.{}.pf_meta", old, ordered)


def _order_filter(files: Files, old: str) -> str:
    name, values = _as_list(_read(files[f"filter/{old}.pf_filter"]))
    return _replace(files, "filter/{}.pf_filter", old, [name, sorted(_as_list(values), key=_name)])


def _as_list(value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise ValueError("a list is expected")
    return value


def _pair(value: Value) -> tuple[str, str]:
    first, second = _as_list(value)
    return str(first), str(second)


def _name(value: Value) -> str:
    return str(_as_list(value)[0])


def _read(compressed: bytes) -> Value:
    data = gzip.decompress(compressed)
    if not data.startswith(_MAGIC):
        raise ValueError(f"a file does not begin with {_MAGIC.decode()}")
    value, end = _parse(data, len(_MAGIC))
    if end != len(data):
        raise ValueError("a file goes on after its end")
    return value


def _replace(files: Files, pattern: str, old: str, value: Value) -> str:
    """Put a file with `value` in the place of the one whose name holds the hash `old`; returns the new hash."""
    language = old.partition("_")[0]
    out = bytearray(_MAGIC)
    _render(value, out)
    new = f"{language}_{sha256(out).hexdigest()[:12]}"
    del files[pattern.format(old)]
    files[pattern.format(new)] = gzip.compress(bytes(out), mtime=0)
    return new


# ------------------------------------------------------------------------------------------------------- CBOR

_UNSIGNED, _NEGATIVE, _TEXT, _ARRAY = 0, 1, 3, 4
_WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}


def _parse(data: bytes, position: int) -> tuple[Value, int]:
    """The value that begins at `position`, and where it ends."""
    kind, number = data[position] >> 5, data[position] & 31
    position += 1
    if number in _WIDTHS:
        end = position + _WIDTHS[number]
        number, position = int.from_bytes(data[position:end], "big"), end
    elif number > 27:
        raise ValueError(f"CBOR with the additional information {number}")
    match kind:
        case 0:
            return number, position
        case 1:
            return -1 - number, position
        case 3:
            return data[position : position + number].decode(), position + number
        case 4:
            items: list[Value] = []
            for _ in range(number):
                item, position = _parse(data, position)
                items.append(item)
            return items, position
    raise ValueError(f"CBOR of the major type {kind}")


def _render(value: Value, out: bytearray) -> None:
    if isinstance(value, int):
        _render_head(_UNSIGNED if value >= 0 else _NEGATIVE, value if value >= 0 else -1 - value, out)
    elif isinstance(value, str):
        data = value.encode()
        _render_head(_TEXT, len(data), out)
        out += data
    else:
        _render_head(_ARRAY, len(value), out)
        for item in value:
            _render(item, out)


def _render_head(kind: int, number: int, out: bytearray) -> None:
    if number < 24:
        out.append(kind << 5 | number)
        return
    for code, width in _WIDTHS.items():
        if number < 1 << 8 * width:
            out.append(kind << 5 | code)
            out += number.to_bytes(width, "big")
            return
    raise ValueError("a number above 64 bits")
