"""A sheet of one's own, two works side by side, and taking a search along."""

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import expect


def items(page):
    return page.locator(".sheet-list > li")


def pick(page, *ids: str) -> None:
    for id_ in ids:
        card = page.locator(f"figure#q-{id_}")
        if not card.locator(".pick").is_visible():
            card.locator(".more").click()
        card.locator(".pick").click()
        page.keyboard.press("Escape")


NOTE = "notes/somer-opioid-use-disorder-and-dissociation/"


def test_a_sheet_is_picked_ordered_said_and_shared(open_page, site) -> None:
    page = open_page(NOTE)
    pick(page, "forget-the-pain", "not-home", "nurturing-qualities")
    expect(page.locator("figure#q-forget-the-pain .pick")).to_have_text("On your sheet")
    page.get_by_role("link", name="Your sheet: 3 quotations").click()
    expect(page.locator(".sheet-status")).to_have_text("3 quotations")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your sheet")
    page.get_by_role("button", name=re.compile("^Down: .*, 1$")).click()
    expect(items(page).first.locator("figure")).to_have_id(re.compile("not-home"))
    items(page).first.get_by_label("A line of your own").fill("The alarm that never stops: é, 痛み")
    page.keyboard.press("Tab")
    expect(page).to_have_url(re.compile("#sheet=[A-Za-z0-9_-]+$"))
    page.wait_for_timeout(200)
    other = open_page(page.url)
    expect(other.locator(".sheet-status")).to_have_text("3 quotations")
    expect(items(other).first.get_by_label("A line of your own")).to_have_value("The alarm that never stops: é, 痛み")
    expect(items(other).first.locator("blockquote")).to_be_hidden()
    other.get_by_role("button", name=re.compile("^Take off: .*, 1$")).click()
    expect(items(other)).to_have_count(2)
    other.goto(f"{site}{NOTE}")
    expect(other.locator(".sheet-link")).to_have_count(0)


def test_a_sheet_says_what_has_changed_since(open_page, site) -> None:
    page = open_page(NOTE)
    pick(page, "forget-the-pain", "constantly-on-edge")
    page.evaluate("""() => {
      const picks = JSON.parse(localStorage.getItem("florilegium-sheet"));
      picks[0].digest = "other";
      picks.push({ note: "no-such-note", id: "x", digest: "y", comment: "" });
      localStorage.setItem("florilegium-sheet", JSON.stringify(picks));
    }""")
    page.goto(f"{site}quotes/#sheet")
    said = "3 quotations. 1 of 3 has changed since. 1 of 3 is not in the library any more"
    expect(page.locator(".sheet-status")).to_have_text(said)
    expect(items(page).first).to_contain_text("The words have changed since this sheet was made.")


def test_fifty_quotations_fit_into_an_address(open_page, site) -> None:
    page = open_page("quotes/")
    page.evaluate("""() => {
      const pick = (_, n) => ({ note: `a-note-with-a-long-name-${n}`, id: `words-of-it-${n}`, digest: "abc" + n, comment: "A line about it. ".repeat(8) + n });
      localStorage.setItem("florilegium-sheet", JSON.stringify(Array.from({ length: 50 }, pick)));
    }""")
    page.goto(f"{site}quotes/#sheet")
    expect(items(page)).to_have_count(50)
    expect(page).to_have_url(re.compile("#sheet=.+"))
    assert len(page.url) < 8000
    other = open_page(page.url)
    expect(items(other)).to_have_count(50)


def test_a_sheet_can_be_taken_along(open_page, site) -> None:
    page = open_page(NOTE)
    pick(page, "forget-the-pain")
    page.goto(f"{site}quotes/#sheet")
    expect(items(page)).to_have_count(1)
    texts = {}
    for name in ("Markdown", "BibTeX", "CSV"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        texts[name] = Path(download.value.path()).read_text(encoding="utf-8")
    assert "> Heroin helps me forget the pain" in texts["Markdown"]
    assert "(Speaks of drug use and trauma)" in texts["Markdown"]
    assert "{somer2009," in texts["BibTeX"]
    assert texts["CSV"].startswith("\ufeff")
    (row,) = csv.DictReader(io.StringIO(texts["CSV"].removeprefix("\ufeff")))
    assert row["key"] == "somer2009"
    assert row["address"].endswith(f"{NOTE}#q-forget-the-pain")


def test_no_sheet_in_a_broken_address(open_page) -> None:
    page = open_page("quotes/#sheet=!!!")
    expect(page.locator(".sheet-status")).to_have_text("This address holds no sheet.")


def test_axe_finds_nothing_on_a_sheet(open_page, site, violations) -> None:
    page = open_page(NOTE, width=320)
    pick(page, "forget-the-pain", "constantly-on-edge")
    assert violations(page) == []
    page.goto(f"{site}quotes/#sheet")
    expect(items(page)).to_have_count(2)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_search_can_be_taken_along(open_page) -> None:
    page = open_page("quotes/?q=feel")
    expect(page.locator(".find-results figure")).to_have_count(3)
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 3
    assert all("feel" in row["words"] for row in rows)
    with page.expect_download() as download:
        page.get_by_role("button", name="BibTeX").click()
    assert "{somer2009," in Path(download.value.path()).read_text(encoding="utf-8")


def test_two_works_stand_side_by_side(open_page, site) -> None:
    page = open_page("quotes/?theme=chemical-dissociation&source=somer2009&source=no-such-work&beside=1")
    expect(page.locator(".find-beside > div")).to_have_count(2)
    expect(page.locator(".find-beside h2").first).to_contain_text("Somer")
    expect(page.locator(".find-beside > div").first.locator("figure").first).to_be_visible()
    expect(page.get_by_label("Side by side")).to_be_checked()
