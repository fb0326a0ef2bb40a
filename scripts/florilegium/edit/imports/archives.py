"""Archives and XML from strangers: read in memory and within bounds; nothing is unpacked, no entity is taken in.

A file inside an archive is only ever looked up by its name, so a name such as `../../x` leads nowhere.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from ...core.errors import FlorilegiumError

_MAX_FILES = 10_000
MAX_FILE = 64 * 1_048_576
"""Bytes that one file of an archive may have when it is unpacked."""
MAX_ALL = 256 * 1_048_576
"""Bytes that are unpacked of one archive."""
_MAX_DEPTH = 100
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, RuntimeError, ValueError)
"""What `zipfile` raises for archives that are damaged, encrypted, or packed in a way that this Python does not know."""
MAX_ELEMENTS = 1_000_000


class ArchiveError(FlorilegiumError):
    """An archive or an XML file that is broken, or made to harm; `line` is 0 where no line is meant."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class Archive:
    """A zip file in memory, and how much of it was unpacked."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise ArchiveError(f"the archive cannot be opened: {error}") from error
        infos = self._zip.infolist()
        if len(infos) > _MAX_FILES:
            raise ArchiveError(f"the archive holds {len(infos):,} files; at most {_MAX_FILES:,} are allowed")
        self._infos = {_normal(info.filename): info for info in reversed(infos)}
        self._left = MAX_ALL

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._infos)

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises `ArchiveError` where there is none, or it is too large or broken."""
        info = self._infos.get(_normal(name))
        if info is None or ".." in name.replace("\\", "/").split("/"):
            raise ArchiveError(f'the archive holds no file "{name}"')
        if info.flag_bits & 1:
            raise ArchiveError(f'"{name}" is encrypted')
        bound = min(MAX_FILE, self._left)
        try:
            with self._zip.open(info) as file:
                # What the archive says about the size proves nothing: count what comes out of it.
                data = file.read(bound + 1)
        except _BROKEN as error:
            raise ArchiveError(f'"{name}" cannot be unpacked: {error}') from error
        if len(data) > bound:
            raise ArchiveError(f'"{name}" is too large when it is unpacked: at most {bound:,} bytes are read')
        self._left -= len(data)
        return data


def _normal(name: str) -> str:
    return name.replace("\\", "/").removeprefix("./").lower()


@dataclass(slots=True, kw_only=True)
class Element:
    """An element of XML, without its namespace."""

    name: str
    attributes: Mapping[str, str]
    line: int
    column: int
    text: str = ""
    """All character data directly in it."""
    children: list["Element"] = field(default_factory=list)

    def all(self, *names: str) -> Iterator["Element"]:
        """The elements of these names below it, in document order."""
        waiting = list(reversed(self.children))
        while waiting:
            element = waiting.pop()
            if element.name in names:
                yield element
            waiting += reversed(element.children)

    def first(self, name: str) -> "Element | None":
        """The first child of a name."""
        return next((child for child in self.children if child.name == name), None)

    def get(self, name: str) -> str:
        """An attribute, or an empty text."""
        return self.attributes.get(name, "")


def parse_xml(data: bytes | str) -> Element:
    """Read XML without document type, and so without entities of its own. Raises `ArchiveError`."""
    builder = _Builder()
    try:
        builder.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ArchiveError(f"this is not XML: {expat.ErrorString(error.code)}", error.lineno) from error
    except (ValueError, LookupError) as error:
        raise ArchiveError(f"this is not XML: {error}") from error
    assert builder.root is not None
    return builder.root


class _Builder:
    """Builds the tree while Expat reads."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self.stack: list[Element] = []
        self.count = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.EntityDeclHandler = self.refuse
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data

    def refuse(self, *_: object) -> None:
        raise ArchiveError("the XML has a document type, which could name other files", self.parser.CurrentLineNumber)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        if len(self.stack) >= _MAX_DEPTH or self.count > MAX_ELEMENTS:
            raise ArchiveError("the XML has too many elements, or too many inside each other", line)
        element = Element(
            name=name.rpartition(" ")[2],
            attributes={key.rpartition(" ")[2]: value for key, value in attributes.items()},
            line=line,
            column=column,
        )
        if self.stack:
            self.stack[-1].children.append(element)
        else:
            self.root = element
        self.stack.append(element)

    def end(self, _name: str) -> None:
        self.stack.pop()

    def data(self, text: str) -> None:
        self.stack[-1].text += text
