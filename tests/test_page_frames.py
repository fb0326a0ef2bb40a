"""Frames: what a template writes round a page is kept and filled, and is what the template would have written."""

from types import SimpleNamespace
from typing import Any

import pytest
from florilegium.site.finished_pages import FinishedPage, SiteSettings, page_url, page_values
from florilegium.site.frame_learning import learn_frames
from florilegium.site.page_frames import Blank, Frames
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment
from mkdocs.structure.files import File
from mkdocs.utils.templates import url_filter

_SETTINGS = SiteSettings("https://example.org/lib", "https://example.org/r", "edit/docs/", "")

_WHOLE = """\
{%- from "words.html" import t -%}
{%- set lang = page.meta.language | d("en", true) | striptags | e -%}
<html lang="{{ lang }}" dir="{% if lang[:2] in ("he", "ar") %}rtl{% else %}ltr{% endif %}">
<title>{{ page.title | d("", true) | striptags | e }}{% if not page.is_homepage %} – {{ page.meta.kind }}{% endif %}</title>
{% if page.meta and page.meta.about %}<meta content="{{ page.meta.about | striptags | e }}">{% endif %}
<link href="{{ 'assets/style.css' | url }}"><link href="{{ 'notes/' | url }}"><a href="{{ 'https://x.org/' | url }}">
{% if page.url[:6] == "notes/" %}a note{% elif page.meta.kind in ("list", "theme") %}a list{% endif %}
{% for pair in page.meta.pairs %}<meta name="{{ pair[0] }}" content="{{ pair[1] | e }}">{% endfor %}
<script>{{ page.meta.data | d("{}") | replace("<", "\\\\u003c") | safe }}</script>
{% include "part.html" %}{{ t(lang, "Notes") }}{% if "<h1" not in page.content %}no heading{% endif %}
{{ page.content }}<a href="{{ page.edit_url | e }}">{{ page.canonical_url }}</a>
"""
_WORDS = """\
{% macro t(lang, key) %}{% set words = {"de": {"Notes": "Notizen"}} %}\
{{ (words[lang[:2]] | d({}, true))[key] | d(key, true) }}{% endmacro %}
"""


def _environment(main: str) -> Environment:
    env = Environment(loader=DictLoader({"main.html": main, "words.html": _WORDS, "part.html": "{{ page.title | e }}"}))
    env.filters["url"] = url_filter
    return env


def _page(path: str, **meta: Any) -> Any:
    """A page as a renderer has it."""
    page = FinishedPage(meta, meta.pop("content", "<div>Text</div>"))
    values = page_values(path, page, _SETTINGS)
    return SimpleNamespace(file=SimpleNamespace(src_uri=path), update_date="2024", **values)


def _rendered(env: Environment, page: Any) -> str:
    base = "../" * len(page.parts) or "./"
    return env.get_template("main.html").render(page=page, base_url=base, pages=[page], build_date_utc="today")


def _kept(main: str, pages: list[Any]) -> Frames:
    """The frames that are learned of some pages; each page is rendered as the templates render it."""
    frames = Frames(_SETTINGS, {})
    plain, framed = _environment(main), _environment(main)
    learn_frames(framed, frames, vars)
    for page in pages:
        assert _rendered(framed, page) == _rendered(plain, page)
    return frames


_PAGES = [
    _page("notes/a.md", title="A <b>b</b> & c", kind="note", about="About", pairs=[["x", 'y "z"']], data='{"a":"<"}'),
    _page(
        "notes/b.md", title="", kind="note", about="<i>", pairs=[["", "&amp;"]], data="{}", content="<div>\x01é</div>"
    ),
    _page("notes/c.d.md", title="C", kind="note", pairs=[], language="he"),
    _page("notes/e.md", title="E", kind="note", pairs=[["a", "b"], ["c", "d"]], language="de-CH"),
    _page("notes/f.md", title="F", kind="note", pairs=[["g", "h"], ["i", "j"]], language="de-CH"),
    _page("notes/page/2.md", title="2", kind="list", content="<div><h1>2</h1></div>"),
    _page("themes/x.md", title="X", kind="theme", source_file="annotations/x.md"),
    _page("themes/y.md", title="Y", kind="theme", source_file="annotations/y.md", content="<div><h1>Y</h1></div>"),
    _page("themes/ü z.md", title="Z", kind="theme", source_file="annotations/z.md"),
    _page("notes/index.md", title="Notes", kind="list"),
    _page("index.md", title="Home", kind="home"),
]


