"""The command `links`: hyperlinks of the built site, addresses that were published, and addresses of other sites."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from ..check.checking import Options, has_errors
from ..core.diagnostics import plain
from ..core.edits import write_changes
from ..core.errors import CannotRun
from .program import print_findings, progress, root_option, show_changes, tell

_FORMATS = ["text", "json", "sarif", "github", "markdown"]


@click.command()
@root_option
@click.option("--site-dir", type=click.Path(path_type=Path), help="The built site; default: site/ in the library.")
@click.option("--record", is_flag=True, help="Add all addresses of the library to those that were published.")
@click.option("--external", is_flag=True, help="Check external links instead. Uses the network.")
@click.option("--fix", is_flag=True, help="With --external: write the new addresses of pages that moved for good.")
@click.option(
    "--time-limit", type=click.IntRange(min=1), default=900, show_default=True, help="Seconds for all checks."
)
@click.option("--allow-private", is_flag=True, hidden=True, help="For tests: ask hosts of the own network too.")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
def links(
    root: Path,
    site_dir: Path | None,
    record: bool,
    external: bool,
    fix: bool,
    time_limit: int,
    allow_private: bool,
    form: str,
    strict: bool,
) -> int:
    """Follow every hyperlink of the built site; with --external, those that lead to other sites."""
    options = Options(root=root, progress=progress())
    if record and external:
        raise CannotRun("--record and --external are two commands", "run one after the other")
    if fix and not external:
        raise CannotRun("--fix writes the new addresses of other sites' pages", "add --external")
    if form == "markdown" and not external:
        raise CannotRun("--format markdown is the text of an issue on other sites' pages", "add --external")
    if record:
        return _record(options, form)
    if external:
        return _external(options, time_limit, allow_private, form, fix=fix, strict=strict)
    return _site(options, (site_dir or root / "site").absolute(), form, strict=strict)


def _site(options: Options, folder: Path, form: str, *, strict: bool) -> int:
    from ..publish.hyperlinks.site_hyperlinks import check_site

    checked = check_site(options, folder)
    summary = f"{checked.pages:,} pages, {checked.permalinks:,} published addresses"
    print_findings(options.root, checked.diagnostics, form, summary)
    return int(has_errors(checked.diagnostics, strict=strict))


def _record(options: Options, form: str) -> int:
    from ..publish.hyperlinks.permalink_recording import record_permalinks

    checked, change, count = record_permalinks(options)
    if change is None:
        print_findings(options.root, checked.diagnostics, form, checked.totals)
        tell("nothing was recorded: a library with errors is not published")
        return 1
    write_changes(options.root, [change])
    click.echo(f"{change.path} has {count:,} addresses{'' if change.before != change.after else ', as before'}")
    return 0


def _external(options: Options, time_limit: int, allow_private: bool, form: str, *, fix: bool, strict: bool) -> int:
    from ..check.checking import check_library
    from ..check.checks.severities import apply_severities
    from ..publish.external.address_fixes import moved_changes
    from ..publish.external.external_findings import describe_check
    from ..publish.external.external_issue import render_issue
    from ..publish.external.external_run import check_written_addresses
    from ..publish.external.lychee import RequestOptions

    request = RequestOptions(time_limit=time_limit)
    if allow_private:
        # Servers in a test are on this machine, and wait for nobody.
        request = replace(request, allow_private=True, timeout=3.0, pause=0.0, retries=0)
    joined = check_library(options).links
    asking = partial(options.progress, "asking")
    found, states = check_written_addresses(joined, options.root, options.today, request, asking)
    diagnostics = apply_severities(joined, describe_check(found))
    changes = list(moved_changes(options.root, found))
    write_changes(options.root, [states, *(changes if fix else ())])
    if form == "markdown":
        for line in render_issue(found):
            click.echo(line)
    else:
        print_findings(options.root, diagnostics, form, f"{len(found.outcomes):,} addresses of other sites")
    if form == "text" and changes:
        show_changes(changes)
        names = ", ".join(plain(change.path) for change in changes)
        click.echo(f"written: {names}" if fix else "Nothing was changed; --fix writes this.")
    return int(has_errors(diagnostics, strict=strict))
