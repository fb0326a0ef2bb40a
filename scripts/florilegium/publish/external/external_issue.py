"""A check as Markdown for a tracking issue. No address in it is live, and nothing that anybody wrote is markup."""

from collections.abc import Iterator

from ...core.diagnostics import counted, plain
from .address_states import DEAD_DAYS, DEAD_FAILURES, Verdict
from .external_findings import LinkCheck, reason_of
from .outcomes import AddressState, Outcome

_SHOWN = 50
"""Addresses under each heading: an issue holds 65,536 characters."""
_LONGEST = 300


def render_issue(found: LinkCheck) -> Iterator[str]:
    """The lines of the text: what is dead, unstable, moved, or was not asked; none where there is nothing of these."""
    lines = [line for heading, urls in _headings(found) for line in _section(heading, urls, found)]
    if lines:
        yield f"{len(found.outcomes):,} addresses on other sites were looked at."
        yield from lines


def _headings(found: LinkCheck) -> Iterator[tuple[str, list[str]]]:
    urls = sorted(found.outcomes)
    verdicts = {url: found.verdict(url) for url in urls}
    fine = [url for url in urls if verdicts[url] is Verdict.FINE]
    dead = f"Dead: failed on {DEAD_FAILURES} days or more, over {DEAD_DAYS.days} days"
    yield dead, [url for url in urls if verdicts[url] is Verdict.DEAD]
    unstable = "Unstable: failed when they were asked last"
    yield unstable, [url for url in urls if verdicts[url] is Verdict.UNSTABLE]
    moved = "Moved for good: `florilegium links --external --fix` writes the new addresses"
    yield moved, [url for url in fine if found.outcomes[url].moved]
    yield "Not on the public internet", [u for u in fine if found.outcomes[u].state is AddressState.PRIVATE]
    unasked = Outcome(AddressState.UNASKED, "time")
    yield "Not asked: time was up", [url for url in fine if found.outcomes[url] == unasked]


def _section(heading: str, urls: list[str], found: LinkCheck) -> Iterator[str]:
    if not urls:
        return
    yield from ("", f"## {heading}", "")
    for url in urls[:_SHOWN]:
        yield from _item(url, found)
    if len(urls) > _SHOWN:
        yield f"- and {len(urls) - _SHOWN:,} more"


def _item(url: str, found: LinkCheck) -> Iterator[str]:
    entry = found.states.get(url)
    yield f"- {_code(url)}"
    if entry and entry.failures:
        days = counted(entry.failures, "day")
        yield f"  - it {reason_of(_word(entry.status))}; failed on {days} since {entry.first_failed}"
        yield f"  - answered last on {entry.last_ok}" if entry.last_ok else "  - never answered"
    if copy := found.copies.get(url):
        yield f"  - archived copy: {_code(copy)}"
    if moved := found.outcomes[url].moved:
        yield f"  - now at {_code(moved)}"
    places = [_code(str(written.span)) for written in found.written if written.url == url]
    more = f" and {len(places) - 5:,} more places" if len(places) > 5 else ""
    yield f"  - named in {', '.join(places[:5])}{more}"


def _word(status: str) -> str:
    # The state file is a file: what stands in it could be anything.
    return status if status.isascii() and status.isalnum() else "something else"


def _code(text: str) -> str:
    """A text as code: no backtick in it can end the code, and GitHub makes no link, mention or number of it."""
    shown = plain(text).replace("`", "%60")
    shown = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
    return f"`{shown}`"
