"""A library that is changed step by step at random is, byte for byte, one that was made from nothing.

A longer run than that of the tests: `python tests/test_steps.py SEED STEPS`.
"""

import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from florilegium.check.checking import Options, check_library, has_errors
from florilegium.library.kept_files import KeptFiles
from florilegium.publish.live.live_library import LiveLibrary, see_files
from florilegium.quotations.lock_file import QUOTES_HEADER
from florilegium.quotations.matching.normal_form import words_digest
from florilegium.site.data_files import data_files
from florilegium.site.data_files.opening import add_data_files, renew_data_files
from florilegium.site.pages.planned_pages import PagePlan
from florilegium.site.planning import plan_site
from florilegium.site.search.index_writing import index_site
from projects import LIBRARY, tree

Files = dict[str, str]
Edit = Callable[[Files, random.Random], None]


def _notes(files: Files) -> list[str]:
    return [name for name in files if name.startswith("notes/")]


def add_sentence(files: Files, chance: random.Random) -> None:
    files[chance.choice(_notes(files))] += f"\nA sentence, number {chance.randrange(1000)} [@doe2009].\n"


def reword(files: Files, chance: random.Random) -> None:
    """Change prose, and nothing that leads anywhere or can be counted."""
    name = chance.choice([name for name in files if name.startswith(("notes/", "themes/"))])
    head, _, body = files[name].rpartition("\n---\n")
    lines = body.split("\n")
    places = [at for at, line in enumerate(lines) if line[:1].isalpha() and " " in line]
    if places:
        at = chance.choice(places)
        first, _, rest = lines[at].partition(" ")
        lines[at] = f"{first} {chance.choice(['again', 'perhaps', 'then'])} {rest}"
    files[name] = f"{head}\n---\n" + "\n".join(lines)


def add_quotation(files: Files, chance: random.Random) -> None:
    number = chance.randrange(10_000)
    key, theme = chance.choice(["doe2009", "roe2010"]), chance.choice(["amnesia", "numbing"])
    files[chance.choice(_notes(files))] += (
        f"\n> Words of which there are {number}.\n>\n> — a participant, in [@{key}, p. {chance.randrange(1, 9)}] "
        f"#{theme} {{#words-{number}}}\n"
    )


def add_gist(files: Files, chance: random.Random) -> None:
    """Say of a quotation what it is about."""
    name, gist = "notes/forgetting.md", f"gist: {{gone: What is gone for the time {chance.randrange(100)}.}}"
    lines = [line for line in files[name].split("\n") if not line.startswith("gist: ")]
    files[name] = "\n".join([lines[0], gist, *lines[1:]])


def add_translation(files: Files, chance: random.Random) -> None:
    name, ending = "notes/remembering.md", "{of=#kept lang=de}\n"
    if "{#kept}" in files[name]:
        body = files[name].partition("\n\n> Ich")[0] if files[name].endswith(ending) else files[name]
        files[name] = (
            f"{body.rstrip()}\n\n> Ich behielt {chance.randrange(100)} Worte.\n>\n> — translated by A {ending}"
        )


def mark_up(files: Files, chance: random.Random) -> None:
    """Emphasise a word of a quotation, or no longer: its words stay as they are."""
    name, before, after = chance.choice(
        [("notes/forgetting.md", "> What is ", "> What *is* "), ("notes/remembering.md", "> I kept ", "> I **kept** ")]
    )
    old, new = (before, after) if before in files[name] else (after, before)
    files[name] = files[name].replace(old, new)


def describe_work(files: Files, chance: random.Random) -> None:
    """Say of a work what its entry in the list of references does not."""
    fields = ["status: retracted", "archive: https://web.archive.org/a", "abstract: What it says.", "PMID: 123", "x: y"]
    lines = [line for line in files["notes/forgetting.md"].split("\n") if line.strip() not in fields]
    at = next(number for number, line in enumerate(lines) if line.startswith("    type: "))
    files["notes/forgetting.md"] = "\n".join([*lines[: at + 1], f"    {chance.choice(fields)}", *lines[at + 1 :]])


def remove_last_block(files: Files, chance: random.Random) -> None:
    name = chance.choice(_notes(files))
    head, _, body = files[name].rpartition("\n---\n")
    blocks = body.rstrip().split("\n\n")
    if len(blocks) > 1:
        files[name] = f"{head}\n---\n" + "\n\n".join(blocks[:-1]) + "\n"


