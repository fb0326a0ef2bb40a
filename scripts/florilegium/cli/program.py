"""What all commands share: the group they belong to, the library they work on, how findings and progress are shown."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache, wraps
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TextIO

import click

from .. import __version__
from ..core.diagnostics import insist_known, plain
from ..core.errors import CannotRun

if TYPE_CHECKING:
    from ..check.checking import Totals
    from ..core.diagnostics import Diagnostic
    from ..core.edits import Change
    from .progress_line import ProgressLine


_COMMANDS = {
    "check": "check_commands.check",
    "build": "build_commands.build",
    "serve": "serve_command.serve",
    "verify": "verify_command.verify",
    "explain": "check_commands.explain",
    # Writing
    "new": "new_commands.new",
    "import": "import_command.import_",
    "theme": "theme_commands.theme",
    "note": "theme_commands.note",
    "references": "references_commands.references",
    # Reviewing
    "diff": "review_commands.diff",
    "report": "review_commands.report",
    "links": "links_command.links",
    # For other programs, and for other libraries
    "export": "export_command.export",
    "merge": "build_commands.merge",
    "init": "new_commands.init",
}
"""The commands in the order in which a user meets them: the file of this room and the function in it."""


class _Commands(click.Group):
    """A group that loads a command when it is called, and guesses at a misspelt one."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        file, _, function = _COMMANDS[name].partition(".")
        command: click.Command = getattr(import_module(f".{file}", __package__), function)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[Any, ...]:
        if args and not args[0].startswith("-"):
            insist_known("command", args[0], _COMMANDS, f"the commands are {', '.join(_COMMANDS)}")
        return super().resolve_command(ctx, args)


_asked_for: set[str] = set()


def is_verbose() -> bool:
    """Whether the user wants to read tracebacks."""
    return "verbose" in _asked_for


def verbose_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option `--verbose`, which `is_verbose` tells of afterwards."""

    def remember(_context: click.Context, _parameter: click.Parameter, given: bool) -> None:
        if given:
            _asked_for.add("verbose")

    return click.option(
        "--verbose", is_flag=True, expose_value=False, callback=remember, help="Show tracebacks of other programs."
    )(function)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="florilegium")
@verbose_option
def program() -> None:
    """Check a library of annotated literature, and build its site."""


def root_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option `--root`, and its function the library's folder, absolute."""

    @click.option("--root", type=click.Path(path_type=Path), help="The library's folder; default: here or above.")
    @wraps(function)
    def with_root(root: Path | None, **options: Any) -> Any:
        from ..check.checking import find_root

        if root is None:
            return function(root=find_root(Path.cwd()), **options)
        if not (root / "annotations").is_dir():
            raise CannotRun(f"there is no folder annotations/ in {plain(str(root))}", "name the folder above it")
        return function(root=root.absolute(), **options)

    return with_root


def _colour() -> bool:
    return _is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is shown on a terminal. There is none where the shell closed it."""
    return stream is not None and stream.isatty()


def executor_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option `--executor`, and its function what makes the executor."""
    from ..core.executors import EXECUTORS, parse_executor

    @click.option(
        "--executor",
        default="processes",
        show_default=True,
        metavar="WHERE",
        help=f"Where large libraries are read: {EXECUTORS}.",
    )
    @wraps(function)
    def with_executor(executor: str, **options: Any) -> Any:
        return function(executor=parse_executor(executor), **options)

    return with_executor


@cache
def _line() -> "ProgressLine":
    from .progress_line import ProgressLine

    return ProgressLine(sys.stderr)


def progress() -> Callable[[str, int, int], None]:
    """Say what takes more than a second, and how far it is, on a terminal only."""
    if not _is_terminal(sys.stderr) or os.environ.get("TERM") == "dumb":
        return lambda _what, _done, _all: None
    return _line()


def _end_progress() -> None:
    if _is_terminal(sys.stderr):
        _line()("")


def print_findings(
    root: Path,
    diagnostics: "Sequence[Diagnostic]",
    form: str,
    totals: "Totals | str",
    unsaved: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Print findings in one of the formats of `reporters`; `unsaved` holds texts that stand for files, by path."""
    from ..core import reporters
    from ..library.reading import read_text

    _end_progress()

    @lru_cache(maxsize=8)
    def lines(path: str) -> list[str]:
        text = unsaved[path] if path in unsaved else read_text(root, path)[0]
        return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def read_line(path: str, number: int) -> str:
        read = lines(path)
        return read[number - 1] if 0 < number <= len(read) else ""

    try:
        if form == "text":
            for line in reporters.text(diagnostics, read_line, colour=_colour()):
                click.echo(line)
            click.echo(f"{totals}: {reporters.summarise(diagnostics)}")
            return
        for line in reporters.FORMATS[form](diagnostics, read_line):
            click.echo(line)
    except BrokenPipeError:
        forget_output()


def forget_output() -> None:
    """Whoever read the output has gone: write the rest of it nowhere. What was found stays found."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show_changes(changes: "Iterable[Change]", *, to_errors: bool = False) -> None:
    """Print changes as a diff; whatever a contributor wrote in it, a terminal takes none of it for a command."""
    from ..core.edits import render_diff

    for line in render_diff(changes):
        click.echo("\t".join(plain(part) for part in line.split("\t")), err=to_errors)


def tell(message: str) -> None:
    """Say something that is no result."""
    _end_progress()
    click.echo(f"florilegium: {plain(message)}", err=True)


def originals_option(help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the option `--original KEY=PATH`, and its function the paths by key."""
    return click.option(
        "--original",
        "originals",
        multiple=True,
        metavar="KEY=PATH",
        callback=lambda _context, _parameter, given: _named(given),
        help=f"{help} May be given several times.",
    )


def _named(originals: Sequence[str]) -> dict[str, Path]:
    named = {}
    for original in originals:
        key, equals, path = original.partition("=")
        if not (key and equals and path):
            raise CannotRun(f"--original {original} names no key and path", "write --original doe2009=doe.txt")
        named[key] = Path(path)
    return named
