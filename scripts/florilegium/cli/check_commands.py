"""The commands that look at a library: `check`, which with `--fix` also fixes what is safe, and `explain`."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ..check.checking import Options, check_quickly, check_text, has_errors
from ..core.diagnostics import insist_known, plain, quoted
from ..core.errors import CannotRun
from ..core.executors import MakeExecutor
from ..core.limits import MAX_BIBLIOGRAPHY_BYTES
from ..core.rules import RULES
from ..library.listing import ANNOTATIONS
from .program import executor_option, print_findings, progress, root_option, show_changes, tell


@click.command()
@root_option
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif", "github"]), default="text", show_default=True
)
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("--fix", is_flag=True, help="Fix what is safe, show what changed, and check again.")
@click.option("--dry-run", is_flag=True, help="With --fix: show what would change, and write nothing.")
@click.option(
    "--stdin-filename",
    metavar="PATH",
    help="Check the text on the standard input as if it were that file, and report that file alone.",
)
@executor_option
@click.option("--no-cache", is_flag=True, help="Read every file again.")
def check(
    root: Path,
    form: str,
    strict: bool,
    fix: bool,
    dry_run: bool,
    stdin_filename: str | None,
    no_cache: bool,
    executor: MakeExecutor,
) -> int:
    """Check every note, theme, reference and quotation."""
    options = Options(root=root, remember=not no_cache, progress=progress(), executor=executor)
    if dry_run and not fix:
        raise CannotRun("--dry-run says what --fix would do, and --fix is missing", "add --fix")
    if stdin_filename is not None:
        if fix:
            raise CannotRun("--fix changes files, and --stdin-filename is about none", "save the file, then fix it")
        return _check_stdin(options, stdin_filename, form, strict)
    if fix:
        return _fix(options, form, strict, dry_run)
    diagnostics, totals, checked = check_quickly(options)
    print_findings(root, diagnostics, form, totals)
    if form == "text" and diagnostics:
        from ..edit.fixes.fix_plan import is_likely_fixable, plan_fixes

        if any(map(is_likely_fixable, diagnostics)) and (fixes := plan_fixes(options, checked)).changes:
            click.echo(f"florilegium check --fix would fix {fixes}.")
    return int(has_errors(diagnostics, strict=strict))


def _check_stdin(options: Options, name: str, form: str, strict: bool) -> int:
    path = _path_below(options.root, name)
    if sys.stdin is None:
        raise CannotRun("there is no standard input", "give the text: florilegium check --stdin-filename PATH < FILE")
    data = sys.stdin.buffer.read(MAX_BIBLIOGRAPHY_BYTES + 1)
    diagnostics = check_text(options, path, data)
    lines = data.decode("utf-8", "replace")
    print_findings(options.root, diagnostics, form, plain(path), {path: lines})
    return int(has_errors(diagnostics, strict=strict))


def _path_below(root: Path, name: str) -> str:
    """A file's path from the library's root; `name` is taken from the current folder, or else from the root."""
    paths = dict.fromkeys(path for base in (Path.cwd(), root) for path in _below(root, base / name))
    inside = [path for path in paths if path.startswith(f"{ANNOTATIONS}/")]
    if not inside:
        raise CannotRun(
            f"{quoted(name)} does not lie in the folder {ANNOTATIONS}/ of this library",
            f"name a file such as {ANNOTATIONS}/notes/my-note.md; it need not exist yet",
        )
    return next((path for path in inside if (root / path).exists()), inside[0])


def _below(root: Path, name: Path) -> Iterator[str]:
    # Only the folder is resolved: should the file be a symbolic link, its own name is meant.
    path = Path(os.path.normpath(name))
    for file, folder in ((path, root), (path.parent.resolve() / path.name, root.resolve())):
        yield os.path.relpath(file, folder).replace(os.sep, "/")


def _fix(options: Options, form: str, strict: bool, dry_run: bool) -> int:
    from ..core.edits import write_changes
    from ..edit.fixes.fix_plan import plan_fixes

    fixes = plan_fixes(options)
    # The other formats are read by programs, which have no use for a diff.
    show_changes(fixes.changes, to_errors=form != "text")
    for refused in fixes.refused:
        tell(f"left as it is: {refused}")
    if fixes.left:
        tell(f"quotations whose words are not in Unicode NFC, and stay so: {fixes.left:,}")
    if dry_run:
        click.echo(f"would fix {fixes}; nothing was written", err=form != "text")
        return int(bool(fixes.changes) or has_errors(fixes.remaining, strict=strict))
    write_changes(options.root, fixes.changes)
    click.echo(f"fixed {fixes}", err=form != "text")
    diagnostics, totals, _ = check_quickly(options)
    print_findings(options.root, diagnostics, form, totals)
    return int(has_errors(diagnostics, strict=strict))


@click.command()
@click.argument("rule", required=False)
def explain(rule: str | None) -> int:
    """Say what a rule demands, why, and what to do; without a name, list all rules."""
    if rule is None:
        for known in RULES.values():
            click.echo(f"{known.name:30} {known.severity:12} {known.summary}")
        return 0
    insist_known("rule", rule, RULES, "florilegium explain lists them")
    found = RULES[rule]
    click.echo(f"{found.name} ({found.severity})\n\n{found.summary}")
    click.echo(f"\nWhy: {found.reason}\n\nWhat to do: {found.remedy}")
    return 0
