"""What became of each address over time: `.links.lock`, beside `annotations/`, committed, one address a line.

It lies outside of `annotations/` since no contribution may say which addresses are dead. A server fails now and then;
so one failure makes an address unstable, and only a row of them over days makes it dead.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from ...core.errors import CannotRun
from .outcomes import AddressState, Outcome

LINK_STATES = ".links.lock"
"""The file's name, at the root of the library."""

ADDRESSES_HEADER = (
    "# .links.lock: URL LAST-OK FIRST-FAILED LAST-FAILED FAILURES STATUS; written by florilegium links --external"
)

RESTORE = "restore the file from the history; without it, counting starts from zero"

DEAD_FAILURES = 3
"""Days in a row on which a dead address failed, at the least."""
DEAD_DAYS = timedelta(days=14)
"""From the first of them to the last, at the least."""
RENEWED = timedelta(days=28)
"""How old the date of a success may grow before it is rewritten: else each run would change every line."""


class Verdict(StrEnum):
    FINE = "fine"
    UNSTABLE = "unstable"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressEntry:
    """What is known of one address."""

    url: str
    last_ok: date | None = None
    """A day on which it answered; no other success is more than four weeks younger."""
    first_failed: date | None = None
    """When the failures began that it has not recovered from."""
    last_failed: date | None = None
    failures: int = 0
    """Days on which it failed since then."""
    status: str = "-"
    """The last answer: a code of HTTP, or a word for why there was none."""


def verdict_of(entry: AddressEntry) -> Verdict:
    """Dead is what failed on three days or more, in a row, over two weeks or more."""
    if not entry.failures or entry.first_failed is None or entry.last_failed is None:
        return Verdict.FINE
    is_dead = entry.failures >= DEAD_FAILURES and entry.last_failed - entry.first_failed >= DEAD_DAYS
    return Verdict.DEAD if is_dead else Verdict.UNSTABLE


def update_states(
    before: Mapping[str, AddressEntry], outcomes: Mapping[str, Outcome], today: date
) -> dict[str, AddressEntry]:
    """The states after a run. What the library names no longer is dropped; what was not asked stays as it was."""
    after = {}
    for url, outcome in outcomes.items():
        entry = before.get(url, AddressEntry(url=url))
        updated = _updated(entry, outcome, today)
        if updated != AddressEntry(url=url):
            after[url] = updated
    return after


def _updated(entry: AddressEntry, outcome: Outcome, today: date) -> AddressEntry:
    if outcome.state is AddressState.FINE:
        is_recent = entry.last_ok is not None and not entry.failures and today - entry.last_ok < RENEWED
        return AddressEntry(url=entry.url, last_ok=entry.last_ok if is_recent else today, status=outcome.status)
    if outcome.state is AddressState.REFUSED:
        return replace(entry, status=outcome.status)
    if outcome.state is not AddressState.FAILED:
        return entry
    # A second run on the same day is no second failure.
    failures = entry.failures + (entry.last_failed is None or today > entry.last_failed)
    first = entry.first_failed or today
    return replace(entry, first_failed=first, last_failed=today, failures=failures, status=outcome.status)


def render_states(entries: Iterable[AddressEntry]) -> str:
    """The text of the file, sorted by address, so that two branches merge line by line."""
    return "\n".join([ADDRESSES_HEADER, *(_line(entry) for entry in sorted(entries, key=lambda entry: entry.url)), ""])


def _line(entry: AddressEntry) -> str:
    days = (day.isoformat() if day else "-" for day in (entry.last_ok, entry.first_failed, entry.last_failed))
    return " ".join((entry.url, *days, str(entry.failures), entry.status))


_LINE = re.compile(r"(\S+) (\S{10}|-) (\S{10}|-) (\S{10}|-) ([0-9]{1,6}) (\S+)")


def parse_states(text: str) -> dict[str, AddressEntry]:
    """Read the file. Raises `CannotRun` where that fails: what it counted must not be lost by writing over it."""
    entries = {}
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if line.strip() and not line.startswith("# "):
            try:
                entry = _entry(line)
            except ValueError:
                raise CannotRun(f"line {number} of {LINK_STATES} cannot be read", RESTORE) from None
            entries[entry.url] = entry
    return entries


def _entry(line: str) -> AddressEntry:
    """What a line says. Raises `ValueError` where it is none of the file."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError(line)
    ok, began, ended = (None if day == "-" else date.fromisoformat(day) for day in found.group(2, 3, 4))
    return AddressEntry(
        url=found[1], last_ok=ok, first_failed=began, last_failed=ended, failures=int(found[5]), status=found[6]
    )
