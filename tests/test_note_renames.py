"""A note gets another id in all files at once; and what a renaming means is one line of a comparison."""

import pytest
from florilegium.check.changes.comparing import compare
from florilegium.check.changes.sides import read_sides
from florilegium.check.checking import Options, check_library
from florilegium.core.edits import write_changes
from florilegium.core.errors import CannotRun
from florilegium.edit.renames.rename_plan import plan_rename
from florilegium.edit.renames.renamed_notes import plan_note_rename
from folders import write_files

WORK = "{id: roe2001, type: book, title: Long days, author: [{family: Roe, given: Ann}], publisher: P, issued: 2001}"
FILES = {
    "library.yml": "title: T\nroles: [{id: author, label: Author}]\n",
    "themes/work.md": "---\nlabel: Work\n---\nSee [the note](../notes/long-days.md).\n",
    "notes/long-days.md": f"---\ntitle: Long days\nreferences: [{WORK}]\n---\nSee [@roe2001] and [here](long-days.md#q-one).\n"
    "\n> I sleep in the office.\n>\n> — the author, in [@roe2001, p. 3] #work {#one}\n",
    "notes/other.md": f"---\ntitle: Other\nreferences: [{WORK}]\n---\nSee [@roe2001] and [it](long-days.md).\n"
    "\n> I never sleep at home.\n>\n> — the author, in [@roe2001, p. 4] #work {#two}\n",
    "imports.lock": "quote kindle abc long-days/one sha256:" + "0" * 64 + " - -\n",
}


@pytest.fixture
def roots(tmp_path):
    for side in ("before", "after"):
        write_files(tmp_path / side / "annotations", FILES)
    return tmp_path / "before", tmp_path / "after"


def options(root):
    return Options(root=root, remember=False, executor=None)


def test_a_renamed_note_is_renamed_wherever_it_is_named(roots):
    _, root = roots
    renaming = plan_note_rename(options(root), "long-days", "roe-long-days")
    write_changes(root, renaming.changes)
    files = {path: (root / "annotations" / path).read_text() for path in FILES if path != "notes/long-days.md"}
    assert not (root / "annotations/notes/long-days.md").exists()
    assert "[here](roe-long-days.md#q-one)" in (root / "annotations/notes/roe-long-days.md").read_text()
    assert "[it](roe-long-days.md)" in files["notes/other.md"]
    assert "(../notes/roe-long-days.md)" in files["themes/work.md"]
    assert "notes/long-days: notes/roe-long-days" in files["library.yml"]
    assert "abc roe-long-days/one sha256" in files["imports.lock"]
    assert check_library(options(root)).diagnostics == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("longdays", "x", 'there is no note "longdays"'),
        ("long-days", "other", 'there is a note "other" already'),
        ("long-days", "Long Days", "is not a valid note id"),
        ("long-days", "index", "is not a valid note id"),
    ],
)
def test_what_cannot_be_renamed(old, new, message, roots):
    with pytest.raises(CannotRun, match=message):
        plan_note_rename(options(roots[1]), old, new)


def test_a_renamed_theme_is_one_change_and_no_note_counts_as_changed(roots):
    before, after = roots
    write_changes(after, plan_rename(options(after), "work", "labour").changes)
    changes = compare(*read_sides(str(before), str(after), options(after), from_merge_base=False))
    assert [theme.present.id for theme in changes.themes] == ["labour"]
    assert (changes.quotes, changes.notes) == ((), ())


def test_a_theme_that_is_changed_besides_still_shows(roots):
    before, after = roots
    write_changes(after, plan_rename(options(after), "work", "labour").changes)
    path = after / "annotations/notes/other.md"
    path.write_text(path.read_text().replace("p. 4", "p. 5"))
    changes = compare(*read_sides(str(before), str(after), options(after), from_merge_base=False))
    assert [quote.present.address for quote in changes.quotes] == ["other/two"]
