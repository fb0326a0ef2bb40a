"""What `check --fix` would write, as Markdown for whoever edits a proposal in the browser: lines to be pasted."""

import difflib
import re
from collections.abc import Container, Iterable, Iterator

from ...core.diagnostics import counted, plain
from ...core.edits import Change
from .fix_plan import Fixes

_SHOWN = 40
"""Places that are shown; the rest is counted."""
_LONG = 1_000
"""Characters of one place that are shown."""


def render_proposals(fixes: Fixes, changed: Container[str] | None = None) -> str:
    """A section for the summary of a pull request; empty where nothing can be fixed in the `changed` files."""
    changes = tuple(c for c in fixes.changes if changed is None or c.path in changed)
    places = list(_places(changes))
    if not places:
        return ""
    head = f"\n### Ready to paste\n\n`florilegium check --fix` would write this, in {counted(len(changes), 'file')}. "
    rest = f"\n_And {len(places) - _SHOWN:,} more places._\n" if len(places) > _SHOWN else ""
    how = "In the browser, put these lines in the place of those that stand there."
    return f"{head}{how}\n{''.join(places[:_SHOWN])}{rest}"


def _places(changes: Iterable[Change]) -> Iterator[str]:
    for change in changes:
        before, after = ((text or "").splitlines() for text in (change.before, change.after))
        for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, before, after, False).get_opcodes():
            if tag == "equal":
                continue
            lines = f"line {start + 1:,}" if end - start < 2 else f"lines {start + 1:,} to {end:,}"
            where = f"{lines}, delete" if tag == "delete" else f"before {lines}" if tag == "insert" else lines
            text = "\n".join(plain(line) for line in after[new_start:new_end])
            if len(text) > _LONG:
                text = f"{text[:_LONG]} …"
            # A fence that is longer than any in the text: nothing in it is read as Markdown.
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
            block = f"\n{fence}text\n{text}\n{fence}\n" if text or tag != "delete" else "\n"
            yield f"\n`{_path(change.path)}`, {where}:\n{block}"


def _path(path: str) -> str:
    return plain(path).replace("`", "'")
