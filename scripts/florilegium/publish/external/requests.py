"""One request over HTTP: to an address that was looked at, with an end to time and size, without cookies or proxies."""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from ...core.errors import FlorilegiumError
from .host_guard import Endpoint, Unknown, resolve_host

__all__ = ["Answer", "NoAnswer", "RequestOptions", "ask"]


class NoAnswer(FlorilegiumError):
    """There was no answer; the message is a word for the reason: `timeout`, `certificate`, `host`, `connection`."""


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    whole: bool
    """Whether the body was read to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOptions:
    """How a server is asked."""

    agent: str = "florilegium"
    """The name that the program gives itself."""
    timeout: float = 20.0
    """Seconds from the connection to the last byte."""
    most_bytes: int = 2_000_000
    allow_private: bool = False


def ask(method: str, url: str, terms: RequestOptions, *, wanted: str = "*/*") -> Answer:
    """Ask for one address; redirects are not followed. Raises `NoAnswer`, and `Private` before anything is sent."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    try:
        endpoints = resolve_host(host, port, allow_private=terms.allow_private)
    except Unknown as error:
        raise NoAnswer("host") from error
    connection = _Connection(host, port, endpoints, secure, terms.timeout)
    # A socket's own limit is for one read: a server that sends a byte a second would never reach it.
    watch = threading.Timer(terms.timeout, connection.abort)
    watch.daemon = True
    watch.start()
    try:
        return _exchange(connection, method, _target(url), terms, wanted)
    except ssl.SSLCertVerificationError as error:
        raise NoAnswer("certificate") from error
    except TimeoutError as error:
        raise NoAnswer("timeout") from error
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        raise NoAnswer("timeout" if connection.aborted else "connection") from error
    finally:
        watch.cancel()
        connection.close()


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _exchange(connection: "_Connection", method: str, target: str, terms: RequestOptions, wanted: str) -> Answer:
    headers = {"User-Agent": terms.agent, "Accept": wanted, "Accept-Encoding": "identity", "Connection": "close"}
    connection.request(method, target, headers=headers)
    answer = connection.getresponse()
    body = answer.read(terms.most_bytes + 1) if method == "GET" else b""
    if connection.aborted:  # What was read so far looks like a whole answer.
        raise TimeoutError
    names = {name.lower(): value for name, value in answer.getheaders()}
    return Answer(answer.status, names, body[: terms.most_bytes], len(body) <= terms.most_bytes)


class _Connection(http.client.HTTPConnection):
    """A connection to the address that was resolved, whatever the name stands for by now."""

    def __init__(self, host: str, port: int, endpoints: Sequence[Endpoint], secure: bool, timeout: float) -> None:
        default = 443 if secure else 80
        # `http.client` writes the port into `Host:` unless it is that of its own scheme.
        super().__init__(host, port, timeout=timeout)
        self.default_port = default
        self.endpoints = endpoints
        self.secure = secure
        self.aborted = False
        self.line: socket.socket | None = None
        """The socket: `http.client` forgets its own once a body is to be read."""

    def connect(self) -> None:
        plain = self._reach()
        if self.secure:
            context = ssl.create_default_context()
            # The handshake is made afterwards, so that it can be ended too.
            secure = context.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = self.line = secure
            secure.do_handshake()

    def _reach(self) -> socket.socket:
        """A connection to the first of the addresses that can be reached."""
        problem: OSError = OSError("no address")
        for endpoint in self.endpoints:
            plain = socket.socket(endpoint.family, socket.SOCK_STREAM)
            plain.settimeout(self.timeout)
            self.sock = self.line = plain
            try:
                plain.connect(endpoint.address)
            except OSError as error:
                plain.close()
                problem = error
                if self.aborted:
                    break
            else:
                return plain
        raise problem

    def abort(self) -> None:
        """End the exchange, whatever it waits for."""
        self.aborted = True
        if self.line is not None:
            try:
                self.line.shutdown(socket.SHUT_RDWR)
            except OSError:
                self.line.close()
