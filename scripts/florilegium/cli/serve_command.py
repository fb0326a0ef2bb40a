"""The command `serve`, which shows the site while a note is written."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..check.checking import Options
from ..core.diagnostics import plain
from ..core.errors import CannotRun
from .program import print_findings, progress, root_option, tell

if TYPE_CHECKING:
    from ..publish.live.live_site import LiveUpdate


@click.command()
@root_option
@click.option(
    "-a", "--dev-addr", default="localhost:8000", show_default=True, help="Where to serve the site: HOST:PORT."
)
def serve(root: Path, dev_addr: str) -> int:
    """Show the site while you write: each save shows at once, and what is wrong stands on the page."""
    from ..publish.live.live_server import serve_site
    from ..publish.live.live_site import LiveSite

    host, _, port = dev_addr.rpartition(":")
    if not re.fullmatch("[0-9]{1,5}", port) or int(port) > 65535:
        raise CannotRun(f"{dev_addr} is not an address to serve at", "write -a localhost:8001")

    def told(found: "LiveUpdate") -> None:
        if found.totals:
            print_findings(root, found.diagnostics, "text", found.totals)
        if found.problem:
            click.echo(f"error: {plain(found.problem.message)}", err=True)
            click.echo(f"  help: {plain(found.problem.help)}", err=True)
        tell(f"shown in {found.seconds:.2f} s" if found.shown and not found.problem else "the pages stay as they were")

    def ready(address: str) -> None:
        click.echo(f"Serving on {address} until Ctrl-C")

    site = LiveSite(Options(root=root, progress=progress(), notify=tell))
    try:
        serve_site(site, host.strip("[]") or "localhost", int(port), ready=ready, told=told)
    except KeyboardInterrupt:
        return 0
    return 0
