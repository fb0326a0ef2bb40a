"""The command line: options, a call of a room, print. Exit codes: 0 clean, 1 problems found, 2 could not run."""

import signal
import sys
from collections.abc import Sequence
from types import FrameType

import click

from ..core.diagnostics import plain
from ..core.errors import FlorilegiumError
from ..core.system_errors import NO_MEMORY, reason, remedy
from .program import forget_output, is_verbose, program


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program and leave with its exit code."""
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    # A library may hold any script, whatever the locale of the terminal says.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    signal.signal(signal.SIGTERM, _stop)
    try:
        return int(program.main(args=arguments, standalone_mode=False, prog_name="florilegium") or 0)
    except FlorilegiumError as error:
        _complain(error.message, error.help, error.details if is_verbose() else "")
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
    except MemoryError:
        _complain(*NO_MEMORY)
    except OSError as error:
        if error.filename is None:  # It was about the output: a full disk, for one.
            forget_output()
        where = f": {error.filename}" if error.filename else ""
        _complain(f"{reason(error)}{where}", remedy(error))
    except Exception as error:
        _explain(error)
    return 2


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """End as after Ctrl-C: children are ended and temporary files removed on the way out. A second one ends at once."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise KeyboardInterrupt


def _explain(error: Exception) -> None:
    import traceback
    from concurrent.futures.process import BrokenProcessPool

    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        _complain("stopped", "")
    elif isinstance(error, BrokenProcessPool):
        _complain(
            "a process that helped this one was ended by the system, most likely for want of memory", NO_MEMORY[1]
        )
    else:
        for line in traceback.format_exc().splitlines():
            click.echo(f"  | {plain(line)}", err=True)
        _complain("this is a fault of the program, not of the library", "report it with the lines above")


def _complain(message: str, help: str, details: str = "") -> None:
    for line in details.splitlines():
        click.echo(f"  | {plain(line)}", err=True)
    _print("florilegium: ", message)
    if help:
        _print("  help: ", help)


def _print(label: str, text: str) -> None:
    """Print a text with all its lines below each other."""
    first, *others = text.splitlines()
    click.echo(f"{label}{plain(first)}", err=True)
    for line in others:
        click.echo(f"{' ' * len(label)}{plain(line)}", err=True)
