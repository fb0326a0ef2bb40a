"""The commands for whoever reviews a library: `diff` says what a change means, and `report` what is missing."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..check.checking import Options, find_root
from ..core.diagnostics import quoted
from ..core.errors import CannotRun
from .program import forget_output, progress, root_option, tell

if TYPE_CHECKING:
    from ..check.changes.sides import ComparedLibrary


@click.command()
@click.argument("base")
@click.argument("head", required=False)
@click.option("--root", type=click.Path(path_type=Path), help="The library's folder; default: here or above.")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@click.option("--merge-base", is_flag=True, help="Compare with the merge base.")
@click.option("--open-notices", is_flag=True, help="Show, as text, the words that stand behind a content notice.")
@click.option(
    "--max-bytes",
    type=click.IntRange(min=2_000),
    help="Cut the Markdown to this size; default: 1,000,000.",
)
def diff(
    base: str,
    head: str | None,
    root: Path | None,
    form: str,
    merge_base: bool,
    open_notices: bool,
    max_bytes: int | None,
) -> int:
    """Say what changed in meaning from BASE to HEAD, which are Git revisions or folders.

    Without HEAD, BASE is compared with the library as it is now.
    """
    from ..check.changes.changes_json import render_json
    from ..check.changes.changes_markdown import MAX_SUMMARY_BYTES, render_markdown
    from ..check.changes.changes_text import render_text
    from ..check.changes.comparing import compare
    from ..check.changes.sides import read_sides

    options = Options(root=_root(root, head), progress=progress())
    before, after = read_sides(base, head, options, from_merge_base=merge_base)
    found = compare(before, after)
    if form == "markdown":
        limit = max_bytes or MAX_SUMMARY_BYTES
        summary, proposals = render_markdown(found, max_bytes=limit), _proposals(head, options, before, after)
        has_room = proposals and len((summary + proposals).encode()) <= limit
        _write([summary, proposals] if has_room else [summary])
    elif form == "json":
        _write([render_json(found)])
    else:
        _write(render_text(found, open_notices=open_notices))
    return int(bool(found.vanished))


def _proposals(head: str | None, options: Options, before: "ComparedLibrary", after: "ComparedLibrary") -> str:
    """What `check --fix` would write in the files that differ in the later library, if that lies in a folder."""
    from ..edit.fixes.fix_plan import plan_fixes
    from ..edit.fixes.fix_proposals import render_proposals

    folder = Path(head).absolute() if head and Path(head).is_dir() else options.root
    if (head and not Path(head).is_dir()) or not (folder / "annotations").is_dir():
        return ""
    changed = {path for path, parsed in after.parsed.items() if before.parsed.get(path) != parsed}
    return render_proposals(plan_fixes(replace(options, root=folder)), changed)


def _root(root: Path | None, head: str | None) -> Path:
    """The folder of the library; where both sides are named, any folder of the repository will do."""
    if root is not None:
        if not root.is_dir():
            raise CannotRun(f"there is no folder {quoted(root)}", "name the folder of the library")
        return root.absolute()
    try:
        return find_root(Path.cwd())
    except CannotRun:
        if head is None:
            raise
        return Path.cwd()


@click.command()
@root_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--all", "everything", is_flag=True, help="List all entries.")
@click.option("--no-cache", is_flag=True, help="Read every file again.")
def report(root: Path, form: str, everything: bool, no_cache: bool) -> int:
    """Report what is not verified, rests on one work, or was retracted, and what else is missing."""
    from ..check.checking import check_library, has_errors
    from ..check.coverage.coverage_report import MAX_ENTRIES, coverage_json, text_report
    from ..check.coverage.coverage_sections import coverage_of

    checked = check_library(Options(root=root, remember=not no_cache, progress=progress()))
    if has_errors(checked.diagnostics):
        tell("the check finds errors, and what cannot be read is counted nowhere")
    found = coverage_of(checked.links)
    most = None if everything else MAX_ENTRIES
    _write(coverage_json(found) if form == "json" else text_report(found, most=most))
    return 0


def _write(lines: Iterable[str]) -> None:
    try:
        for line in lines:
            click.echo(line)
    except BrokenPipeError:
        forget_output()
