"""The frame by keyboard alone: skip link, search, menu, colours; and without scripts, without an index, from a disk."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import Faults, OpenPage
from .kinds import KINDS


def focused(page: Page) -> str:
    """The text or label of the element that has the focus."""
    return page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.innerText")


def search(page: Page, words: str) -> None:
    """Type into the dialog, whose script may still be on the way, and wait for what was found for all that was typed."""
    expect(page.locator(".fl-finder__words")).to_be_focused()
    page.keyboard.type(words)
    expect(page.locator(".fl-finder__words")).to_have_value(words)
    page.locator(f".fl-finder li a[href$='q={words}'], .fl-finder li a[href*='q={words}#']").first.wait_for()


def test_skip_link_comes_first_and_leads_to_the_text(open_page: OpenPage) -> None:
    page = open_page(KINDS["note"])
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the text"
    assert page.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#fl-main').contains(document.activeElement)")


@pytest.mark.parametrize("key", ["/", "s", "Control+k"])
def test_search_by_keys_lands_on_the_quotation(key: str, open_page: OpenPage) -> None:
    page = open_page(KINDS["about"])
    page.keyboard.press(key)
    search(page, "memories")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('section').innerText").lower().startswith("quotation")
    target = page.evaluate("document.activeElement.href")
    assert "/companion/notes/" in target
    assert "#q-" in target
    page.keyboard.press("Enter")
    page.wait_for_url(target)
    quotation = page.locator(f"figure#{target.partition('#')[2]}")
    expect(quotation).to_be_in_viewport()
    assert not page.locator(".fl-finder").count() or not page.locator(".fl-finder").is_visible()


def test_enter_in_the_words_goes_to_the_first_result(open_page: OpenPage) -> None:
    page = open_page("")
    page.keyboard.press("/")
    search(page, "Amnesia")
    target = page.locator(".fl-finder li a").first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(str(target))


def test_arrows_go_through_results_and_back_to_the_words(page: Page) -> None:
    page.keyboard.press("/")
    search(page, "dissociation")
    links = page.locator(".fl-finder__results a")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(links.last).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links.last).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".fl-finder__words")).to_be_focused()


def test_escape_closes_the_search_and_gives_back_the_focus(page: Page) -> None:
    page.locator(".top [data-fl-search]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".fl-finder")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".fl-finder")).to_be_hidden()
    expect(page.locator(".top [data-fl-search]")).to_be_focused()


def test_plain_keys_can_be_turned_off(open_page: OpenPage) -> None:
    page = open_page("")
    page.keyboard.press("/")
    page.locator(".fl-finder__foot input").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.locator(".js").wait_for(state="attached")
    page.keyboard.press("/")
    page.keyboard.press("s")
    assert not page.locator(".fl-finder[open]").count()
    page.keyboard.press("Control+k")
    expect(page.locator(".fl-finder")).to_be_visible()


def test_words_of_closed_quotations_are_found_and_not_shown(page: Page) -> None:
    page.keyboard.press("/")
    search(page, "creeps")
    quotations = page.locator(".fl-finder section").first
    expect(quotations).to_contain_text("sexual exploitation")
    expect(quotations).to_contain_text("The words you looked for are in it.")
    assert not quotations.locator("mark").count()


def test_results_are_grouped_by_kind(page: Page) -> None:
    page.keyboard.press("/")
    search(page, "memory")
    kinds = [h.split()[0].lower() for h in page.locator(".fl-finder h2").all_inner_texts()]
    assert kinds[0] == "themes", "only one of them has the word itself, and not another form of it"
    assert set(kinds) >= {"notes", "quotations"}
    page.locator(".fl-finder__words").fill("dissociation")
    expect(page.locator(".fl-finder__more a", has_text="notes")).to_have_attribute(
        "href", re.compile(r"quotes/\?q=dissociation&kind=notes$")
    )


def test_nothing_found_is_said(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("zzyzx <b>")
    expect(page.locator(".fl-finder__status")).to_have_text("No quotation has all of these words: zzyzx, <b>.")


def test_nothing_of_the_index_is_loaded_before_the_search_opens(open_page: OpenPage) -> None:
    page = open_page("")
    page.wait_for_load_state("networkidle")
    names = "performance.getEntriesByType('resource').map((e) => e.name).filter((n) => n.includes('/search-index/'))"
    assert page.evaluate(names) == []
    page.keyboard.press("/")
    search(page, "memory")
    assert page.evaluate(names)


def test_a_missing_index_is_said(open_page: OpenPage, faults: Faults) -> None:
    faults.expect("search-index|ERR_FAILED|404")
    page = open_page("")
    page.route("**/search-index/**", lambda route: route.abort())
    page.keyboard.press("/")
    expect(page.locator(".fl-finder__status")).to_have_text("The search cannot be used now.")
    assert str(page.locator(".fl-finder__hint a").get_attribute("href")).endswith("/companion/quotes/")


def test_contents_open_on_a_phone_and_lead_to_a_part(open_page: OpenPage) -> None:
    page = open_page(KINDS["note"], width=360)
    page.locator(".contents summary").click()
    page.locator(".contents a").nth(3).click()
    anchor = page.url.partition("#")[2]
    expect(page.locator(f"#{anchor}")).to_be_in_viewport()


def test_settings_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(KINDS["note"], width=320)
    button = page.get_by_role("button", name="Reading settings")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#fl-settings")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#fl-settings")).to_be_hidden()
    expect(button).to_be_focused()


def test_the_section_of_a_page_is_marked(open_page: OpenPage) -> None:
    page = open_page(KINDS["note"])
    assert page.locator(".top nav [aria-current]").all_inner_texts() == ["Notes"]
    page = open_page(KINDS["format"])
    assert page.locator(".beside [aria-current=page]").all_inner_texts() == ["The note format"]


def test_every_focus_is_visible(open_page: OpenPage) -> None:
    page = open_page(KINDS["notes"])
    for _ in range(25):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_are_chosen_and_kept(scheme: str, open_page: OpenPage) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    other = "Light" if scheme == "dark" else "Dark"
    page = open_page("", scheme=scheme)
    system = page.evaluate(paper)
    page.get_by_role("button", name="Reading settings").click()
    page.get_by_role("radio", name=other, exact=True).check()
    chosen = page.evaluate(paper)
    assert chosen != system
    page.goto(page.url + KINDS["note"])
    assert page.evaluate(paper) == chosen
    page.get_by_role("button", name="Reading settings").click()
    expect(page.get_by_role("radio", name=other, exact=True)).to_be_checked()
    page.get_by_role("radio", name="As the device").check()
    assert page.evaluate(paper) == system
    page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
    assert page.evaluate(paper) == chosen


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_scripts(scheme: str, open_page: OpenPage) -> None:
    page = open_page(KINDS["note"], width=320, scheme=scheme, java_script_enabled=False)
    expect(page.locator("article")).to_contain_text("What do opiates do for the people who take them?")
    expect(page.locator(".top [data-fl-search]")).to_be_hidden()
    page.get_by_role("button", name="Reading settings").click()
    expect(page.get_by_role("radio", name="Dark")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Search", exact=True).click()
    page.wait_for_url("**/companion/quotes/")
    expect(page.locator("h1")).to_contain_text("Quotations")


def test_dark_without_scripts(open_page: OpenPage) -> None:
    """A page without scripts cannot be asked for its colours; its picture can."""
    pictures = {
        s: open_page(KINDS["about"], scheme=s, java_script_enabled=False).screenshot() for s in ("light", "dark")
    }
    assert pictures["light"] != pictures["dark"]


def test_forced_colours(open_page: OpenPage) -> None:
    page = open_page("", forced_colors="active")
    page.keyboard.press("/")
    search(page, "memory")


def test_printed_is_the_text_alone(open_page: OpenPage) -> None:
    page = open_page(KINDS["note"], scheme="dark")
    page.emulate_media(media="print")
    for part in (".top", ".contents", ".foot nav"):
        expect(page.locator(part)).to_be_hidden()
    expect(page.locator("article")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_a_page_that_is_not_there(open_page: OpenPage, faults: Faults, site: str) -> None:
    faults.expect("404")
    page = open_page("notes/no/such/page")
    expect(page.locator("h1")).to_have_text("There is no such page")
    link = page.get_by_role("link", name="Themes")
    expect(page.locator("link[rel=stylesheet]")).to_have_count(1)
    expect(link).to_have_attribute("href", f"{site}themes/")


def test_from_a_disk(open_page: OpenPage, built: Path, faults: Faults) -> None:
    faults.expect(r"asked file:|origin 'null'|origin null|net::ERR_FAILED")
    page = open_page((built / "index.html").as_uri())
    expect(page.get_by_role("link", name="Search", exact=True)).to_be_visible()
    expect(page.locator(".scripted").filter(visible=True)).to_have_count(0)
    page.get_by_role("navigation", name="Library").get_by_role("link", name="Themes").click()
    page.wait_for_url("**/themes/index.html")
    page.get_by_role("link", name="Search", exact=True).click()
    page.wait_for_url("**/quotes/index.html")
    expect(page.locator("h1")).to_contain_text("Quotations")
