"""Made documents for tests of the search index, and a reader of its postings that knows nothing of how they are made."""

import json
import random
from collections.abc import Mapping
from pathlib import Path

from florilegium.site.search.index_records import IndexDocument, Made, Record, number_documents
from florilegium.site.search.index_shards import decode_shard, index_shard, shard_name
from florilegium.site.search.index_writing import IndexResult, write_index
from florilegium.site.search.search_tokens import word_forms

THEMES = ("amnesia", "numbing", "soothing")
_TEXTS = [
    "The horrible memories…without heroin I couldn’t leave home.", "umm…nothing bothers me", "far—too far—and/or gone",
    "Die Straße war leer, und die Füße taten weh.", "麻酔薬は痛みを和らげる。夜は長い。", "北冥有魚，其名為鯤", "הלילה ארוך והבית ריק",
    "الليل طويل للبيت", "Боль была сильная, и боли не было конца.", "state-of-the-art well-being",
]  # fmt: skip


def write(folder: Path, texts: Mapping[str, list[tuple[str, list[str]]]], memory: Path | None = None) -> IndexResult:
    """Write the index of notes, given by id as the texts and facets of their quotations."""
    found = number_documents([make(id_, quotes) for id_, quotes in texts.items()])
    return write_index(found, lambda counts: {"facets": sorted((+counts).items())}, folder, memory)


def make(id_: str, quotes: list[tuple[str, list[str]]], kind: int = 0) -> IndexDocument:
    """A document of so many quotations."""
    records = [Record("en", "", text.split("\n"), facets) for text, facets in quotes]
    rows = [[f"q{number}", "Author", "Doe, 2009"] for number in range(len(quotes))]
    cards = "\0".join(f"<figure><blockquote>{text}</blockquote></figure>" for text, _ in quotes)
    made = Made(records, [id_, f"On {id_}", rows, cards])
    return IndexDocument(kind=kind, id=id_, digest=json.dumps(quotes), make=lambda: made)


def made_library(notes: int, seed: int = 1) -> dict[str, list[tuple[str, list[str]]]]:
    """Notes with quotations in many scripts, and facets of all combinations."""
    chance = random.Random(seed)
    plain = [f"{a}{b}{c}" for a in ("ba", "be", "sto", "tri") for b in ("l", "m", "nd") for c in ("a", "ing", "s", "y")]
    found = {}
    for number in range(notes):
        quotes = []
        for _ in range(chance.randint(1, 5)):
            words = " ".join(chance.choice(plain) for _ in range(chance.randint(3, 12)))
            text = f"{words}. {chance.choice(_TEXTS)}\nA second paragraph of {chance.choice(plain)}."
            quotes.append((text, [f"#{chance.choice(THEMES)}", f"={chance.randint(1990, 1994)}"]))
        found[f"note-{number}"] = quotes
    return found


class Reader:
    """An index, as a program in the browser sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.about = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        self.shards = set(self.about["shards"].split(" "))
        self.read: dict[str, dict[str, list[tuple[int, int, int]]]] = {}

    def postings(self, form: str, group: str = "q") -> list[tuple[int, int, int]]:
        """Document, place and position of every occurrence of a form."""
        name = shard_name(index_shard(group + form, self.shards.__contains__))
        if name not in self.read:
            forms = self.read[name] = {}
            for term, found in decode_shard((self.folder / name).read_bytes()).items():
                places = [(posting >> 40, posting >> 20 & 0xFFFFF, posting & 0xFFFF) for posting in found]
                forms.setdefault(term.partition("\0")[0], []).extend(places)
        return self.read[name].get(group + form, [])

    def records(self, form: str, group: str = "q") -> set[tuple[int, int]]:
        return {(document, place) for document, place, _ in self.postings(form, group)}

    def phrase(self, text: str) -> set[tuple[int, int]]:
        """The records in which the words of a text stand one after the other."""
        words = [word for word in word_forms(text) if word.main]
        starts = set(self.postings(words[0].form))
        for word in words[1:]:
            distance = word.position - words[0].position
            next_ = set(self.postings(word.form))
            starts = {(d, place, at) for d, place, at in starts if (d, place, at + distance) in next_}
        return {(document, place) for document, place, _ in starts}
