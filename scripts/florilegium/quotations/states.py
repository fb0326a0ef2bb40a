"""What is known of a quotation's words, and the one wording of it: on cards, in search, coverage and exports."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from ..core.lock_entries import Verification, VerifiedAgainst
from ..core.model import Quote
from ..core.sources import Source
from .matching.normal_form import words_digest


class QuoteState(NamedTuple):
    """What is known of a quotation, and on which entries of the lock that rests."""

    against: VerifiedAgainst | None
    entries: tuple[Verification, ...] = ()
    """Those of the work that counts, the present words found; the latest first."""

    @property
    def people(self) -> int:
        """How many people are named as having compared."""
        return len({entry.by for entry in self.entries if entry.by})

    @property
    def identity(self) -> tuple[str, ...]:
        """All that is shown of it, for programs that ask whether something changed."""
        return (
            str(self.against),
            *(
                f"{e.date} {e.original} {e.page} {e.places} {e.matching} {' '.join(e.marks)} {e.by}"
                for e in self.entries
            ),
        )


NO_STATE = QuoteState(None)
"""What is known of a quotation that was not compared."""


def verification_of(quote: Quote, verifications: Mapping[str, Sequence[Verification]]) -> QuoteState:
    """What a quote's present words were found in; the source counts more than the work that quotes it."""
    entries = verifications.get(quote.address, ())
    digest = words_digest(quote.words) if entries else ""
    for against, work in ((VerifiedAgainst.SOURCE, quote.reference), (VerifiedAgainst.QUOTED_IN, quote.quoted_in)):
        mine = [one for one in entries if work and one.key == work.key and one.words == digest and one.is_found]
        if mine:
            mine.sort(key=lambda entry: (entry.date, entry.original, entry.by), reverse=True)
            return QuoteState(against, tuple(mine))
    return NO_STATE


_KINDS = {
    "article": "the article",
    "article-journal": "the article",
    "article-magazine": "the article",
    "article-newspaper": "the newspaper article",
    "book": "the book",
    "chapter": "the chapter",
    "dataset": "the dataset",
    "document": "the document",
    "entry-encyclopedia": "the encyclopedia entry",
    "interview": "the interview",
    "manuscript": "the manuscript",
    "paper-conference": "the paper",
    "post": "the post",
    "post-weblog": "the blog post",
    "report": "the report",
    "review": "the review",
    "review-book": "the review",
    "speech": "the speech",
    "thesis": "the thesis",
    "webpage": "the web page",
}
"""What a reader calls a work of a CSL type."""


def state_words(against: VerifiedAgainst | None, quoted_in: Source | None = None, people: int = 0) -> str:
    """Return what readers are told, without a full stop; `people` are those who are named as having compared."""
    if against is None:
        return "Not verified"
    both = "; compared by two" if people > 1 else ""
    if against is VerifiedAgainst.SOURCE:
        return f"Verified against the source{both}"
    kind = _KINDS.get(quoted_in.type if quoted_in else "", "the work")
    return f"Verified against {kind} it is quoted in{both}"


class ComparedFile(NamedTuple):
    """A file that quotations were compared with."""

    key: str
    original: str
    """Its SHA-256, in hexadecimal."""
    matching: int
    quotations: int
    date: date
    """When it was compared last."""


def compared_files(states: Iterable[QuoteState]) -> list[ComparedFile]:
    """Return the files on which states rest, in the order of their works' keys."""
    found: dict[tuple[str, str, int], list[Verification]] = {}
    for state in states:
        for entry in {(entry.key, entry.original, entry.matching): entry for entry in state.entries}.values():
            found.setdefault((entry.key, entry.original, entry.matching), []).append(entry)
    return [
        ComparedFile(*identity, len(entries), max(entry.date for entry in entries))
        for identity, entries in sorted(found.items())
    ]
