"""Plain twins and `llms.txt`: what they say, that notices come first, and that any Markdown reader reads the same text."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from florilegium.markdown.nodes import Node
from florilegium.markdown.prose_tree import ProseTree
from florilegium.markdown.writing_markdown import MarkdownWriter, escape_markdown, hyperlink
from florilegium.site.data_files.llms import MAX_LLMS_ENTRIES
from florilegium.site.pages.planned_pages import PagePlan
from florilegium.site.prose_hyperlinks import site_address
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_oracle import PATH, documents, emphasis, our_html, phrases, read, shown_text, signs, wild_text
from planned import LIBRARY, contents, planned

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
"""An independent reader of Markdown."""

FORGETTING, REMEMBERING = "notes/forgetting.md", "notes/remembering.md"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> PagePlan:
    return planned(tmp_path_factory.mktemp("twins"))


@pytest.fixture(scope="module")
def twins(plan: PagePlan) -> dict[str, str]:
    return {path: data.decode() for path, data in contents(plan, FORGETTING, REMEMBERING).items()}


@pytest.fixture(scope="module")
def llms(plan: PagePlan) -> str:
    return contents(plan, "llms.txt")["llms.txt"].decode()


# ------------------------------------------------------------------------------------------------------- twins


def test_each_published_note_has_a_twin_and_no_draft(plan):
    found = contents(plan)
    assert {path for path in found if path.endswith(".md")} == {FORGETTING, REMEMBERING}


def test_a_twin_does_not_lie_where_a_page_does(plan):
    """A renderer makes a folder of a page, so `notes/x.md` is free in the site that it writes."""
    site = {re.sub(r"(?:/index)?\.md\Z", "/index.html", path) for path in plan.pages if path.endswith(".md")}
    assert not site & set(contents(plan))


def test_a_twin_begins_with_its_title_and_its_notices(twins):
    head = twins[FORGETTING].split("\n\n")
    assert head[:4] == [
        "# On forgetting",
        "**This note speaks of: Drug use, Trauma.**",
        "Talk to somebody you trust.",
        "A note on Doe, J. (2009). The art of forgetting. In E. Poe (Ed.), *A book of arts* (pp. 3–9). Somewhere Press.",
    ]


def test_a_twin_says_what_it_rests_on_and_who_wrote_it(twins):
    assert "- Based on another work, read instead: Roe, R. (2010)." in twins[FORGETTING]
    assert "- Written by Ann Other\n- Written 2024-03-01, updated 2024-04-02\n" in twins[FORGETTING]
    assert "- Based on the abstract\n" in twins[REMEMBERING]


def test_the_notices_of_a_quote_stand_right_before_its_words(twins):
    assert "**Content notice: Drug use, Trauma.**\n\n   > Gone is the xylophone" in twins[FORGETTING]
    before, _, _ = twins[FORGETTING].partition("> An open word *of* hers.")
    assert not before.rstrip().endswith("**")


def test_a_quote_has_its_attribution_its_state_and_its_permalink(twins):
    assert (
        "> An open word *of* hers.\n>\n> — Author, in Doe, 2009, p. 5\n>\n"
        "> [Amnesia](https://example.org/companion/themes/amnesia/), "
        "[Numbing](https://example.org/companion/themes/numbing/). Not verified. "
        "[Permalink](https://example.org/companion/notes/forgetting/#q-open-word)\n"
    ) in twins[FORGETTING]


def test_citations_are_text_and_hyperlinks_are_absolute(twins):
    text = twins[FORGETTING]
    assert "A first sentence 😀 (see Doe, 2009, p. 3)." in text
    assert "[what was kept](https://example.org/companion/notes/remembering/#q-kept)" in text
    assert "[here](https://example.org/companion/notes/forgetting/#q-gone)" in text
    assert "@doe2009" not in text


def test_prose_is_markdown_again(twins):
    text = twins[FORGETTING]
    assert "\n## Signs \\* and \\[brackets\\]\n" in text
    assert "\n| Left | Right |\n| --- | --- |\n| a \\| b | `c` |\n" in text
    assert ".[^1]\n" in text
    assert "\n[^1]: The footnote.\n" in text
    assert "nothing that is shown" not in text


def test_works_cited_are_listed_and_a_retracted_one_is_named_as_such(twins):
    _, _, works = twins[FORGETTING].partition("\n## Works cited\n\n")
    assert works.startswith("- Doe, J. (2009).")
    assert "- Roe, R. (2010). Remembering well. *Journal of Memory*, *1*, 1–9. \\[Retracted, 2020-05-01\\]\n" in works
    assert (
        "A note on Roe, R. (2010). Remembering well. *Journal of Memory*, *1*, 1–9. \\[Retracted" in twins[REMEMBERING]
    )


def test_a_twin_has_no_front_matter(twins):
    for text in twins.values():
        assert not text.startswith("---")
        assert "florilegium-page" not in text


def test_without_an_address_hyperlinks_lead_from_file_to_file(tmp_path):
    files = {**LIBRARY, "library.yml": LIBRARY["library.yml"].replace("url: https://example.org/companion/\n", "")}
    plan = planned(tmp_path, files)
    text = contents(plan, FORGETTING)[FORGETTING].decode()
    targets = set(re.findall(r"\]\(([^)]+)\)", text))
    assert "../notes/forgetting/#q-gone" in targets
    for target in targets:
        address = urljoin(f"https://site/{FORGETTING}", target).removeprefix("https://site/").partition("#")[0]
        assert f"{address.rstrip('/') or 'index'}.md" in plan.pages


def test_pages_name_their_twins(plan):
    page = plan.pages[FORGETTING].render().decode()
    assert '\ntwin: "../../notes/forgetting.md"\n' in page
    assert "\ntwin:" not in plan.pages["themes/amnesia.md"].render().decode()


def test_two_runs_give_the_same_bytes(plan, tmp_path):
    paths = (FORGETTING, REMEMBERING, "llms.txt")
    assert contents(planned(tmp_path), *paths) == contents(plan, *paths)


# ------------------------------------------------------------------------------------ Markdown, read by others


def words(html: str) -> str:
    """The text of HTML, in which every block begins anew."""
    html = re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL)
    return shown_text(re.sub(r"<(?:/?(?:p|li|ul|ol|t[a-z]+|h[1-6r]|blockquote|pre|div)\b|br)[^>]*>", " ", html))


def written(text: str) -> tuple[str, str]:
    """A body as the HTML of a page, and as the Markdown of a twin, without its footnotes."""
    tree = ProseTree(read(text).body)

    def number(node: Node) -> str:
        return str(tree.number(node))

    writer = MarkdownWriter(
        citation=lambda node: f"(citation {node.info})",
        quote=lambda node: f"(quote {node.info})",
        number=number,
        address=lambda target: site_address(target, PATH, local=True),
    )
    blocks = []
    for section in tree.sections():
        if section.node is not None:
            blocks.append(f"## {writer.line(section.node.children)}")
        blocks.append(writer.write([block for block in section.blocks if block.kind != "FootnoteDefinition"]))
    return our_html(text), "\n\n".join(blocks)


@given(st.one_of(documents, phrases, emphasis, signs, wild_text))
def test_any_prose_reads_the_same_in_a_twin(text):
    page, twin = written(text)
    assert words(READER.render(twin)) == words(page)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1\\. no list", "1\\. no list"),
        ("\\- no list", "\\- no list"),
        ("\\# no heading", "\\# no heading"),
        ("a  \n\\- b", "a\\\n\\- b"),
        ("snake_case and _em_", "snake_case and *em*"),
        ("\\<b\\> &amp;amp; &", "\\<b\\> \\&amp; &"),
        ("``a ` b``", "``a ` b``"),
        ("<https://example.org/a_(b)>", "<https://example.org/a_(b)>"),
        ("[a](https://example.org/a_(b))", "[a](<https://example.org/a_(b)>)"),
        ("* a\n\n+ b", "- a\n\n<!-- -->\n\n- b"),
        ("```\na\n```", "```\na\n```"),
        ("- a\n\n  b", "- a\n\n  b"),
        ("H~2~ <sub>2</sub> <kbd>x</kbd>", "H\\~2\\~ <sub>2</sub> <kbd>x</kbd>"),
        (
            "<details><summary>S</summary>\n\nText.\n\n</details>",
            "<details><summary>S</summary>\n\nText.\n\n</details>",
        ),
    ],
)
def test_markdown_that_means_something_elsewhere(text, expected):
    assert written(text)[1] == expected


def test_a_hyperlink_cannot_leave_its_brackets():
    assert hyperlink("a", "https://x.org/ >)\n[b](c") == "[a](<https://x.org/%20%3E)%0A[b](c>)"
    assert hyperlink(escape_markdown("a](b)["), "c") == "[a\\](b)\\[](c)"


# ---------------------------------------------------------------------------------------------------- llms.txt


def test_the_parts_come_in_the_order_of_the_proposal(llms):
    tokens = [(token.type, token.tag) for token in READER.parse(llms) if token.level == 0 and token.nesting >= 0]
    assert tokens[0] == ("heading_open", "h1")
    assert tokens[1] == ("blockquote_open", "blockquote")
    rest = [tag for _, tag in tokens[2:]]
    assert rest[:2] == ["p", "p"]
    assert rest[2:] == ["h2", "ul"] * 4
    assert llms.startswith("# A library for tests\n\n> Two works and what they say.\n")
    assert re.findall(r"^## (.*)$", llms, re.MULTILINE) == ["Notes", "Themes", "Data", "Optional"]


def test_every_entry_is_a_hyperlink_that_leads_to_a_file(llms, plan):
    lines = [line for line in llms.splitlines() if line.startswith("- ")]
    files = {*contents(plan), *(f"{path.removesuffix('.md').removesuffix('index')}".rstrip("/") for path in plan.pages)}
    for line in lines:
        match = re.fullmatch(r"- \[[^]]+\]\(https://example\.org/companion/([^)]*)\)(: .+)?", line)
        assert match, line
        assert match[1].rstrip("/") in files


def test_notes_are_listed_with_their_works_and_notices(llms):
    assert "(https://example.org/companion/notes/forgetting.md): Doe, 2009 (content notices: Drug use, Trauma)" in llms
    assert "notes/remembering.md): Roe, 2010 \\[Retracted, 2020-05-01\\] (content notices: Drug use)" in llms
    assert "secret" not in llms
    assert "xylophone" not in llms


def test_a_large_library_lists_its_newest_notes(plan, monkeypatch):
    from florilegium.site.data_files import llms

    assert MAX_LLMS_ENTRIES == 1000
    monkeypatch.setattr(llms, "MAX_LLMS_ENTRIES", 1)
    text = contents(plan, "llms.txt")["llms.txt"].decode()
    assert "notes/forgetting.md" in text
    assert "notes/remembering.md" not in text
    assert "- [All notes](https://example.org/companion/notes/): the newest 1 of 2 are listed here\n" in text


def test_the_shipped_library_has_no_unreadable_twin(repository: Path, tmp_path: Path) -> None:
    folder = repository / "annotations"
    files = {p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in sorted(folder.rglob("*.*"))}
    plan = planned(tmp_path, files)
    for path, data in contents(plan).items():
        if path.endswith(".md"):
            text = data.decode()
            assert "\ufdd0" not in text
            assert "\ufffd" not in text
            assert text.startswith("# ")
