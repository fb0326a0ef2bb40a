"""Writing the index: from nothing, or, where an earlier run is remembered, only the files that an edit changes.

Both give the same bytes. Remembered are, of each document, its digest and its records, from which its old postings are
made again; what the beginnings of forms weigh, which decides on the shards; and how many quotations have each facet.
"""

import json
import os
import sqlite3
import zlib
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from ..pages.cards import PageSite
from .index_blocks import QUOTES, block_bits, block_name, card_parts, decode_block, encode_block
from .index_catalogue import FacetCounts, catalogue
from .index_records import IndexDocument, Made, Record, documents, number_documents
from .index_shards import (
    OpenShard,
    PostingLists,
    beginning,
    encode_shard,
    index_shard,
    partition,
    shard_name,
    weight,
)

FOLDER = "search-index"
"""Where the index lies, from the root of the site."""

_FORMAT = 2
_MANY = 0.2
"""The share of documents that an edit may touch before all is made anew."""


Catalogue: TypeAlias = Callable[[FacetCounts], Mapping[str, Any]]
"""Makes what can be chosen, from how many quotations have each facet."""


class IndexResult(NamedTuple):
    """What writing an index did."""

    documents: int
    files: int
    """How many files there are."""
    changed: int
    """How many were written or removed."""


def index_site(
    site: PageSite, folder: Path, *, memory: Path | None = None, key_of: Callable[[str], str] = lambda _: ""
) -> IndexResult:
    """Write the index of a site into `folder`, which belongs to it.

    `memory` is a file in which to remember what the next run can use. `key_of` gives, for a generated file, what
    changes whenever its content does.
    """
    found = number_documents(list(documents(site, key_of)))
    return write_index(found, lambda counts: catalogue(site, counts), folder, memory)


def write_index(
    found: Mapping[int, IndexDocument], facets: Catalogue, folder: Path, memory: Path | None = None
) -> IndexResult:
    """Write the index of numbered documents; `facets` makes the catalogue of what can be chosen."""
    folder.mkdir(parents=True, exist_ok=True)
    if memory is None:
        return _Index(found, facets, folder, None).write_all()
    with suppress(sqlite3.DatabaseError), closing(_open(memory)) as database:
        index = _Index(found, facets, folder, database)
        return index.write_changes() or index.write_all()
    memory.unlink(missing_ok=True)
    with closing(_open(memory)) as database:
        return _Index(found, facets, folder, database).write_all()


def _open(memory: Path) -> sqlite3.Connection:
    database = sqlite3.connect(memory, isolation_level=None, check_same_thread=False)
    database.execute("pragma journal_mode=wal")
    database.execute("pragma synchronous=off")  # A lost memory costs a second, a wrong one is found by its digests.
    database.execute("create table if not exists documents (number integer primary key, digest text, records blob)")
    database.execute("create table if not exists state (name text primary key, value text)")
    return database


