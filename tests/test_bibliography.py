"""Citation styles: known-correct strings, hostile data, and what a cache may and may not keep."""

import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from florilegium.core.model import Citation
from florilegium.core.spans import Span
from florilegium.markdown.citations import parse_citations
from florilegium.works.citing import (
    exact_citations,
    formatted_cache,
    formatting,
    formatting_plan,
    pandoc_process,
    pandoc_runner,
)
from florilegium.works.citing.citation_styles import BUILT_IN_STYLES, BibliographyError, Style, read_style
from florilegium.works.citing.formatted_cache import CitationCache, read_cache, write_cache
from florilegium.works.citing.formatting import Bibliography
from florilegium.works.citing.formatting import render_bibliography as render
from florilegium.works.citing.numbering import number_works, numbered
from florilegium.works.citing.pandoc_fragments import CitedPart, is_web_address, parts_of, render_inlines, to_inlines
from florilegium.works.citing.pandoc_process import find_pandoc
from hypothesis import given
from hypothesis import strategies as st

Item = dict[str, Any]
NOWHERE = Span.of_file("notes/x.md")


def cite(text: str) -> Citation:
    """The one citation in a text."""
    (found,) = parse_citations(text, lambda start, end: NOWHERE)
    return found.citation


def cites(*texts: str) -> list[Citation]:
    return [cite(text) for text in texts]


def person(family: str, given_name: str = "", **parts: str) -> Item:
    return {"family": family, "given": given_name, **parts}


def year(*parts: int) -> Item:
    return {"date-parts": [list(parts)]}


def book(family: str, year_: int | None = 2020, title: str = "A title", **fields: Any) -> Item:
    issued = {"issued": year(year_)} if year_ else {}
    return {
        "type": "book",
        "author": [person(family, "Ann")],
        "title": title,
        "publisher": "Press",
        **issued,
        **fields,
    }


def html(parts: Iterable[CitedPart]) -> str:
    return "".join(part.html for part in parts)


def by_number(bibliography: Bibliography, citation: Citation) -> str:
    """A citation; in a style that cites by numbers every work has the number 7."""
    return numbered(html(bibliography.citation(citation)), lambda _key: 7)


@pytest.fixture(scope="module")
def apa() -> Style:
    return read_style("apa")


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[set[str], int]]:
    """Each run of pandoc: the works that it was given, and the number of citations."""
    seen: list[tuple[set[str], int]] = []

    def watched(pandoc: Any, style: Any, language: Any, items: Any, citations: Any) -> Any:
        seen.append((set(items), len(citations)))
        return pandoc_runner.format_by_pandoc(pandoc, style, language, items, citations)

    monkeypatch.setattr(formatting, "format_by_pandoc", watched)
    return seen


# -------------------------------------------------------------------------------------------- known-correct strings

WORKS: dict[str, Item] = {
    "somer2009": {
        "type": "chapter",
        "author": [person("Somer", "Eli")],
        "title": "Opioid use disorder and dissociation",
        "editor": [person("Dell", "Paul F."), person("O'Neil", "John A.")],
        "container-title": "Dissociation and the dissociative disorders: DSM-V and beyond",
        "page": "511-518",
        "publisher": "Routledge",
        "issued": year(2009),
    },
    "lutz2013": {
        "type": "article-journal",
        "author": [person("Lutz", "Pierre-Eric"), person("Kieffer", "Brigitte L.")],
        "title": "Opioid receptors: Distinct roles in mood disorders",
        "container-title": "Trends in Neurosciences",
        "volume": "36",
        "issue": "3",
        "page": "195-206",
        "DOI": "10.1016/j.tins.2012.11.002",
        "issued": year(2013),
    },
    "schaeffer2021": {
        "type": "webpage",
        "author": [person("Schaeffer", "Katherine")],
        "title": "What we know about online learning",
        "container-title": "Pew Research Center",
        "URL": "https://www.pewresearch.org/a?b=1&c=2",
        "issued": year(2021, 10, 1),
    },
    "nimh": {
        "type": "webpage",
        "author": [{"literal": "National Institute of Mental Health"}],
        "title": "Trauma",
        "container-title": "National Institute of  mental health",
        "URL": "https://www.nimh.nih.gov/trauma",
    },
    "census": {
        "type": "webpage",
        "author": [{"literal": "U.S. Census Bureau"}],
        "title": "U.S. and world population clock",
        "publisher": "U.S. Department of Commerce",
        "URL": "https://www.census.gov/popclock/",
        "accessed": year(2020, 1, 9),
    },
    "who2014": {
        "type": "report",
        "author": [{"literal": "World Health Organization"}],
        "title": "Guidelines",
        "publisher": "World Health Organization",
        "issued": year(2014),
    },
    "unnamed1999": {
        "type": "book",
        "title": "The unnamed book",
        "publisher": "Penguin",
        "issued": year(1999),
    },
    "kolk2014": {
        "type": "book",
        "author": [person("Kolk", "Bessel A.", **{"non-dropping-particle": "van der"})],
        "title": "The body keeps the score",
        "publisher": "Viking",
        "issued": year(2014),
    },
    "three2001": {
        "type": "article-journal",
        "author": [person("Alpha", "Ada"), person("Beta", "Bo"), person("Gamma", "Cy")],
        "title": "Three of us",
        "container-title": "Journal",
        "volume": "1",
        "page": "1-2",
        "issued": year(2001),
    },
    "smith2020x": book("Smith", 2020, "Bears"),
    "smith2020y": book("Smith", 2020, "Aardvarks"),
    "letter": {"type": "personal_communication", "author": [person("Doe", "Jo")], "issued": year(2019, 5, 4)},
}

