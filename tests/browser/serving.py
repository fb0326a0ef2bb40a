"""A web server for a built site: in a subfolder, compressed, and with the site's own 404 page, as real hosts serve it."""

import gzip
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

FOLDER = "/companion/"
"""The folder on the host in which the site lies."""

_COMPRESSED = ("text/", "application/javascript", "application/json", "application/xml", "image/svg")


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    compress = True

    def translate_path(self, path: str) -> str:
        inside = path.removeprefix(FOLDER.rstrip("/"))
        return super().translate_path(inside) if path.startswith(FOLDER) else "/dev/null/none"

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """The head of an answer, and its body: the file, or the site's 404 page."""
        path = Path(self.translate_path(self.path.split("?")[0].split("#")[0]))
        if path.is_dir() and not self.path.split("?")[0].endswith("/"):
            return super().send_head()
        path = path / "index.html" if path.is_dir() else path
        status = HTTPStatus.OK if path.is_file() else HTTPStatus.NOT_FOUND
        file = path if path.is_file() else Path(self.directory) / "404.html"
        return self._answer(status, file)

    def _answer(self, status: HTTPStatus, file: Path) -> io.BytesIO:
        body, kind = file.read_bytes(), self.guess_type(str(file))
        self.send_response(status)
        if self.compress and kind.startswith(_COMPRESSED) and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 6, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def copyfile(self, source: Any, outputfile: Any) -> None:
        with suppress(ConnectionError):  # A browser that leaves a page hangs up on what it had asked for.
            super().copyfile(source, outputfile)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class _Uncompressed(_Handler):
    compress = False


@contextmanager
def serve(site: Path, *, compress: bool = True) -> Iterator[str]:
    """Serve a built site on this machine; gives its address, such as `http://localhost:1234/companion/`."""
    handler = partial(_Handler if compress else _Uncompressed, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://localhost:{server.server_address[1]}{FOLDER}"
        finally:
            server.shutdown()