class _Index:
    def __init__(
        self,
        found: Mapping[int, IndexDocument],
        facets: Catalogue,
        folder: Path,
        database: sqlite3.Connection | None,
    ) -> None:
        self.found = found
        self.facets = facets
        self.counts = FacetCounts()
        self.folder = folder
        self.database = database
        counts = Counter(number >> 20 for number in found)
        self.bits = {kind: block_bits(kind, counts[kind]) for kind in range(4)}
        self.files: dict[str, str] = {}
        """The digests of all files by their names."""
        self.changed = 0

    # -- from nothing

    def write_all(self) -> IndexResult:
        terms, entries = PostingLists(), {}
        kept: list[tuple[int, str, bytes]] = []
        for number in sorted(self.found):
            made = self.found[number].make()
            terms.add(number, made.records)
            self._count(number, made.records, 1)
            entries[number] = made.entry
            if self.database:
                kept.append((number, self.found[number].digest, _packed(made)))
        weights: Counter[str] = Counter()
        for term, postings in terms.postings.items():
            weights[beginning(term.partition("\0")[0])] += weight(postings)
        shards = partition(weights)
        grouped = _grouped(terms.postings, set(shards).__contains__)
        for prefix in shards:
            self._put(
                shard_name(prefix), encode_shard({term: terms.postings[term] for term in grouped.get(prefix, ())})
            )
        for name, block in self._blocks(entries).items():
            self._put(name, encode_block(block))
        self._put_words({term.partition("\0")[0][1:] for term in terms.postings})
        return self._finish(weights, shards, kept, everything=True)

    def _count(self, number: int, records: Iterable[Record], times: int) -> None:
        """Count the facets of a document that comes, or of one that goes."""
        if number >> 20 == QUOTES:
            self.counts.add(records, times)

    def _blocks(self, entries: Mapping[int, list[Any]]) -> dict[str, dict[int, list[Any]]]:
        blocks: dict[str, dict[int, list[Any]]] = defaultdict(dict)
        for number, entry in entries.items():
            blocks[block_name(number, self.bits)][number] = entry
        return blocks

    # -- after an edit

    def write_changes(self) -> IndexResult | None:
        """Write only what changed; None where too much has, or the last run is not known."""
        assert self.database
        state = dict(self.database.execute("select name, value from state"))
        if state.get("format") != str(_FORMAT) or json.loads(state["bits"]) != list(self.bits.values()):
            return None
        self.files = json.loads(state["files"])
        if not self._is_whole():
            self.files = {}
            return None
        known = dict(self.database.execute("select number, digest from documents"))
        gone = known.keys() - self.found.keys()
        new = [number for number, document in self.found.items() if known.get(number) != document.digest]
        if len(gone) + len(new) > _MANY * len(self.found) + 2:
            self.files = {}
            return None
        made = {number: self.found[number].make() for number in sorted(new)}
        self.database.execute("delete from state where name = 'format'")
        self.counts.update(json.loads(state["facets"]))
        before = self._remembered(sorted({*gone, *new} & known.keys()))
        for number, one in made.items():
            self._count(number, one.records, 1)
        weights, shards = self._write_shards(before, made, json.loads(state["weights"]), json.loads(state["shards"]))
        self._write_blocks(gone, {number: one.entry for number, one in made.items()})
        kept = [(number, self.found[number].digest, _packed(one)) for number, one in made.items()]
        return self._finish(weights, shards, kept, gone=gone)

    def _is_whole(self) -> bool:
        """Whether the files of the last run are all there."""
        return {entry.name for entry in os.scandir(self.folder)} == self.files.keys()

    def _remembered(self, numbers: list[int]) -> PostingLists:
        assert self.database
        terms = PostingLists()
        for number in numbers:
            row = self.database.execute("select records from documents where number = ?", (number,)).fetchone()
            records = [Record(*one) for one in json.loads(row[0].decode("utf-8", "surrogatepass"))]
            terms.add(number, records)
            self._count(number, records, -1)
        return terms

    def _write_shards(
        self, before: PostingLists, made: Mapping[int, Made], weights: dict[str, int], shards: list[str]
    ) -> tuple[Counter[str], list[str]]:
        """Write the shards of forms whose postings changed, and those that are divided in another way now."""
        after = PostingLists()
        for number in sorted(made):
            after.add(number, made[number].records)
        old, new = before.postings, after.postings
        touched = {term for term in old.keys() | new.keys() if old.get(term) != new.get(term)}
        opened: dict[str, OpenShard] = {}
        changes: dict[str, dict[str, array[int]]] = defaultdict(dict)
        has = set(shards).__contains__

        def open_shard(prefix: str) -> OpenShard:
            if prefix not in opened:
                opened[prefix] = OpenShard((self.folder / shard_name(prefix)).read_bytes())
            return opened[prefix]

        counted = Counter(weights)
        forms: dict[str, list[str]] = {"gone": [], "new": []}
        for prefix, terms in _grouped(touched, has).items():
            group = open_shard(prefix).find(frozenset(terms).__contains__)
            for term in terms:
                was, form = group.get(term), term.partition("\0")[0]
                now = _replaced(was or array("Q"), old.get(term), new.get(term))
                counted[beginning(form)] += (weight(now) if now else 0) - (weight(was) if was else 0)
                changes[prefix][term] = now
                forms["new" if now else "gone"].append(form[1:])
        counted = +counted
        divided = partition(counted)
        if divided == shards:
            for prefix, changed in sorted(changes.items()):
                self._put(shard_name(prefix), opened[prefix].changed(changed))
        else:
            self._divide_again(shards, divided, changes, open_shard)
        self._change_words(forms["new"], [form for form in forms["gone"] if not self._has(form, divided)])
        return counted, divided

    def _divide_again(
        self,
        shards: list[str],
        divided: list[str],
        changes: Mapping[str, Mapping[str, "array[int]"]],
        open_shard: Callable[[str], OpenShard],
    ) -> None:
        """Write the shards that change where they are divided in another way."""
        had, has = set(shards), set(divided)
        loaded: dict[str, dict[str, array[int]]] = {}

        def load(prefix: str) -> None:
            if prefix not in loaded:
                found = {**open_shard(prefix).find(), **changes.get(prefix, {})}
                loaded[prefix] = {term: postings for term, postings in found.items() if postings}

        for prefix in (*changes, *(index_shard(prefix, had.__contains__) for prefix in had ^ has)):
            load(prefix)
        while True:
            moved = {term: postings for group in loaded.values() for term, postings in group.items()}
            grouped = _grouped(moved, has.__contains__)
            missing = [prefix for prefix in grouped if prefix in had and prefix not in loaded]
            if not missing:
                break
            for prefix in missing:
                load(prefix)
        for prefix in sorted(loaded):
            if prefix not in has:
                self._drop(shard_name(prefix))
        for prefix in sorted({*grouped, *loaded} & has):
            self._put(shard_name(prefix), encode_shard({term: moved[term] for term in grouped.get(prefix, ())}))

    def _has(self, form: str, shards: list[str]) -> bool:
        """Whether any record still has a form, in either group of shards as they are now."""
        has = set(shards).__contains__
        for group in "qr":
            data = (self.folder / shard_name(index_shard(group + form, has))).read_bytes()
            if any(term.startswith(f"{group}{form}\0") for term in OpenShard(data).terms):
                return True
        return False

    def _write_blocks(self, gone: Iterable[int], entries: Mapping[int, list[Any]]) -> None:
        removed = {block_name(number, self.bits): set[int]() for number in gone}
        for number in gone:
            removed[block_name(number, self.bits)].add(number)
        added = self._blocks(entries)
        for name in removed.keys() | added.keys():
            block = decode_block((self.folder / name).read_bytes()) if name in self.files else {}
            block = {number: entry for number, entry in block.items() if number not in removed.get(name, ())}
            block |= added.get(name, {})
            if block:
                self._put(name, encode_block(block))
            else:
                self._drop(name)

    # -- files

    def _put_words(self, forms: Iterable[str]) -> None:
        by_length: dict[int, list[str]] = defaultdict(list)
        for form in forms:
            if _is_word(form):
                by_length[min(len(form), 11)].append(form)
        for length, group in by_length.items():
            self._put(_words_name(length), _words_file(group))

    def _change_words(self, new: list[str], gone: list[str]) -> None:
        for length in {min(len(form), 11) for form in (*new, *gone) if _is_word(form)}:
            name = _words_name(length)
            words = _read_words(self.folder / name) if name in self.files else set()
            changed = words | {form for form in new if _is_word(form) and min(len(form), 11) == length}
            changed -= set(gone)
            if changed and changed != words:
                self._put(name, _words_file(changed))
            elif not changed:
                self._drop(name)

    def _put(self, name: str, data: bytes) -> None:
        digest = blake2b(data, digest_size=8).hexdigest()
        path = self.folder / name
        if self.files.get(name) != digest and not (path.exists() and path.read_bytes() == data):
            temporary = path.with_name(f".{name}.tmp")
            temporary.write_bytes(data)
            temporary.replace(path)
            self.changed += 1
        self.files[name] = digest

    def _drop(self, name: str) -> None:
        if self.files.pop(name, None):
            (self.folder / name).unlink(missing_ok=True)
            self.changed += 1

    def _finish(
        self,
        weights: Mapping[str, int],
        shards: list[str],
        kept: list[tuple[int, str, bytes]],
        *,
        gone: Iterable[int] = (),
        everything: bool = False,
    ) -> IndexResult:
        """Write the description of the whole, and remember what the next run needs."""
        self._put("facets.json", _json(self.facets(self.counts)))
        others = sorted(item for item in self.files.items() if item[0] != "index.json")
        version = blake2b(repr(others).encode(), digest_size=8).hexdigest()
        lengths = sorted(int(name[2:-4]) for name in self.files if name.startswith("l-"))
        about = {"version": version, "bits": list(self.bits.values()), "lengths": lengths, "shards": " ".join(shards)}
        counts = {"quotations": self.counts.quotations, "documents": len(self.found)}
        self._put("index.json", _json({**about, **counts, "parts": card_parts()}))
        if everything:
            for entry in os.scandir(self.folder):
                if entry.name not in self.files:
                    Path(entry.path).unlink()
                    self.changed += 1
        if self.database:
            self._remember(weights, shards, kept, gone=gone, everything=everything)
        return IndexResult(len(self.found), len(self.files), self.changed)

    def _remember(
        self,
        weights: Mapping[str, int],
        shards: list[str],
        kept: list[tuple[int, str, bytes]],
        *,
        gone: Iterable[int],
        everything: bool,
    ) -> None:
        assert self.database
        state = {
            "weights": json.dumps(dict(weights), ensure_ascii=False),
            "shards": json.dumps(shards, ensure_ascii=False),
            "facets": json.dumps(+self.counts),
            "files": json.dumps(self.files),
            "bits": json.dumps(list(self.bits.values())),
            "format": str(_FORMAT),
        }
        self.database.execute("begin")
        if everything:
            self.database.execute("delete from documents")
        self.database.executemany("delete from documents where number = ?", [(number,) for number in gone])
        self.database.executemany("insert or replace into documents values (?, ?, ?)", kept)
        self.database.executemany("insert or replace into state values (?, ?)", state.items())
        self.database.execute("commit")