def test_a_page_in_a_frame_is_what_the_template_writes() -> None:
    frames = _kept(_WHOLE, _PAGES)
    # Of eleven pages four were like one before.
    assert 5 <= len(frames.frames) < len(_PAGES)
    plain = _environment(_WHOLE)
    for page in _PAGES:
        frame = frames.find(page.file.src_uri, vars(page))
        assert frame, page.file.src_uri
        assert frame.fill(vars(page)) == _rendered(plain, page)


def test_a_page_of_another_kind_has_no_frame() -> None:
    frames = _kept(_WHOLE, _PAGES[:2])
    for page in (
        _page("notes/z.md", title="Z", kind="note", about="", pairs=[["x", "y"]], data="{}"),
        _page("notes/z.md", title="Z", kind="note", about="Z", pairs=[["x", "y"], ["x", "y"]], data="{}"),
        _page("notes/z.md", title="Z", kind="theme", about="Z", pairs=[["x", "y"]], data="{}", content="<h1>Z</h1>"),
        _page("notes/y/z.md", title="Z", kind="note", about="Z", pairs=[["x", "y"]], data="{}"),
        _page("works/z.md", title="Z", kind="note", about="Z", pairs=[["x", "y"]], data="{}"),
    ):
        assert frames.find(page.file.src_uri, vars(page)) is None
    like = _page("notes/z.md", title="Z", kind="note", about="Z", pairs=[["q", "r"]], data="[]")
    assert frames.find("notes/z.md", vars(like))


@pytest.mark.parametrize(
    ("main", "count"),
    [
        # What is done to a value is known of few filters; of others, the value itself is asked for.
        ("{{ page.title | upper }}", 3),
        ("{{ page.title | striptags | truncate(3) }}", 3),
        ("{% if page.title is string %}a{% endif %}", 3),
        ("{{ page.title | e }}", 1),
        ("{% if page.title == 'A' %}first{% endif %}{{ page.title }}", 2),
        # And nothing is kept of what cannot be followed.
        ("{{ page.title ~ '' }}", 0),
        ("{% set title %}{{ page.title }}{% endset %}{{ title[:1] }}", 0),
        ("{{ '%s' % page.title }}", 0),
        ("{% if page.title.startswith('A') %}a{% endif %}", 0),
        ("{% if 'A'.startswith(page.title) %}a{% endif %}", 0),
        ("{% filter upper %}{{ page.title }}{% endfilter %}", 0),
        ("{{ page.meta.items() }}", 0),
        ("{{ page.file.src_uri }}", 0),
        # Nor of what depends on the day or on other pages.
        ("{{ build_date_utc }}", 0),
        ("{{ pages | length }}", 0),
        ("{{ page.update_date }}", 0),
    ],
)
def test_what_a_template_does_to_a_page_is_followed_or_not_kept(main: str, count: int) -> None:
    pages = [_page(f"notes/{title.lower()}.md", title=title, kind="note") for title in ("A", "B", "Another")]
    assert len(_kept(main, pages).frames) == count


@pytest.mark.parametrize("path", ["index.md", "notes/index.md", "notes/x.md", "notes/a.b.md", "themes/ü z/page/2.md"])
def test_addresses_are_those_of_mkdocs(path: str) -> None:
    url = File(path, "docs", "site", use_directory_urls=True).url
    assert page_url(path) == ("" if url == "./" else url)


@given(st.text(alphabet="a<>&;!-\t\n\x0b\x1c\x85\u2028 é", max_size=20))
def test_text_without_tags_is_that_of_jinja(text: str) -> None:
    blank = Blank(("x",), (("striptags",), ("escape",)))
    assert str(blank.value({"x": text})) == Environment().from_string("{{ x | striptags | e }}").render(x=text)


def test_after_some_pages_in_vain_nothing_is_tried_any_more() -> None:
    pages = [_page(f"notes/a{number}.md", title="{number}", kind="note", say=number) for number in range(25)]
    odd = "{% if page.meta.say < 22 %}{{ page.title ~ page.meta.say }}{% else %}plain{% endif %}"
    assert not _kept(odd, pages).frames
    asked = "{% if page.meta.say is odd %}{{ page.file.src_uri }}{% else %}{{ page.title }}{% endif %}"
    assert len(_kept(asked, pages).frames) == 13
    assert not _kept("{{ page.file.src_uri }}", pages).frames
