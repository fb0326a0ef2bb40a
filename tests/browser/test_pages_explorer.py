"""Searching quotations: words, filters that all must hold, an address that can be shared, and no words of closed quotes."""

import re

import pytest
from playwright.sync_api import Page, expect


def found(page: Page):
    return page.locator(".fl-results figure")


def search(page: Page, words: str) -> None:
    page.get_by_label("Words").fill(words)
    page.get_by_role("button", name="Search quotations", exact=True).click()


def test_two_filters_by_keyboard_and_an_address_to_share(open_page, site):
    page = open_page("quotes/")
    page.get_by_label("Theme", exact=True).focus()
    page.keyboard.type("Numb")
    expect(page.locator(".fl-status")).to_have_text("2 quotations")
    page.get_by_label("Notice", exact=True).focus()
    page.keyboard.type("Sex")
    expect(page.locator(".fl-status")).to_have_text("1 quotation")
    expect(page).to_have_url(f"{site}quotes/?theme=numbing&notice=sexual-exploitation")
    other = open_page(page.url)
    expect(found(other)).to_have_count(1)
    expect(other.get_by_label("Theme", exact=True)).to_have_value("numbing")
    expect(other.locator(".fl-all")).to_be_hidden()
    other.get_by_role("button", name="Show all").click()
    expect(other.locator(".fl-all")).to_be_visible()
    expect(other).to_have_url(f"{site}quotes/")


def test_words_are_found_and_stay_closed(open_page):
    page = open_page("quotes/")
    search(page, "heroin")
    expect(found(page)).to_have_count(1)
    card = found(page).first
    expect(card).to_contain_text("Content notice: Drug use, Trauma.")
    expect(card.locator("blockquote")).to_be_hidden()
    assert "heroin" not in card.inner_text().lower()
    card.locator("summary").click()
    expect(card.locator("blockquote mark").first).to_have_text("Heroin")
    expect(card).to_contain_text("Participant")
    expect(card).to_contain_text("in Somer, ca. 2009, quoted in")


def test_counts_follow_what_was_found(open_page):
    page = open_page("quotes/?theme=amnesia")
    expect(found(page)).to_have_count(2)
    expect(page.locator("#fl-by-speaker option[value=participant]")).to_have_text("Participant (2)")
    expect(page.locator("#fl-by-speaker option[value=author]")).to_have_text("Author (0)")
    assert page.locator("#fl-by-speaker option[value=author]").is_disabled()
    page.get_by_label("Source", exact=True).select_option("somer2009")
    expect(page).to_have_url(re.compile("theme=amnesia&source=somer2009"))
    page.go_back()
    expect(page.get_by_label("Source", exact=True)).to_have_value("")


def test_a_second_theme_can_stand_in_the_address(open_page):
    page = open_page("quotes/?theme=amnesia&theme=numbing")
    expect(page.locator(".fl-status")).to_contain_text("No quotation found. (also filed under: Numbing")


def test_nothing_is_found_for_what_is_not_there(open_page):
    page = open_page("quotes/?q=zzyzx")
    expect(page.locator(".fl-status")).to_have_text("No quotation found.")
    page = open_page("quotes/?theme=no-such-theme&q=%3Cimg%20src%3Dx%3E")
    expect(page.locator(".fl-status")).to_contain_text("No quotation found.")


def test_a_result_leads_to_its_note_and_work(open_page):
    page = open_page("quotes/?source=somer2009&year=2009&speaker=author")
    card = found(page).first
    expect(card.locator(".fl-permalink")).to_have_attribute("href", re.compile("/#q-nurturing-qualities$"))
    card.locator(".fl-source a").click()
    expect(page.locator("#ref-somer2009")).to_be_in_viewport()


def test_a_choice_holds_for_results(open_page):
    page = open_page("quotes/")
    page.get_by_label("Drug use", exact=True).check()
    search(page, "problems")
    expect(found(page).locator("details[open]")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_among_results(open_page, violations, scheme):
    page = open_page("quotes/?speaker=participant", scheme=scheme, width=320)
    expect(found(page)).to_have_count(6)
    found(page).first.locator("summary").click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_theme_is_found_by_keyboard_alone(open_page):
    page = open_page("")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Amnesia":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Amnesia")
    expect(page.locator("figure.fl-quote")).to_have_count(2)
