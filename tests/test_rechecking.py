"""What is found after an edit from what is kept of the other notes is what a check of the whole library finds."""

import random
import re
import shutil
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest
from florilegium.check import checking, rechecking
from florilegium.check.checking import Options, Totals, check_library, check_quickly, judge
from florilegium.check.checks import CHECKS, quote_checks, reference_checks, verification_checks
from florilegium.check.checks.context import Context, WholeLibrary
from florilegium.core.state_folder import state_folder
from florilegium.core.store import Store
from florilegium.library.kept_files import KeptFiles
from florilegium.library.links import resolve_links
from florilegium.library.listing import Listed, list_files
from florilegium.library.reading import Parsed, read_library
from florilegium.quotations.fingerprints import fingerprint
from florilegium.quotations.lock_file import QUOTES_HEADER
from florilegium.quotations.matching.normal_form import words_digest
from florilegium.quotations.permalinks import permalinks_of

CHECKS_FOLDER = Path(quote_checks.__file__).parent
SETTINGS = """title: Title
roles: [{id: participant, label: Participant}, {id: author, label: Author}]
notices: [{id: trauma, label: Trauma}]
sensitive-sources: {shared: [trauma]}
"""
SEEDS = 2
TODAY = date(2026, 11, 29)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A note as the random edits of these tests see it."""

    works: dict[str, str] = field(default_factory=dict)
    """By key, the rest of the entry."""
    source: str = "k0"
    themes: str = "pain"
    status: str = "published"
    quotes: tuple[tuple[str, str, str, str], ...] = ()
    """Words, speaker, key with place, and theme with id."""
    prose: str = "Prose."

    def text(self) -> str:
        works = "".join(f"  - {{id: {key}, {rest}}}\n" for key, rest in self.works.items())
        quotes = "".join(f"\n> {w}\n>\n> — {s}, [@{k}] {t}\n" for w, s, k, t in self.quotes)
        listed = f"references:\n{works}" if works else ""
        return (
            f"---\ntitle: A title\nsource: {self.source}\nbasis: full-text\nthemes: [{self.themes}]\n"
            f"status: {self.status}\n{listed}---\n{self.prose} [@{self.source}]\n{quotes}"
        )


BOOK = "type: book, title: A title, author: [{family: Roe, given: Ann}], publisher: P, issued: 2001"
ARTICLE = BOOK.replace("book", "article-journal").replace("publisher: P", "container-title: J, page: 10-20")


def draft(number: int) -> Draft:
    words = f"These are words of which there are number {number} and no other"
    themes = ("pain", "sleep") if number == 2 else ("pain",)
    tag = f"{' '.join(f'#{id_}' for id_ in themes)} {{#q{number}}}"
    return Draft(
        works={f"k{number}": BOOK},
        source=f"k{number}",
        themes=", ".join(themes),
        quotes=((words, f'a participant "Dana{number}"', f"k{number}, p. 3", tag),),
        prose=f"Prose, see [there](n{(number + 1) % 8}.md#q-q{(number + 1) % 8}) and [@k{(number + 3) % 8}, p. 12].",
    )


class Edited:
    """A library on the disk, and its notes as drafts."""

    def __init__(self, root: Path) -> None:
        self.root = root / "annotations"
        for folder in ("notes", "themes", "references"):
            (self.root / folder).mkdir(parents=True)
        self.parsed: dict[Listed, Parsed] = {}
        self.turn = False
        """Whether the next check is one of a build, or that of the command."""
        self.judged: list[object] = []
        self.options = Options(root=root, executor=None, today=TODAY)
        self.notes = {f"n{number}": draft(number) for number in range(8)}
        self.others = {"library.yml": SETTINGS, "themes/pain.md": theme("Pain"), "themes/sleep.md": theme("Sleep")}
        self.others["references/all.yaml"] = f"references:\n  - {{id: shared, {BOOK}}}\n"
        for path, text in {**self.others, **{f"notes/{id_}.md": one.text() for id_, one in self.notes.items()}}.items():
            (self.root / path).write_text(text)

    def set(self, id_: str, **changes: object) -> None:
        self.notes[id_] = replace(self.notes.get(id_, draft(1)), **changes)
        self.write(f"notes/{id_}.md", self.notes[id_].text())

    def write(self, path: str, text: str | None) -> None:
        """Write a file, or remove it."""
        if text is None:
            (self.root / path).unlink(missing_ok=True)
        else:
            (self.root / path).write_text(text)

    def compare(self) -> bool:
        """Whether the edit was checked by itself; what was found is that of a check of everything."""
        result = read_library(self.options.root, known=self.parsed.get)
        listed = list_files(self.options.root)[0]
        self.parsed = {one: result.parsed[one.path] for one in listed}
        links, whole = judge(result, self.options.today)
        before, self.turn = len(self.judged), not self.turn
        found = check_quickly(self.options) if self.turn else check_library(self.options)[1:]
        assert found[:2] == (whole, Totals.of(links))
        return len(self.judged) == before


def theme(label: str) -> str:
    return f"---\nlabel: {label}\n---\nWhat it is.\n"


@pytest.fixture
def library(tmp_path, monkeypatch):
    monkeypatch.setattr(KeptFiles, "is_settled", lambda _, __: True)
    edited, real = Edited(tmp_path), checking.judge_all
    monkeypatch.setattr(checking, "judge_all", lambda *given: edited.judged.append(given) or real(*given))
    edited.compare()
    return edited


QUOTE = ("Other words of which there are more than twenty", "a participant", "k1, p. 3", "#pain {#new}")
EDITS = {
    "a sentence": {"prose": "Other prose."},
    "an id that another note links to": {"quotes": (QUOTE,)},
    "no quote for a theme": {"quotes": ()},
    "the words of another note": {"quotes": ((*draft(5).quotes[0][:2], "k1, p. 3", "#pain {#q1}"),)},
    "a name in another role": {"quotes": ((QUOTE[0], 'an author "Dana5"', "k5, p. 3", "#pain {#q1}"),)},
    "a key that others cite is gone": {"works": {"new": BOOK}, "source": "new"},
    "a kind of work whose pages count": {"works": {"k1": ARTICLE}},
    "a work of another name": {"works": {"k1": BOOK, "k5": BOOK.replace("Ann", "Eve")}, "prose": "[@k5]"},
    "a DOI twice": {"works": {"k1": f"{BOOK}, DOI: 10.1/x", "k9": f"{BOOK}, DOI: 10.1/X"}, "prose": "[@k9]"},
    "a draft": {"status": "draft"},
    "another theme": {"themes": "sleep"},
    "a theme that is none": {"themes": "pian"},
    "a sensitive work": {"quotes": (("W" * 30, "a participant", "shared, p. 3", "#pain {#q1}"),)},
    "a work of the shared file": {"works": {"k1": BOOK, "shared": ARTICLE}, "prose": "[@shared]"},
    "a retracted work": {"works": {"k1": f"{BOOK}, custom: {{status: retracted}}"}},
}


@pytest.mark.parametrize("edit", EDITS)
def test_one_edit_is_checked_by_itself(library, edit):
    before = check_quickly(library.options)[0]
    library.set("n1", **EDITS[edit])
    assert library.compare()
    library.set("n1", **vars(draft(1)))
    assert library.compare()
    assert check_quickly(library.options)[0] == before == ()


NOTICED = theme("Pain").replace("label", "notices: [trauma]\nlabel")
SHARED = f"references:\n  - {{id: shared, {BOOK}}}\n"
OTHERS = {
    "a label": ("themes/pain.md", theme("Ache")),
    "a notice that every quote of a theme must have": ("themes/pain.md", NOTICED),
    "a heading that nothing links to": ("themes/sleep.md", f"{theme('Sleep')}\n# More\n"),
    "a theme that is gone": ("themes/sleep.md", None),
    "a theme that is new": ("themes/new.md", theme("New")),
    "a theme that is none": ("themes/pain.md", "Nothing"),
    "another kind of work": ("references/all.yaml", SHARED.replace("book", "article-journal")),
    "a work that a note describes otherwise": ("references/all.yaml", f"{SHARED}  - {{id: k1, {ARTICLE}}}\n"),
    "a work whose DOI is that of another": ("references/all.yaml", f"{SHARED}  - {{id: x, {BOOK}, DOI: 10.1/x}}\n"),
    "a work that is retracted": (
        "references/all.yaml",
        f"{SHARED}  - {{id: k1, {BOOK}, custom: {{status: retracted}}}}",
    ),
    "no works": ("references/all.yaml", None),
    "a title": ("library.yml", SETTINGS.replace("Title", "Other")),
    "a severity": ("library.yml", f"{SETTINGS}severities: {{unused-theme: off}}\n"),
    "a redirect": ("library.yml", f"{SETTINGS}redirects: {{notes/old: notes/n1, notes/n2: notes/n1}}\n"),
    "an address that was published": ("permalinks.lock", "notes/n1/#q-q1\nnotes/n1/#q-gone\n"),
}
WHOLE = {
    "no settings": ("library.yml", None),
    "a role": ("library.yml", SETTINGS.replace("id: participant", "id: person")),
    "a notice": ("library.yml", SETTINGS.replace("id: trauma", "id: other")),
    "a sensitive work": ("library.yml", SETTINGS.replace("shared:", "k1:")),
    "a language": ("library.yml", f"{SETTINGS}language: de\n"),
}


@pytest.mark.parametrize("edit", [*OTHERS, *WHOLE])
def test_an_edit_of_another_file_is_checked_with_the_notes_that_depend_on_it(library, edit):
    path, text = {**OTHERS, **WHOLE}[edit]
    library.set("n1", prose="Other prose. [There](../themes/pain.md#more)" if "heading" in edit else "Other prose.")
    library.write(path, text)
    assert library.compare() == (edit in OTHERS)
    library.set("n2", prose="Other prose.")
    library.compare()
    library.write(path, library.others.get(path))
    assert library.compare() == (edit in OTHERS)
    library.set("n2", prose="More prose.")
    assert library.compare()


def test_notes_come_and_go(library):
    (library.root / "notes/n1.md").unlink()
    assert library.compare()
    library.set("n1")
    library.set("n9", works={}, quotes=(), prose="[there](n1.md)")
    assert library.compare()


def test_what_was_verified_is_judged_with_the_note(library):
    sources = judge(read_library(library.options.root), TODAY)[0].sources

    def verified(*numbers: int, words: str = "", work: str = "") -> None:
        """Write a lock in which the quotes of these notes are compared with a work."""
        lines = []
        for number in numbers:
            digest = words_digest(words or draft(number).quotes[0][0])
            said = work or fingerprint(sources[f"k{number}"])
            lines.append(
                f"n{number}/q{number} k{number} sha256:{digest} sha256:{str(number) * 64} 3 2026-01-01 work={said}"
            )
        library.write("quotes.lock", "\n".join([QUOTES_HEADER, *lines, ""]))

    verified(1, 2)
    assert library.compare()
    library.set("n1", prose="Other prose.")
    assert library.compare()
    verified(1, 2, 3, words="Other words")
    assert library.compare()
    assert {finding.rule for finding in check_quickly(library.options)[0]} == {"quote-changed-since-verified"}
    verified(1, 3)
    assert library.compare()
    assert check_quickly(library.options)[0] == ()
    library.set("n3", quotes=())
    assert not library.compare()
    library.set("n3", **vars(draft(3)))
    verified(1, 2, work="Eve:2020:other")
    library.compare()
    verified(9, work="Eve:2020:other")
    library.compare()


def test_a_published_address_that_is_gone_is_missed(library):
    (library.root / "permalinks.lock").write_text("notes/n1/#q-q1\nthemes/pain/\n")
    library.compare()
    library.set("n1", quotes=(QUOTE,))
    assert library.compare()
    assert "vanished-permalink" in {finding.rule for finding in check_quickly(library.options)[0]}


def test_an_earlier_day_is_another_one(library):
    library.options = replace(library.options, today=date(2026, 11, 30))
    library.set("n1", prose="Other prose.")
    assert library.compare()
    library.options = replace(library.options, today=date(2000, 1, 1))
    assert not library.compare()


def test_what_is_kept_and_damaged_is_not_used(library):
    library.set("n1", prose="Other prose.")
    for path in state_folder(library.options.root).glob("*.sqlite"):
        path.write_bytes(b"damaged")
    assert not library.compare()


def test_without_facts_the_whole_library_is_checked(library):
    Store(state_folder(library.options.root)).save("note-facts", {}, alone=True)
    library.set("n1", prose="Other prose.")
    assert not library.compare()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_any_edits_one_after_the_other(library, seed):
    chance = random.Random(seed)
    alone = 0
    for _ in range(16):
        for _ in range(chance.choice((1, 1, 2))):
            id_ = f"n{chance.randrange(9)}"
            if chance.random() < 0.1 and id_ in library.notes:
                (library.root / f"notes/{id_}.md").unlink(missing_ok=True)
            elif chance.random() < 0.4:
                library.set(id_, **vars(draft(int(id_[1:]) % 8)))
            else:
                library.set(id_, **chance.choice(list(EDITS.values())))
        if chance.random() < 0.3:
            path, text = chance.choice(list((OTHERS if chance.random() < 0.9 else WHOLE).values()))
            library.write(path, chance.choice((text, library.others.get(path))))
        alone += library.compare()
    assert alone > 5


COMPARING = {
    quote_checks.check_duplicate_quote,
    quote_checks.check_conflicting_speaker,
    reference_checks.check_conflicting_reference,
    reference_checks.check_duplicate_source,
    verification_checks.check_stale_lock_entry,
    verification_checks.check_verified_work_changed,
}
"""The checks that compare notes with each other, or works: `rechecking.py` knows what each needs."""
NOTES = (
    "quote_checks",
    "reference_checks",
    "theme_checks",
    "translation_checks",
    "hyperlink_checks",
    "verification_checks",
)
CASES = sorted(
    path
    for module in NOTES
    for rule in re.findall(r'declare_rule\(\s*"(.*?)"', (CHECKS_FOLDER / f"{module}.py").read_text())
    for path in list((Path(__file__).parent / "cases" / rule).glob("*/"))[:2]
)


def test_every_other_check_finds_in_all_notes_what_it_finds_in_each(tmp_path):
    base = Path(__file__).parent / "cases" / "base"
    assert len(CASES) > 40
    for number, case in enumerate(CASES):
        root = tmp_path / str(number)
        shutil.copytree(base, root)
        shutil.copytree(case, root, dirs_exist_ok=True)
        links = resolve_links(read_library(root).library)
        everything = Context(links, TODAY)
        addresses = frozenset(permalinks_of(links.library))
        whole = WholeLibrary(everything.every_note, everything.listed_themes, addresses)
        for check in CHECKS:
            found = {
                finding
                for note in (*links.library.notes, None)
                for finding in check(Context(only(links, note), TODAY, whole=whole))
            }
            assert check in COMPARING or found == set(check(Context(links, TODAY))), (case, check)


def only(links, note):
    return replace(links, library=replace(links.library, notes=(note,) if note else ()))


def test_a_note_that_changed_a_moment_ago_is_compared_with_what_it_was(library, monkeypatch):
    monkeypatch.setattr(KeptFiles, "is_settled", lambda _, listed: not listed.path.endswith("n1.md"))
    library.set("n2", prose="[@new]")
    for works in ({"k1": BOOK}, {"k1": BOOK, "new": BOOK}, {"k1": BOOK}, {"k1": BOOK, "new": BOOK}):
        library.set("n1", works=works, prose="[@new]" if "new" in works else "Prose.")
        library.compare()
        library.compare()


def test_what_another_run_kept_meanwhile_stays(library, monkeypatch):
    library.set("n1", works={"k1": BOOK, "new": BOOK}, prose="[@new]")
    library.set("n2", prose="[@new]")
    library.compare()
    real = rechecking.hold_back

    def meanwhile(*given):
        monkeypatch.setattr(rechecking, "hold_back", real)
        library.set("n1", **vars(draft(1)))
        check_library(library.options)
        return real(*given)

    library.set("n2", prose="And [@new]")
    monkeypatch.setattr(rechecking, "hold_back", meanwhile)
    check_quickly(library.options)
    library.set("n3", prose="Other prose.")
    assert library.compare()
