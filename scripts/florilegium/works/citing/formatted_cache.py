"""What pandoc has formatted before, kept in a file between builds.

A cache only remembers what pandoc said: what still holds of it is decided in `rendering.py`. A file that is
missing, damaged or of another program's making is an empty cache.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .cite_items import CitationParts, CiteItem, CslCitation
from .pandoc_fragments import CitedPart


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


def read_cache(path: Path) -> CitationCache:
    """The cache in that file; an empty one where there is none that can be used."""
    try:
        digest, _, text = path.read_bytes().partition(b"\n")
    except OSError:
        return CitationCache()
    if hashlib.sha256(text).hexdigest().encode() != digest:
        return CitationCache()
    try:
        return _parse_cache(text)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return CitationCache()


def _parse_cache(text: bytes) -> CitationCache:
    data = json.loads(text)
    return CitationCache(
        context=data["context"],
        digests=dict(data["digests"]),
        entries=dict(data["entries"]),
        order=tuple(data["order"]),
        citations=_csl_citations(data["clusters"]),
        exact={digest: _csl_citations(citations) for digest, citations in data["exact"].items()},
        exact_entries={digest: dict(entries) for digest, entries in data["exact_entries"].items()},
    )


def _csl_citations(listed: Any) -> dict[CslCitation, CitationParts]:
    return {
        tuple(CiteItem(*cited) for cited in citation): tuple(CitedPart(*part) for part in parts)
        for citation, parts in listed
    }


def write_cache(path: Path, cache: CitationCache) -> None:
    """Replace the file as a whole, so that a reader, or a build that is killed, never meets half of it."""
    data = {
        "context": cache.context,
        "digests": dict(sorted(cache.digests.items())),
        "entries": dict(sorted(cache.entries.items())),
        "order": cache.order,
        "clusters": sorted(cache.citations.items()),
        "exact": {digest: sorted(citations.items()) for digest, citations in sorted(cache.exact.items())},
        "exact_entries": {digest: dict(sorted(e.items())) for digest, e in sorted(cache.exact_entries.items())},
    }
    text = json.dumps(data, separators=(",", ":")).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
