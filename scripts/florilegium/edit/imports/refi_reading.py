"""REFI-QDA, the exchange format of programs for qualitative data analysis: code books (`.qdc`) and projects (`.qdpx`).

The standard is version 1.5 (https://www.qdasoftware.org/). A project is an archive of `project.qde` and a folder of
sources; a selection in a text is a start and an end in code points, and its codings name codes.
"""

import re
from collections.abc import Iterator, Mapping

from ...core.diagnostics import quoted
from ...core.spans import Span
from .archives import Archive, ArchiveError, Element, parse_xml
from .foreign_text import clean_foreign, clean_line, clean_paragraphs
from .gathered import Gathered
from .highlights import Export, Highlight, HighlightFormat, ImportedCode, ImportFinding, Work

_PROJECT = "project.qde"
_SOURCES = ("TextSource", "PDFSource", "Representation", "Transcript")


def parse_codebook(path: str, data: bytes) -> Export:
    """Read the codes of a `.qdc` file."""
    try:
        root = parse_xml(data)
    except ArchiveError as error:
        return _broken(path, error)
    return Export(format=HighlightFormat.REFI_QDA, codes=tuple(_codes(path, root)))


def parse_project(path: str, data: bytes) -> Export:
    """Read the codes of a `.qdpx` file, and the coded passages of its texts as highlights."""
    try:
        archive = Archive(data)
        names = [name for name in archive.names if name.endswith(".qde") and "/" not in name]
        if not names:
            raise ArchiveError(f"the archive holds no {_PROJECT}")
        root = parse_xml(archive.read(_PROJECT if _PROJECT in names else names[0]))
    except ArchiveError as error:
        return _broken(path, error)
    return _Project(path, archive, root).read()


def _broken(path: str, error: ArchiveError) -> Export:
    span = Span(path, error.line, 1, error.line, 1) if error.line else Span.of_file(path)
    return Export(format=HighlightFormat.REFI_QDA, findings=(ImportFinding(span=span, message=str(error)),))


def _is_offset(text: str) -> bool:
    # More digits than any text has characters: Python refuses to read numbers of over 4,300.
    return re.fullmatch("[0-9]{1,12}", text) is not None


def _place(path: str, element: Element) -> Span:
    return Span(path, element.line, element.column, element.line, element.column)


def _codes(path: str, element: Element, broader: str = "") -> Iterator[ImportedCode]:
    """All codes below an element; a code inside another one is narrower."""
    for child in element.children:
        name = clean_line(child.get("name")) if child.name == "Code" else ""
        if name:
            about = child.first("Description")
            description = clean_foreign(about.text).text if about else ""
            yield ImportedCode(name=name, description=description, broader=broader, span=_place(path, child))
        if child.name not in ("Sources", "Notes"):
            yield from _codes(path, child, name or broader)


class _Project:
    """One project, with what its elements refer to by their GUIDs."""

    def __init__(self, path: str, archive: Archive, root: Element) -> None:
        self.path = f"{path}/{_PROJECT}"
        self.archive = archive
        self.root = root
        self.gathered = Gathered(HighlightFormat.REFI_QDA)
        self.codes = {code.get("guid"): clean_line(code.get("name")) for code in root.all("Code")}
        notes = root.first("Notes")
        self.notes: Mapping[str, Element] = {n.get("guid"): n for n in notes.children} if notes else {}

    def read(self) -> Export:
        sources = self.root.first("Sources")
        for source in sources.children if sources else ():
            # A PDF's or a recording's text is that of its representation or transcript.
            name = clean_line(source.get("name"))
            for text_source in (source, *source.all("Representation", "Transcript")):
                if text_source.name in _SOURCES:
                    self.take_passages(text_source, name)
        return self.gathered.export(codes=tuple(_codes(self.path, self.root)))

    def report(self, element: Element, message: str) -> None:
        self.gathered.report(_place(self.path, element), message)

    def take_passages(self, source: Element, name: str) -> None:
        selections = [child for child in source.children if child.name == "PlainTextSelection"]
        if selections and (text := self.text(source)) is not None:
            for selection in selections:
                self.take(selection, text, name)

    def text(self, source: Element) -> str | None:
        """The text of a source, with line ends as its offsets count them; reported and None where there is none."""
        content = source.first("PlainTextContent")
        if content is not None:
            return content.text
        address = source.get("plainTextPath")
        if not address:
            self.report(source, f"the source {quoted(source.get('name'))} has no text; its passages are left out")
            return None
        if not address.startswith("internal://"):
            self.report(source, f"the text {quoted(address)} lies outside of the archive; it is not read")
            return None
        name = address.removeprefix("internal://")
        if f"sources/{name}".lower() in self.archive.names:
            name = f"sources/{name}"
        try:
            return self.archive.read(name).decode("utf-8-sig")
        except ArchiveError as error:
            self.report(source, f"{error}; its passages are left out")
        except UnicodeDecodeError:
            self.report(source, f"the text {quoted(address)} is not UTF-8; its passages are left out")
        return None

    def take(self, selection: Element, text: str, name: str) -> None:
        guid = clean_line(selection.get("guid"))
        start, end = selection.get("startPosition"), selection.get("endPosition")
        if not (guid and _is_offset(start) and _is_offset(end) and int(start) < int(end) <= len(text)):
            message = f"the passage from {quoted(start)} to {quoted(end)} does not lie in its text of {len(text):,}"
            self.report(selection, f"{message} characters; it is left out")
            return
        words = self.gathered.words(text[int(start) : int(end)], _place(self.path, selection), lines=True)
        if not words:
            return
        codes = (ref.get("targetGUID") for ref in selection.all("CodeRef"))
        highlight = Highlight(
            id=guid,
            words=words,
            work=Work(title=name, type="document"),
            comment="\n".join(filter(None, self.comments(selection))),
            tags=tuple(dict.fromkeys(self.codes[code] for code in codes if self.codes.get(code))),
            span=_place(self.path, selection),
        )
        self.gathered.highlights.append(highlight)

    def comments(self, selection: Element) -> Iterator[str]:
        about = selection.first("Description")
        notes = [self.notes[r.get("targetGUID")] for r in selection.all("NoteRef") if r.get("targetGUID") in self.notes]
        for element in [about, *(note.first("PlainTextContent") or note.first("Description") for note in notes)]:
            if element is not None:
                yield clean_paragraphs(element.text, lines=True)