ENTRIES = {
    "somer2009": "Somer, E. (2009). Opioid use disorder and dissociation. In P. F. Dell &amp; J. A. O’Neil (Eds.), "
    "<em>Dissociation and the dissociative disorders: DSM-V and beyond</em> (pp. 511–518). Routledge.",
    "lutz2013": "Lutz, P.-E., &amp; Kieffer, B. L. (2013). Opioid receptors: Distinct roles in mood disorders. "
    "<em>Trends in Neurosciences</em>, <em>36</em>(3), 195–206. "
    '<a href="https://doi.org/10.1016/j.tins.2012.11.002">https://doi.org/10.1016/j.tins.2012.11.002</a>',
    "schaeffer2021": "Schaeffer, K. (2021, October 1). <em>What we know about online learning</em>. Pew Research Center. "
    '<a href="https://www.pewresearch.org/a?b=1&amp;c=2">https://www.pewresearch.org/a?b=1&amp;c=2</a>',
    "nimh": "National Institute of Mental Health. (n.d.). <em>Trauma</em>. "
    '<a href="https://www.nimh.nih.gov/trauma">https://www.nimh.nih.gov/trauma</a>',
    "census": "U.S. Census Bureau. (n.d.). <em>U.S. and world population clock</em>. U.S. Department of Commerce. "
    'Retrieved January 9, 2020, from <a href="https://www.census.gov/popclock/">https://www.census.gov/popclock/</a>',
    "who2014": "World Health Organization. (2014). <em>Guidelines</em>.",
    "unnamed1999": "<em>The unnamed book</em>. (1999). Penguin.",
    "kolk2014": "van der Kolk, B. A. (2014). <em>The body keeps the score</em>. Viking.",
    "three2001": "Alpha, A., Beta, B., &amp; Gamma, C. (2001). Three of us. <em>Journal</em>, <em>1</em>, 1–2.",
    "smith2020x": "Smith, A. (2020b). <em>Bears</em>. Press.",
    "smith2020y": "Smith, A. (2020a). <em>Aardvarks</em>. Press.",
}

CITATIONS = {
    "[@somer2009]": "(Somer, 2009)",
    "[@somer2009, p. 512]": "(Somer, 2009, p. 512)",
    "[@somer2009, pp. 512-4]": "(Somer, 2009, pp. 512–514)",
    "[@somer2009, ch. 3]": "(Somer, 2009, Chapter 3)",
    "[@somer2009, {timestamp 1:20}]": "(Somer, 2009, 1:20)",
    "[@somer2009, tbl. 3]": "(Somer, 2009, Table 3)",
    "[-@somer2009]": "(2009)",
    "[-@somer2009, p. 512]": "(2009, p. 512)",
    "@somer2009": "Somer (2009)",
    "@somer2009 [p. 512]": "Somer (2009, p. 512)",
    "[see @somer2009, p. 512; also @lutz2013]": "(see Somer, 2009, p. 512; also Lutz &amp; Kieffer, 2013)",
    "[@somer2009, p. 3, my emphasis]": "(Somer, 2009, p. 3, my emphasis)",
    "[@somer2009{}, 12 years later]": "(Somer, 2009, 12 years later)",
    "[@lutz2013]": "(Lutz &amp; Kieffer, 2013)",
    "@lutz2013": "Lutz and Kieffer (2013)",
    "[@three2001]": "(Alpha et al., 2001)",
    "@three2001": "Alpha et al. (2001)",
    "[@nimh]": "(National Institute of Mental Health, n.d.)",
    "[@nimh, para. 2]": "(National Institute of Mental Health, n.d., para. 2)",
    "[@unnamed1999]": "(<em>The Unnamed Book</em>, 1999)",
    "@unnamed1999": "<em>The Unnamed Book</em> (1999)",
    "@kolk2014": "van der Kolk (2014)",
    "[@smith2020x; @smith2020y]": "(Smith, 2020a, 2020b)",
    "@who2014 [see @kolk2014]": "World Health Organization (2014; see van der Kolk, 2014)",
}


@pytest.fixture(scope="module")
def known(apa: Style) -> Bibliography:
    return render(WORKS, cites(*CITATIONS), style=apa)


@pytest.mark.parametrize("key", ENTRIES)
def test_apa_entries(known: Bibliography, key: str) -> None:
    assert known.entry(key) == ENTRIES[key]


@pytest.mark.parametrize("text", CITATIONS)
def test_apa_citations(known: Bibliography, text: str) -> None:
    assert html(known.citation(cite(text))) == CITATIONS[text]


def test_order_is_that_of_the_style_and_ends_with_what_it_leaves_out(known: Bibliography) -> None:
    first = [
        "three2001",
        "lutz2013",
        "nimh",
        "schaeffer2021",
        "smith2020y",
        "smith2020x",
        "somer2009",
        "unnamed1999",
    ]
    assert list(known.order) == [*first, "census", "kolk2014", "who2014", "letter"]


def test_a_work_without_an_entry_in_the_style_gets_a_plain_one(known: Bibliography) -> None:
    assert known.entry("letter") == "Doe (2019). Untitled."
    assert known.short("letter") == "J. Doe, personal communication, May 4, 2019"


def test_short_and_text(known: Bibliography) -> None:
    assert known.short("lutz2013") == "Lutz &amp; Kieffer, 2013"
    assert known.entry_text("schaeffer2021").endswith("https://www.pewresearch.org/a?b=1&c=2")
    assert known.entry_text("kolk2014") == "van der Kolk, B. A. (2014). The body keeps the score. Viking."


