"""The search index: every word and every pair of words is found where it stands, whatever was built before."""

import json
import random
from itertools import pairwise, product
from pathlib import Path

import pytest
from florilegium.check.checking import Options, check_library
from florilegium.site.planning import plan_site
from florilegium.site.search.index_blocks import QUOTES, card_parts, decode_block
from florilegium.site.search.index_catalogue import FacetCounts, catalogue
from florilegium.site.search.index_records import IndexDocument, documents, number_documents
from florilegium.site.search.index_shards import decode_shard, encode_shard, index_shard, partition, shard_name
from florilegium.site.search.index_writing import index_site
from florilegium.site.search.indexing import place_index
from florilegium.site.search.search_tokens import word_forms
from folders import write_files
from hypothesis import given
from hypothesis import strategies as st
from projects import LIBRARY
from search_index import THEMES, Reader, made_library, write

CASES = json.loads((Path(__file__).parent / "search_tokens.json").read_text(encoding="utf-8"))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# ----------------------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(("text", "words"), CASES, ids=[text[:20] or "nothing" for text, _ in CASES])
def test_the_words_of_a_text(text: str, words: list[list[object]]) -> None:
    assert [list(word) for word in word_forms(text)] == words


@given(st.text())
def test_any_text_has_words(text: str) -> None:
    for word in word_forms(text):
        assert word.form
        assert [again.form for again in word_forms(word.form) if again.main][:1] == [word.form]


# ----------------------------------------------------------------------------------------------------------- index


@pytest.mark.slow
def test_each_word_and_each_pair_finds_its_record_and_nothing_else(tmp_path: Path) -> None:
    library = made_library(40)
    write(tmp_path, library)
    reader = Reader(tmp_path)
    numbers = {number: id_ for id_ in library for number in [_number(reader, id_)]}
    everything = {(n, place): text for n, id_ in numbers.items() for place, (text, _) in enumerate(library[id_])}
    forms = {word.form for text in everything.values() for word in word_forms(text)}
    for form in forms:
        expected = {record for record, text in everything.items() if form in {word.form for word in word_forms(text)}}
        assert reader.records(form) == expected, form
    for record, text in everything.items():
        for paragraph in text.split("\n"):
            main = [word for word in word_forms(paragraph) if word.main]
            for one, other in pairwise(main):
                if other.position - one.position == 1:
                    assert record in reader.phrase(f"{one.form} {other.form}") or len(one.form + other.form) < 5
    assert not reader.records("heroine")
    assert not reader.phrase("bothers nothing")


def _number(reader: Reader, id_: str) -> int:
    """The number of a note, found in the entries."""
    for path in reader.folder.glob("q-*.bin"):
        for number, entry in decode_block(path.read_bytes()).items():
            if entry[0] == id_:
                return number
    raise KeyError(id_)


def test_each_combination_of_facets_finds_its_records(tmp_path: Path) -> None:
    library = made_library(40)
    write(tmp_path, library)
    reader = Reader(tmp_path)
    numbers = {id_: _number(reader, id_) for id_ in library}
    for theme, year in product(THEMES, range(1990, 1995)):
        found = reader.records(f"#{theme}") & reader.records(f"={year}")
        expected = {
            (numbers[id_], place)
            for id_, quotes in library.items()
            for place, (_, facets) in enumerate(quotes)
            if {f"#{theme}", f"={year}"} <= set(facets)
        }
        assert found == expected


def test_words_of_two_paragraphs_are_no_phrase(tmp_path: Path) -> None:
    write(tmp_path, {"x": [("It ended.\nHere it began.", [])]})
    assert Reader(tmp_path).phrase("here it")
    assert not Reader(tmp_path).phrase("ended here")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("far—too far—and/or gone", "too far"),
        ("the horrible memories…without heroin", "memories without"),
        ("麻酔薬は痛みを和らげる。夜は長い。", "痛み"),
        ("麻酔薬は痛みを和らげる。夜は長い。", "夜"),
        ("北冥有魚，其名為鯤", "其名為鯤"),
        ("הלילה ארוך", "לילה"),
        ("Die Straße", "strasse"),
        ("their well-being", "wellbeing"),
    ],
)
def test_what_must_be_found(tmp_path: Path, text: str, query: str) -> None:
    write(tmp_path, {"x": [(text, [])]})
    assert Reader(tmp_path).phrase(query)


