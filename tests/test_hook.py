"""The hook's own decisions: where a page is edited, and what of MkDocs' messages is wanted."""

import importlib.util
import logging
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest


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
    config = SimpleNamespace(repo_url=repo_url, edit_uri=edit_uri, edit_uri_template=template)
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
