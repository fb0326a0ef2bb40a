"""Questions to registries of works: one request at a time, slowly and politely, with bounds on what is read.

This is one of the few files of the program that use the network: a name, a pause between attempts as long as the server
wishes, and never more than a few attempts.
"""

import email.utils
import http.client
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from email.message import Message
from http.client import HTTPMessage
from typing import IO, Any, NamedTuple
from urllib.parse import urlsplit

from ... import __version__
from ...core.diagnostics import plain, quoted
from ...core.errors import FlorilegiumError
from ..identifiers import check_url

MAX_ANSWER_BYTES = 8 * 1_048_576
"""Bytes of an answer that are read. Records of works with thousands of authors have some 2 MB."""
ATTEMPTS = 3
_SILENCE = 20.0
"""Seconds after which a server that sends nothing is given up."""
_TOTAL = 60.0
"""Seconds that one answer may take as a whole."""
_PAUSE = 1.0
"""Seconds before the second attempt; doubled before each further one."""
_LONGEST_PAUSE = 60.0

_LATER = "try again later; or give the reference as BibTeX, RIS or CSL"
_CONNECTION = "check the connection to the network; or give the reference as BibTeX, RIS or CSL"


class RegistryError(FlorilegiumError):
    """A registry could not be asked, or has no answer; `help` says what to do."""

    def __init__(self, message: str, help: str = _LATER, *, again: bool = False, pause: float | None = None) -> None:
        super().__init__(message, help)
        self.again, self.pause = again, pause
        """Whether another attempt may succeed, and the seconds that the server asks for before it, if it does."""


class UnknownWork(RegistryError):
    """The registry has no record of the work. The identifier may be mistyped, or belong to another registry."""


class RegistryRefusal(RegistryError):
    """The server does not answer this question to this user."""


class RegistryAnswer(NamedTuple):
    """What a server sent."""

    body: bytes
    headers: Message


def fetch_json(
    address: str,
    subject: str,
    registry: str,
    *,
    accept: str = "application/json",
    anywhere: bool = False,
    unknown: str = "compare it with the work",
) -> Any:
    """The JSON that a registry answers; `subject` is what is asked for, in words: `the DOI "10.1234/abc"`.

    Waits, and asks again, where the server is busy or silent. A redirect to another host is followed only `anywhere`,
    and then over HTTPS. Raises `UnknownWork` where the registry has no such work, and `RegistryError` for everything
    else that goes wrong.
    """
    answer = fetch_answer(address, subject, registry, headers={"Accept": accept}, anywhere=anywhere, unknown=unknown)
    return parse_answer(answer.body, subject, registry)


def fetch_answer(
    address: str,
    subject: str,
    registry: str,
    *,
    headers: Mapping[str, str],
    anywhere: bool = False,
    unknown: str = "",
) -> RegistryAnswer:
    """What a server answers, byte by byte, with its headers. Waits and raises as `fetch_json` does."""
    for attempt in range(ATTEMPTS):
        try:
            return _fetch(address, headers, subject, registry, anywhere, unknown)
        except RegistryError as error:
            pause = _PAUSE * 2**attempt if error.pause is None else error.pause
            if not error.again or attempt == ATTEMPTS - 1 or pause > _LONGEST_PAUSE:
                raise
            wait(pause)
    raise AssertionError("the last attempt returns or raises")


def wait(seconds: float) -> None:
    """Pause between two requests."""
    time.sleep(seconds)


def base_address(variable: str, usual: str) -> str:
    """Where a registry is asked: the usual address, or that of an environment variable, for tests and mirrors."""
    base = os.environ.get(variable, "") or usual
    address, fault = check_url(base)
    if fault:
        raise RegistryError(f"{variable}, {quoted(base)}, {fault}", f"set it to {usual}")
    return address.rstrip("/")