def test_each_work_of_a_citation_has_a_part_of_its_own(known: Bibliography) -> None:
    assert known.citation(cite("[see @somer2009, p. 512; also @lutz2013]")) == (
        ("(see ", None),
        ("Somer, 2009, p. 512", "somer2009"),
        ("; also ", None),
        ("Lutz &amp; Kieffer, 2013", "lutz2013"),
        (")", None),
    )
    assert known.citation(cite("@unnamed1999")) == (("<em>The Unnamed Book</em> (1999)", "unnamed1999"),)
    assert [part.key for part in known.citation(cite("@who2014 [see @kolk2014]"))] == [
        "who2014",
        None,
        "who2014",
        None,
        "kolk2014",
        None,
    ]


def test_every_work_keeps_its_key_where_the_style_sorts_the_works_of_a_citation(known: Bibliography) -> None:
    keys = [part.key for part in known.citation(cite("[@smith2020x; @smith2020y]")) if part.key]
    assert keys == ["smith2020y", "smith2020x"]


def test_and_stands_only_between_two_people(apa: Style) -> None:
    works = {
        "firm": book("", 2001) | {"author": [{"literal": "Johnson & Johnson"}]},
        "firms": book("", 2002) | {"author": [{"literal": "Johnson & Johnson"}, {"literal": "Roe"}]},
        "two": book("Doe", 2003) | {"author": [person("Doe"), person("Roe")]},
    }
    texts = ["@firm", "@firms", "@two", "[@two]"]
    english = render(works, cites(*texts), style=apa)
    assert [html(english.citation(cite(text))) for text in texts] == [
        "Johnson &amp; Johnson (2001)",
        "Johnson &amp; Johnson &amp; Roe (2002)",
        "Doe and Roe (2003)",
        "(Doe &amp; Roe, 2003)",
    ]
    german = render(works, cites("@two", "[@two, pp. 3-4]"), style=apa, language="de")
    assert html(german.citation(cite("@two"))) == "Doe und Roe (2003)"
    assert html(german.citation(cite("[@two, pp. 3-4]"))) == "(Doe &amp; Roe, 2003, S. 3–4)"


# ------------------------------------------------------------------------------------------------------ all styles


@pytest.mark.parametrize(
    ("style", "citation", "narrative", "entry"),
    [
        ("apa", "(Somer, 2009, pp. 3–5)", "Somer (2009)", ENTRIES["somer2009"]),
        (
            "chicago-author-date",
            "(Somer 2009, 3–5)",
            "Somer (2009)",
            "Somer, Eli. 2009. “Opioid Use Disorder and Dissociation.” In <em>Dissociation and the Dissociative Disorders: "
            "DSM-V and Beyond</em>, edited by Paul F. Dell and John A. O’Neil. Routledge.",
        ),
        (
            "chicago-notes-bibliography",
            "(Somer, “Opioid Use Disorder and Dissociation,” 3–5)",
            "Somer (“Opioid Use Disorder and Dissociation”)",
            "Somer, Eli. “Opioid Use Disorder and Dissociation.” In <em>Dissociation and the Dissociative Disorders: DSM-V "
            "and Beyond</em>, edited by Paul F. Dell and John A. O’Neil. Routledge, 2009.",
        ),
        (
            "harvard-cite-them-right",
            "(Somer, 2009, pp. 3–5)",
            "Somer (2009)",
            "Somer, E. (2009) ‘Opioid use disorder and dissociation’, in P.F. Dell and J.A. O’Neil (eds) <em>Dissociation "
            "and the dissociative disorders: DSM-V and beyond</em>. Routledge, pp. 511–518.",
        ),
        (
            "modern-language-association",
            "(Somer 3–5)",
            "Somer",
            "Somer, Eli. “Opioid Use Disorder and Dissociation.” <em>Dissociation and the Dissociative Disorders: DSM-V and "
            "Beyond</em>, edited by Paul F. Dell and John A. O’Neil, Routledge, 2009, pp. 511–18.",
        ),
        (
            "nlm-citation-sequence",
            "(7, pp. 3-5)",
            "Somer (7)",
            "Somer E. Opioid use disorder and dissociation. In: Dell PF, O’Neil JA, editors. Dissociation and the "
            "dissociative disorders: DSM-V and beyond. Routledge; 2009. p. 511-8.",
        ),
    ],
)
def test_styles(style: str, citation: str, narrative: str, entry: str) -> None:
    works = {"somer2009": WORKS["somer2009"]}
    texts = cites("[@somer2009, pp. 3-5]", "@somer2009", "[-@somer2009]")
    bibliography = render(works, texts, style=read_style(style))
    assert by_number(bibliography, texts[0]) == citation
    assert by_number(bibliography, texts[1]) == narrative
    assert {part.key for part in bibliography.citation(texts[1]) if part.key} == {"somer2009"}
    assert any(c.isalnum() for c in html(bibliography.citation(texts[2])))
    assert bibliography.entry("somer2009") == entry


def test_every_shipped_style_keeps_its_rights_and_says_what_was_changed() -> None:
    folder = Path(pandoc_runner.__file__).parent / "styles"
    assert sorted(path.stem for path in folder.glob("*.csl")) == sorted(BUILT_IN_STYLES)
    readme = (folder / "README.md").read_text("utf-8")
    for name in BUILT_IN_STYLES:
        text = (folder / f"{name}.csl").read_text("utf-8")
        assert 'license="http://creativecommons.org/licenses/by-sa/3.0/"' in text
        assert re.search(r"\A<\?xml[^>]*>\n<!-- (Changed|Unchanged) by Florilegium", text)
        assert f"`{name}`" in readme


# -------------------------------------------------------------------------------------------------- styles of others

