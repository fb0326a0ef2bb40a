"""What became of an address: asked for politely, redirects followed, its fragment looked for on the page."""

import re
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from ..hyperlinks.html_tags import scan_tags, value_of
from .host_guard import Private
from .requests import Answer, NoAnswer, RequestOptions, ask
from .written_addresses import encode_address

__all__ = ["AddressState", "Outcome", "look"]

_MOST_REDIRECTS = 10
_REDIRECTS = (301, 302, 303, 307, 308)
_FOR_GOOD = (301, 308)
_REFUSED = (401, 402, 403, 407, 429, 451, 999)
"""Answers of a server that is there, but does not show its page to a program: they say nothing of the page."""
_TRANSIENT = (408, 425, 429, 500, 502, 503, 504)


_FINAL = ("429", "503", "timeout", "host", "certificate", "redirects")
"""What another method would not change."""


class AddressState(StrEnum):
    """What an address turned out to be."""

    FINE = "fine"
    FAILED = "failed"
    REFUSED = "refused"
    PRIVATE = "private"
    UNASKED = "unasked"
    """Time was up before its turn."""


class Outcome(NamedTuple):
    """What one look at an address found."""

    state: AddressState
    status: str
    """The code of the last answer, or a word: `timeout`, `certificate`, `host`, `connection`, `anchor`, `redirects`."""
    moved: str = ""
    """Where the address leads on to for good; empty where it does not, or leads to what nobody should write instead."""
    again: bool = False
    """Whether another try may find something else."""
    wait: str = ""
    """What the server said in `Retry-After`."""


def look(url: str, terms: RequestOptions, *, doi: bool = False) -> Outcome:
    """Look at an address once. Of a DOI only the resolver is asked: that it knows the name is all that counts."""
    page, fragment = urldefrag(url)
    if not fragment or doi or fragment.startswith(("!", "/")):
        outcome = _follow("HEAD", page, "", terms, doi)
        # Many servers answer HEAD wrongly, and GET rightly; one that asks to be left alone is.
        if outcome.state in (AddressState.FINE, AddressState.PRIVATE) or outcome.wait or outcome.status in _FINAL:
            return outcome
        return _follow("GET", page, "", terms, doi)
    return _follow("GET", page, fragment, terms, doi)


def _follow(method: str, url: str, fragment: str, terms: RequestOptions, doi: bool) -> Outcome:
    here = url
    hops: list[tuple[int, str]] = []
    try:
        for _ in range(_MOST_REDIRECTS + 1):
            answer = ask(method, here, terms)
            target = answer.headers.get("location", "")
            if answer.status not in _REDIRECTS or not target:
                return _judge(answer, url, fragment, hops)
            if doi:
                return Outcome(AddressState.FINE, str(answer.status))
            here = _joined(here, target)
            if not here:
                return Outcome(AddressState.FAILED, "redirects")
            hops.append((answer.status, here))
    except Private as error:
        return Outcome(AddressState.PRIVATE, str(error))
    except NoAnswer as error:
        return Outcome(AddressState.FAILED, str(error), again=str(error) != "certificate")
    return Outcome(AddressState.FAILED, "redirects")


def _joined(here: str, target: str) -> str:
    """Where a redirect leads; an empty string where that is no address of the web."""
    try:
        joined = urljoin(here, target.encode("latin-1", "replace").decode("utf-8", "replace"))
        return encode_address(urldefrag(joined).url)
    except ValueError:
        return ""


def _judge(answer: Answer, url: str, fragment: str, hops: list[tuple[int, str]]) -> Outcome:
    status = str(answer.status)
    if answer.status in _REFUSED:
        wait = answer.headers.get("retry-after", "")
        return Outcome(AddressState.REFUSED, status, again=answer.status in _TRANSIENT, wait=wait)
    if not 200 <= answer.status < 300:
        wait = answer.headers.get("retry-after", "")
        return Outcome(AddressState.FAILED, status, again=answer.status in _TRANSIENT, wait=wait)
    if fragment and not _has_anchor(answer, fragment):
        return Outcome(AddressState.FAILED, "anchor")
    return Outcome(AddressState.FINE, status, moved=_moved(url, fragment, hops))


def _moved(url: str, fragment: str, hops: list[tuple[int, str]]) -> str:
    """Where redirects that hold for good lead, up to the first that does not."""
    target = ""
    for status, place in hops:
        if status not in _FOR_GOOD:
            break
        target = place
    before, after = urlsplit(url), urlsplit(target)
    if not target or target == url or (before.scheme == "https" and after.scheme != "https"):
        return ""
    # What every missing page of a site leads to is not the page that was meant.
    if after.path in ("", "/") and before.path not in ("", "/"):
        return ""
    return f"{target}#{fragment}" if fragment else target


_PAGE = re.compile(r"\s*(?:text/html|application/xhtml\+xml)\b", re.IGNORECASE)


def _has_anchor(answer: Answer, fragment: str) -> bool:
    """Whether a page has a place of this name; what is no page of HTML, or too long to tell, counts as having it."""
    if not _PAGE.match(answer.headers.get("content-type", "")) or not answer.whole:
        return True
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        return True
    wanted = {fragment, unquote(fragment), f"user-content-{unquote(fragment)}"}
    if fragment.lower() == "top":
        return True
    return any(
        attribute[0].lower() in (b"id", b"name") and value_of(attribute) in wanted
        for tag in scan_tags(answer.body)
        for attribute in tag.attributes
    )
