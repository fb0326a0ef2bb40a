"""A library of Zotero, from Zotero's web service or from Zotero itself on this computer: what changed since a version.

The service and its rules for whoever asks: https://www.zotero.org/support/dev/web_api/v3/basics and `…/syncing`. Zotero
on this computer answers in the same way at the port 23119, once its settings allow it.
"""

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from ...core.diagnostics import plain, quoted
from ...core.errors import CannotRun
from .registry_requests import (
    RegistryAnswer,
    RegistryError,
    RegistryRefusal,
    UnknownWork,
    base_address,
    fetch_answer,
    parse_answer,
    wait,
)

SERVICE = "https://api.zotero.org"
LOCAL = "http://localhost:23119/api"
"""Where libraries are; other servers are named by `FLORILEGIUM_ZOTERO`."""
API_KEY = "ZOTERO_API_KEY"
"""The environment variable that holds the user's key. It is never an option: those stay in the shell's history."""
_PAGE = 100
"""Items of one answer, the most that the service gives."""
_AT_ONCE = 50
"""Keys of one question, the most that the service takes."""
_MAX_PAGES = 5_000
_LONGEST_PAUSE = 60.0
"""Seconds that the service may ask for between two questions."""
_KEYS = "https://www.zotero.org/settings/keys"
_LIBRARY = re.compile(r"(?:https?://(?:www\.)?zotero\.org/)?(?:(users|groups?)[/:])?([0-9]{1,12})(?:/.*)?")
_COLLECTION = re.compile(r"[A-Z0-9]{8}")
_NEXT = re.compile(r'<([^<>]*)>\s*;[^,<]*\brel="?next\b')


class ZoteroLibrary(NamedTuple):
    """A library, or a collection in it, and who is asked for it."""

    path: str
    """`users/123` or `groups/456`."""
    collection: str = ""
    local: bool = False

    @property
    def name(self) -> str:
        """What the state file calls it."""
        return f"{self.path}/collections/{self.collection}" if self.collection else self.path

    def address(self, key: str) -> str:
        """Where Zotero shows an item."""
        kind, _, number = self.path.partition("/")
        return f"zotero://select/{'library' if kind == 'users' else f'groups/{number}'}/items/{key}"


class ZoteroItems(NamedTuple):
    """What a library answers."""

    items: tuple[Mapping[str, Any], ...]
    """Works, attachments and annotations, with `data` and, for works, `csljson`; none that is in the trash."""
    deleted: frozenset[str]
    """Keys of what was deleted, or put into the trash, since the version that was asked for."""
    version: int
    """The library's version; 0 where it has none."""
    is_whole: bool
    """Whether this is all there is, not only what changed."""


def parse_zotero_library(text: str, collection: str = "", *, local: bool = False) -> ZoteroLibrary:
    """The library that a user names: `123`, `groups/456`, the address of a group. Raises `CannotRun`."""
    found = _LIBRARY.fullmatch(text.strip() or ("0" if local else ""))
    if found is None:
        raise CannotRun(
            f"{quoted(text)} is not a Zotero library",
            f"write --library 123456, the user ID that {_KEYS} shows, or --library groups/123456",
        )
    if collection and not _COLLECTION.fullmatch(collection):
        raise CannotRun(
            f"{quoted(collection)} is not the key of a collection",
            "write the eight letters and digits at the end of the collection's address on zotero.org",
        )
    return ZoteroLibrary(
        f"{'groups' if (found[1] or '').startswith('group') else 'users'}/{found[2]}", collection, local
    )


def fetch_zotero(
    library: ZoteroLibrary,
    *,
    since: int = 0,
    known: Collection[str] = (),
    progress: Callable[[str, int, int], None] = lambda _what, _done, _all: None,
) -> ZoteroItems:
    """All works and annotations that changed since a version, with the works that the annotations belong to.

    `known` are the keys of works that an earlier answer held: a work that has come into a collection brings its older
    annotations. Raises `RegistryError`.
    """
    # Zotero itself counts versions only when it synchronises: what was edited since then would be passed over.
    asked = _Asked(library, 0 if library.local else since, progress)
    top = f"collections/{library.collection}/items/top" if library.collection else "items/top"
    works = list(asked.pages(top, since=asked.since, include="data,csljson"))
    if asked.since and asked.version < asked.since:
        return fetch_zotero(library, progress=progress)  # Another library stands in its place.
    moved = library.collection and any(_key(item) not in known for item in works if is_work(item))
    marked = list(asked.pages("items", since=0 if moved else asked.since, itemType="annotation", include="data"))
    items = {_key(item): item for item in (*works, *marked)}
    asked.complete(items)
    trashed = {key for key, item in items.items() if item["data"].get("deleted")}
    kept = {
        key: item for key, item in items.items() if trashed.isdisjoint(_key(one) for one in _ancestors(item, items))
    }
    if library.collection:
        kept = {key: item for key, item in kept.items() if library.collection in _collections(item, items)}
    deleted = trashed | asked.deleted() if asked.since else trashed
    return ZoteroItems(tuple(kept.values()), frozenset(deleted), asked.version, not asked.since)


def _key(item: Mapping[str, Any]) -> str:
    return str(item["key"])


def is_work(item: Mapping[str, Any]) -> bool:
    """Whether an item stands for a work, not for what hangs on one."""
    return item["data"].get("itemType") not in ("annotation", "attachment", "note")


