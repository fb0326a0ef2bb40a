"""Makes libraries of any size for the benchmark, and the same prose as a stock MkDocs site.

Everything follows from the number of notes: the same number gives the same bytes on any machine. A note has ten
quotes and three citations in its prose, and brings two works, which later notes cite; themes grow slowly with the
notes. The words are made up, and as frequent as those of a natural text (Zipf's law).

    python tests/benchmarks/make_library.py FOLDER 1000 [--stock]
"""

import argparse
import random
import re
import shutil
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

QUOTES = 10
"""Quotes of a note."""

PROJECT = Path(__file__).resolve().parents[2]
GENERATED = ("notes", "themes", "quotes", "works", "authors", "references", "rules", "coverage")
"""Folders of `docs/` that the program writes."""

_FUNCTION_WORDS = """the of and to in a that is was for it as with on be at by this from or had not are but which have an
they were their one has who more been when we may some about would other into its than only could these two such then
do first any my now over most me even made after also did many before must through years where much your way well""".split()
_ONSETS = "b c d f g h l m n p r s t v w br cr dr fl gr pl pr sl st str th tr ch sh".split()
_NUCLEI = "a e i o u ai ea ee ou io".split()
_CODAS = ["", "", "", "n", "r", "s", "t", "l", "nd", "st", "m"]
_NOTICES = ("drug-use", "trauma", "despair")
_ROLES = {
    "participant": ("Dana", "Noor"),
    "author": ("Ilse", "Tomas"),
    "interviewer": ("Femi", "Ruth"),
    "clinician": ("Amal", "Pell"),
}
"""The names of the speakers of each role: somebody speaks in one role throughout a work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A work of the library: enough of it to cite it where its pages allow."""

    key: str
    yaml: str
    first: int
    last: int
    """Its pages, or those that may be cited of it."""


class Writer:
    """Words, sentences and works, all drawn from one seeded source of chance."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(seed)

    def syllables(self, least: int, most: int) -> str:
        chosen = (_ONSETS, _NUCLEI, _CODAS)
        count = self.chance.randint(least, most)
        return "".join(self.chance.choice(part) for _ in range(count) for part in chosen)

    def vocabulary(self, size: int) -> list[str]:
        """So many different words, the shorter ones first, as in any language."""
        made = dict.fromkeys(_FUNCTION_WORDS)
        while len(made) < size:
            made[self.syllables(1 + (len(made) > 2000), 1 + (len(made) > 300) + (len(made) > 5000))] = None
        return list(made)


class Lexicon:
    """Words by rank; the word of rank r is drawn with a frequency of 1 / (r + 2.7), as Mandelbrot has it."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self.weights = list(accumulate(1 / (rank + 2.7) for rank in range(1, len(words) + 1)))

    def draw(self, chance: random.Random) -> str:
        return self.words[bisect(self.weights, chance.random() * self.weights[-1])]


_WORDS = Lexicon(Writer("words").vocabulary(20_000))
_SURNAMES = Lexicon([name.capitalize() for name in Writer("names").vocabulary(3_100)[len(_FUNCTION_WORDS) :]])


class Prose(Writer):
    """Running text."""

    def sentence(self, least: int = 6, most: int = 22) -> str:
        words = [_WORDS.draw(self.chance) for _ in range(self.chance.randint(least, most))]
        if len(words) > 12:
            words[self.chance.randint(5, 9)] += self.chance.choice((",", ",", ",", "’s", " —"))
        return f"{' '.join(words).capitalize()}."

    def sentences(self, count: int) -> str:
        return " ".join(self.sentence() for _ in range(count))

    def title(self) -> str:
        return " ".join(_WORDS.draw(self.chance) for _ in range(self.chance.randint(4, 9))).capitalize()


def theme_count(notes: int) -> int:
    """40 themes at 1,000 notes, 100 at 10,000."""
    return max(4, round(40 * (notes / 1000) ** 0.4))


def make_library(root: Path, notes: int) -> None:
    """Write a project with so many notes to `root`, which must not exist; a check of it finds nothing."""
    folder = root / "annotations"
    (folder / "themes").mkdir(parents=True)
    (folder / "notes").mkdir()
    (folder / "library.yml").write_text(_settings(), encoding="utf-8")
    for path, text in _documents(notes):
        (folder / path).write_text(text, encoding="utf-8")
    _copy_frame(root)


def make_stock(root: Path, notes: int) -> None:
    """Write the prose of the same notes and themes as the pages of a stock MkDocs site."""
    docs = root / "docs"
    (docs / "themes").mkdir(parents=True)
    (docs / "notes").mkdir()
    (root / "mkdocs.yml").write_text(_STOCK, encoding="utf-8")
    (docs / "index.md").write_text("# Home\n\nA library.\n", encoding="utf-8")
    (docs / "tags.md").write_text("# Tags\n\n<!-- material/tags -->\n", encoding="utf-8")
    for path, text in _documents(notes):
        (docs / path).write_text(_stock_page(text), encoding="utf-8")


