"""The check of all addresses of a library, from the notes that name them to the state file that counts failures."""

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
    LINK_STATES,
    AddressEntry,
    MalformedStates,
    Verdict,
    parse_states,
    render_states,
    update_states,
    verdict_of,
)
from .archived_copies import fetch_copies
from .external_findings import LinkCheck
from .lychee import RequestOptions, ask_all
from .outcomes import AddressState, Outcome
from .written_addresses import find_written

MOST_COPIES = 50
"""Dead addresses of which a check asks for copies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalPlan:
    """How a library's addresses are checked."""

    request: RequestOptions = field(default_factory=RequestOptions)
    progress: Callable[[int, int], None] = lambda _done, _all: None


def check_written_addresses(links: Links, root: Path, today: date, plan: ExternalPlan) -> tuple[LinkCheck, Change]:
    """Ask for every address; and the change that this makes to the state file, which is not written here.

    Raises `CannotRun` where lychee is missing, and where the state file cannot be read: what it counted would be lost.
    """
    text, before = _read_states(root)
    request = replace(plan.request, agent=agent_of(links.library.settings))
    written = find_written(links)
    wanted = {found.url: found.doi for found in written}
    outcomes = ask_all(wanted, request, plan.progress)
    states = update_states(before, outcomes, today)
    found = LinkCheck(written=written, outcomes=outcomes, states=states, copies=_copies(states, outcomes))
    return found, Change(path=LINK_STATES, before=text, after=render_states(states.values()))


def agent_of(settings: LibrarySettings) -> str:
    """The name that the program gives itself: what it is, and whose."""
    address = settings.repository or settings.url
    whose = f"; +{address}" if address.isascii() and address.isprintable() else ""
    return f"florilegium/{__version__} (link check{whose})"


def _read_states(root: Path) -> tuple[str | None, dict[str, AddressEntry]]:
    try:
        text = read_exactly(root, LINK_STATES)
        return text, parse_states(text or "")
    except (MalformedStates, UnicodeDecodeError) as error:
        problem = str(error) if isinstance(error, MalformedStates) else f"{LINK_STATES} is not UTF-8"
        raise CannotRun(problem, "restore the file from the history; without it, counting starts from zero") from error


def _copies(states: Mapping[str, AddressEntry], outcomes: Mapping[str, Outcome]) -> dict[str, str]:
    return fetch_copies([entry for url, entry in states.items() if _is_dead(entry, outcomes[url])][:MOST_COPIES])


def _is_dead(entry: AddressEntry, outcome: Outcome) -> bool:
    return outcome.state is not AddressState.FINE and verdict_of(entry) is Verdict.DEAD
