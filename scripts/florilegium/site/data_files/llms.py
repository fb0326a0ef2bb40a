"""`llms.txt`: what the site holds and where, as one Markdown file for language models (https://llmstxt.org/).

It has the parts that the proposal names, in its order: a heading, a summary in a block quote, how to read the rest, and
lists of hyperlinks. Those to notes lead to their plain twins.
"""

from collections.abc import Iterator, Sequence

from ...core.model import Note
from ...markdown.writing_markdown import escape_markdown, hyperlink
from ...works.citing.pandoc_fragments import plain_text
from ...works.csl.csl_checks import retraction
from ..linked_site import Site, latest
from ..prose_texts import one_line
from .data_file import DataFile
from .markdown_exports import notices_line
from .pieces import encoded

MAX_LLMS_ENTRIES = 1000
"""Notes that are listed; such a file is read as a whole, so that it must not grow with the library."""

_READING = """\
Every note is about one work of the literature. Its prose is the note-taker's; quotations are the words of others, kept
letter by letter, and what a note-taker changed stands in square brackets. A line below each quotation says who speaks,
in which work, and whether the words were compared with a text of that work. What was not verified may be wrong.

Cite the work for what it says, the page of a note for what the note says, and a quotation by its permalink. Some notes
and quotations carry content notices, in bold before the words. Pass a notice on with whatever you repeat, and do not
show the words of a quotation that has one to somebody who did not ask for them.
"""


def llms_files(site: Site) -> Iterator[DataFile]:
    yield DataFile(
        name="llms.txt",
        path="llms.txt",
        title="What the site holds, for language models",
        media_type="text/markdown",
        render=lambda: encoded(render_llms(site)),
    )


def render_llms(site: Site) -> Iterator[str]:
    settings = site.links.library.settings
    yield f"# {escape_markdown(one_line(settings.title))}\n\n"
    if settings.description:
        yield f"> {escape_markdown(one_line(settings.description))}\n\n"
    yield f"{_READING}\n"
    yield from _section("Notes", list(_notes(site)))
    yield from _section("Themes", list(_themes(site)))
    yield from _section("Data", _data(site))
    yield from _section("Optional", _optional(site))


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"## {title}\n\n" + "".join(f"- {line}\n" for line in lines) + "\n"


def _link(text: str, address: str, about: str, site: Site) -> str:
    link = hyperlink(escape_markdown(one_line(text)) or address, f"{site.links.library.settings.url}{address}")
    return f"{link}: {escape_markdown(one_line(about))}" if about else link


def _notes(site: Site) -> Iterator[str]:
    """All notes; of too many the newest, and how many there are."""
    notes = list(site.links.notes.values())
    shown = (
        notes if len(notes) <= MAX_LLMS_ENTRIES else sorted(latest(notes, MAX_LLMS_ENTRIES), key=lambda note: note.id)
    )
    for note in shown:
        yield _link(note.title, site.addresses.twin(note), _about(note, site), site)
    if len(notes) > len(shown):
        yield _link("All notes", "notes/", f"the newest {len(shown)} of {len(notes)} are listed here", site)


def _about(note: Note, site: Site) -> str:
    source = site.links.sources.get(note.source.id) if note.source else None
    said = retraction(source) if source else None
    short = plain_text(site.short(source.key)) if source else ""
    ids = [*(m.id for m in note.notices), *(id_ for quote in note.quotes for id_ in site.links.notices_of(quote))]
    notices = notices_line(ids, site)
    return f"{short}{f' [{said.text}]' if said else ''}{f' (content notices: {notices})' if notices else ''}"


def _themes(site: Site) -> Iterator[str]:
    for theme in site.links.themes.values():
        number = len(site.links.quotes_by_theme.get(theme.id, ()))
        yield _link(theme.label, site.addresses.theme(theme), f"{number} quotation{'' if number == 1 else 's'}", site)


def _data(site: Site) -> list[str]:
    return [
        _link("Quotations as a table", "data/quotes.csv", "words, speakers, works, themes and notices", site),
        _link("Quotations as Web Annotations", "data/quotes.jsonl", "one in each line", site),
        _link("Works", "data/references.json", "all works as CSL-JSON", site),
        _link("Themes", "data/themes.jsonld", "the themes as a SKOS vocabulary, with definitions", site),
        _link("Inventory", "objects.inv", "names and addresses of all notes, themes and quotations", site),
    ]


def _optional(site: Site) -> list[str]:
    return [
        _link("Quotations", "quotes/", "all of them, with a search", site),
        _link("References", "references/", "all works that the library knows", site),
    ]
