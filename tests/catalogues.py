"""Finds the strings of the interface where they stand: in the program, its templates, the frame and the scripts."""

import ast
import io
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from florilegium.check.coverage import coverage_sections
from florilegium.core.lock_entries import VerifiedAgainst
from florilegium.core.sources import Source
from florilegium.core.spans import Span
from florilegium.quotations import states
from florilegium.quotations.states import state_words
from florilegium.site.languages import CATALOGUES
from florilegium.site.linked_site import SOURCE_KINDS
from florilegium.site.search import index_catalogue

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "scripts/florilegium"
SCRIPTS = ROOT / "docs/assets"
FRAME = PACKAGE / "site/templates/theme"
WORDS_OF_FRAME = FRAME / "partials/words.html"
WORDS_OF_SCRIPTS = SCRIPTS / "words"
LANGUAGES = sorted(path.stem for path in CATALOGUES.glob("*.po"))

Key = tuple[str, str] | str
"""What a catalogue has: a string, or two forms of it, for one and for many."""

_CALLS = {**dict.fromkeys(("_", "N_", "gettext")), **dict.fromkeys(("counted", "Phrase"), (1, 2))}

_STRING = r'"((?:[^"\\\n]|\\.)*)"'
_CALLS_OF_SCRIPTS = re.compile(rf'(?<![\w.])(?:_\(\s*{_STRING}|counted\([^,"]+,\s*{_STRING},\s*{_STRING})')


@cache
def strings() -> dict[str, dict[Key, list[str]]]:
    """All strings by the part that says them (`pages`, `frame` or `scripts`), each with the files that do."""
    found: dict[str, dict[Key, list[str]]] = {"pages": {}, "frame": {}, "scripts": {}}
    for part, path, text in (*_of_pages(), *_of_frame(), *_of_scripts()):
        files = found[part].setdefault(text, [])
        if path not in files:
            files.append(path)
    return found


def _of_pages() -> Iterator[tuple[str, str, Key]]:
    # What a terminal shows is English.
    coverage = {*(PACKAGE / "check/coverage").glob("*.py")} - {PACKAGE / "check/coverage/coverage_report.py"}
    for path in sorted([*(PACKAGE / "site").rglob("*.py"), *coverage]):
        for text in _of_python(path):
            yield "pages", path.relative_to(ROOT).as_posix(), text
    for path in sorted((PACKAGE / "site/templates").glob("*.html")):
        for text in _extracted("jinja2.ext:babel_extract", path, _CALLS):
            yield "pages", path.relative_to(ROOT).as_posix(), text
    for module, said in _of_tables():
        yield "pages", Path(module.__file__ or "").relative_to(ROOT).as_posix(), said


def _of_tables() -> Iterator[tuple[ModuleType, str]]:
    """Strings that are put together or stand in tables of rooms that know no language."""
    for name, value in vars(coverage_sections).items():
        if name.isupper() and isinstance(value, tuple) and len(value) == 3:
            yield from ((coverage_sections, text) for text in value[1:])
    span = Span.of_file("x")
    for type_ in ("", *states._KINDS):
        source = Source(key="x", type=type_, variables={}, names={}, dates={}, span=span, key_span=span)
        for against in (None, *VerifiedAgainst):
            yield states, state_words(against, source)
    yield from ((index_catalogue, label) for label in index_catalogue._STATES.values())


def _of_frame() -> Iterator[tuple[str, str, str]]:
    for path in sorted(FRAME.rglob("*.html")):
        for text in re.findall(r"\bt\(lang, \"([^\"]+)\"\)", path.read_text("utf-8")):
            yield "frame", path.relative_to(ROOT).as_posix(), text
    # The names of the pages in the navigation, of the shipped library and of a new one, and the links of the foot.
    for path in (ROOT / "mkdocs.yml", PACKAGE / "edit/starters/library/mkdocs.yml"):
        settings = yaml.safe_load(path.read_text("utf-8").replace("@QUOTED-TITLE@", "x"))
        titles = [*_titles(settings["nav"]), *(link["title"] for link in settings["extra"]["footer"])]
        yield from (("frame", path.relative_to(ROOT).as_posix(), title) for title in titles)


def _titles(nav: list[dict[str, object]]) -> Iterator[str]:
    for item in nav:
        for title, below in item.items():
            yield title
            if isinstance(below, list):
                yield from _titles(below)


