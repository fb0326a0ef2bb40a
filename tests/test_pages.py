"""Generated pages: what they show, what they must never show, and that a key covers all that a file is made from."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

import feedparser
import pytest
from florilegium.check.checking import Options, check_library
from florilegium.core.model import LibrarySettings
from florilegium.core.spans import LineTable
from florilegium.library.notes import parse_note
from florilegium.quotations.lock_file import QUOTES_HEADER
from florilegium.quotations.matching.normal_form import words_digest
from florilegium.site.addresses import stable_pages
from florilegium.site.pages.edit_links import edit_address, new_note_address, new_note_template
from florilegium.site.pages.page_files import GeneratedFeed, GeneratedJson, GeneratedPage, is_generated
from florilegium.site.pages.planned_pages import PagePlan
from florilegium.site.pages.text_fragments import text_fragment
from florilegium.site.planning import plan_site
from folders import write_files
from projects import LIBRARY

Files = dict[str, str]

SETTINGS = """\
title: A library for tests
description: Two works and what they say.
language: en
citation-style: apa
help: Talk to somebody you trust.
notices:
  - {id: drug-use, label: Drug use, description: Of drugs.}
  - {id: trauma, label: Trauma}
roles:
  - {id: participant, label: Participant}
  - {id: author, label: Author}
  - {id: clinician, label: Clinician}
"""

FORGETTING = """\
---
title: On forgetting
source: doe2009
basis: full-text
themes: [amnesia]
notices: [drug-use]
contributors: [Ann Other]
date: 2024-03-01
references:
  - id: doe2009
    type: chapter
    author: [{family: Doe, given: Jane}]
    title: The art of forgetting
    container-title: A book of arts
    publisher: Somewhere Press
    issued: {date-parts: [[2009]]}
    ISBN: 978-0-89042-555-8
    PMID: 10411605
    URL: https://example.org/forgetting
  - id: doe2009post
    type: post-weblog
    title: A post
    URL: https://example.org/post
