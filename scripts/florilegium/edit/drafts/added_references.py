"""A work added to a file of references, behind those that are there."""

from pathlib import Path

from ...core.edits import Change, read_exactly
from ...core.errors import CannotRun
from ...library.listing import ANNOTATIONS
from ...works.bibtex.bibtex_writer import biblatex_entry
from .requested_works import KnownWork
from .skeletons import reference_lines

FILE = "references/works.yaml"
"""Where works are added unless the user names another file, below `annotations/`."""


def plan_reference(root: Path, work: KnownWork, file: str = FILE) -> Change:
    """The file with the work behind its others. Raises `CannotRun` for a file that works cannot be added to."""
    path = f"{ANNOTATIONS}/{file.removeprefix(f'{ANNOTATIONS}/')}"
    if (
        not path.startswith(f"{ANNOTATIONS}/references/")
        or ".." in path
        or not path.endswith((".yaml", ".yml", ".bib"))
    ):
        raise CannotRun(f"works cannot be added to {file}", "name a file references/NAME.yaml or references/NAME.bib")
    before = read_exactly(root, path)
    if path.endswith(".bib"):
        written = biblatex_entry(work.source, work.source.key)
    else:
        if before and not before.lstrip("\ufeff").lstrip().startswith(("-", "#")):
            raise CannotRun(f"{path} is not a list of works that begins with -", "name another file with --to")
        written = "".join(reference_lines(work.source, indent=""))
    kept = (before or "").rstrip()
    gap = "" if not kept else "\n\n" if path.endswith(".bib") else "\n"
    return Change(path=path, before=before, after=f"{kept}{gap}{written}")
