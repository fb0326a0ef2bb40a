"""The command `verify`, which compares quotations with their originals."""

import sys
from pathlib import Path

import click

from ..core.diagnostics import counted, plain
from ..core.errors import CannotRun
from .program import originals_option, print_findings, progress, root_option, tell


@click.command()
@root_option
@originals_option("The text of a work: text, HTML, PDF, DOCX, EPUB, ODT, RTF, JATS, TEI, VTT, SRT.")
@click.option(
    "--originals",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of texts named by citation key, or an export of Zotero with its files.",
)
@click.option("--by", default="", metavar="NAME", help="Who compares; recorded, and shown when there are two.")
@click.option("--check", "only_check", is_flag=True, help="Compare again, and write nothing.")
@click.option("--force", is_flag=True, help="Record a text even though it does not look like the work.")
@click.option("--prune", is_flag=True, help="Remove the entries of quotes.lock that belong to no quote any more.")
@click.option("--remove", multiple=True, metavar="NAME", help="Remove the entries of a quotation, NOTE/QUOTE, or key.")
def verify(
    root: Path,
    originals: dict[str, Path],
    folder: Path | None,
    by: str,
    only_check: bool,
    force: bool,
    prune: bool,
    remove: tuple[str, ...],
) -> int:
    """Compare quotations with their originals, word for word, and record what was found in quotes.lock."""
    from ..check.checking import Options, has_errors
    from ..check.verifying import VerifyRequest, remove_entries
    from ..check.verifying import verify_library as compare

    if remove:
        gone = remove_entries(Options(root=root), remove)
        click.echo(f"{counted(gone, 'entry', 'entries')} removed from annotations/quotes.lock")
        if not originals and folder is None and not prune:
            return 0
    if not originals and folder is None and not prune:
        raise CannotRun("there is nothing to compare with", "name a text: --original KEY=PATH")
    options = Options(root=root, progress=progress())
    request = VerifyRequest(prune, not only_check, force, by, _confirm, folder, tell)
    result = compare(options, originals, request)
    print_findings(root, result.diagnostics, "text", result.totals)
    for finding in result.remarks:
        tell(finding)
    state = "is as it was, with" if only_check else "has"
    click.echo(
        f"{result.verified} of {result.compared} quotations found word for word; "
        f"annotations/quotes.lock {state} {result.entries} entries"
    )
    return int(has_errors(result.diagnostics) or bool(result.remarks))


def _confirm(question: str) -> bool:
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return click.confirm(plain(question), err=True)
