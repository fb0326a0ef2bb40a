"""Citation styles by name or file: which are found, which are refused, in which language they speak, and plain Pandoc."""

import re
import subprocess
from html import unescape
from pathlib import Path

import pytest
from florilegium.check.checking import Options, check_library
from florilegium.core.spans import Span
from florilegium.library.links import resolve_links
from florilegium.library.listing import FileKind
from florilegium.library.reading import parse_text, read_library, replace_files
from florilegium.markdown.citations import parse_citations
from florilegium.site.planning import _placed, format_citations
from florilegium.works.citing import pandoc_runner, style_xml
from florilegium.works.citing.citation_styles import BibliographyError, Style, read_style
from florilegium.works.citing.cite_items import csl_citation_of
from florilegium.works.citing.formatting import render_bibliography
from florilegium.works.citing.pandoc_process import find_pandoc

REPOSITORY = Path(__file__).parent.parent
NOTES = sorted((REPOSITORY / "annotations" / "notes").glob("*.md"))
STYLES = REPOSITORY / "scripts" / "florilegium" / "works" / "citing" / "styles"

ARTICLE = {
    "type": "article-journal",
    "author": [{"family": "Doe", "given": "Jane"}, {"family": "Roe", "given": "Richard"}],
    "title": "What is forgotten",
    "container-title": "Journal of Memory",
    "volume": "12",
    "page": "501-520",
    "issued": {"date-parts": [[2009]]},
}


def style(macros: str = "", layout: str = '<text variable="title"/>', info: str = "", head: str = "") -> str:
    return (
        f'{head}<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0"><info><title>Mine</title>'
        f"<id>mine</id>{info}<updated>2026-01-01T00:00:00+00:00</updated></info>{macros}"
        f"<citation><layout>{layout}</layout></citation><bibliography><layout>{layout}</layout></bibliography></style>"
    )


def read(folder: Path, text: str | bytes) -> Style:
    (folder / "mine.csl").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_style("mine.csl", folder=folder)


def entry(style: Style, language: str = "en") -> str:
    return unescape(render_bibliography({"x": ARTICLE}, [], style=style, language=language).entry("x"))


# ------------------------------------------------------------------------------------------------------ names


def finding(name: str) -> tuple[str, str]:
    text = f"title: A library\ncitation-style: {name}\nroles:\n  - {{id: author, label: Author}}\n"
    (found,) = parse_text("annotations/library.yml", FileKind.SETTINGS, text).diagnostics
    return found.message, found.help


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("appa", "apa"),
        ("chicago-author-dates", "chicago-author-date"),
        ("Vancouver", "nlm-citation-sequence"),
        ("mla", "modern-language-association"),
        ("harvard", "harvard-cite-them-right"),
        ("APA 7", "apa"),
    ],
)
def test_a_name_that_is_nearly_right_or_used_elsewhere(name, meant):
    assert finding(name) == (f'there is no citation style "{name}"', f'did you mean "{meant}"?')


def test_a_style_that_is_not_shipped_is_told_how_to_come_in():
    message, remedy = finding("https://www.zotero.org/styles/nature")
    assert message == 'there is no citation style "https://www.zotero.org/styles/nature"'
    assert remedy == (
        "put its file into annotations/references/ and write references/nature.csl; "
        "styles can be found at https://www.zotero.org/styles"
    )


@pytest.mark.parametrize("name", ["apa", "references/mine.csl"])
def test_a_shipped_style_and_a_file_are_taken(name):
    text = f"title: A library\ncitation-style: {name}\nroles:\n  - {{id: author, label: Author}}\n"
    parsed = parse_text("annotations/library.yml", FileKind.SETTINGS, text)
    assert (parsed.diagnostics, parsed.settings.citation_style) == ((), name)


def test_a_style_that_comes_or_goes_while_one_writes(tmp_path):
    named = b"title: L\ncitation-style: references/mine.csl\nroles: [{id: author, label: Author}]\n"
    path = "annotations/references/mine.csl"
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / "annotations" / "library.yml").write_bytes(named)
    missing = read_library(tmp_path)
    there = replace_files(missing, {path: style().encode()})
    gone = replace_files(there, {path: None})
    assert [[found.rule for found in result.diagnostics] for result in (missing, there, gone)] == [
        ["invalid-style"],
        [],
        ["invalid-style"],
    ]


# ---------------------------------------------------------------------------------------------- dependent styles

DEPENDENT = """<?xml version="1.0" encoding="utf-8"?>
<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0" default-locale="{locale}"><info>
<title>A journal</title><id>http://www.zotero.org/styles/a-journal</id>
<link href="http://www.zotero.org/styles/{parent}" rel="independent-parent"/>
<updated>2026-01-01T00:00:00+00:00</updated></info></style>"""


@pytest.mark.slow
def test_a_journal_that_follows_a_shipped_style_is_that_style(tmp_path):
    found = read(tmp_path, DEPENDENT.format(parent="apa", locale="en-US"))
    assert found.name == "mine.csl"
    assert entry(found) == entry(read_style("apa"))


