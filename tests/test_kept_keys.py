"""After an edit of prose alone, the keys of pages are those of the last run but where the edit can be seen."""

from pathlib import Path

import pytest
from florilegium.check.checking import Options, check_library
from florilegium.site.pages.planned_pages import PagePlan
from florilegium.site.planning import plan_site
from projects import LIBRARY

NOTE = "notes/forgetting.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in LIBRARY.items():
        path = tmp_path / "annotations" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    plan = planned(tmp_path)
    assert all(page.key for page in plan.pages.values())
    plan.keep()
    return tmp_path


def planned(root: Path) -> PagePlan:
    options = Options(root=root, executor=None)
    return plan_site(check_library(options), options)


def edited(root: Path, old: str, new: str) -> set[str]:
    """The pages of which the keys are looked for anew after an edit of a note."""
    path = root / "annotations" / NOTE
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    plan = planned(root)
    unknown = {path for path, page in plan.pages.items() if not page.known}
    fresh = plan_site(check_library(Options(root=root, executor=None)), Options(root=root, remember=False))
    assert {path: page.key for path, page in plan.pages.items()} == {p: page.key for p, page in fresh.pages.items()}
    plan.keep()
    return unknown


def test_without_an_edit_all_keys_are_known(root: Path) -> None:
    assert not [path for path, page in planned(root).pages.items() if not page.known]


def test_new_words_are_looked_for_where_they_can_be_seen(root: Path) -> None:
    assert edited(root, "A first sentence", "A longer first sentence") == {
        "notes/forgetting.md", "notes/remembering.md", "works/doe2009.md",
    }  # fmt: skip
    assert edited(root, "A longer first sentence", "A first sentence") >= {"notes/forgetting.md"}


def test_a_new_title_is_looked_for_everywhere(root: Path) -> None:
    everywhere = set(planned(root).pages)
    assert edited(root, "title: On forgetting", "title: On not forgetting") == everywhere


def test_a_citation_that_is_added_is_looked_for_everywhere(root: Path) -> None:
    everywhere = set(planned(root).pages)
    assert edited(root, "A first sentence", "A first [@roe2010] sentence") == everywhere


def test_keys_of_which_some_are_not_asked_for_are_not_kept(root: Path) -> None:
    path = root / "annotations" / NOTE
    path.write_text(path.read_text(encoding="utf-8").replace("A first", "The first"), encoding="utf-8")
    plan = planned(root)
    assert plan.pages[NOTE].key
    plan.keep()
    unknown = [path for path, page in planned(root).pages.items() if not page.known]
    assert unknown == list(planned(root).pages)
