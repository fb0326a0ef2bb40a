"""The inventory: sphobjinv reads it, and every entry leads to a page and a place on it that are there."""

import re
import zlib

import pytest
import sphobjinv
from florilegium.site.data_files.inventory import inventory_entries
from florilegium.site.pages.planned_pages import PagePlan
from planned import LIBRARY, contents, planned


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> PagePlan:
    return planned(tmp_path_factory.mktemp("inventory"))


@pytest.fixture(scope="module")
def inventory(plan: PagePlan) -> sphobjinv.Inventory:
    return sphobjinv.Inventory(zlib=contents(plan, "objects.inv")["objects.inv"])


def test_it_is_an_inventory_of_version_2(plan):
    data = contents(plan, "objects.inv")["objects.inv"]
    assert data.startswith(b"# Sphinx inventory version 2\n# Project: A library for tests\n# Version: \n# ")


def test_notes_themes_and_quotes_have_names(inventory):
    assert inventory.project == "A library for tests"
    found = {(entry.name, f"{entry.domain}:{entry.role}", entry.uri_expanded) for entry in inventory.objects}
    assert {
        ("notes/forgetting", "std:doc", "notes/forgetting/"),
        ("notes/forgetting", "std:label", "notes/forgetting/"),
        ("themes/numbing", "std:doc", "themes/numbing/"),
        ("themes/numbing", "std:label", "themes/numbing/"),
        ("quotes/forgetting/gone", "std:label", "notes/forgetting/#q-gone"),
    } <= found
    assert len(found) == 2 * (2 + 4) + 3


def test_what_a_hyperlink_shows_never_holds_the_words_of_a_quote(inventory, plan):
    shown = {entry.name: entry.dispname_expanded for entry in inventory.objects}
    assert shown["notes/forgetting"] == "On forgetting"
    assert shown["themes/amnesia"] == "Amnesia"
    assert shown["quotes/forgetting/gone"].startswith("Participant “Dana”, in Doe, 2009, p. 4")
    text = zlib.decompress(contents(plan, "objects.inv")["objects.inv"].split(b"zlib.\n", 1)[1]).decode()
    assert "xylophone" not in text
    assert "secret" not in text


def test_names_are_found_by_sphinx_which_compares_labels_in_lower_case(inventory):
    assert all(entry.name == entry.name.lower() for entry in inventory.objects)


def test_every_entry_leads_to_a_page_and_a_place(inventory, plan):
    pages = {}
    for entry in inventory.objects:
        address, _, fragment = entry.uri_expanded.partition("#")
        path = f"{address.rstrip('/')}.md"
        pages[path] = pages.get(path) or plan.pages[path].render().decode()
        assert not fragment or len(re.findall(rf'id="{fragment}"', pages[path])) == 1


def test_line_breaks_and_empty_titles_cannot_break_a_line(tmp_path):
    note = LIBRARY["notes/remembering.md"].replace(
        "title: On remembering", 'title: "On\\n\\tremembering std:doc 1 x -"'
    )
    plan = planned(tmp_path, {**LIBRARY, "notes/remembering.md": note})
    inventory = sphobjinv.Inventory(zlib=contents(plan, "objects.inv")["objects.inv"])
    assert len(inventory.objects) == len(list(inventory_entries(plan.site)))
    (entry,) = (e for e in inventory.objects if e.name == "notes/remembering" and e.role == "doc")
    assert (entry.uri, entry.dispname) == ("notes/remembering/", "On remembering std:doc 1 x -")


def test_two_runs_give_the_same_bytes(plan, tmp_path):
    assert contents(planned(tmp_path), "objects.inv") == contents(plan, "objects.inv")
