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


def test_a_closed_quote_opens_by_keyboard_alone(open_page):
    page = open_page(NOTE)
    summary = page.locator("#q-forget-the-pain summary")
    expect(page.locator("#q-forget-the-pain blockquote")).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#q-forget-the-pain blockquote")).to_be_visible()


def test_a_choice_is_kept_and_can_be_taken_back(open_page):
    page = open_page(NOTE)
    page.get_by_label("Drug use", exact=True).check()
    expect(page.locator("details.fl-notice[open]")).to_have_count(1)
    page.get_by_label("Trauma", exact=True).check()
    expect(page.locator("details.fl-notice[open]")).to_have_count(5)
    page.goto(page.url.replace(NOTE, "quotes/"))
    expect(page.locator(".fl-all details.fl-notice[open]")).to_have_count(5)
    expect(page.get_by_label("Trauma", exact=True)).to_be_checked()
    page.goto(page.url.replace("quotes/", ""))
    expect(page.get_by_label("Drug use", exact=True)).to_be_checked()
    page.get_by_role("button", name="Close all again").click()
    expect(page.get_by_label("Drug use", exact=True)).not_to_be_checked()
    page.goto(f"{page.url}{NOTE}")
    expect(page.locator("details.fl-notice[open]")).to_have_count(0)


def test_a_broken_memory_is_no_choice(open_page):
    page = open_page(NOTE)
    page.evaluate("localStorage.setItem('florilegium-always-open', '{\"not\": \"a list\"}')")
    page.reload()
    expect(page.locator("details.fl-notice[open]")).to_have_count(0)


# -- copying


def test_a_quotation_is_copied_with_its_citation_and_address(open_page, site):
    page = open_page(NOTE, permissions=CLIPBOARD)
    card = page.locator("#q-daily-problems-fade")
    assert card.get_by_role("button", name="Copy quotation").count() == 0, "closed words are not copied unseen"
    card.locator("summary").press("Enter")
    card.get_by_role("button", name="Copy quotation").press("Enter")
    expect(card.get_by_role("button", name="Copied")).to_be_visible()
    text = copied(page)
    assert text.startswith("“…my daily problems with bills")
    assert "— Participant, Somer, ca. 2009, quoted in" in text
    assert "Somer, E. (ca. 2009). Opioid use disorder and dissociation. In" in text
    assert text.endswith(f"{site}{NOTE}#q-daily-problems-fade")


def test_an_address_and_a_citation_are_copied(open_page, site):
    page = open_page(NOTE, permissions=CLIPBOARD)
    page.locator("#q-not-home").get_by_role("button", name="Copy link").click()
    assert copied(page) == f"{site}{NOTE}#q-not-home"
    page.get_by_text("Cite the work").click()
    page.locator(".fl-citing[open]").get_by_text("For Zotero: RIS", exact=True).click()
    page.get_by_role("button", name="Copy RIS").click()
    assert copied(page).startswith("TY  - CHAP\n")


# -- previews


def test_a_citation_shows_its_entry_on_hover(open_page):
    page = open_page(NOTE)
    link = page.locator(".fl-prose a.fl-ref").first
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
    page.locator(".fl-facts a").last.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(preview(page)).to_contain_text("1 quotation from 1 source")
    page.keyboard.press("Escape")
    expect(preview(page)).to_be_hidden()
    expect(page.locator(".fl-facts a").last).to_be_focused()


def test_a_tap_previews_and_a_second_one_follows(open_page):
    page = open_page(NOTE, width=390, height=800, has_touch=True, is_mobile=True)
    link = page.locator(".fl-prose a.fl-ref").first
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
          document.querySelector(".fl-prose p").append(link);
        }"""
    )
    page.get_by_role("link", name="a quotation", exact=True).hover()
    expect(preview(page)).to_contain_text("Content notice: Drug use, Sexual exploitation, Trauma, Despair.")
    expect(preview(page).locator("blockquote")).to_be_hidden()


# -- accessibility of what scripts open


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_previews_open_notices_and_citations(open_page, violations, scheme):
    page = open_page(NOTE, scheme=scheme)
    page.locator("#q-not-home summary").click()
    page.get_by_text("Cite the work").click()
    page.locator(".fl-citing[open] .fl-format summary").first.click()
    page.locator(".fl-prose a.fl-ref").first.hover()
    expect(preview(page)).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("path", ["notes/by/year/", "references/", "themes/", "quotes/", "themes/numbing/"])
def test_axe_finds_nothing_on_lists_with_all_open(open_page, violations, path):
    page = open_page(path, scheme="dark")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert violations(page) == []


# -- without scripts, on paper


def test_without_scripts_all_is_there_but_the_tools(open_page):
    page = open_page(NOTE, java_script_enabled=False)
    expect(page.get_by_role("button", name="Copy link")).to_have_count(0)
    expect(page.locator(".fl-choices")).to_be_hidden()
    page.locator("#q-not-home summary").click()
    expect(page.locator("#q-not-home blockquote")).to_be_visible()
    page.goto(page.url.replace(NOTE, "quotes/"))
    expect(page.locator(".fl-explorer")).to_be_hidden()
    expect(page.locator(".fl-all figure")).to_have_count(7)


@pytest.mark.parametrize("scripts", [True, False])
def test_on_paper_quotes_are_open_and_links_spelled_out(open_page, scripts):
    page = open_page(NOTE, java_script_enabled=scripts)
    page.emulate_media(media="print")
    if scripts:
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#q-not-home blockquote p").first).to_be_visible()
    expect(page.locator(".fl-works .fl-entry").first).to_be_visible()
    for hidden in (".fl-tools", ".fl-choices", ".fl-citing", ".fl-more"):
        assert not page.locator(hidden).filter(visible=True).count(), hidden
    if scripts:
        after = "getComputedStyle(document.querySelector('.fl-works a[href^=http]'), '::after').content"
        assert page.evaluate(after) != "none" or "doi.org" in page.locator(".fl-works").inner_text()


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
    assert shift == 0
