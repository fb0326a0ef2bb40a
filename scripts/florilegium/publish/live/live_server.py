"""The server that shows a site to the person who writes it, on the loopback address unless another one is given."""

import mimetypes
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from ...core.errors import CannotRun, FlorilegiumError
from ...core.system_errors import reason
from .live_site import LiveAnswer, LiveSite, LiveUpdate

_SHORTEST, _SHARE = 0.1, 10
"""Seconds between two looks at the files; and how many times longer than a look they are at least."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    site: LiveSite

    def handle_error(self, *_: object) -> None:
        """A browser that goes away while it is answered is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        address = unquote(parts.path).lstrip("/")
        try:
            answer = self.server.site.answer(address, parts.query)
        except FlorilegiumError as error:
            answer = LiveAnswer(f"{error.message}\n{error.help}\n".encode(), "text/plain; charset=utf-8", 500)
        except Exception as error:
            answer = LiveAnswer(f"{type(error).__name__}: {error}\n".encode(), "text/plain; charset=utf-8", 500)
        if answer is None:
            self._send(LiveAnswer(b"", "text/plain", 302), {"Location": f"{parts.path}/"})
        else:
            self._send(answer, {})

    do_HEAD = do_GET

    def _send(self, answer: LiveAnswer, headers: dict[str, str]) -> None:
        guessed = mimetypes.guess_type(urlsplit(self.path).path)[0] or "application/octet-stream"
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type or guessed)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Requests are of no interest to whoever writes."""


def serve_site(
    site: LiveSite, host: str, port: int, *, ready: Callable[[str], None], told: Callable[[LiveUpdate], None]
) -> None:
    """Serve a site until the program is told to stop. `ready` hears the address, `told` what each edit led to."""
    _Server.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        server = _Server((host, port), _Handler)
    except OSError as error:
        raise CannotRun(
            f"cannot listen at {host}:{port}: {reason(error)}", "choose another port: -a localhost:8001"
        ) from error
    server.site = site
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        first = site.follow()
        if first:
            told(first)
        shown = f"[{host}]" if ":" in host else host
        ready(f"http://{shown}:{server.server_address[1]}/")
        _index(site)
        while True:
            began = time.monotonic()
            found = site.follow()
            if found:
                told(found)
                _index(site)
            else:
                time.sleep(max(_SHORTEST, _SHARE * (time.monotonic() - began)))
    finally:
        server.shutdown()
        server.server_close()
        site.close()


def _index(site: LiveSite) -> None:
    """Make the search index beside whatever comes next; a reader who searches meanwhile waits for it."""
    shown = site.shown
    if shown:
        threading.Thread(target=site.index, args=[shown], daemon=True).start()
