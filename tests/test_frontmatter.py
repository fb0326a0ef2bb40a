"""Front matter: what is read from YAML and JSON, where it stands, and what is refused."""

import json
from enum import StrEnum

import pytest
import yaml
from florilegium.core import yaml_trees
from florilegium.core.diagnostics import Diagnostic
from florilegium.core.json_trees import parse_json
from florilegium.core.rules import RULES
from florilegium.core.spans import LineTable
from florilegium.core.trees import DataNode, Mapping, Sequence
from florilegium.core.yaml_trees import parse_yaml
from florilegium.library.frontmatter import Fields, FileDivision, HeadProblem, cut_front_matter, parse_front_matter
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def loader(request, monkeypatch):
    monkeypatch.setattr(yaml_trees, "_Loader", getattr(yaml, request.param))


def read(text: str) -> tuple[DataNode | None, list[Diagnostic]]:
    return parse_yaml(text, LineTable("notes/x.md", text))


def data(node: DataNode | None) -> object:
    """The tree without spans."""
    if isinstance(node, Mapping):
        return {key.text: data(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [data(item) for item in node.items]
    return node and node.text


def nodes(node: DataNode | None):
    if node is not None:
        yield node
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield key
            yield from nodes(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from nodes(item)


def shown(problems: list[Diagnostic]) -> list[str]:
    return [f"{p.span.line}:{p.span.column} {p.rule}: {p.message}" for p in problems]


# -------------------------------------------------------------------------------------------------- cutting


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("closing", ["---", "...", "--- \t"])
def test_cut_finds_yaml_and_body(end, closing):
    text = end.join(["---", "title: é😀", closing, "Body", ""])
    cut = cut_front_matter(text)
    assert isinstance(cut, FileDivision)
    assert text[cut.yaml_start : cut.yaml_end] == f"title: é😀{end}"
    assert text[cut.body_start :] == f"Body{end}"


def test_cut_at_the_end_of_the_file():
    assert cut_front_matter("---\na: b\n---") == FileDivision(4, 9, 12)
    assert cut_front_matter("---\n---\n") == FileDivision(4, 4, 8)
    assert cut_front_matter("\ufeff---\na: b\n---\n") == FileDivision(5, 10, 14)


@pytest.mark.parametrize("text", ["", "Text\n---\n", "\n---\na: b\n---\n", "----\n---\n", " ---\n---\n", "---"])
def test_no_front_matter(text):
    problem = cut_front_matter(text)
    assert isinstance(problem, HeadProblem)
    assert "missing" in problem.message or "before" in problem.message


def test_front_matter_that_is_never_closed():
    read_back = parse_front_matter(LineTable("notes/x.md", "---\ntitle: x\n----\n ---\n\nBody\n"))
    assert read_back.mapping is None
    assert shown(read_back.diagnostics) == [
        "1:1 malformed-front-matter: the front matter that opens here is never closed"
    ]


@pytest.mark.parametrize(
    ("yaml_text", "message"),
    [
        ("", "the front matter is empty"),
        ("# nothing\n", "the front matter is empty"),
        ("- a\n- b\n", "the front matter is a list"),
        ("words\n", "the front matter is a text"),
        ("\ntitle: x\n", "a blank line follows the opening ---, so Pandoc takes it for a rule"),
        ("\rtitle: x\n", "a blank line follows the opening ---, so Pandoc takes it for a rule"),
    ],
)
def test_front_matter_that_is_no_mapping(yaml_text, message):
    found = parse_front_matter(LineTable("notes/x.md", f"---\n{yaml_text}---\nBody\n"))
    assert [d.message for d in found.diagnostics] == [message]


def test_spans_count_from_the_top_of_the_file(loader):
    text = "\ufeff---\r\ntitle: é😀x\r\nthemes: [a, 'ü b']\r\n---\r\nBody"
    table = LineTable("notes/x.md", text)
    found = parse_front_matter(table)
    assert found.diagnostics == []
    assert text[found.body_start :] == "Body"
    assert found.mapping is not None
    assert [table.slice(n.span) for n in nodes(found.mapping)][1:] == [
        "title", "é😀x", "themes", "[a, 'ü b']", "a", "'ü b'",
    ]  # fmt: skip
    assert found.mapping.get("title").span == ("notes/x.md", 2, 8, 2, 11)


# ------------------------------------------------------------------------------------------------------ YAML


def test_only_five_kinds_are_implicit(loader):
    words = [
        "NO",
        "on",
        "12:30",
        "10.1016",
        "2013-08-01",
        "017",
        "1_000",
        "0x1f",
        ".inf",
        "True",
        "1e3",
        "12",
        "-3",
        "true",
        "false",
        "null",
        "~",
    ]
    node, problems = read("".join(f"- {word}\n" for word in words) + "- '12'\n-\n- 1234567890123456789\n")
    assert problems == []
    assert isinstance(node, Sequence)
    assert [i.text for i in node.items] == [*words, "12", "", "1234567890123456789"]
    assert [i.number for i in node.items if i.number is not None] == [17, 12, -3]
    assert [i.text for i in node.items if i.boolean is not None] == ["true", "false"]
    assert [i.text for i in node.items if i.is_null] == ["null", "~", ""]


def test_spans_of_every_style(loader):
    text = 'a: |\n  one\n  two\n\n# note\nb: >-\n  x\nc: plain\n  goes on\nd:\n- 1\n- {k: v}\n\ne: "q\\n"\n'
    table = LineTable("x", text)
    node, problems = parse_yaml(text, table)
    assert problems == []
    assert isinstance(node, Mapping)
    assert {k.text: table.slice(v.span) for k, v in node.entries} == {
        "a": "|\n  one\n  two",
        "b": ">-\n  x",
        "c": "plain\n  goes on",
        "d": "- 1\n- {k: v}",
        "e": '"q\\n"',
    }
    assert data(node)["a"] == "one\ntwo\n"
    assert node.span.end == (14, 9)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_in_three_ways(loader, end):
    node, problems = read(end.join(["a: x", "b:", "- y", "c: 'z'", ""]))
    assert problems == []
    assert data(node) == {"a": "x", "b": ["y"], "c": "z"}
    assert node.get("c").span[1:] == (4, 4, 4, 7)


REFUSED = [
    ("a: &x y\n", '1:4 malformed-front-matter: the anchor "&x" is refused'),
    ("a: *x\n", '1:4 malformed-front-matter: the alias "*x" is refused'),
    ("a: !!str y\n", '1:4 malformed-front-matter: the tag "tag:yaml.org,2002:str" is refused'),
    ("a: ! y\n", '1:4 malformed-front-matter: the tag "!" is refused'),
    ("a: !x [y]\n", '1:4 malformed-front-matter: the tag "!x" is refused'),
    ("a: b\n<<: {c: d}\n", '2:1 malformed-front-matter: the merge key "<<" is refused'),
    ("a: b\na: c\n", '2:1 malformed-front-matter: the key "a" stands in line 1 already'),
    ("? [a]\n: b\n", "1:3 malformed-front-matter: a key must be a text, not a list"),
    ("a: b\n--- \nc: d\n", "2:1 malformed-front-matter: a second YAML document begins here"),
    ("%YAML 1.1\n---\na: b\n", "1:1 malformed-front-matter: YAML directives are refused"),
    ("a: x\0y\n", "1:5 malformed-front-matter: the character U+0000 cannot stand in YAML"),
    ("a: x\x07y\n", "1:5 malformed-front-matter: the character U+0007 cannot stand in YAML"),
    ("a: x\u2028b: y\n", "1:5 malformed-front-matter: the character U+2028 cannot stand in YAML"),
    ("a: \ufeffb\n", "1:4 malformed-front-matter: the character U+FEFF cannot stand in YAML"),
    ("a: \ud800\n", "1:4 malformed-front-matter: the character U+D800 cannot stand in YAML"),
    (
        'a: "x\\u202ey"\n',
        "1:4 invisible-character: an escape stands for the invisible character U+202E RIGHT-TO-LEFT OVERRIDE",
    ),
    ('a: "x\\0y"\n', "1:4 invisible-character: an escape stands for the invisible character U+0000"),
    (
        'a: "x\\Ly"\n',
        "1:4 invisible-character: an escape stands for the invisible character U+2028 LINE SEPARATOR",
    ),
    ("a: " + "[" * 17 + "]" * 17, "1:1 too-deep: values are nested more than 16 deep"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_refused_yaml(loader, text, message):
    assert shown(read(text)[1]) == [message]
    # The same, further down a file.
    table = LineTable("x", f"---\r\n{text}")
    _, problems = parse_yaml(text, table, 5)
    line, _, rest = message.partition(":")
    assert shown(problems) == [f"{int(line) + 1}:{rest.replace('in line 1', 'in line 2')}"]


@pytest.mark.parametrize(
    "text",
    [
        "a: x & y\n", "a: x*\n", "a: wow!\n", "'<<': b\n", "a: {a: b}\n", "--- \na: b\n...\n", "\ufeffa: b\n",
        'a: "\\u0915\\u094d\\u200d\\u0937\\ny"\n', "a: " + "[" * 15 + "]" * 15, "a: {? b}\n",
    ],
)  # fmt: skip
def test_near_misses_of_refused_yaml(loader, text):
    node, problems = read(text)
    assert shown(problems) == []
    assert node is not None


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ('a: "x\nb: y\nc: z\n', "1:4", "never closed"),
        ("a: b\nc: 'x\n", "2:4", "never closed"),
        ('a: "x\nb: y\nc: "z"\n', "1:4", "closes too early or too late"),
        ("a: 'it's'\nb: c\n", "1:4", "closes too early or too late"),
        ('a: "b" c\n', "1:4", "closes too early or too late"),
        ("a: [x, y\nb: c\n", "1:4", 'what opens here with "["'),
        ("a: {x: y\nb: c\n", "1:4", 'what opens here with "{"'),
        ("a: b: c\n", "1:5", 'a second ": "'),
        ("a: b\n  c: d\n", "2:4", "this line is indented"),
        ("a: @b\n", "1:4", 'a value cannot begin with "@"'),
        ("a: `b`\n", "1:4", 'a value cannot begin with "`"'),
        ("a:\n\tb: c\n", "2:1", "a tab cannot indent"),
        ("a: b\nc\nd: e\n", "3:1", '"key: value"'),
        ("- a\nb: c\n", "2:1", '"key: value"'),
        ('a: "x\\qy"\n', "1:6", '"\\q" is not an escape'),
    ],
)
def test_syntax_errors_name_place_and_remedy(text, place, words):
    node, (problem,) = read(text)
    assert node is None
    assert f"{problem.span.line}:{problem.span.column}" == place
    assert words in problem.message
    assert problem.help


def test_the_first_of_two_keys_counts():
    assert data(read("a: 1\nb: 2\na: 3\n")[0]) == {"a": "1", "b": "2"}


def test_limits_of_size():
    big = "a: " + "x" * 600_000
    assert shown(read(big)[1]) == ["1:1 too-large: 600,003 bytes of data; at most 512,000 are read"]
    assert read("a: " + "x" * 500_000)[1] == []
    assert parse_yaml(big, LineTable("x", big), max_bytes=1_000_000)[1] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000, "- " * 200_000, "{" * 200_000, "? " * 200_000, "a: " * 100_000, "&a " * 1000, "!a " * 1000,
        "[[],\n" * 50_000, '"' * 100_001, "<<: *a\n" * 1000, "&a [" * 5000, "a: |\n" * 1000, "a:\n" * 100_000, "- &a b\n" * 50_000,
    ],
)  # fmt: skip
def test_bombs_are_survived(text):
    _, problems = read(text)
    assert 1 <= len(problems) <= 100


yaml_text = st.text(alphabet=st.sampled_from(list("ab:-[]{},'\"#&*!|>%@?~< \n\r\t\\u0é😀\u2028\ufeff")), max_size=60)


@settings(deadline=None)
@given(st.one_of(yaml_text, st.text(max_size=30)))
def test_any_text_is_read_or_explained(text):
    for table, offset in ((LineTable("x", text), 0), (LineTable("x", f"é\r\n{text}"), 3)):
        node, problems = parse_yaml(text, table, offset)
        for span in [n.span for n in nodes(node)] + [p.span for p in problems]:
            assert offset <= table.offset(span.start) <= table.offset(span.end) <= len(table.text)
            assert table.position(table.offset(span.start)) == span.start
            assert table.position(table.offset(span.end)) == span.end
        assert all(p.rule in RULES and p.message for p in problems)


plain_data = st.recursive(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Co", "Cn", "Zl", "Zp", "Cs"]),
        max_size=8,
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcé", min_size=1), inner, max_size=3),
    max_leaves=10,
)


@settings(deadline=None)
@given(plain_data)
def test_what_other_programs_write_is_read_back(value):
    text = yaml.safe_dump(value, allow_unicode=True)
    node, problems = read(text)
    assert problems == []
    assert data(node) == value or (value in ("", None) and data(node) == "")
    text = json.dumps(value)
    node, problems = parse_json(text, LineTable("x", text))
    assert problems == []
    assert data(node) == value


# ------------------------------------------------------------------------------------------------------ JSON


def test_json_is_the_same_tree():
    text = '\ufeff[ {"id" : "a\\u00e9\\ud83d\\ude00", "n": [-1.50e3, true, null, "1"]} , []]\n'
    table = LineTable("x.json", text)
    node, problems = parse_json(text, table)
    assert problems == []
    assert data(node) == [{"id": "aé😀", "n": ["-1.50e3", "true", "null", "1"]}, []]
    assert [table.slice(n.span) for n in nodes(node)][2:4] == ['"id"', '"a\\u00e9\\ud83d\\ude00"']
    number, yes, none, quoted_one = node.items[0].get("n").items
    assert (number.number, yes.boolean, none.is_null, quoted_one.number) == (None, True, True, None)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", "1:1", "a value is missing"),
        ("[1,]", "1:4", "a value is missing"),
        ('{"a": 1,}', "1:9", "a key in double quotes"),
        ("{'a': 1}", "1:2", "a key in double quotes"),
        ('{"a" 1}', "1:6", 'a ":" is missing'),
        ('[\n"a"\n"b"]', "3:1", 'a "," or "]" is missing'),
        ('[\n{"a": 1', "2:8", 'a "," or "}" is missing'),
        ('["a\nb"]', "1:4", "control character"),
        ('["a', "1:2", "never closed"),
        ('["\\q"]', "1:3", "escape"),
        ("[NaN]", "1:2", "a value is missing"),
        ("[01]", "1:3", 'a "," or "]"'),
        ("[] []", "1:4", "text after the end"),
    ],
)
def test_json_syntax_errors(text, place, words):
    node, (problem,) = parse_json(text, LineTable("x.json", text))
    assert node is None
    assert f"{problem.span.line}:{problem.span.column}" == place
    assert words in problem.message


