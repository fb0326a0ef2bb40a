"""Site generators: each builds `docs/` into a private folder, by its own command, in a process of its own.

The pages are written before and are plain files, so that every generator that reads `mkdocs.yml` makes the same site.
"""

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from ..core.errors import FlorilegiumError
from ..core.system_errors import NO_MEMORY, machine_message, reason
from . import renderer_process

PAGES_WRITTEN = "FLORILEGIUM_PAGES_WRITTEN"
"""Environment variable that tells our MkDocs hook that the pages are in place."""
SITE_URL = "FLORILEGIUM_SITE_URL"
"""Environment variable that tells it the address of the site."""
PAGES_WANTED = "FLORILEGIUM_PAGES_WANTED"
"""Environment variable that names the file which says what is wanted of the site; see `Wanted`."""
SITE_LANGUAGE = "FLORILEGIUM_SITE_LANGUAGE"
"""Environment variable that tells it the language of the library, which the frame of every page speaks."""
_SHOWN = 4000
"""Characters of what a generator said that are shown: the last ones."""


class Renderer(StrEnum):
    MKDOCS = "mkdocs"
    PROPERDOCS = "properdocs"
    ZENSICAL = "zensical"


class RenderFailed(FlorilegiumError):
    """The generator did not make a site; `help` holds what it said, `details` its traceback."""


class Wanted(NamedTuple):
    """What is wanted of a site, for our hook in the renderer."""

    state: str
    """The folder in which the hook keeps frames; see `site.page_frames`."""
    frames: str
    """The name by which it keeps them."""
    generated: Sequence[str]
    """All generated files of this site, by their paths below `docs/`."""
    rendered: Sequence[str]
    """Those of them that the renderer is to build."""
    written: Sequence[str] | None
    """The pages written by hand that it is to build; None for all of them."""
    assets: bool
    """Whether it is to copy files that are not generated."""
    elsewhere: Sequence[str] = ()
    """The pages that other shards build."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run of a generator."""

    root: Path
    built: Path
    lock: Path
    """The file that the generator locks for as long as it runs."""
    epoch: int
    """Seconds since 1970 that stand for "now" in what is built, so that the same input gives the same bytes."""
    only_changed: bool
    url: str = ""
    """The address of the site, where the library says it."""
    wanted: Wanted | None = None
    """What is wanted of the site; None for all of it."""
    language: str = ""


def render_site(renderer: Renderer, job: Job) -> None:
    """Build the site of `job.root` into `job.built`. Raises `RenderFailed`."""
    environment = {
        **os.environ,
        PAGES_WRITTEN: "1",
        SITE_URL: job.url,
        SITE_LANGUAGE: job.language,
        "SOURCE_DATE_EPOCH": str(job.epoch),
        "NO_MKDOCS_2_WARNING": "1",
        "DISABLE_MKDOCS_2_WARNING": "true",
        "PYTHONIOENCODING": "utf-8",
    }
    if job.wanted:
        listed = job.built.with_name(f"{job.built.name}.wanted.json")
        listed.write_text(json.dumps(job.wanted._asdict()), encoding="utf-8")
        environment[PAGES_WANTED] = str(listed)
    if renderer is Renderer.ZENSICAL:
        _zensical(job, environment)
    else:
        _mkdocs(renderer, job, environment)


def _mkdocs(renderer: Renderer, job: Job, environment: Mapping[str, str]) -> None:
    # Not with --quiet, which keeps warnings from being counted too, so that --strict would let them pass.
    changed = ["--dirty"] if job.only_changed else ["--clean"]
    site = ["--site-dir", str(job.built)]
    _run(renderer, ["build", "--strict", *changed, *site], job, environment)


def _zensical(job: Job, environment: Mapping[str, str]) -> None:
    # Zensical takes its output folder from the configuration alone, and only one below the project's root.
    configuration = job.root / ".florilegium-zensical.yml"
    output, cache = job.root / ".florilegium-zensical", job.root / ".cache"
    docs = job.root / ".florilegium-zensical-docs"
    had_cache = cache.exists()
    text = (job.root / "mkdocs.yml").read_text(encoding="utf-8")
    text = re.sub(r"^(?:site_dir|docs_dir):.*$", "", text, flags=re.MULTILINE)
    try:
        _copy_docs(job.root / "docs", docs)
        if job.url and not re.search(r"^site_url:", text, re.MULTILINE):
            text += f"\nsite_url: {json.dumps(job.url)}"
        configuration.write_text(f"{text}\nsite_dir: {output.name}\ndocs_dir: {docs.name}\n", encoding="utf-8")
        _run(Renderer.ZENSICAL, ["build", "--clean", "-f", configuration.name], job, environment)
        shutil.rmtree(job.built, ignore_errors=True)
        shutil.move(output, job.built)
    finally:
        configuration.unlink(missing_ok=True)
        shutil.rmtree(output, ignore_errors=True)
        shutil.rmtree(docs, ignore_errors=True)
        if not had_cache:
            shutil.rmtree(cache, ignore_errors=True)


def _copy_docs(docs: Path, copy: Path) -> None:
    """Copy the pages for Zensical, which takes an address in HTML to be meant from the file, as one in Markdown is.

    Other generators leave HTML as it is, so that ours are meant from the page: `notes/x/`, not `notes/`.
    """
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(docs, copy)
    for path in copy.rglob("*.md"):
        if path.name != "index.md":
            path.write_bytes(re.sub(rb'(<[^<>]* (?:href|src)=")\.\./', rb"\1", path.read_bytes()))


def _run(renderer: Renderer, arguments: list[str], job: Job, environment: Mapping[str, str]) -> None:
    if importlib.util.find_spec(renderer.value) is None:
        raise RenderFailed(f"{renderer} is not installed", f"install the package {renderer}, or use mkdocs")
    try:
        result = subprocess.run(
            renderer_process.command(job.lock, renderer.value, arguments),
            cwd=job.root,
            env=environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise RenderFailed(f"{renderer} cannot be started: {reason(error)}", "run scripts/setup") from error
    if result.returncode:
        raise _failure(renderer, result.returncode, (result.stdout + result.stderr).strip())


def _failure(renderer: Renderer, code: int, said: str) -> RenderFailed:
    """What to tell the user: of a machine's failure one line, else what the generator said."""
    # The system ends the process that takes most memory with the signal KILL.
    words = NO_MEMORY if code == -signal.SIGKILL else machine_message(said)
    if words:
        return RenderFailed(f"{renderer} did not finish: {words[0]}", words[1], said)
    ended = f"ended by signal {-code}" if code < 0 else f"exit code {code}"
    complaints, traceback = _complaints(said)
    help = "\n".join(complaints)[-_SHOWN:] or "run the command again with --verbose to see what it said"
    return RenderFailed(f"{renderer} did not finish ({ended})", help, "\n".join(traceback))


def _complaints(said: str) -> tuple[list[str], list[str]]:
    """What a generator said, without the lines that only tell how far it was; and the lines of its tracebacks.

    A traceback's last line, which names the exception, counts as said.
    """
    complaints: list[str] = []
    traceback: list[str] = []
    within = False
    for line in said.splitlines():
        if line.startswith("Traceback (most recent call last)"):
            within = True
        # Besides the lines of the code, which are indented, there is the empty one between two exceptions.
        elif within and line and not line.startswith(" "):
            within = False
        if within:
            traceback.append(line)
        elif line.strip() and not line.startswith("INFO "):
            complaints.append(line)
    return complaints, traceback