def test_inflections_share_a_stem(tmp_path: Path) -> None:
    write(tmp_path, {"x": [("memory memories remembered", [])]})
    stems = {}
    for path in tmp_path.glob("s-*.bin"):
        stems |= dict(term.split("\0") for term in decode_shard(path.read_bytes()))
    assert stems["qmemory"] == stems["qmemories"] != stems["qremembered"]


# ------------------------------------------------------------------------------------------------- step by step


@pytest.mark.slow
def test_step_by_step_gives_the_bytes_of_from_nothing(tmp_path: Path) -> None:
    chance = random.Random(2)
    library = made_library(120)
    stepped, memory = tmp_path / "stepped", tmp_path / "memory.sqlite"
    write(stepped, library, memory)
    for step in range(12):
        ids = sorted(library)
        for id_ in chance.sample(ids, 2):
            match chance.choice(("drop", "edit", "add")):
                case "drop":
                    del library[id_]
                case "edit":
                    text, facets = library[id_][0]
                    library[id_][0] = (f"{text} One word more: rare{step}.", [*facets, "#new"])
                case "add":
                    library[f"added-{step}-{id_}"] = [("Another text with horrible words.", ["#numbing"])]
        done = write(stepped, library, memory)
        assert done.changed < done.files
        fresh = tmp_path / f"fresh-{step}"
        write(fresh, library)
        assert contents(stepped) == contents(fresh), step


@pytest.mark.slow
def test_an_edit_writes_little_and_nothing_when_nothing_changed(tmp_path: Path) -> None:
    library = made_library(300)
    write(tmp_path / "index", library, tmp_path / "memory")
    assert write(tmp_path / "index", library, tmp_path / "memory").changed == 0
    text, facets = library["note-7"][0]
    library["note-7"][0] = (text.replace("second", "third"), facets)
    assert 0 < write(tmp_path / "index", library, tmp_path / "memory").changed < 12


@pytest.mark.parametrize("damage", ["file", "memory"])
def test_a_damaged_index_is_made_anew(tmp_path: Path, damage: str) -> None:
    library = made_library(20)
    folder, memory = tmp_path / "index", tmp_path / "memory"
    write(folder, library, memory)
    before = contents(folder)
    if damage == "file":
        next(folder.glob("s-*.bin")).unlink()
    else:
        memory.write_bytes(b"no database")
    write(folder, library, memory)
    assert contents(folder) == before


def test_two_notes_of_one_number_are_both_found() -> None:
    """With 20 bits some of so many ids meet; the later one takes the next number."""
    made = [IndexDocument(kind=0, id=f"note-{number}", digest="", make=lambda: None) for number in range(5000)]  # type: ignore[arg-type,return-value]
    assert len(number_documents(made)) == 5000
    assert number_documents(made) == number_documents(made[::-1])


def test_shards_are_divided_by_weight_and_every_form_has_one() -> None:
    weights = {f"q{a}{b}": 900 for a in "abcdefgh" for b in "aeiouxyz"} | {"qthe": 90_000, "rthe": 40}
    shards = partition(weights)
    assert len(shards) > 4
    assert index_shard("qthe", shards.__contains__) in {"qthe", "qth", "qt"}
    assert index_shard("qzzz", shards.__contains__) == "q"
    assert index_shard("rzzz", shards.__contains__) == "r"
    assert len({shard_name(prefix) for prefix in [*shards, "qé", "q#a", "qa_"]}) == len(shards) + 3


def test_an_empty_shard_can_be_read() -> None:
    assert decode_shard(encode_shard({})) == {}


# --------------------------------------------------------------------------------------------------- of a library


@pytest.fixture
def site(tmp_path: Path):
    write_files(tmp_path / "annotations", LIBRARY)
    options = Options(root=tmp_path, executor=None)
    return plan_site(check_library(options), options).site


