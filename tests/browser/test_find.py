"""What the browser reads of an index: the words of a text as in Python, and every word where it stands."""

import json
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from florilegium.site.search.search_tokens import word_forms
from playwright.sync_api import Browser, Page
from search_index import THEMES, made_library, write

from .serving import serve

CASES = json.loads((Path(__file__).parent.parent / "search_tokens.json").read_text(encoding="utf-8"))
LIBRARY = made_library(60) | {
    "alone": [
        ("far—too far—and/or gone", []),
        ("麻酔薬は痛みを和らげる。夜は長い。", []),
        ("北冥有魚，其名為鯤", []),
        ("הלילה ארוך", []),
        ("Die Straße ist leer.", []),
        ("Their well-being improved. Memories return, a memory stays.", ["#numbing"]),
        ("He said: “we’ll see”, and O’Neil’s friend couldn’t.", []),
    ]
}


@pytest.fixture(scope="module")
def page(chromium: Browser, tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Page]:
    site = tmp_path_factory.mktemp("site")
    shutil.copytree(repository / "docs/assets", site / "assets")
    (site / "index.html").write_text("<!doctype html><title>x</title>")
    write(site / "search-index", LIBRARY)
    with serve(site) as address:
        page = chromium.new_page()
        page.goto(address)
        page.evaluate("""async () => {
          const find = await import("./assets/find.js");
          const index = await new find.Index(new URL("./", location.href)).open();
          const name = async (hit) => { const found = await index.quotation(hit.record); return `${found.note}/${found.id}`; };
          window.find = find;
          window.index = index;
          window.look = async (query) => {
            const { hits } = await find.search(index, "q", find.parse(query));
            const exact = hits.filter((hit) => hit.exact);
            return { exact: await Promise.all(exact.map(name)), all: await Promise.all(hits.map(name)) };
          };
        }""")
        yield page
        page.close()


def look(page: Page, query: str) -> dict[str, Any]:
    return page.evaluate("(query) => look(query)", query)


def test_words_are_those_of_python(page: Page) -> None:
    found = page.evaluate(
        "(cases) => cases.map(([text]) => find.wordsOf(text).map((w) => [w.form, w.position, w.main]))", CASES
    )
    assert found == [words for _, words in CASES]


def test_every_word_and_pair_finds_its_quotation(page: Page) -> None:
    texts = {f"{id_}/q{place}": text for id_, quotes in LIBRARY.items() for place, (text, _) in enumerate(quotes)}
    wanted: dict[str, set[str]] = {}
    for name, text in texts.items():
        for paragraph in text.split("\n"):
            main = [word for word in word_forms(paragraph) if word.main]
            for word in main:
                wanted.setdefault(word.form, set()).add(name)
            for one, other in pairwise(main):
                if other.position == one.position + 1 and one.form[-1] != other.form[0]:
                    wanted.setdefault(f'"{one.form} {other.form}"', set()).add(name)
    queries = sorted(wanted)
    found = page.evaluate("async (queries) => Promise.all(queries.map(async (q) => (await look(q)).exact))", queries)
    for query, names in zip(queries, found, strict=True):
        assert wanted[query] <= set(names), query


@pytest.mark.parametrize(
    ("query", "place"),
    [("too far", 0), ("痛み", 1), ("夜", 1), ("其名為鯤", 2), ("鯤", 2), ("לילה", 3), ("strasse", 4), ("STRAẞE", 4), ("wellbeing", 5),
     ("well-being", 5), ("well being", 5), ('"their well-being"', 5), ("we'll", 6), ("oneil's", None), ("O'Neil", 6), ("couldn’t", 6)],
)  # fmt: skip
def test_what_must_be_found(page: Page, query: str, place: int | None) -> None:
    found = look(page, query)["exact"]
    assert (f"alone/q{place}" in found) == (place is not None), found


@pytest.mark.parametrize(
    "query", ["heroine", '"bothers nothing"', '"far too"x', "zzz", '"gone far"', "memorie", "hell", "well bothers"]
)
def test_what_nobody_wrote_finds_nothing_exact(page: Page, query: str) -> None:
    assert look(page, query)["exact"] == []


def test_an_inflection_is_found_and_not_called_exact(page: Page) -> None:
    found = look(page, "improving")
    assert found == {"exact": [], "all": []}, "a form that no record has can have no stem"
    found = look(page, "stola")
    assert set(found["exact"]) < set(found["all"]) or found["exact"] == found["all"]
    assert page.evaluate("async () => (await index.matches('q', 'memory', false)).forms.has('memories')")


def test_one_letter_away(page: Page) -> None:
    assert page.evaluate("async () => find.suggest(index, 'herion')") == ["heroin"]
    assert "without" in page.evaluate("async () => find.suggest(index, 'wihtout')")
    assert "heroin" in page.evaluate("async () => find.suggest(index, 'xeroin')")


def test_facets_have_their_quotations(page: Page) -> None:
    for theme in THEMES:
        expected = sum(f"#{theme}" in facets for quotes in LIBRARY.values() for _, facets in quotes)
        assert page.evaluate("async (theme) => (await index.facet(`#${theme}`)).size", theme) == expected


def test_quotations_are_found_by_their_names(page: Page) -> None:
    for id_ in LIBRARY:
        assert page.evaluate("async (id) => index.quotation(await index.named(id, 'q0'))", id_)["note"] == id_
    assert page.evaluate("async () => index.named('no-such-note', 'q0')") is None


def test_signs_and_words_are_marked_where_they_stand(page: Page) -> None:
    mark = """([text, forms]) => {
      const element = document.createElement("p");
      element.textContent = text;
      find.markWords(element, new Set(forms));
      return element.innerHTML;
    }"""
    assert page.evaluate(mark, ["麻酔薬は痛みを和らげる。", ["痛み"]]) == "麻酔薬は<mark>痛み</mark>を和らげる。"
    assert page.evaluate(mark, ["memories…without heroin", ["without"]]) == "memories…<mark>without</mark> heroin"
    assert page.evaluate(mark, ["Die Straße", ["strasse"]]) == "Die <mark>Straße</mark>"
    assert page.evaluate(mark, ["another", ["other"]]) == "another"


def test_the_program_of_the_index_is_small(repository: Path) -> None:
    import gzip

    assert len(gzip.compress((repository / "docs/assets/find.js").read_bytes(), 9)) < 12_000
