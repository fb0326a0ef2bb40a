"""Works of one family name, told apart as the style says however many they are."""

import pytest
from florilegium.core.model import Citation, CitationMode, Reference
from florilegium.core.spans import Span
from florilegium.works.citing import disambiguation
from florilegium.works.citing.citation_styles import read_style
from florilegium.works.citing.disambiguation import ambiguous_works
from florilegium.works.citing.formatting import render_bibliography

NOWHERE = Span.of_file("test")
GIVEN = ("Wei", "Wen", "Xin", "J.", "J. R.", "Jane Ann", "Anna")


def works(count, years=3):
    """So many works by Li, in turn alone and with others, in a few years."""
    others = ([], ["Kim"], ["Kim", "Park"], ["Park"])
    return {
        f"k{n:05}": {
            "id": f"k{n:05}", "type": "book", "title": f"Title {n * 7919 % 1009}", "publisher": "P",
            "author": [{"family": "Li", "given": GIVEN[n * n % 7]}, *({"family": o, "given": "A. B."} for o in others[n % 4])],
            "issued": {"date-parts": [[2000 + n // 4 % years]]},
        }
        for n in range(count)
    }  # fmt: skip


def shown(items, style):
    references = (
        Reference(key=key, span=NOWHERE, key_span=NOWHERE, mode=CitationMode.NORMAL, prefix="", suffix="", locator=None)
        for key in items
    )
    citations = [Citation(references=(reference,), span=NOWHERE) for reference in references]
    found = render_bibliography(items, citations, style=read_style(style), language="en")
    return {key: (found.short(key), found.entry_text(key)) for key in items}


@pytest.mark.parametrize("style", ["harvard-cite-them-right"])
def test_a_name_of_many_works_is_told_apart_as_one_of_few(monkeypatch, style):
    items = works(40)
    parts = shown(items, style)
    monkeypatch.setattr(disambiguation, "LARGEST", 100)
    assert shown(items, style) == parts


def test_a_second_author_bears_on_nothing_where_the_first_alone_is_told_apart(monkeypatch):
    monkeypatch.setattr(disambiguation, "LARGEST", 4)
    beside = {"family": "Li", "given": "Adam"}
    other = {"id": "a", "type": "book", "title": "T", "author": [{"family": "Roe", "given": "B."}, beside]}
    items = {"a": other, **works(20)}
    bearing = ambiguous_works(items, read_style("apa")).bearing
    assert [key for key, close in bearing.items() if "a" in close] == ["a"]
    of_all_names = ambiguous_works(items, read_style("harvard-cite-them-right")).bearing
    assert [key for key, close in of_all_names.items() if "a" in close] != ["a"]


def test_what_bears_on_a_work_stays_small_among_ten_thousand_of_one_name():
    found = ambiguous_works(works(10_000, years=100), read_style("apa"))
    assert len(found.needed) == 10_000
    assert max(map(len, found.bearing.values())) < 100
