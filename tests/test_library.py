"""Reading a library from disk: what belongs to it, what is refused unopened, and what reading may cost."""

import json
import os
import shutil
import socket
import stat
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from florilegium.core import limits
from florilegium.library import reading
from florilegium.library.listing import FileKind, list_files
from florilegium.library.reading import parse_text, read_file, read_library, read_text

BASE = Path(__file__).parent / "cases" / "base"
NOTE = "annotations/notes/second.md"
HEAD = "---\ntitle: A second note\nsource: doe2009\nbasis: full-text\nthemes: []\n---\n"


@pytest.fixture
def root(tmp_path):
    """A small library without faults."""
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def found(root, write, check_library):
    """What is found in the small library when files are added to it: rule, place and message."""

    def find(files=None):
        return [(d.rule, str(d.span), d.message) for d in check_library(write(root, files or {}))]

    return find


def rules(found) -> set[str]:
    return {rule for rule, _, _ in found}


def test_the_small_library_is_clean(found):
    assert found() == []


# ------------------------------------------------------------------------------------- what is no regular file


def make_link(path, root):
    (root / "secret.txt").write_text("secret")
    path.symlink_to(root / "secret.txt")


def make_folder_link(path, root):
    path.symlink_to(root, target_is_directory=True)


def make_dangling_link(path, root):
    path.symlink_to("nowhere.md")


def make_pipe(path, root):
    os.mkfifo(path)


def make_socket(path, root):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def make_device(path, root):
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 3))
    except OSError:
        pytest.skip("only an administrator can make a device")


MAKERS = {
    make_link: "a symbolic link",
    make_folder_link: "a symbolic link",
    make_dangling_link: "a symbolic link",
    make_pipe: "a named pipe",
    make_socket: "a socket",
    make_device: "a device",
}


@pytest.fixture
def opened(monkeypatch):
    """The paths that are opened."""
    paths, real = [], os.open
    monkeypatch.setattr(os, "open", lambda path, *rest, **more: paths.append(str(path)) or real(path, *rest, **more))
    return paths


@pytest.mark.parametrize("place", ["notes/x.md", "themes/x.md", "references/x.yaml", "quotes.lock", "else.txt"])
@pytest.mark.parametrize("make", MAKERS)
def test_symbolic_link(make, place, root, found, opened):
    path = root / "annotations" / place
    make(path, root)
    assert found() == [
        ("symbolic-link", f"annotations/{place}:1:1", f'"annotations/{place}" is {MAKERS[make]}, not a file')
    ]
    assert opened
    assert str(path) not in opened


def test_symbolic_link_nope(root, found):
    """A file that has a second name is a file."""
    os.link(root / "annotations/notes/forgetting.md", root / "other.md")
    assert found() == []


@pytest.mark.parametrize("folder", ["annotations", "annotations/notes", "annotations/references"])
def test_a_folder_that_is_a_link_is_refused(folder, root, found, opened):
    (root / folder).rename(root / "elsewhere")
    (root / folder).symlink_to(root / "elsewhere", target_is_directory=True)
    assert ("symbolic-link", f"{folder}:1:1", f'"{folder}" is a symbolic link, not a file') in found()
    assert not [path for path in opened if f"{folder}/" in path]


def test_a_link_that_takes_the_place_of_a_note_is_not_followed(root):
    """Between the walk and the reading anything may happen."""
    path = root / "annotations/notes/forgetting.md"
    listed = next(f for f in list_files(root)[0] if f.kind is FileKind.NOTE)
    path.unlink()
    make_link(path, root)
    parsed = read_file(root, listed)
    assert parsed.note is None
    assert [d.rule for d in parsed.diagnostics] == ["unreadable-file"]


def test_a_pipe_that_takes_the_place_of_a_note_does_not_block(root):
    path = root / "annotations/notes/forgetting.md"
    path.unlink()
    os.mkfifo(path)
    text, _, problems = read_text(root, "annotations/notes/forgetting.md")
    assert text == ""
    assert [d.message for d in problems] == ['"annotations/notes/forgetting.md" is a named pipe, not a file']


