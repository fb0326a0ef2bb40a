"""Searching quotations: exact words, choices that combine, an address that can be shared, no words of closed quotations."""

import re

from playwright.sync_api import Page, expect


def found(page: Page):
    return page.locator(".find-results figure")


def status(page: Page):
    return page.locator(".find-status")


def search(page: Page, words: str) -> None:
    page.locator("#find-words").fill(words)
    page.get_by_role("button", name="Search", exact=True).last.click()


def test_words_that_stand_beside_dots_and_dashes(open_page) -> None:
    page = open_page("quotes/")
    for words, said, quotation in (
        ("without heroin", "1 quotation with “without” and “heroin”", "forget-the-pain"),
        ('"horrible memories"', "1 quotation with “horrible memories”", "forget-the-pain"),
        ("memories without", "1 quotation with “memories” and “without”", "forget-the-pain"),
        ("nothing bothers", "1 quotation with “nothing” and “bothers”", "constantly-on-edge"),
    ):
        search(page, words)
        expect(status(page)).to_have_text(said)
        expect(found(page)).to_have_count(1)
        expect(found(page).first).to_have_id(re.compile(f"--{quotation}$"))


def test_a_mistyped_word_is_met_with_the_word_that_was_meant(open_page, site) -> None:
    page = open_page("quotes/?q=herion")
    expect(status(page)).to_have_text("No quotation has “herion”.")
    assert not page.locator(".find-results mark").count()
    page.get_by_role("link", name="heroin (1)").click()
    expect(status(page)).to_have_text("1 quotation with “heroin”")
    expect(page).to_have_url(f"{site}quotes/?q=heroin")


def test_a_word_that_nobody_used_is_not_another_one(open_page) -> None:
    page = open_page("quotes/?q=painless")
    expect(status(page)).to_have_text("No quotation has “painless”.")
    expect(page.get_by_role("link", name="pain (1)")).to_be_visible()
    expect(found(page)).to_have_count(0)
    page = open_page("quotes/?q=zzyzx")
    expect(status(page)).to_have_text("No quotation has “zzyzx”.")
    page = open_page("quotes/?theme=no-such-theme&q=%3Cimg%20src%3Dx%3E")
    expect(status(page)).to_contain_text("No quotation has")


def test_the_name_of_a_theme_leads_to_its_quotations(open_page) -> None:
    page = open_page("quotes/?q=numbing")
    expect(status(page)).to_contain_text("2 are filed under the theme “Numbing, depersonalization, derealization”.")
    expect(found(page)).to_have_count(2)


def test_other_forms_of_a_word_are_told_apart(open_page) -> None:
    page = open_page("quotes/?q=memory")
    expect(status(page)).to_contain_text("1 with other forms of the words")
    expect(page.locator(".find-forms")).to_be_visible()
    page = open_page('quotes/?q="memory"')
    expect(status(page)).to_have_text("No quotation has “memory”.")


def test_narrower_themes_are_included(open_page) -> None:
    page = open_page("quotes/?theme=chemical-dissociation")
    expect(status(page)).to_have_text("6 quotations")


def test_choices_by_keyboard_and_an_address_to_share(open_page, site) -> None:
    page = open_page("quotes/")
    page.get_by_role("checkbox", name=re.compile("^Numbing")).focus()
    page.keyboard.press("Space")
    expect(status(page)).to_have_text("2 quotations")
    page.get_by_role("checkbox", name=re.compile("^Amnesia")).check()
    expect(status(page)).to_have_text("4 quotations")
    page.get_by_role("group", name="Speaks of").get_by_role("checkbox", name=re.compile("^Sexual")).check()
    expect(status(page)).to_have_text("1 quotation")
    expect(page).to_have_url(f"{site}quotes/?theme=numbing&theme=amnesia&notice=sexual-exploitation")
    other = open_page(page.url)
    expect(found(other)).to_have_count(1)
    expect(other.get_by_role("checkbox", name=re.compile("^Numbing"))).to_be_checked()
    expect(other.locator(".fl-all")).to_be_hidden()
    expect(other.locator(".find-chip")).to_have_count(3)
    other.get_by_role("link", name="Clear all").click()
    expect(other.locator(".fl-all")).to_be_visible()
    expect(other).to_have_url(f"{site}quotes/")


