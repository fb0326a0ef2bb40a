"""The plan of a renaming: every file that changes with it, and the proof that nothing is worse after it."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ...check.checking import Options, judge, read
from ...core.diagnostics import Diagnostic, did_you_mean, plain, quoted
from ...core.edits import Change, Edit, apply_edits, read_exactly
from ...core.errors import CannotRun
from ...core.ids import LIST_ID, is_id, propose_id
from ...core.limits import uncollected
from ...core.model import Note, Theme
from ...core.spans import LineTable
from ...library.links import Links
from ...library.listing import SETTINGS_PATH, theme_path
from ...library.reading import ReadResult, replace_files
from ..fixes.fixed_files import keeps_words
from .mentions import names_theme, rename_mentions
from .merged_themes import merge_front_matter, merged_text
from .renamed_settings import rename_in_settings

_UNRELIABLE = frozenset(
    ("malformed-front-matter", "not-utf-8", "unreadable-file", "symbolic-link", "clashing-ids", "too-large", "too-slow")
)
"""Rules after whose findings nobody can say what a file names, and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renaming:
    """What a renaming changes."""

    changes: tuple[Change, ...]
    old_path: str
    new_path: str
    advice: tuple[str, ...] = ()
    """What the person who merges should look at."""


def plan_rename(options: Options, old: str, new: str) -> Renaming:
    """Give a theme another id. Raises `CannotRun` where that cannot be done cleanly; nothing is written."""
    with uncollected():
        return _ThemePlan(options, old, new).rename()


def plan_merge(options: Options, gone: str, kept: str) -> Renaming:
    """Let a theme become part of another one. Raises `CannotRun` like `plan_rename`."""
    with uncollected():
        return _ThemePlan(options, gone, kept).merge()


class RenamePlan:
    """The library in which a note or theme is to get another id."""

    def __init__(self, options: Options, old: str, new: str) -> None:
        self.options, self.old, self.new = options, old, new
        self.result, _ = read(options)
        self.links, self.findings = judge(self.result, options.today)
        _refuse_unreliable(self.result)

    def text(self, path: str, digest: str = "") -> str:
        text = read_exactly(self.options.root, path)
        if text is None:
            raise CannotRun(f"{path} is missing", "a redirect is written into it" if path == SETTINGS_PATH else "")
        if digest and hashlib.sha256(text.encode()).hexdigest() != digest:
            raise CannotRun(f"{path} changed while it was read", "run the command again")
        return text

    def apply(self, table: LineTable, edits: Iterable[Edit]) -> str:
        try:
            return apply_edits(table, edits)
        except ValueError as error:
            message = f"{error}, where a name is written in an unusual way"
            raise CannotRun(message, "simplify that place first") from error

    def judged(self, changes: Iterable[Change]) -> Links:
        """The library as it would be. Raises `CannotRun` where more is wrong with it than before."""
        contents = {c.path: None if c.after is None else c.after.encode() for c in changes}
        links, findings = judge(replace_files(self.result, contents), self.options.today)
        _refuse_new(self.findings, findings)
        return links

    def renaming(self, path: Callable[[str], str], changes: Iterable[Change], advice: Iterable[str] = ()) -> Renaming:
        return Renaming(
            changes=tuple(sorted((c for c in changes if c.before != c.after), key=lambda change: change.path)),
            old_path=path(self.old),
            new_path=path(self.new),
            advice=tuple(advice),
        )


