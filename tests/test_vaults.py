"""A folder of notes of another program becomes notes of a library: at once it checks, and drafts say what is left."""

import pytest
from florilegium.check.checking import Options, check_library
from florilegium.core.edits import write_changes
from florilegium.core.errors import CannotRun
from florilegium.core.rules import Severity
from florilegium.edit.imports.vaults.vault_plan import plan_vault
from folders import write_files

BOOK = """title: T
roles: [{id: author, label: Author}]
"""
WORKS = """- id: dequincey1822
  type: book
  author: [{family: De Quincey, given: Thomas}]
  title: Confessions of an English Opium-Eater
  publisher: Taylor and Hessey
  issued: 1822
"""
VAULT = {
    ".obsidian/app.json": "{}",
    "@dequincey1822.md": """---
title: Confessions: of an Opium-Eater
tags: [literature, Soothing]
rating: 5
---
# Confessions: of an Opium-Eater

The pain ==goes== (De Quincey, 1822, p. 88). See [[Other note|that]], [[Nothing]] and ![[picture.png]].
> happiness might now be bought for a penny (p. 90)
And prose with <div>.

> Opium! dread agent
> — De Quincey, [@dequincey1822, p. 88]

```
[[code]] stays
```
""",
    "sub/Other note.md": """---
author: [[Somer, Eli]]
year: 2009
journal: Journal of Things
keywords: #amnesia
created: 2024-01-02
---
See [[@dequincey1822]]. %%mine alone%%

#memory
""",
    "Idea.md": "Just an idea, see [[Other note#Part]].\r\n\r\nTODO: more\r\n",
    "log.md": "title:: A log\nauthor:: Достоевский, Фёдор\nyear:: 1866\n\n- a bullet\n- see [[Idea]]\n",
    "zotero.md": "“Opium! dread agent of pleasure” ([De Quincey, 1822, p. 88](zotero://select/x)) "
    "([pdf](zotero://open-pdf/x)) So modern!\n",
}


@pytest.fixture
def root(tmp_path):
    write_files(tmp_path / "library/annotations", {"library.yml": BOOK, "references/works.yaml": WORKS})
    return tmp_path / "library"


@pytest.fixture
def vault(tmp_path):
    write_files(tmp_path / "vault", VAULT)
    return tmp_path / "vault"


def options(root):
    return Options(root=root, remember=False, executor=None)


def bring(root, vault, **words):
    plan = plan_vault(options(root), vault, **words)
    write_changes(root, plan.changes)
    return plan


def note(root, id_):
    return (root / f"annotations/notes/{id_}.md").read_text(encoding="utf-8")


def test_after_the_import_nothing_is_an_error(root, vault):
    plan = bring(root, vault, speaker="author")
    assert set(plan.published) == {"confessions-of-an-opium-eater", "other-note", "a-log", "zotero"}
    assert set(plan.drafts) == {"idea"}
    assert not [d for d in check_library(options(root)).diagnostics if d.severity is Severity.ERROR]


def test_what_a_note_says_is_written_as_a_note_of_the_library(root, vault):
    bring(root, vault, speaker="author")
    text = note(root, "confessions-of-an-opium-eater")
    assert 'title: "Confessions: of an Opium-Eater"\nsource: dequincey1822\nthemes: [soothing]\n' in text
    assert (
        "The pain <mark>goes</mark> [@dequincey1822, p. 88]. See [that](other-note.md), Nothing and (picture.png)."
        in text
    )
    quote = "\n\n> happiness might now be bought for a penny\n>\n> — author, in [@dequincey1822, p. 90] #soothing"
    assert f"{quote} {{#happiness-might-now-be-bought}}\n\nAnd prose" in text
    assert "> Opium! dread agent\n>\n> — De Quincey, in [@dequincey1822, p. 88] #soothing {#opium-dread-agent}" in text
    assert "with &lt;div>." in text
    assert "[[code]] stays" in text