def _of_scripts() -> Iterator[tuple[str, str, Key]]:
    for path in sorted([*SCRIPTS.glob("*.js"), *(SCRIPTS / "frame").glob("*.js"), *(SCRIPTS / "pages").glob("*.js")]):
        # Babel's reader of JavaScript loses its way in regular expressions.
        for match in _CALLS_OF_SCRIPTS.finditer(path.read_text("utf-8")):
            texts = [json.loads(f'"{text}"') for text in match.groups() if text is not None]
            yield "scripts", path.relative_to(ROOT).as_posix(), texts[0] if len(texts) == 1 else (texts[0], texts[1])


def _of_python(path: Path) -> Iterator[Key]:
    """The strings in calls, those within f-strings too, which Babel's own reader passes over."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if name in _CALLS and texts:
            yield (texts[0], texts[1]) if (_CALLS[name] or name == "Phrase") and len(texts) > 1 else texts[0]


def _extracted(method: str, path: Path, calls: dict[str, tuple[int, ...] | None]) -> Iterator[Key]:
    options = {"encoding": "utf-8", "trim_blocks": "true", "silent": "false"}
    for _line, found, _comments, _context in extract(method, io.BytesIO(path.read_bytes()), calls, options=options):
        yield found if isinstance(found, str) else (found[0], found[1])


# ------------------------------------------------------------------------------------------------ catalogues


def contexts() -> set[tuple[str, str]]:
    """Strings with a context, which a catalogue has where its language has another form there."""
    return {("quoted in", one) for _, one, *_ in SOURCE_KINDS.values()} | {
        (place, the) for place in ("in", "with") for _, _, the, _ in SOURCE_KINDS.values()
    }


def read_catalogue(language: str) -> Catalog:
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def merged(language: str) -> Catalog:
    """The catalogue of a language with every string that there is, and no other; new ones have no translation."""
    before = read_catalogue(language)
    made = Catalog(locale=language, fuzzy=False, charset="utf-8")
    found = strings()
    everything: dict[Key, list[str]] = {}
    for part in found.values():
        for text, files in part.items():
            everything.setdefault(text, []).extend(files)
    # A string that stands alone and counted is one entry: the counted one, whose first form serves for both.
    counted = {text[0] for text in everything if not isinstance(text, str)}
    for text, files in sorted(everything.items(), key=lambda item: item[0] if isinstance(item[0], str) else item[0][0]):
        if isinstance(text, str) and text in counted:
            continue
        old = before.get(text if isinstance(text, str) else text[0])
        made.add(text, old.string if old else None, locations=[(file, None) for file in sorted(set(files))])
    for context, text in sorted(contexts()):
        if (old := before.get(text, context)) and old.string:
            made.add(text, old.string, context=context)
    return made


def written(catalogue: Catalog) -> bytes:
    file = io.BytesIO()
    write_po(file, catalogue, width=120, omit_header=True, include_lineno=False)
    head = f'msgid ""\nmsgstr ""\n"Language: {catalogue.locale}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    return (head + f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n').encode() + file.getvalue()


def words_of_scripts(language: str) -> str:
    """The file of words that the scripts load."""
    catalogue = read_catalogue(language)
    words = {}
    for text in strings()["scripts"]:
        message = catalogue.get(text if isinstance(text, str) else text[0])
        if message and message.string:
            forms = [message.string] if isinstance(message.string, str) else list(message.string)
            words[text if isinstance(text, str) else text[0]] = forms
    lines = ",\n".join(f"  {json.dumps(k, ensure_ascii=False)}: {_list(v)}" for k, v in sorted(words.items()))
    return f"// Made from the catalogue {language}.po; see “A language” in docs/develop.md.\nexport const words = {{\n{lines},\n}};\n"


def _list(forms: list[str]) -> str:
    return json.dumps(forms, ensure_ascii=False)


def words_of_frame() -> str:
    """The template with the words of the frame: any renderer that has Jinja's macros can read it."""
    lines = []
    for language in LANGUAGES:
        catalogue = read_catalogue(language)
        pairs = []
        for text in sorted(strings()["frame"], key=str):
            message = catalogue.get(text)
            if message and message.string:
                said = message.string if isinstance(message.string, str) else message.string[0]
                pairs.append(f"{json.dumps(text, ensure_ascii=False)}: {json.dumps(said, ensure_ascii=False)}")
        lines.append(f'  "{language}": {{{", ".join(pairs)}}},')
    return (
        "{#- Words of the frame, made from the catalogues; see “A language” in docs/develop.md. -#}\n"
        "{% macro t(lang, key) %}\n{%- set words = {\n" + "\n".join(lines) + "\n} -%}\n"
        "{{ (words[lang[:2]] | d({}, true))[key] | d(key, true) }}\n{%- endmacro %}\n"
    )
