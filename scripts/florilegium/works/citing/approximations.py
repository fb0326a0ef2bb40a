"""Citations and entries without pandoc: author, year and title, plainly, so that a page can still be read."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from .cite_items import CitationParts, CiteItem, CslCitation
from .pandoc_fragments import CitedPart
from .pandoc_items import Item


def approximate_order(items: Mapping[str, Item]) -> tuple[str, ...]:
    """Keys sorted by author, year and title."""
    return tuple(sorted(items, key=lambda key: (*map(str.casefold, _facts(items[key])), key)))


def approximate_entry(item: Item) -> str:
    """A plain entry: `Somer (2009). Opioid use disorder and dissociation.`"""
    who, year, title = _facts(item)
    lead = f"{who} ({year}). {title}" if who != title else f"{title} ({year})"
    return escape(lead.strip(), quote=False).rstrip(".") + "."


def approximate_citation(citation: CslCitation, items: Mapping[str, Item]) -> CitationParts:
    """A plain citation in the manner of APA; a key that no work has is shown with a question mark."""
    if citation[0].mode == "author-in-text":
        if citation[0].key not in items and len(citation) == 1:
            return (_reference(citation[0], items),)
        if citation[0].key not in items:
            return approximate_citation((citation[0]._replace(mode="normal"), *citation[1:]), items)
        who, _, _ = _facts(items[citation[0].key])
        rest = approximate_citation((citation[0]._replace(mode="suppress-author"), *citation[1:]), items)
        return (CitedPart(escape(who, quote=False), citation[0].key), CitedPart(" (", None), *rest[1:])
    parts = [CitedPart("(", None)]
    for number, cited in enumerate(citation):
        before = ("; " if number else "") + (f"{cited.prefix} " if cited.prefix else "")
        space = "" if cited.suffix[:1] in ("", *",;:.)") else " "
        parts.append(CitedPart(escape(before, quote=False), None))
        parts.append(_reference(cited, items))
        parts.append(CitedPart(escape(f"{space}{cited.suffix}", quote=False), None))
    return tuple(part for part in (*parts, CitedPart(")", None)) if part.html)


def approximate_short(item: Item, language: str) -> str:
    """A work in a few words: `Doe and Roe, 2009`."""
    return f"{narrative_names(item, language)}, {_facts(item)[1]}"


def narrative_names(item: Item, language: str) -> str:
    """The authors as a sentence names them: `Doe`, `Doe and Roe`, `Doe et al.`; without one, the title."""
    word = {"de": "und", "es": "y", "fr": "et", "it": "e", "nl": "en", "pt": "e"}.get(language[:2].lower(), "and")
    return _facts(item)[0].replace(" & ", f" {word} ")


def _reference(cited: CiteItem, items: Mapping[str, Item]) -> CitedPart:
    if cited.key not in items:
        return CitedPart(escape(f"{cited.key}?", quote=False), None)
    who, year, _ = _facts(items[cited.key])
    shown = [year] if cited.mode == "suppress-author" else [who, year]
    if cited.label:
        shown.append(_locator(cited.label, cited.value))
    return CitedPart(escape(", ".join(shown), quote=False), cited.key)


def _locator(label: str, value: str) -> str:
    word = ("pp." if re.search(r"\w[-–,]", value) else "p.") if label == "page" else label
    return f"{word} {value}"


def _facts(item: Item) -> tuple[str, str, str]:
    """Author, year and title, each of them something."""
    title = _unmarked(item.get("title")) or "Untitled"
    names = [shown for name in item.get("author") or item.get("editor") or () if (shown := _name(name))]
    who = f"{names[0]} et al." if len(names) > 2 else " & ".join(names)
    parts: Any = (item.get("issued") or {}).get("date-parts") or [[]]
    return who or title, str(parts[0][0]) if parts[0] else "n.d.", title


def _name(name: Mapping[str, Any]) -> str:
    words = (name.get("literal") or "", name.get("non-dropping-particle") or "", name.get("family") or "")
    return " ".join(filter(None, words)) or str(name.get("given") or "")


def _unmarked(title: object) -> str:
    """A title without the few tags that CSL-JSON has."""
    return re.sub(r"</?(?:i|b|sc|sub|sup|span(?: class=\"nocase\")?)>", "", str(title or ""))
