"""The command line: options, a call of a room, print. Exit codes: 0 clean, 1 problems found, 2 could not run."""

import sys
import traceback
from collections.abc import Sequence

import click

from ..core.diagnostics import plain
from ..core.errors import FlorilegiumError
from .program import forget_output, program

__all__ = ["main"]


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
    except FlorilegiumError as error:
        _complain(error.message, error.help)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "florilegium"
        _complain(error.format_message(), f"{command} --help shows what can be said")
    except (click.exceptions.Abort, KeyboardInterrupt):
        _complain("stopped", "")
    except BrokenPipeError:
        forget_output()
        return 0
    except OSError as error:
        if error.filename is None:  # It was about the output: a full disk, for one.
            forget_output()
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
