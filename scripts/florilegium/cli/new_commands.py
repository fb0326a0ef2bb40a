"""The commands that help to write: `new note`, `new theme`, and `init` for a library of one's own."""

import re
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..check.checking import Options
from ..core.diagnostics import plain, shell_word
from ..core.edits import render_diff, write_changes
from ..core.errors import CannotRun
from ..core.model import Basis
from .given_works import WORK, is_asked, linked_library, requested_work
from .program import root_option

if TYPE_CHECKING:
    from ..edit.drafts.skeletons import NewFile

_BASES = [basis.value for basis in Basis]
_BASIS = "what you have in hand: the full-text, the abstract, or a secondary work that reports it"


@click.group()
def new() -> None:
    """Start a note or a theme."""


@new.command()
@root_option
@click.option("--source", metavar="WORK", help=f"The work that is summarised: {WORK}.")
@click.option("--basis", type=click.Choice(_BASES), help=f"{_BASIS.capitalize()}.")
@click.option("--via", metavar="WORK", help="With --basis secondary: the work that was read instead.")
@click.option("--title", help="The heading of the note; default: the title of the work.")
@click.option("--id", default="", metavar="ID", help="The name of the file; default: made from the title.")
@click.option("--theme", "themes", multiple=True, metavar="ID", help="A theme that the work treats. Repeatable.")
@click.option("--notice", "notices", multiple=True, metavar="ID", help="A content notice for the note. Repeatable.")
@click.option("--contributor", "contributors", multiple=True, metavar="NAME", help="Who writes the note. Repeatable.")
@click.option("--draft", is_flag=True, help="Write status: draft, so that the note is not published yet.")
def note(
    root: Path,
    source: str | None,
    basis: str | None,
    via: str | None,
    title: str | None,
    themes: tuple[str, ...],
    **said: Any,
) -> int:
    """Start a note on a work. On a terminal, asks for what is missing. A DOI is looked up at Crossref."""
    from ..edit.drafts.skeletons import NewNote, plan_note

    links = linked_library(root)
    work = requested_work(links, source or _ask("--source", f"The work ({WORK})"))
    chosen = Basis(basis or _ask("--basis", f"The basis ({_BASIS})", choice=_BASES))
    if via is None and chosen is Basis.SECONDARY:
        via = _ask("--via", f"The work that you read instead ({WORK})")
    wanted = NewNote(
        work=work,
        basis=chosen,
        via=requested_work(links, via, work) if via else None,
        title=title if title is not None else _offer("The heading of the note", work.source.title),
        themes=themes or _several("The themes that the work treats", links.themes),
        today=Options(root=root).today,
        **said,
    )
    planned = plan_note(links, wanted)
    if work.listed:
        click.echo(f'The library lists this work already, as "{plain(work.source.key)}"; it is not listed again.')
    _write(root, planned)
    verify = f"florilegium verify --original {shell_word(work.source.key)}=PATH"
    _tell_next([_CHECK, _show(root), (verify, "compares its quotations with the work, if you have its text")])
    return 0


@new.command()
@root_option
@click.option("--label", help="The name of the theme, as readers see it.")
@click.option("--id", default="", metavar="ID", help="The name of the file; default: made from the label.")
@click.option("--alias", "aliases", multiple=True, metavar="NAME", help="Another name for it. Repeatable.")
@click.option("--broader", multiple=True, metavar="ID", help="A theme of which it is a part. Repeatable.")
@click.option("--related", multiple=True, metavar="ID", help="A related theme. Repeatable.")
@click.option("--notice", "notices", multiple=True, metavar="ID", help="A notice for all its quotations. Repeatable.")
def theme(root: Path, label: str | None, broader: tuple[str, ...], **said: Any) -> int:
    """Start a theme. On a terminal, asks for what is missing."""
    from ..edit.drafts.skeletons import NewTheme, plan_theme

    links = linked_library(root)
    label = label or _ask("--label", "The name of the theme, as readers see it")
    broader = broader or _several("The themes of which it is a part", links.themes)
    planned = plan_theme(links, NewTheme(label=label, broader=broader, **said))
    _write(root, planned)
    click.echo(f"  then  add {planned.id} to themes: in the notes that treat it, and #{planned.id} to their quotations")
    _tell_next([_CHECK, _show(root)])
    return 0


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", default="My library", show_default=True, help="What the library is called.")
@click.option("--example", is_flag=True, help="Begin with four short readings and the texts that they quote.")
@click.option("--program", default="", metavar="ADDRESS", help="Where pip gets the program: an address or a wheel.")
@click.option("--update", is_flag=True, help="Update the site templates, the workflows and the guide to the format.")
def init(folder: Path, title: str, example: bool, program: str, update: bool) -> int:
    """Start a library of one's own in the folder DIR: a new one, or a repository with a README and a license."""
    root = folder.resolve()
    return _update(root, folder) if update else _start(root, folder, title, example, program)