def _user_agent() -> str:
    """The program's name, and whom to write to where somebody said so, as Crossref asks of its users."""
    contact = os.environ.get("FLORILEGIUM_CONTACT", "").strip()
    known = contact.isascii() and contact.isprintable() and "@" in contact
    return f"florilegium/{__version__}" + (f" (mailto:{contact.removeprefix('mailto:')})" if known else "")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect to the same server: Crossref sends one where a DOI has become an alias. To others only where
    the question is one of content negotiation, which a resolver hands on.
    """

    def __init__(self, anywhere: bool) -> None:
        self.anywhere = anywhere

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        safe = new.scheme == "https" or new.scheme == old.scheme
        if (old.scheme, old.netloc) != (new.scheme, new.netloc) and not (self.anywhere and safe):
            raise RegistryError(f"{plain(old.netloc)} sends to another server, {quoted(new.netloc)}; it was not asked")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _fetch(
    address: str, headers: Mapping[str, str], subject: str, registry: str, anywhere: bool, unknown: str
) -> RegistryAnswer:
    # urllib of the standard library does what is needed for one request to one host, heeds the proxy of the user's
    # environment and checks certificates; a further dependency would have to earn its place in every installation.
    host = plain(urlsplit(address).netloc)
    try:
        opener = urllib.request.build_opener(_Redirects(anywhere))
        request = urllib.request.Request(address, headers={"User-Agent": _user_agent(), **headers})
        with opener.open(request, timeout=_SILENCE) as answer:
            return RegistryAnswer(_read(answer, host), answer.headers)
    except urllib.error.HTTPError as error:
        with error:
            raise _refused(error, f"{registry} has no work with {subject}", unknown, host) from None
    except TimeoutError:
        raise RegistryError(f"{host} did not answer in time", again=True) from None
    except urllib.error.URLError as error:
        raise _unreachable(error.reason, host) from None
    except (OSError, http.client.HTTPException) as error:
        raise RegistryError(f"the answer of {host} broke off: {plain(str(error))}", again=True) from None
    except ValueError as error:
        raise RegistryError(f"{quoted(address)} cannot be asked: {plain(str(error))}") from None


def _read(answer: http.client.HTTPResponse, host: str) -> bytes:
    pieces, size, end = [], 0, time.monotonic() + _TOTAL
    while piece := answer.read1(65_536):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_ANSWER_BYTES:
            raise RegistryError(
                f"the answer of {host} is larger than {MAX_ANSWER_BYTES // 1_048_576} MiB; it was not read"
            )
        if time.monotonic() > end:
            raise TimeoutError
    if answer.length:  # `read1` does not say that bytes are missing.
        raise http.client.IncompleteRead(b"", answer.length)
    return b"".join(pieces)


def _refused(error: urllib.error.HTTPError, message: str, remedy: str, host: str) -> RegistryError:
    if error.code in (404, 410):
        return UnknownWork(message, remedy)
    if error.code in (408, 429) or error.code >= 500:
        reason = "is busy" if error.code in (429, 503) else "has a fault"
        message = f"{host} {reason} (HTTP status {error.code})"
        return RegistryError(message, again=True, pause=_pause(error.headers))
    return RegistryRefusal(f"{host} refuses to answer (HTTP status {error.code})")


def _pause(headers: Message) -> float | None:
    """Seconds that `Retry-After` asks for, as a number or a date (RFC 9110, section 10.2.3)."""
    wanted = str(headers.get("Retry-After", "")).strip()
    if wanted.isascii() and wanted.isdigit():
        return float(wanted[:9])
    until, now = _time(wanted), _time(str(headers.get("Date", "")))
    # Both are the server's own times, so that a wrong clock here does no harm.
    return max((until - now).total_seconds(), 0.0) if until and now else None


def _time(text: str) -> datetime | None:
    try:
        found = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else None


def _unreachable(reason: object, host: str) -> RegistryError:
    if isinstance(reason, TimeoutError):
        return RegistryError(f"{host} did not answer in time", again=True)
    why = reason.strerror if isinstance(reason, OSError) and reason.strerror else reason
    # Without a network the next attempt fails as well, so nobody is kept waiting.
    return RegistryError(f"{host} cannot be reached: {plain(str(why))}", _CONNECTION)


def parse_answer(answer: bytes, subject: str, registry: str) -> Any:
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        raise RegistryError(f"the answer for {subject} is not a record of {registry}") from None
