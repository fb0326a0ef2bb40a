"""A record of Crossref as a CSL item.

Crossref's JSON looks like CSL's and is not: titles are lists with JATS, MathML or HTML in them, types have other names,
dates may be a list with nothing in it, and people carry affiliations and ORCID iDs. Only what CSL knows is kept; what
a publisher says in a form of its own is read as far as it is clear, and left out otherwise. Nothing raises.

Fields: https://github.com/CrossRef/rest-api-doc/blob/master/api_format.md
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from ...core.characters import find_invisible
from ...core.entities import unescape_html
from ...core.raised_signs import raise_signs
from ..identifiers import check_url, parse_doi, parse_isbn, parse_issn

CROSSREF_TYPES = {
    "book": "book", "book-chapter": "chapter", "book-part": "chapter", "book-section": "chapter",
    "book-series": "book", "book-set": "book", "book-track": "chapter", "database": "dataset",
    "dataset": "dataset", "dissertation": "thesis", "edited-book": "book", "journal": "periodical",
    "journal-article": "article-journal", "journal-issue": "periodical", "journal-volume": "periodical",
    "monograph": "book", "peer-review": "review", "posted-content": "article", "proceedings": "book",
    "proceedings-article": "paper-conference", "proceedings-series": "book", "reference-book": "book",
    "reference-entry": "entry", "report": "report", "report-component": "report", "report-series": "report",
    "standard": "standard",
}  # fmt: skip
"""CSL's types for Crossref's; whatever else there is becomes a `document`."""

_NAMES = ("author", "editor", "translator", "chair")
_MAX_NAMES = 6_000
_DATES = ("issued", "published", "published-print", "published-online", "posted", "published-other")
"""Crossref's dates of publication, the best one first."""
_TEXTS = {"volume": "volume", "issue": "issue", "edition-number": "edition", "language": "language"}
_IN_BOOKS = frozenset(("book", "chapter", "entry", "paper-conference"))


def crossref_item(record: Mapping[str, Any]) -> dict[str, Any]:
    """The CSL item of a record of `fetch_record`; its `id` is the DOI, to be replaced by a citation key.

    The abstract is left out: it is mostly under copyright, and of no use to a bibliography.
    """
    kind = CROSSREF_TYPES.get(str(record.get("type", "")), "document")
    doi = parse_doi(str(record.get("DOI", ""))).value
    item = {
        "id": doi,
        "type": kind,
        **{name: people for name in _NAMES if (people := crossref_people(record.get(name)))},
        "title": _title(record),
        **_containers(record, kind),
        **{ours: clean_text(record.get(theirs)) for theirs, ours in _TEXTS.items()},
        "page": re.sub(r"\s*[-\u2010-\u2015]+\s*", "-", clean_text(record.get("page"))),
        **_publisher(record, kind),
        **_event(record, kind),
        **_genre(record, kind),
        "DOI": doi,
        "ISBN": number_of(record.get("ISBN")) if kind in _IN_BOOKS else "",
        "ISSN": number_of(record.get("ISSN")),
        "URL": "" if doi else check_url(clean_text(record.get("URL"))).value,
        "issued": next((date for name in _DATES if (date := exact_date(record.get(name)))), {}),
    }
    if not item["page"] and kind == "article-journal":
        item["number"] = clean_text(record.get("article-number"))
    return {name: value for name, value in item.items() if value or name == "id"}


# --------------------------------------------------------------------------------------------------------- text

_ELEMENTS = (
    "alternatives|b|bold|br|break|em|ext-link|font|i|inf|inline-formula|italic|monospace|named-content|ovl|p|roman|"
    "sans-serif|sc|scp|sec|small|smallcaps|span|strike|strong|styled-content|sub|sup|title|tt|u|ul|underline|xref"
)
_TAG = re.compile(rf"</?(?:(?:jats|mml|m|math):[a-z-]+|math|{_ELEMENTS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_HIDDEN = re.compile(
    r"<((?:mml:)?annotation|(?:jats:)?tex-math|(?:jats:)?fn)\b[^<>]*>[^<]*</\1>|<!--.*?-->", re.IGNORECASE | re.DOTALL
)
_RAISED = re.compile(r"<(?:jats:)?(su[pb]|inf)>([^<>]*)</(?:jats:)?\1>", re.IGNORECASE)


