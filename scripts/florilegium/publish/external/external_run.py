"""The check of all addresses of a library, from the notes that name them to the state file that counts failures."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from ... import __version__
from ...core.edits import Change, read_exactly
from ...core.errors import CannotRun
from ...library.links import Links
from .address_states import LINK_STATES, RESTORE, Verdict, parse_states, render_states, update_states
from .archived_copies import fetch_copies
from .external_findings import LinkCheck
from .lychee import RequestOptions, ask_all
from .written_addresses import find_written

MOST_COPIES = 50
"""Dead addresses of which a check asks for copies."""


def check_written_addresses(
    links: Links, root: Path, today: date, request: RequestOptions, progress: Callable[[int, int], None]
) -> tuple[LinkCheck, Change]:
    """Ask for every address; and the change that this makes to the state file, which is not written here.

    Raises `CannotRun` where lychee is missing, and where the state file cannot be read: what it counted would be lost.
    """
    try:
        text = read_exactly(root, LINK_STATES)
    except UnicodeDecodeError as error:
        raise CannotRun(f"{LINK_STATES} is not UTF-8", RESTORE) from error
    before = parse_states(text or "")
    written = find_written(links)
    # The name that the program gives itself: what it is, and whose.
    address = links.library.settings.repository or links.library.settings.url
    whose = f"; +{address}" if address.isascii() and address.isprintable() else ""
    request = replace(request, agent=f"florilegium/{__version__} (link check{whose})")
    outcomes = ask_all({found.url: found.doi for found in written}, request, progress)
    states = update_states(before, outcomes, today)
    found = LinkCheck(written=written, outcomes=outcomes, states=states)
    dead = [entry for url, entry in states.items() if found.verdict(url) is Verdict.DEAD]
    found = replace(found, copies=fetch_copies(dead[:MOST_COPIES]))
    return found, Change(path=LINK_STATES, before=text, after=render_states(states.values()))