def add_note(files: Files, chance: random.Random) -> None:
    number = chance.randrange(1000)
    files[f"notes/note-{number}.md"] = (
        f"---\ntitle: Note {number}\nbasis: full-text\nsource: new{number}\nthemes: [numbing]\nreferences:\n"
        f"  - {{id: new{number}, type: book, author: [{{family: {chance.choice(['Doe', 'Roe', 'Poe'])}, given: A.}}], "
        f"title: A book, issued: 20{chance.randrange(10, 20)}}}\n---\n"
        f"See [forgetting](forgetting.md) and [@new{number}; @doe2009].\n"
    )


def remove_note(files: Files, chance: random.Random) -> None:
    own = [name for name in _notes(files) if name.startswith("notes/note-")]
    if own:
        del files[chance.choice(own)]


def rename_note(files: Files, chance: random.Random) -> None:
    own = [name for name in _notes(files) if name.startswith("notes/note-")]
    if own:
        files[f"notes/note-{chance.randrange(1000, 2000)}.md"] = files.pop(chance.choice(own))


def add_theme(files: Files, chance: random.Random) -> None:
    number = chance.randrange(10)
    files[f"themes/theme-{number}.md"] = (
        f"---\nlabel: Theme {number}\nbroader: amnesia\nrelated: [numbing]\n---\nSee [amnesia](amnesia.md).\n"
    )


def remove_theme(files: Files, chance: random.Random) -> None:
    own = [name for name in files if name.startswith("themes/theme-")]
    if own:
        del files[chance.choice(own)]


def list_work(files: Files, chance: random.Random) -> None:
    """A list of works whose abstract, which no entry shows, or year changes; the last one is told apart by a letter."""
    files["references/works.yaml"] = "".join(
        f"- {{id: listed{number}, type: book, author: [{{family: Doe, given: A.}}], title: Listed {number}, "
        f"issued: {chance.choice(['2009', '2010'])}, abstract: {chance.choice(['Long.', 'Longer.'])}}}\n"
        for number in range(chance.randrange(1, 4))
    )
    files[chance.choice(_notes(files))] += "\nAs @listed0 has it.\n"


def verify(files: Files, chance: random.Random) -> None:
    """Somebody compares a quotation, and finds it on a page."""
    entry = f"sha256:{words_digest('I kept every word of it.')} sha256:{'0' * 64} 5 2024-06-01"
    files["quotes.lock"] = f"{QUOTES_HEADER}\nremembering/kept roe2010 {entry} page={chance.randrange(1, 9)}\n"


def _replace(name: str, old: str, words: list[str]) -> Edit:
    def edit(files: Files, chance: random.Random) -> None:
        lines = files[name].split("\n")
        at = next(number for number, line in enumerate(lines) if line.strip().startswith(old.strip()))
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        lines[at] = f"{indent}{old}{chance.choice(words)}"
        files[name] = "\n".join(lines)

    edit.__name__ = f"edit {name}: {old}"
    return edit


EDITS: tuple[Edit, ...] = (
    add_sentence,
    *([reword] * 4),
    add_gist,
    add_translation,
    mark_up,
    describe_work,
    *([add_quotation] * 3),
    remove_last_block,
    *([add_note] * 3),
    remove_note,
    rename_note,
    add_theme,
    remove_theme,
    list_work,
    verify,
    _replace("notes/forgetting.md", "title: The art", [" of forgetting", " of not remembering"]),
    _replace("notes/forgetting.md", "issued: ", ["{date-parts: [[2009]]}", "{date-parts: [[2010]]}"]),
    _replace("notes/remembering.md", "date: ", ["2024-02-01", "2024-05-01"]),
    _replace("themes/amnesia.md", "label: ", ["Amnesia", "Forgetting", "Oblivion"]),
    _replace("themes/numbing.md", "broader: ", ["amnesia", ""]),
    _replace("library.yml", "title: ", ["A library for tests", "Another library"]),
    _replace("library.yml", "citation-style: ", ["apa", "apa", "nlm-citation-sequence", "chicago-notes-bibliography"]),
    _replace("library.yml", "- {id: participant, label: ", ["Participant}", "Patient}"]),
)


