"""Parsers of others, and what differs between versions of Python: nothing raises, and every version reads the same."""

import csv
import io
import struct
import zipfile
from contextlib import suppress

import pytest
from florilegium.check.checking import given_epoch
from florilegium.core.entities import unescape_html
from florilegium.core.errors import CannotRun
from florilegium.core.policy import target_fault
from florilegium.core.spans import LineTable
from florilegium.edit.imports.archives import Archive, ArchiveError
from florilegium.edit.imports.detection import parse_export
from florilegium.edit.imports.highlights import HighlightFormat
from florilegium.edit.imports.vaults.vault_notes import parse_vault_note
from florilegium.library.listing import FileKind
from florilegium.library.reading import parse_text
from florilegium.publish.hyperlinks.site_documents import parse_document
from florilegium.publish.hyperlinks.site_places import SiteMap
from florilegium.quotations.fingerprints import is_same_work, parse_fingerprint
from florilegium.quotations.html_text import document_text
from florilegium.quotations.match_findings import _rank
from florilegium.quotations.originals import OriginalError, read_original
from florilegium.quotations.transcripts import transcript_text
from florilegium.works.citing.citation_styles import read_style
from florilegium.works.identifiers import check_url
from florilegium.works.reference_files import parse_bibliography
from florilegium.works.registries.registry_requests import _time


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a <!-- b", "a "),
        ("a <!-- b --!> c", "a  c"),
        ("a <!-- b --> c <!-- d", "a  c "),
        ("a<script>x('<!--')</script>c", "a\n\nc"),
        ("a<textarea><b>x</b></textarea>c", "a\nx\nc"),
        ("a<xmp><b>x</b></xmp>c", "a\nx\nc"),
        ("a <![CDATA[b]]> c", "a  c"),
        ("a <![x]> c", "a  c"),
        ("a <p x='b>c'>d", "a \nd"),
        ("a &ampb &notit; &#x80; &#x110000; c", "a &b ¬it; € � c"),
        ("a <? b > c <! d > e", "a  c  e"),
    ],
)
def test_html_is_read_alike(html: str, text: str) -> None:
    assert document_text(html)[0] == text


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://[2001:db8::1]/x", True),
        ("https://[2001:db8::1]:8080/x", True),
        ("https://[2001:db8::1]x/", False),
        ("https://[v1.x]/", False),
        ("https://[x]/", False),
        ("https://[::1/", False),
        ("https://example.org:99999/", False),
        ("https://example.org:٣/", False),
        ("https://℀.org/", False),
    ],
)
def test_addresses_are_read_alike(url: str, good: bool) -> None:
    assert bool(check_url(url).value) is good


@pytest.mark.parametrize("target", ["https://[", "//[", "http://[x]/", "https://a:b/", "https://℀/"])
def test_no_address_raises(target: str) -> None:
    target_fault(target)
    for base in ("", target, "https://example.org/"):
        SiteMap(files=frozenset(), url="https://example.org/x/").locate(target, "index.html", base)
        SiteMap(files=frozenset(), url="https://example.org/x/").locate("page", "index.html", base)


