"""The library as a book: every link leads to a place in it, what is hard to read stands at the end, after its notice."""

import io
import os
import re
import subprocess
import zipfile

import pytest
from florilegium.core.errors import CannotRun
from florilegium.site.book import book_files as books
from florilegium.site.book.book_html import book_html
from planned import LIBRARY, planned


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return planned(tmp_path_factory.mktemp("book"), LIBRARY).site


@pytest.fixture(scope="module")
def html(site):
    return book_html(site)


@pytest.fixture(scope="module")
def epub(site):
    file = next(books.book_files(lambda: site, on_the_site=True))
    return b"".join(file.render())


def test_every_link_within_leads_to_a_place_and_no_id_stands_twice(html):
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    assert "note-forgetting" in ids
    assert "theme-amnesia" in ids
    assert "work-doe2009" in ids
    assert "\ufdd0" not in html
    assert "\ue000" not in html


def test_closed_words_stand_at_the_end_after_their_notice(site, html):
    closed = next(quote for quote in site.links.quotes if site.closes(quote))
    opened = next((quote for quote in site.links.quotes if not site.closes(quote)), None)
    end = html.index('<h1 id="closed">')
    words = " ".join(closed.words.split()[:4])
    assert words not in html[:end]
    assert words in html[end:]
    assert html.index("Speaks of", end) < html.index(words, end)
    assert f'href="#closed-{closed.note}--{closed.id}"' in html[:end]
    if opened:
        assert " ".join(opened.words.split()[:3]) in html[:end]


def test_quotations_are_numbered_and_say_how_they_were_checked(html):
    numbers = [int(number) for number in re.findall(r'<p class="by">Quotation (\d+):', html)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert "Not verified" in html


def test_the_book_speaks_the_language_of_the_library(tmp_path):
    files = LIBRARY | {"library.yml": LIBRARY["library.yml"].replace("language: en", "language: de")}
    html = book_html(planned(tmp_path, files).site)
    assert "Noch nicht geprüft" in html
    assert '<h1 id="themes">Themen</h1>' in html


def test_an_epub_is_the_same_each_time(site, epub):
    assert next(books.book_files(lambda: site, on_the_site=True)).render() == [epub]
    book = zipfile.ZipFile(io.BytesIO(epub))
    assert book.namelist()[0] == "mimetype"
    assert book.read("mimetype") == b"application/epub+zip"
    text = b"".join(book.read(name) for name in book.namelist() if name.endswith(".xhtml")).decode()
    assert "The footnote." in text
    assert 'id="n-forgetting--fn-1"' in text


@pytest.mark.skipif("FLORILEGIUM_EPUBCHECK" not in os.environ, reason="FLORILEGIUM_EPUBCHECK names no epubcheck.jar")
def test_epubcheck_finds_nothing(epub, tmp_path):
    """Java takes half a minute for it, so it runs only where the variable names the program's file."""
    path = tmp_path / "library.epub"
    path.write_bytes(epub)
    command = ["java", "-jar", os.environ["FLORILEGIUM_EPUBCHECK"], "--failonwarnings", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_signs_of_other_formats_are_signs(tmp_path):
    """Pandoc reads metadata as Markdown, and Typst takes `@` for a reference."""
    files = LIBRARY | {
        "library.yml": LIBRARY["library.yml"].replace("A library for tests", "'@One *two* #three $4 [5]'"),
        "notes/forgetting.md": LIBRARY["notes/forgetting.md"].replace("[Ann Other]", "['@Ann #Other']"),
    }
    site = planned(tmp_path, files).site
    made = books._made(site, "typst", []).decode()
    assert r"\@One \*two\* \#three \$4 \[5\]" in made
    assert r"\@Ann \#Other" in made


def test_a_book_that_takes_too_much_is_not_made(site, monkeypatch):
    monkeypatch.setattr(books, "_MEBIBYTES", 30)
    monkeypatch.setattr(books, "book_html", lambda site: "<p>word</p>" * 50_000)
    with pytest.raises(CannotRun, match="the book was not made: pandoc would need more than 30 MiB of memory"):
        books._made(site, "epub3", [])


def test_a_pdf_needs_a_program_that_sets_pages(site, monkeypatch):
    monkeypatch.setattr(books.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(books.shutil, "which", lambda name: None)
    file = list(books.book_files(lambda: site, on_the_site=True))[1]
    with pytest.raises(CannotRun) as raised:
        file.render()
    assert "WeasyPrint" in raised.value.help


def test_the_site_offers_an_epub_where_the_library_says_so(site):
    assert [file.asked for file in books.book_files(lambda: site, on_the_site=True)] == [False, True]
    assert [file.asked for file in books.book_files(lambda: site, on_the_site=False)] == [True, True]
