"""Notes in the margin: beside the line that first cites a work, what the work is and what was read of it.

They repeat what the list of works cited says, so they are hidden from screen readers, and on narrow screens.
"""

import re

from markupsafe import Markup, escape

from ...core.model import Note
from .cards import PageSite
from .punctuation import smarten

_PARAGRAPH = re.compile(r"<p\b[^>]*>.*?</p>", re.DOTALL)
_CITATION = re.compile("\ufdd0c([0-9]+)\ufdd1")
_MOST = 3
"""Works of one citation that get a note: more would not fit beside a line."""


def with_margin_notes(html: str, note: Note, site: PageSite, seen: set[str]) -> str:
    """Prose in which marks stand for citations, with a note after the first mark of each work; `seen` is added to."""

    def paragraph(match: re.Match[str]) -> str:
        return _CITATION.sub(citation, match[0])

    def citation(match: re.Match[str]) -> str:
        keys = list(dict.fromkeys(reference.key for reference in note.body.citations[int(match[1])].references))
        new = [key for key in keys if key in site.links.sources and key not in seen][:_MOST]
        seen.update(new)
        return match[0] + "".join(_note(key, site) for key in new)

    return _PARAGRAPH.sub(paragraph, html)


def _note(key: str, site: PageSite) -> str:
    source = site.links.sources[key]
    name = site.name(key)
    container = source.variables.get("container-title", "")
    title = source.title if source.title and source.title not in name else ""
    read = site._("Not read itself.") if not site.consulted(key) else ""
    parts = [Markup("<b>{}.</b>").format(name.rstrip("."))]
    if title:
        shown = Markup(smarten(escape(title), site.words.locale.language))
        parts.append(Markup("{}{}").format(shown, "" if title[-1:] in ".?!…" else "."))
    if container and container != title:
        parts.append(Markup("<em>{}.</em>").format(container.rstrip(".")))
    if read:
        parts.append(Markup('<i dir="auto">{}</i>').format(read))
    return f'<span class="aside" dir="auto" aria-hidden="true">{Markup(" ").join(parts)}</span>'
