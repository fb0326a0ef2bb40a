"""Reading with a mouse, a keyboard or a finger: quote cards, notices, previews, copying, paper, and no scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

NOTE = "notes/somer-opioid-use-disorder-and-dissociation/"
CLIPBOARD = ["clipboard-read", "clipboard-write"]


def preview(page: Page):
    return page.locator("#fl-preview")


def copied(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


# -- notices


def test_a_closed_quote_opens_by_keyboard_alone_and_help_comes_once(open_page):
    page = open_page(NOTE)
    expect(page.locator("details.closed")).to_have_count(2)
    expect(page.locator("#q-not-home .gist")).to_contain_text("A long passage on not feeling oneself")
    expect(page.locator("#q-not-home blockquote")).to_be_hidden()
    page.locator("#q-not-home .closed > summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#q-not-home blockquote")).to_be_visible()
    expect(page.locator("#q-not-home .help")).to_contain_text("you can stop at any point")


def test_all_on_a_page_open_by_one_act(open_page):
    page = open_page(NOTE)
    page.get_by_role("button", name="Open all on this page").click()
    expect(page.locator("details.closed:not([open])")).to_have_count(0)


def test_a_choice_is_kept_and_can_be_taken_back(open_page):
    page = open_page(NOTE)
    page.get_by_role("button", name="Reading settings").click()
    page.get_by_label("Despair", exact=True).check()
    expect(page.locator("details.closed[open]")).to_have_count(1)
    page.get_by_label("Sexual exploitation", exact=True).check()
    expect(page.locator("details.closed[open]")).to_have_count(2)
    page.goto(page.url.replace(NOTE, "themes/numbing/"))
    expect(page.locator("details.closed[open]")).to_have_count(2)
    page.get_by_role("button", name="Reading settings").click()
    page.get_by_role("button", name="Close all again").click()
    expect(page.get_by_label("Sexual exploitation", exact=True)).not_to_be_checked()
    page.goto(page.url.replace("themes/numbing/", NOTE))
    expect(page.locator("details.closed[open]")).to_have_count(0)


def test_a_broken_memory_is_no_choice(open_page):
    page = open_page(NOTE)
    page.evaluate("localStorage.setItem('florilegium-always-open', '{\"not\": \"a list\"}')")
    page.reload()
    expect(page.locator("details.closed[open]")).to_have_count(0)


# -- copying


def test_a_quotation_is_copied_with_its_notice_citation_and_address(open_page, site):
    page = open_page(NOTE, permissions=CLIPBOARD)
    card = page.locator("#q-daily-problems-fade")
    card.hover()
    card.get_by_role("button", name="Copy", exact=True).click()
    expect(card.get_by_role("button", name="✓")).to_be_visible()
    text = copied(page)
    assert text.startswith("[Speaks of drug use]\n\n“…my daily problems with bills")
    assert "— Participant, in Somer, ca. 2009, quoted in a blog post" in text
    assert "Somer, E. (ca. 2009). Opioid use disorder and dissociation. In" in text
    assert "(n.d.)" in text, "the work that was read"
    assert text.endswith(f"{site}{NOTE}#q-daily-problems-fade")
    # Words that are selected take their notice along too; prose is copied as it is.
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#q-daily-problems-fade blockquote'))")
    page.keyboard.press("Control+c")
    assert copied(page).startswith("[Speaks of drug use]\n\n…my daily problems with bills")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
    page.keyboard.press("Control+c")
    assert copied(page) == "Opioid use disorder and dissociation"


def test_a_citation_is_copied(open_page):
    page = open_page("works/somer2009/", permissions=CLIPBOARD)
    page.locator(".formats").locator("summary", has_text="RIS").click()
    page.get_by_role("button", name=re.compile("Copy.*RIS")).click()
    assert copied(page).startswith("TY  - CHAP\n")


# -- going on


def test_old_addresses_of_works_lead_to_their_pages(open_page, site):
    page = open_page("references/#ref-somer2009")
    page.wait_for_url(f"{site}works/somer2009/")


def test_the_next_quotation_by_key(open_page):
    page = open_page("themes/chemical-dissociation/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.matches('figure.quote')")
    second = page.evaluate("document.activeElement.id")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") != second


def test_quotations_are_narrowed_in_place(open_page):
    page = open_page("works/somer2009/")
    page.get_by_label("Speaker").select_option("author")
    expect(page.locator("main figure.quote").filter(visible=True)).to_have_count(1)


def test_a_list_is_narrowed_and_sorted(open_page):
    page = open_page("works/")
    page.get_by_label("Filter by words").fill("somer")
    assert page.locator(".work-rows > li").filter(visible=True).count() == 3
    page.get_by_label("Order").select_option("year")
    expect(page.locator(".work-rows > li").filter(visible=True).first).to_contain_text("2019")


# -- previews


def test_a_citation_shows_its_entry_on_hover(open_page):
    page = open_page(NOTE)
    link = page.locator("article > p a.fl-ref").first
    link.hover()
    expect(preview(page)).to_contain_text("Somer, E. (ca. 2009). Opioid use disorder")
    assert link.get_attribute("aria-describedby") == "fl-preview"
    preview(page).hover()
    page.wait_for_timeout(500)
    expect(preview(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(preview(page)).to_be_hidden()
    assert link.get_attribute("aria-describedby") is None


def test_a_theme_shows_what_it_is_on_focus(open_page):
    page = open_page(NOTE)
    link = page.locator("#q-daily-problems-fade .apparatus a").first
    link.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(preview(page)).to_contain_text("2 quotations from 1 work")
    page.keyboard.press("Escape")
    expect(preview(page)).to_be_hidden()
    expect(link).to_be_focused()


def test_a_tap_previews_and_a_second_one_follows(open_page):
    page = open_page(NOTE, width=390, height=800, has_touch=True, is_mobile=True)
    link = page.locator("article > p a.fl-ref").first
    link.tap()
    expect(preview(page)).to_contain_text("Opioid use disorder and dissociation")
    box = preview(page).bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    link.tap()
    expect(page).to_have_url(re.compile(r"#ref-somer2009$"))


def test_a_preview_of_a_closed_quote_is_closed(open_page):
    page = open_page(NOTE)
    page.evaluate(
        """() => {
          const link = document.createElement("a");
          link.href = "#q-not-home";
          link.textContent = "a quotation";
          document.querySelector("article > p:not(.on)").append(link);
        }"""
    )
    page.get_by_role("link", name="a quotation", exact=True).hover()
    expect(preview(page)).to_contain_text("Closed: speaks of sexual exploitation")
    expect(preview(page).locator("blockquote")).to_be_hidden()


# -- accessibility of what scripts open


def test_axe_finds_nothing_in_previews_open_notices_and_citations(open_page, violations):
    page = open_page(NOTE)
    page.locator("#q-not-home .closed > summary").click()
    page.locator(".formats summary").first.click()
    page.locator("article > p a.fl-ref").first.hover()
    expect(preview(page)).to_be_visible()
    assert violations(page, both_schemes=True) == []


@pytest.mark.parametrize("path", ["notes/by/year/", "works/", "themes/", "quotes/", "themes/numbing/"])
def test_axe_finds_nothing_on_lists_with_all_open(open_page, violations, path):
    page = open_page(path, scheme="dark")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert violations(page) == []


# -- without scripts, on paper


def test_without_scripts_all_is_there_but_the_tools(open_page):
    page = open_page(NOTE, java_script_enabled=False)
    expect(page.locator(".scripted").filter(visible=True)).to_have_count(0)
    page.locator("#q-not-home .closed > summary").click()
    expect(page.locator("#q-not-home blockquote")).to_be_visible()
    page.goto(page.url.replace(NOTE, "quotes/"))
    expect(page.locator(".fl-explorer")).to_be_hidden()
    expect(page.locator(".fl-all figure")).to_have_count(7)


@pytest.mark.parametrize("scripts", [True, False])
def test_on_paper_what_is_closed_stays_closed(open_page, scripts):
    page = open_page(NOTE, java_script_enabled=scripts)
    page.emulate_media(media="print")
    expect(page.locator("#q-daily-problems-fade blockquote")).to_be_visible()
    expect(page.locator("#q-not-home blockquote")).to_be_hidden()
    expect(page.locator("#q-not-home .why")).to_be_visible()
    expect(page.locator(".works .entry").first).to_be_visible()
    for hidden in (".tools", ".formats", ".more", ".turn", ".top"):
        assert not page.locator(hidden).filter(visible=True).count(), hidden


def test_nothing_moves_when_scripts_arrive(open_page):
    page = open_page(NOTE, width=390, height=800)
    shift = page.evaluate(
        """() => new Promise((done) => {
          let sum = 0;
          new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; })
            .observe({ type: "layout-shift", buffered: true });
          setTimeout(() => done(sum), 500);
        })"""
    )
    # A tenth of a line on a slow machine, where the text face comes late; a good page stays below 0.1.
    assert shift < 0.005
