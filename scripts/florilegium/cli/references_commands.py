"""The commands about works: `references add` lists one; `references refresh` asks which were retracted or corrected."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..check.checking import Options, check_library
from ..core.diagnostics import counted, plain, quoted
from ..core.edits import write_changes
from .given_works import linked_library, requested_work
from .program import progress, root_option, show_changes, tell

if TYPE_CHECKING:
    from ..edit.retractions import RegistryAnswers, RetractionResult


@click.group()
def references() -> None:
    """Keep up with what became of the works that are cited."""


@references.command()
@root_option
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
def refresh(root: Path, dry_run: bool) -> int:
    """Ask Crossref for each work with a DOI whether it was retracted, corrected or called into question.

    The network is used: two questions for each work, to api.crossref.org. The answers are written into the references
    as a status with its date and notice, and shown as a diff to be reviewed.
    """
    from ..edit.retractions import ask_registry, plan_refresh
    from ..works.registries.crossref_records import fetch_notices, fetch_record

    library = check_library(Options(root=root)).links.library
    answers = ask_registry(library, fetch_record, lambda done, all_: progress()("asked for", done, all_), fetch_notices)
    refreshed = plan_refresh(library, root, answers.found)
    show_changes(refreshed.changes)
    for entry in refreshed.by_hand:
        click.echo(f"{plain(str(entry.span))}: this entry cannot be changed safely; add by hand")
        for line in entry.lines:
            click.echo(f"  {plain(line)}")
    if not dry_run:
        write_changes(root, refreshed.changes)
    _sum_up(answers, refreshed, dry_run=dry_run)
    return int(bool(refreshed.by_hand or answers.failed or (dry_run and refreshed.changes)))


@references.command()
@root_option
@click.argument("work")
@click.option(
    "--to", "file", default="references/works.yaml", show_default=True, metavar="FILE", help="A .yaml or .bib."
)
def add(root: Path, work: str, file: str) -> int:
    """Add a work to the library's references.

    WORK is a DOI, PMID, ISBN or arXiv id, a file, or - to paste BibTeX, RIS or CSL. For an identifier the network is
    used: Crossref, doi.org, PubMed or Open Library is asked for this one work.
    """
    from ..edit.drafts.added_references import plan_reference

    found = requested_work(linked_library(root), work)
    key = plain(found.source.key)
    if found.listed:
        click.echo(f"The library has this work as {key}.")
        return 0
    change = plan_reference(root, found, file)
    write_changes(root, [change])
    click.echo(f"Added to {plain(change.path)}: cite it as [@{key}].")
    return 0


def _sum_up(answers: "RegistryAnswers", refreshed: "RetractionResult", *, dry_run: bool) -> None:
    for doi, error in answers.failed.items():
        tell(f"no answer for {quoted(doi)}: {error}")
    for doi in answers.unknown:
        tell(f"Crossref has no record of {quoted(doi)}")
    for source, said in refreshed.works:
        tell(f"{quoted(source.key)}: {said.sentence}")
    asked, found = _count(answers.asked, "work"), _count(len(answers.found), "notice")
    if answers.unanswered:
        tell(f"not known of {_count(answers.unanswered, 'work')}, which is not to say that none was retracted")
    files = _count(len(refreshed.changes), "file")
    tell(f"asked for {asked}; {found} found; {files} {'would change' if dry_run else 'changed'}")


def _count(number: int, name: str) -> str:
    return counted(number, name) if number else f"no {name}"
