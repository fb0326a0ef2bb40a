"""Pages at addresses that a note or theme had before: each leads on to where that is now."""

import html
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from ...library.links import Links
from .cards import PageSite
from .page_files import MARK


class Redirect(NamedTuple):
    """An old address, and what is found in its place; addresses are from the root of the site: `themes/old/`."""

    old: str
    new: str
    title: str

    @property
    def path(self) -> str:
        """The file below `docs/`, which every renderer copies as it is."""
        return f"{self.old}index.html"


def redirects(links: Links) -> Iterator[Redirect]:
    """The redirects of `library.yml` that lead somewhere, from pages that are there no more. Chains are followed."""
    titles = {f"notes/{note.id}": note.title for note in links.notes.values()}
    titles |= {f"themes/{theme.id}": theme.label for theme in links.themes.values()}
    known = links.library.settings.redirects
    for old in known:
        end, steps = old, 0
        while end in known and end not in titles and steps <= len(known):
            end, steps = known[end], steps + 1
        if old not in titles and end in titles:
            yield Redirect(f"{old}/", f"{end}/", titles[end])


def redirect_page(redirect: Redirect, _site: PageSite) -> "GeneratedRedirect":
    """The page at an old address."""
    return GeneratedRedirect(redirect=redirect)


_SCRIPT = 'location.replace(document.querySelector("a").href + location.hash)'
"""Takes along the anchor, such as that of a quotation, which no redirect without a script does."""

_DIGEST = b64encode(sha256(_SCRIPT.encode()).digest()).decode()
_POLICY = f"default-src 'none'; script-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedRedirect:
    """A page that leads on by itself, and needs nothing of the site's frame."""

    redirect: Redirect

    def render(self, root: str) -> bytes:
        address = html.escape(f"{root}{self.redirect.new}")
        title = html.escape(" ".join(self.redirect.title.split()))
        rest = (
            '<html lang="en"><head><meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
            f'<title>{title}</title><link rel="canonical" href="{address}"><meta name="robots" content="noindex">\n'
            f'<noscript><meta http-equiv="refresh" content="0; url={address}"></noscript></head>\n'
            f'<body><p>This page has moved: <a href="{address}">{title}</a></p>\n'
            f"<script>{_SCRIPT}</script></body></html>\n"
        )
        return f"<!doctype html>\n<!-- {MARK}: {sha256(rest.encode()).hexdigest()} -->\n{rest}".encode()
