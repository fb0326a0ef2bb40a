"""A comparison as text for a terminal; the words of quotations with notices are shown on demand only."""

from collections.abc import Iterable, Iterator

from ...core.diagnostics import counted, first_few, printable
from .change_summary import (
    MOST_PAGES,
    NOT_REPEATED,
    describe_attribution,
    describe_prose,
    describe_state,
    summarise_changes,
)
from .differences import Changes, DocumentChange, FieldChange, How, QuoteChange, WorkChange
from .word_changes import OnlyIn, WordPiece

_MARKS = {How.ADDED: "+", How.REMOVED: "-", How.EDITED: "~", How.MOVED: ">"}
_LONGEST = 2_000
"""Characters of one value that are shown."""


def render_text(changes: Changes, *, open_notices: bool = False) -> Iterator[str]:
    """The lines of a comparison. With `open_notices`, words are shown that stand behind a content notice."""
    yield f"{printable(changes.base)} → {printable(changes.head)}"
    yield summarise_changes(changes)
    for title, lines in _parts(changes, open_notices):
        shown = list(lines)
        if shown:
            yield from ("", title, *shown)


def _parts(changes: Changes, open_notices: bool) -> Iterator[tuple[str, Iterable[str]]]:
    yield "Addresses that lead nowhere any more", _vanished(changes)
    yield "Settings", _settings(changes)
    yield "Quotations", (line for change in changes.quotes for line in _quote(change, open_notices))
    yield "Record of comparisons, quotes.lock", _records(changes)
    yield "Notes", (line for change in changes.notes for line in _document(change))
    yield "Themes", (line for change in changes.themes for line in _document(change))
    yield "Works", (line for change in changes.works for line in _work(change))
    yield "Words quoted of each work", _words(changes)
    yield "Other pages that change with it", _affected(changes)


def _vanished(changes: Changes) -> Iterator[str]:
    for entry in changes.vanished:
        inside = f", and {counted(entry.quotes, 'quotation')} in it" if entry.quotes else ""
        yield f"  error: {printable(entry.address)}{inside}"
        yield f"    help: {printable(entry.remedy)}"


def _settings(changes: Changes) -> Iterator[str]:
    for change in changes.settings:
        mark = "!" if change.loosens else "~"
        less = "  (asks for less than before)" if change.loosens else ""
        yield f"  {mark} {printable(change.name)}: {_change(change.before, change.after)}{less}"
    if changes.hidden:
        yield f"  ! {counted(changes.hidden, 'finding')} that counted under the old settings, and no longer"


def _quote(change: QuoteChange, open_notices: bool) -> Iterator[str]:
    quote = change.present
    notices = f"  [notices: {printable(', '.join(change.notices))}]" if change.notices else ""
    yield f"  {_MARKS[change.how]} {printable(quote.address)} {change.how}{notices}"
    yield from _fields(change.fields)
    if change.how in (How.ADDED, How.REMOVED):
        yield f"    {_value(describe_attribution(quote))}"
    if change.state_after or change.state_before:
        yield f"    {describe_state(change)}"
    yield from _quoted_words(change, open_notices)


def _quoted_words(change: QuoteChange, open_notices: bool) -> Iterator[str]:
    if change.how in (How.EDITED, How.MOVED) and not change.words:
        return
    if change.notices and not open_notices:
        yield "    its words stand behind a notice; --open-notices shows them"
        return
    words = " ".join(map(_marked, change.words)) or " ".join(change.present.words.split())
    yield f"    | {printable(_cut(words))}"


def _marked(piece: WordPiece) -> str:
    """`[-what went-]` and `{+what came+}`, as `wdiff` writes it."""
    return {OnlyIn.BOTH: "{}", OnlyIn.BEFORE: "[-{}-]", OnlyIn.AFTER: "{{+{}+}}"}[piece.only].format(piece.text)


def _records(changes: Changes) -> Iterator[str]:
    for record in changes.records:
        said = f"  ({NOT_REPEATED})" if record.after else ""
        yield f"  {_MARKS[record.how]} {printable(record.quote)} @{printable(record.key)} {record.how}{said}"
        yield f"    {_value(record.after or record.before)}"


def _document(change: DocumentChange) -> Iterator[str]:
    present = change.present
    name = getattr(present, "title", "") or getattr(present, "label", "")
    yield f"  {_MARKS[change.how]} {printable(present.id)} {change.how}: {_value(name)}"
    yield from _fields(change.fields)
    if change.prose:
        yield f"    prose: {describe_prose(change.prose)}"


def _work(change: WorkChange) -> Iterator[str]:
    yield f"  {_MARKS[change.how]} @{printable(change.key)} {change.how}"
    yield from _fields(change.fields)
    if change.cited_in and change.how is not How.ADDED:
        yield f"    shown in {printable(first_few(change.cited_in, 5))}"


def _affected(changes: Changes) -> Iterator[str]:
    if changes.affected:
        yield f"  {printable(first_few(changes.affected, MOST_PAGES))}"


def _words(changes: Changes) -> Iterator[str]:
    for entry in changes.words:
        key = printable(f"@{entry.key}")
        yield f"  {key}: {entry.before:,} → {entry.after:,}, {entry.share:.0%} of all words quoted"


def _fields(fields: Iterable[FieldChange]) -> Iterator[str]:
    for field in fields:
        yield f"    {printable(field.name)}: {_change(field.before, field.after)}"


def _change(before: str, after: str) -> str:
    return f"{_value(before)} → {_value(after)}"


def _value(text: str) -> str:
    return printable(_cut(" ".join(text.split()))) or "(nothing)"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} … ({len(text) - _LONGEST:,} more characters)"
