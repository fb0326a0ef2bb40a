"""A note with another id: its file, the links to it, its entries in the locks, and a redirect from its old address."""

import re
from collections.abc import Callable, Iterator

from ...check.checking import Options, judge, read
from ...core.diagnostics import did_you_mean, quoted
from ...core.edits import Change, Edit, apply_edits, read_exactly
from ...core.errors import CannotRun
from ...core.limits import uncollected
from ...core.model import Note, Theme
from ...core.spans import LineTable
from ...library.links import resolve_target
from ...library.listing import LOCK, SETTINGS_PATH
from ...library.reading import replace_files
from .rename_plan import Renaming, refuse_id, refuse_new, refuse_unreliable
from .renamed_settings import rename_in_settings

_FOLDER = "annotations"


def note_path(id_: str) -> str:
    return f"{_FOLDER}/notes/{id_}.md"


def plan_note_rename(options: Options, old: str, new: str) -> Renaming:
    """Give a note another id. Raises `CannotRun` where that cannot be done cleanly; nothing is written."""
    with uncollected():
        result, _ = read(options)
        links, before = judge(result, options.today)
        refuse_unreliable(result)
        notes = {note.id: note for note in links.library.notes}
        if old not in notes:
            raise CannotRun(
                f"there is no note {quoted(old)}", did_you_mean(old, notes, "its id is the name of its file")
            )
        if new in notes:
            raise CannotRun(f"there is a note {quoted(new)} already", "name another id")
        refuse_id(new, "note", links)
        changes = list(_changes(options, (*notes.values(), *links.library.themes), old, new))
        contents = {change.path: None if change.after is None else change.after.encode() for change in changes}
        after_links, after = judge(replace_files(result, contents), options.today)
        refuse_new(before, after)
        if len(after_links.states) != len(links.states):
            raise CannotRun("it would undo the verification of a quotation", "nothing was changed")
    return Renaming(
        changes=tuple(sorted(changes, key=lambda change: change.path)),
        old_path=note_path(old),
        new_path=note_path(new),
    )


def _changes(options: Options, documents: tuple[Note | Theme, ...], old: str, new: str) -> Iterator[Change]:
    def text(path: str) -> str:
        found = read_exactly(options.root, path)
        if found is None:
            raise CannotRun(f"{path} is missing", "restore it")
        return found

    for document in documents:
        before = text(document.path)
        table = LineTable(document.path, before)
        after = apply_edits(table, dict.fromkeys(_link_edits(document, table, old, new)))
        if document.path == note_path(old):
            yield Change(path=document.path, before=before, after=None)
            yield Change(path=note_path(new), before=None, after=after)
        elif after != before:
            yield Change(path=document.path, before=before, after=after)
    path = SETTINGS_PATH
    settings = LineTable(path, text(path))
    edits = rename_in_settings(settings, old, new, merge=False, folder="notes")
    yield Change(path=path, before=settings.text, after=apply_edits(settings, edits))
    for name, rename in _LOCKS.items():
        lock = read_exactly(options.root, f"{_FOLDER}/{name}")
        if lock is not None and (renamed := rename(lock, old, new)) != lock:
            yield Change(path=f"{_FOLDER}/{name}", before=lock, after=renamed)


def _link_edits(document: Note | Theme, table: LineTable, old: str, new: str) -> Iterator[Edit]:
    for hyperlink in document.body.hyperlinks:
        target = resolve_target(hyperlink, document.path)
        if target is None or (target.kind, target.id) != ("note", old):
            continue
        written = table.slice(hyperlink.span)
        renamed = re.sub(rf"(^<?|/){re.escape(old)}\.md(?=#|>|$)", rf"\g<1>{new}.md", written)
        if renamed != written:
            yield Edit(span=hyperlink.span, text=renamed)


def _in_verifications(text: str, old: str, new: str) -> str:
    """The lock of verified quotations: its entries begin with an address, and stand in their order."""
    lines = text.splitlines(keepends=True)
    head = [line for line in lines if line.startswith("#")]
    entries = [re.sub(rf"^{re.escape(old)}/", f"{new}/", line) for line in lines if not line.startswith("#")]
    return "".join([*head, *sorted(entries)])


def _in_imports(text: str, old: str, new: str) -> str:
    return re.sub(rf"^(quote \S+ \S+ ){re.escape(old)}/", rf"\g<1>{new}/", text, flags=re.MULTILINE)


_LOCKS: dict[str, Callable[[str, str, str], str]] = {LOCK: _in_verifications, "imports.lock": _in_imports}
