"""Which work a note of a folder is on: one that the library knows, or one that its properties describe."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ....core.sources import Source
from ....works.citation_keys import is_citable, propose_key
from ....works.identifiers import check_url, parse_doi
from ..zotero_json import ZOTERO_TYPES
from .vault_notes import VaultNote, without_links

_KEYS = ("citekey", "citation-key", "citationkey", "citation key", "bibtexkey", "cite-key", "source", "key", "work")
_TYPES = {
    **{name.lower(): csl for name, csl in ZOTERO_TYPES.items()},
    "article": "article-journal",
    "paper": "article-journal",
    "journal": "article-journal",
    "chapter": "chapter",
    "dissertation": "thesis",
    "website": "webpage",
    "poem": "chapter",
    "interview": "interview",
}
_AUTHORS = ("authors", "author", "creators", "creator")
_YEARS = ("year", "published", "publication date", "date-published", "issued", "date")
_CONTAINERS = ("journal", "publication", "container-title", "booktitle", "publicationtitle", "website")


def texts_of(value: Any) -> list[str]:
    """A property as a list of texts: links and `#` are taken off, and a text with commas is several."""
    if value is None or isinstance(value, dict):
        return []
    if isinstance(value, list | tuple):
        return [text for item in value for text in texts_of(item)]
    parts = (part.strip().strip("#\"'").strip() for part in re.split("[,;\n]", without_links(str(value))))
    return [part for part in parts if part]


class KnownWorks:
    """The works that a library has, found by key, DOI, or author and year."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.sources = sources
        self._dois = {s.variables["DOI"].casefold(): key for key, s in sources.items() if s.variables.get("DOI")}
        self._names: dict[tuple[str, int | None], list[str]] = defaultdict(list)
        self._titles: dict[str, list[str]] = defaultdict(list)
        for key, source in sources.items():
            for name in _first_names(source):
                self._names[_folded(name), source.year].append(key)
            self._titles[_folded(source.title)].append(key)

    def of(self, note: VaultNote) -> str:
        """The key of the work that a note is on; empty where nothing tells."""
        candidates = [text for key in _KEYS for text in texts_of(note.properties.get(key))]
        candidates += [*texts_of(note.properties.get("aliases")), note.stem, note.title]
        for candidate in candidates:
            key = candidate.strip().lstrip("@")
            if key in self.sources:
                return key
        for text in texts_of(note.properties.get("doi")):
            if key := self._dois.get(parse_doi(text).value.casefold(), ""):
                return key
        titled = self._titles[_folded(note.title)] if len(note.title) > 12 else []
        return titled[0] if len(titled) == 1 else ""

    def by_name(self, names: str, year: str) -> str:
        """The key of the one work of an author and a year: `De Quincey`, `1822`; empty where none or several fit."""
        family = re.split(r"\s+(?:and|und|et al\.?|&)\s*|\s*&\s*|,", names.strip())[0]
        found = self._names[_folded(family), int(year)]
        return found[0] if len(found) == 1 else ""


def _first_names(source: Source) -> Iterator[str]:
    for name in (source.names.get("author") or source.names.get("editor") or ())[:1]:
        yield name.literal or name.family
        if name.non_dropping_particle:
            yield f"{name.non_dropping_particle} {name.family}"


def _folded(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def describe_work(note: VaultNote, taken: Iterable[str]) -> dict[str, Any] | None:
    """A CSL item of what the properties say; nothing where they name neither an author nor a DOI."""
    properties = note.properties
    authors = [name for key in _AUTHORS for name in _people(properties.get(key))]
    doi = next((parse_doi(t).value for t in texts_of(properties.get("doi"))), "")
    if not authors and not doi:
        return None
    year = next((m[0] for k in _YEARS for t in texts_of(properties.get(k)) if (m := re.search(r"\b\d{4}\b", t))), "")
    wanted = next((t.lstrip("@") for key in _KEYS for t in texts_of(properties.get(key))), "")
    container = next((" ".join(texts_of(properties[key])) for key in _CONTAINERS if properties.get(key)), "")
    kind = re.sub(r"[^a-z]", "", str(properties.get("itemtype") or properties.get("type") or "").lower())
    family = authors[0].get("family") or authors[0].get("literal", "") if authors else ""
    key = wanted if is_citable(wanted) and wanted not in taken else propose_key(family, year, note.title, [*taken])
    item: dict[str, Any] = {
        "id": key,
        "type": _TYPES.get(kind, "article-journal" if container else "document"),
        "title": note.title.removeprefix("@") if note.title.lstrip("@") != wanted else wanted,
        "author": authors,
        "container-title": container,
        "publisher": " ".join(texts_of(properties.get("publisher"))),
        "issued": {"date-parts": [[int(year)]]} if year else {},
        "DOI": doi,
        "URL": next((check_url(t).value for t in texts_of(properties.get("url")) if t.startswith("http")), ""),
    }
    return {name: value for name, value in item.items() if value}


def _people(value: Any) -> Iterator[dict[str, str]]:
    """The names of a property: `Doe, Jane`, `Jane Doe`, and lists of them."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from _people(item)
        return
    text = "" if value is None or isinstance(value, dict) else without_links(str(value))
    names = re.split(r"\s*;\s*|\s+(?:and|&)\s+", text.strip())
    if len(names) == 1 and text.count(",") > 1:
        names = text.split(",")
    for name in filter(None, map(str.strip, names)):
        family, comma, given = (part.strip() for part in name.partition(","))
        if not comma:
            given, _, family = name.rpartition(" ")
        yield {"family": family, "given": given} if given else {"literal": family}
