"""The inventory `objects.inv`, by which other documentation links to notes, themes and quotes by their names.

Its format is version 2 of Sphinx's (https://sphobjinv.readthedocs.io/en/stable/syntax.html): four lines of text, then
lines compressed by zlib. Notes and themes are there twice, as `std:doc` and as `std:label`, quotes as `std:label`:
these are the roles that intersphinx resolves from `:doc:` and `:ref:`. The names are `notes/ID`, `themes/ID` and
`quotes/NOTE/ID`, and never change while the address does not.
"""

import zlib
from collections.abc import Iterator
from typing import NamedTuple

from ..linked_site import Site
from ..prose_texts import one_line
from .data_file import DataFile
from .markdown_exports import attribution
from .pieces import encoded


class InventoryEntry(NamedTuple):
    name: str
    role: str
    """Domain and role: `std:label`."""
    address: str
    """From the root of the site."""
    title: str
    """What a hyperlink shows that has no text of its own. It never holds words of a quote."""


def inventory_files(site: Site) -> Iterator[DataFile]:
    yield DataFile(
        name="objects.inv",
        path="objects.inv",
        title="An inventory for links from Sphinx and MkDocs",
        media_type="application/octet-stream",
        render=lambda: _rendered(site),
    )


def inventory_entries(site: Site) -> Iterator[InventoryEntry]:
    """All entries: documents first, then labels, each in the order of the library's files."""
    documents = [
        *((f"notes/{note.id}", site.addresses.note(note), note.title) for note in site.links.notes.values()),
        *((f"themes/{theme.id}", site.addresses.theme(theme), theme.label) for theme in site.links.themes.values()),
    ]
    for role in ("std:doc", "std:label"):
        for name, address, title in documents:
            yield InventoryEntry(name, role, address, one_line(title) or name)
    for quote in site.links.quotes:
        yield InventoryEntry(
            f"quotes/{quote.address}", "std:label", site.addresses.quote(quote), attribution(quote, site)
        )


def _rendered(site: Site) -> Iterator[bytes]:
    # The version is read by nobody, and every word there would be out of date one day.
    head = (
        "# Sphinx inventory version 2\n"
        f"# Project: {one_line(site.links.library.settings.title)}\n"
        "# Version: \n"
        "# The remainder of this file is compressed using zlib.\n"
    )
    yield head.encode("utf-8", "replace")
    packer = zlib.compressobj(9)
    # Priority -1: Sphinx's own search leaves it out.
    for piece in encoded(f"{e.name} {e.role} -1 {e.address} {e.title}\n" for e in inventory_entries(site)):
        yield packer.compress(piece)
    yield packer.flush()
