"""Projects for whole builds: a small library in the site's real frame, and the program run on it in a process of its own."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
from florilegium.core.state_folder import state_folder
from florilegium.site.addresses import FOLDERS
from folders import write_files
from loaded_program import can_fork, run_program

REPOSITORY = Path(__file__).parent.parent

LIBRARY = {
    "library.yml": """\
title: A library for tests
description: Two works and what they say.
language: en
citation-style: apa
notices:
  - {id: drug-use, label: Drug use}
roles:
  - {id: participant, label: Participant}
  - {id: author, label: Author}
""",
    "themes/amnesia.md": """\
---
label: Amnesia
---
What is forgotten [@doe2009]. See [numbing](numbing.md).
""",
    "themes/numbing.md": """\
---
label: Numbing
broader: amnesia
---
What is not felt.
""",
    "notes/forgetting.md": """\
---
title: On forgetting
source: doe2009
basis: full-text
themes: [amnesia]
notices: [drug-use]
date: 2024-03-01
references:
  - id: doe2009
    type: book
    author: [{family: Doe, given: Jane}]
    title: The art of forgetting
    publisher: Somewhere Press
    issued: {date-parts: [[2009]]}
---
A first sentence of the note [@doe2009, p. 3]. See [the other note](remembering.md).

> What is gone is gone.
>
> — a participant, in [@doe2009, p. 4] #amnesia !drug-use {#gone}
""",
    "notes/remembering.md": """\
---
title: On remembering
source: roe2010
basis: abstract
themes: [amnesia, numbing]
date: 2024-02-01
references:
  - id: roe2010
    type: article-journal
    author: [{family: Roe, given: Richard}]
    title: Remembering well
    container-title: Journal of Memory
    volume: 1
    page: 1-9
    issued: {date-parts: [[2010]]}
---
Roe remembers [@roe2010].

> I kept every word of it.
>
> — the author, in [@roe2010, p. 5] #amnesia #numbing {#kept}
""",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A folder with a library and the site's frame; `state` is where the program remembers."""

    root: Path
    state: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def site(self) -> Path:
        return self.root / "site"

    @property
    def memory(self) -> Path:
        """The folder below `state` where the program remembers what it made of this library."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FLORILEGIUM_STATE", str(self.state))
            return state_folder(self.root)

    def copy_to(self, folder: Path, **more: Mapping[str, str]) -> "Project":
        """The same project in another folder, where the program remembers the same."""
        copy = Project(root=folder / "project", state=folder / "state", **more)
        shutil.copytree(self.root, copy.root)
        shutil.copytree(self.memory, copy.memory, dirs_exist_ok=True)
        return copy

    def write(self, name: str, text: str | bytes) -> Path:
        return write_files(self.root, {name: text}) / name

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def settings(self) -> dict[str, str]:
        """The environment that the program is run in."""
        kept = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
        own = {"FLORILEGIUM_STATE": str(self.state), "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
        return {**kept, **own, **self.environment}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "florilegium", *arguments]

    def start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            cwd=self.root,
            env=self.settings(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
        )

    def run(self, *command: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=folder or self.root,
            env=self.settings(),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=180,
            check=False,
        )

    def florilegium(self, *arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run the program to its end, and read what it said."""
        settings = self.settings()
        if can_fork(settings):
            return run_program(arguments, folder=folder or self.root, environment=settings)
        return self.run(*self.command(*arguments), folder=folder)

    def build(self, *arguments: str) -> None:
        """Build, and insist that it works."""
        result = self.florilegium("build", *arguments)
        assert result.returncode == 0, result.stdout + result.stderr

    def mkdocs(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "mkdocs", *arguments)


def make_project(folder: Path, *, state: Path | None = None, library: Mapping[str, str | bytes] = LIBRARY) -> Project:
    """The frame of the site that is shipped, with another library."""
    root = folder / "project"
    shutil.copytree(REPOSITORY / "docs", root / "docs", ignore=_generated)
    theme = "scripts/florilegium/site/templates/theme"
    shutil.copytree(REPOSITORY / theme, root / theme)
    for name in ("mkdocs.yml", "scripts/mkdocs_hook.py"):
        shutil.copy(REPOSITORY / name, root / name)
    project = Project(root=root, state=state or folder / "state")
    # What is said there of the library that ships holds for no other.
    project.write(
        "docs/about.md",
        "---\ntitle: About\n---\n\nA library for the tests.\n\n## What is hard to read\n\nNothing.\n\n## How it is made\n\nBy a program.\n\n## Licence\n\nMIT.\n",
    )
    for page in ("architecture", "changelog", "commands", "contribute", "develop", "format", "guides", "python"):
        path = root / f"docs/{page}.md"
        project.write(f"docs/{page}.md", _headings(path.read_text(encoding="utf-8")))
    # Only a library that says so offers an EPUB.
    project.edit("docs/data.md", ', <a href="../data/library.epub" download>library.epub</a>', "")
    write_files(root / "annotations", library)
    return project


def _headings(page: str) -> str:
    """A page's front matter and headings, to which others link: its text takes a renderer longer than a small library."""
    front, _, text = page.partition("\n---\n")
    outside_code = "".join(re.split(r"^(?:```|~~~).*?^(?:```|~~~)$", text, flags=re.MULTILINE | re.DOTALL))
    return f"{front}\n---\n\n" + "\n\n".join(re.findall(r"^#+ .*", outside_code, flags=re.MULTILINE)) + "\n"


def _generated(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name in (*FOLDERS, "index.md")] if folder == str(REPOSITORY / "docs") else []


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


class _Article(HTMLParser):
    """Gathers the text of a page's `<main>`."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = self.hidden = 0
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag == "main"
        self.hidden += tag in ("script", "style", "svg")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "main"
        self.hidden -= tag in ("script", "style", "svg")

    def handle_data(self, data: str) -> None:
        if self.depth > 0 and not self.hidden:
            self.words.append(data)


def article_text(page: Path) -> str:
    """What a page says in its main part, with single spaces."""
    parser = _Article()
    parser.feed(page.read_text(encoding="utf-8"))
    return re.sub(r"\s+", " ", " ".join(parser.words)).strip()
