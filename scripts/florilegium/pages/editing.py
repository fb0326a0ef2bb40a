"""Where a reader can change a note or theme: the editor of the repository's host, at the file that people
write.
"""

from urllib.parse import quote, urlsplit

from ..model import LibrarySettings, Note

__all__ = ["edit_address", "line_for_a_quote"]


def edit_address(settings: LibrarySettings, path: str) -> str:
    """The address that opens a file in the repository's editor; empty where the library names no
    repository.
    """
    if not settings.repository:
        return ""
    host = urlsplit(settings.repository).hostname or ""
    way = "_edit" if host in _FORGEJO else "-/edit" if "gitlab" in host else "edit"
    return f"{settings.repository}/{way}/{quote(settings.branch)}/{quote(path)}"


_FORGEJO = ("codeberg.org", "gitea.com")


def line_for_a_quote(note: Note) -> int:
    """The line below which the next quote belongs: the last one of the last quote; 0 where there is none."""
    return note.quotes[-1].span.end.line if note.quotes else 0
