"""The JSON Schemas of the heads of notes and themes and of `library.yml` agree with what the program reads.

The words that both list, such as the names of rules, are written into the schemas by `pytest --record`.
"""

import json
import re
from pathlib import Path

import pytest
import yaml
from florilegium.core.limits import MAX_REFERENCES, MAX_TITLE
from florilegium.core.model import Basis, Status
from florilegium.core.rules import RULES, Severity
from florilegium.core.spans import LineTable
from florilegium.library.frontmatter import cut_front_matter, parse_front_matter
from florilegium.library.notes import NOTE_KEYS, THEME_KEYS, parse_note, parse_theme
from florilegium.library.settings import SETTING_KEYS, parse_settings
from florilegium.works.csl.csl_items import _NAME_PARTS
from florilegium.works.csl.csl_vocabulary import CSL_DATES, CSL_NAMES, CSL_TYPES, TEXTS
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

REPOSITORY = Path(__file__).parent.parent
FOLDER = REPOSITORY / "docs" / "schemas"
CASES = REPOSITORY / "tests" / "cases"
STYLES = sorted(path.stem for path in (REPOSITORY / "scripts/florilegium/works/citing/styles").glob("*.csl"))
NAMED = ("note-1", "theme-1", "library-settings-1", "references-1")
LISTS = ("ISBN", "ISSN", "keyword")
SHAPE_RULES = {"missing-front-matter-key", "unknown-front-matter-key", "invalid-front-matter-value"}