---
A first sentence [@doe2009, p. 3]. See [what was kept](remembering.md#q-kept), [here](#q-gone) and [numbing](../themes/numbing.md).

> Gone is the xylophone, and with it everything that I ever held in my two hands.
>
> — a participant "Dana", in [@doe2009, p. 4], quoted in [@doe2009post] #amnesia !drug-use {#gone}

> An open word *of* hers.
>
> — the author, in [@doe2009, p. 5] #amnesia #numbing {#open-word}
"""

FILES: Files = {
    **LIBRARY,
    "library.yml": SETTINGS,
    "notes/forgetting.md": FORGETTING,
}


@pytest.fixture
def plan(tmp_path: Path) -> Callable[[Mapping[str, str]], PagePlan]:
    """Plans the pages of a library that is given by its files, which is checked first and must have no error."""

    def plan_pages(files: Mapping[str, str]) -> PagePlan:
        write_files(tmp_path / "annotations", files)
        options = Options(root=tmp_path, executor=None)
        return plan_site(check_library(options), options)

    return plan_pages


def rendered(plan: PagePlan) -> dict[str, str]:
    return {path: page.render().decode() for path, page in plan.pages.items()}


class Elements(HTMLParser):
    """All elements of a page with their attributes and ancestors, and each text with its ancestors."""

    VOID = ("br", "hr", "img", "input", "link", "meta", "wbr")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str]]] = []
        self.elements: list[tuple[str, dict[str, str], tuple[str, ...]]] = []
        self.texts: list[tuple[str, tuple[str, ...]]] = []
        self.feed(text.partition("\n---\n")[2])
        self.close()
        assert not self.open, "every element is closed"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"{tag}.{values.get('class', '')}" for tag, values in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        assert len(values) == len(attrs), "no attribute comes twice"
        self.elements.append((tag, values, self.names))
        if tag not in self.VOID and tag not in ("line", "rect"):
            self.open.append((tag, values))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("line", "rect"):
            return
        assert self.open
        assert self.open[-1][0] == tag, (tag, self.open[-3:])
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.texts.append((data, self.names))

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.texts)


# -- hyperlinks


def page_address(path: str) -> str:
    """The address of the page that a file becomes."""
    return path.removesuffix("index.md") if path.endswith("index.md") else path.removesuffix(".md") + "/"


def identifiers(text: str) -> set[str]:
    found = Elements(text)
    return {values["id"] for _, values, _ in found.elements if "id" in values} | set(re.findall(r"\{: #(\S+) \}", text))


def internal_links(pages: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Page, and the path and fragment of each hyperlink to the site itself."""
    for path, text in pages.items():
        if not path.endswith(".md"):
            continue
        base = f"https://site.test/{page_address(path)}"
        for _, values, _ in Elements(text).elements:
            for name in ("href", "data-for"):
                target = urlsplit(urljoin(base, values[name])) if name in values else None
                if target and target.hostname == "site.test":
                    yield path, target.path.removeprefix("/"), unquote(target.fragment)


def test_every_internal_link_leads_somewhere(plan):
    pages = rendered(plan(FILES))
    places = {page_address(path): identifiers(text) for path, text in pages.items() if path.endswith(".md")}
    links = list(internal_links(pages))
    assert len(links) > 100
    for page, target, fragment in links:
        assert target in places, f"{page} leads to {target}"
        assert not fragment or fragment in places[target], f"{page} leads to {target}#{fragment}"


def test_no_identifier_comes_twice_on_a_page(plan):
    for path, text in rendered(plan(FILES)).items():
        if path.endswith(".md"):
            found = [values["id"] for _, values, _ in Elements(text).elements if "id" in values]
            assert sorted(found) == sorted(set(found)), path


# -- hostile words

HOSTILE = '</title></span><script>alert(1)</script>" onmouseover="x {{ 7*7 }} {% raw %} &lt;img src=x onerror=y&gt; \''
YAML = json.dumps(HOSTILE)
HOSTILE_FILES: Files = {
    **FILES,
    "library.yml": SETTINGS.replace("A library for tests", YAML)
    .replace("label: Participant", f"label: {YAML}")
    .replace("label: Drug use", f"label: {YAML}")
    .replace("Of drugs.", YAML)
    .replace("Talk to somebody you trust.", YAML),
    "themes/numbing.md": f"---\nlabel: {YAML}\naliases: [{YAML}]\nbroader: amnesia\n---\nNothing.\n",
    "notes/forgetting.md": FORGETTING.replace("On forgetting", YAML)
    .replace("Ann Other", YAML)
    .replace("family: Doe", f"family: {YAML}")
    .replace("The art of forgetting", YAML)
    .replace("A book of arts", YAML)
    .replace("Somewhere Press", YAML),
}
ELEMENTS = set(
    """a article aside b bdi blockquote br button circle code dd desc details div dl dt em fieldset figcaption figure form h1 h2 h3
    header i input label legend li line nav ol option p pre rect section select small span strong sub summary sup svg table tbody
    td template text th thead time title tr ul""".split()
)


@pytest.fixture
def hostile(plan) -> dict[str, str]:
    return rendered(plan(HOSTILE_FILES))


def test_hostile_words_are_shown_and_nothing_more(hostile):
    for path, text in hostile.items():
        if not path.endswith(".md"):
            continue
        assert "{{" not in text.partition("\n---\n")[2]
        for tag, values, _ in Elements(text).elements:
            assert tag in ELEMENTS, (path, tag)
            assert not any(name.startswith("on") or name in ("style", "srcdoc") for name in values), (path, values)
            assert not values.get("id", "").startswith("__"), path
            assert not values.get("href", "").lower().startswith(("javascript", "data", "//")), path
    assert "<script>alert(1)</script>" in " ".join(Elements(hostile["notes/forgetting.md"]).text.split())
    assert "<script>alert(1)</script>" in Elements(hostile["themes/numbing.md"]).text


def test_hostile_words_in_front_matter_are_escaped_once(hostile):
    front = hostile["notes/forgetting.md"].split("---\n")[1]
    assert "<script" not in front
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in front


def test_hostile_words_in_data_are_data(hostile):
    preview = hostile["themes/numbing/preview.json"]
    assert "<" not in preview
    shown = Elements(f"\n---\n{json.loads(preview)['html']}")
    assert {tag for tag, _, _ in shown.elements} == {"p"}
    feed = feedparser.parse(hostile["notes/feed.xml"])
    assert not feed.bozo
    assert "<script>alert(1)</script>" in hostile["notes/feed.xml"].replace("&lt;", "<").replace("&gt;", ">")


# -- closed quotes

CLOSED = "xylophone"


def test_the_words_of_a_closed_quote_stand_in_its_details_alone(plan):
    pages = rendered(plan({**FILES, "notes/third.md": _third()}))
    seen = 0
    for path, text in pages.items():
        if not path.endswith(".md"):
            assert CLOSED not in text, path
            continue
        assert CLOSED not in text.partition("\n---\n")[0], path
        found = Elements(text)
        for words, names in found.texts:
            if CLOSED in words:
                seen += 1
                assert any(name.startswith("details.closed") for name in names), path
        for _, values, names in found.elements:
            if any(CLOSED in value for value in values.values()):
                assert any(name.startswith("details.closed") for name in names), (path, values)
            assert "open" not in values
    assert seen == 7, "on its note, theme, two works and author, in the list, and in the preview of another note"


def _third() -> str:
    text = LIBRARY["notes/remembering.md"].replace("On remembering", "A third").replace("{#kept}", "{#held}")
    return text.replace("Roe remembers", "See [what is gone](forgetting.md#q-gone). Roe remembers")


def test_a_link_to_a_quote_brings_its_card(plan):
    text = rendered(plan(FILES))["notes/forgetting.md"]
    (template,) = re.findall(r'<template class="fragment" data-for="([^"]*)">(.*?)</template>', text)
    assert template[0] == "../../notes/remembering/#q-kept"
    assert "I kept every word of it." in template[1]
    assert len(template[1].encode()) < 4000


def test_previews_are_small(plan):
    files = {**FILES, "themes/numbing.md": f"---\nlabel: {'L' * 290}\n---\n{'Words & more. ' * 2000}\n"}
    for path, text in rendered(plan(files)).items():
        if path.endswith("preview.json"):
            assert len(text.encode()) < 4000


# -- the card


def test_a_card_says_who_speaks_where_and_how_sure_it_is(plan):
    page = Elements(rendered(plan(FILES))["notes/forgetting.md"])
    figures = [values for tag, values, _ in page.elements if tag == "figure"]
    assert [v["data-role"] for v in figures if "id" in v] == ["participant", "author"]
    labels = [v["aria-label"] for v in figures if "id" in v]
    assert labels == [
        "Participant “Dana”, Doe, 2009, p. 4 (closed · gone)",
        "Author, Doe, 2009, p. 5: An open word of hers.",
    ]
    assert [(v["id"], v["class"]) for v in figures if "id" in v] == [
        ("q-gone", "quote"),
        ("q-open-word", "quote"),
    ]
    text = " ".join(page.text.split())
    assert "Participant “Dana”, in Doe, 2009, p. 4, quoted in a blog post" in text
    assert "Not verified" in text


def test_the_source_opens_at_the_words(plan):
    page = Elements(rendered(plan(FILES))["notes/forgetting.md"])
    links = [values["href"] for _, values, _ in page.elements if values.get("class") == "at-words"]
    assert links[0].startswith("https://example.org/forgetting#:~:text=Gone%20is%20the%20xylophone")
    assert links[1] == "https://example.org/forgetting#:~:text=An%20open%20word%20of%20hers"


@pytest.mark.parametrize(
    ("words", "directive"),
    [
        ("A few words", "A%20few%20words"),
        ("well-known, & so on", "well%2Dknown%2C%20%26%20so%20on"),
        ("One two [he said] three four", "One%20two,three%20four"),
        ("…then it began and went on and on, until at last it had to come to an end.", "then%20it%20began%20and%20went,had%20to%20come%20to%20an%20end"),
        ("First paragraph.\nSecond paragraph.", "First%20paragraph,Second%20paragraph"),
        ("…", ""),
        ("", ""),
        ("私は忘れた", "%E7%A7%81%E3%81%AF%E5%BF%98%E3%82%8C%E3%81%9F"),
    ],
)  # fmt: skip
def test_text_fragments(words, directive):
    address = "https://example.org/a"
    expected = f"{address}#:~:text={directive}" if directive else address
    if directive.endswith("an%20end"):
        expected = expected.replace("had%20to%20come%20to%20an%20end", "to%20come%20to%20an%20end")
    assert text_fragment(address, words) == expected
    assert not directive or text_fragment(f"{address}#x", words).startswith(f"{address}#x:~:text=")


def test_right_to_left_and_east_asian_words(plan):
    note = FORGETTING.replace("An open word *of* hers.", "שלום עולם").replace(
        "    ISBN:", "    language: he\n    ISBN:"
    )
    page = Elements(rendered(plan({**FILES, "notes/forgetting.md": note}))["notes/forgetting.md"])
    quotes = [values for tag, values, _ in page.elements if tag == "blockquote"]
    assert quotes
    assert all(values["dir"] == "auto" and values["lang"] == "he" for values in quotes if "cite" in values)


# -- what to take away


@pytest.mark.slow
def test_a_note_tells_reference_managers_of_its_work(plan):
    front = rendered(plan(FILES))["notes/forgetting.md"].split("---\n")[1]
    assert '  - ["citation_inbook_title", "A book of arts"]\n' in front
    assert '  - ["citation_author", "Doe, Jane"]\n' in front
    # A reference manager would prefer context objects, which know no editors.
    pages = rendered(plan(FILES))
    assert 'class="Z3988"' not in pages["notes/forgetting.md"]
    assert pages["works/index.md"].count('class="Z3988"') == 3


def test_a_note_can_be_cited_in_every_format(plan):
    page = Elements(rendered(plan(FILES))["notes/forgetting.md"])
    codes = [text for text, names in page.texts if any(name.startswith("pre") for name in names)]
    assert "@online{forgetting,\n" in codes[0]
    assert "@incollection{doe2009,\n" in codes[3]
    assert "TY  - CHAP\n" in codes[4]
    assert json.loads(codes[5])[0]["id"] == "doe2009"


def test_identifiers_are_hyperlinks(plan):
    links = {
        values["href"]
        for path, text in rendered(plan(FILES)).items()
        if path.startswith("works/")
        for _, values, _ in Elements(text).elements
        if "href" in values
    }
    assert "https://pubmed.ncbi.nlm.nih.gov/10411605/" in links
    assert any("9780890425558" in link for link in links)


def test_notes_can_be_sorted_without_scripts(plan):
    pages = rendered(plan(FILES))
    by_year = Elements(pages["notes/by/year/index.md"]).text
    assert by_year.index("On remembering") < by_year.index("On forgetting")
    by_author = Elements(pages["notes/by/author/index.md"]).text
    assert by_author.index("Doe") < by_author.index("Roe")


def test_what_is_missing_under_a_theme(plan):
    text = Elements(rendered(plan(FILES))["themes/numbing.md"]).text
    assert "No participant is quoted for this theme." in text
    assert "No clinician" not in text, "who speaks nowhere is missed nowhere"


# -- feeds


def test_feeds(plan):
    pages = rendered(plan({**FILES, "library.yml": f"{SETTINGS}url: https://example.org/companion\n"}))
    feed = feedparser.parse(pages["notes/feed.xml"])
    assert not feed.bozo
    assert [entry.id for entry in feed.entries] == [
        "https://example.org/companion/notes/forgetting/",
        "https://example.org/companion/notes/remembering/",
    ]
    assert feed.entries[0].summary.startswith("A note on Doe, J. (2009).")
    assert "Drug use" in feed.entries[0].summary
    theme = feedparser.parse(pages["themes/numbing/feed.xml"])
    assert [entry.title for entry in theme.entries] == ["On forgetting", "On remembering"]
    assert theme.entries[0].summary.startswith("1 quotation on Numbing.")
    assert 'canonical: "https://example.org/companion/notes/forgetting/"\n' in pages["notes/forgetting.md"]


def test_feeds_of_a_library_without_an_address(plan):
    feed = feedparser.parse(rendered(plan(FILES))["notes/feed.xml"])
    assert not feed.bozo
    assert all(entry.id.startswith("urn:uuid:") for entry in feed.entries)
    assert feed.entries[0].links[0].href == "../notes/forgetting/"


# -- editing


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("https://github.com/a/b", "https://github.com/a/b/edit/main/annotations/notes/x.md"),
        ("https://gitlab.example.org/a/b", "https://gitlab.example.org/a/b/-/edit/main/annotations/notes/x.md"),
        ("https://codeberg.org/a/b", "https://codeberg.org/a/b/_edit/main/annotations/notes/x.md"),
        ("", ""),
    ],
)
def test_edit_addresses(repository, address):
    assert edit_address(LibrarySettings(repository=repository), "annotations/notes/x.md") == address