def _ancestors(item: Mapping[str, Any], items: Mapping[str, Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The item, its attachment, its work."""
    found: Mapping[str, Any] | None = item
    for _ in range(3):
        if found is None:
            return
        yield found
        found = items.get(str(found["data"].get("parentItem", "")))


def _collections(item: Mapping[str, Any], items: Mapping[str, Mapping[str, Any]]) -> list[str]:
    *_, top = _ancestors(item, items)
    found = top["data"].get("collections")
    return [str(key) for key in found] if isinstance(found, list) else []


@dataclass(slots=True)
class _Asked:
    """One conversation with a library."""

    library: ZoteroLibrary
    since: int
    progress: Callable[[str, int, int], None]
    version: int = 0
    """The lowest that an answer had: what changes meanwhile is asked for again the next time."""
    base: str = field(init=False)
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.base = base_address("FLORILEGIUM_ZOTERO", LOCAL if self.library.local else SERVICE)
        self.headers = {"Zotero-API-Version": "3", "Accept": "application/json"}
        key = os.environ.get(API_KEY, "").strip()
        if not key or self.library.local:
            return
        if not re.fullmatch(r"[A-Za-z0-9]{1,100}", key):
            raise RegistryError(f"{API_KEY} holds no key of Zotero", f"copy it again from {_KEYS}")
        where = urlsplit(self.base)
        if where.scheme != "https" and where.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise RegistryError(f"{self.base} is not encrypted; the key is not sent there", "use an https address")
        self.headers["Zotero-API-Key"] = key

    def pages(self, path: str, **query: object) -> Iterator[Mapping[str, Any]]:
        """The items of all pages of an answer. Raises `RegistryError` where one is missing or leads elsewhere."""
        query |= {"limit": _PAGE, "includeTrashed": 1}
        first = f"{self.base}/{self.library.path}/{path}"
        address, count = f"{first}?{urlencode(query, safe=',')}", 0
        seen = {address}
        while address:
            answer = self.answer(address)
            items = self.items(answer)
            yield from items
            count += len(items)
            total = _number(answer, "Total-Results")
            self.progress("read", count, max(count, total))
            link = _NEXT.search(str(answer.headers.get("Link", "")))
            address = link[1] if link else ""
            if not address and count < total:  # A server without links, such as an older Zotero's own.
                address = f"{first}?{urlencode({**query, 'start': count}, safe=',')}" if items else ""
                if not address:
                    raise RegistryError(f"{self.name} has {total:,} items and gave {count:,} of them")
            if address and (not address.startswith(f"{first}?") or address in seen or len(seen) > _MAX_PAGES):
                raise RegistryError(f"{self.name} leads to {quoted(address)} for the next items; it was not asked")
            seen.add(address)

    @property
    def name(self) -> str:
        return plain(urlsplit(self.base).netloc)

    def answer(self, address: str) -> RegistryAnswer:
        try:
            answer = fetch_answer(address, f"the ID {quoted(self.library.name)}", "Zotero", headers=self.headers)
        except UnknownWork:
            message = f"Zotero has no library {quoted(self.library.path)}"
            message += f" with a collection {quoted(self.library.collection)}" if self.library.collection else ""
            raise UnknownWork(message, "compare the number and the key with the address on zotero.org") from None
        except RegistryRefusal as error:
            raise RegistryRefusal(str(error), self.remedy()) from None
        except RegistryError as error:
            help = "start Zotero on this computer" if self.library.local else "try again later; nothing was written"
            raise RegistryError(str(error), help) from None
        version = _number(answer, "Last-Modified-Version")
        self.version = min(self.version, version) if self.version else version
        if pause := float(_number(answer, "Backoff")):
            if pause > _LONGEST_PAUSE:
                raise RegistryError(f"{self.name} asks to be left alone for {pause:,.0f} seconds", "try again later")
            wait(pause)
        return answer

    def remedy(self) -> str:
        if self.library.local:
            return "in Zotero, allow other applications to communicate with it: Settings, Advanced"
        if "Zotero-API-Key" in self.headers:
            return f"the key in {API_KEY} does not open this library; {_KEYS} says what it may do"
        return f"the library is not public: make a key at {_KEYS}, and put it into the variable {API_KEY}"

    def items(self, answer: RegistryAnswer) -> list[Mapping[str, Any]]:
        found = parse_answer(answer.body, f"the library {quoted(self.library.path)}", "Zotero")
        if not isinstance(found, list) or not all(map(_is_item, found)):
            raise RegistryError(f"the answer of {self.name} is not a list of items")
        return found

    def complete(self, items: dict[str, Mapping[str, Any]]) -> None:
        """Add the attachments and works that annotations belong to, as far as they did not change themselves."""
        for _ in range(2):
            wanted = {str(item["data"].get("parentItem") or "") for item in items.values()} - items.keys() - {""}
            for batch in _batches(sorted(filter(_COLLECTION.fullmatch, wanted))):
                found = self.pages("items", itemKey=",".join(batch), include="data,csljson")
                items |= {_key(item): item for item in found if _key(item) in wanted}

    def deleted(self) -> set[str]:
        """The keys of items that were deleted for good."""
        answer = self.answer(f"{self.base}/{self.library.path}/deleted?since={self.since}")
        found = parse_answer(answer.body, "what was deleted", "Zotero")
        keys = found.get("items") if isinstance(found, dict) else None
        if not isinstance(keys, list):
            raise RegistryError(f"the answer of {self.name} does not say what was deleted")
        return {key for key in keys if isinstance(key, str)}


def _is_item(item: object) -> bool:
    return isinstance(item, dict) and isinstance(item.get("key"), str) and isinstance(item.get("data"), dict)


def _number(answer: RegistryAnswer, header: str) -> int:
    text = str(answer.headers.get(header, "")).strip()
    return int(text) if re.fullmatch("[0-9]{1,15}", text) else 0


def _batches(keys: list[str]) -> Iterable[list[str]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
