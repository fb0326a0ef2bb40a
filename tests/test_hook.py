"""The hook's own decisions: where a page is edited, and what of MkDocs' messages is wanted."""

import importlib.util
import logging
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from florilegium.publish import renderers
from florilegium.site.finished_pages import read_finished
from florilegium.site.pages.page_files import GeneratedPage
from mkdocs.utils.meta import get_data


@pytest.fixture(scope="module")
def hook(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("mkdocs_hook", repository / "scripts/mkdocs_hook.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("repo_url", "edit_uri", "template", "expected"),
    [
        (
            "https://example.org/a/b",
            "edit/main/docs/",
            None,
            "https://example.org/a/b/edit/main/annotations/notes/x.md",
        ),
        (
            "https://example.org/a/b/",
            "edit/main/docs/",
            None,
            "https://example.org/a/b/edit/main/annotations/notes/x.md",
        ),
        ("https://example.org/a", "?file=docs/", None, "https://example.org/a/?file=annotations/notes/x.md"),
        ("https://example.org/a", "?file=main/docs/", None, "https://example.org/a/?file=main/annotations/notes/x.md"),
        ("https://example.org/a", "edit/main/", None, "https://example.org/a/edit/annotations/notes/x.md"),
        ("", "https://example.org/e/docs/", None, "https://example.org/e/annotations/notes/x.md"),
        ("https://example.org/a", None, "e/docs/{path}", "https://example.org/a/e/annotations/notes/x.md"),
        ("https://example.org/a", None, "e/docs/{path_noext}", "https://example.org/a/e/annotations/notes/x"),
        ("https://example.org/a", None, None, None),
        ("https://example.org/a", "", None, None),
    ],
)
def test_edit_address(
    hook: ModuleType, repo_url: str, edit_uri: str | None, template: str | None, expected: str | None
) -> None:
    config = SimpleNamespace(repo_url=repo_url, edit_uri=edit_uri, edit_uri_template=template, site_url=None)
    meta = {"florilegium-page": "0" * 64, "source_file": "annotations/notes/x.md"}
    page = SimpleNamespace(meta=meta, edit_url="https://example.org/docs/notes/x.md")
    hook.on_page_context({}, page, config)
    assert page.edit_url == expected


def test_a_page_written_by_hand_keeps_its_address(hook: ModuleType) -> None:
    config = SimpleNamespace(repo_url="https://example.org", edit_uri="edit/docs/", edit_uri_template=None)
    page = SimpleNamespace(
        meta={"source_file": "annotations/notes/x.md"}, edit_url="https://example.org/edit/docs/about.md"
    )
    hook.on_page_context({}, page, config)
    assert page.edit_url == "https://example.org/edit/docs/about.md"


def test_only_the_message_on_partial_builds_is_dropped(hook: ModuleType, caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("mkdocs.commands.build")
    with caplog.at_level(logging.WARNING, "mkdocs"):
        log.warning("A 'dirty' build is being performed, this will likely lead to inaccurate navigation")
        log.warning("another message")
    assert caplog.messages == ["another message"]


# --------------------------------------------------------------------------------------------------- finished pages


def _page(**more: Any) -> GeneratedPage:
    return GeneratedPage(title="A “title”: #1", description="What\x85it is\u2028about", parts=("<p>Text</p>",), **more)


@pytest.mark.parametrize(
    "page",
    [
        _page(kind="note", edit="annotations/notes/x.md", feeds=(("Notes, all", "notes/feed.xml"),)),
        _page(kind="work", citation_meta=(("citation_title", "A \\ “b”\x7f\ufeff"), ("citation_author", "C: D"))),
        _page(kind="list", canonical="https://example.org/a/?b&c", structured_data='{"a":"\\"b\\""}'),
    ],
)
def test_front_matter_of_ours_says_what_it_says_to_mkdocs(page: GeneratedPage) -> None:
    text = page.render("../").decode()
    found = read_finished(text.encode())
    assert found
    assert (f"{found.content}\n", found.meta) == get_data(text)


def test_a_page_that_is_taken_as_it_is(hook: ModuleType) -> None:
    text = _page(kind="note").render("../").decode()
    page = hook.on_pre_page(_read(text), SimpleNamespace(plugins=SimpleNamespace(events={})))
    page.read_source(None)
    page.render(None, None)
    assert page.content == "<div><p>Text</p></div>"
    assert page.meta["kind"] == "note"


def test_a_page_that_is_taken_as_it_is_knows_its_anchors(hook: ModuleType) -> None:
    text = GeneratedPage(title="A", description="B", kind="note", parts=('<p title="x" id="a&amp;b">id="c"</p>',))
    page = hook.on_pre_page(_read(text.render("../").decode()), SimpleNamespace(plugins=SimpleNamespace(events={})))
    page.read_source(None)
    page.render(None, None)
    assert [anchor in page.present_anchor_ids for anchor in ("a&b", "a", "c", "x")] == [True, False, False, False]


def test_a_page_that_is_read_again_says_what_it_says_now(hook: ModuleType) -> None:
    config = SimpleNamespace(plugins=SimpleNamespace(events={}))
    first = _page(kind="note").render("../").decode()
    page = hook.on_pre_page(_read(first), config)
    page.read_source(None)
    page.file.content_string = GeneratedPage(title="B", description="", kind="note", parts=()).render("../").decode()
    hook.on_pre_page(page, config).read_source(None)
    assert (page.meta["title"], page.content) == ("B", "<div></div>")
    page.file.content_string = "# Written by hand\n"
    assert type(hook.on_pre_page(page, config)) is _Read


@pytest.mark.parametrize(
    "text",
    [
        "# Written by hand\n",
        _page(kind="note").render("../").decode().replace("Text", "Changed by hand"),
        _page().render("../").decode().replace("<div>", "<div>\n"),
    ],
)
def test_any_other_page_is_read_by_mkdocs(hook: ModuleType, text: str) -> None:
    page = hook.on_pre_page(_read(text), SimpleNamespace(plugins=SimpleNamespace(events={})))
    assert type(page) is _Read


def test_a_plugin_that_reads_pages_reads_ours_too(hook: ModuleType) -> None:
    page = _read(_page(kind="note").render("../").decode())
    plugins = SimpleNamespace(events={"page_read_source": [print]})
    assert type(hook.on_pre_page(page, SimpleNamespace(plugins=plugins))) is _Read


class _Read:
    """A page of a generator, as far as the hook knows it."""

    file: SimpleNamespace


def _read(text: str) -> _Read:
    page = _Read()
    page.file = SimpleNamespace(content_string=text)
    return page


def test_the_hook_and_the_program_speak_of_the_same_variables(hook: ModuleType) -> None:
    names = ("PAGES_WRITTEN", "PAGES_WANTED", "SITE_URL", "SITE_LANGUAGE")
    assert [getattr(hook, name) for name in names] == [getattr(renderers, name) for name in names]


def test_the_hook_needs_nothing_of_the_program_where_the_pages_are_written(repository: Path) -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, mkdocs_hook; print([m for m in sys.modules if m.startswith('florilegium')])",
        ],
        env={**os.environ, "PYTHONPATH": str(repository / "scripts")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "[]\n"
