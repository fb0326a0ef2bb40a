"""Checks of where hyperlinks lead: out of the library safely, and within it to something that exists."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice

from .. import policy
from ..diagnostics import Diagnostic, quoted
from ..links import InternalTarget, resolve_target
from ..model import Note, Theme
from .context import Context, found

__all__ = [
    "check_broken_internal_link",
    "check_broken_redirect",
    "check_forbidden_image",
    "check_unsafe_link",
]

SITE_PAGES = (
    "/",
    "/notes/",
    "/themes/",
    "/quotes/",
    "/references/",
    "/contribute/",
    "/format/",
    "/rules/",
    "/about/",
)
"""Pages of the site that prose may link to by their path."""

_TARGETS = "link to other-note.md, ../themes/theme.md, #heading, or a page such as /themes/"
_SHOWN_ANCHORS = 5


def check_unsafe_link(context: Context) -> Iterator[Diagnostic]:
    for _, body in context.documents:
        for hyperlink in body.hyperlinks:
            fault = policy.target_fault(hyperlink.target)
            if fault is not None:
                message = f"the link {quoted(hyperlink.target)} {fault}"
                remedy = "write the whole address, https:// included; or the text without a link"
                yield found("unsafe-link", hyperlink.span, message, remedy)


def check_forbidden_image(context: Context) -> Iterator[Diagnostic]:
    for _, body in context.documents:
        for hyperlink in body.hyperlinks:
            if hyperlink.image:
                message = f"the image {quoted(hyperlink.target)} cannot be shown"
                remedy = "link to the page that shows it: remove the exclamation mark before the bracket"
                yield found("forbidden-image", hyperlink.span, message, remedy)


def check_broken_internal_link(context: Context) -> Iterator[Diagnostic]:
    anchors = lru_cache(maxsize=64)(_anchors)
    everything: dict[str, Note] = {note.id: note for note in context.notes}
    for path, body in context.documents:
        for hyperlink in body.hyperlinks:
            if hyperlink.image or policy.target_fault(hyperlink.target):
                continue
            target = resolve_target(hyperlink, path)
            if target is None or (target.kind == "page" and target.id in SITE_PAGES):
                continue
            document = everything.get(target.id) if target.kind == "note" else None
            if target.kind == "theme":
                document = context.links.themes.get(target.id)
            fault = _fault(context, path, target, document, anchors)
            if fault:
                yield found("broken-internal-link", hyperlink.span, *fault)


def _no_anchor(
    context: Context, target: InternalTarget, path: str, anchors: dict[str, None]
) -> tuple[str, str]:
    message = f"{path} has no heading or quote {quoted(target.fragment)}"
    shown = ", ".join(f"#{anchor}" for anchor in islice(anchors, _SHOWN_ANCHORS))
    more = " and others" if len(anchors) > _SHOWN_ANCHORS else ""
    listed = f"it has {shown}{more}" if anchors else "it has no headings and no quotes"
    return message, context.guess(target.fragment, anchors, listed)


def _anchors(document: Note | Theme) -> dict[str, None]:
    """The anchors of a page, in their order: headings, then quotes."""
    headings = [heading.id for heading in document.body.headings]
    return dict.fromkeys(headings + [f"q-{quote.id}" for quote in document.body.quotes])


def check_broken_redirect(context: Context) -> Iterator[Diagnostic]:
    """broken-internal-link in `library.yml`: a redirect leads from a page that is gone to one that exists."""
    settings, links = context.links.library.settings, context.links
    pages = [f"notes/{id_}" for id_ in links.notes] + [f"themes/{id_}" for id_ in links.themes]
    known = set(pages)
    for old, new in settings.redirects.items():
        span = settings.spans[f"redirects/{old}"]
        end = _end_of(new, settings.redirects)
        if old in known:
            message = f"{quoted(old)} is redirected, but the library has that page"
            yield found("broken-internal-link", span, message, "remove the redirect, or the page")
        elif end not in known:
            message = f"{quoted(old)} is redirected to {quoted(end)}, which is no page of the library"
            remedy = "name a note or a theme, such as themes/amnesia"
            yield found("broken-internal-link", span, message, context.guess(end, pages, remedy))


def _end_of(page: str, redirects: Mapping[str, str]) -> str:
    """Where a chain of redirects ends; in a circle, some page of it."""
    seen = set()
    while page in redirects and page not in seen:
        seen.add(page)
        page = redirects[page]
    return page
