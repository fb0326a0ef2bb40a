"""`check --fix`: what is fixed, what is left alone, and that the words of quotations stay as they are."""

import json
import shutil
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from unicodedata import normalize

import pytest
from florilegium import cli
from florilegium.check.checking import Options, check_library
from florilegium.core.edits import apply_edits, write_changes
from florilegium.core.spans import LineTable
from florilegium.core.yaml_trees import parse_yaml
from florilegium.core.yaml_writer import yaml_text
from florilegium.edit.fixes.fix_plan import is_likely_fixable, plan_fixes
from florilegium.edit.fixes.fixed_files import fix_document, keeps_words
from florilegium.edit.fixes.yaml_lists import add_entry, add_items, remove_items, replace_scalar
from hypothesis import given, settings
from hypothesis import strategies as st

BASE = Path(__file__).parent / "cases" / "base"
NOTE = "annotations/notes/second.md"
HEAD = """\
---
title: A second note
source: doe2009
basis: full-text
themes: [{}]
---
"""
QUOTE = """
> She forgot the key again.
>
{}
"""
GOOD = "> — a participant, in [@doe2009, p. 514] #amnesia {#she-forgot}"


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "library"
    shutil.copytree(BASE, folder)
    return folder


def options(root):
    return Options(root=root, remember=False, today=date(2026, 11, 23))