@pytest.mark.parametrize(
    ("repository", "start"),
    [
        ("https://github.com/a/b", "https://github.com/a/b/new/main/annotations/notes?filename=a-new-note.md&"),
        ("https://gitlab.example.org/a/b", "https://gitlab.example.org/a/b/-/new/main/annotations/notes?filename="),
        ("https://codeberg.org/a/b", "https://codeberg.org/a/b/_new/main/annotations/notes?filename="),
    ],
)
def test_a_new_note_opens_the_editor_with_a_template_filled_in(repository, start):
    settings = LibrarySettings(repository=repository)
    address = new_note_address(settings, new_note_template(settings))
    assert address.startswith(start)
    assert parse_qs(urlsplit(address).query)["value"] == [new_note_template(settings)]
    assert len(address) < 8000
    assert new_note_address(LibrarySettings(), "text") == ""


def test_the_template_of_a_new_note_is_a_note(tmp_path):
    table = LineTable("annotations/notes/a.md", new_note_template(LibrarySettings()))
    parsed = parse_note("a", table)
    # What the check finds is what is left to be written, and nothing else.
    assert {found.rule for found in parsed.diagnostics} == {"unfinished-text"}
    assert len(parsed.diagnostics) == table.text.count("TODO") - 1, "the comment and the word in it are one"
    assert parsed.note.sources[0].key == parsed.note.source.id == "key"