class _ThemePlan(RenamePlan):
    def __init__(self, options: Options, old: str, new: str) -> None:
        super().__init__(options, old, new)
        self.files: dict[str, tuple[str | None, str | None]] = {}
        """By path, the text of each file that changes: as it is, and as it will be."""
        if old not in self.links.themes:
            raise CannotRun(f"there is no theme {quoted(old)}", self.near(old))
        if old == new:
            raise CannotRun(f"the theme {quoted(old)} has that name already", "name another one")

    def near(self, id_: str) -> str:
        _, _, now = self.links.library.settings.redirects.get(f"themes/{id_}", "").partition("themes/")
        if now:
            return f"it is {quoted(now)} now"
        return did_you_mean(id_, self.links.themes, f"the themes are {', '.join(map(plain, self.links.themes))}")

    # -- the two commands

    def rename(self) -> Renaming:
        if self.new in self.links.themes:
            remedy = f"to make the two one: florilegium theme merge {self.old} {self.new}"
            raise CannotRun(f"there is a theme {quoted(self.new)} already", remedy)
        refuse_id(self.new, "theme", self.links)
        self.edit_all(merge=False)
        before = self.text(theme_path(self.old))
        _, after = self.files.get(theme_path(self.old), ("", before))
        self.files |= {theme_path(self.old): (before, None), theme_path(self.new): (None, after)}
        return self.finish()

    def merge(self) -> Renaming:
        if self.new not in self.links.themes:
            raise CannotRun(f"there is no theme {quoted(self.new)}", self.near(self.new))
        gone, kept = self.links.themes[self.old], self.links.themes[self.new]
        self.edit_all(merge=True)
        before, own = self.files.pop(gone.path, (self.text(gone.path),) * 2)
        assert own is not None
        table = LineTable(kept.path, self.text(kept.path))
        # Its lists are merged with what they take over; what else names the theme that goes stands in its prose.
        front = kept.spans.values()
        edits = [
            edit
            for edit in rename_mentions(kept, table, self.old, self.new, merge=True)
            if not any(span.start <= edit.span.start <= span.end for span in front)
        ]
        text = self.apply(table, [*edits, *merge_front_matter(gone, kept, table)])
        after = merged_text(gone, LineTable(gone.path, own), LineTable(kept.path, text))
        self.files |= {gone.path: (before, None), kept.path: (table.text, after)}
        return self.finish(_advice(gone, kept))

    # -- edits

    def edit_all(self, *, merge: bool) -> None:
        library = self.links.library
        documents: tuple[Note | Theme, ...] = (*library.notes, *library.themes)
        for document in documents:
            if document.path != theme_path(self.new) and names_theme(document, self.old):
                table = LineTable(document.path, self.text(document.path, document.digest))
                edits = rename_mentions(document, table, self.old, self.new, merge=merge)
                self.files[document.path] = (table.text, self.apply(table, edits))
        table = LineTable(SETTINGS_PATH, self.text(SETTINGS_PATH))
        text = self.apply(table, rename_in_settings(table, self.old, self.new, merge=merge))
        self.files[SETTINGS_PATH] = (table.text, text)

    def finish(self, advice: Iterable[str] = ()) -> Renaming:
        changes = [Change(path=path, before=b, after=a) for path, (b, a) in self.files.items()]
        _refuse_other_words(self.links, self.judged(changes))
        return self.renaming(theme_path, changes, advice)


def refuse_id(id_: str, what: str, links: Links) -> None:
    """Refuse what cannot be the id of a note or theme."""
    if not is_id(id_) or id_ == LIST_ID:
        proposal = propose_id(id_, links.library.settings.language, what, long=True)
        form = "lower-case letters a-z, digits and single hyphens, at most 64"
        remedy = "it is the list's name" if id_ == LIST_ID else f"write {proposal}"
        raise CannotRun(f"{quoted(id_)} is not a valid {what} id: {form}", remedy)


def _refuse_unreliable(result: ReadResult) -> None:
    for finding in result.diagnostics:
        if finding.rule in _UNRELIABLE:
            message = f"{plain(str(finding.span))}: {finding.message} [{finding.rule}]"
            raise CannotRun(message, "fix this first: until then nobody can say what the file names")


def _refuse_new(known: Sequence[Diagnostic], found: Sequence[Diagnostic]) -> None:
    """Nothing may be found afterwards that was not found before."""
    counts = Counter(finding.rule for finding in found)
    counts.subtract(finding.rule for finding in known)
    messages = Counter(finding.message for finding in known)
    new = [f for f in found if counts[f.rule] > 0 and f.message not in messages]
    if new or any(count > 0 for count in counts.values()):
        new = new or [f for f in found if counts[f.rule] > 0]
        shown = "; ".join(f"{plain(str(f.span))}: {f.message} [{f.rule}]" for f in new[:3])
        more = f"; and {len(new) - 3:,} more" if len(new) > 3 else ""
        raise CannotRun(f"the library would be worse for it: {shown}{more}", "nothing was changed; see to this first")


def _refuse_other_words(before: Links, after: Links) -> None:
    notes = {note.path: note for note in after.library.notes}
    changed = [n.path for n in before.library.notes if not keeps_words(n.quotes, notes[n.path].quotes)]
    if changed or any(after.states.get(address) is not state for address, state in before.states.items()):
        raise CannotRun("it would change the words of a quotation", "nothing was changed")


def _advice(gone: Theme, kept: Theme) -> Iterable[str]:
    stands = {mention.id for mention in kept.broader}
    stood = [mention.id for mention in gone.broader if mention.id != kept.id]
    if gone.id not in stands and not stands.issuperset(stood):
        above = ", ".join(map(quoted, stood))
        yield f"{quoted(gone.id)} stood below {above}; {quoted(kept.id)} stays where it stood itself"
    if gone.body.text.strip():
        yield f"the text of {quoted(gone.id)} now ends {kept.path}: make one definition of the two"