def test_themes_that_must_all_hold(open_page) -> None:
    page = open_page("quotes/?theme=amnesia&with=numbing")
    expect(status(page)).to_have_text("No quotation found.")
    page.get_by_role("link", name=re.compile("^Numbing.*remove")).click()
    expect(status(page)).to_have_text("2 quotations")


def test_counts_follow_what_was_found(open_page) -> None:
    page = open_page("quotes/?theme=amnesia")
    expect(found(page)).to_have_count(2)
    counted = page.locator('[data-facet="speaker"] label')
    expect(counted.filter(has_text="Participant")).to_have_text(re.compile("Participant 2"))
    expect(counted.filter(has_text="Author")).to_have_class(re.compile("find-none"))


def test_back_leads_back(open_page) -> None:
    page = open_page("quotes/?theme=amnesia")
    expect(status(page)).to_have_text("2 quotations")
    page.get_by_role("checkbox", name=re.compile("^Numbing")).check()
    expect(status(page)).to_have_text("4 quotations")
    page.go_back()
    expect(status(page)).to_have_text("2 quotations")
    expect(page.get_by_role("checkbox", name=re.compile("^Numbing"))).not_to_be_checked()
    page.go_forward()
    expect(status(page)).to_have_text("4 quotations")


def test_a_work_is_chosen_by_typing_its_name(open_page, site) -> None:
    page = open_page("quotes/")
    field = page.get_by_role("combobox", name="Author, year or title")
    field.focus()
    page.keyboard.type("som")
    option = page.get_by_role("option", name=re.compile("Somer, .*2009"))
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "find-work-0")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site}quotes/?source=somer2009")
    expect(page.locator(".find-chip")).to_have_text(re.compile("Somer, .*2009"))
    expect(status(page)).to_have_text("7 quotations")


def test_words_are_found_and_stay_closed(open_page) -> None:
    page = open_page("quotes/?q=creeps")
    card = found(page).first
    expect(card.locator("blockquote")).to_be_hidden()
    assert "creeps" not in card.inner_text().lower()
    card.locator("summary").first.click()
    expect(card.locator("blockquote mark").first).to_have_text("creeps")


def test_the_card_is_the_same_everywhere(open_page) -> None:
    """But for the words that are marked, and for what a card of a list says of its note."""
    listed = open_page("quotes/")
    cards = {card.get_attribute("id"): card.inner_html() for card in listed.locator(".fl-all figure").all()}
    page = open_page("quotes/?source=somer2009")
    for _ in range(4):
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(200)
    expect(found(page)).to_have_count(7)
    for card in found(page).all():
        assert _bare(card.inner_html()) == _bare(cards[card.get_attribute("id")])


def _bare(html: str) -> str:
    """Without the way to the root of the site or to a list on the same page."""
    return " ".join(re.sub(r'href="[^"]*"', "", html).split())


def test_a_result_leads_to_its_note_where_the_words_are_marked(open_page) -> None:
    page = open_page("")
    page.keyboard.press("/")
    page.keyboard.type("overwhelmed")
    page.locator(".fl-finder li a").first.click()
    page.wait_for_url(re.compile(r"/notes/.*\?q=overwhelmed#q-forget-the-pain$"))
    expect(page.locator("#q-forget-the-pain mark")).to_have_text(["overwhelmed"])


def test_notes_are_found_too(open_page) -> None:
    page = open_page("quotes/?q=interviews")
    page.get_by_role("link", name="notes", exact=True).click()
    expect(status(page)).to_contain_text("1 note with “interviews”")
    expect(page.locator(".find-line mark").first).to_be_visible()


