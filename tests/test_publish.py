"""The published site: replaced as a whole, by copies of what changed and links to the rest, and nowhere it must not."""

import errno
import os
import random
import shutil
import socket
import stat
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from florilegium.publish import exchange, generations, system
from florilegium.publish.exchange import Publication, publish_site, recover_site
from florilegium.publish.locks import hold_lock
from florilegium.publish.publish_errors import PublishError
from florilegium.publish.publish_targets import MARKER, Project, check_target
from folders import Files, posix, read_files, times, write_files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.slow


class Desk:
    """A project with a built site, to be published to `site/`."""

    def __init__(self, root: Path, name: str = "site") -> None:
        self.project = Project(root=root, annotations=root / "annotations", docs=root / "docs")
        self.root, self.state, self.built, self.target = root, root / ".state", root / ".built", root / name
        for folder in (self.project.annotations, self.project.docs, self.built):
            folder.mkdir(parents=True)

    def publish(self, target: Path | None = None) -> Publication:
        with hold_lock(self.state) as lock:
            return publish_site(self.built, target or self.target, project=self.project, lock=lock)

    def publish_written(self, *written: str) -> Publication:
        with hold_lock(self.state) as lock:
            return publish_site(self.built, self.target, project=self.project, lock=lock, written=written)

    def inodes(self) -> dict[str, int]:
        return {p.relative_to(self.target).as_posix(): p.stat().st_ino for p in self.target.rglob("*")}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    # As if the renderer had come to its end some seconds before.
    monkeypatch.setattr(generations, "_STEP", -1)
    desk = Desk(tmp_path / "project")
    write_files(desk.built, {"index.html": b"index", "notes/a/index.html": b"a", "notes/b/index.html": b"b"})
    return desk


def test_a_first_site(desk: Desk) -> None:
    assert desk.publish() == Publication(copied=3, kept=0, removed=0)
    assert read_files(desk.target) == read_files(desk.built)
    assert "made by florilegium" in (desk.target / MARKER).read_text()


def test_an_empty_folder_is_taken(desk: Desk) -> None:
    desk.target.mkdir()
    desk.publish()
    assert read_files(desk.target) == read_files(desk.built)


def test_missing_folders_above_the_target_are_made(desk: Desk) -> None:
    desk.publish(desk.root / "out/deep/site")
    assert read_files(desk.root / "out/deep/site") == read_files(desk.built)


def test_only_changed_files_are_copied(desk: Desk) -> None:
    desk.publish()
    before = desk.inodes()
    write_files(desk.built, {"notes/a/index.html": b"A", "notes/c/index.html": b"c"})
    shutil.rmtree(desk.built / "notes/b")
    assert desk.publish() == Publication(copied=2, kept=1, removed=1)
    after = desk.inodes()
    assert before["index.html"] == after["index.html"], "same file, same time, for whoever mirrors the site"
    assert before["notes/a/index.html"] != after["notes/a/index.html"]
    assert read_files(desk.target) == read_files(desk.built)


def test_nothing_is_done_when_nothing_changed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.publish()
    before = desk.inodes(), times(desk.target)
    for room, name in (
        (system, "exchange"),
        (system, "link"),
        (system, "make_folder"),
        (generations, "same_bytes"),
    ):
        monkeypatch.setattr(room, name, None)
    assert desk.publish() == Publication(copied=0, kept=3, removed=0)
    assert (desk.inodes(), times(desk.target)) == before


def test_what_was_only_just_built_is_compared_once_and_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    desk.publish()
    before = desk.inodes(), times(desk.target)
    monkeypatch.setattr(generations, "_STEP", -1)
    assert desk.publish() == Publication(copied=0, kept=3, removed=0)
    monkeypatch.setattr(generations, "same_bytes", None)
    assert desk.publish() == Publication(copied=0, kept=3, removed=0)
    assert (desk.inodes(), times(desk.target)) == before


def _break_nothing(_: Desk) -> None: ...


