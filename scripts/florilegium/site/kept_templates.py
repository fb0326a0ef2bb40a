"""Compiled templates, kept for the next run: to compile those of one page takes longer than to fill them."""

import jinja2
from jinja2.bccache import Bucket

from ..core.cache import own_folder
from ..core.store import Kept, Store

_KIND = "templates"


class KeptTemplates(jinja2.BytecodeCache):
    """The cache of Jinja in a store of the person who runs the program; Jinja compares the text of each template."""

    def __init__(self) -> None:
        # Like pickles, they are code: they lie where nobody else can put one.
        self._store = Store(own_folder(_KIND))
        self._kept = self._store.load(_KIND)

    def load_bytecode(self, bucket: Bucket) -> None:
        if kept := self._kept.get(bucket.key):
            bucket.bytecode_from_string(kept.value)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._store.save(_KIND, {bucket.key: Kept(bucket.checksum, bucket.bytecode_to_string())})
