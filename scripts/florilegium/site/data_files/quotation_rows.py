"""A quotation as data: what stands in a row of every table, the notices always with the words."""

from collections.abc import Iterator
from typing import NamedTuple

from ...core.lock_entries import VerifiedAgainst
from ...core.model import IdMention, Quote, Reference
from ...works.csl.csl_checks import retraction
from ..linked_site import Site


class Quotation(NamedTuple):
    """One quote with what is known of its work and its note; the fields are the columns of the tables."""

    id: str
    """`note-id/quote-id`, permanent."""
    address: str
    """Where it stands on the site: absolute where the library names its `url`, else from the site's root."""
    words: str
    notices: tuple[str, ...]
    """What the words speak of: ids of the notices that keep the quote closed."""
    note_notices: tuple[str, ...]
    """The notices of the whole note."""
    speaker_role: str
    speaker_name: str
    source: str
    """Citation key of the work that the words come from."""
    locator_label: str
    locator: str
    quoted_in: str
    """Citation key of the work in which they were read, where that is another one."""
    quoted_in_locator_label: str
    quoted_in_locator: str
    themes: tuple[str, ...]
    translations: str
    """Translations of the words, one a line: `[en] words (translated by NAME)`."""
    verification: str
    """Which text the words were found in: `source`, `quoted-in` or `none`."""
    status: str
    """What became of the work: `retracted`, `corrected`, `concern`, or nothing."""
    status_date: str
    status_notice: str
    """Where that can be read."""
    author: str
    """The authors' names, else the editors', `;` between them."""
    year: int | None
    title: str
    doi: str
    note: str
    note_title: str


def quotations(site: Site) -> Iterator[Quotation]:
    """All published quotes, note by note."""
    return (_quotation(quote, site) for quote in site.links.quotes)


def _quotation(quote: Quote, site: Site) -> Quotation:
    note = site.links.note_of(quote)
    address = site.addresses.quote(quote)
    label, locator = _locator(quote.reference)
    quoted_label, quoted_locator = _locator(quote.quoted_in)
    source = site.source_of(quote.reference)
    said = retraction(source) if source else None
    people = source.names.get("author", ()) or source.names.get("editor", ()) if source else ()
    return Quotation(
        id=quote.address,
        address=site.canonical(address) or address,
        words=quote.words,
        notices=site.links.notices_of(quote),
        note_notices=_ids(note.notices),
        speaker_role="; ".join(role.id for role in site.roles(quote)),
        speaker_name=site.speaker_names(quote),
        source=quote.reference.key if quote.reference else "",
        locator_label=label,
        locator=locator,
        quoted_in=quote.quoted_in.key if quote.quoted_in else "",
        quoted_in_locator_label=quoted_label,
        quoted_in_locator=quoted_locator,
        themes=_ids(quote.themes),
        translations="\n".join(
            f"[{site.language_of_translation(one)}] {' '.join(one.words.split())} ({site.translated_by(one)})"
            for one in quote.translations
        ),
        verification=verification_row(quote, site),
        status=said.kind.value if said else "",
        status_date=said.date if said else "",
        status_notice=said.address if said else "",
        author="; ".join(name.full for name in people),
        year=source.year if source else None,
        title=source.title if source else "",
        doi=source.variables.get("DOI", "") if source else "",
        note=note.id,
        note_title=note.title,
    )


def verification_row(quote: Quote, site: Site) -> str:
    state = site.links.states.get(quote.address)
    return {VerifiedAgainst.SOURCE: "source", VerifiedAgainst.QUOTED_IN: "quoted-in", None: "none"}[state]


def _locator(reference: Reference | None) -> tuple[str, str]:
    found = reference.locator if reference else None
    return (found.label, found.value) if found else ("", "")


def _ids(mentions: tuple[IdMention, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mention.id for mention in mentions))