# ------------------------------------------------------------------------------------------- unreadable, encoding


def test_unreadable_file(root):
    listed = next(f for f in list_files(root)[0] if f.kind is FileKind.NOTE)
    (root / listed.path).unlink()
    problem = read_file(root, listed).diagnostics[0]
    assert (problem.rule, problem.message) == ("unreadable-file", "the file cannot be read: No such file or directory")
    assert problem.help == "give it read permission, or remove it"


@pytest.mark.skipif(os.geteuid() == 0, reason="an administrator may read everything")
@pytest.mark.parametrize("name", ["annotations/notes/forgetting.md", "annotations/notes"])
def test_permissions(name, root, found):
    (root / name).chmod(0)
    try:
        assert ("unreadable-file", f"{name}:1:1") in [finding[:2] for finding in found()]
    finally:
        (root / name).chmod(0o755)


def test_unreadable_file_nope(root, found):
    """A file that may not be written is read."""
    (root / "annotations/notes/forgetting.md").chmod(0o444)
    assert found() == []


def test_a_file_that_goes_during_the_walk_is_reported(root, monkeypatch):
    class Gone:
        name, path = "gone.md", "gone.md"

        def stat(self, *, follow_symlinks):
            raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(os, "scandir", lambda folder: [Gone()])
    assert [(d.rule, d.span.path) for d in list_files(root)[1]] == [("unreadable-file", "annotations/gone.md")]


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        (b"A caf\xe9.", "7:6", "byte 78 of the file, 0xe9, is not UTF-8"),
        ("日本".encode("shift-jis"), "7:1", "byte 73 of the file, 0x93, is not UTF-8"),
        ("ü\n".encode("utf-16"), "7:1", "byte 73 of the file, 0xff, is not UTF-8"),
        (b"Cut: \xe2\x82", "7:6", "byte 78 of the file, 0xe2, is not UTF-8"),
        (b"Overlong: \xc0\xaf", "7:11", "byte 83 of the file, 0xc0, is not UTF-8"),
        (b"A surrogate: \xed\xa0\x80", "7:14", "byte 86 of the file, 0xed, is not UTF-8"),
        (b"Beyond Unicode: \xf4\x90\x80\x80", "7:17", "byte 89 of the file, 0xf4, is not UTF-8"),
    ],
)
def test_not_utf_8(data, place, message, found):
    assert found({NOTE: HEAD.encode() + data}) == [("not-utf-8", f"{NOTE}:{place}", message)]


@pytest.mark.parametrize("name", ["references/works.yaml", "library.yml", "quotes.lock", "themes/amnesia.md"])
def test_every_kind_of_file_is_utf_8(name, found):
    assert "not-utf-8" in rules(found({f"annotations/{name}": b"caf\xe9"}))


def test_not_utf_8_nope(found):
    """A byte order mark, letters of four bytes, and line ends of every system are UTF-8."""
    assert (
        found({NOTE: "\ufeff" + HEAD + "𝔉 痛 ü 🙂\n", "annotations/notes/third.md": HEAD.replace("\n", "\r\n")}) == []
    )
    assert found({NOTE: HEAD.replace("\n", "\r") + "Old line ends.\r"}) == []


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("\u2066", "U+2066 LEFT-TO-RIGHT ISOLATE"),
        ("\u200b", "U+200B ZERO WIDTH SPACE"),
        ("\u00ad", "U+00AD SOFT HYPHEN"),
        ("\U000e0041", "U+E0041 TAG LATIN CAPITAL LETTER A"),
        ("\ufffd", "U+FFFD REPLACEMENT CHARACTER"),
        ("\x1b", "U+001B"),
        ("\x00", "U+0000"),
        ("\x0c", "U+000C"),
        ("\x85", "U+0085"),
        ("\u2028", "U+2028 LINE SEPARATOR"),
        ("\ufeff", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
    ],
)
def test_invisible_characters_are_named_where_they_stand(character, name, found):
    assert found({NOTE: f"{HEAD}\nIn a word: pa{character}in.\n"}) == [
        ("invisible-character", f"{NOTE}:8:14", f"the invisible character {name} is not allowed")
    ]