MINIMAL = """<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">
  <info><title>Mine</title><id>mine</id><updated>2026-01-01T00:00:00Z</updated></info>
  <citation><layout prefix="{" suffix="}" delimiter="; " vertical-align="sup">
    <names variable="author"><name form="short"/></names><text variable="locator" prefix=":"/>
  </layout></citation>
  %s
</style>"""
BIBLIOGRAPHY = """<bibliography subsequent-author-substitute="---"><layout>
  <names variable="author"/><text variable="title" prefix=" " font-weight="bold"/><text variable="abstract" prefix=" "/>
</layout></bibliography>"""


def test_a_style_of_the_library(tmp_path: Path) -> None:
    (tmp_path / "mine.csl").write_text(MINIMAL % BIBLIOGRAPHY, "utf-8")
    style = read_style("mine.csl", folder=tmp_path)
    works = {"a": book("Doe", abstract="About it."), "b": book("Doe", title="Another")}
    bibliography = render(works, cites("[@a, p. 3; @b]"), style=style)
    assert bibliography.citation(cite("[@a, p. 3; @b]")) == (
        ("<sup>{</sup>", None),
        ("<sup>Doe:3</sup>", "a"),
        ("<sup>; </sup>", None),
        ("<sup>Doe</sup>", "b"),
        ("<sup>}</sup>", None),
    )
    assert bibliography.entry("a") == "Ann Doe <strong>A title</strong> About it."
    assert bibliography.entry("b") == "Ann Doe <strong>Another</strong>", "entries also stand alone"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("apaa", None, 'did you mean "apa"?'),
        ("mla9", None, "write references/NAME.csl"),
        ("none.csl", None, "cannot be read (No such file or directory)"),
        ("../out.csl", MINIMAL % BIBLIOGRAPHY, "is not below the library's folder"),
        ("/etc/out.csl", None, "is not below the library's folder"),
        ("broken.csl", "<style", "cannot be read as XML (unclosed token"),
        ("other.csl", "<html/>", "is not a complete CSL style"),
        ("part.csl", MINIMAL % "", "describes no bibliography"),
        (
            "bomb.csl",
            "<!DOCTYPE style [<!ENTITY a 'b'>]>" + MINIMAL % BIBLIOGRAPHY,
            "it declares a document type",
        ),
        ("big.csl", " " * 2**21 + MINIMAL % BIBLIOGRAPHY, "is not a file of at most 2 MiB"),
    ],
)
def test_refused_styles(tmp_path: Path, name: str, content: str | None, says: str) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    if content is not None:
        (folder / name).write_text(content, "utf-8")
    with pytest.raises(BibliographyError, match=re.escape(says)):
        read_style(name, folder=folder)


def test_no_style_is_read_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "mine.csl").write_text(MINIMAL % BIBLIOGRAPHY, "utf-8")
    (tmp_path / "file.csl").symlink_to(tmp_path / "real" / "mine.csl")
    (tmp_path / "folder").symlink_to(tmp_path / "real")
    assert read_style("real/mine.csl", folder=tmp_path).name == "real/mine.csl"
    for name in ("file.csl", "folder/mine.csl"):
        with pytest.raises(BibliographyError, match="symbolic link"):
            read_style(name, folder=tmp_path)


# ------------------------------------------------------------------------------------------------------ hostile data


