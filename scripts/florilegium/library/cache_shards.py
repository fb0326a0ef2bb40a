"""What the files of a library held when they were last read, in shards: after an edit one shard is written again."""

import pickle
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..core.cache import Cache
from .reading import Listed, Parsed, cache_shard, is_spent

__all__ = ["CacheShards"]

_FRESH_NS = 1_000_000_000
"""A file changed this short a time before a run may change again without its times showing it."""


class CacheShards:
    """The files of a library as they are now, and what is remembered of them. Without a cache, that is nothing."""

    def __init__(self, cache: Cache | None) -> None:
        self.cache = cache
        self._started = time.time_ns()
        self._now: dict[int, list[Listed]] = defaultdict(list)
        self._kept: dict[int, tuple[Listed, ...]] = {}
        self._parsed: dict[Listed, Parsed] = {}
        self.missed = 0
        """Files of which nothing was remembered."""

    @property
    def files(self) -> Iterator[Listed]:
        """All files that `known` was asked for."""
        return (listed for files in self._now.values() for listed in files)

    @property
    def settled(self) -> bool:
        """Whether all of them will show it when they change again."""
        return all(map(self._is_settled, self.files))

    def _is_settled(self, listed: Listed) -> bool:
        return max(listed.signature[1:3]) < self._started - _FRESH_NS

    def known(self, listed: Listed) -> Parsed | None:
        """What a file held the last time, if it has not changed since."""
        shard = cache_shard(listed.path)
        if shard not in self._now:
            self._load(shard)
        self._now[shard].append(listed)
        found = self._parsed.get(listed)
        self.missed += found is None
        return found

    def _load(self, shard: int) -> None:
        found: Any = self.cache and self.cache.load(_name(shard))
        if found:
            files, parsed = found
            self._kept[shard] = files
            self._parsed.update(zip(files, pickle.loads(parsed), strict=True))

    def keep(self, files: list[Listed], parsed: bytes) -> None:
        """Remember what was read of a whole shard: the pickled list of what its files hold."""
        shard = cache_shard(files[0].path)
        if files == self._now[shard] and all(map(self._is_settled, files)):
            self._save(shard, files, parsed)

    def save(self, parsed: Mapping[str, Parsed]) -> None:
        """Remember what else has changed; `parsed` holds, by path, what the files hold now."""
        for shard, files in self._now.items():
            # On a machine that is less busy, a file that took too long may be read in time.
            settled = [listed for listed in files if self._is_settled(listed) and not is_spent(parsed[listed.path])]
            if self._kept.get(shard, ()) != tuple(settled):
                self._save(shard, settled, pickle.dumps([parsed[listed.path] for listed in settled], protocol=5))

    def _save(self, shard: int, files: Iterable[Listed], parsed: bytes) -> None:
        self._kept[shard] = tuple(files)
        if self.cache:
            self.cache.save(_name(shard), (self._kept[shard], parsed))


def _name(shard: int) -> str:
    return f"parsed-{shard:03}"
