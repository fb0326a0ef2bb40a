"""A site that several machines build, each a shard of its pages; and the site that the shards make together.

Every shard reads and checks the whole library, so that its pages are those of a build of everything, byte for byte.
What is shared out is the rendering. The first shard also holds the lists, the pages written by hand, the files beside
them and the search index; the last one holds the data files.
"""

import filecmp
import hashlib
import json
import re
import shutil
import zlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from ..core.diagnostics import plain, quoted
from ..core.errors import CannotRun
from .disk_files import list_site
from .publish_targets import MARKER

SHARD_FILE = "florilegium-shard.json"
"""In a shard's folder: which shard it is, and of what."""

_Page = TypeVar("_Page")

MAX_SHARDS = 256
_SCHEMA = 1
_LEAF = re.compile(r"(?:notes|themes|quotes|works|authors)/[^/]+(?:\.md|/.*)")


class Shard(NamedTuple):
    """One of several parts of a site, counted from 1."""

    number: int
    of: int

    @property
    def is_first(self) -> bool:
        return self.number == 1

    @property
    def is_last(self) -> bool:
        return self.number == self.of

    def holds(self, path: str) -> bool:
        """Whether a generated file, by its path below `docs/`, belongs to this shard."""
        if path.endswith("/index.md") or not _LEAF.fullmatch(path):
            return self.is_first
        # What lies beside a page, such as its preview, goes with it.
        name = "/".join(path.split("/")[:2]).removesuffix(".md")
        return zlib.crc32(name.encode()) % self.of == self.number - 1

    def own(self, pages: Mapping[str, _Page]) -> dict[str, _Page]:
        """Those of all generated files, by path, that belong to this shard."""
        return {path: page for path, page in pages.items() if self.holds(path)}


def built_folder(state: Path, renderer: str, shard: Shard | None) -> Path:
    """The private folder in the state folder where a renderer builds a site, or a shard of one."""
    return state / f"built-{renderer}{f'-{shard.number}-of-{shard.of}' if shard else ''}"


class Elsewhere(NamedTuple):
    """What other shards build, for the renderer of one of them."""

    is_first: bool
    pages: Sequence[str]


def pages_elsewhere(shard: Shard, pages: Collection[str]) -> Elsewhere:
    """Which of all pages other shards build."""
    return Elsewhere(shard.is_first, [path for path in pages if path.endswith(".md") and not shard.holds(path)])


def parse_shard(text: str) -> Shard:
    """Read `K/N`, as in `2/3`. Raises `CannotRun`."""
    found = re.fullmatch(r"([1-9]\d{0,3})/([1-9]\d{0,3})", text)
    if not found or int(found[1]) > int(found[2]) or int(found[2]) > MAX_SHARDS:
        help = f"write the shard and how many there are, at most {MAX_SHARDS}, as in --shard 2/3"
        raise CannotRun(f"{quoted(text)} names no shard", help)
    return Shard(int(found[1]), int(found[2]))


def record_shard(built: Path, shard: Shard, keys: Mapping[str, str]) -> None:
    """Say in a built shard what it is; `keys` are those of all pages of the whole site, by path."""
    digest = hashlib.sha256("".join(f"{path} {key}\n" for path, key in sorted(keys.items())).encode())
    record = {"version": _SCHEMA, "shard": shard.number, "of": shard.of, "input": digest.hexdigest()}
    (built / SHARD_FILE).write_text(f"{json.dumps(record)}\n", encoding="utf-8")


def join_shards(shards: Sequence[Path], joined: Path) -> None:
    """Fill the new folder `joined` with the files of all shards.

    Raises `CannotRun` where a folder is no shard, where one is missing, and where they are not of one library.
    """
    records = [_read_record(folder) for folder in shards]
    _check_records(shards, records)
    joined.mkdir(parents=True)
    for folder in shards:
        for path in list_site(folder):
            if path in (SHARD_FILE, MARKER):
                continue
            source, target = folder / path, joined / path
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
            elif not filecmp.cmp(source, target, shallow=False):
                message = f"two shards hold another {plain(path)}"
                raise CannotRun(message, "build all shards of one commit, with the same mkdocs.yml and program")


def _read_record(folder: Path) -> dict[str, object]:
    try:
        record = json.loads((folder / SHARD_FILE).read_text(encoding="utf-8"))
        if record["version"] == _SCHEMA and Shard(record["shard"], record["of"]):
            return dict(record)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise CannotRun(f"{plain(str(folder))} is not a shard of a site", "name folders of: florilegium build --shard K/N")


def _check_records(shards: Sequence[Path], records: Sequence[Mapping[str, object]]) -> None:
    first = records[0]
    for folder, record in zip(shards, records, strict=True):
        if (record["of"], record["input"]) != (first["of"], first["input"]):
            message = f"{plain(str(folder))} is a shard of another library than {plain(str(shards[0]))}"
            raise CannotRun(message, "build all shards of one commit")
    numbers = sorted(str(record["shard"]) for record in records)
    wanted = sorted(str(number + 1) for number in range(int(str(first["of"]))))
    if numbers != wanted:
        missing = ", ".join(f"{number}/{first['of']}" for number in wanted if number not in numbers)
        twice = "one shard is named twice"
        raise CannotRun(f"the shard {missing} is missing" if missing else twice, "name each shard once")
