"""What runs keep for each other, in one file: values by kind and name, each with the digest of what it was made from.

    store = Store(state_folder(root))
    kept = store.load("keys")
    if name not in kept or kept[name].digest != digest:
        store.save("keys", {name: Kept(digest, value)})

Nothing here is trusted: whoever takes a value compares its digest with that of the files as they are now. The file is
of one version of the program. Where it is of another, damaged, locked or cannot be written, a run goes on without it.
"""

import os
import pickle
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from .limits import uncollected
from .state_folder import code_stamp

_PATIENCE = 5.0
"""Seconds that a run waits for another one to finish writing."""
_SCHEMA = """
    DROP TABLE IF EXISTS program;
    DROP TABLE IF EXISTS kept;
    CREATE TABLE program (stamp BLOB);
    CREATE TABLE kept (kind TEXT, name TEXT, digest TEXT, value BLOB, sum INTEGER, PRIMARY KEY (kind, name));
"""

_T = TypeVar("_T")


class Kept(NamedTuple):
    """A value, and the digest of what it was made from."""

    digest: str
    value: bytes

    @property
    def sum(self) -> int:
        """What tells a damaged value from a whole one."""
        return zlib.crc32(self.value, zlib.crc32(self.digest.encode()))


class Store:
    """Kept values of one library. Each call opens the file for itself, so that threads and forks share nothing."""

    def __init__(self, folder: Path | None, name: str = "kept", *, stamp: bytes = b"") -> None:
        """`folder` is the state folder, which must be our own; without one nothing is kept.

        `stamp` stands for the code whose values these are; it is that of the whole program where none is given.
        """
        self._path = folder / f"{name}.sqlite" if folder else None
        self._stamp = stamp or (code_stamp() if folder else b"")

    def load(self, kind: str, names: Iterable[str] | None = None) -> dict[str, Kept]:
        """The values of a kind by name: all, or those of these names, as far as they are there and whole."""
        select = "SELECT name, digest, value, sum FROM kept WHERE kind = ?"

        def read(database: sqlite3.Connection) -> dict[str, Kept]:
            if names is None:
                return dict(_whole(database.execute(select, (kind,))))
            asked = (database.execute(f"{select} AND name = ?", (kind, name)) for name in names)
            return dict(_whole(chain.from_iterable(asked)))

        # A file that is not there is not made.
        return (self._path and self._path.is_file() and self._on_file(read)) or {}

    def save(self, kind: str, values: Mapping[str, Kept], *, gone: Iterable[str] = (), alone: bool = False) -> None:
        """Keep values beside those that are kept, in one step; drop those of `gone`, or, if `alone`, all others."""

        def write(database: sqlite3.Connection) -> None:
            if alone:
                database.execute("DELETE FROM kept WHERE kind = ?", (kind,))
            database.executemany("DELETE FROM kept WHERE kind = ? AND name = ?", ((kind, name) for name in gone))
            rows = ((kind, name, one.digest, one.value, one.sum) for name, one in values.items())
            database.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?)", rows)

        self._on_file(write, writes=True)

    def _on_file(self, work: Callable[[sqlite3.Connection], _T], *, writes: bool = False) -> _T | None:
        """Do something with the file; None where it cannot be used."""
        if self._path is None:
            return None
        try:
            with closing(_connect(self._path)) as database:
                if writes:
                    database.execute("BEGIN IMMEDIATE")
                    self._make_current(database)
                elif _stamp_of(database) != self._stamp:
                    return None
                found = work(database)
                if writes:
                    database.execute("COMMIT")
                return found
        except sqlite3.OperationalError:
            return None  # Another run writes, the disk is full, or the folder cannot be written.
        except sqlite3.DatabaseError:
            with suppress(OSError):
                os.unlink(self._path)
            return None

    def _make_current(self, database: sqlite3.Connection) -> None:
        """Begin anew where the file is of another program."""
        if _stamp_of(database) != self._stamp:
            for statement in _SCHEMA.split(";"):
                database.execute(statement)
            database.execute("INSERT INTO program VALUES (?)", (self._stamp,))


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    # After a power cut a value may be damaged, which its sum shows. To wait for the disk takes longer than the values.
    database.execute("PRAGMA synchronous = OFF")
    return database


def _stamp_of(database: sqlite3.Connection) -> bytes | None:
    with suppress(sqlite3.OperationalError):
        found = database.execute("SELECT stamp FROM program").fetchone()
        return found[0] if found else None
    return None


def _whole(rows: Iterable[tuple[Any, Any, Any, Any]]) -> Iterator[tuple[str, Kept]]:
    for name, digest, value, sum_ in rows:
        if isinstance(digest, str) and isinstance(value, bytes) and (kept := Kept(digest, value)).sum == sum_:
            yield name, kept


def pickled(value: object) -> bytes:
    """A value as bytes to keep."""
    return pickle.dumps(value, protocol=5)


def unpickled(data: bytes) -> Any:
    """The value of kept bytes; None where they hold none that this program can read."""
    try:
        with uncollected():
            return pickle.loads(data)
    except Exception:
        return None
