"""`import notes DIR`: a folder of notes of another program, and on one screen what remains to be done."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import click

from ..check.checking import Options
from ..core.diagnostics import counted, first_few, plain
from ..core.edits import write_changes
from ..core.errors import CannotRun
from .program import progress

_SHOWN = 3
_NO_KEY = re.compile(r'no reference has the key "(.*)"')
_QUOTED = re.compile(r'"[^"]{16,}"|(?<=theme )"[^"]*"')


def import_vault(
    root: Path, arguments: tuple[str, ...], speaker: str, renamed: Mapping[str, str], *, dry_run: bool
) -> int:
    """Write the notes of a folder into the library, and say what was made of them."""
    from ..edit.imports.vaults.vault_plan import VaultPlan, plan_vault

    if len(arguments) != 1:
        raise CannotRun("one folder is expected", "write florilegium import notes DIR")
    names = {key.casefold(): name.casefold() for key, name in renamed.items()}
    plan: VaultPlan = plan_vault(Options(root=root, progress=progress()), Path(arguments[0]), speaker, names)
    if not dry_run:
        write_changes(root, plan.changes)
    there = f", {plan.there:,} there already" if plan.there else ""
    click.echo(f"notes: {len(plan.published):,} published, {len(plan.drafts):,} drafts{there}")
    click.echo(f"themes: {plan.themes:,} added")
    reasons: dict[str, list[str]] = {}
    keys: Counter[str] = Counter()
    for id_, why in plan.drafts.items():
        if key := _NO_KEY.match(why):
            keys[key[1]] += 1
        reason = "it cites a work that the library does not have" if key else _QUOTED.sub("…", why)
        reasons.setdefault(reason, []).append(id_)
    by_count = sorted(reasons.items(), key=lambda item: -len(item[1]))
    for why, ids in by_count[:12]:
        click.echo(f"  {counted(len(ids), 'draft')}: {plain(why)} ({first_few(ids, _SHOWN)})")
    if len(by_count) > 12:
        click.echo(f"  … and {sum(len(ids) for _, ids in by_count[12:]):,} drafts for other reasons, named in each")
    if keys:
        click.echo(f"  works to add: {first_few([*map(plain, keys)], 8)}")
    for what, count in plan.counts.most_common():
        click.echo(f"  {count:,} {what}")
    _left_out(plan.left_out)
    for line in plan.refused[:_SHOWN]:
        click.echo(f"  not read: {plain(line)}")
    if plan.drafts and not speaker:
        click.echo("Who speaks in the quotations? If it is one role everywhere: --speaker ROLE publishes those notes.")
    click.echo("Nothing was written." if dry_run else "Each draft says in its first line why it is one.")
    return 0


def _left_out(left_out: Counter[str]) -> None:
    if left_out:
        shown = ", ".join(f"{plain(key)} ({count:,})" for key, count in left_out.most_common(8))
        click.echo(f"  properties left out: {shown}; --map KEY=KEY reads one as another")
