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
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

__all__ = ["UnknownFormat", "is_whole", "put_in_order", "remove_unused"]

_MAGIC = b"pagefind_dcd"
_PIECE = 2 * 1024 * 1024
"""Bytes that the library which Pagefind writes files with (Tokio) passes on at a time."""

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


class UnknownFormat(Exception):
    """A file is not what this version of Pagefind wrote when this was written."""


def is_whole(folder: Path) -> bool:
    """Whether everything that belongs to the index at `folder` is there, and written to its end.

    Pagefind hands its files over to be written in pieces of 2 MiB, and answers before the last of them are on disk.
    """
    entry = folder / "pagefind-entry.json"
    if not all(_is_finished(folder / name) for name in ("pagefind.js", "pagefind-worker.js", entry.name, *_UNUSED)):
        return False
    try:
        return all(map(_is_finished, _files(folder, json.loads(entry.read_text(encoding="utf-8")))))
    except (EOFError, OSError, zlib.error, KeyError, TypeError, ValueError, IndexError, AttributeError):
        return False  # Not yet; whoever waits gives up in time.


def _files(folder: Path, entry: Any) -> Iterator[Path]:
    """The files that an index refers to."""
    for about in entry["languages"].values():
        yield folder / f"wasm.{about['wasm'] or 'unknown'}.pagefind"
        _, pages, chunks, filters, *_ = _as_list(_read(folder / f"pagefind.{about['hash']}.pf_meta"))
        yield from (folder / "fragment" / f"{_as_list(page)[0]}.pf_fragment" for page in _as_list(pages))
        yield from (folder / "index" / f"{_as_list(chunk)[2]}.pf_index" for chunk in _as_list(chunks))
        yield from (folder / "filter" / f"{_as_list(item)[1]}.pf_filter" for item in _as_list(filters))


def _is_finished(path: Path) -> bool:
    return path.is_file() and path.stat().st_size % _PIECE != 0


def remove_unused(folder: Path) -> None:
    """Remove the interfaces that Pagefind adds, since the site has its own."""
    for name in _UNUSED:
        (folder / name).unlink()


def put_in_order(folder: Path) -> None:
    """Sort what Pagefind leaves unsorted in the index at `folder`. Raises `UnknownFormat`."""
    entry_path = folder / "pagefind-entry.json"
    entry = json.loads(entry_path.read_text(encoding="utf-8"))
    try:
        for language in sorted(entry["languages"]):
            about = entry["languages"][language]
            about["hash"] = _order_meta(folder, about["hash"])
        entry["languages"] = dict(sorted(entry["languages"].items()))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise UnknownFormat(f"pagefind's index cannot be read: {error!r}") from error
    entry_path.write_text(json.dumps(entry, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _order_meta(folder: Path, old: str) -> str:
    """Write a language's description again; returns its new hash."""
    path = folder / f"pagefind.{old}.pf_meta"
    version, pages, chunks, filters, sorts, *rest = _as_list(_read(path))
    renamed: list[Value] = []
    for name, filter_hash in sorted(_pair(item) for item in _as_list(filters)):
        renamed.append([name, _order_filter(folder, str(filter_hash))])
    ordered: list[Value] = [version, pages, chunks, renamed, sorted(_as_list(sorts), key=_name), *rest]
    return _write(ordered, path, folder, "pagefind.{}.pf_meta", old)


def _order_filter(folder: Path, old: str) -> str:
    path = folder / "filter" / f"{old}.pf_filter"
    name, values = _as_list(_read(path))
    return _write([name, sorted(_as_list(values), key=_name)], path, folder / "filter", "{}.pf_filter", old)


def _as_list(value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise ValueError("a list is expected")
    return value


def _pair(value: Value) -> tuple[str, str]:
    first, second = _as_list(value)
    return str(first), str(second)


def _name(value: Value) -> str:
    return str(_as_list(value)[0])


def _read(path: Path) -> Value:
    data = gzip.decompress(path.read_bytes())
    if not data.startswith(_MAGIC):
        raise ValueError(f"{path.name} does not begin with {_MAGIC.decode()}")
    value, end = _parse(data, len(_MAGIC))
    if end != len(data):
        raise ValueError(f"{path.name} goes on after its end")
    return value


def _write(value: Value, before: Path, folder: Path, pattern: str, old: str) -> str:
    language = old.partition("_")[0]
    out = bytearray(_MAGIC)
    _render(value, out)
    new = f"{language}_{sha256(out).hexdigest()[:12]}"
    before.unlink()
    (folder / pattern.format(new)).write_bytes(gzip.compress(bytes(out), mtime=0))
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
