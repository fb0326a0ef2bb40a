"""What `check --fix` would write, shown in the summary of a pull request as lines to be pasted."""

from collections import Counter

from florilegium.core.edits import Change
from florilegium.edit.fixes.fix_drafts import TextKind
from florilegium.edit.fixes.fix_plan import Fixes
from florilegium.edit.fixes.fix_proposals import render_proposals


def shown(before, after):
    change = Change(path="annotations/notes/x.md", before=before, after=after)
    return render_proposals(Fixes(changes=(change,), counts=Counter({TextKind.QUOTE_ID: 1})))


def test_a_changed_line_is_shown_whole_with_its_place():
    text = shown("one\ntwo\nthree\n", "one\ntwo {#two}\nthree\n")
    assert "would write this, in 1 file." in text
    assert "`annotations/notes/x.md`, line 2:\n\n```text\ntwo {#two}\n```\n" in text
    assert "three" not in text


def test_a_new_line_is_said_to_come_before_another():
    assert ", before line 2:\n\n```text\n>\n```" in shown("> words\n> — who\n", "> words\n>\n> — who\n")


def test_no_text_ends_the_block_or_commands_a_terminal():
    assert "````text\n``` x\\u{1b}\n````" in shown("a\n", "``` x\x1b\n")


def test_nothing_is_shown_where_nothing_is_mended():
    assert render_proposals(Fixes(changes=(), counts=Counter())) == ""
