"""A comparison as Markdown, for the summary of a job or a comment on a pull request.

It is read where many people come by. So what was contributed does nothing there but show itself, and the words of
quotations with notices stay folded until a reader opens them.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ...core.diagnostics import counted, first_few
from .change_summary import (
    MOST_PAGES,
    NOT_REPEATED,
    describe_attribution,
    describe_prose,
    describe_state,
    summarise_changes,
)
from .differences import Changes, DocumentChange, FieldChange, How, QuoteChange, RecordChange, WorkChange
from .inert_text import as_code, as_markdown
from .word_changes import OnlyIn, WordPiece

MAX_SUMMARY_BYTES = 1_000_000
"""What is written at most; GitHub takes 1 MiB as a job's summary, and 65,536 characters as a comment."""
_END = 300
"""Bytes that are kept for the sentence that says what was cut."""
_PIECE = 1_500
"""Characters of a quotation's words that are shown of each piece."""
_SHOWN = 60
"""Pieces of a quotation's words that are shown."""


class _Part(NamedTuple):
    title: str
    entries: Iterable[str]
    """Each is whole: none is cut in its midst."""


def render_markdown(changes: Changes, *, max_bytes: int = MAX_SUMMARY_BYTES) -> str:
    """All of it, as far as it fits; what was cut is counted at the end."""
    head = f"## What changes in the library\n\n{as_code(changes.base)} → {as_code(changes.head)}\n\n"
    written = [head, f"{summarise_changes(changes)}\n"]
    room = max_bytes - _END - sum(len(piece.encode()) for piece in written)
    left, cut = room, 0
    for part in _parts(changes):
        title = f"\n### {part.title}\n\n"
        for entry in part.entries:
            piece = f"{title}{entry}"
            size = len(piece.encode())
            if cut or size > left:
                cut += 1
                continue
            written.append(piece)
            left -= size
            title = ""
    if cut:
        written.append(
            f"\n_{counted(cut, 'entry is', 'entries are')} not shown here, since there is no room for more._\n"
        )
    return "".join(written)


def _parts(changes: Changes) -> Iterator[_Part]:
    yield _Part("Permanent addresses that lead nowhere any more", _vanished(changes))
    yield _Part("Settings of the library", _settings(changes))
    yield _Part("Quotations", map(_quote, changes.quotes))
    yield _Part("Record of comparisons, quotes.lock", map(_record, changes.records))
    yield _Part("Notes", map(_document, changes.notes))
    yield _Part("Themes", map(_document, changes.themes))
    yield _Part("Works", map(_work, changes.works))
    yield _Part("Words quoted of each work", _words(changes))
    yield _Part("Other pages that change with it", _affected(changes))


def _vanished(changes: Changes) -> Iterator[str]:
    for entry in changes.vanished:
        inside = f", and {counted(entry.quotes, 'quotation')} in it" if entry.quotes else ""
        yield f"- ❌ {as_code(entry.address)}{inside}: {as_markdown(entry.remedy)}\n"


def _record(record: RecordChange) -> str:
    said = f", {NOT_REPEATED}" if record.after else ""
    lines = f"- {as_code(record.quote)} {as_code(f'@{record.key}')} **{record.how}**{said}\n"
    return f"{lines}    - {as_markdown(record.after or record.before)}\n"


def _settings(changes: Changes) -> Iterator[str]:
    for change in changes.settings:
        mark = "⚠️ **asks for less than before**: " if change.loosens else ""
        yield f"- {mark}{as_code(change.name)}: {_change(change.before, change.after)}\n"
    if changes.hidden:
        found = counted(changes.hidden, "finding")
        yield f"- ⚠️ {found} that counted under the old settings, and no longer\n"


# ---------------------------------------------------------------------------------------------------- quotations


def _quote(change: QuoteChange) -> str:
    quote = change.present
    said = f": {as_markdown(describe_attribution(quote), 500)}" if change.how in (How.ADDED, How.REMOVED) else ""
    state = f"; {describe_state(change)}" if change.state_after or change.state_before else ""
    lines = [f"- {as_code(quote.address)} **{change.how}**{said}{state}\n", *map(_field, change.fields)]
    words = list(_words_of(change))
    if words and change.notices:
        notices = ", ".join(as_code(id_) for id_ in change.notices)
        lines.append(f"\n  <details><summary>Content notice: {_html(change.notices)}</summary>\n\n")
        lines += [*words, "\n  </details>\n"]
        lines.insert(1, f"  - carries {notices}\n")
    elif words:
        lines += ["\n", *words, "\n"]
    return "".join(lines)


def _html(notices: Iterable[str]) -> str:
    """Ids of notices within HTML, where no Markdown is read; what is none is not repeated."""
    return ", ".join(id_ if id_.isascii() and id_.replace("-", "").isalnum() else "unknown" for id_ in notices)


def _words_of(change: QuoteChange) -> Iterator[str]:
    """The words as a block quote within the list."""
    if change.how in (How.EDITED, How.MOVED) and not change.words:
        return
    pieces = change.words or (WordPiece(OnlyIn.BOTH, change.present.words),)
    yield f"  > {' '.join(map(_marked, pieces[:_SHOWN]))}\n"
    if len(pieces) > _SHOWN:
        yield f"  >\n  > … and {counted(len(pieces) - _SHOWN, 'more piece')}\n"


def _marked(piece: WordPiece) -> str:
    """`~~what went~~`, `**what came**`."""
    mark = {OnlyIn.BOTH: "", OnlyIn.BEFORE: "~~", OnlyIn.AFTER: "**"}[piece.only]
    return f"{mark}{as_markdown(piece.text, _PIECE)}{mark}"


# ------------------------------------------------------------------------------------------- notes, themes, works


def _document(change: DocumentChange) -> str:
    present = change.present
    name = getattr(present, "title", "") or getattr(present, "label", "")
    prose = f"; prose: {describe_prose(change.prose)}" if change.prose else ""
    line = f"- {as_code(present.id)} **{change.how}**: {as_markdown(name, 300)}{prose}\n"
    return line + "".join(map(_field, change.fields))


def _work(change: WorkChange) -> str:
    source = change.after or change.before
    title = f": {as_markdown(source.title, 300)}" if source and source.title else ""
    line = f"- {as_code(f'@{change.key}')} **{change.how}**{title}\n"
    shown = ""
    if change.cited_in and change.how is not How.ADDED:
        shown = f"  - shown in {first_few([*map(as_code, change.cited_in)], 5)}\n"
    return line + "".join(map(_field, change.fields)) + shown


def _affected(changes: Changes) -> Iterator[str]:
    if changes.affected:
        yield f"- {first_few([*map(as_code, changes.affected)], MOST_PAGES)}\n"


def _words(changes: Changes) -> Iterator[str]:
    for entry in changes.words:
        key = as_code(f"@{entry.key}")
        yield f"- {key}: {entry.before:,} → {entry.after:,} ({entry.share:.0%} of all words quoted)\n"


def _field(field: FieldChange) -> str:
    return f"  - {as_markdown(field.name, 60)}: {_change(field.before, field.after)}\n"


def _change(before: str, after: str) -> str:
    """Two values; an empty one is said to be none."""
    return f"{_value(before)} → {_value(after)}"


def _value(text: str) -> str:
    return as_markdown(text, 500) if text.strip() else "_nothing_"
