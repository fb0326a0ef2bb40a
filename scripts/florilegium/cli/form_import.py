"""The format `form` of the command `import`: a filed issue becomes a note, or an edit of one."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from ..check.checking import Options, check_library, has_errors
from ..core.diagnostics import plain, quoted
from ..core.edits import write_changes
from ..core.errors import CannotRun
from ..edit.forms.answers import parse_form
from ..edit.forms.proposals import plan_proposal
from .program import print_findings, show_changes

_MAX_CHARACTERS = 200_000


def import_form(root: Path, names: Sequence[str], *, dry_run: bool) -> int:
    """Take the text of a filed issue from a file, or from standard input for `-`, into the library, and check that."""
    if len(names) != 1:
        raise CannotRun(
            "import form needs the text of one issue", "name its file, or - to read it from another command"
        )
    options = Options(root=root)
    proposal = plan_proposal(parse_form(_read(names[0])), check_library(options).links, root, options.today)
    show_changes([proposal.change])
    click.echo(f"{plain(proposal.change.path)}: {plain(proposal.summary)}")
    if dry_run:
        click.echo("Nothing was written.")
        return 0
    write_changes(root, [proposal.change])
    checked = check_library(options)
    print_findings(root, checked.diagnostics, "text", checked.totals)
    return int(has_errors(checked.diagnostics))


def _read(name: str) -> str:
    try:
        data = sys.stdin.buffer.read(_MAX_CHARACTERS + 1) if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CannotRun(
            f"{quoted(name)} cannot be read: {error.strerror}", "name the file of the issue's text"
        ) from error
    if len(data) > _MAX_CHARACTERS:
        raise CannotRun(f"the text has more than {_MAX_CHARACTERS:,} bytes, which no issue has", "name the right file")
    return data.decode("utf-8", "replace")