def test_a_work_is_made_of_the_properties(root, vault):
    bring(root, vault, speaker="author")
    text = note(root, "other-note")
    assert "source: somer2009\nthemes: [amnesia, memory]\ndate: 2024-01-02\n" in text
    assert "author: [{family: Somer, given: Eli}]" in text
    assert "See [@dequincey1822].\n" in text.replace(" \n", "\n")
    assert "mine alone" not in text
    assert "id: dostoevskiy1866" in note(root, "a-log")


def test_zoteros_annotations_become_quotations(root, vault):
    bring(root, vault, speaker="author")
    text = note(root, "zotero")
    assert (
        "> Opium! dread agent of pleasure\n>\n> — author, in [@dequincey1822, p. 88] {#opium-dread-agent-of-pleasure}\n"
        in text
    )
    assert "So modern!" in text


def test_without_a_speaker_notes_with_quotations_are_drafts_that_say_so(root, vault):
    plan = bring(root, vault)
    assert plan.drafts["zotero"] == "it does not say who speaks in its quotations"
    assert "<!-- A draft, because it does not say who speaks" in note(root, "zotero")
    # What a published note says of a draft is text; a draft keeps its links.
    assert "- see Idea" in note(root, "a-log")
    assert "[Other note, Part](other-note.md)" in note(root, "idea")


def test_idioms_of_other_programs_are_converted_or_left_out(root, tmp_path):
    folder = tmp_path / "idioms"
    for name, text in {
        "Templates/form.md": "---\ntitle: {{title}}\n---\n",
        "empty.md": "\n",
        "dq.md": "---\ncitekey: dequincey1822\n---\n"
        '<mark class="hl">"The pain went in a moment."</mark> [Page 12](zotero://open-pdf/x?page=12)\n\n'
        '> "A penny" ([De Quincey, 1822, p. 14](zotero://x)) ([pdf](zotero://y))\n\n'
        "status:: #inbox\n\nHe says so. ^abc\n\nSee ((64f0c0de-1234-4abc-9def-001122334455)) {{query x}} #soothing/more\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    plan = bring(root, folder, speaker="author")
    assert (plan.published, dict(plan.drafts), plan.refused) == (("dq",), {}, ("empty.md: empty",))
    text = note(root, "dq")
    assert "> The pain went in a moment.\n>\n> — author, in [@dequincey1822, p. 12]" in text
    assert "in [@dequincey1822, p. 14]" in text
    assert not [sign for sign in ("::", "((", "{{", "zotero:", "^abc ", "#soothing/more") if sign in text]


def test_the_same_folder_again_changes_nothing(root, vault):
    bring(root, vault, speaker="author")
    plan = plan_vault(options(root), vault, speaker="author")
    assert (plan.changes, plan.there) == ((), 5)


def test_a_property_can_be_read_as_another(root, vault):
    (vault / "x.md").write_text("---\nautor: Doe, Jane\njahr: 1999\n---\nWords.\n")
    plan = bring(root, vault, renamed={"autor": "author", "jahr": "year"})
    assert "source: doe1999" in note(root, "x")
    assert plan.left_out == {"rating": 1}


def test_what_cannot_be_read_is_said(root, vault):
    (vault / "bad.md").write_bytes(b"\xff\xfe")
    assert plan_vault(options(root), vault).refused == ("bad.md: not UTF-8",)
    with pytest.raises(CannotRun, match="no Markdown files"):
        plan_vault(options(root), vault / ".obsidian")
    with pytest.raises(CannotRun, match='no role "poet"'):
        plan_vault(options(root), vault, speaker="poet")


def test_ids_of_quotations_are_spelled_as_the_language_does(root, tmp_path):
    (root / "annotations/library.yml").write_text(f"{BOOK}language: de\n")
    (tmp_path / "german").mkdir()
    (tmp_path / "german/Größe.md").write_text("---\nsource: dequincey1822\n---\n> Über die Größe der Nacht.\n")
    bring(root, tmp_path / "german", speaker="author")
    assert "{#ueber-die-groesse-der-nacht}" in note(root, "groesse")
