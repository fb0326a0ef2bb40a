"""A look at all addresses of a library, from the notes that name them to the ledger that counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from ... import __version__
from ...core.edits import Change, read_exactly
from ...core.errors import CannotRun
from ...core.model import LibrarySettings
from ...library.links import Links
from .address_states import (
    LEDGER,
    AddressEntry,
    MalformedLedger,
    Verdict,
    parse_ledger,
    render_ledger,
    update_ledger,
    verdict_of,
)
from .archived_copies import fetch_copies
from .external_findings import Round
from .lychee import Manner, ask_all
from .outcomes import AddressState, Outcome
from .written_addresses import find_written

MOST_COPIES = 50
"""Dead addresses of which a round asks for copies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalPlan:
    """How a library's addresses are looked at."""

    manner: Manner = field(default_factory=Manner)
    progress: Callable[[int, int], None] = lambda _done, _all: None


def look_at_library(links: Links, root: Path, today: date, plan: ExternalPlan) -> tuple[Round, Change]:
    """Ask for every address; and the change that this makes to the ledger, which is not written here.

    Raises `CannotRun` where lychee is missing, and where the ledger cannot be read: what it counted would be lost.
    """
    text, before = _read_ledger(root)
    manner = replace(plan.manner, agent=agent_of(links.library.settings))
    written = find_written(links)
    wanted = {found.url: found.doi for found in written}
    outcomes = ask_all(wanted, manner, plan.progress)
    ledger = update_ledger(before, outcomes, today)
    found = Round(written=written, outcomes=outcomes, ledger=ledger, copies=_copies(ledger, outcomes))
    return found, Change(path=LEDGER, before=text, after=render_ledger(ledger.values()))


def agent_of(settings: LibrarySettings) -> str:
    """The name that the program gives itself: what it is, and whose."""
    address = settings.repository or settings.url
    whose = f"; +{address}" if address.isascii() and address.isprintable() else ""
    return f"florilegium/{__version__} (link check{whose})"


def _read_ledger(root: Path) -> tuple[str | None, dict[str, AddressEntry]]:
    try:
        text = read_exactly(root, LEDGER)
        return text, parse_ledger(text or "")
    except (MalformedLedger, UnicodeDecodeError) as error:
        problem = str(error) if isinstance(error, MalformedLedger) else f"{LEDGER} is not UTF-8"
        raise CannotRun(problem, "restore the file from the history; without it, counting starts from zero") from error


def _copies(ledger: Mapping[str, AddressEntry], outcomes: Mapping[str, Outcome]) -> dict[str, str]:
    return fetch_copies([entry for url, entry in ledger.items() if _is_dead(entry, outcomes[url])][:MOST_COPIES])


def _is_dead(entry: AddressEntry, outcome: Outcome) -> bool:
    return outcome.state is not AddressState.FINE and verdict_of(entry) is Verdict.DEAD
