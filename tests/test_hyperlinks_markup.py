"""The tags of pages, and what pages, feeds, style sheets and scripts lead to."""

import gzip
import json
import zlib
from html import escape
from html.parser import HTMLParser

import pytest
from florilegium.publish.hyperlinks.html_tags import scan_tags, value_of
from florilegium.publish.hyperlinks.site_documents import parse_document
from hypothesis import given, settings
from hypothesis import strategies as st


def tags(page):
    """The opening tags with attributes: name, and each attribute with its value."""
    return [
        (tag.name.decode(), {a[0].decode().lower(): value_of(a) for a in reversed(tag.attributes)})
        for tag in scan_tags(page.encode())
        if tag.attributes
    ]


class Oracle(HTMLParser):
    """The same by the standard library."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if attributes:
            self.found.append((tag, {name: value or "" for name, value in reversed(attributes)}))


LETTERS = st.text("abcXYZ -é痛", max_size=6)
VALUES = st.text("abé痛 <>&;'\"=/#?\n", max_size=10)
NAMES = st.sampled_from("a img div span p svg path script style section template td h2 custom-element".split())
ATTRIBUTES = st.sampled_from("id href src name class title data-x HREF Id".split())


def attribute(name, value, quoting, space):
    if quoting == "none":
        return name
    if quoting == "bare":
        plain = "".join(c for c in escape(value) if c not in " \n<>'\"=`") or "x"
        return f"{name}{space}={space}{plain} "
    mark = {"double": '"', "single": "'"}[quoting]
    # `<` and `>` may stand within quotation marks as they are.
    words = value.replace("&", "&amp;").replace(mark, {'"': "&quot;", "'": "&#39;"}[mark])
    return f"{name}{space}={space}{mark}{words}{mark}"


QUOTINGS = st.sampled_from(["double", "single", "bare", "none"])
WRITTEN = st.lists(st.builds(attribute, ATTRIBUTES, VALUES, QUOTINGS, st.sampled_from(["", " "])), max_size=4)


def opened(name, attributes):
    start = f"<{' '.join([name, *attributes])}>"
    return start + (f"var a = '<a href=\"no\">';</{name}>" if name in ("script", "style") else "")


PIECES = st.one_of(
    LETTERS,
    st.just(" < 3 & 4 > 2 "),
    st.builds(opened, NAMES, WRITTEN),
    st.builds("</{}>".format, st.sampled_from(["a", "p", "div", "template"])),
    st.builds("<!--{}-->".format, st.sampled_from(["", " x ", '<a href="no">', " > "])),
    st.just("<!doctype html>"),
)


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_tags_are_those_of_another_reader(page):
    # Tags in which nothing can lead anywhere are passed over.
    found, expected = (
        [tag for tag in all_ if tag[1].keys() - {"class", "title"}] for all_ in (tags(page), Oracle(page).found)
    )
    assert found == expected


@given(st.text("<>/!-=\"' abscript\n&;", max_size=60))
def test_no_text_stops_the_reading(page):
    assert all(tag.name for tag in scan_tags(page.encode()))


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<a class="x" href="y">', [("a", {"class": "x", "href": "y"})]),
        ("<A HREF=y/>", [("a", {"href": "y/"})]),
        ("<a href = 'y' id=z>", [("a", {"href": "y", "id": "z"})]),
        ('<a title="a > b" href="?a=1&amp;b=2">', [("a", {"title": "a > b", "href": "?a=1&b=2"})]),
        ('<a href="first" href="second">', [("a", {"href": "first"})]),
        ('<p class="x"><a href=y>', [("p", {"class": "x"}), ("a", {"href": "y"})][1:]),
        ("<!-- <a href=x> --><a href=y>", [("a", {"href": "y"})]),
        ("<!--><a href=y>", [("a", {"href": "y"})]),
        ("<!-- > <a href=x>", []),
        ("<script>'<a href=x>'</script ><a href=y>", [("a", {"href": "y"})]),
        ("<textarea><a href=x></textarea><title><a href=x></title><a href=y>", [("a", {"href": "y"})]),
        ("<script><a href=x>", []),
        ('<3 class="<a href=y>">', [("a", {"href": "y"})]),
        ('</a title="<a href=x>"><a href=y>', [("a", {"href": "y"})]),
        ('<a href="never closed><a href=x>', []),
        ('<a b"c=d e=f>', [("a", {'b"c': "d", "e": "f"})]),
        ("<br/><img/src=y>", [("img", {"src": "y"})]),
    ],
)
def test_the_rules_of_html(page, expected):
    assert [tag for tag in tags(page) if tag[0] != "p"] == expected


def test_a_tag_knows_where_it_begins():
    page = '<p>é</p><b class="x"></b> <a href="y">'.encode()
    assert [tag.start for tag in scan_tags(page)] == [page.index(b"<a")]


def test_what_is_in_a_template_is_no_place_on_the_page():
    page = b'<p id="a"><template data-for="x"><i id="b"></i></template><p id="c"><a name="d">'
    assert parse_document("index.html", page).anchors == {"a", "c", "d"}


def targets(path, data):
    return [use.target for use in parse_document(path, data if isinstance(data, bytes) else data.encode()).uses]


def test_every_attribute_that_leads_somewhere():
    page = """<link rel=canonical href=1><script src=2></script><img src=3 srcset="4 1x, 5 2x"><source srcset="6, 7">
    <form action=8><button formaction=9></button></form><blockquote cite=10></blockquote><object data=11></object>
    <video poster=12></video><svg><use xlink:href="13"/></svg><p style="background: url('14')">
    <style>@import "15"; a { src: url(16) format("x"); b: "url(no)"; /* url(no) */ }</style>
    <meta property="og:url" content="17"><template data-for="18"></template><p data="no" data-for="no" content="no">"""
    assert targets("a/index.html", page) == [str(number) for number in range(1, 19)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [("0; url=../new/", "../new/"), ("0;URL='a b'", "a b"), ("5", ""), ('0, url="x" y', "x"), ("0;x", "x")],
)
def test_a_redirect(content, expected):
    document = parse_document("a.html", f"<meta http-equiv=Refresh content='{escape(content)}'>".encode())
    assert document.refresh == expected


def test_style_sheets():
    sheet = '@import url("a.css"); /* url(no) */ b { c: url( d.png ); e: url(#f); g: "url(no)"; h: url(data:x) }'
    assert targets("x.css", sheet) == ["a.css", "d.png", "data:x"]


def test_scripts():
    script = 'import { a } from "./a.js";\nimport "./b.js";\nlet c = await import("../c.js");\nlet d = "./no.js";'
    assert targets("x.js", script) == ["./a.js", "./b.js", "../c.js"]


def test_feeds_and_sitemaps():
    feed = '<feed xmlns="http://www.w3.org/2005/Atom"><id>no</id><link rel="self" href="a?b=1&amp;c=2"/></feed>'
    assert targets("feed.xml", feed) == ["a?b=1&c=2"]
    site = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc> b </loc></url></urlset>"
    assert targets("sitemap.xml", site) == targets("sitemap.xml.gz", gzip.compress(site.encode())) == ["b"]


def test_previews():
    assert targets("themes/x/preview.json", json.dumps({"html": '<a href="a">', "other": '<a href="no">'})) == ["a"]


def test_pages_as_markdown():
    text = "# A\n[a](b) and [c](<d>) \\[no\\](no) `[no](no)` ``[no](`no)``\n\n```\n[no](no)\n```\n[e](f#g) ` [h](i)\n"
    assert targets("notes/a.md", text) == targets("llms.txt", text) == ["b", "d", "f#g", "i"]


def test_inventories():
    entries = "a std:label -1 notes/a/ A\na/b c std:label 1 notes/$/#q Some words\nbroken\n"
    head = b"# Sphinx inventory version 2\n# Project: x\n# Version: \n# The rest is packed.\n"
    assert targets("objects.inv", head + zlib.compress(entries.encode())) == ["notes/a/", "notes/a/b c/#q"]
    assert targets("objects.inv", head + b"no") == []


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.xml", b"<a href='x'"),
        ("a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        ("a.json", b"[" * 100_000),
        ("a.json", b"[1]"),
        ("a.xml.gz", b"no"),
        ("a.png", b"\x89PNG"),
        ("a.css", b"\xff\xfe url(" + b"(" * 1000),
    ],
)
def test_what_is_not_what_its_name_says_leads_nowhere(path, data):
    assert not parse_document(path, data).uses