class Ground:
    """One library on the disk, whose pages are kept from step to step by their keys alone."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.chance = random.Random(seed)
        self.files = dict(LIBRARY)
        _replace("notes/forgetting.md", "themes: ", ["[amnesia, numbing]"])(self.files, self.chance)
        self.files["library.yml"] += "epub: true\n"
        self.kept: dict[str, tuple[str, bytes]] = {}
        self.live = LiveLibrary(Options(root=root, executor=None))
        self.indexed = 0

    def step(self) -> str:
        """Edit the library; say how."""
        edit = self.chance.choice(EDITS)
        edit(self.files, self.chance)
        there = {path.relative_to(self.root / "annotations").as_posix(): path for path in self._written()}
        for name, path in there.items():
            if name not in self.files:
                path.unlink()
        for name, text in self.files.items():
            path = self.root / "annotations" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
        return edit.__name__

    def _written(self) -> Iterator[Path]:
        return (path for path in self.root.glob("annotations/**/*") if path.is_file())

    def compare(self) -> list[str]:
        """The files that differ between the library as it is remembered and one that was made from nothing."""
        checked = check_library(Options(root=self.root, executor=None, remember=False))
        found, totals, shown = self.live.refresh(see_files(self.root))
        assert (set(found), totals) == (set(checked.diagnostics), checked.totals)
        if has_errors(checked.diagnostics):
            assert shown is None, "an error was missed"
            return []
        assert shown
        fresh = plan_site(checked, Options(root=self.root, executor=None, remember=False))
        expected = {path: page.render() for path, page in fresh.pages.items()}
        found = self._kept(shown.plan)
        differing = [path for path in expected.keys() | found.keys() if expected.get(path) != found.get(path)]
        made, kept_files = self.root / "made", self.root / "built"
        docs, record = self.root / "docs", self.root / "record.json"
        add_data_files(fresh.site, made, docs)
        data = {file.path: file for file in data_files(fresh.site) if not file.needs}
        differing += [p for p, f in shown.data.items() if b"".join(f.render()) != (made / data[p].path).read_bytes()]
        differing += self._index(shown.plan, fresh)
        # What a build would keep from the last step: it decides alone which pages are made again.
        kept = plan_site(checked, Options(root=self.root, executor=None))
        differing += [f"key of {path}" for path, page in fresh.pages.items() if page.key != kept.pages[path].key]
        renew_data_files(kept, kept_files, docs, record, remember=True)
        ours, theirs = tree(kept_files), tree(made)
        differing += [f"kept {path}" for path in ours.keys() | theirs.keys() if ours.get(path) != theirs.get(path)]
        shutil.rmtree(made)
        kept.keep()
        return sorted(differing)

    def _kept(self, plan: PagePlan) -> dict[str, bytes]:
        """The pages of the plan, of which only those are made whose keys are new."""
        made = {}
        for path, page in plan.pages.items():
            before = self.kept.get(path)
            made[path] = before if before and before[0] == page.key else (page.key, page.render())
        self.kept = made
        return {path: data for path, (_, data) in made.items()}

    def _index(self, plan: PagePlan, fresh: PagePlan) -> list[str]:
        self.indexed += 1
        memory, folder = self.root / "memory.sqlite", self.root / "index"
        index_site(plan.site, folder, memory=memory, key_of=lambda p: plan.pages[p].key if p in plan.pages else "")
        index_site(fresh.site, self.root / f"index-{self.indexed}")
        ours, theirs = tree(folder), tree(self.root / f"index-{self.indexed}")
        return [f"index/{name}" for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)]


def run(root: Path, seed: int, steps: int) -> None:
    """Take steps, and fail at the first after which a file differs."""
    ground = Ground(root, seed)
    done: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        # Files of a moment ago count as those of yesterday: what was found out about them is kept at once.
        patch.setattr(KeptFiles, "is_settled", lambda _, __: True)
        for _ in range(steps):
            done.append(ground.step())
            differing = ground.compare()
            assert not differing, f"seed {seed}, after {done}: {differing[:10]}"


def test_a_library_that_is_changed_step_by_step_is_one_made_from_nothing(tmp_path: Path) -> None:
    run(tmp_path, seed=7, steps=5)


if __name__ == "__main__":
    for number in range(int(sys.argv[1]), int(sys.argv[1]) + 10_000):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["FLORILEGIUM_STATE"] = f"{folder}/state"
            run(Path(folder, "root"), number, int(sys.argv[2]))
            print(f"seed {number}: {sys.argv[2]} steps", flush=True)
