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
    page.keyboard.type(words)
    page.locator(".fl-finder li").first.wait_for()


def test_skip_link_comes_first_and_leads_to_the_text(open_page: OpenPage) -> None:
    page = open_page(KINDS["note"])
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to content"
    assert page.locator(".fl-skip").bounding_box()["y"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#fl-main').contains(document.activeElement)")


@pytest.mark.parametrize("key", ["/", "s", "Control+k"])
def test_search_by_keys_lands_on_the_quotation(key: str, open_page: OpenPage) -> None:
    page = open_page(KINDS["about"])
    page.keyboard.press(key)
    search(page, "memories")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('section').innerText").startswith("QUOTATION")
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
    page.locator(".fl-search-button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".fl-finder")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".fl-finder")).to_be_hidden()
    expect(page.locator(".fl-search-button")).to_be_focused()


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
    search(page, "heroin")
    quotations = page.locator(".fl-finder section").first
    expect(quotations).to_contain_text("Content notice: Drug use")
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


def test_menu_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(KINDS["note"], width=320)
    page.locator(".fl-menu-button").focus()
    page.keyboard.press("Enter")
    menu = page.locator("#fl-menu")
    expect(menu).to_be_visible()
    page.keyboard.press("Tab")
    assert focused(page) == "Home"
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.locator(".fl-menu-button")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/companion/themes/")


def test_contents_sheet_closes_when_a_part_is_chosen(open_page: OpenPage) -> None:
    page = open_page(KINDS["note"], width=320)
    page.locator(".fl-contents-button").click()
    page.locator("#fl-contents a").nth(3).click()
    expect(page.locator("#fl-contents")).to_be_hidden()
    anchor = page.url.partition("#")[2]
    heading, header = page.locator(f"#{anchor}").bounding_box(), page.locator(".fl-header").bounding_box()
    assert heading
    assert header
    assert heading["y"] >= header["y"] + header["height"]


def test_the_section_of_a_page_is_marked(open_page: OpenPage) -> None:
    page = open_page(KINDS["note"])
    assert page.locator("#fl-menu [aria-current]").all_inner_texts() == ["Notes"]
    page = open_page(KINDS["format"])
    assert page.locator(".fl-section [aria-current=page]").all_inner_texts() == ["The note format"]


def test_every_focus_is_visible(open_page: OpenPage) -> None:
    page = open_page(KINDS["notes"])
    for _ in range(25):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_are_chosen_and_kept(scheme: str, open_page: OpenPage) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    page = open_page("", scheme=scheme)
    system = page.evaluate(paper)
    page.get_by_role("button", name="Use light colours" if scheme == "dark" else "Use dark colours").press("Enter")
    chosen = page.evaluate(paper)
    assert chosen != system
    page.goto(page.url + KINDS["note"])
    assert page.evaluate(paper) == chosen
    page.locator(".fl-scheme").click()
    assert page.evaluate(paper) == system
    page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
    expect(page.locator("html")).to_have_attribute("data-md-color-scheme", "default" if scheme == "dark" else "slate")
    assert page.evaluate(paper) == chosen


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_scripts(scheme: str, open_page: OpenPage) -> None:
    page = open_page(KINDS["note"], width=320, scheme=scheme, java_script_enabled=False)
    expect(page.locator("article")).to_contain_text("The first theme has two quotations.")
    expect(page.locator(".fl-search-button")).to_be_hidden()
    expect(page.locator(".fl-scheme")).to_be_hidden()
    page.locator(".fl-menu-button").click()
    expect(page.locator("#fl-menu")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".fl-search-link").click()
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
    assert page.evaluate("getComputedStyle(document.querySelector('.fl-scheme')).borderTopStyle") == "solid"
    page.keyboard.press("/")
    search(page, "memory")


def test_printed_is_the_text_alone(open_page: OpenPage) -> None:
    page = open_page(KINDS["note"], scheme="dark")
    page.emulate_media(media="print")
    for part in (".fl-header", ".fl-contents", ".fl-footer"):
        expect(page.locator(part)).to_be_hidden()
    expect(page.locator("article")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_a_page_that_is_not_there(open_page: OpenPage, faults: Faults, site: str) -> None:
    faults.expect("404")
    page = open_page("notes/no/such/page")
    expect(page.locator("h1")).to_have_text("There is no such page")
    link = page.get_by_role("link", name="Themes")
    expect(link).to_have_attribute("href", f"{site}themes/")


def test_from_a_disk(open_page: OpenPage, built: Path, faults: Faults) -> None:
    faults.expect(r"asked file:|origin 'null'|origin null|net::ERR_FAILED")
    page = open_page((built / "index.html").as_uri())
    expect(page.locator(".fl-search-link")).to_be_visible()
    page.get_by_role("navigation", name="Site").get_by_role("link", name="Themes").click()
    page.wait_for_url("**/themes/index.html")
    page.locator(".fl-search-link").click()
    page.wait_for_url("**/quotes/index.html")
    expect(page.locator("h1")).to_contain_text("Quotations")
