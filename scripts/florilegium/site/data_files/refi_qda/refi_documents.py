"""The documents of REFI-QDA: the codebook as XML, and the project as XML in a ZIP archive with its sources.

The order of elements is that of the schemas `Codebook.xsd` and `Project.xsd` of version 1.0. Dates stand where programs
cannot read without: they are those of the notes, since no clock gets into a file.
"""

import uuid
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from ....core.model import Note, Role
from ....works.citing.pandoc_fragments import plain_text
from ...linked_site import Site, name_based_uuid
from ...prose_texts import one_line, valid_text
from ..markdown_exports import notices_line
from ..pieces import encoded
from .refi_codes import Code, Codes, UniqueNames, code_tree, guid, notice_guid, speaker_guid, theme_guid
from .refi_texts import Selection, note_text

_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_ORIGIN = "Florilegium"
_LONGEST = 120
"""Characters of a source's name, which some programs take for the name of a file."""


def render_codebook(site: Site) -> Iterator[bytes]:
    codes = code_tree(site)
    yield f'{_HEAD}<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="{_ORIGIN}">\n'.encode()
    yield from encoded(_codes(codes))
    yield from encoded(_sets(codes, "guid"))
    yield b"</CodeBook>\n"


def render_project(site: Site) -> Iterator[bytes]:
    """The archive in pieces. It is made in a file that no one sees, since its head can be written last only."""
    with SpooledTemporaryFile(_IN_MEMORY) as file, SpooledTemporaryFile(_IN_MEMORY) as sources:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text, elements in _sources(site):
                _add(archive, f"sources/{name}", [text.encode("utf-8", "replace")])
                sources.writelines(encoded(elements))
            head, tail = _project(site)
            _add(
                archive,
                "project.qde",
                [head.encode("utf-8", "replace"), *_chunks(sources), tail.encode("utf-8", "replace")],
            )
        yield from _chunks(file)


_IN_MEMORY = 1 << 24
"""Bytes of a temporary file above which it lies on the disk."""


def _add(archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes]) -> None:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # Unix, on every system, so that the bytes are the same.
    entry.external_attr = 0o644 << 16
    with archive.open(entry, "w") as out:
        for piece in pieces:
            out.write(piece)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(1 << 16):
        yield chunk


def _attributes(**values: str | int) -> str:
    return "".join(f" {name}={quoteattr(one_line(str(value)))}" for name, value in values.items())


def _description(text: str) -> str:
    return f"<Description>{escape(valid_text(text))}</Description>" if text else ""


# ------------------------------------------------------------------------------------------------------ codes


def _codes(codes: Codes) -> Iterator[str]:
    yield "<Codes>\n"
    for code in (*codes.themes, *codes.groups):
        yield from _code(code)
    yield "</Codes>\n"


def _code(code: Code) -> Iterator[str]:
    codable = "true" if code.codable else "false"
    yield f"<Code{_attributes(guid=code.guid, name=code.name, isCodable=codable)}>{_description(code.description)}"
    for child in code.children:
        yield from _code(child)
    yield "</Code>\n"


def _sets(codes: Codes, attribute: str) -> Iterator[str]:
    """The branches once more, as sets: not every program shows a tree."""
    if codes.groups:
        yield "<Sets>\n"
        for group in codes.groups:
            own = name_based_uuid("set", uuid.UUID(group.guid).bytes)
            members = "".join(f'<MemberCode {attribute}="{code.guid}"/>' for code in group.children)
            yield f"<Set{_attributes(guid=own, name=group.name)}>{members}</Set>\n"
        yield "</Sets>\n"


# ---------------------------------------------------------------------------------------------------- project


def _project(site: Site) -> tuple[str, str]:
    """What stands before the sources, and what stands after them."""
    title, user = site.links.library.settings.title, guid("#user", site)
    codes = code_tree(site)
    about = _attributes(name=title, origin=_ORIGIN, creatingUserGUID=user, creationDateTime=_youngest(site))
    head = (
        f'{_HEAD}<Project xmlns="urn:QDA-XML:project:1.0"{about}>\n'
        f"<Users><User{_attributes(guid=user, name=title)}/></Users>\n"
        f"<CodeBook>\n{''.join(_codes(codes))}</CodeBook>\n"
    )
    # The schema allows no `Sources` without one.
    opening, closing = ("<Sources>\n", "</Sources>\n") if site.links.notes else ("", "")
    described = _description(site.links.library.settings.description)
    return head + opening, f"{closing}{''.join(_sets(codes, 'targetGUID'))}{described}</Project>\n"