def test_a_hundred_invisible_characters_are_enough(root, write):
    write(root, {NOTE: HEAD + "a\u200b" * 5_000})
    assert len(read_text(root, NOTE)[2]) == 100


# ----------------------------------------------------------------------------------------------------- the walk


def test_clashing_ids(root, found):
    shutil.copy(root / "annotations/notes/forgetting.md", root / "annotations/notes/Forgetting.md")
    if len(os.listdir(root / "annotations/notes")) == 1:
        pytest.skip("this file system does not tell the two apart")
    place, both = (
        "annotations/notes/forgetting.md:1:1",
        '"annotations/notes/forgetting.md" and "annotations/notes/Forgetting.md"',
    )
    assert ("clashing-ids", place, f"{both} differ only in case") in found()


def test_clashing_ids_nope(found):
    """A note and a theme may have one name, and so may two reference files with different ends."""
    note = HEAD.replace("themes: []", "themes: [amnesia]")
    assert found({"annotations/notes/amnesia.md": note, "annotations/references/works.json": "[]"}) == []


@pytest.mark.parametrize(
    "name",
    [
        "notes/x.txt",
        "notes/x.MD",
        "notes/sub/x.md",
        "Library.yml",
        "x/y.md",
        "library.yaml",
    ],
)
def test_what_is_not_part_of_a_library_is_refused(name, found):
    refused = found({f"annotations/{name}": "x"})
    assert rules(refused) == {"unexpected-file"}


def test_odd_names_are_shown_escaped(root, found):
    (root / "annotations/notes/\x1b[31m\u202e.md").write_text(HEAD)
    (root / os.fsdecode(b"annotations/notes/\xff.md")).write_text(HEAD)
    messages = [message for rule, _, message in found() if rule == "invalid-id"]
    assert messages[0].startswith('"\\u{1b}[31m\\u{202e}" is not a valid note id')
    assert messages[1].startswith('"\\u{dcff}" is not a valid note id')


def test_a_library_without_settings_is_reported_once(root, found):
    (root / "annotations/library.yml").unlink()
    assert found() == [("malformed-front-matter", "annotations/library.yml:1:1", "library.yml is missing")]


def test_a_missing_folder_is_reported(tmp_path, check_library):
    assert [d.rule for d in check_library(tmp_path)] == ["unreadable-file", "malformed-front-matter"]


# ------------------------------------------------------------------------------------------------------- limits


def test_too_large(found):
    assert found({NOTE: HEAD + "x" * (1_048_577 - len(HEAD))}) == [
        ("too-large", f"{NOTE}:1:1", "the file has 1,048,577 bytes; at most 1,048,576 are read")
    ]


def test_too_large_nope(found):
    assert found({NOTE: HEAD + "Some words and\n" * 69_900}) == []


def test_too_large_front_matter(found):
    large = HEAD.replace("themes:", f"contributors: [{'x' * 520_000}]\nthemes:")
    assert found({NOTE: large}) == [("too-large", f"{NOTE}:2:1", "520,082 bytes of data; at most 512,000 are read")]


def many_references(count: int) -> str:
    items = "".join(
        f"  - {{id: x{n}, type: book, author: [{{family: A}}], title: T, issued: {{date-parts: [[2000]]}}}}\n"
        for n in range(count)
    )
    cited = "\n".join(f"Text [@x{n}]." for n in range(count))
    return (
        HEAD.replace("---\n", "", 1).join(["---\n", ""]).replace("themes: []\n", f"themes: []\nreferences:\n{items}")
        + cited
    )