def test_the_list_of_notes_offers_a_new_one_where_there_is_a_repository(plan):
    assert "Write a new note" not in rendered(plan(FILES))["notes/index.md"]
    pages = rendered(plan({**FILES, "library.yml": f"{SETTINGS}repository: https://github.com/a/b/\n"}))
    assert "https://github.com/a/b/new/main/annotations/notes?filename=" in pages["notes/index.md"]


@pytest.mark.slow
def test_a_note_offers_to_be_edited_where_there_is_a_repository(plan):
    assert "Edit this note" not in rendered(plan(FILES))["notes/forgetting.md"]
    pages = rendered(plan({**FILES, "library.yml": f"{SETTINGS}repository: https://github.com/a/b/\n"}))
    line = next(n for n, text in enumerate(FORGETTING.splitlines(), 1) if "{#open-word}" in text)
    assert f"Add a quotation below line {line}" in pages["notes/forgetting.md"]


@pytest.mark.parametrize(
    "line", ["url: example.org", "url: https://example.org/?a=b", "repository: ftp://x.org", "branch: a b"]
)
def test_addresses_in_the_settings_are_checked(tmp_path, line):
    write_files(tmp_path / "annotations", {**FILES, "library.yml": f"{SETTINGS}{line}\n"})
    found = check_library(Options(root=tmp_path, executor=None, remember=False)).diagnostics
    assert [d.rule for d in found if d.span.path.endswith("library.yml")] == ["invalid-front-matter-value"]


