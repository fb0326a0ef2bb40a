"""The search index: every quote, note and theme is a record of its own, handed to Pagefind.

The index is written in small pieces, of which a reader's browser loads those that a search needs. The words of a quote
with a notice can be found, but are never shown as an excerpt: such a record carries its notices.
"""

import base64
import html
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from ..core.errors import FlorilegiumError
from ..core.model import Note, Quote, Theme
from ..works.csl import retraction
from .index_files import UnknownFormat, put_in_order, remove_unused
from .linked_site import Site
from .prose import fill

__all__ = ["Index", "Record", "indexing", "search_records", "write_index"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One thing that a search can find. `url` is an address from the root of the site."""

    url: str
    content: str
    language: str
    meta: dict[str, str]
    filters: dict[str, list[str]]
    sort: dict[str, str]


EVERY_QUOTE = "florilegiumquotation"


def search_records(site: Site) -> Iterator[Record]:
    """The records of a library, in the order of its files."""
    language = re.match(r"[a-z]{2,3}", site.links.library.settings.language.lower())
    code = language[0] if language else "en"
    for note in site.links.notes.values():
        yield _note(note, site, code)
        for quote in note.quotes:
            yield _quote(quote, note, site, code)
    for theme in site.links.themes.values():
        yield _theme(theme, site, code)


def _note(note: Note, site: Site, language: str) -> Record:
    key = note.source.id if note.source else ""
    source = site.links.sources.get(key)
    about = site.bibliography.entry_text(key) if source else ""
    said = retraction(source) if source else None
    return Record(
        url=site.addresses.note(note),
        content=f"{note.title}. {about} {_prose(note, site)}",
        language=language,
        meta={"title": f"{note.title} [{said.text}]" if said else note.title, "about": about},
        filters={"kind": ["Note"]},
        sort={},
    )


def _theme(theme: Theme, site: Site, language: str) -> Record:
    names = ", ".join(theme.aliases)
    return Record(
        url=site.addresses.theme(theme),
        content=f"{theme.label}. {names}. {_prose(theme, site)}",
        language=language,
        meta={"title": theme.label},
        filters={"kind": ["Theme"]},
        sort={},
    )


def _quote(quote: Quote, note: Note, site: Site, language: str) -> Record:
    """A quote's record holds what its card shows: Pagefind gives the filters back with each result.

    What is in `meta` can be searched for, and makes the index larger; what is in `filters` is not. Their values are
    `id|label`, since an address holds ids, and a reader is shown labels.
    """
    key = quote.reference.key if quote.reference else ""
    speaker = site.who(quote) or "Unknown"
    citation = site.reference_text(quote.reference) if quote.reference else ""
    closed = [(id_, site.notice_label(id_)) for id_ in site.links.notices_of(quote)]
    meta = {
        "title": f"{speaker}, {citation}" if citation else speaker,
        "note": note.title,
        "state": "verified" if quote.address in site.links.states else "unverified",
        # All quotes can be found by this word. Pagefind would load its whole index for a search without words.
        "is": EVERY_QUOTE,
    }
    if closed:
        meta["notices"] = ", ".join(label for _, label in closed)
    if quote.quoted_in:
        meta["quoted"] = site.reference_text(quote.quoted_in)
    return Record(
        url=site.addresses.quote(quote),
        content=" ".join(quote.words.split()),
        language=language,
        meta=meta,
        filters={
            "kind": ["Quotation"],
            "theme": [f"{m.id}|{site.theme_label(m.id)}" for m in quote.themes],
            "speaker": [f"{role.id}|{role.label}" for role in site.roles(quote)] or ["unknown|Unknown"],
            "notice": [f"{id_}|{label}" for id_, label in closed] or ["none|No notice"],
            **_dated(key, site),
        },
        sort={},
    )


def _dated(key: str, site: Site) -> dict[str, list[str]]:
    source = site.links.sources.get(key)
    if source is None:
        return {}
    return {
        "source": [f"{key}|{_text(site.bibliography.short(key))}"],
        "year": [f"{source.year}|{source.year}" if source.year else "none|No date"],
    }


def _prose(document: Note | Theme, site: Site) -> str:
    """The text of a document without its quotes, which are records of their own."""
    body = site.rendered(document)
    pieces = [f"{section.heading} {section.html}" for section in body.sections]
    filled = fill(
        " ".join(pieces),
        root="",
        citation=lambda index: site.citation(document.body.citations[index]),
        quote=lambda _: " ",
    )
    return _text(filled)


def _text(markup: str) -> str:
    # Only what begins a new line parts two words: an emphasis within one does not.
    spaced = _BLOCK_TAG.sub(" ", markup)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", spaced)).split())


_BLOCK_TAG = re.compile(
    r"</?(?:blockquote|br|d[dlt]|details|div|figcaption|figure|h[1-6r]|li|ol|p|pre|section|summary|t[dhr]|table|ul)\b[^>]*>"
)


# -------------------------------------------------------------------------------------------------- Pagefind


def write_index(records: Iterable[Record], folder: Path) -> int:
    """Write Pagefind's index of the records into `folder`; returns how many there are. Raises `FlorilegiumError`.

    Pagefind's own Python client waits a tenth of a second for each answer, so its service is spoken to directly: JSON
    messages in Base64, ended by commas, on standard input and output (https://pagefind.app/docs/py-api/). The service
    is asked for the files and not to write them, since it says that it wrote them before their last bytes are on disk.
    """
    with _Service() as service:
        service.send({"type": "NewIndex", "config": {}})
        count = 0
        for count, record in enumerate(records, 1):  # noqa: B007 — it is what is returned
            service.send({"type": "AddRecord", "index_id": 0, **asdict(record)})
        service.send({"type": "GetFiles", "index_id": 0})
        answer = service.finish()
    try:
        files = {file["path"]: base64.b64decode(file["content"]) for file in answer["files"]}
        put_in_order(files)
    except (UnknownFormat, KeyError, TypeError, ValueError) as error:
        raise FlorilegiumError("pagefind wrote files that are not understood", f"{error}; run scripts/setup") from error
    remove_unused(files)
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return count


class Index:
    """An index that is being made beside everything else."""

    def __init__(self, folder: Path, work: Callable[[], int] | None) -> None:
        self._folder = folder
        self._failure: BaseException | None = None
        self._work = work
        self._thread = threading.Thread(target=self._run, daemon=True)
        if work:
            self._thread.start()

    def _run(self) -> None:
        assert self._work
        try:
            self._work()
        except BaseException as error:
            self._failure = error

    def place(self, site: Path) -> None:
        """Wait until the index is whole, and put it into a built site in place of the one that was there."""
        target = site / "pagefind"
        if self._work is None:
            shutil.rmtree(target, ignore_errors=True)
            return
        self._thread.join()
        if self._failure:
            raise self._failure
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(self._folder, target)


@contextmanager
def indexing(site: Site, folder: Path, *, wanted: bool) -> Iterator[Index]:
    """Make the index of a library into `folder`, while the block does other work."""
    shutil.rmtree(folder, ignore_errors=True)
    records = list(search_records(site)) if wanted else []
    yield Index(folder, (lambda: write_index(records, folder)) if wanted else None)


class _Service:
    """Pagefind's service process. Answers are read while messages are still written, or both sides would wait."""

    def __enter__(self) -> "_Service":
        from pagefind_bin import get_executable

        try:
            self._process = subprocess.Popen(
                [str(get_executable()), "--service"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise FlorilegiumError(f"pagefind cannot be started: {error.strerror}", "run scripts/setup") from error
        assert self._process.stdin
        assert self._process.stdout
        self._input: IO[bytes] = self._process.stdin
        self._sent = 0
        self._answers = 0
        self._expected = -1
        self._answered = threading.Event()
        self._failure = ""
        self._last: dict[str, Any] = {}
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()
        return self

    def send(self, payload: dict[str, Any]) -> None:
        self._sent += 1
        message = json.dumps({"message_id": self._sent, "payload": payload}).encode()
        try:
            self._input.write(base64.b64encode(message) + b",")
        except BrokenPipeError as error:
            raise FlorilegiumError("pagefind stopped", self._failure) from error

    def _read(self, output: IO[bytes]) -> None:
        pieces: list[bytes] = []
        while chunk := output.read1(1 << 20):  # type: ignore[attr-defined]
            *ends, rest = chunk.split(b",")
            for end in ends:
                self._take(b"".join([*pieces, end]))
                pieces = []
            pieces.append(rest)
        self._answered.set()

    def _take(self, message: bytes) -> None:
        payload = json.loads(base64.b64decode(message))["payload"]
        self._answers += 1
        if payload["type"] == "Error":
            self._failure = self._failure or str(payload.get("message", ""))
        self._last = payload
        if self._answers == self._expected:
            self._answered.set()

    def finish(self) -> dict[str, Any]:
        """Wait until everything is answered; returns the last answer. What is not done when the input ends is lost."""
        self._expected = self._sent
        self._input.flush()
        if self._answers < self._sent:
            self._answered.wait(timeout=3600)
        if self._failure or self._answers < self._sent:
            raise FlorilegiumError("pagefind did not index the site", self._failure or "it stopped before the end")
        return self._last

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
