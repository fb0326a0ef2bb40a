"""The commands that look at a library and change nothing: `check` and `explain`."""

from pathlib import Path

import click

from ..checking import CannotRun, Options, check_quickly, has_errors
from ..diagnostics import did_you_mean, quoted
from ..rules import RULES
from .program import progress, report, root_option


@click.command()
@root_option
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif", "github"]), default="text", show_default=True
)
@click.option("--strict", is_flag=True, help="Let warnings fail the check as errors do.")
@click.option("--no-cache", is_flag=True, help="Read every file again.")
def check(root: Path, form: str, strict: bool, no_cache: bool) -> int:
    """Check every note, theme, reference and quotation."""
    options = Options(root=root, remember=not no_cache, progress=progress())
    diagnostics, totals = check_quickly(options)
    report(root, diagnostics, form, totals)
    return int(has_errors(diagnostics, strict=strict))


@click.command()
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
