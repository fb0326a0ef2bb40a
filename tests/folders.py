"""Folders of files, for the tests of publishing: written, and read back with their times."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from florilegium.publish.publish_targets import MARKER

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has other links, modes and processes")

Files = dict[str, bytes]


def write_files(root: Path, content: Mapping[str, str | bytes]) -> Path:
    """Write files, given by their paths below a folder, and return the folder."""
    for path, data in content.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data.encode() if isinstance(data, str) else data)
    return root


def read_files(root: Path) -> Files:
    found = (path for path in root.rglob("*") if path.is_file() and path.name != MARKER)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def times(root: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in root.rglob("*")}
