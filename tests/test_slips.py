"""Slips as people make them: each has one finding, at its line, and the remedy that helps in this library."""

from datetime import date

import pytest
from florilegium.check.checking import Options, judge, read
from florilegium.edit.fixes.fix_plan import plan_fixes
from florilegium.library.reading import replace_files
from folders import write_files

PATH = "annotations/notes/long-hours.md"
WORDS = "> Around four it is like walking through water.\n>\n"
FIRST = '> — a participant, "Ines", in [@doe2009, p. 207] #tiredness {#walking-through-water}'
SECOND = "> — a participant, in [@doe2009, p. 211] #company !bereavement {#two-of-us}"
NOTE = f"""---
title: Nurses on working at night
source: doe2009
basis: full-text
themes: [tiredness, company]
date: 2026-03-20
references:
  - id: doe2009
    type: article-journal
    author: [{{family: Doe, given: Jane}}, {{family: Roe, given: Richard}}]
    title: "The long hours: Nurses on night work"
    container-title: Journal of Invented Examples
    page: 201-215
    issued: 2009
---
Doe and Roe asked fourteen nurses [@doe2009, pp. 203-204].

## Nights

{WORDS}{FIRST}

The authors agree with her.

> There are two of us.
>
{SECOND}

More on this is in [another note](day-sleep.md).
"""
FILES = {
    "library.yml": "title: T\nroles: [{id: participant, label: Participant}, {id: author, label: Author}]\n"
    "notices: [{id: bereavement, label: Bereavement}]\n",
    "themes/tiredness.md": "---\nlabel: Tiredness\naliases: [exhaustion]\n---\nBeing awake [@doe2009, p. 202].\n",
    "themes/company.md": "---\nlabel: Who else is there\n---\nCompany.\n",
    "themes/getting-through.md": "---\nlabel: Getting through\nbroader: company\n---\nMorning.\n",
    "notes/long-hours.md": NOTE,
    "notes/day-sleep.md": "---\ntitle: Sleep by day\nsource: doe2009\nthemes: [getting-through]\n---\n"
    "> The day is a poor bed.\n>\n> — the author, in [@doe2009, p. 204] #getting-through {#poor-bed}\n",
}
SLIPS = [
    # what stands there, what is written instead, the rule, words of the remedy
    # -- the front matter
    ("---\ntitle", "+++\ntitle", "malformed-front-matter", 'write "---" in place of "+++"'),
    ("title: N", "title：N", "malformed-front-matter", "write title: Nurses on working at night"),
    ("title: N", "title = N", "malformed-front-matter", "write title: Nurses on working at night"),
    ("title: N", "title: - N", "malformed-front-matter", 'write title: "- Nurses on'),
    ("source: doe2009", " source: doe2009", "malformed-front-matter", "remove the spaces"),
    ("  - id: doe2009", "    id: doe2009", "invalid-front-matter-value", 'write "- " before id:'),
    ("title: Nurses on working at night", "<<<<<<< HEAD\ntitle: A\n=======\ntitle: B\n>>>>>>> x",
     "malformed-front-matter", "keep one of the two"),
    ("title: N", "title: [Review] N", "malformed-front-matter", 'write title: "[Review] Nurses on'),
    ("title: Nurses on", "title: 'Nurse's night' on", "malformed-front-matter", "write title: \"'Nurse's night' on"),
    ("themes: [tiredness, company]", "themes: tiredness; company", "invalid-front-matter-value", "[tiredness, company]"),
    ("themes: [tiredness, company]", "themes: (tiredness, company)", "invalid-front-matter-value", "[tiredness, company]"),
    ("themes: [tiredness, company]", "themes: {tiredness, company}", "invalid-front-matter-value", "[tiredness, company]"),
    ("themes: [tiredness, company]", "themes: [tiredness company]", "unknown-theme", "write [tiredness, company]"),
    ("themes: [tiredness, company]", "themes:\n  - #tiredness\n  - #company", "cut-short-value", "[tiredness, company]"),
    ("themes: [tiredness, company]", "themes:\n  * tiredness", "malformed-front-matter", "- tiredness"),
    ("themes: [t", "themes: [exhaustion, t", "unknown-theme", 'did you mean "tiredness"?'),
    ("date: 2026-03-20", "date: 20.03.2026", "invalid-front-matter-value", "write 2026-03-20"),
    ("date: 2026-03-20", "date: 2026-03-20T12:00", "invalid-front-matter-value", "write 2026-03-20"),
    ("date: 2026-03-20", "draft: true", "unknown-front-matter-key", "write status: draft"),
    ("date: 2026-03-20", "status: in progress", "invalid-front-matter-value", "write draft"),
    ("source: doe2009", 'source: "the long hours: nurses on night work"', "unresolved-reference", '"doe2009"'),
    ("[{family: Doe, given: Jane}, {family: Roe, given: Richard}]", "Jane Doe, Richard Roe", "invalid-reference",
     "[{family: Doe, given: Jane}, {family: Roe, given: Richard}]"),
    ("{family: Doe, given: Jane}", "{last: Doe, first: Jane}", "invalid-reference", "{family: Doe, given: Jane}"),
    ("issued: 2009", "issued: {date-parts: [2009]}", "invalid-reference", "{date-parts: [[2009]]}"),
    ("    type", "\ttype", "malformed-front-matter", "spaces"),
    # -- where a quotation ends
    (f"{FIRST}\n\nThe", f"{FIRST}\nThe", "malformed-attribution", "leave an empty line"),
    (f"{FIRST}\n\nThe authors agree", f"{FIRST}\nAnd [@doe2009] agree", "malformed-attribution", "leave an empty line"),
    (FIRST, f"{FIRST} And she means it.", "malformed-attribution", "below the quotation"),
    (f">\n{FIRST}", f"\n{FIRST[2:]}", "unattributed-quote", "belongs to the block quote"),
    (FIRST, FIRST[2:], "unattributed-quote", "belongs to the block quote"),
    ("like walking", "like\n\n> walking", "unattributed-quote", "if it belongs to the block quote below"),
    # -- attributions
    (FIRST, "> (Doe & Roe, 2009, p. 207)", "unattributed-quote", "— SPEAKER, in [@doe2009, p. 207]"),
    (FIRST, "> [@doe2009, p. 207]", "unattributed-quote", "(SPEAKER: participant, author)"),
    ("> — a participant, in", "> ~ a participant, in", "unattributed-quote", "with a dash: — a participant, in"),
    ("> — a participant, in", "> * a participant, in", "unattributed-quote", '"*" makes a list'),
    (FIRST, f"> **{FIRST[2:48]}**{FIRST[48:]}", "unattributed-quote", "emphasis away"),
    ("> There are", "> [!note]\n> There are", "unattributed-quote", "write [!quote]"),
    ("> There are two of us.\n>\n>", "> > There are two of us.\n> >\n> >", "unattributed-quote", "one >"),
    ('— a participant, "Ines", in [@doe2009, p. 207]', "— [@doe2009, p. 207], a participant", "malformed-attribution",
     "— a participant, in [@doe2009, p. 207]"),
    ("— a participant, in", "— **a participant**, in", "unknown-speaker", "without emphasis: a participant"),
    ("— a participant, in", "— (a participant), in", "unknown-speaker", "without brackets or quotation marks"),
    ("— a participant, in", "— Ines, in", "unknown-speaker", 'participant, "Ines"'),
    ("[@doe2009, p. 211] #", "[@doe2009 pg. 211] #", "missing-locator", "write [@doe2009, p. 211]"),
    ("{#two-of-us}", "{id=two-of-us}", "malformed-attribution", "write {#two-of-us}"),
    ("— a participant, in", "— Edgar Roe, in", "unknown-speaker", '"Richard Roe"'),
    ("— a participant, in", "— a participant, from", "unknown-speaker", 'write "in"'),
    ("211] #", "211], qtd. in [@doe2009, p. 212] #", "malformed-attribution", "quoted in [@doe2009, p. 212]"),
    ("[@doe2009, p. 211] #", "[@doe2009] p. 211 #", "malformed-attribution", "write [@doe2009, p. 211]"),
    ("[@doe2009, p. 211] #", "(@doe2009, p. 211) #", "malformed-attribution", "write [@doe2009, p. 211]"),
    ("[@doe2009, p. 211] #", "[@doe2009, p. 211 #", "malformed-attribution", "write [@doe2009, p. 211]"),
    ("[@doe2009, p. 211] #", "[[@doe2009, p. 211]] #", "malformed-attribution", "one pair of square brackets"),
    ("[@doe2009, p. 211] #", "[doe2009, p. 211] #", "malformed-attribution", "write [@doe2009, p. 211]"),
    ("#company", "company", "malformed-attribution", "write #company"),
    ("#company", "# company", "malformed-attribution", "write #company"),
    ("#company", "#getting through", "malformed-attribution", "write #getting-through"),
    ("#company", "#company/tiredness", "unknown-theme", "write #company #tiredness"),
    ("#company", "#who-else-is-there", "unknown-theme", 'did you mean "company"?'),
    ("!bereavement", "bereavement", "malformed-attribution", "write !bereavement"),
    ("!bereavement", "#bereavement", "unknown-theme", "write !bereavement"),
    ("!bereavement", "!tiredness", "unknown-notice", "write #tiredness"),
    ("{#two-of-us}", "[#two-of-us]", "malformed-attribution", "write {#two-of-us}"),
    ("{#two-of-us}", "{#two of us}", "malformed-attribution", "write {#two-of-us}"),
    ("{#two-of-us}", "{#two-of-us", "malformed-attribution", "write {#two-of-us}"),
    ("{#two-of-us}", "^two-of-us", "malformed-attribution", "write {#two-of-us}"),
    # -- Markdown of other programs
    ("> There are two of us.", ">     There are\n>     two of us.", "indented-quote", "to the left"),
    ("The authors agree with her.", "\\> The authors agree [@doe2009, p. 204].", "pasted-bullet", "a plain >"),
    ("The authors agree", "·\tThe authors agree", "pasted-bullet", "with -"),
    ("## Nights", "##Nights", "foreign-markup", "a space"),
    ("[another note](day-sleep.md)", "[[Sleep by day|another note]]", "foreign-markup", "[another note](day-sleep.md)"),
    ("[another note](day-sleep.md)", "[[No such note]]", "foreign-markup", "the words alone"),
    ("[another note](day-sleep.md)", f"[[day-sleep|{'by day ' * 20}]]", "foreign-markup", "by day " * 18),
    ("[another note](day-sleep.md)", "![[scan.png]]", "foreign-markup", "remove it"),
    ("[another note](day-sleep.md)", "(another note)[day-sleep.md]", "foreign-markup", "[another note](day-sleep.md)"),
    ("[another note](day-sleep.md)", "[another note] (day-sleep.md)", "foreign-markup", "[another note](day-sleep.md)"),
    ("(day-sleep.md)", "(/notes/day-sleep/)", "broken-internal-link", "write day-sleep.md"),
    ("(day-sleep.md)", "(tiredness.md)", "broken-internal-link", "../themes/tiredness.md"),
    ("More on", "%%look again%% More on", "foreign-markup", "remove it"),
    ("More on", "==More== on", "foreign-markup", "<mark>More</mark>"),
    ("agree with her.", "agree with her. ^abc123", "foreign-markup", "remove it"),
    ("More on", "rating:: 5\n\nMore on", "foreign-markup", "remove the line"),
    ("More on", "{{date}} More on", "foreign-markup", "what belongs there"),
    ("More on", "More[^1] on", "foreign-markup", "[^1]: …"),
    ("[@doe2009, pp. 203-204]", "\\cite{doe2009}", "foreign-markup", "write [@doe2009]"),
    ("[@doe2009, pp. 203-204]", "[doe2009, pp. 203-204]", "foreign-markup", "write [@doe2009, pp. 203-204]"),
    ("[@doe2009, pp. 203-204]", "\\[@doe2009, p. 203\\]", "foreign-markup", "write [@doe2009, p. 203]"),
    ("[@doe2009, pp. 203-204]", "[@doe2009, pp. 203-204", "foreign-markup", "close it"),
]  # fmt: skip
MOVED = [
    # where the note lies instead, and the remedy
    ("long-hours.md", "move it to annotations/notes/long-hours.md"),
    ("notes/long-hours.MD", "rename it to long-hours.md"),
    ("notes/long-hours.txt", "rename it to long-hours.md"),
    ("notes/Long hours.md", "rename the file to long-hours.md"),
]
MENDED = [
    (f"{FIRST}\n\nThe", f"{FIRST}\nThe"),
    (f">\n{FIRST}", f"\n{FIRST[2:]}"),
    (FIRST, FIRST[2:]),
    ("{#two-of-us}", "(#two-of-us)"),
    ("{#two-of-us}", "{#two of us}"),
    ("— a participant, in", "− a participant, in"),
]
NEAR_MISSES = [
    "The *participants* (two) said: 3 == 3, a ^ b, std::sort, 50 %% and [sic] or [see below] (p. 3).",
    "Pandoc's footnote.[^a]\n\n[^a]: It stands here.",
    "> [!note]\n> A remark [@doe2009, p. 203].",
    "A list:\n\n- `[[x]]`\n- `{{y}}`\n- `\\cite{z}`",
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    root = tmp_path_factory.mktemp("slips")
    write_files(root / "annotations", FILES)
    return root, read(Options(root=root, remember=False, executor=None))[0]


def findings(result, **files):
    contents = {f"annotations/{name}": text and text.encode() for name, text in files.items()}
    return judge(replace_files(result, contents), date(2026, 11, 1))[1]


def slipped(old, new):
    assert old in NOTE
    return NOTE.replace(old, new, 1)


def test_the_library_is_sound(sound):
    assert findings(sound[1]) == ()


@pytest.mark.parametrize(("old", "new", "rule", "remedy"), SLIPS, ids=[new for _, new, *_ in SLIPS])
def test_a_slip_is_one_finding_with_the_remedy_that_helps(old, new, rule, remedy, sound):
    text = slipped(old, new)
    found = [d for d in findings(sound[1], **{"notes/long-hours.md": text}) if d.rule != "theme-without-quotes"]
    assert [(d.rule, d.span.path, remedy in d.help) for d in found] == [(rule, PATH, True)], found
    lines = zip(NOTE.splitlines(), text.splitlines(), strict=False)
    first = next(number for number, (before, after) in enumerate(lines, 1) if before != after)
    assert abs(found[0].span.line - first) <= 2


@pytest.mark.parametrize(("name", "remedy"), MOVED)
def test_a_note_elsewhere_is_one_finding(name, remedy, sound):
    found = findings(sound[1], **{"notes/long-hours.md": None, name: NOTE})
    assert [d.help.startswith(remedy) for d in found] == [True], found


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_a_slip_is_none(text, sound):
    assert findings(sound[1], **{"notes/long-hours.md": slipped("The authors agree with her.", text)}) == ()


@pytest.mark.parametrize(("old", "new"), MENDED, ids=[new for _, new in MENDED])
def test_a_slip_that_can_be_mended_is_mended(old, new, sound):
    root, _ = sound
    path = root / PATH
    path.write_text(slipped(old, new))
    try:
        fixes = plan_fixes(Options(root=root, remember=False, executor=None))
    finally:
        path.write_text(NOTE)
    assert [change.after for change in fixes.changes] == [NOTE]
