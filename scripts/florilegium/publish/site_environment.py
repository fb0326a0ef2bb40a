"""What every page of a site depends on beside its own file: the configuration, the theme, the program."""

import hashlib
import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..core.state_folder import code_stamp
from ..site.addresses import FOLDERS


def is_by_itself(configuration: str) -> bool:
    """Whether a page depends on its own file and on the configuration, as far as that can be read here."""
    plugins = re.search(r"^plugins:\s*\[\s*\]\s*(?:#.*)?$", configuration, re.MULTILINE)
    return plugins is not None and re.search(r"^INHERIT:|!ENV\b", configuration, re.MULTILINE) is None


def _files_named(configuration: str) -> Iterator[str]:
    """The files and folders that `mkdocs.yml` names: where the theme is changed, and hooks."""
    yield from re.findall(r"""^\s+custom_dir:\s*["']?([^"'#\n]+?)["']?\s*(?:#.*)?$""", configuration, re.MULTILINE)
    for hooks in re.findall(r"^hooks:[ \t]*(.*(?:\n[ \t]*-.*)*)", configuration, re.MULTILINE):
        yield from re.findall(r"""[^\s"',\[\]#]+\.py\b""", hooks)


def _listing(place: Path, leave_out: Collection[str] = ()) -> Iterator[str]:
    """A line for each file below a folder that changes when the file does; or for a file itself."""
    if place.is_file():
        yield _line(str(place))
    for folder, folders, names in os.walk(place):
        left_out = leave_out if folder == str(place) else ()
        folders[:] = sorted(name for name in folders if name not in left_out)
        for name in sorted(name for name in names if name not in left_out):
            yield _line(os.path.join(folder, name))


def _line(path: str) -> str:
    status = os.lstat(path)
    return f"{path} {status.st_size} {status.st_mtime_ns}\n"


def environment_of(root: Path, configuration: str, url: str = "", language: str = "") -> str:
    """A digest of what every page of the site depends on: configuration, theme, hand-written pages, program."""
    digest = hashlib.sha256(code_stamp())
    digest.update(f"{configuration}\n{url} {language}\n".encode())
    for name in ("mkdocs", "mkdocs-material", "properdocs", "zensical", "jinja2", "markdown", "pymdown-extensions"):
        with suppress(PackageNotFoundError):
            digest.update(f"{name} {version(name)}\n".encode())
    # The home page is generated like those in the folders: when it changes, no other page does.
    listings = [_listing(root / "docs", {*FOLDERS, "index.md"})]
    listings += [_listing(root / name) for name in _files_named(configuration)]
    for listing in listings:
        for line in listing:
            digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
