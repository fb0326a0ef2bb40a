"""The records of the search: what a reader can find, and what is never part of what is shown without being opened."""

import gzip
import json
from pathlib import Path

import pytest
from florilegium.check.checking import Options, check
from florilegium.site.planning import plan_site
from florilegium.site.search import EVERY_QUOTE, Record, search_records, write_index
from projects import LIBRARY


@pytest.fixture
def records(tmp_path: Path) -> dict[str, Record]:
    for name, text in LIBRARY.items():
        path = tmp_path / "annotations" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    options = Options(root=tmp_path, executor=None)
    plan = plan_site(check(options), options)
    return {record.url: record for record in search_records(plan.site)}


def test_every_quote_note_and_theme_is_a_record(records):
    assert set(records) == {
        "notes/forgetting/",
        "notes/forgetting/#q-gone",
        "notes/remembering/",
        "notes/remembering/#q-kept",
        "themes/amnesia/",
        "themes/numbing/",
    }


def test_a_quote_can_be_narrowed_by_ids_and_shown_by_labels(records):
    quote = records["notes/remembering/#q-kept"]
    assert quote.filters == {
        "kind": ["Quotation"],
        "theme": ["amnesia|Amnesia", "numbing|Numbing"],
        "speaker": ["author|Author"],
        "notice": ["none|No notice"],
        "source": ["roe2010|Roe, 2010"],
        "year": ["2010|2010"],
    }
    assert quote.meta["title"] == "Author, Roe, 2010, p. 5"
    assert quote.meta["is"] == EVERY_QUOTE
    assert "notices" not in quote.meta


def test_the_words_of_a_closed_quote_are_found_and_named_nowhere(records):
    quote = records["notes/forgetting/#q-gone"]
    assert quote.content == "What is gone is gone."
    assert quote.meta["notices"] == "Drug use"
    assert "gone is gone" not in json.dumps([quote.meta, quote.filters])
    for url, record in records.items():
        assert url.endswith("#q-gone") or "gone is gone" not in record.content, url


def test_the_text_of_a_note_reads_well(records):
    note = records["notes/forgetting/"]
    assert "A first sentence of the note (Doe, 2009, p. 3). See the other note." in note.content
    assert note.meta["about"] == "Doe, J. (2009). The art of forgetting. Somewhere Press."


def test_a_note_on_a_retracted_work_says_so(tmp_path):
    old = "    type: book\n"
    assert old in LIBRARY["notes/forgetting.md"]
    for name, text in LIBRARY.items():
        path = tmp_path / "annotations" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(old, f"{old}    status: retracted\n"), encoding="utf-8")
    options = Options(root=tmp_path, executor=None)
    titles = {r.url: r.meta["title"] for r in search_records(plan_site(check(options), options).site)}
    assert titles["notes/forgetting/"] == "On forgetting [Retracted]"
    assert titles["notes/remembering/"] == "On remembering"


def test_the_index_is_written(records, tmp_path):
    assert write_index(records.values(), tmp_path / "index") == 6
    fragments = list((tmp_path / "index" / "fragment").iterdir())
    assert len(fragments) == 6
    found = [json.loads(gzip.decompress(path.read_bytes())[len("pagefind_dcd") :]) for path in fragments]
    (gone,) = [one for one in found if one["url"].endswith("#q-gone")]
    assert gone["content"] == "What is gone is gone."
    assert gone["filters"]["notice"] == ["drug-use|Drug use"]
