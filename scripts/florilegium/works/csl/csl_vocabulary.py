"""The words of CSL 1.0.2: item types, and which fields hold names, dates and texts.

Source: https://docs.citationstyles.org/en/stable/specification.html, appendices III and IV.
"""

# fmt: off
CSL_TYPES = frozenset((
    "article", "article-journal", "article-magazine", "article-newspaper", "bill", "book", "broadcast",
    "chapter", "classic", "collection", "dataset", "document", "entry", "entry-dictionary",
    "entry-encyclopedia", "event", "figure", "graphic", "hearing", "interview", "legal_case", "legislation",
    "manuscript", "map", "motion_picture", "musical_score", "pamphlet", "paper-conference", "patent",
    "performance", "periodical", "personal_communication", "post", "post-weblog", "regulation", "report",
    "review", "review-book", "software", "song", "speech", "standard", "thesis", "treaty", "webpage",
))

CSL_NAMES = (
    "author", "chair", "collection-editor", "compiler", "composer", "container-author", "contributor",
    "curator", "director", "editor", "editor-translator", "editorial-director", "executive-producer",
    "guest", "host", "illustrator", "interviewer", "narrator", "organizer", "original-author", "performer",
    "producer", "recipient", "reviewed-author", "script-writer", "series-creator", "translator",
)

CSL_DATES = ("issued", "accessed", "available-date", "event-date", "original-date", "submitted")

TEXTS = (
    "title", "title-short", "container-title", "container-title-short", "collection-title", "volume-title",
    "part-title", "original-title", "reviewed-title", "event", "event-title", "chapter-number",
    "collection-number", "edition", "issue", "number", "number-of-pages", "number-of-volumes", "page",
    "page-first", "part-number", "printing-number", "section", "supplement-number", "version", "volume",
    "citation-number", "first-reference-note-number", "locator", "publisher", "publisher-place",
    "original-publisher", "original-publisher-place", "event-place", "authority", "jurisdiction", "genre",
    "reviewed-genre", "medium", "dimensions", "scale", "division", "status", "DOI", "ISBN", "ISSN", "PMID",
    "PMCID", "URL", "archive", "archive_collection", "archive_location", "archive-place", "call-number",
    "source", "license", "language", "references", "abstract", "annote", "keyword", "note", "citation-key",
    "citation-label", "year-suffix", "journalAbbreviation", "shortTitle",
)
"""Standard and number variables in the order of an export; at last two older names, still in use."""

AUTHORED_TYPES = frozenset((
    "article", "article-journal", "book", "chapter", "document", "interview", "manuscript", "paper-conference",
    "patent", "personal_communication", "post-weblog", "report", "speech", "thesis",
))
"""Types that want an author or editor; the others are rightly cited without one."""

CONTAINED_TYPES = frozenset((
    "article-journal", "article-magazine", "article-newspaper", "chapter", "entry-dictionary",
    "entry-encyclopedia", "paper-conference",
))
"""Types that are part of something: of a journal, a book, proceedings."""
# fmt: on

WEB_TYPES = frozenset(("post", "post-weblog", "webpage"))

IGNORED = frozenset(("custom", "categories"))
"""Fields of CSL-JSON that hold the data of one program."""

CUSTOM = ("status-date", "status-notice")
"""Our own data in `custom`: when a status was given, and the DOI or address of the notice that says so."""

CSL_FIELDS = ("id", "type", *CSL_NAMES, *TEXTS, *CSL_DATES)
"""All fields of an item, in the order of an export."""

# What other formats call the same thing, too far from the CSL word for a comparison of letters.
MISTAKEN_FIELDS = {
    "address": "publisher-place",
    "booktitle": "container-title",
    "date": "issued",
    "institution": "publisher",
    "issn-l": "ISSN",
    "journal": "container-title",
    "journaltitle": "container-title",
    "key": "id",
    "keywords": "keyword",
    "link": "URL",
    "location": "publisher-place",
    "pages": "page",
    "place": "publisher-place",
    "published": "issued",
    "school": "publisher",
    "series": "collection-title",
    "urldate": "accessed",
    "year": "issued",
}
MISTAKEN_STATUSES = {
    "correction": "corrected",
    "corrigendum": "corrected",
    "erratum": "corrected",
    "expression of concern": "concern",
    "expression-of-concern": "concern",
    "retraction": "retracted",
}
MISTAKEN_TYPES = {
    "blog": "post-weblog",
    "book-chapter": "chapter",
    "conference-paper": "paper-conference",
    "film": "motion_picture",
    "inbook": "chapter",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "journal": "article-journal",
    "journal-article": "article-journal",
    "mastersthesis": "thesis",
    "misc": "document",
    "movie": "motion_picture",
    "newspaper": "article-newspaper",
    "online": "webpage",
    "phdthesis": "thesis",
    "proceedings-article": "paper-conference",
    "techreport": "report",
    "website": "webpage",
}
