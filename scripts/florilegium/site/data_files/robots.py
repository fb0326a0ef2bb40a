"""`robots.txt` (RFC 9309): which parts of the site are for programs of its own alone, and where the sitemap is."""

from collections.abc import Iterator

from ..linked_site import Site
from .data_file import DataFile


def robots_files(site: Site) -> Iterator[DataFile]:
    """The file, where the library says at which address its site is published."""
    url = site.links.library.settings.url
    if url:
        text = f"User-agent: *\nDisallow: /search-index/\n\nSitemap: {url}sitemap.xml\n"
        yield DataFile(
            name="robots.txt",
            path="robots.txt",
            title="What search engines may visit",
            media_type="text/plain",
            render=lambda: [text.encode()],
        )