def test_a_journal_keeps_its_own_language(tmp_path):
    found = read(tmp_path, DEPENDENT.format(parent="harvard-cite-them-right", locale="en-US"))
    assert "“What is forgotten,”" in entry(found)
    assert "‘What is forgotten’," in entry(read_style("harvard-cite-them-right"))


def test_a_journal_that_follows_another_style_is_told_which_file_is_needed(tmp_path):
    with pytest.raises(BibliographyError, match='only names another style, "nature", whose file is needed'):
        read(tmp_path, DEPENDENT.format(parent="nature", locale="en-US"))


def test_a_style_that_names_a_parent_is_never_looked_for_elsewhere(tmp_path):
    link = '<link href="https://example.org/styles/evil" rel="independent-parent"/>'
    found = read(tmp_path, style(info=link))
    assert b"independent-parent" not in found.xml
    assert entry(found) == "What is forgotten"


# ----------------------------------------------------------------------------------------------- hostile styles

ENTITIES = '<!DOCTYPE style [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE style SYSTEM "https://example.org/x.dtd" [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("head", [ENTITIES, OUTSIDE, "<!DOCTYPE style>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_entities_are_refused_in_every_encoding(tmp_path, head, encoding):
    text = style(layout='<text value="&#38;b;"/>' if head == ENTITIES else '<text value="x"/>', head=head)
    with pytest.raises(BibliographyError, match="cannot be read"):
        read(tmp_path, text.encode(encoding))


def test_a_style_in_another_encoding_is_no_danger_in_itself(tmp_path):
    assert entry(read(tmp_path, style(head='<?xml version="1.0" encoding="utf-16"?>').encode("utf-16")))


@pytest.mark.parametrize(
    ("macros", "layout", "says"),
    [
        ("", "<text/>", "has a text without variable, macro, term or value"),
        ("", "<number/>", "has a number without a variable"),
        ("<macro/>", '<text variable="title"/>', "has a macro without a name"),
        ("", "<institution/>", 'has a "institution" where none can stand, in a layout'),
        ("", '<names variable="author"><text value="x"/></names>', 'has a "text" where none can stand, in a names'),
        ('<locale xml:lang="x"/>', '<text variable="title"/>', 'names an unknown language, "x"'),
        ("<locale><terms><term/></terms></locale>", '<text variable="title"/>', "has a term without a name"),
        ("<citation><layout/></citation>", '<text variable="title"/>', 'has two elements "citation"'),
    ],
)
def test_a_style_that_pandoc_would_refuse(tmp_path, macros, layout, says):
    with pytest.raises(BibliographyError, match=re.escape(says)):
        read(tmp_path, style(macros, layout))


@pytest.mark.parametrize("depth", [200, 20_000])
def test_a_style_that_is_nested_too_deep_is_refused(tmp_path, depth):
    with pytest.raises(BibliographyError, match="nested more than 100 deep"):
        read(tmp_path, style(layout="<group>" * depth + "</group>" * depth))


@pytest.mark.parametrize(
    "macros",
    [
        '<macro name="a"><text macro="a"/></macro>',
        '<macro name="a"><group><text macro="b"/></group></macro><macro name="b"><text macro="a"/></macro>',
    ],
)
def test_a_macro_that_leads_to_itself_is_refused(tmp_path, macros):
    with pytest.raises(BibliographyError, match="macro that leads to itself"):
        read(tmp_path, style(macros, '<text macro="a"/>'))


def _doubling(times):
    doubling = (f'<macro name="m{n}"><text macro="m{n + 1}"/><text macro="m{n + 1}"/></macro>' for n in range(times))
    return "".join(doubling) + f'<macro name="m{times}"><text variable="title"/></macro>'


def test_macros_that_double_are_refused_where_they_grow_large(tmp_path):
    with pytest.raises(BibliographyError, match="stands for more than 100,000 elements"):
        read(tmp_path, style(_doubling(22), '<text macro="m0"/>'))
    read(tmp_path, style(_doubling(8), '<text macro="m0"/>'))


def test_macros_that_are_used_twice_lead_nowhere_bad(tmp_path):
    macros = (
        '<macro name="a"><text macro="b"/><text macro="b"/></macro><macro name="b"><text variable="title"/></macro>'
    )
    assert entry(read(tmp_path, style(macros, '<text macro="a"/>'))) == "What is forgottenWhat is forgotten"


@pytest.mark.slow
def test_macros_that_multiply_run_out_of_time(tmp_path, monkeypatch):
    monkeypatch.setattr(pandoc_runner, "_PATIENCE", 1)
    monkeypatch.setattr(style_xml, "_MOST_ELEMENTS", 10**12)
    calls = [f'<text macro="m{n + 1}"/>' * 10 for n in range(9)]
    macros = "".join(f'<macro name="m{n}">{call}</macro>' for n, call in enumerate(calls))
    found = read(tmp_path, style(macros + '<macro name="m9"><text variable="title"/></macro>', '<text macro="m0"/>'))
    with pytest.raises(BibliographyError, match=r'1 seconds of work while .* the style "mine.csl"'):
        entry(found)


