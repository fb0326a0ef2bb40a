"""Where a reader can change a note or theme: the editor of the repository's host, at the file that people
write.
"""

from urllib.parse import quote, urlencode, urlsplit

from ...core.model import LibrarySettings, Note
from ...library.listing import ANNOTATIONS


def edit_address(settings: LibrarySettings, path: str) -> str:
    """The address that opens a file in the repository's editor; empty where the library names no
    repository.
    """
    if not settings.repository:
        return ""
    return f"{settings.repository}/{_way(settings, 'edit')}/{quote(settings.branch)}/{quote(path)}"


def new_note_address(settings: LibrarySettings, template: str) -> str:
    """The address that opens the editor of the repository's host for a new note.

    GitHub takes the file's name and text from the address, GitLab the name alone and Forgejo the text alone. Empty
    where the library names no repository.
    """
    if not settings.repository:
        return ""
    named = {"filename": "a-new-note.md", "file_name": "a-new-note.md", "value": template}
    folder = f"{ANNOTATIONS}/notes"
    way = _way(settings, "new")
    return f"{settings.repository}/{way}/{quote(settings.branch)}/{folder}?{urlencode(named, quote_via=quote)}"


def _way(settings: LibrarySettings, verb: str) -> str:
    """What stands between a repository's address and the branch: `edit`, `-/edit` or `_edit`."""
    host = urlsplit(settings.repository).hostname or ""
    return f"_{verb}" if host in _FORGEJO else f"-/{verb}" if "gitlab" in host else verb


_FORGEJO = ("codeberg.org", "gitea.com")


def line_for_a_quote(note: Note) -> int:
    """The line below which the next quote belongs: the last one of the last quote; 0 where there is none."""
    return note.quotes[-1].span.end.line if note.quotes else 0


def new_note_template(settings: LibrarySettings) -> str:
    """What the editor shows for a new note: every part that one has, with what is to be put in its place.

    `TODO:` marks what is still to be written; the check finds each of them.
    """
    roles = ", ".join(role.id for role in settings.roles) or "author"
    notices = ", ".join(f"!{notice.id}" for notice in settings.notices)
    warned = f"What is hard to read gets a notice after the themes: {notices}.\n" if notices else ""
    return f"""{_TEMPLATE_HEAD}
TODO: say in your own words what the work asks and what it finds. Give each statement its citation: [@key, p. 12].

<!--
TODO: put your quotations here, each in this form, and remove this comment.

> The words, exactly as they stand in the work.
>
> — the author, in [@key, p. 12] #theme {{#an-id-of-your-choice}}

Who says the words comes first: {roles}. {warned}-->
"""


_TEMPLATE_HEAD = """\
---
title: "TODO: the title of the note"
source: key # TODO: the citation key of the work, as in `references` below
basis: full-text # or abstract; or secondary, and then `via:` with the key of the work that you read
themes: [] # TODO: ids of themes, in the order in which the work presents them
references:
  - id: key
    type: book # or chapter, article-journal, report, thesis, webpage
    author: [{family: "TODO: family name", given: "TODO: given name"}]
    title: "TODO: the title of the work"
    issued: {date-parts: [[2000]]} # TODO: the year
---"""