def test_too_many_references(found):
    first = found({NOTE: many_references(1001)})[0]
    assert first == ("too-many-references", f"{NOTE}:7:3", '"references" lists 1,001 works; at most 1,000 are read')


def test_too_many_references_nope(found):
    assert found({NOTE: many_references(1000)}) == []


def many_names(count: int) -> dict[str, str]:
    work = {
        "id": "x",
        "type": "book",
        "title": "T",
        "author": [{"family": "A"}] * count,
        "issued": {"date-parts": [[2000]]},
    }
    return {"annotations/references/x.json": json.dumps([work])}


def test_too_many_names(found):
    assert [finding[::2] for finding in found(many_names(6001))] == [
        ("too-many-names", '"author" has 6,001 names; at most 6,000 are read')
    ]


def test_too_many_names_nope(found):
    assert found(many_names(6000)) == []


def test_too_slow(root, write, check_library, monkeypatch):
    """The others are still reported. (No text is known that takes so long; this one stands for it.)"""

    def parse(path, *rest):
        while path == NOTE:
            pass
        return parse_text(path, *rest)

    monkeypatch.setattr(reading, "parse_text", parse)
    monkeypatch.setattr(reading, "bounded", partial(limits.bounded, seconds=0.2))
    write(root, {NOTE: HEAD, "annotations/notes/third.md": "No front matter."})
    assert [(d.rule, str(d.span), d.message) for d in check_library(root)] == [
        ("too-slow", f"{NOTE}:1:1", "the file cannot be read: it is not done after 0.2 seconds"),
        ("malformed-front-matter", "annotations/notes/third.md:1:1", "the front matter is missing"),
    ]


def test_too_slow_nope(found):
    assert found({NOTE: HEAD + "[a *b* `c` d] " * 20_000}) == []


def test_too_much_memory():
    with pytest.raises(limits.Exhausted, match="more memory"), limits.bounded(memory=100_000_000):
        bytearray(300_000_000)
    assert len(bytearray(300_000_000)) == 300_000_000


# ------------------------------------------------------------------------------------------- many files, and few


def test_a_file_that_is_known_is_not_read_again(root, opened):
    before = read_library(root)
    del opened[:]
    again = read_library(root, known=lambda listed: before.parsed[listed.path])
    assert opened == []
    assert again == before


def test_the_signature_of_a_file_changes_with_it(root, write):
    before = list_files(root)[0]
    write(root, {"annotations/notes/forgetting.md": HEAD})
    changed = [a.path for a, b in zip(before, list_files(root)[0], strict=True) if a != b]
    assert changed == ["annotations/notes/forgetting.md"]


def test_several_processes_read_what_one_reads(root, write):
    broken = HEAD.replace("themes: []", "themes: amnesia")
    write(root, {f"annotations/notes/note-{n:03}.md": (HEAD, broken)[n % 2] + f"[@x{n}]" for n in range(300)})
    heard = []
    alone = read_library(root, progress=lambda *step: heard.append(step))
    assert heard[-1] == (304, 304)
    assert read_library(root, executor=partial(ProcessPoolExecutor, max_workers=2)) == alone
    assert len(alone.diagnostics) == 150


def test_the_order_of_files_is_that_of_their_paths(root, write, monkeypatch):
    write(root, {f"annotations/notes/note-{n}.md": HEAD for n in range(5)})
    forwards, real = read_library(root), os.scandir
    monkeypatch.setattr(os, "scandir", lambda folder: reversed(list(real(folder))))
    assert read_library(root) == forwards


@pytest.mark.parametrize("kind", FileKind)
def test_any_text_of_any_kind_is_read_without_an_exception(kind):
    for text in ("", "\ufeff", "---", "---\n---", "\x00", "{", "[[", "@", "> — [@", "- - -\n\t-", "💥" * 100):
        parse_text(f"annotations/x.{'bib' if kind is FileKind.BIBLIOGRAPHY else 'md'}", kind, text)