# -- files


@pytest.mark.parametrize(
    "made",
    [
        GeneratedPage(title="T", description="", parts=("<p>x</p>",)),
        GeneratedJson(data={"html": "<p>x</p>"}),
        GeneratedFeed(xml="<feed></feed>"),
    ],
)
def test_generated_files_know_themselves(made):
    data = made.render("./")
    assert is_generated(data)
    assert not is_generated(data + b" ")
    assert not is_generated(data[1:])


# -- keys

EDITS: list[Callable[[Files], None]] = []


def edit(name: str, old: str, new: str) -> None:
    def apply(files: Files) -> None:
        assert old in files[name], (name, old)
        files[name] = files[name].replace(old, new)

    EDITS.append(apply)


def verify(more: str) -> None:
    """Have the quotation of the second note compared, with more of what an entry can say."""

    def apply(files: Files) -> None:
        words = parse_note("remembering", LineTable("notes/remembering.md", files["notes/remembering.md"])).note.quotes[
            0
        ]
        entry = f"sha256:{words_digest(words.words)} sha256:{'0' * 64} 5 2024-06-01"
        files["quotes.lock"] = f"{QUOTES_HEADER}\nremembering/kept roe2010 {entry} {more}\n"

    EDITS.append(apply)


edit("notes/forgetting.md", "On forgetting", "About forgetting")
edit("notes/forgetting.md", "10411605", "2350206")
edit("notes/forgetting.md", "A book of arts", "Another book")
edit("notes/forgetting.md", "issued: {date-parts: [[2009]]}", "issued: {date-parts: [[2011]]}")
edit("notes/forgetting.md", "URL: https://example.org/forgetting", "URL: https://example.org/gone")
edit("notes/forgetting.md", "#amnesia #numbing", "#amnesia")
edit("notes/forgetting.md", "!drug-use", "!trauma")
edit("notes/forgetting.md", 'participant "Dana"', "clinician")
edit("notes/forgetting.md", "date: 2024-03-01", "date: 2024-03-01\nupdated: 2024-05-01")
edit("notes/forgetting.md", "[Ann Other]", "[Ann Other, Bea]")
edit("notes/forgetting.md", ", quoted in [@doe2009post]", "")
edit("notes/remembering.md", "I kept every word of it.", "I kept some words of it.")
edit("notes/remembering.md", "Roe remembers", "Roe remembers, as does Doe [@doe2009]")
edit("notes/remembering.md", "#amnesia #numbing", "#numbing")
edit("notes/remembering.md", "Remembering well", "Remembering badly")
edit("notes/remembering.md", "family: Roe", "family: Aaronson")
edit("notes/remembering.md", "themes: [amnesia, numbing]", "themes: [numbing]")
edit("themes/numbing.md", "label: Numbing", "label: Numbness")
edit("themes/numbing.md", "broader: amnesia", "related: [amnesia]")
edit("themes/amnesia.md", "What is forgotten", "All that is forgotten")
edit("themes/amnesia.md", "label: Amnesia", "label: Amnesia\naliases: [Forgetting]")
edit("library.yml", "Of drugs.", "Of any drugs.")
edit("library.yml", "label: Trauma", "label: Wounds")
edit("library.yml", "label: Clinician", "label: Therapist")
edit("library.yml", "Talk to somebody", "Speak to somebody")
edit("library.yml", "A library for tests", "A library")
edit("library.yml", "language: en\n", "language: en\nurl: https://example.org/\n")
edit("library.yml", "language: en\n", "language: en\nrepository: https://github.com/a/b\n")
edit("library.yml", "citation-style: apa", "citation-style: mla")
# What cards, rows and backlinks show beside the words.
edit("notes/remembering.md", "title: On remembering", "title: On keeping")
edit("notes/forgetting.md", "notices: [drug-use]\n", "notices: [drug-use]\ngist: {gone: What was lost.}\n")
edit("notes/forgetting.md", "What was lost.", "What had been lost.")
edit(
    "notes/forgetting.md",
    " {#open-word}\n",
    " {#open-word}\n\n> Un mot ouvert.\n>\n> — translated by Kim Jones {of=#open-word}\n",
)
edit("notes/forgetting.md", "Un mot ouvert.", "Un mot *ouvert*, le sien.")
edit("notes/forgetting.md", "Kim Jones", "Ray Jones")
edit("notes/forgetting.md", "type: chapter", "type: chapter\n    status: retracted")
edit(
    "notes/forgetting.md",
    "id: doe2009post\n",
    "id: Doe2009\n    type: book\n    title: The same in capitals\n  - id: doe2009post\n",
)
edit("notes/remembering.md", "family: Aaronson, given: Richard", "family: Doe, given: Richard")
edit("notes/remembering.md", "date-parts: [[2010]]", "date-parts: [[2011]]")
edit("notes/remembering.md", "the author, in", 'the author "Ann", in')
edit("notes/remembering.md", "I kept some words", "I kept [some][a] words")
edit("notes/remembering.md", "Roe remembers", "[a]: forgetting.md\n\nRoe remembers")
edit("notes/remembering.md", "[a]: forgetting.md", "[a]: ../themes/numbing.md")
edit("library.yml", "label: Drug use,", "label: Drug use, closed: false,")
edit("themes/amnesia.md", "See [numbing](numbing.md).", "See [numbing](numbing.md#more), or not.")
edit("themes/amnesia.md", "All that", "- All that")
edit("themes/amnesia.md", "- All that", "A line\n\n- All that")
verify("page=7 by=Ann")
verify("page=8 places=2 by=Ann")
verify("page=8 places=3 by=Ann marks=cut")


