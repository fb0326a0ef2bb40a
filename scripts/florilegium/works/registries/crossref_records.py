"""Records of works from Crossref's REST API (https://www.crossref.org/documentation/retrieve-metadata/rest-api/).

This is one of the few files of the program that use the network. One host is asked, slowly and politely: a name, a
pause between attempts as long as the server wishes, and never more than a few attempts.
"""

import email.utils
import http.client
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime
from email.message import Message
from http.client import HTTPMessage
from typing import IO, Any
from urllib.parse import quote, urlsplit

from ... import __version__
from ...core.diagnostics import plain, quoted
from ...core.errors import FlorilegiumError
from ..identifiers import check_url, parse_doi

__all__ = ["CrossrefError", "UnknownDoi", "fetch_record"]

BASE = "https://api.crossref.org"
"""Where records are asked for; the environment variable `FLORILEGIUM_CROSSREF` names another server."""
MAX_BYTES = 8 * 1_048_576
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


class CrossrefError(FlorilegiumError):
    """A record could not be had; `help` says what to do."""

    def __init__(self, message: str, help: str = _LATER) -> None:
        super().__init__(message, help)


class UnknownDoi(CrossrefError):
    """Crossref has no record of this DOI. It may be mistyped, or belong to another agency, such as DataCite."""


class _Again(Exception):
    """An attempt failed that may succeed later; `pause` are the seconds that the server asks for, if it does."""

    def __init__(self, error: CrossrefError, pause: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.pause = pause


def fetch_record(doi: str, *, sleep: Callable[[float], None] = time.sleep) -> dict[str, Any]:
    """The `message` of Crossref's answer to `/works/DOI`, as it is: a mapping whose keys are Crossref's.

    Waits, and asks again, where the server is busy or silent. Raises `UnknownDoi` for a DOI that Crossref does not
    have, and `CrossrefError` for a text that is no DOI and for everything else that goes wrong.
    """
    name, fault = parse_doi(doi)
    if fault:
        raise CrossrefError(f"the DOI {quoted(doi)} {fault}", "copy it anew, for example 10.1016/j.tins.2012.11.002")
    address = f"{_base()}/works/{quote(name, safe='')}"
    for attempt in range(ATTEMPTS):
        try:
            return _parse(_fetch(address, name), name)
        except _Again as failed:
            pause = _PAUSE * 2**attempt if failed.pause is None else failed.pause
            if attempt == ATTEMPTS - 1 or pause > _LONGEST_PAUSE:
                raise failed.error from None
            sleep(pause)
    raise AssertionError("the last attempt returns or raises")


def _base() -> str:
    base = os.environ.get("FLORILEGIUM_CROSSREF", "") or BASE
    address, fault = check_url(base)
    if fault:
        raise CrossrefError(f"FLORILEGIUM_CROSSREF, {quoted(base)}, {fault}", f"set it to {BASE}")
    return address.rstrip("/")


def _user_agent() -> str:
    """The program's name, and whom to write to where somebody said so, as Crossref asks of its users."""
    contact = os.environ.get("FLORILEGIUM_CONTACT", "").strip()
    known = contact.isascii() and contact.isprintable() and "@" in contact
    return f"florilegium/{__version__}" + (f" (mailto:{contact.removeprefix('mailto:')})" if known else "")


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows a redirect to the same server only: Crossref sends one where a DOI has become an alias."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        if (old.scheme, old.netloc) != (new.scheme, new.netloc):
            raise CrossrefError(f"{plain(old.netloc)} sends to another server, {quoted(new.netloc)}; it was not asked")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _fetch(address: str, doi: str) -> bytes:
    # urllib of the standard library does what is needed for one request to one host, heeds the proxy of the user's
    # environment and checks certificates; a further dependency would have to earn its place in every installation.
    host = plain(urlsplit(address).netloc)
    headers = {"User-Agent": _user_agent(), "Accept": "application/json"}
    try:
        opener = urllib.request.build_opener(_SameHost)
        with opener.open(urllib.request.Request(address, headers=headers), timeout=_SILENCE) as answer:
            return _read(answer, host)
    except urllib.error.HTTPError as error:
        with error:
            raise _refused(error, doi, host) from None
    except TimeoutError:
        raise _Again(CrossrefError(f"{host} did not answer in time")) from None
    except urllib.error.URLError as error:
        raise _unreachable(error.reason, host) from None
    except (OSError, http.client.HTTPException) as error:
        raise _Again(CrossrefError(f"the answer of {host} broke off: {plain(str(error))}")) from None
    except ValueError as error:
        raise CrossrefError(f"{quoted(address)} cannot be asked: {plain(str(error))}") from None


def _read(answer: http.client.HTTPResponse, host: str) -> bytes:
    pieces, size, end = [], 0, time.monotonic() + _TOTAL
    while piece := answer.read1(65_536):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_BYTES:
            raise CrossrefError(f"the answer of {host} is larger than {MAX_BYTES // 1_048_576} MiB; it was not read")
        if time.monotonic() > end:
            raise TimeoutError
    if answer.length:  # `read1` does not say that bytes are missing.
        raise http.client.IncompleteRead(b"", answer.length)
    return b"".join(pieces)


def _refused(error: urllib.error.HTTPError, doi: str, host: str) -> Exception:
    if error.code in (404, 410):
        remedy = "compare it with the work; DOIs of other agencies, such as DataCite, are not in Crossref"
        return UnknownDoi(f"Crossref has no work with the DOI {quoted(doi)}", remedy)
    if error.code in (408, 429) or error.code >= 500:
        reason = "is busy" if error.code in (429, 503) else "has a fault"
        return _Again(CrossrefError(f"{host} {reason} (HTTP status {error.code})"), _pause(error.headers))
    return CrossrefError(f"{host} refuses to answer (HTTP status {error.code})")


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
    except ValueError:
        return None
    return found if found.tzinfo else None


def _unreachable(reason: object, host: str) -> Exception:
    if isinstance(reason, TimeoutError):
        return _Again(CrossrefError(f"{host} did not answer in time"))
    why = reason.strerror if isinstance(reason, OSError) and reason.strerror else reason
    # Without a network the next attempt fails as well, so nobody is kept waiting.
    return CrossrefError(f"{host} cannot be reached: {plain(str(why))}", _CONNECTION)


def _parse(answer: bytes, doi: str) -> dict[str, Any]:
    try:
        message = json.loads(answer)["message"]
    except (ValueError, TypeError, LookupError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise CrossrefError(f"the answer for the DOI {quoted(doi)} is no record of Crossref")
    return message