class Tags(HTMLParser):
    """Every tag of a fragment, with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen += [(tag, name, value) for name, value in attrs] or [(tag, "", "")]


def tags(*fragments: str) -> set[tuple[str, str, str | None]]:
    parser = Tags()
    for fragment in fragments:
        parser.feed(fragment)
    parser.close()
    return set(parser.seen)


def test_markup_in_data_is_text_save_for_the_little_that_csl_has(apa: Style) -> None:
    title = (
        "<script>alert(1)</script> <i>it</i> <b onclick='x'>bo</b> x<sup>2</sup> <img src=x onerror=alert(1)> "
        '<span class="nocase">PUB</span> *md* $x$ [a](javascript:1) &lt;script&gt; </em> <!-- -->'
    )
    works = {
        "a": book("<img src=x>", title=title, publisher="</a><script>", note="<script>"),
        "b": book("Doe", title="<a href='https://x.org'>link</a>", DOI='10.1/a"><script>'),
    }
    texts = cites("[<b>see</b> *x* @a, {p. <u>3</u>}, <script>]", "@a", "[<img> @b]")
    bibliography = render(works, texts, style=apa)
    shown = [*map(bibliography.entry, works), *map(bibliography.short, works)]
    shown += [html(bibliography.citation(citation)) for citation in texts]
    assert {tag for tag, _, _ in tags(*shown)} == {"em", "sup", "a"}
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in bibliography.entry("a")
    assert "(&lt;b&gt;see&lt;/b&gt; <em>x</em> " in html(bibliography.citation(texts[0]))
    assert "<script>alert(1)</script>" in bibliography.entry_text("a")


@pytest.mark.slow
@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/x",
        "https://u:p@x.org/",
        "vbscript:x",
        "https:///x",
    ],
)
def test_only_web_addresses_become_hyperlinks(apa: Style, url: str) -> None:
    bibliography = render({"a": book("Doe", URL=url)}, [], style=apa)
    assert not [value for tag, _, value in tags(bibliography.entry("a")) if tag == "a"]


@pytest.mark.parametrize("url", ["https://x.org/a_b%20c?d=1&e=2#f", "http://localhost:8000/", "www.example.org"])
def test_web_addresses_do(apa: Style, url: str) -> None:
    (link,) = tags(render({"a": book("Doe", URL=url)}, [], style=apa).entry("a")) - {("em", "", "")}
    assert link[:2] == ("a", "href")
    assert (link[2] or "").endswith(url)


def test_keys_may_be_anything(apa: Style) -> None:
    keys = ["*", "a:b/c.d", "ref-x", "<k>", 'q"', "ключ", "w00000000", "\u200b"]
    works = {key: book(f"Author{number}") for number, key in enumerate(keys)}
    bibliography = render(works, [], style=apa)
    assert [bibliography.short(key) for key in keys] == [f"Author{number}, 2020" for number in range(len(keys))]


def test_what_is_empty_is_not_there(apa: Style) -> None:
    works = {
        "a": book("Doe", None, issued={"date-parts": [[]]}),
        "b": book("Doe", title="", issued={"date-parts": [[0]]}, editor=[{}], volume=""),
        "c": book("Roe", locator="9", **{"year-suffix": "x", "citation-number": "7"}),
    }
    bibliography = render(works, [], style=apa)
    assert [bibliography.short(key) for key in works] == ["Doe, n.d.-b", "Doe, n.d.-a", "Roe, 2020"]


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)


@given(words, words)
def test_text_survives_as_text(one: str, two: str) -> None:
    cite_ = {"t": "Link", "c": [["", [], []], to_inlines(one), ["#ref-w0", ""]]}
    parts = parts_of([*to_inlines(two), cite_, *to_inlines(two)], {"w0": "key"})
    assert not tags(*(part.html for part in parts))
    assert [part.key for part in parts if part.key] == ["key"]
    # Marks of emphasis mean something within one text alone.
    assert " ".join(html(parts).split()) == " ".join(
        "".join(render_inlines(to_inlines(t)) for t in (two, one, two)).split()
    )


@given(st.text(max_size=30))
def test_no_scheme_but_two(text: str) -> None:
    assert not is_web_address(text) or text.startswith(("http://", "https://"))


# ------------------------------------------------------------------------------------------------- what is missing


def test_unknown_keys_are_shown_and_told(apa: Style) -> None:
    texts = cites("[@nope, p. 3; @a]", "@nope", "@nope [see @a]", "@a [also @gone]")
    bibliography = render({"a": book("Doe")}, texts, style=apa)
    assert bibliography.missing == ("gone", "nope")
    assert bibliography.citation(texts[0]) == (
        ("(", None),
        ("nope?", None),
        ("; ", None),
        ("Doe, 2020", "a"),
        (")", None),
    )
    assert html(bibliography.citation(texts[1])) == "nope?"
    assert html(bibliography.citation(texts[2])) == "(nope?; see Doe, 2020)"
    assert html(bibliography.citation(texts[3])) == "Doe (2020; also gone?)"


def test_a_citation_that_was_not_given(known: Bibliography) -> None:
    with pytest.raises(KeyError):
        known.citation(cite("[@somer2009, p. 999]"))


def test_no_works(apa: Style, runs: list[Any]) -> None:
    bibliography = render({}, [], style=apa)
    assert (bibliography.order, bibliography.entries, runs) == ((), {}, [])


def test_without_pandoc(apa: Style, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formatting, "find_pandoc", lambda: None)
    kept = CitationCache(context="kept")
    texts = cites("[see @kolk2014, pp. 3-5, twice; -@lutz2013]", "@three2001", "@unnamed1999 [p. 2]", "[@nope]")
    bibliography = render(WORKS, texts, style=apa, cache=kept)
    assert bibliography.approximate
    assert bibliography.cache is kept
    assert [html(bibliography.citation(text)) for text in texts] == [
        "(see van der Kolk, 2014, pp. 3-5, twice; 2013)",
        "Alpha et al. (2001)",
        "The unnamed book (1999, p. 2)",
        "(nope?)",
    ]
    assert bibliography.entry("lutz2013") == (
        "Lutz &amp; Kieffer (2013). Opioid receptors: Distinct roles in mood disorders."
    )
    assert bibliography.entry("unnamed1999") == "The unnamed book (1999)."
    assert bibliography.short("nimh") == "National Institute of Mental Health, n.d."
    assert sorted(bibliography.order) == sorted(WORKS)


def test_pandoc_fails(apa: Style, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(BibliographyError, match=r'while formatting the work "broken"$') as caught:
        render({"a": book("Doe"), "broken": book("Doe", volume=["x"])}, [], style=apa)
    assert (caught.value.key, caught.value.help) == ("broken", 'correct the entry of "broken"')
    missing = pandoc_process.Pandoc(path=str(tmp_path / "pandoc"), version="0")
    monkeypatch.setattr(formatting, "find_pandoc", lambda: missing)
    with pytest.raises(BibliographyError, match=r"^pandoc could not be started") as caught:
        render({"a": book("Doe")}, [], style=apa)
    assert caught.value.help == "run ./scripts/setup to install it again"


def stand_in(folder: Path, script: str) -> pandoc_process.Pandoc:
    """A program in the place of pandoc, whose items are in `$items`."""
    program = folder / "pandoc"
    program.write_text(f'#!/bin/sh\nfor items; do :; done; items="${{items#--bibliography=}}"\n{script}\n')
    program.chmod(0o755)
    return pandoc_process.Pandoc(path=str(program), version="0")


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("exit 251", "would need more than 1,500 MiB of memory"),
        ("echo out of luck >&2; exit 3", "gave up (out of luck)"),
    ],
)
def test_the_work_at_which_pandoc_fails_is_named(
    apa: Style, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, says: str
) -> None:
    failing = stand_in(tmp_path, f'grep -q "The bad one" "$items" || exec {find_pandoc().path} "$@"; {script}')
    monkeypatch.setattr(formatting, "find_pandoc", lambda: failing)
    works = {"good": book("Doe"), "bad": book("Roe", title="The bad one")}
    with pytest.raises(BibliographyError, match="while formatting") as caught:
        render(works, [], style=apa)
    assert str(caught.value) == f'pandoc {says} while formatting the work "bad"'


def test_the_citation_at_which_pandoc_fails_is_named(
    apa: Style, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = f'cat > "$items.in"; grep -q cruelty "$items.in" && exit 3; exec {find_pandoc().path} "$@" < "$items.in"'
    failing = stand_in(tmp_path, script)
    monkeypatch.setattr(formatting, "find_pandoc", lambda: failing)
    with pytest.raises(BibliographyError, match="while formatting") as caught:
        render({"a": book("Doe"), "b": book("Roe")}, cites("[@a, p. 3]", "[see @b, p. 4, on cruelty]"), style=apa)
    assert (
        str(caught.value) == "pandoc gave up (exit code 3) while formatting the citation [see @b, page 4 , on cruelty]"
    )


def test_the_machine_is_at_fault_and_no_work(apa: Style, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for script, says in (
        ("kill -9 $$", "not enough memory"),
        ("echo No space left on device >&2; exit 1", "disk is full"),
    ):
        monkeypatch.setattr(formatting, "find_pandoc", lambda script=script: stand_in(tmp_path, script))
        with pytest.raises(BibliographyError, match=says) as caught:
            render({"a": book("Doe")}, [], style=apa)
        assert "while formatting" not in str(caught.value)
        assert caught.value.help


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process can be given less memory")
def test_pandoc_that_gets_no_memory(apa: Style, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    starved = stand_in(tmp_path, f'ulimit -v 60000; exec {find_pandoc().path} "$@"')
    monkeypatch.setattr(formatting, "find_pandoc", lambda: starved)
    with pytest.raises(BibliographyError, match="memory") as caught:
        render({"a": book("Doe")}, [], style=apa)
    assert "a machine with more memory" in caught.value.help


def test_the_disk_is_full(apa: Style, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", full], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only an administrator may make a disk")
    try:
        (full / "rest").write_bytes(bytes(60_000))
        monkeypatch.setattr(tempfile, "tempdir", str(full))
        with pytest.raises(BibliographyError, match="the disk is full") as caught:
            render({"a": book("Doe")}, [], style=apa)
    finally:
        subprocess.run(["umount", full], check=True)
    assert (str(full) in str(caught.value), "free some space" in caught.value.help) == (True, True)


def test_a_busy_machine_is_no_failure(apa: Style, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = stand_in(tmp_path, f'sleep 1.5; exec {find_pandoc().path} "$@"')
    monkeypatch.setattr(formatting, "find_pandoc", lambda: slow)
    monkeypatch.setattr(pandoc_runner, "_PATIENCE", 1)
    assert render({"a": book("Doe")}, [], style=apa).entry("a")


def test_an_old_pandoc_is_no_pandoc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    program = tmp_path / "pandoc"
    for version, usable in (
        ("2.17.1", False),
        ("3.8.3", False),
        ("3.9", True),
        ("3.10.1", True),
        ("x", False),
    ):
        program.write_text(f"#!/bin/sh\necho pandoc {version}\n")
        program.chmod(0o755)
        assert (pandoc_process._installed_pandoc() is not None) == usable


# ------------------------------------------------------------------------------------------------------------ caches


@pytest.fixture(scope="module")
def shelf() -> dict[str, Item]:
    """Forty works of as many authors, and two that need letters."""
    works = {f"k{number:02}": book(f"Author{number:02}", 1980 + number) for number in range(40)}
    return works | {"x1": book("Somer", 2009, "One"), "x2": book("Somer", 2009, "Two")}


SOME = ("[@k01]", "[@k01, p. 3]", "[@k02, p. 4]", "[@k03, pp. 4-9]", "@x2 [p. 3]", "[see @x1, p. 3; @k05]")


@pytest.fixture(scope="module")
def shelved(shelf: dict[str, Item], apa: Style) -> Bibliography:
    return render(shelf, cites(*SOME), style=apa)


def check_same(one: Bibliography, two: Bibliography) -> None:
    assert (one.order, one.entries, one.citations) == (two.order, two.entries, two.citations)
    assert one.cache == two.cache


def test_nothing_changed(shelf: dict[str, Item], apa: Style, shelved: Bibliography, runs: list[Any]) -> None:
    again = render(dict(reversed(shelf.items())), cites(*reversed(SOME)), style=apa, cache=shelved.cache)
    assert runs == []
    assert again.cache is shelved.cache
    check_same(again, shelved)


def test_an_abstract_changes_nothing(
    shelf: dict[str, Item], apa: Style, shelved: Bibliography, runs: list[Any]
) -> None:
    render(shelf | {"k01": shelf["k01"] | {"abstract": "New"}}, cites(*SOME), style=apa, cache=shelved.cache)
    assert runs == []


def test_a_new_citation_concerns_its_works_and_their_kin(
    shelf: dict[str, Item], apa: Style, shelved: Bibliography, runs: list[Any]
) -> None:
    more = [*SOME, "[cf. @k07, ch. 2]", "[@x1, p. 7, twice]", "[@k09]", "[@k02, p. 3]"]
    bibliography = render(shelf, cites(*more), style=apa, cache=shelved.cache)
    assert runs == [({"k07", "x1", "x2"}, 2)]
    assert html(bibliography.citation(cite("[@x1, p. 7, twice]"))) == "(Somer, 2009a, p. 7, twice)"
    check_same(bibliography, render(shelf, cites(*more), style=apa))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "shows"),
    [
        ({"x0": book("Somer", 2009, "Before")}, ["Somer, 2009b", "Somer, 2009c"]),
        ({"x0": book("somer", 2009, "Before")}, None),
        ({"x0": book("Somer", 2010, "Before")}, ["Somer, 2009a", "Somer, 2009b"]),
        ({"x1": book("Somer", 2009, "Zebra")}, ["Somer, 2009b", "Somer, 2009a"]),
        ({"x1": book("Somer", 2008, "One")}, ["Somer, 2008", "Somer, 2009"]),
        ({"x1": book("Somer", None, "One")}, ["Somer, n.d.", "Somer, 2009"]),
        ({"k20": book("Somer", 2009, "Now too")}, ["Somer, 2009b", "Somer, 2009c"]),
        ({"x1": book("Aaron", 2000), "k00": book("Zoe", 2000), "k20": book("Author07b", 1999)}, None),
    ],
)
def test_a_changed_work_changes_its_kin_and_no_others(
    shelf: dict[str, Item],
    apa: Style,
    shelved: Bibliography,
    runs: list[Any],
    change: dict[str, Item],
    shows: Any,
) -> None:
    works = shelf | change
    bibliography = render(works, cites(*SOME), style=apa, cache=shelved.cache)
    assert max(len(keys) for keys, _ in runs) < 20
    if shows:
        assert [bibliography.short(key) for key in ("x1", "x2")] == shows
    check_same(bibliography, render(works, cites(*SOME), style=apa))


def test_a_work_that_is_gone_changes_its_kin(
    shelf: dict[str, Item], apa: Style, shelved: Bibliography, runs: list[Any]
) -> None:
    works = {key: item for key, item in shelf.items() if key not in ("x1", "k30")}
    bibliography = render(works, cites(*SOME[:5]), style=apa, cache=shelved.cache)
    assert [keys for keys, _ in runs] == [{"x2"}]
    assert html(bibliography.citation(cite("@x2 [p. 3]"))) == "Somer (2009, p. 3)"
    check_same(bibliography, render(works, cites(*SOME[:5]), style=apa))


def test_another_style_or_language_is_another_matter(
    shelf: dict[str, Item], apa: Style, shelved: Bibliography, runs: list[Any]
) -> None:
    render(shelf, cites(*SOME), style=apa, language="en-GB", cache=shelved.cache)
    render(shelf, cites(*SOME), style=read_style("harvard-cite-them-right"), cache=shelved.cache)
    assert [len(keys) for keys, _ in runs] == [42, 42]


def test_a_work_that_nobody_cites_changes_no_number(shelf: dict[str, Item], runs: list[Any]) -> None:
    style = read_style("nlm-citation-sequence")
    first = render(shelf, cites(*SOME, "@k00"), style=style)
    assert first.short("x2") == "Somer, 2009"
    assert number_works(html(first.citation(cite("[@x2]"))) + html(first.citation(cite("@k00")))) == "(1)Author00 (2)"
    shelf = {**shelf, "uncited": book("Aaa")}
    more = render(shelf, cites(*SOME, "[see @x2, p. 3; @k00]"), style=style, cache=first.cache)
    assert number_works(html(more.citation(cite("[see @x2, p. 3; @k00]")))) == "(see 1, p. 3; 2)"
    assert all(len(keys) < 12 for keys, _ in runs[1:])


def test_names_tell_works_apart_as_the_style_says(apa: Style) -> None:
    names = (("Wei", 2010), ("Wei", 2010), ("Xin", 2010), ("Yan", 2010))
    works = {f"li{n}": {**book("Li", y, f"T {n}"), "author": [person("Li", g)]} for n, (g, y) in enumerate(names)}
    works |= {
        f"kim{n}": {
            **book("Kim", 2015, f"K {n}"),
            "author": [person("Kim", "A."), person(second, "B."), person("Choi", "C.")],
        }
        for n, second in enumerate(("Park", "Lee"))
    }
    works |= {f"other{n}": book(f"Other{n}") for n in range(3)}
    texts = cites("[@li0; @li1; @li2; @li3]", "[@kim0; @kim1]", "@li2", "@kim0 [-@li3]", "[@other1]")
    bibliography = render(works, texts, style=apa)
    assert [html(bibliography.citation(text)) for text in texts] == [
        "(W. Li, 2010a, 2010b; X. Li, 2010; Y. Li, 2010)",
        "(Kim, Park, et al., 2015; Kim, Lee, et al., 2015)",
        "X. Li (2010)",
        "Kim, Park, et al. (2015; 2010)",
        "(Other1, 2020)",
    ]
    assert "(2010a)" in bibliography.entry_text("li0")
    assert "(2010)" in bibliography.entry_text("li2")
    again = render(works, texts, style=apa, cache=bibliography.cache)
    assert (again.citations, again.cache is bibliography.cache) == (bibliography.citations, True)


def test_works_that_bear_on_each_other_are_formatted_at_once() -> None:
    # Ten families of works, whose pairs come in turn, and one job that alone is more than a batch holds.
    pairs = [frozenset({f"{family}-{one}", f"{family}-{one + 1}"}) for one in range(99) for family in "abcdefghij"]
    jobs: list[exact_citations.FormattingJob] = [(pair, str(number), []) for number, pair in enumerate(pairs)]
    jobs.append((frozenset(map(str, range(200))), "large", []))
    batches = list(exact_citations._batches(jobs))
    assert sorted(digest for batch in batches for _, digest, _ in batch) == sorted(digest for _, digest, _ in jobs)
    sizes = [len(frozenset[str]().union(*(close for close, _, _ in batch))) for batch in batches]
    assert max(sizes[:-1]) <= 75
    assert sizes[-1] == 200
    assert len(batches) == 15


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("[@a, p. 12]", "de", "(Doe, 2020, S. 12)"),
        ("[@a, art. 5]", "de", "(Doe, 2020, Art. 5)"),
        ("[@a, vol. 2, pp. 3-5]", "de", "(Doe, 2020, Band 2, S. 3-5)"),
        ("[@a, tbl. 3]", "fr", "(Doe, 2020, tabl. 3)"),
        ("[@a, tbl. 3]", "en", "(Doe, 2020, Table 3)"),
        ("[*see* @a, p. 3, _my_ emphasis]", "en", "(<em>see</em> Doe, 2020, p. 3, <em>my</em> emphasis)"),
        ("[see 2*3 @a]", "en", "(see 2*3 Doe, 2020)"),
    ],
)
def test_places_are_in_the_language_of_the_library(text: str, language: str, expected: str, apa: Style) -> None:
    works = {"a": book("Doe")}
    assert html(render(works, cites(text), style=apa, language=language).citation(cite(text))) == expected


def test_a_second_work_in_running_text_is_named_where_a_style_has_no_years() -> None:
    works = {"a": book("Doe"), "b": book("Roe")}
    text = "@b [-@a]"
    assert (
        html(render(works, cites(text), style=read_style("modern-language-association")).citation(cite(text)))
        == "Roe (Doe)"
    )


def test_several_pandocs_say_what_one_says(
    shelf: dict[str, Item], apa: Style, shelved: Bibliography, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pandoc_runner, "_RUN_LENGTH", 10 - len(shelf))
    monkeypatch.setattr(pandoc_runner.os, "cpu_count", lambda: 3)
    check_same(render(shelf, cites(*SOME), style=apa), shelved)


def test_cache_files(tmp_path: Path, shelved: Bibliography, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_cache(tmp_path) == CitationCache()
    write_cache(tmp_path, shelved.cache)
    assert read_cache(tmp_path) == shelved.cache
    assert [entry.name for entry in tmp_path.iterdir()] == ["citations.sqlite"]
    monkeypatch.setattr(formatted_cache, "citing_code", lambda: b"other code")
    assert read_cache(tmp_path) == CitationCache()


@pytest.mark.parametrize("damage", [lambda data: data[: len(data) // 2], lambda data: data.replace(b"Somer", b"Soner")])
def test_damaged_caches_are_empty(tmp_path: Path, shelved: Bibliography, damage: Callable[[bytes], bytes]) -> None:
    write_cache(tmp_path, shelved.cache)
    path = tmp_path / "citations.sqlite"
    path.write_bytes(damage(path.read_bytes()))
    assert read_cache(tmp_path) == CitationCache()


# ------------------------------------------------------------------------ incremental, assembled: as if from scratch


class Author:
    """Writes works and citations at random, of few authors and years so that they collide."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def work(self) -> Item:
        pick, chance = self.random.choice, self.random.random
        kinds = (
            "book",
            "article-journal",
            "chapter",
            "webpage",
            "bill",
            "personal_communication",
            "interview",
        )
        item: Item = {
            "type": pick(kinds),
            "title": pick(("One", "Two?", "The “third” way", "2009", "A <i>b</i>")),
        }
        if chance() < 0.8:
            item["author"] = [
                person(pick(("Somer", "Lutz", "2009 Group")), pick("AB")) for _ in range(pick((1, 1, 2, 3)))
            ]
        elif chance() < 0.5:
            item["author"] = [{"literal": pick(("World Health Organization", "Somer"))}]
        if chance() < 0.9:
            item["issued"] = pick((year(2009), year(2009), year(2010), year(1900), {"literal": "in press"}))
        if chance() < 0.5:
            item |= {"container-title": pick("JK"), "volume": pick(("3", "IV"))}
        if chance() < 0.2:
            item["original-date"] = year(1900)
        return item

    def citation(self, keys: list[str]) -> Citation:
        pick = self.random.choice
        locators = ("", "", ", p. 3", ", pp. 3-5", ", p. iv", ", p. A12", ", ch. 3", ", {sec. x}", ", tbl. 4")

        def one() -> str:
            mode, suffix = pick(("", "", "", "-")), pick(("", "", ", my emphasis", "{}, 12 more"))
            return f"{pick(('', '', 'see '))}{mode}@{pick(keys)}{pick(locators)}{suffix}"

        text = "; ".join(one() for _ in range(pick((1, 1, 1, 2, 3))))
        return cite(
            pick(
                (
                    f"[{text}]",
                    f"[{text}]",
                    f"@{pick(keys)}",
                    f"@{pick(keys)} [p. {self.random.randint(1, 9)}]",
                )
            )
        )


