"""What pandoc has formatted before, kept in a file between builds.

A cache only remembers what pandoc said: what still holds of it is decided in `formatting.py`. A file that is
missing, damaged or of another program's making is an empty cache.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...core.store import Kept, Store, pickled, unpickled
from .cite_items import CitationParts, CslCitation

_KIND = "formatted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationCache:
    """Formatted citations and entries, and what they were made from."""

    context: str = ""
    """Digest of all that bears on every result: style, language, pandoc, this code."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """Digest of each work by key."""
    entries: Mapping[str, str] = field(default_factory=dict)
    """HTML of each work's entry; empty for one that the style leaves out of the bibliography."""
    order: tuple[str, ...] = ()
    """Keys as the style sorts them, without those that it leaves out."""
    citations: Mapping[CslCitation, CitationParts] = field(default_factory=dict)
    exact: Mapping[str, Mapping[CslCitation, CitationParts]] = field(default_factory=dict)
    """Citations of works that are told apart by names, by the digest of all works that bear on them."""
    exact_entries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Entries of such works, by the same."""


def citing_code() -> bytes:
    """What changes when the code that formats citations does."""
    code = (path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    return hashlib.sha256(b"".join(hashlib.sha256(text).digest() for text in code)).digest()


def _store(state: Path) -> Store:
    # A new version of the program seldom formats in another way, and to format a large library takes a minute.
    return Store(state, "citations", stamp=citing_code())


def read_cache(state: Path) -> CitationCache:
    """The cache in that state folder; an empty one where there is none that can be used."""
    kept = _store(state).load(_KIND, [_KIND]).get(_KIND)
    found = unpickled(kept.value) if kept else None
    return found if isinstance(found, CitationCache) else CitationCache()


def write_cache(state: Path, cache: CitationCache) -> None:
    """Keep the cache for the next build, where the folder can be written."""
    _store(state).save(_KIND, {_KIND: Kept(cache.context, pickled(cache))})
