"""Addresses that were published: their file, and what a library has lost of them."""

from pathlib import Path

from florilegium.core.spans import LineTable
from florilegium.library.links import resolve_links
from florilegium.library.reading import read_library
from florilegium.quotations.permalinks import (
    PERMALINKS_HEADER,
    find_vanished,
    parse_permalinks,
    permalinks_of,
    render_permalinks,
)
from florilegium.site.addresses import Addresses
from hypothesis import given
from hypothesis import strategies as st

PATH = "annotations/permalinks.lock"
IDS = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
ADDRESSES = st.one_of(
    st.builds("notes/{}/".format, IDS),
    st.builds("notes/{}/#q-{}".format, IDS, IDS),
    st.builds("themes/{}/".format, IDS),
)


def read(text):
    permalinks, problems = parse_permalinks(LineTable(PATH, text))
    return [permalink.address for permalink in permalinks], problems


@given(st.sets(ADDRESSES))
def test_what_is_written_is_read_again(addresses):
    assert read(render_permalinks(addresses)) == (sorted(addresses), ())


@given(st.sets(ADDRESSES, min_size=1), st.sampled_from(["\r\n", "\n"]), st.booleans())
def test_line_ends_and_a_mark_of_order_change_nothing(addresses, end, marked):
    text = render_permalinks(addresses).replace("\n", end)
    assert read("\ufeff" * marked + text) == (sorted(addresses), ())


@given(st.text())
def test_no_text_stops_the_reading(text):
    permalinks, problems = parse_permalinks(LineTable(PATH, text))
    assert all(problem.rule == "malformed-lock" for problem in problems)
    assert len({permalink.address for permalink in permalinks}) == len(permalinks)


def test_a_line_that_is_no_address_is_reported_and_the_others_are_read():
    addresses, problems = read(f"{PERMALINKS_HEADER}\nnotes/one/\nhttps://example.org/\nnotes/../x/\nthemes/two/\n")
    assert addresses == ["notes/one/", "themes/two/"]
    assert [str(problem.span) for problem in problems] == [f"{PATH}:3:1", f"{PATH}:4:1"]


def test_each_address_is_the_one_that_the_pages_have(repository):
    links = resolve_links(read_library(repository).library)
    addresses = Addresses()
    pages = {addresses.note(note) for note in links.notes.values()}
    pages |= {addresses.quote(quote) for quote in links.quotes}
    pages |= {addresses.theme(theme) for theme in links.themes.values()}
    assert set(permalinks_of(links.library)) == pages


def test_a_draft_is_not_published(tmp_path, write, repository):
    base = repository / "tests/cases/base"
    files = {str(path.relative_to(base)): path.read_bytes() for path in base.rglob("*") if path.is_file()}
    note = "annotations/notes/forgetting.md"
    write(tmp_path, files | {PATH: f"{PERMALINKS_HEADER}\nnotes/forgetting/\n"})
    assert not list(find_vanished(read_library(tmp_path).library))
    write(tmp_path, {note: files[note].replace(b"basis:", b"status: draft\nbasis:")})
    assert [v.permalink.address for v in find_vanished(read_library(tmp_path).library)] == ["notes/forgetting/"]


def test_a_circle_of_redirects_has_an_end(tmp_path: Path, write):
    settings = "title: T\nroles: [{id: author, label: Author}]\nredirects: {notes/a: notes/b, notes/b: notes/a}\n"
    write(tmp_path, {"annotations/library.yml": settings, PATH: f"{PERMALINKS_HEADER}\nnotes/a/\n"})
    assert [vanished.page_exists for vanished in find_vanished(read_library(tmp_path).library)] == [False]