def read(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def in_step(name):
    """A schema with all the words that the program has."""
    schema = read(name)
    properties = schema.get("properties", {})
    if name == "note-1":
        properties["basis"]["enum"] = [word.value for word in Basis]
        properties["status"]["enum"] = [*(word.value for word in Status), None]
    if name == "library-settings-1":
        properties["citation-style"]["anyOf"][0]["enum"] = STYLES
        properties["rules"]["propertyNames"]["enum"] = list(RULES)
        properties["rules"]["additionalProperties"]["enum"] = [word.value for word in Severity]
        properties["exceptions"]["items"]["properties"]["rule"]["enum"] = list(RULES)
    if name == "references-1":
        item = schema["definitions"]["item"]["properties"]
        item["type"]["enum"] = sorted(CSL_TYPES)
        for words, kind in ((CSL_NAMES, "names"), (TEXTS, "text"), (CSL_DATES, "date")):
            kinds = {word: "text-or-list" if word in LISTS else kind for word in words}
            item |= {word: {"$ref": f"#/definitions/{kind}"} for word, kind in kinds.items()}
    return schema


@pytest.mark.parametrize("name", NAMED)
def test_the_words_are_those_of_the_program(name, request):
    if request.config.getoption("--record"):
        text = json.dumps(in_step(name), indent=2, ensure_ascii=False)
        (FOLDER / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
    assert read(name) == in_step(name), "run pytest tests/test_schemas.py --record"


def test_the_keys_are_those_of_the_program():
    assert tuple(read("note-1")["properties"]) == NOTE_KEYS
    assert tuple(read("theme-1")["properties"]) == THEME_KEYS
    assert sorted(read("library-settings-1")["properties"]) == sorted(SETTING_KEYS)
    names = read("references-1")["definitions"]["names"]["anyOf"][0]["items"]["properties"]
    assert list(names) == list(_NAME_PARTS)


def test_the_bounds_are_those_of_the_program():
    note = read("note-1")["properties"]
    assert note["title"]["maxLength"] == MAX_TITLE
    assert note["references"]["maxItems"] == MAX_REFERENCES


@pytest.mark.parametrize(
    ("name", "parse"),
    [
        ("note-1", lambda text: parse_note("x", LineTable("x", f"---\n{text}---\n"))[1]),
        ("theme-1", lambda text: parse_theme("x", LineTable("x", f"---\n{text}---\n"))[1]),
        ("library-settings-1", lambda text: parse_settings(LineTable("x", text))[1]),
    ],
)
def test_the_required_keys_are_those_of_the_program(name, parse):
    missing = {found.message.split('"')[1] for found in parse("x: 1\n") if found.rule == "missing-front-matter-key"}
    # Whether a note must name its source depends on how many works it lists and cites.
    assert missing - {"source"} == set(read(name)["required"])


@pytest.mark.parametrize("name", NAMED)
def test_every_schema_is_one_that_the_editor_reads(name):
    schema = read(name)
    # The YAML extension of VS Code reads JSON Schema up to draft 7.
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(schema)


# --------------------------------------------------------------------------------------------------- validation


class Loader(yaml.SafeLoader):
    """YAML as an editor reads it, in which a date is a text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def retrieve(uri):
    return Resource.from_contents(json.loads((FOLDER / uri).read_text(encoding="utf-8")), DRAFT7)


VALIDATORS = {name: Draft7Validator(read(name), registry=Registry(retrieve=retrieve)) for name in NAMED}


def faults(name, text):
    return [f"{error.json_path}: {error.message}" for error in VALIDATORS[name].iter_errors(yaml.load(text, Loader))]


def schema_of(path):
    if path.name == "library.yml":
        return "library-settings-1"
    return {"notes": "note-1", "themes": "theme-1", "references": "references-1"}[path.parent.name]


def head_of(path):
    text = path.read_bytes().decode()
    return text if path.suffix != ".md" else text[slice(*cut_front_matter(text)[:2])]


def files_below(folder):
    found = [*folder.glob("library.yml"), *folder.glob("notes/*.md"), *folder.glob("themes/*.md")]
    return sorted([*found, *folder.glob("references/*.y*ml"), *folder.glob("references/*.json")])


LIBRARIES = (
    REPOSITORY / "annotations",
    CASES / "base/annotations",
    REPOSITORY / "scripts/florilegium/edit/starters/library/annotations",
)
SOUND = [path for folder in LIBRARIES for path in files_below(folder)]
NEARLY_WRONG = [
    path
    for rule in sorted(SHAPE_RULES)
    for case in CASES.glob(f"{rule}/*-nope")
    for path in files_below(case / "annotations")
]


@pytest.mark.parametrize("path", [*SOUND, *NEARLY_WRONG], ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_what_is_valid_is_valid(path):
    assert faults(schema_of(path), head_of(path).replace("@QUOTED-TITLE@", "x")) == []


def broken():
    """The files of the cases whose shape is wrong, by what the case expects."""
    for rule in sorted(SHAPE_RULES):
        for case in sorted(CASES.glob(f"{rule}/*")):
            expected = case / "expected.txt"
            reports = expected.read_text(encoding="utf-8").splitlines() if expected.exists() else []
            for path in files_below(case / "annotations"):
                if case.name == "nothing-but-a-title":  # Its text could cite one work of a shared file.
                    continue
                place = path.relative_to(case).as_posix()
                if any(line.startswith(f"{place}:") and line.endswith(f"[{rule}]") for line in reports):
                    yield path


@pytest.mark.parametrize("path", list(broken()), ids=lambda path: str(path.relative_to(CASES)))
def test_what_is_wrong_in_shape_is_invalid(path):
    table = LineTable("x", path.read_bytes().decode())
    assert path.suffix != ".md" or parse_front_matter(table).mapping
    assert faults(schema_of(path), head_of(path))


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("note-1", "{title: A, source: b, basis: secondary, themes: []}", "$: 'via' is a required property"),
        ("note-1", "{title: A, source: b, basis: abstract, via: c, themes: []}", "$.via: "),
        ("note-1", "{title: A, source: b, basis: abstract, themes: []}", None),
        ("note-1", "{title: A, source: b, basis: abstract, themes: [a, a]}", "$.themes: "),
        ("note-1", "{title: A, source: b, basis: abstract, themes: [], date: 23.11.2026}", "$.date: "),
        ("note-1", "{title: A, source: b, basis: abstract, themes: [], date: 2026-11-23, updated: ~}", None),
        (
            "note-1",
            "{title: A, source: b, basis: abstract, themes: [], references: [{id: b, type: buch}]}",
            "$.references[0].type: ",
        ),
        (
            "note-1",
            "{title: A, source: b, basis: abstract, themes: [], references: [{id: b, type: book, author: Doe}]}",
            "$.references[0].author: ",
        ),
        ("theme-1", "{label: A, broader: b, related: [c, d]}", None),
        ("theme-1", "{label: A, broader: [b, b]}", "$.broader: "),
        ("library-settings-1", "{title: A, rules: {missing-locator: error}}", None),
        ("library-settings-1", "{title: A, rules: {missing-locater: error}}", "$.rules: "),
        ("library-settings-1", "{title: A, rules: {missing-locator: loud}}", "$.rules['missing-locator']: "),
        ("library-settings-1", "{title: A, citation-style: references/my.csl}", None),
        ("library-settings-1", "{title: A, citation-style: appa}", "$['citation-style']: "),
        ("library-settings-1", "{title: A, redirects: {themes/a: themes/b}}", None),
        ("library-settings-1", "{title: A, redirects: {themes/a: /b}}", "$.redirects['themes/a']: "),
        (
            "references-1",
            "[{id: a, type: book, issued: 2009}, {id: b, type: book, issued: {date-parts: [[2009]]}}]",
            None,
        ),
        ("references-1", "{references: [{type: book}]}", "$: "),
    ],
)
def test_examples(name, text, place):
    found = faults(name, text)
    assert (found == []) if place is None else any(fault.startswith(place) for fault in found), found


# ------------------------------------------------------------------------------------------------------- editors


def test_the_editor_finds_the_schemas():
    settings = json.loads((REPOSITORY / ".vscode/settings.json").read_text(encoding="utf-8"))
    for schema, patterns in settings["yaml.schemas"].items():
        assert (REPOSITORY / schema).is_file()
        for pattern in patterns:
            assert pattern.startswith("annotations/")
    extensions = json.loads((REPOSITORY / ".vscode/extensions.json").read_text(encoding="utf-8"))
    assert "redhat.vscode-yaml" in extensions["recommendations"]
    own = REPOSITORY / "scripts/florilegium/edit/starters/library/dot-vscode"
    for name in ("settings.json", "extensions.json", "tasks.json"):
        assert (own / name).read_bytes() == (REPOSITORY / ".vscode" / name).read_bytes()


def test_the_editor_reads_the_reports_of_the_check():
    tasks = json.loads((REPOSITORY / ".vscode/tasks.json").read_text(encoding="utf-8"))
    pattern = tasks["tasks"][0]["problemMatcher"]["pattern"]
    reports = [path.read_text(encoding="utf-8") for path in CASES.glob("*/*/expected.txt")]
    lines = [line for report in reports for line in report.splitlines() if line.startswith("annotations/")]
    assert len(lines) > 50
    for line in lines:
        found = re.match(pattern["regexp"], line)
        assert found, line
        path, number, column, severity, message, rule = (
            found[pattern[part]] for part in ("file", "line", "column", "severity", "message", "code")
        )
        assert f"{path}:{number}:{column}: {severity}" == line[: found.end(4)]
        assert rule in RULES
        assert message
