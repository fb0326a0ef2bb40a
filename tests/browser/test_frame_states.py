"""The frame with its dialog and its sheets open, enlarged, and with lines of a length that is good to read."""

import pytest
from playwright.sync_api import expect

from .conftest import OpenPage, Violations
from .kinds import KINDS, WIDTHS, too_wide


@pytest.mark.parametrize("width", WIDTHS)
def test_search_dialog(width: int, open_page: OpenPage, violations: Violations) -> None:
    page = open_page("", width=width)
    page.keyboard.press("/")
    page.keyboard.type("memory")
    page.locator(".fl-finder mark").first.wait_for()
    assert not too_wide(page)
    assert not violations(page, both_schemes=True)
    box = page.locator(".fl-finder").bounding_box()
    assert box
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 900


def test_sheets(open_page: OpenPage, violations: Violations) -> None:
    page = open_page(KINDS["note"], width=360)
    page.get_by_role("button", name="Reading settings").click()
    assert not violations(page, both_schemes=True)
    page.keyboard.press("Escape")
    page.locator(".contents summary").click()
    page.locator("#q-daily-problems-fade .more").click()
    expect(page.locator("#q-daily-problems-fade .permalink")).to_be_visible()
    assert not too_wide(page)
    assert not violations(page, both_schemes=True)


def test_zoomed_twice_nothing_is_lost(open_page: OpenPage) -> None:
    """A window of 1280 px at 400 % is one of 320 px; at 200 % one of 640: all of the header's tools are still there."""
    page = open_page(KINDS["note"], width=640, height=450)
    assert not too_wide(page)
    for tool in ("Search", "Reading settings"):
        assert page.locator(".top").get_by_role("button", name=tool).is_visible()


def test_enlarged_text_nothing_is_lost(open_page: OpenPage) -> None:
    page = open_page(KINDS["note"], width=1280, alone=True)
    # As a reader does it, in the browser's own settings: media queries follow that, and no style sheet's size.
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 40, "fixed": 32}})
    page.reload()
    assert not too_wide(page)


def test_lines_have_60_to_75_characters(open_page: OpenPage) -> None:
    """Counted in the lines of the longest paragraphs, the last line of each left out."""
    page = open_page(KINDS["note"])
    lines: list[int] = page.evaluate("""() => {
      const counts = [];
      for (const p of document.querySelectorAll("article > p")) {
        if (p.textContent.length < 300 || p.closest(".aside, figure, .rows, .foot")) continue;
        const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
        const range = document.createRange();
        let top = null, count = 0;
        while (walker.nextNode()) {
          for (let i = 0; i < walker.currentNode.length; i++) {
            range.setStart(walker.currentNode, i); range.setEnd(walker.currentNode, i + 1);
            const box = range.getBoundingClientRect();
            if (top !== null && box.top > top + 8) { counts.push(count); count = 0; }
            top = box.height ? box.top : top; count++;
          }
        }
      }
      return counts;
    }""")
    lines.sort()
    assert 60 <= lines[len(lines) // 2] <= 75, lines
