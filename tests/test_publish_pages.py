"""Generated pages: written where they change, removed where the tool wrote them, and nobody's work touched."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from florilegium.publish.publish_errors import PublishError
from florilegium.publish.written_pages import Page, SyncResult, sync_pages
from folders import Files, posix, read_files, times, write_files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.slow

SEAL = b"made by the tool, unchanged\n"


class Shelf:
    """Generated pages below `docs/`."""

    def __init__(self, root: Path) -> None:
        self.docs, self.manifest = root / "docs", root / "pages.manifest"
        self.rendered: list[str] = []

    def page(self, path: str, data: bytes, key: str) -> Page:
        def render() -> bytes:
            self.rendered.append(path)
            return data

        return Page(key=key or sha256(data).hexdigest(), render=render)

    def sync(self, content: Files, *, key: str = "", folders: tuple[str, ...] = ("notes",)) -> SyncResult:
        self.rendered.clear()
        return sync_pages(
            self.docs,
            {path: self.page(path, data, key) for path, data in content.items()},
            self.manifest,
            is_ours=lambda data: data.startswith(SEAL),
            folders=folders,
        )

    def messages(self, content: Files) -> list[str]:
        return [conflict.message for conflict in self.sync(content).conflicts]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_pages_are_written_and_removed(shelf: Shelf) -> None:
    write_files(shelf.docs, {"about.md": b"by hand"})
    first = shelf.sync({"index.md": b"i", "notes/a.md": b"a", "themes/deep/t.md": b"t"})
    assert first.written == ("index.md", "notes/a.md", "themes/deep/t.md")
    second = shelf.sync({"index.md": b"I", "notes/a.md": b"a"})
    assert second == SyncResult(written=("index.md",), removed=("themes/deep/t.md",), unchanged=1, conflicts=())
    assert read_files(shelf.docs) == {"about.md": b"by hand", "index.md": b"I", "notes/a.md": b"a"}
    assert not (shelf.docs / "themes").exists(), "folders that it emptied go too"


def test_unchanged_pages_are_neither_rendered_nor_touched(shelf: Shelf) -> None:
    content = {"notes/a.md": b"a", "notes/b.md": b"b"}
    shelf.sync(content)
    before, manifest = times(shelf.docs), shelf.manifest.stat()
    assert shelf.sync(content).unchanged == 2
    assert shelf.rendered == []
    assert times(shelf.docs) == before
    assert shelf.manifest.stat() == manifest


def test_a_new_key_with_the_same_bytes_changes_no_file(shelf: Shelf) -> None:
    shelf.sync({"notes/a.md": b"a"}, key="1")
    before = times(shelf.docs)
    result = shelf.sync({"notes/a.md": b"a"}, key="2")
    assert (result.written, result.unchanged, shelf.rendered) == ((), 1, ["notes/a.md"])
    assert times(shelf.docs) == before
    shelf.sync({"notes/a.md": b"a"}, key="2")
    assert shelf.rendered == []


def test_a_deleted_page_is_written_again(shelf: Shelf) -> None:
    shelf.sync({"notes/a.md": b"a"})
    (shelf.docs / "notes/a.md").unlink()
    assert shelf.sync({"notes/a.md": b"a"}).written == ("notes/a.md",)


@pytest.mark.parametrize("data", [b"an edit", b"B"], ids=["longer", "same size"])
def test_a_page_changed_by_hand_is_not_overwritten(shelf: Shelf, data: bytes) -> None:
    shelf.sync({"notes/a.md": b"a"})
    path = shelf.docs / "notes/a.md"
    was = path.stat()
    path.write_bytes(data)
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    for content in (b"a", b"new"):
        (conflict,) = shelf.sync({"notes/a.md": content}).conflicts
        assert conflict.path == "notes/a.md"
        assert conflict.message == '"docs/notes/a.md" is generated, but was changed by hand'
        assert "delete this file" in conflict.help
        assert path.read_bytes() == data
    # Near misses: the change is undone, or the file is deleted as the help says.
    path.write_bytes(b"a")
    assert shelf.sync({"notes/a.md": b"new"}).written == ("notes/a.md",)
    path.write_bytes(data)
    path.unlink()
    assert shelf.sync({"notes/a.md": b"new"}).conflicts == ()


def test_an_outdated_page_changed_by_hand_is_not_deleted(shelf: Shelf) -> None:
    shelf.sync({"notes/a.md": b"a", "notes/b.md": b"b"})
    (shelf.docs / "notes/a.md").write_bytes(b"edit")
    for _ in range(2):
        assert shelf.messages({"notes/b.md": b"b"}) == [
            '"docs/notes/a.md" is generated no more, but was changed by hand'
        ]
        assert (shelf.docs / "notes/a.md").read_bytes() == b"edit"
    (shelf.docs / "notes/a.md").unlink()
    assert shelf.messages({"notes/b.md": b"b"}) == []


def test_a_file_in_the_way_stays(shelf: Shelf) -> None:
    write_files(shelf.docs, {"index.md": b"by hand", "same.md": b"same", "empty.md": b"", "zeros.md": b"\0\0"})
    pages = {"index.md": b"i", "same.md": b"same", "empty.md": b"e", "zeros.md": b"z", "notes/a.md": b"a"}
    result = shelf.sync(pages)
    assert [conflict.message for conflict in result.conflicts] == [
        '"docs/index.md" is in the way of a generated page: this tool did not make it'
    ]
    # Near misses: a file that holds nothing of anybody, and one that holds what the page would.
    assert read_files(shelf.docs) == pages | {"index.md": b"by hand"}
    assert result.unchanged == 1


def test_a_stranger_among_generated_pages_is_reported(shelf: Shelf) -> None:
    shelf.sync({"notes/a.md": b"a"})
    write_files(shelf.docs, {"notes/evil.md": b"<script>", "notes/.DS_Store": b"x", "about.md": b"by hand"})
    assert shelf.messages({"notes/a.md": b"a"}) == [
        '"docs/notes/evil.md" lies among generated pages and would be published, but this tool did not make it'
    ]


@posix
@pytest.mark.parametrize("place", ["docs/notes/a.md", "docs/notes", "docs"])
def test_links_are_not_followed(shelf: Shelf, tmp_path: Path, place: str) -> None:
    shelf.sync({"notes/a.md": b"a"})
    outside = tmp_path / "outside"
    (tmp_path / place).rename(outside)
    (tmp_path / place).symlink_to(outside)
    before = read_files(tmp_path)
    if place == "docs":
        with pytest.raises(PublishError, match="is not a folder"):
            shelf.sync({"notes/a.md": b"new"})
    else:
        assert len(shelf.sync({"notes/a.md": b"new"}).conflicts) == 1
        assert shelf.sync({}).removed == ()
    assert read_files(tmp_path).items() >= {k: v for k, v in before.items() if k.startswith("outside")}.items()


@posix
def test_a_pipe_in_a_pages_place_does_not_stop_the_build(shelf: Shelf) -> None:
    (shelf.docs / "notes").mkdir(parents=True)
    os.mkfifo(shelf.docs / "notes/a.md")
    assert shelf.messages({"notes/a.md": b"a"}) == ['"docs/notes/a.md" is not a regular file']


def test_without_a_manifest_the_seal_tells_what_is_ours(shelf: Shelf) -> None:
    shelf.sync({"notes/a.md": SEAL + b"a", "old/b.md": SEAL + b"b", "notes/c.md": SEAL + b"c", "d.md": b"d"})
    shelf.manifest.unlink()
    write_files(shelf.docs, {"notes/c.md": b"edit", "old/mine.md": b"mine"})
    result = shelf.sync({"notes/a.md": SEAL + b"A", "notes/c.md": SEAL + b"c", "d.md": b"d"})
    assert (result.written, result.removed) == (("notes/a.md",), ("old/b.md",))
    assert [conflict.path for conflict in result.conflicts] == ["notes/c.md"]
    assert (shelf.docs / "old/mine.md").read_bytes() == b"mine"


def test_a_manifest_cannot_lead_out_of_the_docs(shelf: Shelf, tmp_path: Path) -> None:
    victim = tmp_path / "victim.md"
    victim.write_bytes(b"v")
    shelf.sync({"notes/a.md": b"v"})
    text = shelf.manifest.read_text()
    for path in ("../victim.md", str(victim), "notes/../../victim.md"):
        shelf.manifest.write_text(text.replace("notes/a.md", path))
        shelf.sync({}, folders=())
        assert victim.exists()
    shelf.manifest.write_text(text)
    assert shelf.sync({}).removed == ("notes/a.md",)


def test_a_manifest_that_came_with_its_page_is_not_believed(shelf: Shelf) -> None:
    """Both may be part of a pull request; only a file that never changed since *we* wrote it goes unread."""
    shelf.sync({"notes/a.md": b"<script>"}, key="1")
    copy = (shelf.docs / "notes/a.md").read_bytes()
    (shelf.docs / "notes/a.md").unlink()
    (shelf.docs / "notes/a.md").write_bytes(copy)
    shelf.sync({"notes/a.md": b"clean"}, key="1")
    assert (shelf.docs / "notes/a.md").read_bytes() == b"clean"


@pytest.mark.parametrize("rubbish", [b"", b"\xff\xfe", b"[[[[", b"[" * 100_000, b'["florilegium pages",1]\n[1]\n{}\n"'])
def test_a_broken_manifest_is_as_good_as_none(shelf: Shelf, rubbish: bytes) -> None:
    shelf.sync({"notes/a.md": SEAL})
    shelf.manifest.write_bytes(rubbish)
    assert shelf.sync({"notes/b.md": b"b"}).conflicts == ()
    assert read_files(shelf.docs) == {"notes/b.md": b"b"}


def test_a_line_that_a_killed_run_left_unfinished(shelf: Shelf) -> None:
    shelf.sync({"notes/a.md": b"a"})
    with shelf.manifest.open("ab") as file:
        file.write(b'["notes/b.md","12')

    def breaks() -> bytes:
        raise ZeroDivisionError

    pages = {"notes/a.md": shelf.page("", b"A", ""), "notes/b.md": Page(key="", render=breaks)}
    with pytest.raises(ZeroDivisionError):
        sync_pages(shelf.docs, pages, shelf.manifest, is_ours=lambda data: False)
    assert (shelf.docs / "notes/a.md").read_bytes() == b"A"
    assert shelf.sync({"notes/a.md": b"new"}).conflicts == ()


@pytest.mark.parametrize("path", ["", "/a", "../a", "a//b", "a/", "./a", "a\\b", "c:a", "a\nb", "a\u202eb"])
def test_paths_of_pages_stay_below_the_root(shelf: Shelf, path: str) -> None:
    with pytest.raises(ValueError, match="not a path for a page"):
        shelf.sync({path: b""})


def test_pages_can_be_rendered_by_an_executor(shelf: Shelf) -> None:
    pages = {f"notes/{i}.md": shelf.page(str(i), str(i).encode(), "") for i in range(20)}
    with ThreadPoolExecutor(2) as pool:
        sync_pages(
            shelf.docs,
            pages,
            shelf.manifest,
            is_ours=lambda data: False,
            render=lambda due: pool.map(lambda page: page.render(), due),
        )
    assert read_files(shelf.docs) == {f"notes/{i}.md": str(i).encode() for i in range(20)}


_NAMES = st.sampled_from(["a", "b", "c/d", "c/e", "f/g/h"])
_CONTENTS = st.dictionaries(_NAMES, st.sampled_from([b"1", b"2", b"33"]))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_CONTENTS, min_size=2, max_size=4))
def test_any_row_of_contents_ends_with_the_last(memory: Path, row: list[Files]) -> None:
    with TemporaryDirectory(dir=memory) as folder:
        shelf = Shelf(Path(folder))
        for content in row:
            result = shelf.sync(content)
            assert result.conflicts == ()
            assert len(result.written) + result.unchanged == len(content)
            assert (read_files(shelf.docs) if shelf.docs.exists() else {}) == content


def test_twenty_thousand_unchanged_pages(memory: Path) -> None:
    shelf = Shelf(memory)
    content = {f"notes/{i}.md": b"x" for i in range(20_000)}
    shelf.sync(content)
    start = time.process_time()
    assert shelf.sync(content).unchanged == 20_000
    assert time.process_time() - start < 1, "seconds of the processor; usually 0.2"