def _start(root: Path, folder: Path, title: str, example: bool, program: str) -> int:
    from ..edit.starters.starter_files import plan_library, program_address
    from ..edit.starters.vendored_program import WHEEL, pack_wheel

    there = _there(root, plain(str(folder)))
    if not title.strip():
        raise CannotRun("the title is empty", "give one with --title")
    changes = plan_library(" ".join(title.split()), example=example, program=program, there=there)
    root.mkdir(parents=True, exist_ok=True)
    write_changes(root, changes)
    click.echo(f"wrote {len(changes)} files into {plain(str(folder))}")
    if not program and not program_address():
        (root / "vendor").mkdir()
        (root / "vendor" / WHEEL).write_bytes(pack_wheel())
        click.echo(f"vendor/{WHEEL} holds the program, so that others can install it from here")
    _tell_next(
        [
            (f"cd {shell_word(folder)}", ""),
            *([("florilegium verify --originals originals", "compares the quotations with their texts")] * example),
            ("florilegium build", "makes the site"),
            ("florilegium serve", "shows it while you write"),
            ("florilegium new note", "starts a note of your own"),
        ]
    )
    guide = "LIBRARY.md" if any(change.path == "LIBRARY.md" for change in changes) else "README.md"
    click.echo(f"{guide} says what to change first, and how to publish the site.")
    return 0


_OF_REPOSITORIES = re.compile(
    r"\.git.*|\.DS_Store|(?:README|LICEN[CS]E|COPYING|CITATION|CODE_OF_CONDUCT|CONTRIBUTING)(?:\..*)?", re.IGNORECASE
)
"""What a repository holds before anything is in it."""


def _there(root: Path, shown: str) -> dict[str, str]:
    """The files of a folder that a library can begin in, by name. Raises `CannotRun` where there are others."""
    if root.exists() and not root.is_dir():
        raise CannotRun(f"{shown} is a file", "name a folder")
    found = sorted(root.iterdir()) if root.is_dir() else []
    if others := [path.name for path in found if not _OF_REPOSITORIES.fullmatch(path.name)]:
        message = f"{shown} is not empty; nothing was written: it holds {plain(', '.join(others[:5]))}"
        raise CannotRun(message, "name a folder that is not there yet, or a repository with a README and a license")
    return {path.name: path.read_bytes().decode("utf-8", "replace") for path in found if path.is_file()}


_SHOWN_LINES = 42
"""Lines of a difference that are shown."""


def _update(root: Path, folder: Path) -> int:
    from ..edit.starters.starter_files import plan_update

    if not (root / "frame").is_dir():
        raise CannotRun(f"{plain(str(folder))} has no folder frame/", "name a library that florilegium init started")
    try:
        update = plan_update(root)
    except UnicodeDecodeError as error:
        raise CannotRun("a site template is not a text", "restore it, or remove it") from error
    write_changes(root, update.changes)
    for change in update.changes:
        click.echo(f"{'removed' if change.after is None else 'wrote'} {plain(change.path)}")
    for change in update.kept:
        click.echo(f"kept {plain(change.path)}, which was changed here; remove it to get the new one:")
        for line in islice(render_diff([change]), 2, _SHOWN_LINES):
            click.echo(f"    {plain(line)}")
    if not update.changes and not update.kept:
        click.echo("The frame is up to date.")
    return int(bool(update.kept))


# ---------------------------------------------------------------------------------------------------- questions


def _ask(option: str, question: str, choice: Iterable[str] = ()) -> str:
    """An answer from the terminal; without one the option is missing."""
    if not is_asked():
        raise CannotRun(f"{option} is missing", f"add {option}: {question[0].lower()}{question[1:]}")
    kind = click.Choice(list(choice)) if choice else None
    answer = str(click.prompt(question, type=kind, err=True)).strip()
    return answer + _rest_of(answer)


def _rest_of(first: str) -> str:
    """What else was pasted behind a first line that begins an entry: all lines up to an empty one."""
    if not first.startswith(("@", "{", "[", "TY  -")) or _is_balanced(first):
        return ""
    lines = [""]
    with suppress(EOFError):
        while line := input():
            lines.append(line)
    return "\n".join(lines)


def _is_balanced(text: str) -> bool:
    return not text.startswith("TY") and text.count("{") == text.count("}") and text.count("[") == text.count("]")


def _offer(question: str, default: str) -> str:
    """An answer from the terminal; nothing where the default will do, or nobody can be asked."""
    if not is_asked():
        return ""
    answer = str(click.prompt(question, default=plain(default) or None, err=True)).strip()
    return "" if answer == plain(default) else answer


def _several(question: str, known: Iterable[str]) -> tuple[str, ...]:
    """Ids from the terminal, with commas between them; without a terminal none."""
    names = ", ".join(known)
    if not is_asked() or not names:
        return ()
    answer = str(click.prompt(f"{question}, with commas ({names})", default="", show_default=False, err=True))
    return tuple(filter(None, answer.replace(",", " ").split()))


# ------------------------------------------------------------------------------------------------------- results


def _write(root: Path, planned: "NewFile") -> None:
    write_changes(root, [planned.change])
    click.echo(f"wrote {plain(planned.change.path)}")
    for line, words in planned.todos:
        click.echo(f"  line {line}: {plain(words)}")


def _tell_next(commands: Iterable[tuple[str, str]]) -> None:
    """Which commands to run next, and what each is for."""
    click.echo("Next:")
    for command, purpose in commands:
        click.echo(f"  {plain(command):52} {purpose}".rstrip())


_CHECK = ("florilegium check", "says what is left to be done, and what is wrong")


def _show(root: Path) -> tuple[str, str]:
    script = (root / "scripts" / "serve").is_file()
    return "./scripts/serve" if script else "florilegium serve", "shows the site while you write"