_STOCK = """\
site_name: Stock
theme: {name: material, font: false}
plugins: [search, tags]
nav: [index.md, tags.md]
not_in_nav: |
  /notes/
  /themes/
"""


def _stock_page(text: str) -> str:
    """A note or theme whose front matter is what Material reads: a title, and themes as tags."""
    _, front, body = text.split("---\n", 2)
    title = re.search(r"^(?:title|label): (.*)$", front, re.MULTILINE)
    themes = re.search(r"^themes: (.*)$", front, re.MULTILINE)
    assert title is not None
    tags = f"tags: {themes[1]}\n" if themes else ""
    return f"---\ntitle: {title[1]}\n{tags}---\n{body}"


def _settings() -> str:
    roles = "".join(f"  - {{id: {role}, label: {role.capitalize()}}}\n" for role in _ROLES)
    notices = "".join(f"  - {{id: {id_}, label: {id_.capitalize()}}}\n" for id_ in _NOTICES)
    return f"title: A made-up library\nlanguage: en\ncitation-style: apa\nroles:\n{roles}notices:\n{notices}"


def _documents(notes: int) -> Iterator[tuple[str, str]]:
    """Path below `annotations/`, and text, of every theme and note."""
    works = [_works(number) for number in range(notes)]
    themes = _themes(notes)
    for number, id_ in enumerate(themes):
        yield f"themes/{id_}.md", _theme(number, themes, works)
    for number in range(notes):
        yield f"notes/{_note_id(number)}.md", _note(number, themes, works)


# ------------------------------------------------------------------------------------------------------ works


def _works(number: int) -> tuple[Work, Work]:
    """The article that a note summarises, and a book that comes with it."""
    prose = Prose(f"works of {number}")
    return _article(number, prose), _book(number, prose)


def _authors(prose: Prose) -> tuple[str, str]:
    surnames = [_SURNAMES.draw(prose.chance) for _ in range(prose.chance.choice((1, 1, 2, 2, 3, 4)))]
    listed = ", ".join(f"{{family: {name}, given: {prose.syllables(2, 2).capitalize()}}}" for name in surnames)
    return surnames[0].lower(), f"[{listed}]"


def _article(number: int, prose: Prose) -> Work:
    name, authors = _authors(prose)
    first, year = prose.chance.randint(1, 900), prose.chance.randint(1970, 2020)
    last = first + prose.chance.randint(8, 30)
    key = f"{name}{year}-{number}a"
    yaml = f"""\
  - id: {key}
    type: article-journal
    author: {authors}
    title: {prose.title()}
    container-title: Journal of {prose.title()}
    volume: {prose.chance.randint(1, 90)}
    issue: {prose.chance.randint(1, 6)}
    page: {first}-{last}
    issued: {{date-parts: [[{year}]]}}
    DOI: 10.5555/{name}.{number}.{year}
"""
    return Work(key=key, yaml=yaml, first=first, last=last)


def _book(number: int, prose: Prose) -> Work:
    name, authors = _authors(prose)
    year = prose.chance.randint(1970, 2020)
    key = f"{name}{year}-{number}b"
    yaml = f"""\
  - id: {key}
    type: book
    author: {authors}
    title: "{prose.title()}: {prose.title()}"
    publisher: {prose.syllables(2, 3).capitalize()} Press
    issued: {{date-parts: [[{year}]]}}
"""
    return Work(key=key, yaml=yaml, first=1, last=400)


def _page(work: Work, chance: random.Random) -> int:
    return chance.randint(work.first, work.last)


# ----------------------------------------------------------------------------------------------------- themes


def _themes(notes: int) -> list[str]:
    prose = Prose("themes")
    ids: dict[str, None] = {}
    while len(ids) < theme_count(notes):
        ids[f"{prose.syllables(2, 3)}-{prose.syllables(1, 2)}"] = None
    return list(ids)


def _needed_notice(number: int) -> str:
    """The notice that every quote under a theme needs, if any."""
    return _NOTICES[0] if number % 9 == 4 else ""


def _theme(number: int, themes: Sequence[str], works: Sequence[tuple[Work, Work]]) -> str:
    prose = Prose(f"theme {number}")
    book = works[number % len(works)][1]
    broader = f"broader: {themes[number // 5 - 1]}\n" if number >= 5 else ""
    related = themes[(number + 1) % len(themes)]
    label = themes[number].replace("-", " ").capitalize()
    return f"""\
---
label: {label}
{broader}related: [{related}]
notices: [{_needed_notice(number)}]
---
{prose.sentences(3)} {prose.sentence()[:-1]} [@{book.key}, p. {_page(book, prose.chance)}].

{prose.sentences(2)} What is near to it belongs to [{related}]({related}.md).
"""


# ------------------------------------------------------------------------------------------------------ notes


def _note_id(number: int) -> str:
    return f"{Prose(f'id {number}').syllables(2, 4)}-{number:05}"


