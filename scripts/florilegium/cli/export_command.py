"""The command `export`, which writes the library as data files, without a site around them."""

import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..check.checking import Options
from ..core.diagnostics import insist_known, plain, quoted
from ..core.errors import CannotRun
from ..core.executors import MakeExecutor
from ..library.listing import ANNOTATIONS
from .program import executor_option, originals_option, print_findings, progress, root_option, tell

if TYPE_CHECKING:
    from ..site.data_files.data_file import DataFile


@click.command()
@root_option
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--output",
    metavar="DIR",
    help="The folder to write to, or - for the standard output; default: data/ in the library.",
)
@originals_option("The text of a work: quotes.jsonl then says what surrounds its quotations.")
@click.option(
    "--format",
    "book",
    type=click.Choice(["epub", "pdf"]),
    help="Write the whole library as a book: library.epub or library.pdf.",
)
@click.option("--list", "listing", is_flag=True, help="Say which files there are, and write none.")
@executor_option
@click.option("--no-cache", is_flag=True, help="Read and format everything again.")
def export(
    root: Path,
    names: tuple[str, ...],
    output: str | None,
    originals: dict[str, Path],
    book: str | None,
    listing: bool,
    no_cache: bool,
    executor: MakeExecutor,
) -> int:
    """Write the library's data files: references, quotations, themes. All of them, or those that are named."""
    from ..site.data_files.opening import open_data_files

    names += (f"library.{book}",) if book else ()
    options = Options(root=root, remember=not no_cache, progress=progress(), executor=executor)
    if output == "-" and len(names) != 1:
        raise CannotRun("--output - is for one file", "name it: florilegium export quotes.csv --output -")
    opened = open_data_files(options, originals, everything=not names and not listing)
    if not opened.files:
        # What reads the standard output waits for data.
        with redirect_stdout(sys.stderr if output == "-" else sys.stdout):
            print_findings(root, opened.diagnostics, "text", opened.totals)
        click.echo("Nothing was written.", err=True)
        return 1
    if listing:
        _list(opened.files)
        return 0
    chosen = _chosen(opened.files, names)
    if output == "-":
        _print(chosen[0])
        return 0
    folder = _folder(root, output)
    print_findings(root, opened.diagnostics, "text", opened.totals)
    _write(chosen, folder, everything=not names)
    return 0


def _chosen(files: Sequence["DataFile"], names: Sequence[str]) -> list["DataFile"]:
    """The files that are named, or all that can be made."""
    by_name = {file.name: file for file in files}
    for name in names:
        insist_known("data file", name, by_name, "florilegium export --list says which there are")
        if needed := by_name[name].needs:
            raise CannotRun(f"{name} needs a package that is not installed", _extra(needed))
    if names:
        return [by_name[name] for name in dict.fromkeys(names)]
    files = [file for file in files if not file.asked]
    for file in files:
        if file.needs:
            tell(f"{file.name} is left out: {_extra(file.needs)}")
    return [file for file in files if not file.needs]


def _extra(name: str) -> str:
    return f"install the extra that makes it: pip install 'florilegium[{name}]'"


def _list(files: Sequence["DataFile"]) -> None:
    width = max(len(file.name) for file in files)
    for file in files:
        missing = f" (needs florilegium[{file.needs}])" if file.needs else ""
        click.echo(f"{file.name:{width}}  {plain(file.title)}{missing}")


def _print(file: "DataFile") -> None:
    for piece in file.render():
        if b"\0" in piece and sys.stdout.isatty():
            raise CannotRun(f"{file.name} is nothing for a terminal", "send it to a file: > FILE, or --output DIR")
        sys.stdout.buffer.write(piece)
    sys.stdout.flush()


def _folder(root: Path, output: str | None) -> Path:
    folder = Path(output) if output else root / "data"
    if folder.resolve().is_relative_to((root / ANNOTATIONS).resolve()):
        raise CannotRun(
            f"{quoted(str(folder))} lies among the notes, where data files would be read as part of the library",
            "choose another folder",
        )
    return folder


def _write(files: Sequence["DataFile"], folder: Path, *, everything: bool) -> None:
    from ..site.data_files.data_writing import write_data_files

    result = write_data_files(files, folder, everything=everything)
    parts = [f"{result.written:,} new or changed"] + ([f"{result.removed:,} removed"] if result.removed else [])
    total = result.written + result.unchanged
    click.echo(f"exported {total:,} file{'s' * (total != 1)} ({', '.join(parts)}) into {plain(str(folder))}")
