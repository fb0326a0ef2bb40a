"""In Chromium: the policy lets JSON-LD lie in a page, which shows and runs nothing of it; and the twin is where it is said."""

import json
from collections.abc import Iterator
from pathlib import Path

import planned
import pytest
from browser.serving import serve
from playwright.sync_api import Browser
from projects import make_project

pytestmark = pytest.mark.browser

HOSTILE = "Title </script><script>document.title='run'</script><!-- & \"quotes\" {{ 7 * 7 }}"

WATCH = (
    "window.faults = []; addEventListener('securitypolicyviolation', event => faults.push(event.violatedDirective));"
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    title = json.dumps(HOSTILE)
    note = planned.LIBRARY["notes/forgetting.md"].replace("title: On forgetting", f"title: {title}")
    library = {**planned.LIBRARY, "notes/forgetting.md": note}
    library["library.yml"] = library["library.yml"].replace("url: https://example.org/companion/\n", "")
    project = make_project(tmp_path_factory.mktemp("metadata"), library=library)
    project.build("--no-search")
    with serve(Path(project.site)) as found:
        yield found


def test_the_policy_has_nothing_against_json_ld(address: str, chromium: Browser) -> None:
    page = chromium.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(WATCH)
    page.goto(f"{address}notes/forgetting/")
    blocks = page.locator("script[type='application/ld+json']")
    assert blocks.count() == 1
    note = json.loads(blocks.text_content() or "")["@graph"][0]
    assert note["name"] == HOSTILE
    assert page.evaluate("faults") == []
    assert errors == []
    assert page.title().startswith("Title")
    assert (
        page.evaluate("document.querySelectorAll('script:not([src]):not([type=\"application/ld+json\"])').length") == 0
    )
    page.close()


def test_a_script_that_is_run_would_be_reported(address: str, chromium: Browser) -> None:
    """The near miss: the same element without its type."""
    page = chromium.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{address}notes/forgetting/")
    page.evaluate("document.head.append(Object.assign(document.createElement('script'), {text: 'window.run = 1'}))")
    page.wait_for_function("faults.length > 0")
    assert page.evaluate("window.run") is None
    page.close()


def test_the_twin_is_where_the_page_says(address: str, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(f"{address}notes/remembering/")
    link = page.locator("link[rel='alternate'][type='text/markdown']")
    twin = page.evaluate("link => link.href", link.element_handle())
    assert twin == f"{address}notes/remembering.md"
    answer = page.request.get(twin)
    assert answer.ok
    assert answer.text().startswith("# On remembering\n\n**This note speaks of: Drug use.**\n")
    page.close()


def test_the_names_that_reference_managers_read(address: str, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(f"{address}notes/forgetting/")
    found = page.eval_on_selector_all("meta[name^='citation_']", "all => all.map(one => [one.name, one.content])")
    assert ["citation_inbook_title", "A book of arts"] in found
    assert ["citation_editor", "Poe, Edgar"] in found
    assert page.locator("span.Z3988").count() == 0
    page.goto(f"{address}works/")
    assert page.locator("span.Z3988").count() > 0
    assert all(not box for box in page.eval_on_selector_all("span.Z3988", "all => all.map(one => one.innerText)"))
    page.close()


def test_the_files_at_the_root_are_there(address: str, chromium: Browser) -> None:
    page = chromium.new_page()
    for path in (
        "llms.txt",
        "objects.inv",
        "data/themes.jsonld",
        "data/themes.ttl",
        "data/codebook.qdc",
        "data/project.qdpx",
    ):
        assert page.request.get(f"{address}{path}").ok, path
    page.close()
