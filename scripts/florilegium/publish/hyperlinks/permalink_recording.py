"""Recording what is published: the addresses of a library join those that were published before."""

from typing import NamedTuple

from ...check.checking import Checked, Options, check_library, has_errors
from ...core.diagnostics import quoted
from ...core.edits import Change, read_exactly
from ...core.errors import CannotRun
from ...core.spans import LineTable
from ...library.listing import ANNOTATIONS
from ...quotations.permalinks import PERMALINKS, parse_permalinks, permalinks_of, render_permalinks


class Recorded(NamedTuple):
    """What a recording would write."""

    checked: Checked
    change: Change | None
    """None where the library has errors: it is not published as it is."""
    addresses: int
    """Addresses in the file afterwards."""


def record_permalinks(options: Options) -> Recorded:
    """The change to `permalinks.lock`, which is not written here. No address is ever removed.

    Raises `CannotRun` where the file cannot be read: an address in it would be forgotten.
    """
    path = f"{ANNOTATIONS}/{PERMALINKS}"
    before = read_exactly(options.root, path)
    permalinks, problems = parse_permalinks(LineTable(path, before or ""))
    if problems:
        raise CannotRun(f"{problems[0].span}: {problems[0].message}", problems[0].help)
    checked = check_library(options)
    if has_errors(checked.diagnostics):
        return Recorded(checked, None, len(permalinks))
    addresses = {permalink.address for permalink in permalinks} | set(permalinks_of(checked.links.library))
    if not addresses:
        raise CannotRun(f"there is nothing to record in {quoted(ANNOTATIONS)}", "write a note first")
    return Recorded(checked, Change(path=path, before=before, after=render_permalinks(addresses)), len(addresses))