def move_a_quotation(files: Files) -> None:
    """From one note to the other."""
    before, mark, after = files["notes/remembering.md"].partition("\n> I kept")
    files["notes/remembering.md"] = before
    files["notes/forgetting.md"] += mark + after


EDITS.append(move_a_quotation)


@pytest.mark.slow
def test_files_of_the_same_key_have_the_same_bytes(plan):
    files = dict(FILES)
    known: dict[str, bytes] = {}
    for number, apply in enumerate([lambda _: None, *EDITS]):
        apply(files)
        for path, page in plan(files).pages.items():
            data = page.render()
            assert known.setdefault(page.key, data) == data, f"after edit {number}, {path} has an old key"


def test_an_edit_changes_few_files(plan):
    before = {path: page.key for path, page in plan(FILES).pages.items()}
    files = dict(FILES)
    edited = files["notes/remembering.md"] = files["notes/remembering.md"].replace("Roe remembers", "Roe forgets")
    after = {path: page.key for path, page in plan(files).pages.items()}
    changed = {path for path in before if after[path] != before[path]}
    assert changed == {"notes/remembering.md", "works/roe2010.md"}, "a work shows how its note begins, and no more"
    files["notes/remembering.md"] = edited.replace("kept every word", "kept each word")
    later = {path: page.key for path, page in plan(files).pages.items()}
    changed = {path for path in before if later[path] != after[path]}
    assert changed == {
        "notes/remembering.md",
        "notes/forgetting.md",  # It brings a small card.
        "themes/amnesia.md",
        "themes/numbing.md",
        "quotes/index.md",
        "works/roe2010.md",
        "authors/roe-richard.md",
    }


