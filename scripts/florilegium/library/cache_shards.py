"""What the files of a library held when they were last read, in shards: after an edit one shard is written again."""

import pickle
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..core.cache import Cache
from .listing import Listed
from .reading import Parsed, cache_shard, is_spent, still_holds

_FRESH_NS = 1_000_000_000
"""A file changed this short a time before a run may change again without its times showing it."""


class CacheShards:
    """The files of a library as they are now, and what is remembered of them. Without a cache, that is nothing.

    What a file held is unpickled when somebody asks for it; `memory` holds what this process has at hand.
    """

    def __init__(self, cache: Cache | None, memory: Mapping[Listed, Parsed] = MappingProxyType({})) -> None:
        self.cache = cache
        self._memory = memory
        self._started = time.time_ns()
        self._now: dict[int, list[Listed]] = defaultdict(list)
        self._kept: dict[int, tuple[Listed, ...]] = {}
        self._parsed: dict[Listed, bytes] = {}
        """What is remembered of the files of the shards that were loaded, pickled."""
        self._settled: set[Listed] = set()
        """Files that were too young when they were read, and held the same when they were not any more."""
        self.missed = 0
        """Files of which nothing was remembered."""

    @property
    def files(self) -> Iterator[Listed]:
        """All files that `known` was asked for."""
        return (listed for files in self._now.values() for listed in files)

    @property
    def settled(self) -> bool:
        """Whether all of them will show it when they change again."""
        return all(map(self.is_settled, self.files))

    def is_settled(self, listed: Listed) -> bool:
        """Whether a file will show it when it changes again."""
        return max(listed.signature[1:3]) < self._started - _FRESH_NS or listed in self._settled

    def settle(self, root: Path, parsed: Mapping[str, Parsed]) -> None:
        """Look again at files that were young when the run began, and are not any more; `parsed` is what they held.

        A library that was only just copied is remembered so, if to judge it took longer than a file is young.
        """
        now = time.time_ns()
        young = [listed for listed in self.files if not self.is_settled(listed)]
        self._settled.update(
            listed
            for listed in young
            if max(listed.signature[1:3]) < now - _FRESH_NS and still_holds(root, listed, parsed[listed.path])
        )
        if self._settled:
            self.save(parsed)

    def known(self, listed: Listed) -> Parsed | None:
        """What a file held the last time, if it has not changed since."""
        self._now[cache_shard(listed.path)].append(listed)
        found = self.find(listed)
        self.missed += found is None
        return found

    def find(self, listed: Listed) -> Parsed | None:
        """The same, for one who does not go through all files."""
        if listed in self._memory:
            return self._memory[listed]
        shard = cache_shard(listed.path)
        if shard not in self._kept:
            self._load(shard)
        data = self._parsed.get(listed)
        parsed: Parsed | None = pickle.loads(data) if data else None
        return parsed

    def _load(self, shard: int) -> None:
        found: Any = self.cache and self.cache.load(_name(shard))
        files, parsed = found or ((), ())
        self._kept[shard] = files
        self._parsed.update(zip(files, parsed, strict=True))

    def keep(self, files: list[Listed], parsed: list[bytes]) -> None:
        """Remember what was read of a whole shard: what each of its files holds, pickled."""
        shard = cache_shard(files[0].path)
        if files == self._now[shard] and all(map(self.is_settled, files)):
            self._save(shard, files, parsed)
        else:
            self._parsed.update(zip(files, parsed, strict=True))

    def save(self, parsed: Mapping[str, Parsed]) -> None:
        """Remember what else has changed; `parsed` holds, by path, what the files hold now."""
        self._memory = {listed: parsed[listed.path] for listed in self.files}
        for shard, files in self._now.items():
            self._renew(shard, files, parsed)

    def save_changed(self, files: Iterable[Listed], changed: Collection[str], parsed: Mapping[str, Parsed]) -> None:
        """Remember the files of a library of which few have changed, those of `changed` by path, or are gone."""
        shards = {cache_shard(path) for path in changed}
        now: dict[int, list[Listed]] = {shard: [] for shard in shards}
        for listed in files:
            if (shard := cache_shard(listed.path)) in shards:
                now[shard].append(listed)
        for shard, those in now.items():
            self._renew(shard, those, parsed)

    def _renew(self, shard: int, files: list[Listed], parsed: Mapping[str, Parsed]) -> None:
        """Write a shard again if it does not hold its files as they are."""
        if shard not in self._kept:
            self._load(shard)
        found: dict[Listed, bytes] = {}
        for listed in files:
            if not self.is_settled(listed):
                continue
            if listed in self._parsed:
                found[listed] = self._parsed[listed]
            # On a machine that is less busy, a file that took too long may be read in time.
            elif listed.path in parsed and not is_spent(parsed[listed.path]):
                found[listed] = pickle.dumps(parsed[listed.path], protocol=5)
        if self._kept[shard] != tuple(found):
            self._save(shard, list(found), list(found.values()))

    def _save(self, shard: int, files: list[Listed], parsed: list[bytes]) -> None:
        self._kept[shard] = tuple(files)
        self._parsed.update(zip(files, parsed, strict=True))
        if self.cache:
            self.cache.save(_name(shard), (self._kept[shard], parsed))


def _name(shard: int) -> str:
    return f"parsed-{shard:03}"
