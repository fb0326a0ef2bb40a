"""A note with another id: its file, the links to it, its entries in the locks, and a redirect from its old address."""

import re
from collections.abc import Callable, Iterator

from ...check.checking import Options
from ...core.diagnostics import insist_known, quoted
from ...core.edits import Change, read_exactly
from ...core.errors import CannotRun
from ...core.limits import uncollected
from ...core.model import Note, Theme
from ...core.spans import LineTable
from ...library.listing import ANNOTATIONS, IMPORTS, LOCK, SETTINGS_PATH, note_path
from .mentions import rename_links
from .rename_plan import RenamePlan, Renaming, refuse_id
from .renamed_settings import rename_in_settings


def plan_note_rename(options: Options, old: str, new: str) -> Renaming:
    """Give a note another id. Raises `CannotRun` where that cannot be done cleanly; nothing is written."""
    with uncollected():
        plan = RenamePlan(options, old, new)
        notes = {note.id: note for note in plan.links.library.notes}
        insist_known("note", old, notes, "its id is the name of its file")
        if new in notes:
            raise CannotRun(f"there is a note {quoted(new)} already", "name another id")
        refuse_id(new, "note", plan.links)
        changes = list(_changes(plan, old, new))
        if len(plan.judged(changes).states) != len(plan.links.states):
            raise CannotRun("it would undo the verification of a quotation", "nothing was changed")
    return plan.renaming(note_path, changes)


def _changes(plan: RenamePlan, old: str, new: str) -> Iterator[Change]:
    library = plan.links.library
    documents: tuple[Note | Theme, ...] = (*library.notes, *library.themes)
    for document in documents:
        table = LineTable(document.path, plan.text(document.path))
        after = plan.apply(table, rename_links(document, table, "note", old, new))
        if document.path == note_path(old):
            yield Change(path=document.path, before=table.text, after=None)
            yield Change(path=note_path(new), before=None, after=after)
        elif after != table.text:
            yield Change(path=document.path, before=table.text, after=after)
    settings = LineTable(SETTINGS_PATH, plan.text(SETTINGS_PATH))
    edits = rename_in_settings(settings, old, new, merge=False, folder="notes")
    yield Change(path=SETTINGS_PATH, before=settings.text, after=plan.apply(settings, edits))
    for name, rename in _LOCKS.items():
        path = f"{ANNOTATIONS}/{name}"
        if (lock := read_exactly(plan.options.root, path)) is not None:
            yield Change(path=path, before=lock, after=rename(lock, old, new))


def _in_verifications(text: str, old: str, new: str) -> str:
    """The lock of verified quotations: its entries begin with an address, and stand in their order."""
    lines = text.splitlines(keepends=True)
    head = [line for line in lines if line.startswith("#")]
    entries = [re.sub(rf"^{re.escape(old)}/", f"{new}/", line) for line in lines if not line.startswith("#")]
    return "".join([*head, *sorted(entries)])


def _in_imports(text: str, old: str, new: str) -> str:
    return re.sub(rf"^(quote \S+ \S+ ){re.escape(old)}/", rf"\g<1>{new}/", text, flags=re.MULTILINE)


_LOCKS: dict[str, Callable[[str, str, str], str]] = {LOCK: _in_verifications, IMPORTS: _in_imports}
