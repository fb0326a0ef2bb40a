"""Checks of where hyperlinks lead: out of the library safely, and within it to something that exists."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from ...core import policy
from ...core.diagnostics import Diagnostic, quoted
from ...core.model import Note, Status, Theme
from ...core.rules import Group, declare_rule
from ...library.links import InternalTarget, redirected, resolve_target
from ...quotations.permalinks import find_vanished
from .context import Context, found

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
_OUTSIDE = re.compile(r"(?:^|/)(www\..+|[a-z0-9-]+\.(?:org|com|net|edu|eu|de|uk)(?:/.*)?)$")


declare_rule(
    "unsafe-link",
    Group.PROSE,
    "A hyperlink leads to an `http`, `https` or `mailto` address, or to a place within the library.",
    "Other schemes can run script; an address without a scheme, such as `//host`, hides where it leads.",
    "Write the whole address, `https://` included.",
)


def check_unsafe_link(context: Context) -> Iterator[Diagnostic]:
    for _, body in context.documents:
        for hyperlink in body.hyperlinks:
            fault = policy.target_fault(hyperlink.target)
            if fault is not None:
                message = f"the link {quoted(hyperlink.target)} {fault}"
                remedy = "write the whole address, https:// included; or the text without a link"
                yield found("unsafe-link", hyperlink.span, message, remedy)


declare_rule(
    "forbidden-image",
    Group.PROSE,
    "A note shows no images.",
    "An image from another host tells that host who reads; an image of this library would need a licence and a "
    "description that the format has no place for yet.",
    "Link to the page that shows the image.",
)


def check_forbidden_image(context: Context) -> Iterator[Diagnostic]:
    for _, body in context.documents:
        for hyperlink in body.hyperlinks:
            if hyperlink.image:
                message = f"the image {quoted(hyperlink.target)} cannot be shown"
                remedy = "link to the page that shows it: remove the exclamation mark before the bracket"
                yield found("forbidden-image", hyperlink.span, message, remedy)


declare_rule(
    "broken-internal-link",
    Group.PROSE,
    "A hyperlink within the library leads to a note, a theme, a quote or a heading that exists.",
    "A link that leads nowhere is a promise that is not kept.",
    "Correct the path: `other-note.md`, `other-note.md#q-quote-id`, `../themes/theme.md`, `#heading`.",
)


def check_broken_internal_link(context: Context) -> Iterator[Diagnostic]:
    pages = _Pages(context)
    for path, body in context.documents:
        for hyperlink in body.hyperlinks:
            if hyperlink.image or policy.target_fault(hyperlink.target):
                continue
            target = resolve_target(hyperlink, path)
            fault = target and pages.fault(target, path)
            if fault:
                yield found("broken-internal-link", hyperlink.span, *fault)


class _Pages:
    """What a hyperlink within the library can lead to."""

    def __init__(self, context: Context) -> None:
        self.guess = context.guess
        self.notes = context.every_note
        self.themes = context.links.themes
        self.drafts = {note.path for note in context.notes if note.status is Status.DRAFT}
        self.anchors = lru_cache(maxsize=64)(_anchors)

    def fault(self, target: InternalTarget, path: str) -> tuple[str, str] | None:
        """Why the file at `path` cannot link to a target, and the remedy."""
        if target.kind == "page":
            return self._no_page(target.id, path)
        document = self.notes.get(target.id) if target.kind == "note" else self.themes.get(target.id)
        if document is None:
            return self._no_document(target)
        is_draft = isinstance(document, Note) and document.status is Status.DRAFT
        if is_draft and path not in self.drafts:
            message = f"the note {quoted(target.id)} is a draft, which is not published"
            return message, "remove the link, or publish the note"
        if target.fragment and target.fragment not in self.anchors(document):
            return self._no_anchor(target.fragment, document)
        return None

    def _meant(self, page: str, from_path: str) -> str:
        """The note or theme that a path of another kind names by its last part; else the page that is near."""
        stem = page.rstrip("/").rpartition("/")[2].removesuffix(".md").removesuffix(".html")
        own = from_path.split("/")[1]
        for kind, known in (("notes", self.notes), ("themes", self.themes)):
            if stem in known:
                return f"write {f'{stem}.md' if kind == own else f'../{kind}/{stem}.md'}"
        return self.guess(page, SITE_PAGES, _TARGETS)

    def _no_page(self, page: str, from_path: str) -> tuple[str, str] | None:
        if page in SITE_PAGES:
            return None
        if outside := _OUTSIDE.search(page):
            return f"{quoted(outside[1])} is an address without https://", f"write https://{outside[1]}"
        return f"{quoted(page)} is not a page of the library", self._meant(page, from_path)

    def _no_document(self, target: InternalTarget) -> tuple[str, str]:
        files = [f"{id_}.md" for id_ in (self.notes if target.kind == "note" else self.themes)]
        message = f"there is no {target.kind} {quoted(target.id)}"
        if target.kind == "note" and target.id in self.themes:
            return message, f"there is a theme of this name: link to ../themes/{target.id}.md"
        if target.kind == "theme" and target.id in self.notes:
            return message, f"there is a note of this name: link to ../notes/{target.id}.md"
        return message, self.guess(f"{target.id}.md", files, _TARGETS)

    def _no_anchor(self, fragment: str, document: Note | Theme) -> tuple[str, str]:
        anchors = self.anchors(document)
        shown = ", ".join(f"#{anchor}" for anchor in islice(anchors, _SHOWN_ANCHORS))
        more = " and others" if len(anchors) > _SHOWN_ANCHORS else ""
        listed = f"it has {shown}{more}" if anchors else "it has no headings and no quotes"
        message = f"{document.path} has no heading or quote {quoted(fragment)}"
        return message, self.guess(fragment, anchors, listed)


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
        end = redirected(new, settings.redirects)
        if old in known:
            message = f"{quoted(old)} is redirected, but the library has that page"
            yield found("broken-internal-link", span, message, "remove the redirect, or the page")
        elif end not in known:
            message = f"{quoted(old)} is redirected to {quoted(end)}, which is not a page of the library"
            remedy = f"name a note or a theme{f', such as {pages[-1]}' if pages else ''}"
            yield found("broken-internal-link", span, message, context.guess(end, pages, remedy))


declare_rule(
    "vanished-permalink",
    Group.PROSE,
    "Every address that was published is still there, or redirects to another.",
    "Readers cite the addresses of notes, quotations and themes. `permalinks.lock` lists those that were published.",
    "Restore the page; or add a redirect under `redirects:` in `library.yml`. Where it must go, record an exception "
    "with the reason.",
)


def check_vanished_permalink(context: Context) -> Iterator[Diagnostic]:
    if not context.has_settings:  # Nobody knows then what leads on from a page that is gone.
        return
    for permalink, end, page_exists in find_vanished(context.links.library, context.whole and context.whole.addresses):
        name = quoted(permalink.address)
        if page_exists:
            message = f"{name} was published, but {quoted(end)} has no such quotation"
            remedy = "give the quotation its id again; or record an exception with the reason in library.yml"
        else:
            message = f"{name} was published, but there is no page {quoted(end)}"
            remedy = "restore it, or add a redirect in library.yml: redirects: {OLD: NEW}"
        yield found("vanished-permalink", permalink.span, message, remedy, about=permalink.address)
