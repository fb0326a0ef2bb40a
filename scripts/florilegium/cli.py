"""The command line: options, a call of the pipeline, print. Exit codes: 0 clean, 1 problems found, 2 could not run."""

import os
import shlex
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, TextIO

import click

from . import __version__
from .checking import CannotRun, Options, Totals, check_quickly, find_root, has_errors
from .diagnostics import Diagnostic, did_you_mean, plain, quoted
from .rules import RULES

__all__ = ["main"]


class _Commands(click.Group):
    """A group that lists its commands in the order in which a user meets them, and guesses at a misspelt one."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[Any, ...]:
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            remedy = did_you_mean(args[0], self.commands, f"the commands are {', '.join(self.commands)}")
            raise CannotRun(f"there is no command {quoted(args[0])}", remedy)
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="florilegium")
def program() -> None:
    """Check a library of annotated literature, and build its site."""


def _root_option(function: Callable[..., Any]) -> Callable[..., Any]:
    @click.option("--root", type=click.Path(path_type=Path), help="The library's folder; default: here or above.")
    @wraps(function)
    def with_root(root: Path | None, **options: Any) -> Any:
        if root is None:
            return function(root=find_root(Path.cwd()), **options)
        if not (root / "annotations").is_dir():
            raise CannotRun(f"there is no folder annotations/ in {plain(str(root))}", "name the folder above it")
        return function(root=root.absolute(), **options)

    return with_root


def _colour() -> bool:
    return _is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody looks at a stream. There is none where the shell closed it."""
    return stream is not None and stream.isatty()


def _progress() -> Callable[[str, int, int], None]:
    """Shows how far a long step is, on a terminal only."""
    if not _is_terminal(sys.stderr):
        return lambda _what, _done, _all: None

    def show(what: str, done: int, everything: int) -> None:
        if everything >= 500 and (done % 100 == 0 or done == everything):
            end = "\n" if done == everything else ""
            sys.stderr.write(f"\r{what} {done:,} of {everything:,}{end}")
            sys.stderr.flush()

    return show


def _report(root: Path, diagnostics: Sequence[Diagnostic], form: str, totals: Totals) -> None:
    from . import reporters
    from .library import read_text

    @lru_cache(maxsize=8)
    def lines(path: str) -> list[str]:
        return read_text(root, path)[0].replace("\r\n", "\n").replace("\r", "\n").split("\n")

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
        _forget_output()


def _forget_output() -> None:
    """Whoever read the output has gone: write the rest of it nowhere. What was found stays found."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@program.command()
@_root_option
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif", "github"]), default="text", show_default=True
)
@click.option("--strict", is_flag=True, help="Let warnings fail the check as errors do.")
@click.option("--no-cache", is_flag=True, help="Read every file again.")
def check(root: Path, form: str, strict: bool, no_cache: bool) -> int:
    """Check every note, theme, reference and quotation."""
    options = Options(root=root, remember=not no_cache, progress=_progress())
    diagnostics, totals = check_quickly(options)
    _report(root, diagnostics, form, totals)
    return int(has_errors(diagnostics, strict=strict))


@program.command()
@_root_option
@click.option("--site-dir", type=click.Path(path_type=Path), help="Where to publish; default: site/ in the library.")
@click.option(
    "--renderer", type=click.Choice(["mkdocs", "properdocs", "zensical"]), default="mkdocs", show_default=True
)
@click.option("--no-search", is_flag=True, help="Leave out the search index.")
@click.option("--no-cache", is_flag=True, help="Read and format everything again.")
def build(root: Path, site_dir: Path | None, renderer: str, no_search: bool, no_cache: bool) -> int:
    """Check the library and build its site; a failed build leaves the published site as it was."""
    from . import pipeline
    from .renderers import Renderer

    options = Options(root=root, remember=not no_cache, progress=_progress(), notify=_tell, search=not no_search)
    target = (site_dir or root / "site").absolute()
    built = pipeline.build(options, target, Renderer(renderer))
    _report(root, built.diagnostics, "text", built.totals)
    if built.site is None:
        click.echo("No page was written, and the published site is as it was.", err=True)
        return 1
    for remark in built.remarks:
        _tell(remark)
    click.echo(f"built {built.pages:,} pages ({built.written:,} new or changed) into {plain(str(target))}")
    click.echo(f"To look at them: python3 -m http.server --directory {shlex.quote(str(target))} 8000")
    click.echo("then open http://localhost:8000/ in a browser.")
    return 0


def _tell(message: str) -> None:
    click.echo(f"florilegium: {plain(message)}", err=True)


@program.command()
@_root_option
@click.option(
    "--original",
    "originals",
    multiple=True,
    metavar="KEY=PATH",
    help="The text of a work: .txt, .md, .html or .pdf. May be given several times.",
)
@click.option("--prune", is_flag=True, help="Remove the entries of quotes.lock that belong to no quote any more.")
def verify(root: Path, originals: tuple[str, ...], prune: bool) -> int:
    """Compare quotations with their originals, word for word, and record what was found in quotes.lock."""
    from . import pipeline

    if not originals and not prune:
        raise CannotRun("there is nothing to compare with", "name a text: --original KEY=PATH")
    named = {}
    for original in originals:
        key, equals, path = original.partition("=")
        if not (key and equals and path):
            raise CannotRun(f"--original {original} names no key and path", "write --original doe2009=doe.txt")
        named[key] = Path(path)
    result = pipeline.verify(Options(root=root), named, prune=prune)
    _report(root, result.diagnostics, "text", result.totals)
    click.echo(
        f"{result.verified} of {result.compared} quotations found word for word; "
        f"annotations/quotes.lock has {result.entries} entries"
    )
    return int(bool(result.diagnostics))


@program.command()
@click.argument("rule", required=False)
def explain(rule: str | None) -> int:
    """Say what a rule demands, why, and what to do; without a name, list all rules."""
    if rule is None:
        for known in RULES.values():
            click.echo(f"{known.name:30} {known.severity:12} {known.summary}")
        return 0
    if rule not in RULES:
        raise CannotRun(f"there is no rule {quoted(rule)}", did_you_mean(rule, RULES, "florilegium explain lists them"))
    found = RULES[rule]
    click.echo(f"{found.name} ({found.severity})\n\n{found.summary}")
    click.echo(f"\nWhy: {found.reason}\n\nWhat to do: {found.remedy}")
    return 0


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program and leave with its exit code."""
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    # A library may hold any script, whatever the locale of the terminal says.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        return int(program.main(args=arguments, standalone_mode=False, prog_name="florilegium") or 0)
    except CannotRun as error:
        _complain(str(error), error.help)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "florilegium"
        _complain(error.format_message(), f"{command} --help shows what can be said")
    except (click.exceptions.Abort, KeyboardInterrupt):
        _complain("stopped", "")
    except BrokenPipeError:
        _forget_output()
        return 0
    except OSError as error:
        if error.filename is None:  # It was about the output: a full disk, for one.
            _forget_output()
        where = f": {error.filename}" if error.filename else ""
        _complain(f"{error.strerror or error}{where}", "")
    except Exception:
        for line in traceback.format_exc().splitlines():
            click.echo(f"  | {plain(line)}", err=True)
        _complain("this is a fault of the program, not of the library", "report it with the lines above")
    return 2


def _complain(message: str, remedy: str) -> None:
    click.echo(f"florilegium: {plain(message)}", err=True)
    if remedy:
        click.echo(f"  help: {plain(remedy)}", err=True)


if __name__ == "__main__":
    main()
