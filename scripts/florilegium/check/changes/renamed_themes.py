"""A renamed theme is one change: the earlier library, with its themes under the ids that they have later."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ...core.model import Body, IdMention, Library, Note, Quote, Theme
from ...library.links import redirected


def with_later_ids(before: Library, after: Library) -> Library:
    """The earlier library, in which everything but the themes' own files uses the ids of the later one.

    A theme counts as renamed where its page is gone and a redirect leads from it to a theme that is new.
    """
    known, later = {theme.id for theme in before.themes}, {theme.id for theme in after.themes}
    redirects = after.settings.redirects
    ends = {id_: redirected(f"themes/{id_}", redirects).removeprefix("themes/") for id_ in known - later}
    renamed = {old: new for old, new in ends.items() if new in later - known}
    if not renamed:
        return before
    return replace(
        before,
        notes=tuple(_note(note, renamed) for note in before.notes),
        themes=tuple(_theme(theme, renamed) for theme in before.themes),
    )


def _mentions(mentions: Iterable[IdMention], renamed: Mapping[str, str]) -> tuple[IdMention, ...]:
    return tuple(m._replace(id=renamed[m.id]) if m.id in renamed else m for m in mentions)


def _note(note: Note, renamed: Mapping[str, str]) -> Note:
    quotes = tuple(_quote(quote, renamed) for quote in note.quotes)
    body = _body(replace(note.body, quotes=quotes), renamed)
    # What is read of a file is compared by its digest first; here more than the file counts.
    return replace(note, themes=_mentions(note.themes, renamed), body=body)


def _quote(quote: Quote, renamed: Mapping[str, str]) -> Quote:
    if renamed.keys().isdisjoint(mention.id for mention in quote.themes):
        return quote
    return replace(quote, themes=_mentions(quote.themes, renamed))


def _theme(theme: Theme, renamed: Mapping[str, str]) -> Theme:
    broader, related = (_mentions(mentions, renamed) for mentions in (theme.broader, theme.related))
    return replace(theme, broader=broader, related=related, body=_body(theme.body, renamed))


def _body(body: Body, renamed: Mapping[str, str]) -> Body:
    """The body with links that lead to the later files; a body without such links is the same."""
    target = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, renamed))})(?=\.md\b)")
    if not target.search(body.text):
        return body
    text = target.sub(lambda found: renamed[found[1]], body.text)
    links = (link._replace(target=target.sub(lambda found: renamed[found[1]], link.target)) for link in body.hyperlinks)
    return replace(body, text=text, hyperlinks=tuple(links))
