"""What the files of a library held when they were last read, kept for the next run: after an edit one file is new."""

import time
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from ..core.store import Kept, Store, pickled, unpickled
from .listing import Listed
from .reading import Parsed, is_spent, still_holds

_KIND = "files"
_FRESH_NS = 1_000_000_000
"""A file changed this short a time before a run may change again without its times showing it."""
_MANY = 500
"""Files that are kept at once while others are still read."""


class KeptFiles:
    """The files of a library as they are now, and what is remembered of them.

    What a file held is unpickled when somebody asks for it; `memory` holds what this process has at hand.
    """

    def __init__(self, store: Store, memory: Mapping[Listed, Parsed] = MappingProxyType({})) -> None:
        self.store = store
        self.files: list[Listed] = []
        """All files that `known` was asked for."""
        self.missed = 0
        """Files of which nothing was remembered."""
        self._memory = memory
        self._started = time.time_ns()
        self._kept: dict[str, Kept | None] = {}
        self._is_complete = False
        """Whether all that is kept was looked at."""
        self._fresh: dict[str, Kept] = {}
        """What is to be kept, and is not yet."""
        self._settled: set[Listed] = set()
        """Files that were too young when they were read, and held the same when they were not any more."""

    def is_settled(self, listed: Listed) -> bool:
        """Whether a file will show it when it changes again."""
        return max(listed.signature[1:3]) < self._started - _FRESH_NS or listed in self._settled

    def settle(self, root: Path, parsed: Mapping[str, Parsed]) -> None:
        """Look again at files that were young when the run began, and are not any more; `parsed` is what they held.

        A library that was only just copied is remembered so, if to judge it took longer than a file is young.
        """
        before = time.time_ns() - _FRESH_NS
        young = [one for one in self.files if not self.is_settled(one) and max(one.signature[1:3]) < before]
        self._settled.update(listed for listed in young if still_holds(root, listed, parsed[listed.path]))
        if self._settled:
            self.save(parsed)

    def known(self, listed: Listed) -> Parsed | None:
        """What a file held the last time, if it has not changed since."""
        if not self._memory and not self._is_complete:
            self._kept.update(self.store.load(_KIND))
            self._is_complete = True
        self.files.append(listed)
        found = self.find(listed)
        self.missed += found is None
        return found

    def find(self, listed: Listed) -> Parsed | None:
        """The same, for one who does not go through all files."""
        if listed in self._memory:
            return self._memory[listed]
        self.look_for([listed])
        kept = self._kept.get(listed.path)
        parsed: Parsed | None = unpickled(kept.value) if kept and kept.digest == repr(listed.signature) else None
        return parsed

    def look_for(self, files: Iterable[Listed]) -> None:
        """Look at once for what is kept of several files."""
        new = [listed.path for listed in files if listed.path not in self._kept and not self._is_complete]
        self._kept.update({**dict.fromkeys(new), **self.store.load(_KIND, new)} if new else {})

    def keep(self, files: list[Listed], parsed: list[bytes]) -> None:
        """Remember what was read of some files: what each of them holds, pickled."""
        for listed, data in zip(files, parsed, strict=True):
            if self.is_settled(listed):
                self._fresh[listed.path] = Kept(repr(listed.signature), data)
        if len(self._fresh) >= _MANY:
            self._write(())

    def save(self, parsed: Mapping[str, Parsed]) -> None:
        """Remember what else has changed of all the files; `parsed` holds, by path, what they hold now."""
        self._memory = {listed: parsed[listed.path] for listed in self.files}
        self._renew(self.files, parsed)
        self._write(self._kept.keys() - {listed.path for listed in self.files})

    def save_changed(self, files: Iterable[Listed], changed: Collection[str], parsed: Mapping[str, Parsed]) -> None:
        """Remember the files of a library of which few have changed, those of `changed` by path, or are gone."""
        there = [listed for listed in files if listed.path in changed]
        self._renew(there, parsed)
        self._write(set(changed) - {listed.path for listed in there})

    def _renew(self, files: Iterable[Listed], parsed: Mapping[str, Parsed]) -> None:
        for listed in files:
            held, signature = self._kept.get(listed.path), repr(listed.signature)
            if (held and held.digest == signature) or listed.path not in parsed or not self.is_settled(listed):
                continue
            # On a machine that is less busy, a file that took too long may be read in time.
            if listed.path not in self._fresh and not is_spent(parsed[listed.path]):
                self._fresh[listed.path] = Kept(signature, pickled(parsed[listed.path]))

    def _write(self, gone: Collection[str]) -> None:
        if self._fresh or gone:
            self.store.save(_KIND, self._fresh, gone=gone)
            self._kept.update(self._fresh)
            self._fresh = {}
