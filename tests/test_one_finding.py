"""One slip in a sound library gives one finding, at its place, with the remedy that helps in this library."""

import pytest
from florilegium.check.checking import Options, check_library
from florilegium.core import reporters
from florilegium.core.diagnostics import Diagnostic
from florilegium.core.spans import Span

HEAD = """---
title: Confessions of an English Opium-Eater
source: dequincey1822
basis: full-text
themes: [soothing]
references:
  - id: dequincey1822
    type: book
    author: [{family: De Quincey, given: Thomas}]
    title: Confessions of an English Opium-Eater
    publisher: Taylor and Hessey
    issued: {date-parts: [[1822]]}
---
"""
NOTE = f"""{HEAD}De Quincey tells how he came to opium [@dequincey1822, p. 3].

> Opium! dread agent of unimaginable pleasure and pain!
>
> — the author, in [@dequincey1822, p. 88] #soothing {{#dread-agent}}
"""
SLIPS = [
    # what is written, what should be, the rule, words of the remedy
    ("titel: Conf", "title: Conf", "unknown-front-matter-key", 'did you mean "title"?'),
    ("title:Conf", "title: Conf", "malformed-front-matter", "write title: Confessions of an English"),
    ("title: Confessions: of", "title: Confessions of", "malformed-front-matter", '"Confessions: of an English Opium'),
    ("source: @dequincey1822", "source: dequincey1822", "malformed-front-matter", "without the @"),
    ("source: [dequincey1822]", "source: dequincey1822", "invalid-front-matter-value", "write source: dequincey1822"),
    ("tags: [soothing]", "themes: [soothing]", "unknown-front-matter-key", 'did you mean "themes"?'),
    ("themes: soothing", "themes: [soothing]", "invalid-front-matter-value", "write themes: [soothing]"),
    ("themes: [#soothing]", "themes: [soothing]", "malformed-front-matter", "write themes: [soothing]"),
    ("themes: [[soothing]]", "themes: [soothing]", "invalid-front-matter-value", "write themes: [soothing]"),
    ("themes:\n-soothing", "themes: [soothing]", "malformed-front-matter", "write - soothing"),
    ("[sothing]", "[soothing]", "unknown-theme", 'did you mean "soothing"?'),
    ("#sothing", "#soothing", "unknown-theme", 'did you mean "soothing"?'),
    ("88] #", "88] #soothing #", "malformed-attribution", ""),
    ("#dread-agent", "{#dread-agent}", "unknown-theme", "{#dread-agent}"),
    ("88] {", "88] #soothing {", "missing-quote-theme", "#soothing"),
    ("id: dequincey182\n", "id: dequincey1822\n", "unresolved-reference", 'did you mean "dequincey182"?'),
    ("@dequincy1822, p. 3", "@dequincey1822, p. 3", "unresolved-reference", 'did you mean "dequincey1822"?'),
    (
        "author: Thomas De Quincey",
        "author: [{family: De Quincey, given: Thomas}]",
        "invalid-reference",
        "given: Thomas}",
    ),
    ("year: 1822", "issued: {date-parts: [[1822]]}", "invalid-reference", 'did you mean "issued"?'),
    ("\ttype", "    type", "malformed-front-matter", "spaces"),
    ("[a](soothing.md) De", "De", "broken-internal-link", "../themes/soothing.md"),
    ("[a](www.example.org) De", "De", "broken-internal-link", "https://www.example.org"),
]


@pytest.fixture
def library(tmp_path):
    (tmp_path / "annotations/notes").mkdir(parents=True)
    (tmp_path / "annotations/themes").mkdir()
    roles = "roles: [{id: author, label: Author}, {id: participant, label: Participant}]"
    (tmp_path / "annotations/library.yml").write_text(f"title: T\n{roles}\n")
    (tmp_path / "annotations/themes/soothing.md").write_text("---\nlabel: Soothing\n---\nComfort.\n")
    (tmp_path / "annotations/notes/confessions.md").write_text(NOTE)
    return tmp_path


def findings(root):
    return check_library(Options(root=root, remember=False, executor=None)).diagnostics


def test_the_library_is_sound(library):
    assert findings(library) == ()


@pytest.mark.parametrize(("wrong", "right", "rule", "remedy"), SLIPS, ids=[wrong for wrong, *_ in SLIPS])
def test_a_slip_is_one_finding(wrong, right, rule, remedy, library):
    text = NOTE
    if right == "De":
        text = text.replace("De Quincey tells", f"{wrong} Quincey tells")
    elif rule == "malformed-attribution":
        text = text.replace("88] #soothing", "88] # soothing")
    else:
        place = text.rfind(right) if right in ("{#dread-agent}", "#soothing") else text.find(right)
        text = text[:place] + wrong + text[place + len(right) :]
    assert text != NOTE
    (library / "annotations/notes/confessions.md").write_text(text)
    found = findings(library)
    assert [(d.rule, remedy in d.help) for d in found] == [(rule, True)]


@pytest.mark.parametrize("text", ["", NOTE[4:], NOTE.replace("]]}\n---\n", "]]}\n"), "---\nlabel: Soothing\n---\nT.\n"])
def test_a_note_that_cannot_be_read_is_one_finding(text, library):
    (library / "annotations/notes/confessions.md").write_text(text)
    assert len(findings(library)) == 1


def test_a_file_elsewhere_is_one_finding_with_the_place_where_it_belongs(library):
    (library / "annotations/notes/confessions.md").rename(library / "annotations/confessions.md")
    found = findings(library)
    assert [d.help.split(",")[0] for d in found] == ["move it to annotations/notes/confessions.md"]


@pytest.mark.parametrize(
    "name", [".DS_Store", ".obsidian/app.json", "notes/.x.md.swp", "notes/x.md~", "notes/~$x.docx"]
)
def test_what_editors_leave_is_passed_over(name, library):
    path = library / "annotations" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")
    assert findings(library) == ()


def test_who_changed_one_of_many_descriptions_is_told_and_not_the_others(library):
    for number in range(4):
        text = NOTE.replace("agent of", f"agent {number} of").replace("Taylor", "Tailor" if number == 0 else "Taylor")
        (library / f"annotations/notes/note-{number}.md").write_text(text)
    found = findings(library)
    assert [(d.rule, d.span.path) for d in found] == [("conflicting-reference", "annotations/notes/note-0.md")]


def test_a_rare_rule_is_shown_before_the_hundredth_finding_of_another():
    many = [Diagnostic(rule="missing-locator", span=Span("a.md", n, 1, n, 2), message="m") for n in range(1, 400)]
    rare = Diagnostic(rule="unknown-theme", span=Span("z.md", 1, 1, 1, 2), message="m")
    lines = list(reporters.text([*many, rare], lambda _path, _line: ""))
    assert sum("[missing-locator]" in line for line in lines) == 99
    assert any("[unknown-theme]" in line for line in lines)
    assert lines[-1] == "by rule: 399 missing-locator, 1 unknown-theme"
