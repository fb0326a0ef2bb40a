"""Permanent addresses that a change takes away: those of notes, themes and quotations, which others may have cited."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ...core.lock_entries import Permalink
from ...core.model import Quote, Status
from ...core.spans import Span
from ...library.links import Links
from ...quotations.permalinks import find_vanished, permalinks_of
from .differences import QuoteChange, VanishedAddress


def vanished_permalinks(before: Links, after: Links, quotes: Iterable[QuoteChange]) -> Iterator[VanishedAddress]:
    """The addresses that the earlier site had, and that lead nowhere in the later one, redirects followed.

    The quotations of a page that is gone are counted with it.
    """
    nowhere = Span.of_file("")
    earlier = tuple(Permalink(address=address, span=nowhere) for address in permalinks_of(before.library))
    lost = [found.permalink.address for found in find_vanished(replace(after.library, permalinks=earlier))]
    inside: dict[str, list[str]] = {address: [] for address in lost if "#" not in address}
    for address in lost:
        if "#" in address:
            inside.get(address.partition("#")[0], []).append(address)
    moved = {change.before.address: change.after for change in quotes if change.before and change.after}
    renamed = _renamed(before, after)
    drafts = {f"notes/{note.id}/" for note in after.library.notes if note.status is Status.DRAFT}
    for address in lost:
        page, _, fragment = address.partition("#")
        if not fragment:
            quotations = inside[page]
            remedy = _for_page(page, drafts, quotations, moved, renamed)
            yield VanishedAddress(address=address, quotes=len(quotations), remedy=remedy)
        elif page not in inside:
            yield VanishedAddress(address=address, remedy=_for_quote(address, moved))


def _renamed(before: Links, after: Links) -> dict[str, str]:
    """From pages that are gone to new ones of the same name."""
    new_notes = {note.title: id_ for id_, note in after.notes.items() if id_ not in before.notes}
    new_themes = {theme.label: id_ for id_, theme in after.themes.items() if id_ not in before.themes}
    notes = {f"notes/{id_}": new_notes.get(note.title) for id_, note in before.notes.items()}
    themes = {f"themes/{id_}": new_themes.get(theme.label) for id_, theme in before.themes.items()}
    return {old: f"{old.partition('/')[0]}/{new}" for old, new in (notes | themes).items() if new}


def _for_page(
    page: str, drafts: set[str], inside: Iterable[str], moved: Mapping[str, Quote], renamed: Mapping[str, str]
) -> str:
    if page in drafts:
        return "the note is a draft now, which is not published: remove status: draft"
    old = page.rstrip("/")
    home = next((f"notes/{later.note}" for quote in inside if (later := moved.get(_quote(quote)))), None)
    target = home or renamed.get(old) or f"{old.partition('/')[0]}/THE-NEW-PAGE"
    return f"bring it back, or add a redirect in library.yml: redirects: {{{old}: {target}}}"


def _for_quote(address: str, moved: Mapping[str, Quote]) -> str:
    quote = _quote(address)
    later = moved.get(quote)
    if later is None:
        return "bring the quotation back: there is nothing that its address could lead to"
    if later.note == quote.partition("/")[0]:
        return f"its id was changed to {{#{later.id}}}: give it back {{#{quote.partition('/')[2]}}}"
    return f"it stands in notes/{later.note} now, where nobody finds it by its old address"


def _quote(address: str) -> str:
    """From the address of a quotation on the site to that in the library: `notes/x/#q-y` is `x/y`."""
    page, _, fragment = address.partition("/#q-")
    return f"{page.removeprefix('notes/')}/{fragment}"