@pytest.mark.parametrize(
    ("edit", "count"),
    [
        (_break_nothing, 0),
        (lambda desk: (desk.target / "index.html").write_bytes(b"by hand"), 1),
        (lambda desk: (desk.target / "notes/a/index.html").unlink(), 1),
        (lambda desk: (desk.target / "more").mkdir(), 1),
        (lambda desk: (desk.target / "bare").rmdir(), 1),
        (lambda desk: (desk.target / "link").symlink_to("index.html"), 1),
        (lambda desk: (desk.target / "index.html").chmod(0o600), 1),
        (lambda desk: shutil.rmtree(desk.target), 1),
        (lambda desk: (desk.state / "published.json").unlink(), 1),
    ],
)
def test_a_folder_that_nothing_was_written_to_is_not_looked_at_while_the_site_is_as_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, edit: Callable[[Desk], object], count: int
) -> None:
    (desk.built / "bare").mkdir()
    desk.publish()
    edit(desk)
    looks = []
    monkeypatch.setattr(exchange, "read_built", lambda folder: looks.append(folder) or generations.read_built(folder))
    with hold_lock(desk.state) as lock:
        publish_site(desk.built, desk.target, project=desk.project, lock=lock, written=())
    assert read_files(desk.target) == read_files(desk.built)
    assert (desk.target / "bare").is_dir()
    assert not (desk.target / "more").exists()
    assert len(looks) == count


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often all of what was built is looked at."""
    found: list[str] = []
    monkeypatch.setattr(exchange, "read_built", lambda folder: found.append(folder) or generations.read_built(folder))
    return found


def test_of_what_was_written_only_that_is_looked_at(desk: Desk, looks: list[str]) -> None:
    desk.publish()
    write_files(desk.built, {"notes/a/index.html": b"A", "notes/c/index.html": b"c"})
    (desk.built / "index.html").unlink()
    written = ("notes/a/index.html", "notes/c/index.html", "index.html", "never.html")
    assert desk.publish_written(*written) == Publication(copied=2, kept=1, removed=1)
    assert read_files(desk.target) == read_files(desk.built)
    assert len(looks) == 1


@pytest.mark.parametrize(
    "edit",
    [
        lambda desk: shutil.rmtree(desk.built / "notes/b"),
        lambda desk: (desk.built / "notes/b/index.html").unlink(),
        lambda desk: (desk.target / "index.html").write_bytes(b"by hand"),
        lambda desk: (desk.target / "notes/a/index.html").unlink(),
        lambda desk: (desk.target / "more").mkdir(),
    ],
)
def test_all_is_looked_at_where_a_folder_is_left_empty_or_the_target_was_changed(
    desk: Desk, looks: list[str], edit: Callable[[Desk], object]
) -> None:
    desk.publish()
    edit(desk)
    desk.publish_written("notes/b/index.html")
    assert read_files(desk.target) == read_files(desk.built)
    assert {p.relative_to(desk.built) for p in desk.built.rglob("*")} == {
        p.relative_to(desk.target) for p in desk.target.rglob("*") if p.name != MARKER
    }
    assert len(looks) == 2


def test_a_link_among_what_was_written_is_refused(desk: Desk) -> None:
    desk.publish()
    (desk.built / "link.html").symlink_to("index.html")
    with pytest.raises(PublishError, match="neither a file nor a folder"):
        desk.publish_written("link.html")
    assert not (desk.target / "link.html").exists()


@pytest.mark.parametrize("step", [-1, 2_000_000_000])
def test_site_after_site_is_published_by_what_was_written(
    desk: Desk, looks: list[str], monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(generations, "_STEP", step)
    chance = random.Random(step)
    desk.publish()
    names = ["index.html", *(f"notes/{name}/index.html" for name in "abcde"), "notes/feed.xml"]
    for _ in range(30):
        written = chance.sample(names, chance.randrange(3))
        for name in written:
            if (desk.built / name).exists() and chance.random() < 0.4 and len(read_files(desk.built)) > 1:
                (desk.built / name).unlink()
                if not os.listdir((desk.built / name).parent):
                    (desk.built / name).parent.rmdir()
            else:
                write_files(desk.built, {name: b"%d" % chance.randrange(10)})
        desk.publish_written(*written)
        assert read_files(desk.target) == read_files(desk.built)
    assert 1 <= len(looks) < 20


def test_a_site_in_another_folder_is_made_of_an_untouched_one(desk: Desk) -> None:
    desk.publish()
    other = desk.root / "other"
    with hold_lock(desk.state) as lock:
        for _ in range(2):
            publish_site(desk.built, other, project=desk.project, lock=lock, written=())
    assert read_files(other) == read_files(desk.built)


def test_a_full_build_of_the_same_pages_keeps_the_published_files(desk: Desk) -> None:
    desk.publish()
    before = desk.inodes()
    content = read_files(desk.built)
    shutil.rmtree(desk.built)
    write_files(desk.built, content)
    assert desk.publish().copied == 0
    assert desk.inodes()["index.html"] == before["index.html"]


def test_the_renderer_writing_in_place_changes_nothing_published(desk: Desk) -> None:
    for number in range(4):
        desk.publish()
        with open(desk.built / "index.html", "r+b") as file:
            file.write(b"%d" % number)
        built = {path.stat().st_ino for path in desk.built.rglob("*") if path.is_file()}
        assert built.isdisjoint(desk.inodes().values())
        assert (desk.target / "index.html").read_bytes()[:1] != b"%d" % number


def test_an_old_time_and_the_same_size_do_not_hide_a_change(desk: Desk) -> None:
    path = desk.built / "index.html"
    os.utime(path, (315532800, 315532800))
    desk.publish()
    path.write_bytes(b"INDEX")
    os.utime(path, (315532800, 315532800))
    desk.publish()
    assert (desk.target / "index.html").read_bytes() == b"INDEX"


def test_files_that_may_have_changed_in_the_same_instant_are_compared(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    desk.publish()
    records = generations.read_records(str(desk.state / "published.json"))
    assert not records.files
    assert records.unsure == tuple(sorted(read_files(desk.built)))


def test_a_file_that_lost_its_end_or_got_a_longer_one(desk: Desk) -> None:
    for data in (b"index", b"ind", b"index", b"index.", b""):
        write_files(desk.built, {"index.html": data})
        desk.publish()
        assert (desk.target / "index.html").read_bytes() == data


def test_empty_folders_count(desk: Desk) -> None:
    desk.publish()
    (desk.built / "empty").mkdir()
    desk.publish()
    assert (desk.target / "empty").is_dir()
    (desk.built / "empty").rmdir()
    desk.publish()
    assert not (desk.target / "empty").exists()


def test_files_with_the_times_of_the_records_are_not_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.publish()
    write_files(desk.built, {"index.html": b"new"})
    monkeypatch.setattr(generations, "same_bytes", None)
    assert desk.publish() == Publication(copied=1, kept=2, removed=0)


@pytest.mark.parametrize("edit", [b"by hand, longer", b"INDEX", b"index and more"])
def test_what_was_changed_in_the_published_folder_is_put_right(desk: Desk, edit: bytes) -> None:
    desk.publish()
    desk.publish()
    (desk.target / "index.html").write_bytes(edit)
    (desk.target / "notes/b/index.html").unlink()
    write_files(desk.target, {"stray/s.html": b"s"})
    desk.publish()
    assert read_files(desk.target) == read_files(desk.built)


def test_files_and_folders_may_change_places(desk: Desk) -> None:
    for content in ({"x": b"file", "y/z": b"z"}, {"x/a/b": b"b", "y": b"file"}, {"x": b"file", "y/z": b"z"}):
        shutil.rmtree(desk.built)
        write_files(desk.built, content)
        desk.publish()
        assert read_files(desk.target) == content


def test_nothing_lies_beside_the_site(desk: Desk) -> None:
    before = set(os.listdir(desk.root)) | {"site", ".state"}
    for number in range(3):
        write_files(desk.built, {"index.html": b"%d" % number})
        desk.publish()
        assert set(os.listdir(desk.root)) == before
    assert set(os.listdir(desk.state)) == {".gitignore", "lock", "published.json", "renderer.lock", "spare"}
    inodes = {path.stat().st_ino for path in (desk.state / "spare").rglob("*.html")}
    assert inodes <= set(desk.inodes().values()), "what is put away takes no room, and holds nothing old"


@posix
def test_modes_follow_the_umask(desk: Desk) -> None:
    (desk.built / "index.html").chmod(0o700)
    for mask, file_mode, folder_mode in ((0o022, 0o644, 0o755), (0o027, 0o640, 0o750)):
        before = os.umask(mask)
        try:
            desk.publish()
            write_files(desk.built, {"index.html": b"%o" % mask})
            desk.publish()
        finally:
            os.umask(before)
        for path in desk.target.rglob("*"):
            assert stat.S_IMODE(path.stat().st_mode) == (folder_mode if path.is_dir() else file_mode), path


def test_file_systems_without_links(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(system, "link", link)
    for number in range(3):
        write_files(desk.built, {"index.html": b"%d" % number})
        desk.publish()
        assert read_files(desk.target) == read_files(desk.built)


def test_a_file_that_changes_while_it_is_copied(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.publish()
    old = read_files(desk.target)
    write_files(desk.built, {"index.html": b"new"})
    read = system.read_some

    def read_some(descriptor: int, size: int) -> bytes:
        data = read(descriptor, size)
        if data == b"new":
            (desk.built / "index.html").write_bytes(b"newer")
        return data

    monkeypatch.setattr(system, "read_some", read_some)
    with pytest.raises(PublishError, match="changed while it was being published"):
        desk.publish()
    assert read_files(desk.target) == old


@posix
@pytest.mark.parametrize("kind", ["link", "dangling", "folder link", "pipe", "socket"])
def test_only_files_are_published(desk: Desk, tmp_path: Path, kind: str) -> None:
    desk.publish()
    old = read_files(desk.target)
    write_files(desk.built, {"index.html": b"new"})
    place = desk.built / "x"
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(os.path.relpath(place))
    else:
        place.symlink_to({"link": "/etc/passwd", "dangling": "nowhere", "folder link": "/etc"}[kind])
    with pytest.raises(PublishError, match="neither a file nor a folder"):
        desk.publish()
    assert read_files(desk.target) == old


@pytest.mark.parametrize("content", [{}, {MARKER: b"x", "index.html": b""}])
def test_builds_that_cannot_be_right(desk: Desk, content: Files) -> None:
    desk.publish()
    old = read_files(desk.target)
    shutil.rmtree(desk.built)
    desk.built.mkdir()
    write_files(desk.built, content)
    with pytest.raises(PublishError):
        desk.publish()
    shutil.rmtree(desk.built)
    with pytest.raises(PublishError, match="cannot publish"):
        desk.publish()
    assert read_files(desk.target) == old


@posix
@pytest.mark.parametrize("name", ["a b", 'it\'s "q"', "ü 痛", "-rf", "new\nline", os.fsdecode(b"\xff\xfe")])
def test_names_of_all_kinds(tmp_path: Path, name: str) -> None:
    desk = Desk(tmp_path / name, name)
    write_files(desk.built, {f"{name}/{name}.html": b"1", "index.html": b"1"})
    desk.publish()
    write_files(desk.built, {f"{name}/{name}.html": b"2"})
    desk.publish()
    assert read_files(desk.target) == read_files(desk.built)


def test_from_another_folder_and_with_a_relative_path(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.project.annotations)
    desk.publish(Path("../site"))
    assert read_files(desk.target) == read_files(desk.built)


def test_two_projects_may_publish_to_one_folder(tmp_path: Path) -> None:
    first, second = Desk(tmp_path / "first"), Desk(tmp_path / "second")
    write_files(first.built, {"index.html": b"1", "a": b"first"})
    write_files(second.built, {"index.html": b"2", "b": b"second"})
    for desk in (first, second, first, first, second):
        desk.publish(tmp_path / "www")
        assert read_files(tmp_path / "www") == read_files(desk.built)
    assert set(os.listdir(tmp_path)) == {"first", "second", "www"}


def test_a_folder_in_the_way_is_not_removed(desk: Desk) -> None:
    desk.publish()
    write_files(desk.built, {"index.html": b"new"})
    with hold_lock(desk.state):
        pass
    owner = sha256(os.fsencode(os.path.realpath(desk.state))).hexdigest()[:8]
    for ending in ("new", "old"):
        stranger = desk.root / f".site.florilegium-{owner}-{ending}"
        write_files(stranger, {"mine": b"mine"})
        with pytest.raises(PublishError, match="is in the way"):
            desk.publish()
        assert read_files(stranger) == {"mine": b"mine"}
        shutil.rmtree(stranger)
    desk.publish()


def test_a_reader_always_finds_a_whole_page(desk: Desk) -> None:
    if not system.exchange(str(desk.built), str(desk.project.docs)):
        pytest.skip("folders cannot be exchanged here")
    system.exchange(str(desk.built), str(desk.project.docs))
    write_files(desk.built, {"index.html": b"0" * 5000})
    desk.publish()
    done = threading.Event()
    wrong: list[object] = []

    def read() -> None:
        while not done.is_set():
            try:
                data = (desk.target / "index.html").read_bytes()
                if len(data) != 5000 or len(set(data)) != 1:
                    wrong.append(data)
            except OSError as error:
                wrong.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(20):
            write_files(desk.built, {"index.html": b"%d" % (number % 10) * 5000})
            desk.publish()
    finally:
        done.set()
        reader.join()
    assert wrong == []


def test_recovering_clears_up_without_publishing(desk: Desk) -> None:
    desk.publish()
    owner = sha256(os.fsencode(os.path.realpath(desk.state))).hexdigest()[:8]
    former, fresh = (desk.root / f".site.florilegium-{owner}-{ending}" for ending in ("old", "new"))
    old = read_files(desk.target)
    desk.target.rename(former)
    fresh.mkdir()
    with hold_lock(desk.state) as lock:
        recover_site(desk.target, project=desk.project, lock=lock)
    assert read_files(desk.target) == old
    assert not fresh.exists()
    assert not former.exists()


_SITES = st.dictionaries(
    st.sampled_from(["a", "b/c", "b/d", "e/f/g"]), st.sampled_from([b"1", b"2", b"33"]), min_size=1
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_SITES, min_size=2, max_size=5), st.booleans())
def test_any_row_of_sites_ends_with_the_last(memory: Path, row: list[Files], compare: bool) -> None:
    with TemporaryDirectory(dir=memory) as folder, pytest.MonkeyPatch.context() as patch:
        if not compare:
            patch.setattr(generations, "_STEP", -1)
        desk = Desk(Path(folder) / "project")
        for content in row:
            shutil.rmtree(desk.built)
            write_files(desk.built, content)
            desk.publish()
            assert read_files(desk.target) == content


def test_ten_thousand_pages_with_one_change(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generations, "_STEP", -1)
    desk = Desk(memory / "project")
    write_files(desk.built, {f"notes/{i}/index.html": b"x" * 100 for i in range(10_000)})
    desk.publish()
    for number in range(2):
        write_files(desk.built, {"notes/1/index.html": b"%d" % number})
        start = time.process_time()
        assert desk.publish() == Publication(copied=1, kept=9_999, removed=0)
    assert time.process_time() - start < 1, "seconds of the processor; usually 0.4"


# ------------------------------------------------------------------------------------------------------ targets


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("/", "the root of a file system"),
        ("~", "your home folder"),
        (".", "the project's folder"),
        ("..", "the project's folder"),
        ("annotations", "the folder of the notes"),
        ("annotations/notes/site", "lies inside the folder of the notes"),
        ("docs", "the folder of the pages' sources"),
        ("docs/site", "lies inside the folder of the pages' sources"),
        (".built", "the folder that the renderer works in"),
        (".built/site", "lies inside the folder that the renderer works in"),
        (".state", "the tool's state folder"),
        ("here", "the current folder"),
        (".git/site", "git's own folder"),
        ("full", "holds files that this tool did not make"),
        ("file", "is not a folder"),
        ("link", "is a symbolic link"),
        ("link/../annotations", "the folder of the notes"),
        ("through/notes", "lies inside the folder of the notes"),
        ("repository", "is a git repository"),
        ("broken", "holds files that this tool did not make"),
    ],
)
@posix
def test_targets_that_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch, target: str, words: str) -> None:
    desk.publish()
    write_files(desk.root, {"full/x": b"x", "file": b"f", "broken/" + MARKER: b"florile", "annotations/n": b"n"})
    (desk.root / "link").symlink_to(desk.target)
    (desk.root / "through").symlink_to(desk.project.annotations)
    (desk.root / "here/below").mkdir(parents=True)
    shutil.copytree(desk.target, desk.root / "repository")
    (desk.root / "repository/.git").mkdir()
    monkeypatch.chdir(desk.root / "here/below")
    write_files(desk.built, {"index.html": b"new"})
    before = read_files(desk.root)
    place = Path(target).expanduser() if target in ("/", "~") else desk.root / target
    with pytest.raises(PublishError, match="cannot publish to") as raised:
        desk.publish(place)
    assert words in raised.value.message
    assert raised.value.help
    assert read_files(desk.root) == before


@posix
def test_a_pipe_in_the_markers_place_does_not_stop_the_build(desk: Desk) -> None:
    desk.publish()
    (desk.target / MARKER).unlink()
    os.mkfifo(desk.target / MARKER)
    with pytest.raises(PublishError, match="not a regular file"):
        desk.publish()


def test_a_mount_point_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.target.mkdir()
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path) == desk.target)
    with pytest.raises(PublishError, match="is a mount point"):
        desk.publish()


def test_a_folder_in_another_spelling_is_the_same_folder(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a system that takes upper and lower case for the same: told by what lies there, not by its name."""
    notes = os.lstat(desk.project.annotations)
    real = system.path_status
    other = os.path.realpath(desk.root / "ANNOTATIONS")
    monkeypatch.setattr(system, "path_status", lambda path: notes if path == other else real(path))
    for target in (Path(other), Path(other) / "site"):
        with pytest.raises(PublishError, match="the folder of the notes"):
            check_target(target, desk.project, desk.state)


@posix
def test_targets_that_are_fine(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "way").symlink_to(tmp_path / "elsewhere")
    for target in (
        desk.root / "site-annotations",
        tmp_path / "www",
        tmp_path / "way/site",
        desk.state / "site",
    ):
        desk.publish(target)
        desk.publish(target)
        assert read_files(target) == read_files(desk.built)
