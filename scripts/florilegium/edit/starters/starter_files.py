"""Which files a new library has, and which of them belong to the frame of its site.

What people write is theirs from the first day: the files of `library/` are written once. The frame (templates, style
sheets, scripts, the hook of MkDocs, schemas) is the program's. It is copied into the library, so that every renderer
finds plain files and a change of it can be reviewed; `frame/SHA256SUMS` tells, as `sha256sum -c` does, which copies
are as they came, and may be exchanged for newer ones.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import MappingProxyType

from ... import __version__
from ...core.edits import Change, read_exactly
from ...core.yaml_writer import quoted_yaml
from ...site.addresses import FOLDERS
from .vendored_program import FRAME, PACKAGE, WHEEL, files_below

SUMS = "frame/SHA256SUMS"
_TARGETS = {"assets": "docs/assets", "schemas": "docs/schemas", "mkdocs_hook.py": "frame/mkdocs_hook.py"}
"""Where the parts of the frame go."""
_SUFFIXES = frozenset((".css", ".html", ".js", ".json", ".py", ".svg", ".txt", ".woff2", ".xml"))
"""Files of the frame; the pictures beside them show another library."""


_RENEWED = (".github/workflows/check.yml", ".github/workflows/publish.yml", "docs/format.md")
"""Files that a library begins with, and that a later version of the program brings up to date as it does the frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What bringing a library's frame up to date changes."""

    changes: tuple[Change, ...]
    kept: tuple[Change, ...]
    """What would change in files that were changed here since they were copied: they stay as they are."""


def plan_library(
    title: str, *, example: bool = False, program: str = "", there: Mapping[str, str] = MappingProxyType({})
) -> tuple[Change, ...]:
    """Plan all files of a new library of this title: with one note, or with the example and the texts it quotes.

    `program` is where pip gets the program, if not from where it came itself. `there` are files of the folder, by
    name: a README stays and ours is called otherwise, and what Git is told is added to.
    """
    files = {**_starters("library", title, program), **_frame()}
    if example:
        kept = {path: text for path, text in files.items() if not path.startswith("annotations/")}
        files = {**kept, **_starters("example", title)}
    if any(name.upper().startswith("README") for name in there):
        files["LIBRARY.md"] = files.pop("README.md")
    after = {path: f"{there[path].rstrip()}\n\n{text}" if path in there else text for path, text in files.items()}
    return tuple(Change(path=path, before=there.get(path), after=text) for path, text in sorted(after.items()))


def plan_update(root: Path) -> Update:
    """What makes the frame of the library at `root` that of this version. Raises `UnicodeDecodeError`."""
    frame, sums = _frame(), _parse_sums(read_exactly(root, SUMS) or "")
    changes: list[Change] = []
    kept: list[Change] = []
    for path in sorted(frame.keys() | sums.keys()):
        before, after = _read(root, path), frame.get(path)
        if before == after:
            continue
        as_it_came = before is None or path == SUMS or _digest(before) == sums.get(path)
        (changes if as_it_came else kept).append(Change(path=path, before=before, after=after))
    return Update(changes=tuple(changes), kept=tuple(kept))


def _read(root: Path, path: str) -> str | None:
    """A file of the frame, of which fonts are no text."""
    if not path.endswith(".woff2"):
        return read_exactly(root, path)
    file = root / path
    return file.read_bytes().decode("utf-8", "surrogateescape") if file.is_file() else None


def is_outdated(root: Path) -> bool:
    """Whether the library at `root` has a frame, and it is that of another version."""
    sums = root / SUMS
    return sums.is_file() and sums.read_bytes() != _frame()[SUMS].encode()


# -------------------------------------------------------------------------------------------------------- frame


def _frame() -> dict[str, str]:
    """The files of the frame by their paths in a library, with the list of their digests."""
    guides = {path: text for path, text in _starters("library", "").items() if path in _RENEWED}
    files = {**dict(sorted(_copies())), **guides}
    sums = "".join(f"{_digest(text)}  {path}\n" for path, text in files.items())
    return {**files, SUMS: sums}


def _copies() -> Iterator[tuple[str, str]]:
    installed = PACKAGE / "frame"
    places = {target: installed / name if installed.is_dir() else FRAME[name] for name, target in _TARGETS.items()}
    places["frame/theme"] = PACKAGE / "site" / "templates" / "theme"
    for target, place in places.items():
        for path, data in files_below(place, target):
            if Path(path).suffix in _SUFFIXES:
                yield path, data.decode("utf-8", "surrogateescape")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


_SUM = re.compile(r"([0-9a-f]{64})  ((?:docs|frame)/[A-Za-z0-9_./-]+|\.github/workflows/(?:check|publish)\.yml)")


def _parse_sums(text: str) -> Mapping[str, str]:
    """The digests by path. What is no such line, or leads out of the frame, is passed over."""
    found = (_SUM.fullmatch(line) for line in text.splitlines())
    return {line[2]: line[1] for line in found if line and ".." not in line[2]}


# ----------------------------------------------------------------------------------------------------- starters


def _starters(name: str, title: str, program: str = "") -> dict[str, str]:
    """Read the files of a folder of starters, by path. A name that begins with `dot-` stands for one with a dot."""
    folder = Path(__file__).parent / name
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        re.sub(r"(^|/)dot-", r"\1.", path.relative_to(folder).as_posix()): _filled(
            path.read_text("utf-8"), title, program
        )
        for path in paths
    }


def _filled(text: str, title: str, program: str) -> str:
    words = {
        "@TITLE@": title,
        "@QUOTED-TITLE@": quoted_yaml(title),
        "@IGNORED@": "".join(f"/docs/{folder}/\n" for folder in FOLDERS).rstrip("\n"),
        "@PROGRAM@": program or program_address() or f"./vendor/{WHEEL}",
    }
    return re.sub("|".join(words), lambda found: words[found[0]], text)


def program_address() -> str:
    """Where this program comes from, as a line for pip; PEP 610 records it for what comes from no registry.

    Empty where others cannot get it from there: then a library carries the program with it.
    """
    try:
        recorded = distribution("florilegium").read_text("direct_url.json")
    except PackageNotFoundError:
        recorded = "{}"
    if recorded is None:
        return f"florilegium=={__version__}"
    source = json.loads(recorded)
    vcs = source.get("vcs_info", {})
    if vcs.get("commit_id"):
        return f"florilegium @ {vcs['vcs']}+{source['url']}@{vcs['commit_id']}"
    return ""
