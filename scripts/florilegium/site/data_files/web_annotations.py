"""The quotes as annotations of the works that they are from: W3C Web Annotation Data Model, one a line.

https://www.w3.org/TR/annotation-model/. What the model has no word for has one of ours beside it (`fl:…`), and
stands in a textual body as well, so that no reader of the standard misses a notice.

A build writes selectors with `exact` alone. What surrounds the words in the work (`prefix`, `suffix`) is nowhere
kept: the works are not in the library, and to publish more of them than what is quoted is not ours to do. Whoever has a
work at hand can have it in an export.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType

from ... import __version__
from ...core.model import Note, Quote, Reference
from ...works.csl.csl_checks import retraction
from ..linked_site import Site
from .data_file import DataFile
from .identity import SiteIris, quote_iri
from .pieces import encoded, json_text
from .quotation_context import QuoteContext
from .quotation_rows import verification_row

VOCABULARY = "urn:uuid:c2b2d815-17ce-5f6b-ad39-0ba3094da990#"
"""What our own words begin with; it names, and leads nowhere."""

_CONTEXT = ["http://www.w3.org/ns/anno.jsonld", {"fl": VOCABULARY}]
_GENERATOR = {"type": "Software", "name": f"florilegium {__version__}"}

_Body = dict[str, str]


def annotation_files(site: Site, around: Mapping[str, QuoteContext] = MappingProxyType({})) -> Iterator[DataFile]:
    """`quotes.jsonl`; `around` has, by address, what surrounds the quotes whose works are at hand."""
    yield DataFile(
        name="quotes.jsonl",
        path="data/quotes.jsonl",
        title="All quotations, as Web Annotations",
        media_type="application/jsonl",
        render=lambda: encoded(_lines(site, around)),
    )


def _lines(site: Site, around: Mapping[str, QuoteContext]) -> Iterator[str]:
    names = SiteIris(site)
    for quote in site.links.quotes:
        yield f"{json_text(annotation(quote, site, names, around.get(quote.address)))}\n"


def annotation(quote: Quote, site: Site, names: SiteIris, around: QuoteContext | None = None) -> dict[str, object]:
    """One quote as the JSON-LD of an annotation.

    It is made to tag a part of a work with themes, hence the motivation; the purpose of each body says what that
    body is for.
    """
    note = site.links.note_of(quote)
    return {
        "@context": _CONTEXT,
        "id": quote_iri(quote, site),
        "type": "Annotation",
        "motivation": "tagging" if quote.themes else "highlighting",
        **dict(_origin(note)),
        "generator": _GENERATOR,
        "body": list(_bodies(quote, note, site, names)),
        "target": _target(quote, site, names, around),
    }


def _origin(note: Note) -> Iterator[tuple[str, object]]:
    """Who wrote the note, and when."""
    people = [{"type": "Person", "name": name} for name in note.contributors]
    if people:
        yield "creator", people if len(people) > 1 else people[0]
    if note.date:
        yield "created", _moment(note.date)
    if note.updated:
        yield "modified", _moment(note.updated)


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _bodies(quote: Quote, note: Note, site: Site, names: SiteIris) -> Iterator[_Body]:
    for id_ in dict.fromkeys(mention.id for mention in quote.themes):
        yield _text("tagging", site.theme_label(id_), theme=id_)
        yield {"type": "SpecificResource", "purpose": "classifying", "source": names.theme(id_)}
    own = site.links.notices_of(quote)
    for id_ in own:
        yield _text("assessing", f"Content notice: {site.notice_label(id_)}", notice=id_)
    for mention in note.notices:
        if mention.id not in own:
            label = site.notice_label(mention.id)
            yield _text("assessing", f"Content notice of the whole note: {label}", noteNotice=mention.id)
    yield from _speaker(quote, site)
    for translation in quote.translations:
        described = _text("describing", translation.words, translation=site.translated_by(translation))
        yield {**described, "language": site.language_of_translation(translation)}
    yield _text("assessing", site.state_words(quote), verification=verification_row(quote, site))
    source = site.source_of(quote.reference)
    if source and (said := retraction(source)):
        yield _text("assessing", f"The work: {said.sentence}", status=said.kind.value)


def _text(purpose: str, value: str, **ours: str) -> _Body:
    return {
        "type": "TextualBody",
        "purpose": purpose,
        "value": value,
        **{f"fl:{name}": word for name, word in ours.items()},
    }


def _speaker(quote: Quote, site: Site) -> Iterator[_Body]:
    if quote.speaker is None:
        return
    ours = {"role": "; ".join(role.id for role in site.roles(quote)), "speaker": site.speaker_names(quote)}
    yield _text("describing", f"Speaker: {site.who(quote)}", **{key: word for key, word in ours.items() if word})


def _target(quote: Quote, site: Site, names: SiteIris, around: QuoteContext | None) -> dict[str, object]:
    """The words in the work that they come from; `scope` is the one in which they were read, if that is another."""
    target: dict[str, object] = {"type": "SpecificResource"}
    # A quote that names no work is let through only where the rules are turned off: it stands in our note.
    target["source"] = names.work(quote.reference.key) if quote.reference else quote_iri(quote, site)
    if quote.quoted_in:
        target["scope"] = names.work(quote.quoted_in.key)
    target["selector"] = {
        "type": "TextQuoteSelector",
        "exact": quote.words,
        **(around._asdict() if around else {}),
    }
    return target | _place(quote.reference, "source") | _place(quote.quoted_in, "quoted-in")


def _place(reference: Reference | None, of: str) -> dict[str, object]:
    """The citation key and the locator: `fl:key` and `fl:locator`, or `fl:quotedInKey` and so on."""
    if reference is None:
        return {}
    key, locator = ("fl:quotedInKey", "fl:quotedInLocator") if of == "quoted-in" else ("fl:key", "fl:locator")
    place: dict[str, object] = {key: reference.key}
    if reference.locator:
        place[locator] = f"{reference.locator.label} {reference.locator.value}"
    return place
