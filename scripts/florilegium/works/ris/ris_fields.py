"""The types and tags of RIS for the words of CSL: one table of each, used both ways.

The format is that of Research Information Systems (2011). Programs differ in what they put under a tag; the mapping
follows Zotero's and Pandoc's, so that a record arrives there as it left.
"""

from typing import NamedTuple


class RecordType(NamedTuple):
    """A type of CSL, the type that is written for it, and those that are read as it."""

    csl: str
    ris: str
    read: tuple[str, ...] = ()


# A type that several rows write is read as the first of them.
# fmt: off
RIS_TYPES = (
    RecordType("article-journal", "JOUR", ("ABST", "EJOUR", "INPR")),
    RecordType("article", "JOUR"), RecordType("review", "JOUR"), RecordType("review-book", "JOUR"),
    RecordType("article-magazine", "MGZN"),
    RecordType("article-newspaper", "NEWS"),
    RecordType("book", "BOOK", ("CTLG", "EBOOK", "EDBOOK", "SER")),
    RecordType("collection", "BOOK"),
    RecordType("chapter", "CHAP", ("ECHAP",)),
    RecordType("entry", "CHAP"),
    RecordType("entry-dictionary", "DICT"),
    RecordType("entry-encyclopedia", "ENCYC"),
    RecordType("classic", "CLSWK", ("ANCIENT",)),
    RecordType("paper-conference", "CPAPER", ("CONF",)),
    RecordType("thesis", "THES"),
    RecordType("report", "RPRT", ("GOVDOC", "GRANT")),
    RecordType("manuscript", "UNPB", ("MANSCPT",)),
    RecordType("pamphlet", "PAMP"),
    RecordType("dataset", "DATA", ("AGGR", "DBASE")),
    RecordType("software", "COMP"),
    RecordType("webpage", "ELEC", ("MULTI", "WEB")),
    RecordType("post-weblog", "BLOG"), RecordType("post", "BLOG"),
    RecordType("patent", "PAT"),
    RecordType("standard", "STAND"),
    RecordType("map", "MAP"),
    RecordType("figure", "FIGURE", ("CHART", "EQUA")),
    RecordType("graphic", "ART"),
    RecordType("motion_picture", "VIDEO", ("MPCT", "ADVS")),
    RecordType("broadcast", "MPCT", ("PODCAST",)),
    RecordType("song", "SOUND"),
    RecordType("musical_score", "MUSIC"),
    RecordType("personal_communication", "PCOMM", ("ICOMM",)),
    RecordType("interview", "INTV"),
    RecordType("speech", "SLIDE"),
    RecordType("hearing", "HEAR"),
    RecordType("legal_case", "CASE"),
    RecordType("bill", "BILL", ("UNBILL",)),
    RecordType("legislation", "STAT", ("LEGAL",)),
    RecordType("regulation", "STAT"), RecordType("treaty", "STAT"),
    RecordType("periodical", "JFULL"),
    RecordType("document", "GEN"), RecordType("performance", "GEN"), RecordType("event", "GEN"),
)
# fmt: on
_WRITTEN = {row.csl: row.ris for row in RIS_TYPES} | {"motion_picture": "MPCT"}
_READ = {name: row.csl for row in reversed(RIS_TYPES) for name in (row.ris, *row.read)} | {"MPCT": "motion_picture"}


def ris_csl_type(name: str) -> str:
    """The CSL type of a record; nothing for a type that RIS does not have."""
    return _READ.get(name.strip().upper(), "")


def ris_type(csl: str) -> str:
    return _WRITTEN.get(csl, "GEN")


WHOLE = frozenset(
    ("book", "classic", "collection", "dataset", "map", "musical_score", "periodical", "report", "standard")
)
"""Types that are contained in nothing, so that their second title is that of a series."""
NUMBERED = frozenset(("report", "standard", "patent"))
"""Types whose own number stands where a journal has its issue."""

IN_SERIES = frozenset(("book", "collection", "classic", "chapter", "entry", "paper-conference"))
"""Types whose `M1` is their number in a series, as Zotero has it too."""
IN_BOOKS = frozenset(("chapter", "entry", "entry-dictionary", "entry-encyclopedia"))
"""Types that are part of a book."""
PAGED = frozenset(("book", "collection", "classic", "thesis"))
"""Types whose `SP` counts their pages."""

RIS_NAMES = {
    "AU": "author", "A1": "author", "A2": "editor", "ED": "editor", "A3": "collection-editor", "A4": "translator",
}  # fmt: skip
"""Tags of people and their roles."""


def names_of(csl: str) -> tuple[tuple[str, str], ...]:
    """The tags that are written for the roles of a work of this type.

    Under `BOOK`, Zotero takes `A2` for editors of a series, so the editors of a book stand in `ED`.
    """
    editor = "ED" if csl in WHOLE else "A2"
    return (
        ("AU", "author"), (editor, "editor"), ("A3", "collection-editor"), ("A4", "translator"),
        ("AU", "director"), ("AU", "composer"), ("AU", "performer"), ("AU", "interviewer"),
    )  # fmt: skip


class RisTag(NamedTuple):
    """A variable of CSL, the tag that is written for it, and those that are read as it, the first that is there."""

    csl: str
    written: str
    read: tuple[str, ...]


# fmt: off
TAGS = (
    RisTag("title", "TI", ("TI", "T1", "CT", "BT")),
    RisTag("title-short", "ST", ("ST",)),
    RisTag("container-title", "T2", ("T2", "JF", "JO", "BT", "JA", "J2", "J1")),
    RisTag("container-title-short", "J2", ("JA", "J2", "J1", "JO")),
    RisTag("collection-title", "T3", ("T3",)),
    RisTag("volume", "VL", ("VL",)),
    RisTag("issue", "IS", ()),
    RisTag("number-of-volumes", "NV", ("NV",)),
    RisTag("edition", "ET", ("ET",)),
    RisTag("section", "SE", ("SE",)),
    RisTag("publisher", "PB", ("PB",)),
    RisTag("publisher-place", "CY", ("CY", "PP")),
    RisTag("genre", "M3", ()),
    RisTag("DOI", "DO", ()),
    RisTag("URL", "UR", ("UR",)),
    RisTag("ISBN", "SN", ()),
    RisTag("ISSN", "SN", ()),
    RisTag("PMCID", "C2", ()),
    RisTag("call-number", "CN", ("CN",)),
    RisTag("archive", "", ("DB",)),
    RisTag("language", "LA", ("LA",)),
    RisTag("abstract", "AB", ("AB", "N2")),
    RisTag("note", "N1", ()),
)
"""Where nothing is read from a tag directly, `ris_reader.py` decides by what stands in it."""
REPEATED = frozenset((
    *RIS_NAMES, "KW", "N1", "UR", "L1", "L2", "L3", "L4", "SN", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8",
    "U1", "U2", "U3", "U4", "U5", "M1", "M2", "M3", "AD", "LK", "DP", "RN", "Y1", "PY", "DA", "Y2",
))
"""Tags that may come several times in a record; a second one of the others would be lost."""
SAME = {"T1": "TI", "CT": "TI", "N2": "AB"}
"""Tags that mean what another one means."""
KNOWN = frozenset((
    *REPEATED, *(tag for row in TAGS for tag in row.read), "TY", "ER", "ID", "SP", "EP", "IS", "DO", "LB", "AN", "AV",
    "RP", "RI", "TA", "TT", "OP", "CA",
))
# fmt: on