def test_json_refuses_doubled_keys_depth_and_hidden_characters():
    for text, message in [
        ('{"a": 1, "a": 2}', '1:10 malformed-front-matter: the key "a" stands in line 1 already'),
        ("[" * 100_000, "1:17 too-deep: values are nested more than 16 deep"),
        ('["\\ud800"]', "1:2 invisible-character: an escape stands for the invisible character U+D800"),
        (
            '{"\\u202e": 1}',
            "1:2 invisible-character: an escape stands for the invisible character U+202E RIGHT-TO-LEFT OVERRIDE",
        ),
    ]:
        assert shown(parse_json(text, LineTable("x.json", text))[1]) == [message]


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from(list('ab:-[]{},"\\u0d8 1.eE+\n\r\t😀ntrfl')), max_size=60))
def test_json_agrees_with_the_standard_library(text):
    def pairs(entries):
        if len({key for key, _ in entries}) < len(entries):
            raise ValueError("doubled")
        return dict(entries)

    def constant(word):
        raise ValueError(word)

    table = LineTable("x", text)
    node, problems = parse_json(text, table)
    try:
        json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except ValueError:
        assert problems
    else:
        assert node is not None
        assert not problems or {p.rule for p in problems} <= {"invisible-character", "too-deep"}
    for found in nodes(node):
        assert table.offset(found.span.end) <= len(text)


