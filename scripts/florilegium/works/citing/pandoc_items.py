"""CSL-JSON items as pandoc should get them, and what rules of style guides ask of them that CSL cannot express.

Two are APA's: a publisher or site is not named again when it is the author too; and two authors are joined by "and" in
running text, by "&" in brackets (Publication Manual, 7th edition, chapters 9 and 8). One is Chicago's: notes after the
first name a work by its title without subtitle and first article (Manual of Style, 18th edition, chapter 13).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from ..csl.csl_checks import RetractionKind
from .citation_styles import Style

Item = Mapping[str, Any]

_UNPRINTED = frozenset(("abstract", "annote", "categories", "custom", "keyword"))
"""Fields that few styles print: without them pandoc reads less, and a corrected abstract changes nothing."""
_COMPUTED = frozenset(("citation-number", "first-reference-note-number", "id", "locator", "year-suffix"))
"""Variables of a citation, not of a work: given with the work, they would appear in every citation of it."""
_RETRACTIONS = frozenset(kind.value for kind in RetractionKind)
_SITES = frozenset(("webpage", "post", "post-weblog"))


def prepare_work(item: Item, style: Style) -> dict[str, Any]:
    """The item without its id, ready for the style."""
    work = {
        name: cleaned
        for name, value in item.items()
        if name not in _COMPUTED and (name not in _UNPRINTED or name in style.variables)
        if (cleaned := _clean(value)) not in (None, "", [], {})
    }
    if str(work.get("archive", "")).startswith(("https://", "http://")):
        del work["archive"]  # A copy of the page, to which pages lead; styles print the name of an archive here.
    if work.get("status") in _RETRACTIONS:
        del work["status"]  # In place of a date, or behind the entry: pages say it in words of their own.
    if style.follows_apa:
        _name_publisher_once(work)
    if style.shortens_titles:
        _shorten_title(work)
    return work


def _clean(value: Any) -> Any:
    """The value less its empty parts, each of which pandoc would print as a name or year of nothing."""
    if isinstance(value, list):
        return [name for name in value if not isinstance(name, dict) or any(name.values())]
    if isinstance(value, dict):
        return value if _has_date(value) else None
    return value


def _has_date(date: Mapping[str, Any]) -> bool:
    parts = date.get("date-parts") or [[]]
    year = str(parts[0][0]).strip() if parts[0] else ""
    return bool(date.get("literal") or date.get("raw") or year not in ("", "0"))


def _name_publisher_once(work: dict[str, Any]) -> None:
    """Leave out a publisher, or a site, that is the author as well."""
    authors = {_folded(name.get("literal") or name.get("family", "")) for name in work.get("author", ())}
    if _folded(work.get("publisher")) in authors:
        work.pop("publisher", None)
        work.pop("publisher-place", None)
    if work.get("type") in _SITES and _folded(work.get("container-title")) in authors:
        work.pop("container-title", None)


_ARTICLE = re.compile(r"(?:An?|The)\s+(?=\S)")


def _shorten_title(work: dict[str, Any]) -> None:
    """Add the short title where none is given: the title up to its subtitle, in English without its first article."""
    title = str(work.get("title", ""))
    short = re.split(r":\s|\?\s", title, maxsplit=1)[0]
    if str(work.get("language", "en")).lower().startswith("en"):
        short = _ARTICLE.sub("", short, count=1) if _ARTICLE.match(short) else short
    if short != title and "shortTitle" not in work:
        work.setdefault("title-short", short)


def joins_two_names(work: Item) -> bool:
    """Whether a sign between two names is all that "&" can be in the authors of a citation."""
    names = work.get("author") or work.get("editor") or ()
    return len(names) == 2 and not any("&" in str(part) for name in names for part in name.values())


def _folded(text: object) -> str:
    return " ".join(str(text).casefold().split())


def digest_of(work: Item) -> str:
    """What changes when anything in a work does."""
    return hashlib.sha256(json.dumps(work, sort_keys=True).encode()).hexdigest()[:32]