def damaged(change: int) -> bytes:
    """An archive with one byte changed."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", "<Project/>" * 20)
    data = bytearray(sink.getvalue())
    data[change % len(data)] ^= 0xFF
    return bytes(data)


def test_a_byte_of_an_archive_is_wrong(tmp_path) -> None:
    for place in range(len(damaged(0))):
        with suppress(ArchiveError):
            Archive(damaged(place)).read("project.qde")
    odd = damaged(0).replace(b"PK\x01\x02\x14", b"PK\x01\x02\x00")
    odd = odd[: odd.rindex(b"PK\x01\x02") + 6] + struct.pack("<H", 999) + odd[odd.rindex(b"PK\x01\x02") + 8 :]
    (tmp_path / "work.epub").write_bytes(odd)
    with pytest.raises(OriginalError, match="is damaged"):
        read_original(tmp_path / "work.epub")


def test_a_table_with_signs_of_its_own_is_read_alike() -> None:
    sink = io.StringIO()
    rows = [["Highlight", "Book Title"], ['a "b", c\nd', "T"], ["\x00x", "T"], ["", ""], ["e\r\nf", "T"]]
    csv.writer(sink, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    found = parse_export(HighlightFormat.READWISE, "x.csv", f'{sink.getvalue()}"open,T\n'.encode())
    assert [highlight.words for highlight in found.highlights] == ['a "b", c\nd', "e\nf"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("feed.xml", b'<?xml version="1.0" encoding="utf-7"?><a/>'),
        ("feed.xml", b'<?xml version="1.0" encoding="shift_jis"?><a href="x"/>'),
        ("sitemap.xml.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff\xff\xff"),
        ("objects.inv", b"# a\n# b\n# c\n# d\nno zlib"),
        ("data.json", b'{"html": ' + b"[" * 100_000),
    ],
)
def test_a_file_of_a_site_that_cannot_be_read_leads_nowhere(name: str, data: bytes) -> None:
    assert list(parse_document(name, data).uses) in ([], [*parse_document(name, data).uses][:1])


def test_numbers_too_long_for_python() -> None:
    year = "9" * 5000
    assert is_same_work(parse_fingerprint(f";doe;t;{year}"), parse_fingerprint(";doe;t;2009"))
    assert _time(f"Mon, 01 Jan {year} 00:00:00 GMT") is None
    assert _time("Mon, 99999999999999999999 Jan 2020 00:00:00 GMT") is None


@pytest.mark.parametrize(
    "yaml", ["year: !!int ", "a: &x [*x]", "a: !!python/object:os.system x", "[" * 5000, "? " * 500]
)
def test_front_matter_of_other_programs(yaml: str) -> None:
    assert parse_vault_note("x.md", f"---\n{yaml}\n---\nBody\n").body == "Body\n"


@pytest.mark.parametrize("epoch", ["²", "1e5", "-1", "9" * 20, "9" * 5000])
def test_a_time_that_is_none(monkeypatch: pytest.MonkeyPatch, epoch: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(CannotRun, match="no number of seconds"):
        given_epoch()
    LineTable("x", epoch)


LONG = "9" * 5000


@pytest.mark.parametrize("digits", [LONG, "²", "١٢"])
def test_numbers_of_any_length_in_files_of_others(tmp_path, digits) -> None:
    bibtex = (
        f"@book{{a2009, title={{T}}, author={{Doe, J.}}, year={{{digits}}}, month={{{digits}}}, pages={{{digits}}}}}"
    )
    for path, text in (("x.bib", bibtex), ("x.yaml", f"- {{id: a, type: book, title: T, issued: {digits}}}")):
        parse_bibliography(path, text, LineTable(path, text))
    selection = f'<PlainTextSelection guid="3" startPosition="{digits}" endPosition="{digits}"/>'
    source = f'<TextSource guid="2" name="I"><PlainTextContent>words</PlainTextContent>{selection}</TextSource>'
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr(
            "project.qde", f'<Project xmlns="urn:QDA-XML:project:1.0"><Sources>{source}</Sources></Project>'
        )
    assert parse_export(HighlightFormat.REFI_QDA, "x.qdpx", sink.getvalue()).highlights == ()
    layout = '<layout><text variable="title"/></layout>'
    style = '<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0"><info><id>x</id></info>'
    style += f'<citation et-al-min="{digits}">{layout}</citation><bibliography>{layout}</bibliography></style>'
    (tmp_path / "mine.csl").write_text(style)
    assert read_style("mine.csl", folder=tmp_path).et_al_min == 0
    assert _rank(digits) is not None


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        (f"&#{LONG};", "\ufffd"), (f"&#x{LONG}", "\ufffd"), (f"&#{'0' * 5000}65;", "A"), (f"&#X{'0' * 50}41;", "A"),
        ("&#233;", "é"), ("&#12345678;", "\ufffd"), ("&eacute; & &amp;", "é & &"),
    ],
)  # fmt: skip
def test_references_of_any_length_are_read(reference: str, shown: str) -> None:
    assert unescape_html(reference) == shown
    assert document_text(f"<p>{reference}</p>")[0].strip() == shown


def test_long_references_in_texts_of_all_kinds() -> None:
    for kind in (HighlightFormat.ZOTERO, HighlightFormat.READWISE):
        parse_export(kind, "x", f'<p>“a &#{LONG};” (<a href="zotero://x?&#{LONG};">Doe, 2009</a>)</p>'.encode())
    assert transcript_text(f"WEBVTT\n\n00:00.000 --> 00:01.000\n&#{LONG};") == "\ufffd"
    note = f'---\ntitle: T\n---\n<abbr title="&#{LONG};">x</abbr> &#{LONG}; [a](https://e.org/&#{LONG};)\n'
    assert parse_text("annotations/notes/n.md", FileKind.NOTE, note).note
    assert parse_document("a.html", f'<a href="&#{LONG};">'.encode()).uses