# --------------------------------------------------------------------------------------------------- getters


class Colour(StrEnum):
    DARK_RED = "dark-red"
    BLUE = "blue"


def fields(text: str) -> Fields:
    node, problems = read(text)
    assert problems == []
    assert isinstance(node, Mapping)
    return Fields(node, [])


def test_getters_read_what_is_right():
    f = fields(
        "title: 1984\nempty:\nthemes: [a, b]\nnames: ['Ann: x']\ncolour: dark-red\nday: 2013-08-01\n"
        "yes: true\none: a\nnone: []\n"
    )
    assert (f.text("title", required=True, max_length=4), f.text("empty"), f.text("absent", default="-")) == (
        "1984",
        "",
        "-",
    )
    assert [(m.id, str(m.span)) for m in f.mentions("themes")] == [
        ("a", "notes/x.md:3:10"),
        ("b", "notes/x.md:3:13"),
    ]
    assert f.text_list("names") == ("Ann: x",)
    assert f.choice("colour", Colour) is Colour.DARK_RED
    assert f.date("day").isoformat() == "2013-08-01"
    assert (f.flag("yes"), f.mention("one").id) == (True, "a")
    assert [m.id for m in f.mentions("one", or_one=True)] == ["a"]
    assert f.mentions("none") == ()
    f.unknown(f.nodes)
    assert f.diagnostics == []
    assert f.spans["empty"].start == (2, 1)


