"""The program as a wheel that a library carries with it, where it can be had from no address.

A wheel is a ZIP file (https://packaging.python.org/specifications/binary-distribution-format/), so that it can be
packed again from what is installed, without a network and without tools for building.
"""

import base64
import hashlib
import io
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

from ... import __version__

WHEEL = f"florilegium-{__version__}-py3-none-any.whl"
"""The file's name, which tells pip what it is."""

PACKAGE = Path(__file__).parent.parent.parent
_REPOSITORY = PACKAGE.parent.parent
FRAME = {
    "assets": _REPOSITORY / "docs" / "assets",
    "schemas": _REPOSITORY / "docs" / "schemas",
    "mkdocs_hook.py": _REPOSITORY / "scripts" / "mkdocs_hook.py",
}
"""Where a checkout has what the build of the package puts beside its code, into `frame/`."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_TAGS = "Wheel-Version: 1.0\nGenerator: florilegium\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def pack_wheel() -> bytes:
    """The installed program as a wheel: the same program gives the same bytes."""
    folder = f"florilegium-{__version__}.dist-info"
    found = distribution("florilegium")
    texts = {"METADATA": _metadata(found.read_text("METADATA") or "")}
    texts["entry_points.txt"] = found.read_text("entry_points.txt") or ""
    files = dict(sorted(_files())) | {f"{folder}/{name}": text.encode() for name, text in texts.items()}
    files[f"{folder}/WHEEL"] = _TAGS.encode()
    record = "".join(f"{path},{_digest(data)},{len(data)}\n" for path, data in files.items())
    files[f"{folder}/RECORD"] = f"{record}{folder}/RECORD,,\n".encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _metadata(text: str) -> str:
    """What is said of the package; in a checkout, with the requirements of today and not of when it was installed."""
    project = _REPOSITORY / "pyproject.toml"
    if (PACKAGE / "frame").is_dir() or not project.is_file():
        return text
    wanted = tomllib.loads(project.read_text("utf-8"))["project"]["dependencies"]
    head, blank, rest = text.partition("\n\n")
    kept = [
        line for line in head.rstrip("\n").split("\n") if not line.startswith("Requires-Dist:") or "extra ==" in line
    ]
    return "\n".join([*kept, *(f"Requires-Dist: {requirement}" for requirement in wanted), ""]) + blank[1:] + rest


def _files() -> Iterator[tuple[str, bytes]]:
    yield from files_below(PACKAGE, "florilegium")
    if not (PACKAGE / "frame").is_dir():
        for name, place in FRAME.items():
            yield from files_below(place, f"florilegium/frame/{name}")


def files_below(place: Path, target: str) -> Iterator[tuple[str, bytes]]:
    """The files of a folder, or one file, by their paths in the folder `target`."""
    for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
        if path.is_file() and not {"__pycache__", "screenshots"}.intersection(path.parts):
            below = path.relative_to(place).as_posix()
            yield target if below == "." else f"{target}/{below}", path.read_bytes()


def _digest(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"sha256={digest}"
