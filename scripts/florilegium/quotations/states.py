"""What is known of a quotation's words, and the one wording of it: on cards, in search, coverage and exports."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ..core.model import Quote, Source, Verification, VerifiedAgainst
from .matching.normal_form import words_digest

__all__ = ["State", "state_words", "verification_of", "verification_state", "verifications_by_quote"]


def verifications_by_quote(verifications: Iterable[Verification]) -> dict[str, tuple[Verification, ...]]:
    """The entries of each quote, by its address."""
    grouped: dict[str, list[Verification]] = defaultdict(list)
    for verification in verifications:
        grouped[verification.quote].append(verification)
    return {address: tuple(entries) for address, entries in grouped.items()}


def verification_state(quote: Quote, verifications: Mapping[str, Sequence[Verification]]) -> VerifiedAgainst | None:
    """What a quote's present words were found in; the source counts more than the work that quotes it."""
    entries = verifications.get(quote.address, ())
    if not entries:
        return None
    digest = words_digest(quote.words)
    keys = {entry.key for entry in entries if entry.words == digest and entry.is_found}
    if quote.reference and quote.reference.key in keys:
        return VerifiedAgainst.SOURCE
    if quote.quoted_in and quote.quoted_in.key in keys:
        return VerifiedAgainst.QUOTED_IN
    return None


class State(NamedTuple):
    """What is known of a quotation, and on which entries of the lock that rests."""

    against: VerifiedAgainst | None
    entries: tuple[Verification, ...] = ()
    """Those of the work that counts, the present words found; the latest first."""


def verification_of(quote: Quote, verifications: Mapping[str, Sequence[Verification]]) -> State:
    """Return the state of a quote, with the entries that say when, against what and by which version."""
    against = verification_state(quote, verifications)
    work = quote.reference if against is VerifiedAgainst.SOURCE else quote.quoted_in
    if against is None or work is None:
        return State(None)
    digest = words_digest(quote.words)
    mine = [
        entry
        for entry in verifications.get(quote.address, ())
        if entry.key == work.key and entry.words == digest and entry.is_found
    ]
    return State(against, tuple(sorted(mine, key=lambda entry: (entry.date, entry.original, entry.by), reverse=True)))


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