@pytest.mark.parametrize(
    ("text", "call", "message"),
    [
        ("a: b", lambda f: f.text("title", required=True), '1:1 missing-front-matter-key: "title" is missing'),
        ("a: b\ntitle:", lambda f: f.text("title", required=True), '2:1 invalid-front-matter-value: "title" is empty'),
        ("a: b\ntitle: ''", lambda f: f.text("title", required=True), '2:8 invalid-front-matter-value: "title" is empty'),
        ("title: ' '", lambda f: f.text("title", required=True), '1:8 invalid-front-matter-value: "title" is empty'),
        ("title: [x]", lambda f: f.text("title"), '1:8 invalid-front-matter-value: "title" must be a text, not a list'),
        ("title: xxxxx", lambda f: f.text("title", max_length=4), '1:8 too-long: "title" has 5 characters; at most 4 are allowed'),
        (
            "themes: amnesia", lambda f: f.mentions("themes"),
            '1:9 invalid-front-matter-value: "themes" must be a list of ids, not a text',
        ),
        ("a: b", lambda f: f.mention("via", required=True), '1:1 missing-front-matter-key: "via" is missing'),
        ("t: [a, {b: c}]", lambda f: f.mentions("t"), '1:8 invalid-front-matter-value: "t" must be a list of ids, not a mapping'),
        ("t: [a, '']", lambda f: f.mentions("t"), '1:8 invalid-front-matter-value: "t" holds an empty text'),
        ("t: [a, b, a]", lambda f: f.mentions("t"), '1:11 invalid-front-matter-value: "t" lists "a" twice'),
        ("t: [a]", lambda f: f.mention("t"), '1:4 invalid-front-matter-value: "t" must be an id, not a list'),
        ("c: blu", lambda f: f.choice("c", Colour), '1:4 invalid-front-matter-value: "c" must be one of dark-red, blue, not "blu"'),
        ("c: [blue]", lambda f: f.choice("c", Colour), '1:4 invalid-front-matter-value: "c" must be a text, not a list'),
        ("d: 2013", lambda f: f.date("d"), '1:4 invalid-front-matter-value: "d" must be a date such as 2013-08-01, not "2013"'),
        (
            "d: 2013-02-30", lambda f: f.date("d"),
            '1:4 invalid-front-matter-value: "d" must be a date that the calendar has, not "2013-02-30"',
        ),
        ("y: yes", lambda f: f.flag("y"), '1:4 invalid-front-matter-value: "y" must be true or false, not a text'),
        ("titel: x", lambda f: f.unknown(["title", "themes"]), '1:1 unknown-front-matter-key: there is no key "titel"'),
    ],
)  # fmt: skip
def test_getters_report_what_is_wrong(text, call, message):
    f = fields(text)
    call(f)
    assert shown(f.diagnostics) == [message]


def test_unknown_keys_get_a_suggestion():
    f = fields("titel: x\nextra_javascript: y\n")
    f.unknown(["title", "themes"])
    assert [d.help for d in f.diagnostics] == ['did you mean "title"?', "leave it out; the keys are title, themes"]


def test_many_unknown_keys_cost_little():
    f = fields("".join(f"titel{i}: x\n" for i in range(20_000)))
    f.unknown(["title", "themes"])
    assert len(f.diagnostics) == 20_000
