"""The words of BibTeX and BibLaTeX for those of CSL: one table of entry types and one of fields, used both ways.

Sources: BibTeX's standard styles (Patashnik, "BibTeXing", 1988), the BibLaTeX manual, sections 2.1, 2.2 and 4.9.2, and
what Pandoc makes of them. Fields that only manage a file, such as `file` or `timestamp`, are in no table.
"""

from enum import StrEnum
from typing import NamedTuple


class Dialect(StrEnum):
    BIBTEX = "bibtex"
    BIBLATEX = "biblatex"


class EntryType(NamedTuple):
    """A type of CSL, the entry types that are written for it, and those that are read as it."""

    csl: str
    biblatex: str
    bibtex: str
    read: tuple[str, ...] = ()


# A type that several rows write is read as the first of them, unless `entrysubtype` names another one.
# fmt: off
BIBTEX_TYPES = (
    EntryType("article-journal", "article", "article", ("suppperiodical",)),
    EntryType("article-magazine", "article", "article"),
    EntryType("article-newspaper", "article", "article"),
    EntryType("review", "article", "article", ("review",)),
    EntryType("review-book", "article", "article"),
    EntryType("book", "book", "book", (
        "mvbook", "collection", "mvcollection", "proceedings", "mvproceedings", "reference", "mvreference", "manual",
    )),
    EntryType("collection", "collection", "book"),
    EntryType("classic", "book", "book"),
    EntryType("chapter", "incollection", "incollection", ("inbook", "bookinbook", "suppbook", "suppcollection")),
    EntryType("entry-encyclopedia", "inreference", "incollection"),
    EntryType("entry", "inreference", "incollection"),
    EntryType("entry-dictionary", "inreference", "incollection"),
    EntryType("paper-conference", "inproceedings", "inproceedings", ("conference",)),
    EntryType("article", "online", "misc"),  # a preprint
    EntryType("webpage", "online", "online", ("www", "electronic")),
    EntryType("post", "online", "online"),
    EntryType("post-weblog", "online", "online"),
    EntryType("thesis", "thesis", "phdthesis", ("mastersthesis",)),
    EntryType("report", "report", "techreport"),
    EntryType("manuscript", "unpublished", "unpublished"),
    EntryType("speech", "unpublished", "unpublished"),
    EntryType("pamphlet", "booklet", "booklet"),
    EntryType("patent", "patent", "misc"),
    EntryType("dataset", "dataset", "misc"),
    EntryType("software", "software", "software"),
    EntryType("periodical", "periodical", "misc"),
    EntryType("document", "misc", "misc"),
    EntryType("graphic", "artwork", "misc"),
    EntryType("figure", "image", "misc"),
    EntryType("map", "image", "misc"),
    EntryType("motion_picture", "movie", "misc", ("video",)),
    EntryType("broadcast", "video", "misc"),
    EntryType("song", "music", "misc", ("audio",)),
    EntryType("musical_score", "music", "misc"),
    EntryType("performance", "performance", "misc"),
    EntryType("legal_case", "jurisdiction", "misc"),
    EntryType("hearing", "jurisdiction", "misc"),
    EntryType("legislation", "legislation", "misc"),
    EntryType("bill", "legislation", "misc"),
    EntryType("regulation", "legislation", "misc"),
    EntryType("treaty", "legal", "misc"),
    EntryType("personal_communication", "letter", "misc"),
    EntryType("standard", "standard", "misc"),
    EntryType("interview", "misc", "misc"),
    EntryType("event", "misc", "misc"),
)
# fmt: on
_SUBTYPES = {"magazine": "article-magazine", "newspaper": "article-newspaper"}
_WRITTEN_SUBTYPES = {csl: word for word, csl in _SUBTYPES.items()}


