"""Site generators: each builds `docs/` into a private folder, by its own command, in a process of its own.

The pages are written before and are plain files, so that every generator that reads `mkdocs.yml` makes the same site.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ..core.errors import FlorilegiumError

__all__ = ["PAGES_WRITTEN", "RenderFailed", "Renderer", "render_site"]

PAGES_WRITTEN = "FLORILEGIUM_PAGES_WRITTEN"
"""Environment variable that tells our MkDocs hook that the pages are in place."""


class Renderer(StrEnum):
    MKDOCS = "mkdocs"
    PROPERDOCS = "properdocs"
    ZENSICAL = "zensical"


class RenderFailed(FlorilegiumError):
    """The generator did not make a site; `help` holds what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run of a generator."""

    root: Path
    built: Path
    epoch: int
    """Seconds since 1970 that stand for "now" in what is built, so that the same input gives the same bytes."""
    only_changed: bool


def render_site(renderer: Renderer, job: Job) -> None:
    """Build the site of `job.root` into `job.built`. Raises `RenderFailed`."""
    environment = {
        **os.environ,
        PAGES_WRITTEN: "1",
        "SOURCE_DATE_EPOCH": str(job.epoch),
        "NO_MKDOCS_2_WARNING": "1",
        "DISABLE_MKDOCS_2_WARNING": "true",
        "PYTHONIOENCODING": "utf-8",
    }
    if renderer is Renderer.ZENSICAL:
        _zensical(job, environment)
    else:
        _mkdocs(renderer, job, environment)


def _mkdocs(renderer: Renderer, job: Job, environment: Mapping[str, str]) -> None:
    # Not with --quiet, which keeps warnings from being counted too, so that --strict would let them pass.
    changed = ["--dirty"] if job.only_changed else ["--clean"]
    site = ["--site-dir", str(job.built)]
    _run(renderer, [renderer.value, "build", "--strict", *changed, *site], job.root, environment)


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
        configuration.write_text(f"{text}\nsite_dir: {output.name}\ndocs_dir: {docs.name}\n", encoding="utf-8")
        _run(Renderer.ZENSICAL, ["zensical", "build", "--clean", "-f", configuration.name], job.root, environment)
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


def _run(renderer: Renderer, command: Iterable[str], root: Path, environment: Mapping[str, str]) -> None:
    try:
        result = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=root,
            env=environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise RenderFailed(f"{renderer} cannot be started: {error.strerror}", "run scripts/setup") from error
    if result.returncode:
        said = (result.stdout + result.stderr).strip()
        if f"No module named {renderer}" in said:
            raise RenderFailed(f"{renderer} is not installed", f"install the package {renderer}, or use mkdocs")
        raise RenderFailed(f"{renderer} did not finish (exit code {result.returncode})", _complaints(said)[-4000:])


def _complaints(said: str) -> str:
    """What a generator said without the lines that only tell how far it was."""
    return "\n".join(line for line in said.splitlines() if line.strip() and not line.startswith("INFO "))