def _sources(site: Site) -> Iterator[tuple[str, str, Iterator[str]]]:
    """Each note: the name of its file, its text, and the elements that describe it."""
    names = UniqueNames()
    codings = _Codings(site)
    for note in site.links.notes.values():
        own, text = guid(site.addresses.note(note), site), note_text(note, site)
        source = _Source(note, site, codings)
        yield f"{own}.txt", text.text, source.elements(own, _name(note, names), text.selections)


def _name(note: Note, names: UniqueNames) -> str:
    """A name that no other source has, without the signs that the name of a file cannot hold."""
    return names.take(one_line(note.title.translate(_NO_FILE_NAME))[:_LONGEST], note.id)


_NO_FILE_NAME = str.maketrans(dict.fromkeys('/\\:*?"<>|', " "))


def _youngest(site: Site) -> str:
    return max(map(_moment, site.links.notes.values()), default=_at(date(2000, 1, 1)))


def _moment(note: Note) -> str:
    return _at(note.updated or note.date or date(2000, 1, 1))


def _at(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


class _Codings:
    """Writes what links a text to its codes."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.user = guid("#user", site)
        self.themes = {id_: theme_guid(id_, site) for id_ in site.links.themes}
        self.notices: dict[str, str] = {}
        self.speakers = {id_: speaker_guid(id_, site) for id_ in site.links.roles}

    def codes(self, themes: Iterable[str], notices: Iterable[str], roles: Iterable[Role] = ()) -> Iterator[str]:
        """The GUIDs of codes, each once."""
        yield from (self.themes[id_] for id_ in dict.fromkeys(themes) if id_ in self.themes)
        for id_ in dict.fromkeys(notices):
            yield self.notices.get(id_) or self.notices.setdefault(id_, notice_guid(id_, self.site))
        yield from (self.speakers[role.id] for role in roles)

    def elements(self, owner: str, codes: Iterable[str], made: str) -> str:
        """The codes of what has the GUID `owner`."""
        space = uuid.UUID(owner).bytes
        return "".join(
            f'<Coding guid="{name_based_uuid(code, space)}"{made}><CodeRef targetGUID="{code}"/></Coding>'
            for code in codes
        )


class _Source:
    """A note as a `TextSource`."""

    def __init__(self, note: Note, site: Site, codings: _Codings) -> None:
        self.note, self.site, self.codings = note, site, codings
        self.made = _attributes(creatingUser=codings.user, creationDateTime=_moment(note))

    def elements(self, own: str, name: str, selections: Iterable[Selection]) -> Iterator[str]:
        about = _attributes(guid=own, name=name, plainTextPath=f"internal://{own}.txt")
        yield f"<TextSource{about}{self.made}>{_description(self._about())}\n"
        for selection in selections:
            yield self._selection(selection)
        themes, notices = (mention.id for mention in self.note.themes), (mention.id for mention in self.note.notices)
        yield f"{self.codings.elements(own, self.codings.codes(themes, notices), self.made)}</TextSource>\n"

    def _about(self) -> str:
        site = self.site
        key = self.note.source.id if self.note.source else ""
        entry = one_line(plain_text(str(site.entry(key)))) if key in site.links.sources else ""
        return "\n".join(line for line in (entry, site.canonical(site.addresses.note(self.note))) if line)

    def _selection(self, selection: Selection) -> str:
        quote, site = selection.quote, self.site
        own = guid(site.addresses.quote(quote), site)
        # The words would stand in lists, without their notices.
        about = _attributes(guid=own, name=selection.credit, startPosition=selection.start, endPosition=selection.end)
        notices = site.links.notices_of(quote)
        codes = self.codings.codes((mention.id for mention in quote.themes), notices, site.roles(quote))
        inner = f"{_description(self._about_quote(selection))}{self.codings.elements(own, codes, self.made)}"
        return f"<PlainTextSelection{about}{self.made}>{inner}</PlainTextSelection>\n"

    def _about_quote(self, selection: Selection) -> str:
        quote, site = selection.quote, self.site
        notices = notices_line(site.links.notices_of(quote), site)
        lines = (
            f"Content notice: {notices}." if notices else "",
            f"{selection.credit}.",
            f"{site.state_words(quote)}.",
            *(f"{site.translated_by(one)}: {one_line(one.words)}" for one in quote.translations),
            site.canonical(site.addresses.quote(quote)),
        )
        return "\n".join(line for line in lines if line)