_READ = {
    **{row.bibtex: row.csl for row in reversed(BIBTEX_TYPES)},
    **{name: row.csl for row in reversed(BIBTEX_TYPES) for name in (row.biblatex, *row.read)},
    # `@collection` is a book with an editor; `@online` mostly a page.
    "collection": "book", "online": "webpage", "misc": "document", "video": "motion_picture",
}  # fmt: skip
_BY_CSL = {row.csl: row for row in BIBTEX_TYPES}


def bibtex_csl_type(entry_type_: str, subtype: str = "") -> str:
    """The CSL type of an entry; a type that is in no table stays as it is, to be reported."""
    subtype = subtype.strip().lower()
    found = _SUBTYPES.get(subtype, subtype)
    row = _BY_CSL.get(found)
    if row and entry_type_ in (row.biblatex, row.bibtex, *row.read):
        return found
    return _READ.get(entry_type_, entry_type_)


def entry_type(csl: str, dialect: Dialect) -> tuple[str, str]:
    """The entry type that is written for a CSL type, and the `entrysubtype` without which it is read as another."""
    row = _BY_CSL.get(csl, EntryType(csl, "misc", "misc"))
    name = row.biblatex if dialect is Dialect.BIBLATEX else row.bibtex
    return name, "" if _READ.get(name) == csl else _WRITTEN_SUBTYPES.get(csl, csl)


# --------------------------------------------------------------------------------------------------------- fields


class FieldForm(StrEnum):
    """What stands in a field, and so how it is read and written."""

    TEXT = "text"
    RICH = "rich"
    """A title, which may hold emphasis, and whose capitals may be in braces."""
    ADDRESS = "address"
    """An identifier, taken letter by letter."""


class Field(NamedTuple):
    """A variable of CSL, the field that each dialect writes, and others that are read as it."""

    csl: str
    biblatex: str
    bibtex: str = ""
    read: tuple[str, ...] = ()
    form: FieldForm = FieldForm.TEXT


# fmt: off
BIBTEX_FIELDS = (
    Field("title-short", "shorttitle", "", ("shorttitle",), FieldForm.RICH),
    Field("container-title-short", "shortjournal", "", ("shortjournal", "journalabbr", "abbrev_source_title")),
    Field("collection-title", "series", "series", form=FieldForm.RICH),
    Field("volume", "volume", "volume"),
    Field("part-number", "part", ""),
    Field("number-of-volumes", "volumes", ""),
    Field("edition", "edition", "edition"),
    Field("version", "version", "version"),
    Field("chapter-number", "chapter", "chapter"),
    Field("number-of-pages", "pagetotal", "", ("numpages",)),
    Field("publisher-place", "location", "address"),
    Field("original-publisher", "origpublisher"),
    Field("original-publisher-place", "origlocation"),
    Field("original-title", "origtitle", form=FieldForm.RICH),
    Field("event-title", "eventtitle", form=FieldForm.RICH),
    Field("event-place", "venue"),
    Field("status", "pubstate", "pubstate"),
    Field("DOI", "doi", "doi", form=FieldForm.ADDRESS),
    Field("URL", "url", "url", form=FieldForm.ADDRESS),
    Field("ISBN", "isbn", "isbn", form=FieldForm.ADDRESS),
    Field("ISSN", "issn", "issn", form=FieldForm.ADDRESS),
    Field("PMID", "", "pmid", ("pmid",), form=FieldForm.ADDRESS),
    Field("PMCID", "", "pmcid", ("pmcid", "pmc"), form=FieldForm.ADDRESS),
    Field("call-number", "library", ""),
    Field("language", "langid", "language", ("language", "langid")),
    Field("keyword", "keywords", "keywords"),
    Field("abstract", "abstract", "abstract"),
    Field("annote", "annotation", "annote", ("annotation", "annote")),
    Field("note", "note", "note", ("addendum",)),
)
BIBTEX_NAMES = {
    "author": "author", "editor": "editor", "translator": "translator", "container-author": "bookauthor",
    "director": "director",
}
"""Roles of CSL that have a field; others are written as `editora` with `editoratype`."""
BIBTEX_DATES = {"issued": "date", "accessed": "urldate", "event-date": "eventdate", "original-date": "origdate"}