def test_no_file_and_no_address_of_a_style_is_opened(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    found = read(tmp_path, style(layout=f'<text variable="title"/><text value="v">{include}</text>'))
    assert "secret" not in entry(found)


# ------------------------------------------------------------------------------------------------------ language


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "Journal of Memory, 12, 501–520"),
        ("de", "Doe, J., & Roe, R. (2009)"),
    ],
)
def test_apa_in_two_languages(language, says):
    assert says in re.sub("<[^>]*>", "", entry(read_style("apa"), language))


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "‘What is forgotten’"),
        ("en-GB", "‘What is forgotten’"),
        ("en-US", "“What is forgotten,”"),
        ("de-DE", "Doe, J. und Roe, R. (2009) „What is forgotten“"),
        ("fr-FR", "Doe, J. et Roe, R. (2009) « What is forgotten »"),
    ],
)
def test_the_language_of_the_library_is_that_of_its_citations(language, says):
    assert says in entry(read_style("harvard-cite-them-right"), language).replace("\xa0", " ").replace("\u202f", " ")


def test_a_style_that_names_its_language_gives_it_to_a_library_in_that_language(tmp_path):
    quoted = style(layout='<text variable="title" quotes="true"/>').replace(
        'class="in-text"', 'class="in-text" default-locale="en-GB"'
    )
    found = read(tmp_path, quoted)
    assert entry(found, "en") == "‘What is forgotten’"
    assert entry(found, "en-US") == "“What is forgotten”"
    assert entry(found, "de") == "„What is forgotten“"


@pytest.mark.parametrize(
    ("language", "says"), [("en", "Doe and Roe (2009)"), ("de", "Doe und Roe (2009)"), ("sv", "Doe & Roe (2009)")]
)
def test_two_authors_in_running_text(language, says):
    (cited,) = (found.citation for found in parse_citations("@x", lambda start, end: Span.of_file("x")))
    found = render_bibliography({"x": ARTICLE}, [cited], style=read_style("apa"), language=language).citation(cited)
    assert unescape("".join(part.html for part in found)) == says


# -------------------------------------------------------------------------------------------------- short titles


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"title": "The Art of Forgetting: A Study"}, "Art of Forgetting"),
        ({"title": "Forgetting"}, "Forgetting"),
        ({"title": "The Art of Forgetting", "title-short": "Forgetting It"}, "Forgetting It"),
        ({"title": "The", "language": "en"}, "The"),
        ({"title": "Die Kunst: Eine Studie", "language": "de"}, "Die Kunst"),
        ({"title": "A la recherche", "language": "fr"}, "A la recherche"),
    ],
)
def test_chicago_notes_name_a_work_shortly(fields, says):
    item = {"type": "book", "author": [{"family": "Doe", "given": "Jane"}], "publisher": "Press", **fields}
    found = render_bibliography({"x": item}, [], style=read_style("chicago-notes-bibliography"))
    assert re.sub("<[^>]*>", "", found.short("x")) == f"Doe, {says}"
    assert re.sub("<[^>]*>", "", found.entry("x")).startswith(f"Doe, Jane. {fields['title']}.")


# --------------------------------------------------------------------------------------------- notes and Pandoc


def pandoc(note: Path, *options: str) -> tuple[str, str]:
    """What Pandoc alone makes of a note: HTML, and its warnings."""
    command = [find_pandoc().path, "--citeproc", f"--csl={STYLES / 'apa.csl'}", "--to=html", "--wrap=none", *options]
    done = subprocess.run([*command, str(note)], capture_output=True, text=True, check=True)
    return done.stdout, done.stderr


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


@pytest.mark.slow
@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.stem)
def test_pandoc_formats_each_shipped_note_without_a_warning_and_as_we_do(note):
    checked = check_library(Options(root=REPOSITORY, remember=False, executor=None))
    bibliography = format_citations(checked.links, Options(root=REPOSITORY, remember=False))
    language = checked.links.library.settings.language
    shared = sorted((REPOSITORY / "annotations" / "references").glob("*.[jyb]*"))
    html, warnings = pandoc(note, f"--metadata=lang:{language}", *(f"--bibliography={path}" for path in shared))
    assert warnings == ""
    found = re.findall(r'<div id="ref-([^"]+)"[^>]*>(.*?)</div>', html, re.DOTALL)
    assert found
    assert {key: plain(entry) for key, entry in found} == {key: bibliography.entry_text(key) for key, _ in found}
    used = {source.key for source in checked.links.notes[note.stem].sources}
    assert used <= dict(found).keys()


def test_what_pandoc_fails_at_is_found_in_the_library():
    links = resolve_links(read_library(REPOSITORY / "tests" / "cases" / "base").library)
    work, citation = BibliographyError("pandoc gave up"), BibliographyError("pandoc gave up")
    work.key = "doe2009"
    citation.citation = csl_citation_of(links.notes["forgetting"].body.citations[0])
    assert re.match(r"annotations/references/works\.yaml:\d+:\d+: pandoc gave up", str(_placed(work, links)))
    assert re.match(r"annotations/notes/forgetting\.md:\d+:\d+: pandoc gave up", str(_placed(citation, links)))
    assert str(_placed(BibliographyError("pandoc gave up"), links)) == "pandoc gave up"