def fix(root, text, path=NOTE):
    """The text of a file after one run, and what is found then; a second run must change nothing."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
    fixes = plan_fixes(options(root))
    write_changes(root, fixes.changes)
    assert plan_fixes(options(root)).changes == ()
    assert check_library(options(root)).diagnostics == fixes.remaining
    return file.read_bytes().decode(), [finding.rule for finding in fixes.remaining if finding.span.path == path]


def attribution(root, line, themes="amnesia", words=None):
    """One attribution after mending."""
    text = HEAD.format(themes) + (words or QUOTE).format(line)
    return fix(root, text)[0].splitlines()[-1]


# -------------------------------------------------------------------------------------------------- attributions


@pytest.mark.parametrize("dash", ["--", "---", "–", "―", "-"])
def test_an_attribution_opens_with_an_em_dash(dash, root):
    assert attribution(root, GOOD.replace("—", dash)) == GOOD


@pytest.mark.parametrize("line", ["> -- said she", "> - said she", "> ---- x"])
def test_what_may_belong_to_the_words_is_left(line, root):
    text = HEAD.format("amnesia") + QUOTE.format(line)
    assert fix(root, text)[0] == text


def test_a_work_that_nobody_knows_makes_no_attribution(root):
    text = HEAD.format("amnesia") + QUOTE.format(GOOD.replace("—", "-").replace("doe2009", "doe1909"))
    assert fix(root, text)[0] == text


def test_a_hyphen_that_clings_to_the_words_becomes_a_dash_below_an_empty_line(root):
    words = f"\n> She forgot the key again.\n{GOOD.replace('—', '-')}\n"
    assert fix(root, HEAD.format("amnesia") + words)[0] == HEAD.format("amnesia") + QUOTE.format(GOOD)


def test_an_attribution_needs_no_empty_line_before_it(root):
    text = HEAD.format("amnesia") + f"\n> She forgot the key again.\n{GOOD}\n"
    assert fix(root, text)[0] == text


def test_a_list_at_the_end_of_the_words_is_no_attribution(root):
    text = HEAD.format("amnesia") + "\n> - She forgot.\n> - a participant, in [@doe2009, p. 514] #amnesia\n"
    assert fix(root, text)[0] == text


def test_a_quote_gets_an_id_of_its_own(root):
    bare = GOOD.removesuffix(" {#she-forgot}")
    text = HEAD.format("amnesia") + QUOTE.format(bare) + QUOTE.replace("the key", "the key there").format(bare)
    text += QUOTE.replace("again", "once more").format(bare + " {#she-forgot-the-key-again}")
    fixed, rules = fix(root, text)
    assert [line.partition("{")[2] for line in fixed.splitlines() if line.startswith("> —")] == [
        "#she-forgot-the-key-again-2}",
        "#she-forgot-the-key-there}",
        "#she-forgot-the-key-again}",
    ]
    assert rules == []


def test_an_id_without_its_sign(root):
    assert attribution(root, GOOD.replace("{#", "{")) == GOOD


def test_no_id_is_added_to_an_attribution_that_is_not_understood(root):
    line = "> — a participant, in [@doe2009, p. 514] #amnesia {She forgot}"
    assert attribution(root, line) == line


def test_themes_that_the_note_does_not_list_come_last_in_it(root):
    (root / "annotations/themes/numbing.md").write_text("---\nlabel: Numbing\n---\nNot felt.\n")
    line = GOOD.replace("#amnesia", "#numbing #amnesia #nothing")
    fixed, rules = fix(root, HEAD.format("") + QUOTE.format(line))
    assert "themes: [numbing, amnesia]\n" in fixed
    assert rules == ["unknown-theme"]
    text = HEAD.replace("[{}]", "\n  - amnesia # first\n\n").format() + QUOTE.format(line)
    fixed, rules = fix(root, text)
    assert "themes: \n  - amnesia # first\n  - numbing\n\n" in fixed
    assert "#amnesia #numbing #nothing {" in fixed


def test_a_list_of_themes_is_never_sorted(root):
    (root / "annotations/themes/numbing.md").write_text("---\nlabel: Numbing\n---\nNot felt.\n")
    text = HEAD.format("numbing, amnesia") + QUOTE.format(GOOD)
    assert fix(root, text)[0] == text


# --------------------------------------------------------------------------------------------------------- DOIs


@pytest.mark.parametrize(
    ("written", "fixed"),
    [
        ("https://doi.org/10.1000/ABC", "10.1000/ABC"),
        ("doi:10.1000/a:b", "10.1000/a:b"),
        ("'http://dx.doi.org/10.1000/o''neil'", "'10.1000/o''neil'"),
        ('"HTTPS://DOI.ORG/10.1000/x"  # a comment', '"10.1000/x"  # a comment'),
        ("https://doi.org/10.1000/a%3Cb%3E", "'10.1000/a<b>'"),
        (">-\n      https://doi.org/10.1000/x", "'10.1000/x'"),
        ("10.1000/x", "10.1000/x"),
        ("10.1000", "10.1000"),
    ],
)
def test_dois_in_yaml(written, fixed, root):
    item = "- id: kim2001\n  type: book\n  DOI: {}\n  title: T\n"
    text, rules = fix(root, item.format(written), "annotations/references/kim.yaml")
    assert text == item.format(fixed)
    assert "uncanonical-doi" not in rules
    head = HEAD.format("").replace("themes:", "references: [{{id: k, type: book, DOI: {}}}]\nthemes:")
    if "\n" not in written and "#" not in written:
        assert fix(root, head.format(written))[0] == head.format(fixed)


def test_dois_in_json_and_bibtex(root):
    item = '[{"id": "k", "type": "book", "DOI":  "%s" }]'
    path = "annotations/references/k.json"
    assert fix(root, item % r"https:\/\/doi.org\/10.1000\/x\"y", path)[0] == item % r"10.1000/x\"y"
    item = '@book{k, doi = %s, title = "T",\n}'
    path = "annotations/references/k.bib"
    for written, fixed in (
        ("{https://doi.org/10.1000/x}", "{10.1000/x}"),
        ('"doi:10.1000/x_y"', '"10.1000/x_y"'),
        (r"{https://doi.org/10.1000/x\_y}", r"{https://doi.org/10.1000/x\_y}"),
        ("prefix # {10.1000/x}", "prefix # {10.1000/x}"),
    ):
        assert fix(root, item % written, path)[0] == item % fixed


# ------------------------------------------------------------------------------------------------- Unicode NFC

E = "e\u0301"


def test_letters_are_composed_but_those_of_names_and_of_quotations(root):
    text = HEAD.format("amnesia").replace("second", f"s{E}cond")
    text += f"Caf{E} `{E}` <https://example.org/{E}> [{E}](https://example.org/{E}) [@doe2009, {E}]\n"
    text += f"\n    {E}\n\n```\n{E}\n```\n"
    text += QUOTE.replace("She", f"Sh{E}").format(GOOD.replace("participant", f'participant "{E}"'))
    text += f"\n[x]: https://example.org/{E}\n"
    fixed, rules = fix(root, text)
    assert rules == []
    for kept in (
        f"`{E}`",
        f"<https://example.org/{E}>",
        f"(https://example.org/{E})",
        f"    {E}\n",
        f"```\n{E}\n",
        f"Sh{E}",
    ):
        assert kept in fixed
    for composed in ("sécond", "Café", "[é]", "@doe2009, é", '"é"'):
        assert composed in fixed
    assert plan_fixes(options(root)).left == 1


def test_letters_that_would_become_signs_are_left(root):
    text = HEAD.format("") + "A \u1fefb\u1fef, a=\u0338, a \u037e\n"
    assert normalize("NFC", text) != text
    assert fix(root, text)[0] == text


def test_names_in_other_letters_are_not_changed(root):
    text = HEAD.format("") + f"As [@caf{E}] says.\n"
    assert fix(root, text)[0] == text


def test_themes_too_and_the_lines_of_other_systems(root):
    text = f"---\r\nlabel: Caf{E}\r\n---\r\nCaf{E}.\r\n"
    assert fix(root, text, "annotations/themes/amnesia.md")[0] == normalize("NFC", text)


# --------------------------------------------------------------------------------------------------------- guards


def test_what_library_yml_excepts_is_left(root):
    library = root / "annotations/library.yml"
    off = "\nrules: {missing-quote-id: 'off'}\nexceptions: [{rule: undeclared-theme, paths: [notes/second.md], reason: R.}]\n"
    library.write_text(library.read_text() + off)
    text = HEAD.format("") + QUOTE.format("> — a participant, in [@doe2009, p. 514] #amnesia")
    assert fix(root, text)[0] == text


def test_words_are_compared_one_by_one(root):
    note = check_library(options(root)).links.notes["forgetting"]
    other = replace(note.quotes[0], words="other words")
    assert keeps_words(note.quotes, (other, *note.quotes, other))
    assert not keeps_words(note.quotes, (other,))
    assert not keeps_words((*note.quotes, other), (other, *note.quotes))
    assert not keeps_words(note.quotes, (replace(note.quotes[0], id="another"),))


def test_a_verified_quotation_stays_so(root):
    (root / "doe.txt").write_text("By Doe. I forget the pain as soon as it is over.")
    run_verify = ["verify", "--root", str(root), "--original", f"doe2009={root / 'doe.txt'}"]
    with pytest.raises(SystemExit) as leaving:
        cli.main(run_verify)
    assert leaving.value.code == 0
    text = (root / "annotations/notes/forgetting.md").read_text()
    before = check_library(options(root)).links.states
    assert before
    fix(root, text.replace("—", "--"), "annotations/notes/forgetting.md")
    assert check_library(options(root)).links.states == before


_PIECES = st.sampled_from(
    [
        "\n> She forgot.\n>\n> -- a participant, in [@doe2009, p. 514] #amnesia\n",
        "\n> She forgot.\n> - a participant, in [@doe2009, p. 514] #amnesia #numbing\n",
        "\n> — a participant, [@doe2009, p. 514] {x}\n",
        "\n> > nested\n>\n> – the author, in [@roe2013, p. 5] {weeks}\n",
        "\n- > listed\n  >\n  > --- the author, [@doe2009, p. 5],\n  > quoted in [@roe2013] #numbing\n  > #amnesia\n",
        f"\nCaf{E} [{E}][{E}] <b title='{E}'>{E}</b> &eacute; \u037e\n",
        f"\n[{E}]: https://example.org/{E}\n",
        "\n> words\n",
        f"\n> {E}\n> — x\n",
        "\n```\n> a\n>\n> -- b\n",
        "\n<!-- > a\n>\n> -- b\n-->\n",
        "    ",
        "> ",
    ]
)


@settings(max_examples=50)
@given(pieces=st.lists(_PIECES, max_size=7), crlf=st.booleans(), flow=st.booleans())
def test_a_second_run_changes_nothing_and_words_are_kept(pieces, crlf, flow, tmp_path_factory):
    root = tmp_path_factory.mktemp("fixes") / "library"
    shutil.copytree(BASE, root)
    (root / "annotations/themes/numbing.md").write_text("---\nlabel: Numbing\n---\nNot felt.\n")
    text = HEAD.replace("[{}]", "[amnesia]" if flow else "\n- amnesia") + "".join(pieces)
    file = root / NOTE
    file.write_bytes((text.replace("\n", "\r\n") if crlf else text).encode())
    words = [quote.words for quote in check_library(options(root)).links.notes["second"].quotes]
    errors = len(check_library(options(root)).diagnostics)
    text, _ = fix(root, file.read_bytes().decode())
    after = check_library(options(root)).links.notes["second"].quotes
    rest = iter(quote.words for quote in after)
    assert all(any(kept == word for kept in rest) for word in words)
    assert len(check_library(options(root)).diagnostics) <= errors + 2 * (len(after) - len(words))
    assert not crlf or "\n" not in text.replace("\r\n", "")


# ------------------------------------------------------------------------------------------------------- the door


@pytest.fixture
def run(capsys, root):
    """Runs `check` on the library in this process: exit code, output, errors."""

    def run_here(*arguments):
        with pytest.raises(SystemExit) as leaving:
            cli.main(["check", "--root", str(root), "--no-cache", *arguments])
        captured = capsys.readouterr()
        return leaving.value.code, captured.out, captured.err

    return run_here


def test_a_check_says_how_much_can_be_mended_and_a_dry_run_what(run, root):
    text = HEAD.format("") + QUOTE.format(GOOD.removesuffix(" {#she-forgot}"))
    (root / NOTE).write_text(text)
    code, out, _ = run()
    assert (code, out.splitlines()[-1]) == (
        1,
        "florilegium check --fix would fix 1 quote id, 1 theme that a note did not list; 1 file.",
    )
    code, out, _ = run("--fix", "--dry-run")
    assert code == 1
    assert out.splitlines()[:2] == [f"--- a/{NOTE}", f"+++ b/{NOTE}"]
    assert out.endswith("would fix 1 quote id, 1 theme that a note did not list; 1 file; nothing was written\n")
    assert (root / NOTE).read_text() == text
    code, out, _ = run("--fix")
    assert code == 0
    assert out.endswith(
        "fixed 1 quote id, 1 theme that a note did not list; 1 file\n2 notes, 1 theme, 2 quotes, 3 works: no problems\n"
    )
    assert run("--fix")[1].startswith("fixed nothing\n")
    assert run("--fix", "--dry-run")[0] == 0


def test_programs_get_their_format_alone(run, root):
    (root / NOTE).write_text(HEAD.format("amnesia") + QUOTE.format(GOOD.replace("—", "--")))
    code, out, err = run("--fix", "--format", "json")
    assert (code, json.loads(out)["diagnostics"]) == (0, [])
    assert "fixed 1 dash of an attribution; 1 file" in err


def test_a_diff_commands_no_terminal(run, root):
    (root / NOTE).write_text(HEAD.format("amnesia") + "\x1b[2J\n" + QUOTE.format(GOOD.replace("—", "--")))
    _, out, err = run("--fix", "--dry-run")
    assert "\x1b" not in out + err


def test_dry_run_alone_is_refused(run):
    assert run("--dry-run")[0] == 2


@pytest.mark.parametrize(
    ("themes", "line", "likely"),
    [
        ("amnesia", GOOD.replace("a participant", "a baker"), set()),
        ("amnesia", GOOD.replace("{#she-forgot}", "{she-forgot}"), {"malformed-attribution"}),
        ("amnesia", GOOD.replace(" {#she-forgot}", ""), {"missing-quote-id"}),
        ("", GOOD, {"undeclared-theme"}),
    ],
)
def test_what_is_likely_fixable_is_fixed(themes, line, likely, root):
    (root / NOTE).write_text(HEAD.format(themes) + QUOTE.format(line))
    before = check_library(options(root)).diagnostics
    assert before
    assert {finding.rule for finding in before if is_likely_fixable(finding)} == likely
    _, rules = fix(root, (root / NOTE).read_text())
    assert not likely & set(rules)


@pytest.mark.slow
def test_many_quotes_take_linear_time(root):
    text = HEAD.format("amnesia") + "\n> x\n>\n> — a, [@d] {Y}\n" * 5_000
    links = check_library(options(root)).links
    start = time.process_time()
    assert fix_document(NOTE, text, links).text == text
    assert time.process_time() - start < 5


# ----------------------------------------------------------------------------------------------------- YAML lists


@pytest.mark.parametrize("text", ["amnesia", "a b (c)", "it's", "1-2", "a.b", "é", "10.1016/j.x"])
def test_texts_that_yaml_takes_for_texts_are_bare(text):
    assert yaml_text(text) == text


@pytest.mark.parametrize("text", "null|2020|2020-01-01|no|y|1e3|0o7|0x1f|1.5|a: b|a #b|-|[a|a,b| a|".split("|"))
def test_other_texts_are_quoted(text):
    written = f"[{yaml_text(text)}]"
    node, problems = parse_yaml(written, LineTable("a.yml", written))
    assert not problems
    assert (node.items[0].text, node.items[0].plain) == (text, False)


_LISTS = st.sampled_from(
    [
        "k: [a, b, c] # x\nl: 1\n",
        "k: [ a , 'b', \"c\" ]\n",
        "k: [a,\n    b, # x\n    c,\n    ]\n",
        "k: []\n",
        "k: [ ]\nl: 1\n",
        "k:\n- a\n- b # x\n\n# y\n- c\n",
        "k:\n  - 'a'\n  -  b\n  - c",
        "{k: [a, b, c], l: 1}\n",
    ]
)


@given(text=_LISTS, more=st.lists(st.sampled_from(["x", "null", "y: z"]), min_size=1), gone=st.sets(st.integers(0, 2)))
def test_lists_are_changed_by_span(text, more, gone):
    table = LineTable("a.yml", text)
    root, _ = parse_yaml(text, table)
    items = root.get("k")
    texts = [item.text for item in items.items]
    added = apply_edits(table, [add_items(items, more, table)])
    assert _texts(added) == texts + more
    removed = [item for index, item in enumerate(items.items) if index in gone]
    assert _texts(apply_edits(table, remove_items(items, removed, table))) == [
        text for index, text in enumerate(texts) if index not in gone
    ]
    for item in items.items:
        changed = apply_edits(table, [replace_scalar(item, "it's", table)])
        assert _texts(changed) == ["it's" if text == item.text else text for text in texts]


def _texts(text):
    root, problems = parse_yaml(text, LineTable("a.yml", text))
    assert not problems, text
    return [item.text for item in root.get("k").items]


@pytest.mark.parametrize(
    "text", ["a: 1\n", "a: 1", "a: 1\r\nb:\r\n  - x # y\r\n# z\r\n", "{a: 1}", "a:\n", "a: |\n  x\n\n"]
)
def test_entries_are_added_by_span(text):
    table = LineTable("a.yml", text)
    for below in ([], ["x: y"]):
        root, _ = parse_yaml(text, table)
        changed = apply_edits(table, [add_entry(root, "new", "" if below else "1", table, below=below)])
        again, problems = parse_yaml(changed, LineTable("a.yml", changed))
        assert not problems
        assert [key.text for key, _ in again.entries][-1] == "new"
        assert len(again.entries) == len(root.entries) + 1


def test_titles_of_a_bibtex_file_are_put_into_sentence_case(root):
    """Names of people, countries and languages, what stands in braces, and what follows a colon keep their letters."""
    text = """\
@book{poe1990, author = {Poe, Ann}, publisher = {P}, date = {1990},
  title = {A Study of {Homo Sapiens} in South Africa: The View of Freud's Early German Readers and mRNA-Based Tests}}
@book{freud1900, author = {Freud, Sigmund}, title = "Dreams", publisher = {P}, date = {1900}}
@book{roe1991, title = {Growth of \\emph{E. Coli} in H$_2$O and {DNA} Under {\\'E}tat-Wide Long-Term Rules}, author = {Roe, Kim},
  publisher = {P}, date = {1991}}
"""
    fixed, _ = fix(root, text, "annotations/references/more.bib")
    assert (
        "{A study of {Homo Sapiens} in South Africa: The view of Freud's early German readers and mRNA-based tests}"
        in fixed
    )
    assert "{Growth of \\emph{E. Coli} in H$_2$O and {DNA} under {\\'E}tat-wide long-term rules}" in fixed
    assert '"Dreams"' in fixed