def test_a_small_card_says_that_a_work_was_corrected(plan):
    corrected = FILES["notes/remembering.md"].replace(
        "title: Remembering well", "title: Remembering well\n    status: corrected"
    )
    before, after = (
        plan({**FILES, "notes/remembering.md": text}).pages["notes/forgetting.md"].key
        for text in (FILES["notes/remembering.md"], corrected)
    )
    assert before != after


def test_a_card_depends_on_the_number_of_its_work(plan):
    first = "---\ntitle: First\nsource: aaa\nbasis: full-text\nreferences:\n  - {id: aaa, type: book, title: A}\n---\n[@aaa].\n"
    files = {**FILES, "library.yml": SETTINGS.replace("apa", "nlm-citation-sequence")}
    before, after = (plan(f).pages["quotes/index.md"] for f in (files, {**files, "notes/aaa.md": first}))
    assert before.render() != after.render()
    assert before.key != after.key


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        ("A sentence more.", {"notes/forgetting.md"}),
        ("One that cites [@roe2010].", {"notes/forgetting.md", "notes/remembering.md", "works/roe2010.md"}),
        ("One on [numbing](../themes/numbing.md).", {"notes/forgetting.md", "themes/numbing.md"}),
    ],
)
def test_a_backlink_depends_on_its_sentence_alone(plan, sentence, changed):
    texts = [FORGETTING.replace("\n> Gone", f"\n{more}\n\n> Gone") for more in ("A sentence.", sentence)]
    before, after = (
        {p: page.key for p, page in plan({**FILES, "notes/forgetting.md": t}).pages.items()} for t in texts
    )
    assert {path for path in before if after[path] != before[path]} == changed


def test_what_is_added_to_a_list_moves_few_borders():
    def pages(groups: list[tuple[int, int]]) -> list[tuple[tuple[int, int], ...]]:
        items = [(group, place) for group, count in groups for place in range(count)]
        return [tuple(page) for page in stable_pages(items, 54, lambda item: f"note-{item[0]}")]

    groups = [(number, 10) for number in range(1000)]
    before = pages(groups)
    assert all(18 <= len(page) <= 54 for page in before[:-1])
    assert all(page[0][1] == 0 for page in before), "a page begins with a note"
    for group in range(0, 1000, 50):
        after = pages([(number, count + (number == group)) for number, count in groups])
        assert len(set(after) - set(before)) < 4, group
        after = pages(groups[:group] + groups[group + 1 :])
        assert len(set(after) - set(before)) < 4, group
    long = pages([(1, 100), (2, 3)])
    assert [len(page) for page in long] == [54, 49], "a long note is cut"
    assert pages([]) == [()]