def _note(number: int, themes: Sequence[str], works: Sequence[tuple[Work, Work]]) -> str:
    prose = Prose(f"note {number}")
    chosen = _chosen_themes(number, len(themes), prose.chance)
    own, book = works[number]
    other, third = (works[prose.chance.randrange(len(works))][0] for _ in range(2))
    quotes = [_quote(prose, index, chosen, themes, own, book) for index in range(QUOTES)]
    return f"""\
---
title: {prose.title()}
source: {own.key}
basis: full-text
themes: [{", ".join(themes[theme] for theme in chosen)}]
notices: [{", ".join(prose.chance.sample(_NOTICES, prose.chance.choice((0, 0, 1))))}]
contributors: [A Reader]
date: 2024-05-{1 + number % 28:02}
references:
{own.yaml}{book.yaml}---
{prose.sentences(4)} {prose.sentence()[:-1]} [@{book.key}, p. {_page(book, prose.chance)}].

{prose.sentences(3)} *{prose.sentence(3, 6)[:-1]}* {prose.sentence().lower()}

{_sections(prose, chosen, themes, quotes)}
## What remains open

- {prose.sentence()}
- {prose.sentence()[:-1]}, as @{other.key} [p. {_page(other, prose.chance)}] has it.
- {prose.sentence()} See [{themes[chosen[0]]}](../themes/{themes[chosen[0]]}.md).

{prose.sentences(3)} {prose.sentence()[:-1]} [see @{own.key}, pp. {own.first}-{own.first + 2}; also @{third.key}].
"""


def _chosen_themes(number: int, count: int, chance: random.Random) -> list[int]:
    """Three themes; every theme is the first one of some note, and some are met far more often than others."""
    chosen = {number % count: None}
    while len(chosen) < 3:
        chosen[int(count * chance.random() * chance.random())] = None
    return list(chosen)


def _sections(prose: Prose, chosen: Sequence[int], themes: Sequence[str], quotes: Sequence[str]) -> str:
    """A heading for each theme, with its share of the quotes."""
    sections = []
    for place, theme in enumerate(chosen):
        heading = themes[theme].replace("-", " ").capitalize()
        shown = [f"{quote}\n{prose.sentences(1)}\n" for quote in quotes[place :: len(chosen)]]
        sections.append(f"## {heading}\n\n{prose.sentences(3)}\n\n" + "\n".join(shown))
    return "\n".join(sections)


def _quote(prose: Prose, index: int, chosen: Sequence[int], themes: Sequence[str], own: Work, book: Work) -> str:
    chance = prose.chance
    words = prose.sentences(chance.choice((1, 2, 2, 3)))
    filed = [chosen[index % len(chosen)]]
    if chance.random() < 0.25:
        filed.append(chosen[(index + 1) % len(chosen)])
    notices = {_needed_notice(theme) for theme in filed} - {""}
    if chance.random() < 0.1:
        notices.add(chance.choice(_NOTICES))
    tags = [*(f"#{themes[theme]}" for theme in filed), *(f"!{notice}" for notice in sorted(notices))]
    role = chance.choice(list(_ROLES))
    speaker = role + chance.choice(("", *(f' "{name}"' for name in _ROLES[role])))
    cited = f"[@{own.key}, p. {_page(own, chance)}]"
    if index == 7:
        cited = f"[@{book.key}, p. {_page(book, chance)}], quoted in {cited}"
    id_ = "-".join(re.findall("[a-z]+", words.lower())[:3])[:40]
    return f"> {words}\n>\n> — {speaker}, {cited} {' '.join(tags)} {{#{id_}-{index}}}\n"


# ------------------------------------------------------------------------------------------------------ frame

_ABOUT = """---
title: About
---

A library for measuring.

## What is hard to read

Nothing.

## How it is made

By a program.

## Licence

MIT.
"""


def _copy_frame(root: Path) -> None:
    """Copy what surrounds a library: the configuration of the site, and the pages written by hand."""
    configuration = (PROJECT / "mkdocs.yml").read_text(encoding="utf-8")
    ours = f"{PROJECT.as_posix()}/scripts/"
    configuration = re.sub(r"(?<![\w/])scripts/(?=florilegium/|mkdocs_hook)", lambda _: ours, configuration)
    (root / "mkdocs.yml").write_text(configuration, encoding="utf-8")

    def generated(folder: str, names: Sequence[str]) -> list[str]:
        return [*GENERATED, "index.md"] if Path(folder) == PROJECT / "docs" else []

    shutil.copytree(PROJECT / "docs", root / "docs", ignore=generated)
    # What is said there of the library that ships holds for no other.
    (root / "docs" / "about.md").write_text(_ABOUT, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("notes", type=int)
    parser.add_argument("--stock", action="store_true", help="the stock MkDocs site instead")
    options = parser.parse_args()
    (make_stock if options.stock else make_library)(options.folder, options.notes)


if __name__ == "__main__":
    main()