WHOLE_WORKS = frozenset(("book", "collection", "periodical", "classic", "document"))
"""Types of CSL that are part of nothing: the title of a volume is theirs, and that of the whole the `maintitle`."""
NUMBERED_WORKS = frozenset(
    ("report", "patent", "standard", "legislation", "bill", "regulation", "treaty", "legal_case", "hearing")
)
"""Types of CSL whose `number` is their own, also where they stand in a series."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
GENRES = {
    "phdthesis": "PhD thesis", "mastersthesis": "Master’s thesis", "mathesis": "Master’s thesis",
    "bathesis": "Bachelor’s thesis", "candthesis": "Candidate thesis", "techreport": "technical report",
    "resreport": "research report", "datacd": "data CD", "audiocd": "audio CD", "software": "computer software",
}
"""Localisation keys of `type` (BibLaTeX manual, section 4.9.2.13), in English."""
BIBTEX_KEYS = {
    "inpreparation": "in preparation", "submitted": "submitted", "forthcoming": "forthcoming", "inpress": "in press",
    "prepublished": "pre-published",
    "countryde": "Germany", "countryeu": "European Union", "countryep": "European Union", "countryfr": "France",
    "countryuk": "United Kingdom", "countryus": "United States of America",
    "patent": "patent", "patentde": "German patent", "patenteu": "European patent", "patentfr": "French patent",
    "patentuk": "British patent", "patentus": "U.S. patent", "patreq": "patent request",
    "patreqde": "German patent request", "patreqeu": "European patent request", "patreqfr": "French patent request",
    "patrequk": "British patent request", "patrequs": "U.S. patent request",
}
"""Other localisation keys, of `pubstate`, `location` and `type`."""
LANGUAGES = {
    "english": "en", "american": "en-US", "usenglish": "en-US", "british": "en-GB", "ukenglish": "en-GB",
    "australian": "en-AU", "canadian": "en-CA", "german": "de", "ngerman": "de", "austrian": "de-AT",
    "naustrian": "de-AT", "swissgerman": "de-CH", "nswissgerman": "de-CH", "french": "fr", "canadien": "fr-CA",
    "acadian": "fr-CA", "spanish": "es", "portuguese": "pt", "portuges": "pt", "brazilian": "pt-BR", "brazil": "pt-BR",
    "italian": "it", "dutch": "nl", "swedish": "sv", "danish": "da", "norwegian": "no", "norsk": "nb",
    "nynorsk": "nn", "finnish": "fi", "icelandic": "is", "estonian": "et", "latvian": "lv", "lithuanian": "lt",
    "polish": "pl", "czech": "cs", "slovak": "sk", "slovene": "sl", "slovenian": "sl", "croatian": "hr",
    "serbian": "sr", "hungarian": "hu", "magyar": "hu", "romanian": "ro", "bulgarian": "bg", "russian": "ru",
    "ukrainian": "uk", "greek": "el", "turkish": "tr", "hebrew": "he", "arabic": "ar", "persian": "fa",
    "farsi": "fa", "japanese": "ja", "chinese": "zh", "korean": "ko", "latin": "la", "catalan": "ca",
    "galician": "gl", "basque": "eu", "welsh": "cy", "irish": "ga", "hindi": "hi", "vietnamese": "vi",
}
"""The names of languages that babel and polyglossia have, as BCP 47 tags; the first name of a tag is written."""

_TITLES = {"title": "booktitle", "subtitle": "booksubtitle", "titleaddon": "booktitleaddon"}
INHERITED = {
    "mvbook": {"title": "maintitle", "subtitle": "mainsubtitle", "titleaddon": "maintitleaddon"},
    "periodical": {"title": "journaltitle", "subtitle": "journalsubtitle"},
    "journal": {"title": "journaltitle", "subtitle": "journalsubtitle"},
    "": _TITLES,
}
"""Under which names an entry inherits the titles of its parent (BibLaTeX manual, appendix B)."""
# fmt: on