def clean_text(value: object) -> str:
    """A text, or the first one of a list, without markup, entities, line ends and invisible characters."""
    if isinstance(value, list):
        return next((text for item in value if not isinstance(item, list) and (text := clean_text(item))), "")
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    text = str(value)[:10_000]
    for _ in range(3):  # Publishers escape what is escaped already: `&amp;lt;i&amp;gt;`.
        unescaped = unescape_html(text)
        if unescaped == text:
            break
        text = unescaped
    # 10<sup>6</sup> is not 106. What Unicode cannot raise or lower stays on the line.
    text = _RAISED.sub(lambda f: raise_signs(f[2], lower=f[1].lower() != "sup"), _HIDDEN.sub("", text))
    text = _TAG.sub("", text)
    text = unicodedata.normalize("NFC", " ".join(text.replace("\ufeff", "").split()))
    hidden = {found.offset for found in find_invisible(text)}
    return "".join(character for offset, character in enumerate(text) if offset not in hidden)


def _title(record: Mapping[str, Any]) -> str:
    title, subtitle = clean_text(record.get("title")), clean_text(record.get("subtitle"))
    if not title or not subtitle or subtitle.casefold() in title.casefold():
        return title or subtitle
    return f"{title} {subtitle}" if title[-1] in ":?!." else f"{title}: {subtitle}"


def _containers(record: Mapping[str, Any], kind: str) -> dict[str, str]:
    """The journal or book; where a chapter names two, the first is the series and the last the book."""
    value = record.get("container-title")
    titles = [text for one in (value if isinstance(value, list) else [value]) if (text := clean_text(one))]
    if not titles:
        return {}
    if kind == "book":
        return {"collection-title": titles[0]}
    if kind not in _IN_BOOKS:
        short = clean_text(record.get("short-container-title"))
        return {"container-title": titles[0], "container-title-short": short if short != titles[0] else ""}
    return {"container-title": titles[-1], "collection-title": titles[0] if len(titles) > 1 else ""}


def _publisher(record: Mapping[str, Any], kind: str) -> dict[str, str]:
    """The publisher; of a thesis or preprint, the institution. Journals are found without."""
    if kind == "article-journal":
        return {}
    institution = record.get("institution")
    first = institution[0] if isinstance(institution, list) and institution else institution
    place = clean_text(record.get("publisher-location"))
    if isinstance(first, dict) and kind in ("thesis", "article", "report") and (name := clean_text(first.get("name"))):
        return {"publisher": name, "publisher-place": clean_text(first.get("place"))}
    return {"publisher": clean_text(record.get("publisher")), "publisher-place": place}


def _event(record: Mapping[str, Any], kind: str) -> dict[str, str]:
    event = record.get("event")
    if kind != "paper-conference" or not isinstance(event, dict):
        return {}
    return {"event-title": clean_text(event.get("name")), "event-place": clean_text(event.get("location"))}


def _genre(record: Mapping[str, Any], kind: str) -> dict[str, str]:
    if kind == "thesis":
        return {"genre": clean_text(record.get("degree"))}
    return {"genre": "preprint"} if kind == "article" and record.get("subtype") == "preprint" else {}


def number_of(value: object) -> str:
    """The first ISBN or ISSN with a right check digit; some come as addresses."""
    for one in value if isinstance(value, list) else [value]:
        text = clean_text(one).rsplit("/", 1)[-1]
        if number := parse_isbn(text).value or parse_issn(text).value:
            return number
    return ""


# ---------------------------------------------------------------------------------------------- names and dates


def crossref_people(value: object) -> list[dict[str, str]]:
    items = value[:_MAX_NAMES] if isinstance(value, list) else []
    return [person for item in items if isinstance(item, dict) and (person := _person(item))]


def _person(item: Mapping[str, Any]) -> dict[str, str]:
    """A person, or a group as `literal`. Particles stay in the family name, where Crossref has them."""
    family, given, suffix = (clean_text(item.get(part)) for part in ("family", "given", "suffix"))
    if not family:
        name = clean_text(item.get("literal") or item.get("name")) or given
        return {"literal": name} if name else {}
    if not suffix and (found := _SUFFIX.fullmatch(family)):
        family, suffix = found[1], found[2]
    particles = {part: clean_text(item.get(part)) for part in ("non-dropping-particle", "dropping-particle")}
    parts = {"family": family, "given": given, "suffix": suffix, **particles}
    return {part: text for part, text in parts.items() if text}


_SUFFIX = re.compile(r"(.+?),?\s+(Jr\.?|Sr\.?|I{2,3}|IV)")
"""A family name with what belongs behind it, as older records have it: `King Jr.`"""


def exact_date(value: object) -> dict[str, Any]:
    """The first date of `date-parts`: year, month and day, as far as each of them can be one."""
    parts = value.get("date-parts") if isinstance(value, dict) else None
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    numbers: list[int] = []
    for part, (least, most) in zip(first, ((1, 9999), (1, 12), (1, 31)), strict=False):
        number = int(part) if isinstance(part, str) and re.fullmatch("[0-9]{1,4}", part) else part
        if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
            break
        numbers.append(number)
    return {"date-parts": [numbers]} if numbers else {}
