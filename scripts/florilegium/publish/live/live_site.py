"""What a browser is shown: the last library without errors, and the findings of the one that lies there now."""

import json
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ...check.checking import Options, Totals
from ...core.diagnostics import Diagnostic, plain
from ...core.errors import FlorilegiumError
from ...core.rules import Severity
from ...core.spans import Span
from ...site.search.index_writing import FOLDER as SEARCH_INDEX
from ...site.search.index_writing import index_site
from .live_frame import LiveFrame
from .live_library import LiveLibrary, Seen, Shown, see_files

OWN = "~florilegium/"
"""Begins the addresses of what is not part of the site; no page can have one."""
MAX_SHOWN = 40
_WAIT = 25.0
"""Seconds for which a browser that waits for a change is kept waiting."""
_PANEL = Path(__file__).parent


class LiveAnswer(NamedTuple):
    """What is sent: the body, and its media type where the address does not tell it."""

    body: bytes
    media_type: str = ""
    status: int = 200


class LiveUpdate(NamedTuple):
    """What an edit led to."""

    diagnostics: tuple[Diagnostic, ...]
    totals: Totals | None
    problem: FlorilegiumError | None
    """Why there is nothing new to show, where that is no finding."""
    shown: bool
    seconds: float


class LiveSite:
    """A site that follows the files of a project."""

    def __init__(self, options: Options) -> None:
        self.root = options.root
        self.library = LiveLibrary(options)
        self.shown: Shown | None = None
        self.frame: LiveFrame | None = None
        self._seen: Seen | None = None
        self._diagnostics: tuple[Diagnostic, ...] = ()
        """What was found when the library was judged last."""
        self._state: dict[str, Any] = {"change": 0, "site": 0, "findings": [], "summary": ""}
        self._changed = threading.Condition()
        self._folder = Path(tempfile.mkdtemp(prefix="florilegium-live-"))
        self._index = self._folder / "index"
        self._indexed: Shown | None = None
        self._indexing = threading.Lock()

    def close(self) -> None:
        """Remove what lies on the disk."""
        shutil.rmtree(self._folder, ignore_errors=True)

    # -- following the files

    def follow(self) -> LiveUpdate | None:
        """Look at the files, and show what they hold now; None where nothing has changed. Never raises."""
        try:
            seen = see_files(self.root)
        except OSError:
            return None  # A folder that is being moved; the next look finds it or its absence.
        if seen == self._seen:
            return None
        before, self._seen = self._seen, seen
        began = time.monotonic()
        diagnostics: tuple[Diagnostic, ...] = ()
        totals: Totals | None = None
        problem: FlorilegiumError | None = None
        changed = False
        try:
            changed = before is not None and before[2:] != seen[2:]
            if before is None or before[:2] != seen[:2] or self.shown is None:
                diagnostics, totals, shown = self.library.refresh(seen)
                self._check_frame(before, shown)
                self.shown, changed = shown or self.shown, changed or shown is not None
                self._diagnostics = diagnostics
            else:
                diagnostics = self._diagnostics
                self._check_frame(before, self.shown)
        except FlorilegiumError as error:
            problem = error
        except Exception as error:
            # Whatever it is, the next edit may fix it, and the last site stays.
            problem = FlorilegiumError(f"{type(error).__name__}: {error}", "this is a mistake of the program")
        self._tell(diagnostics, problem, changed=changed and problem is None)
        return LiveUpdate(diagnostics, totals, problem, changed, time.monotonic() - began)

    def _check_frame(self, before: Seen | None, shown: Shown | None) -> None:
        """Make the frame again where the pages that it must know are others."""
        assert self._seen
        shown = shown or self.shown
        if shown is None:
            return
        old = self.shown
        same = (
            self.frame is not None
            and before is not None
            and old is not None
            and (before.frame, before.names) == (self._seen.frame, self._seen.names)
            and (old.settings.url, old.settings.language) == (shown.settings.url, shown.settings.language)
        )
        pages = shown.plan.pages.keys()
        if same and old and self.frame and (old.plan.pages.keys() == pages or self.frame.renew(pages)):
            return
        self.frame = LiveFrame(self.root, pages, shown.settings)

    def _tell(self, diagnostics: Sequence[Diagnostic], problem: FlorilegiumError | None, *, changed: bool) -> None:
        findings = [_finding(one) for one in sorted(diagnostics, key=_order) if one.severity != Severity.INFORMATION]
        if problem:
            findings.insert(0, {"place": "", "severity": "error", "rule": "", **_words(problem.message, problem.help)})
        counts = Counter(finding["severity"] for finding in findings)
        stale = bool(counts["error"])
        at = time.strftime("%H:%M:%S", time.localtime(self.shown.at)) if self.shown else ""
        with self._changed:
            self._state = {
                "change": self._state["change"] + 1,
                "site": self._state["site"] + changed,
                "findings": findings[:MAX_SHOWN],
                "more": f"and {len(findings) - MAX_SHOWN:,} more" if len(findings) > MAX_SHOWN else "",
                "summary": ", ".join(f"{n:,} {name}{'s' if n > 1 else ''}" for name, n in sorted(counts.items())),
                "stale": f"The pages show the library as it was at {at}." if stale and at else "",
            }
            self._changed.notify_all()

    # -- answering

    def answer(self, address: str, query: str = "") -> LiveAnswer | None:
        """What is at an address from the root of the site; None for the address of a folder without its `/`."""
        if address.startswith(OWN):
            return self._own(address.removeprefix(OWN), query)
        shown, frame = self.shown, self.frame
        if shown is None or frame is None:
            return self._html("<!doctype html><title>Florilegium</title><body><p>Nothing to show yet.</p></body>", 503)
        if address.endswith("/") or not address:
            address += "index.html"
        found = self._made(address, shown, frame)
        if found is None and frame.file_at(f"{address}/index.html"):
            return None
        return found or self._html(frame.missing(), 404)

    def _made(self, address: str, shown: Shown, frame: LiveFrame) -> LiveAnswer | None:
        if address.startswith(f"{SEARCH_INDEX}/"):
            return self._searched(address, shown)
        file = frame.file_at(address)
        if file is not None and file.is_documentation_page():
            page = shown.plan.pages.get(file.src_uri)
            return self._html(frame.page(file, page.render().decode() if page else None))
        # The page of a note has the name that its plain Markdown has in the site.
        if data := shown.data.get(address):
            return LiveAnswer(b"".join(data.render()), data.media_type)
        if (page := shown.plan.pages.get(address)) and not address.endswith(".md"):
            return LiveAnswer(page.render())
        if file is not None and file.abs_src_path and Path(file.abs_src_path).is_file():
            return LiveAnswer(Path(file.abs_src_path).read_bytes())
        return None

    def _html(self, html: str, status: int = 200) -> LiveAnswer:
        site = self._state["site"]
        own = (
            f'<link rel="stylesheet" href="/{OWN}panel.css"><script type="module" src="/{OWN}panel.js?site={site}">'
            "</script>"
        )
        head, body, rest = html.partition("</head>") if "</head>" in html else html.partition("<body>")
        return LiveAnswer(f"{head}{own}{body}{rest}".encode(), "text/html; charset=utf-8", status)

    def _own(self, name: str, query: str) -> LiveAnswer | None:
        if name in ("panel.js", "panel.css"):
            return LiveAnswer((_PANEL / name).read_bytes())
        if name != "state":
            return LiveAnswer(b"", "text/plain", 404)
        since = query.removeprefix("since=")
        with self._changed:
            self._changed.wait_for(lambda: str(self._state["change"]) != since, _WAIT)
            return LiveAnswer(json.dumps(self._state).encode(), "application/json")

    # -- search

    def _searched(self, address: str, shown: Shown) -> LiveAnswer | None:
        self.index(shown)
        path = self._index / address.removeprefix(f"{SEARCH_INDEX}/")
        return LiveAnswer(path.read_bytes()) if path.parent == self._index and path.is_file() else None

    def index(self, shown: Shown) -> None:
        """Bring the search index in line with a library that is shown."""
        with self._indexing:
            if self._indexed is not shown and shown is self.shown:
                memory = self._folder / "memory.sqlite"
                index_site(shown.plan.site, self._index, memory=memory, key_of=shown.index_key)
                self._indexed = shown


def _order(found: Diagnostic) -> tuple[bool, tuple[Span, str, str]]:
    return found.severity != Severity.ERROR, found.order


def _finding(found: Diagnostic) -> dict[str, str]:
    words = _words(found.message, found.help)
    return {"place": plain(str(found.span)), "severity": found.severity.value, "rule": found.rule, **words}


def _words(message: str, help: str) -> dict[str, str]:
    return {"message": plain(message), "help": plain(help)}