@pytest.mark.slow
@pytest.mark.parametrize("style", ["apa", "modern-language-association"])
def test_shortcuts_change_nothing(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    author, chosen, cache = Author(7), read_style(style), None
    works = {f"k{number:02}": author.work() for number in range(24)}
    texts = [author.citation(list(works)) for _ in range(60)]
    for step in range(3):
        bibliography = render(works, texts, style=chosen, cache=cache)
        with monkeypatch.context() as patch:
            patch.setattr(formatting_plan, "is_located", lambda citation: False)
            plain = render(works, texts, style=chosen)
        assert (bibliography.order, bibliography.entries) == (plain.order, plain.entries)
        assert bibliography.citations == plain.citations
        cache = bibliography.cache
        works = {**works, f"n{step}": author.work(), author.random.choice(list(works)): author.work()}
        texts.append(author.citation(list(works)))


def test_a_work_of_which_nothing_is_left_without_its_author_keeps_the_author() -> None:
    """MLA cites one work of an author by the name alone; two of them by title."""
    works = {
        "a": book("Doe", title="Alpha"), "a2": book("Doe", title="Other"), "b": book("Roe", title="Beta"),
        "c": book("Poe", title="Gamma"),
    }  # fmt: skip
    texts = cites("@a [-@b]", "@b [-@c]", "@b [-@a; -@a2]")
    found = render(works, texts, style=read_style("modern-language-association"))
    assert [html(found.citation(text)) for text in texts] == [
        "Doe (<em>Alpha</em>; Roe)", "Roe (Poe)", "Roe (<em>Alpha</em>; <em>Other</em>)",
    ]  # fmt: skip
