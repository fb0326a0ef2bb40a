"""A round of looks: hosts side by side, the addresses of one host one after the other, with pauses and an end."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from .looking import AddressState, Outcome, look
from .requests import RequestOptions

__all__ = ["Manner", "look_around"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a round is made."""

    terms: RequestOptions = field(default_factory=RequestOptions)
    pause: float = 1.0
    """Seconds between two requests to one host."""
    tries: int = 3
    first_wait: float = 2.0
    """Seconds before the second try; the third waits four times as long."""
    longest_wait: float = 60.0
    """Seconds that a `Retry-After` is obeyed for; a server that asks for more is asked on another day."""
    time_limit: float = 900.0
    """Seconds for the whole round. What is not asked by then keeps its place in the ledger."""
    hosts: int = 8
    """Hosts that are asked at one time."""


def look_around(urls: Mapping[str, bool], manner: Manner, progress: Callable[[int, int], None]) -> dict[str, Outcome]:
    """What became of each address; the values of `urls` say whether it is a DOI. `progress` hears of each one."""
    by_host: dict[str, list[str]] = {}
    for url in sorted(urls):
        by_host.setdefault(urlsplit(url).hostname or "", []).append(url)
    end = time.monotonic() + manner.time_limit
    found: dict[str, Outcome] = {}
    with ThreadPoolExecutor(manner.hosts) as pool:
        for outcomes in pool.map(lambda own: list(_ask_host(own, urls, manner, end)), by_host.values()):
            found.update(outcomes)
            progress(len(found), len(urls))
    return found


def _ask_host(
    own: Sequence[str], dois: Mapping[str, bool], manner: Manner, end: float
) -> Iterator[tuple[str, Outcome]]:
    tries = manner.tries
    for number, url in enumerate(own):
        if number and not _sleep(manner.pause, end):
            yield from ((left, Outcome(AddressState.UNASKED, "time")) for left in own[number:])
            return
        outcome = _try(url, manner, tries, dois[url], end)
        # Of a host that does not answer at all, the next address will hardly know better.
        tries = 1 if outcome.status in ("timeout", "connection", "host") else manner.tries
        yield url, outcome


def _try(url: str, manner: Manner, tries: int, doi: bool, end: float) -> Outcome:
    if time.monotonic() >= end:
        return Outcome(AddressState.UNASKED, "time")
    outcome = look(url, manner.terms, doi=doi)
    for number in range(1, tries):
        wait = _seconds(outcome.wait) if outcome.wait else manner.first_wait * 4 ** (number - 1)
        if not outcome.again or wait > manner.longest_wait or not _sleep(wait, end):
            break
        outcome = look(url, manner.terms, doi=doi)
    return outcome


def _seconds(text: str) -> float:
    """What `Retry-After` says (RFC 9110, section 10.2.3): seconds, or a date; at least one second."""
    if text.strip().isdecimal():
        return max(1.0, float(text.strip()[:9]))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 1.0
    return max(1.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _sleep(seconds: float, end: float) -> bool:
    """Wait; False, and at once, where the round would be over before."""
    if time.monotonic() + seconds >= end:
        return False
    time.sleep(seconds)
    return True