@pytest.mark.slow
def test_every_note_theme_and_work_is_a_document(site) -> None:
    found = sorted((document.kind, document.id) for document in documents(site, lambda _: ""))
    assert found == [
        (0, "forgetting"), (0, "remembering"), (1, "forgetting"), (1, "remembering"),
        (2, "amnesia"), (2, "numbing"), (3, "doe2009"), (3, "roe2010"),
    ]  # fmt: skip


@pytest.mark.slow
def test_a_quotation_can_be_narrowed_by_all_that_is_known_of_it(site) -> None:
    (kept,) = (d.make() for d in documents(site, lambda _: "") if (d.kind, d.id) == (0, "remembering"))
    assert kept.records[0].facets == [
        "#amnesia", "#numbing", "!none", "@roe2010", "~author", "=2010", "^en", "%none",
    ]  # fmt: skip
    assert kept.entry[2][0][:4] == ["kept", "Author", "Roe, 2010", "roe2010"]


@pytest.mark.slow
def test_the_words_of_a_closed_quotation_stand_in_its_closed_card_alone(site, tmp_path: Path) -> None:
    index_site(site, tmp_path / "index")
    met = []
    for path in (tmp_path / "index").glob("[qntw]-*.bin"):
        for number, entry in decode_block(path.read_bytes()).items():
            if "gone is gone" in json.dumps(entry):
                met.append((number >> 20, entry[0]))
                assert "gone is gone" not in json.dumps(entry[:-1])
                card = entry[-1]
                for place, part in enumerate(card_parts()):
                    card = card.replace(chr(0xE000 + place), part)
                assert '<details class="closed"' in card
                assert "gone is gone" not in card.partition("</summary>")[0] + card.partition("</details>")[2]
    assert met == [(0, "forgetting")]


@pytest.mark.slow
def test_the_text_of_a_note_reads_well(site) -> None:
    (note,) = (d.make() for d in documents(site, lambda _: "") if (d.kind, d.id) == (1, "forgetting"))
    assert note.records[0].paragraphs == ["A first sentence of the note (Doe, 2009, p. 3). See the other note."]
    assert note.entry[:3] == ["forgetting", "On forgetting", "Doe, J. (2009). The art of forgetting. Somewhere Press."]


def test_a_note_on_a_retracted_work_says_so(tmp_path: Path) -> None:
    old = "    type: book\n"
    assert old in LIBRARY["notes/forgetting.md"]
    for name, text in LIBRARY.items():
        path = tmp_path / "annotations" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(old, f"{old}    status: retracted\n"), encoding="utf-8")
    options = Options(root=tmp_path, executor=None)
    site = plan_site(check_library(options), options).site
    titles = {d.id: d.make().entry[1] for d in documents(site, lambda _: "") if d.kind == 1}
    assert titles == {"forgetting": "On forgetting [Retracted]", "remembering": "On remembering"}


def test_the_catalogue_counts_what_can_be_chosen(site) -> None:
    counts = FacetCounts()
    for document in documents(site, lambda _: ""):
        if document.kind == QUOTES:
            counts.add(document.make().records)
    found = catalogue(site, counts)
    assert found["quotations"] == 2
    assert found["theme"] == [["amnesia", "Amnesia", 2, [], []], ["numbing", "Numbing", 1, ["amnesia"], []]]
    assert found["source"] == [["doe2009", "Doe, 2009", 1], ["roe2010", "Roe, 2010", 1]]
    assert found["notice"] == [["drug-use", "Drug use", 1], ["none", "No notice", 1]]


def test_an_index_is_brought_to_a_site_and_unchanged_files_keep_their_time(site, tmp_path: Path) -> None:
    folder, built = tmp_path / "index", tmp_path / "built"
    index_site(site, folder)
    place_index(folder, built)
    times = {path.name: path.stat().st_mtime_ns for path in (built / "search-index").iterdir()}
    (built / "search-index" / "s-qold.bin").write_bytes(b"")
    place_index(folder, built)
    assert {path.name: path.stat().st_mtime_ns for path in (built / "search-index").iterdir()} == times
