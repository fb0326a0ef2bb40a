"""lychee as a sieve: what it gets an answer from needs no second look; all else is looked at by `looking`.

It is told to follow no redirect, so that it goes nowhere but to the hosts that were found to be public. It is run in an
empty folder, with an empty environment: no configuration, no token and no cache of the repository reaches it.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .host_guard import Private, Unknown, resolve_host
from .rounds import Manner

__all__ = ["answered", "find_lychee", "sift"]

_INPUT = "addresses.txt"
_ENDED = (0, 2)
"""Exit codes of lychee: all is well; some link failed."""


def find_lychee() -> str | None:
    """The program, where it is installed."""
    return shutil.which("lychee")


def sift(program: str, urls: Iterable[str], manner: Manner) -> set[str]:
    """Those of the addresses that answer. Where lychee cannot run, or says nothing that can be read, there are none."""
    plain = [url for url in urls if "#" not in url]
    with ThreadPoolExecutor(manner.hosts) as pool:
        public = set(pool.map(lambda place: _public(place, manner), {_place(url) for url in plain}))
    wanted = [url for url in plain if _place(url) in public]
    if not wanted:
        return set()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / _INPUT).write_text("".join(f"{url}\n" for url in wanted), encoding="ascii")
        try:
            done = subprocess.run(
                [program, *_options(program, manner), "--", _INPUT],
                cwd=folder,
                env={"PATH": os.environ.get("PATH", ""), "HOME": folder},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=manner.time_limit,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return set()
    return answered(done.stdout) & set(wanted) if done.returncode in _ENDED else set()


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _public(place: tuple[str, int], manner: Manner) -> tuple[str, int] | None:
    """The host and port, if they may be asked."""
    try:
        resolve_host(*place, allow_private=manner.terms.allow_private)
    except (Private, Unknown):
        return None
    return place


def _options(program: str, manner: Manner) -> Iterator[str]:
    yield from ("-vv", "--format", "json", "--no-progress", "--max-redirects", "0", "--max-retries", "0")
    yield from ("--timeout", str(max(1, int(manner.terms.timeout))), "--method", "head")
    yield from ("--user-agent", manner.terms.agent, "--max-concurrency", str(manner.hosts), "--scheme", "https")
    yield from ("--scheme", "http")
    if not manner.terms.allow_private:
        yield "--exclude-all-private"
    # Older ones have no limits for a host.
    known = subprocess.run([program, "--help"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    if b"--host-concurrency" in known.stdout:
        yield from ("--host-concurrency", "1", "--host-request-interval", f"{int(manner.pause * 1000)}ms")


def answered(report: bytes) -> set[str]:
    """The addresses in lychee's report as JSON to which a server said yes; whatever else it holds is passed over."""
    try:
        found = json.loads(report)
    except (ValueError, RecursionError):
        return set()
    return set(_answered(found.get("success_map"))) if isinstance(found, dict) else set()


def _answered(by_input: Any) -> Iterator[str]:
    for listed in by_input.values() if isinstance(by_input, dict) else ():
        for entry in listed if isinstance(listed, list) else ():
            match entry:
                case {"url": str(url), "status": {"code": int(code)}} if 200 <= code < 300:
                    yield url
