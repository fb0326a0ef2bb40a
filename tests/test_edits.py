"""Edits by span, their diffs, and that they are written whole or not at all."""

import subprocess

import pytest
from florilegium.core.edits import Change, Changed, Edit, apply_edits, render_diff, write_changes
from florilegium.core.spans import LineTable
from hypothesis import given
from hypothesis import strategies as st


def test_edits_leave_everything_else_as_it_is():
    table = LineTable("a.md", "one\r\ntwo  \nthree")
    edits = [Edit(span=table.span(5, 8), text="zwei"), Edit(span=table.span(0, 0), text="null\n")]
    assert apply_edits(table, edits) == "null\none\r\nzwei  \nthree"


def test_two_insertions_at_one_place_keep_their_order():
    table = LineTable("a.md", "ab")
    assert apply_edits(table, [Edit(span=table.span(1, 1), text=text) for text in "zyx"]) == "azyxb"


def test_edits_that_overlap_are_refused_and_neighbours_are_not():
    table = LineTable("a.md", "abcdef")
    apply_edits(table, [Edit(span=table.span(0, 2), text=""), Edit(span=table.span(2, 3), text="")])
    with pytest.raises(ValueError, match="overlap"):
        apply_edits(table, [Edit(span=table.span(0, 3), text=""), Edit(span=table.span(2, 3), text="")])


_TEXTS = st.text(st.sampled_from("ab\n\u2028 "), max_size=30)


@given(before=st.none() | _TEXTS, after=st.none() | _TEXTS)
def test_git_applies_a_diff_to_what_it_was_made_of(before, after, tmp_path_factory):
    folder = tmp_path_factory.mktemp("diff")
    # An empty file and no file look alike in a unified diff.
    before, after = before or None, after or None
    if before is not None:
        (folder / "a.txt").write_bytes(before.encode())
    diff = "".join(f"{line}\n" for line in render_diff([Change(path="a.txt", before=before, after=after)]))
    if not diff:
        assert before == after
        return
    subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], cwd=folder, input=diff.encode(), check=True)
    path = folder / "a.txt"
    assert (path.read_bytes().decode() if path.exists() else None) == after


def test_files_are_made_changed_and_removed(tmp_path):
    (tmp_path / "old.md").write_text("old\n")
    (tmp_path / "gone.md").write_text("gone\n")
    (tmp_path / "old.md").chmod(0o600)
    changes = [
        Change(path="old.md", before="old\n", after="new\n"),
        Change(path="deep/made.md", before=None, after="made\r\n"),
        Change(path="gone.md", before="gone\n", after=None),
    ]
    write_changes(tmp_path, changes)
    assert (tmp_path / "old.md").read_bytes() == b"new\n"
    assert (tmp_path / "old.md").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "deep/made.md").read_bytes() == b"made\r\n"
    assert not (tmp_path / "gone.md").exists()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["deep", "made.md", "old.md"]


@pytest.mark.parametrize("found", [None, "other\n"])
def test_nothing_is_written_where_one_file_has_changed_meanwhile(tmp_path, found):
    (tmp_path / "a.md").write_text("a\n")
    if found is not None:
        (tmp_path / "b.md").write_text(found)
    changes = [Change(path="a.md", before="a\n", after="A\n"), Change(path="b.md", before="b\n", after="B\n")]
    with pytest.raises(Changed, match=r"b\.md"):
        write_changes(tmp_path, changes)
    assert (tmp_path / "a.md").read_text() == "a\n"
    assert not list(tmp_path.glob(".*"))


def test_a_symbolic_link_is_not_written_through(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.md").write_text("a\n")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "notes").symlink_to(tmp_path / "outside")
    with pytest.raises(Changed):
        write_changes(tmp_path / "root", [Change(path="notes/a.md", before="a\n", after="A\n")])
    assert (tmp_path / "outside" / "a.md").read_text() == "a\n"
