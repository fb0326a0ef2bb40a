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

from .links import resolve_role
from .model import Note, Quote, Theme
from .pages.cards import Site
from .prose import fill
from .renderers import RenderFailed

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
    about = site.bibliography.entry_text(key) if key in site.links.sources else ""
    return Record(
        url=site.addresses.note(note),
        content=f"{note.title}. {about} {_prose(note, site)}",
        language=language,
        meta={"title": note.title, "kind": "Note", "about": about},
        filters={"kind": ["Note"], "theme": [site.theme_label(m.id) for m in note.themes], **_dated(key, site)},
        sort={"title": note.title},
    )


def _theme(theme: Theme, site: Site, language: str) -> Record:
    names = ", ".join(theme.aliases)
    return Record(
        url=site.addresses.theme(theme),
        content=f"{theme.label}. {names}. {_prose(theme, site)}",
        language=language,
        meta={"title": theme.label, "kind": "Theme"},
        filters={"kind": ["Theme"], "theme": [theme.label]},
        sort={"title": theme.label},
    )


def _quote(quote: Quote, note: Note, site: Site, language: str) -> Record:
    key = quote.reference.key if quote.reference else ""
    role = resolve_role(site.links.roles, quote.speaker) if quote.speaker else None
    speaker = role.label if role else ""
    notices = [site.notice_label(id_) for id_ in site.links.notices_of(quote)]
    citation = _text(site.reference(quote.reference)) if quote.reference else ""
    meta = {
        "title": f"{speaker}, {citation}" if speaker else citation,
        "kind": "Quotation",
        "note": note.title,
        "id": quote.address,
    }
    if notices:
        meta["notices"] = ", ".join(notices)
    return Record(
        url=site.addresses.quote(quote),
        content=" ".join(quote.words.split()),
        language=language,
        meta=meta,
        filters={
            "kind": ["Quotation"],
            "theme": [site.theme_label(m.id) for m in quote.themes],
            "speaker": [speaker or "Unknown"],
            "notice": notices or ["None"],
            **_dated(key, site),
        },
        sort={"title": note.title},
    )


def _dated(key: str, site: Site) -> dict[str, list[str]]:
    source = site.links.sources.get(key)
    if source is None:
        return {}
    return {
        "source": [_text(site.bibliography.short(key))],
        "year": [str(source.year) if source.year else "No date"],
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
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


# -------------------------------------------------------------------------------------------------- Pagefind


def write_index(records: Iterable[Record], folder: Path) -> int:
    """Write Pagefind's index of the records into `folder`; returns how many there are. Raises `RenderFailed`.

    Pagefind's own Python client waits a tenth of a second for each answer, so its service is spoken to directly: JSON
    messages in Base64, ended by commas, on standard input and output (https://pagefind.app/docs/py-api/).
    """
    with _Service() as service:
        service.send({"type": "NewIndex", "config": {}})
        count = 0
        for count, record in enumerate(records, 1):
            service.send({"type": "AddRecord", "index_id": 0, **asdict(record)})
        service.send({"type": "WriteFiles", "index_id": 0, "output_path": str(folder)})
        service.finish()
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
            raise RenderFailed(f"pagefind cannot be started: {error.strerror}", "run scripts/setup") from error
        assert self._process.stdin and self._process.stdout
        self._input: IO[bytes] = self._process.stdin
        self._sent = 0
        self._answers = 0
        self._expected = -1
        self._answered = threading.Event()
        self._failure = ""
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()
        return self

    def send(self, payload: dict[str, Any]) -> None:
        self._sent += 1
        message = json.dumps({"message_id": self._sent, "payload": payload}).encode()
        try:
            self._input.write(base64.b64encode(message) + b",")
        except BrokenPipeError as error:
            raise RenderFailed("pagefind stopped", self._failure) from error

    def _read(self, output: IO[bytes]) -> None:
        rest = b""
        while chunk := output.read1(1 << 16):  # type: ignore[attr-defined]
            *messages, rest = (rest + chunk).split(b",")
            for message in messages:
                payload = json.loads(base64.b64decode(message))["payload"]
                self._answers += 1
                if payload["type"] == "Error":
                    self._failure = self._failure or str(payload.get("message", ""))
                if self._answers == self._expected:
                    self._answered.set()
        self._answered.set()

    def finish(self) -> None:
        """Wait until everything is answered; the service drops what it has not done when its input ends."""
        self._expected = self._sent
        self._input.flush()
        if self._answers < self._sent:
            self._answered.wait(timeout=3600)
        if self._failure or self._answers < self._sent:
            raise RenderFailed("pagefind did not index the site", self._failure or "it stopped before the end")

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
