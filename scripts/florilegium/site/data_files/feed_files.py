"""The library's Atom feed (RFC 4287) as a data file. On the site it lies beside the list of notes, too."""

from collections.abc import Iterator

from ..linked_site import Site, latest
from ..pages.atom_feeds import notes_feed
from .data_file import DataFile


def feed_files(site: Site) -> Iterator[DataFile]:
    notes = latest(list(site.links.notes.values()))
    yield DataFile(
        name="feed.xml",
        path="data/feed.xml",
        title="New and changed notes, as an Atom feed",
        media_type="application/atom+xml",
        render=lambda: [notes_feed(notes, site).render("../")],
    )