def test_what_was_typed_before_the_script_came_is_searched(open_page) -> None:
    page = open_page("about/")
    page.route("**/explorer.js", lambda route: (page.wait_for_timeout(600), route.continue_()))
    page.goto(page.url.replace("about/", "quotes/"), wait_until="domcontentloaded")
    page.locator("#find-words").fill("heroin")
    expect(status(page)).to_have_text("1 quotation with “heroin”")


def test_the_form_works_before_the_script_does(open_page, faults) -> None:
    faults.expect("pages.js|ERR_FAILED")
    page = open_page("about/")
    page.route("**/pages.js", lambda route: route.abort())
    page.goto(page.url.replace("about/", "quotes/"))
    page.locator("#find-words").fill("heroin")
    page.unroute("**/pages.js")
    page.keyboard.press("Enter")
    expect(status(page)).to_have_text("1 quotation with “heroin”")


def test_an_index_that_cannot_be_loaded_is_said(open_page, faults) -> None:
    faults.expect("search-index|ERR_FAILED|Failed to fetch")
    page = open_page("about/")
    page.route("**/search-index/**", lambda route: route.abort())
    page.goto(page.url.replace("about/", "quotes/?q=creeps"))
    expect(status(page)).to_have_text("The search cannot be loaded. All quotations are listed below.")
    expect(page.locator(".fl-all")).to_be_visible()


def test_axe_finds_nothing_in_any_state(open_page, violations) -> None:
    page = open_page("quotes/?speaker=participant", width=320)
    expect(status(page)).to_have_text("6 quotations")
    page.locator(".find-facets > summary").click()
    assert violations(page, both_schemes=True) == []
    page.get_by_role("combobox", name="Author, year or title").focus()
    expect(page.get_by_role("option").first).to_be_visible()
    assert violations(page, both_schemes=True) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(page.url.partition("?")[0] + "?q=herion")
    expect(page.locator(".find-word")).to_be_visible()
    assert violations(page, both_schemes=True) == []
    page.goto(page.url.partition("?")[0] + "?q=memory")
    expect(page.locator(".find-forms")).to_be_visible()
    assert violations(page, both_schemes=True) == []
    page.goto(page.url.partition("?")[0] + "?q=creeps")
    closed = page.locator(".find-results .closed")
    closed.locator("summary").click()
    expect(closed.locator("blockquote")).to_be_visible()
    page.locator(".find-results .more").first.click()
    assert violations(page, both_schemes=True) == []


def test_a_theme_is_found_by_keyboard_alone(open_page) -> None:
    page = open_page("")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Amnesia":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Amnesia")
    expect(page.locator("figure.quote")).to_have_count(2)


def test_by_touch(open_page) -> None:
    page = open_page("quotes/", width=390, has_touch=True, is_mobile=True)
    page.locator(".find-facets > summary").tap()
    page.get_by_role("checkbox", name=re.compile("^Amnesia")).tap()
    expect(status(page)).to_have_text("2 quotations")
    page.get_by_role("link", name=re.compile("^Amnesia.*remove")).tap()
    expect(page.locator(".fl-all")).to_be_visible()


def test_on_a_slow_network_the_last_words_count(open_page) -> None:
    page = open_page("quotes/", alone=True)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    slow = {"offline": False, "latency": 300, "downloadThroughput": 40_000, "uploadThroughput": 20_000}
    session.send("Network.emulateNetworkConditions", slow)
    page.locator("#find-words").press_sequentially("heroin", delay=60)
    page.wait_for_timeout(300)
    page.locator("#find-words").fill("feel")
    expect(status(page)).to_contain_text("quotations with “feel”")
    expect(found(page)).to_have_count(3)


def test_without_scripts_it_is_a_list(open_page) -> None:
    page = open_page("quotes/", java_script_enabled=False)
    expect(page.locator(".find-form")).to_be_hidden()
    expect(page.locator(".fl-all figure")).to_have_count(7)