def _packed(made: Made) -> bytes:
    return json.dumps(made.records, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _grouped(terms: Iterable[str], has: Callable[[str], bool]) -> dict[str, list[str]]:
    """The terms of each shard; `has` says whether a beginning has one."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for term in terms:
        grouped[index_shard(term.partition("\0")[0], has)].append(term)
    return grouped


def _replaced(was: "array[int]", old: "array[int] | None", new: "array[int] | None") -> "array[int]":
    """Postings in which those of some documents are replaced by others."""
    made, place, new = array("Q"), 0, new or array("Q")
    for document in sorted({posting >> 40 for posting in (*(old or ()), *new)}):
        first, end = _of_document(was, document)
        made += was[place:first]
        made += new[slice(*_of_document(new, document))]
        place = end
    return made + was[place:]


def _of_document(postings: "array[int]", document: int) -> tuple[int, int]:
    """Where the postings of a document begin and end."""
    return bisect_left(postings, document << 40), bisect_left(postings, document + 1 << 40)


def _is_word(form: str) -> bool:
    """Whether a form may be offered to who has mistyped one."""
    return len(form) > 2 and form.isalpha()


def _words_name(length: int) -> str:
    """The file of all words of a length; long words share one."""
    return f"l-{min(length, 11)}.bin"


def _words_file(forms: Iterable[str]) -> bytes:
    return zlib.compress("\n".join(sorted(forms)).encode("utf-8", "surrogatepass"), 6)


def _read_words(path: Path) -> set[str]:
    return set(zlib.decompress(path.read_bytes()).decode("utf-8", "surrogatepass").split("\n"))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
