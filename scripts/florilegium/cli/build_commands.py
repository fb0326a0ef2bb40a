"""The commands `build`, which makes the site, and `verify`, which compares quotations with their originals."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..check.checking import Options
from ..core.diagnostics import plain, shell_word
from ..core.executors import MakeExecutor
from .program import executor_option, print_findings, progress, root_option, tell, verbose_option

if TYPE_CHECKING:
    from ..pipeline import Taken


@click.command()
@root_option
@click.option("--site-dir", type=click.Path(path_type=Path), help="Where to publish; default: site/ in the library.")
@click.option(
    "--renderer", type=click.Choice(["mkdocs", "properdocs", "zensical"]), default="mkdocs", show_default=True
)
@click.option("--no-search", is_flag=True, help="Leave out the search index.")
@click.option("--shard", metavar="K/N", help="Build the K-th of N parts of the site; florilegium merge joins them.")
@executor_option
@click.option("--no-cache", is_flag=True, help="Read and format everything again.")
@click.option("--explain", is_flag=True, help="Say what each step did, and what it cost.")
@verbose_option
def build(
    root: Path,
    site_dir: Path | None,
    renderer: str,
    no_search: bool,
    no_cache: bool,
    explain: bool,
    executor: MakeExecutor,
    shard: str | None,
) -> int:
    """Check the library and build its site; a failed build leaves the published site as it was."""
    from .. import pipeline
    from ..edit.starters.starter_files import is_outdated
    from ..publish.renderers import Renderer
    from ..publish.shards import parse_shard

    options = Options(
        root=root, remember=not no_cache, progress=progress(), notify=tell, search=not no_search, executor=executor
    )
    target = (site_dir or root / "site").absolute()
    built = pipeline.run_build(options, target, Renderer(renderer), parse_shard(shard) if shard else None)
    print_findings(root, built.diagnostics, "text", built.totals)
    if explain:
        _explain(built.steps)
    if built.site is None:
        click.echo("No page was written, and the published site is as it was.", err=True)
        return 1
    for finding in built.remarks:
        tell(finding)
    if is_outdated(root):
        tell("the frame of the site is that of another version: run florilegium init --update . in the library")
    click.echo(f"built {built.pages:,} pages ({built.written:,} new or changed) into {plain(str(target))}")
    if shard:
        click.echo(f"This is a part of the site; with the others: florilegium merge {shell_word(target)} ...")
        return 0
    click.echo(f"To look at them: python3 -m http.server --directory {shell_word(target)} 8000")
    click.echo("then open http://localhost:8000/ in a browser.")
    return 0


@click.command()
@root_option
@click.argument("shards", nargs=-1, required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--site-dir", type=click.Path(path_type=Path), help="Where to publish; default: site/ in the library.")
def merge(root: Path, shards: tuple[Path, ...], site_dir: Path | None) -> int:
    """Join the parts of a site that build --shard K/N has made, each in the folder SHARDS, and publish it."""
    from .. import pipeline

    target = (site_dir or root / "site").absolute()
    pipeline.merge_shards(Options(root=root, notify=tell), [shard.absolute() for shard in shards], target)
    click.echo(f"joined {len(shards):,} parts into {plain(str(target))}")
    return 0


def _explain(steps: "Sequence[Taken]") -> None:
    click.echo(f"{'step':8} {'CPU s':>7} {'wall s':>7}")
    for taken in steps:
        click.echo(f"{taken.step.name:8} {taken.cpu:7.2f} {taken.wall:7.2f}  {taken.step.purpose}: {taken.result}")
    click.echo(f"{'all':8} {sum(t.cpu for t in steps):7.2f} {sum(t.wall for t in steps):7.2f}")
