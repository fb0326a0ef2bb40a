"""Works by DOI, PMID, ISBN and arXiv id, from servers of this machine that answer as the registries do, wrongly, or not."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pytest
from florilegium import cli
from florilegium.core.errors import FlorilegiumError
from florilegium.works.csl.csl_items import read_item, to_csl
from florilegium.works.registries.lookups import fetch_item, parse_work_identifier
from florilegium.works.registries.registry_requests import RegistryError, UnknownWork

ZENODO = {
    "type": "dataset", "id": "https://doi.org/10.5281/zenodo.123456", "categories": ["a"], "language": "eng",
    "author": [{"family": "Doe", "given": "Jane"}, {"literal": "A group"}], "abstract": "<p>Words</p>", "copyright": "CC",
    "issued": {"date-parts": [[2022, 5, 1]]}, "DOI": "10.5281/ZENODO.123456", "publisher": "Zenodo",
    "title": "A <i>data</i> set", "version": "1.0", "URL": "https://zenodo.org/record/123456",
}  # fmt: skip
PUBMED = {
    "type": "article-journal", "id": "pmid:23219016", "title": "The multiple facets", "PMID": "23219016", "page": "195–206",
    "author": [{"family": "Lutz", "given": "P.-E."}], "issued": {"date-parts": [[2013, 4]]}, "source": "PubMed",
    "container-title": "Trends in neurosciences", "DOI": "10.1016/j.tins.2012.11.002", "ISSN": "0166-2236",
}  # fmt: skip
BOOK = {
    "ISBN:9780306406157": {
        "title": "Rooms", "subtitle": "A study", "authors": [{"name": "Ludwig van Beethoven"}], "publish_date": "March 2001",
        "publishers": [{"name": "Press"}], "publish_places": [{"name": "Oslo"}], "number_of_pages": 3,
    }
}  # fmt: skip
ANSWERS = {
    "/10.5281/zenodo.123456": ZENODO,
    "/10.48550/arXiv.2101.00001": {**ZENODO, "type": "article", "title": "A preprint", "DOI": "10.48550/arXiv.2101.00001"},
    "/api/ctxp/v1/pubmed/?format=csl&id=23219016": PUBMED,
    "/api/books?bibkeys=ISBN:9780306406157&format=json&jscmd=data": BOOK,
    "/api/books?bibkeys=ISBN:9780890425558&format=json&jscmd=data": {},
    "/10.5281/wrong": ["nothing", 3],
    "/10.5281/broken": "",
    "/works/10.1000/crossref": {"message": {"type": "monograph", "title": ["T"], "DOI": "10.1000/crossref"}},
}  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path = unquote(self.path)
        self.server.seen.append((path, self.headers["Accept"]))
        if path.startswith("/moved/"):
            self.send_response(302)
            self.send_header("Location", f"http://localhost:{self.server.server_port}/10.5281/zenodo.123456")
            self.end_headers()
            return
        answer = ANSWERS.get(path)
        self.send_response(404 if answer is None else 200)
        self.end_headers()
        self.wfile.write(b"<html>" if answer == "" else json.dumps(answer).encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.seen = []
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    for name in ("CROSSREF", "DOI", "PUBMED", "OPENLIBRARY"):
        monkeypatch.setenv(f"FLORILEGIUM_{name}", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("NO_PROXY", "*")
    yield server
    server.shutdown()
    server.server_close()


def fetch(text):
    source, problems = read_item(fetch_item(parse_work_identifier(text)), "the record")
    assert problems == []
    return to_csl(source)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("https://doi.org/10.1000/182", "doi", "10.1000/182"),
        ("10.48550/arXiv.2101.00001", "arxiv", "2101.00001"),
        ("arXiv:2101.00001v2", "arxiv", "2101.00001v2"),
        ("https://arxiv.org/abs/2101.00001", "arxiv", "2101.00001"),
        ("PMID: 23219016", "pmid", "23219016"),
        ("https://pubmed.ncbi.nlm.nih.gov/23219016/", "pmid", "23219016"),
        ("978-0-306-40615-7", "isbn", "9780306406157"),
    ],
)
def test_identifiers_are_told_by_their_form(text, kind, value):
    assert parse_work_identifier(text) == (kind, value)


@pytest.mark.parametrize("text", ["doe2009", "2009", "references/x.bib", "978-0-306-40615-8", ""])
def test_other_texts_are_none(text):
    assert parse_work_identifier(text) is None


def test_a_doi_of_another_agency_is_had_by_content_negotiation(server):
    item = fetch("10.5281/zenodo.123456")
    assert server.seen[-1] == ("/10.5281/zenodo.123456", "application/vnd.citationstyles.csl+json")
    assert (item["type"], item["title"], item["version"]) == ("dataset", "A data set", "1.0")
    assert item["author"] == [{"family": "Doe", "given": "Jane"}, {"literal": "A group"}]
    assert not {"abstract", "URL", "categories", "copyright"} & item.keys()


def test_crossref_is_asked_first(server):
    assert fetch("10.1000/crossref")["title"] == "T"
    assert [path for path, _ in server.seen] == ["/works/10.1000/crossref"]


def test_a_preprint_of_arxiv(server):
    assert fetch("arXiv:2101.00001")["title"] == "A preprint"


def test_a_number_of_pubmed(server):
    item = fetch("PMID 23219016")
    assert (item["PMID"], item["page"], item["issued"]) == ("23219016", "195-206", {"date-parts": [[2013, 4]]})


def test_a_book_by_its_isbn(server):
    item = fetch("978-0-306-40615-7")
    assert (item["title"], item["publisher"], item["publisher-place"]) == ("Rooms: A study", "Press", "Oslo")
    assert item["author"] == [{"family": "Beethoven", "given": "Ludwig", "non-dropping-particle": "van"}]
    assert item["issued"] == {"date-parts": [[2001, 3]]}


def test_a_resolver_hands_on_to_another_host(server, monkeypatch):
    monkeypatch.setenv("FLORILEGIUM_DOI", f"http://127.0.0.1:{server.server_port}/moved")
    assert fetch("10.5281/zenodo.123456")["title"] == "A data set"


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("10.5281/unknown", UnknownWork, "the DOI resolver has no work with the DOI"),
        ("978-0-89042-555-8", UnknownWork, "Open Library has no work with the ISBN"),
        ("10.5281/wrong", RegistryError, "is not a record of a work"),
        ("10.5281/broken", RegistryError, "is not a record of the DOI resolver"),
        ("PMID 1", UnknownWork, "PubMed has no work with the PMID"),
    ],
)
def test_what_goes_wrong_is_said(server, text, error, words):
    with pytest.raises(error) as raised:
        fetch(text)
    assert words in str(raised.value)
    assert raised.value.help


def test_a_server_that_is_not_there(monkeypatch):
    monkeypatch.setenv("FLORILEGIUM_PUBMED", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "*")
    with pytest.raises(FlorilegiumError, match="cannot be reached"):
        fetch("PMID 23219016")


def run(*arguments):
    with pytest.raises(SystemExit) as left:
        cli.main([*arguments])
    return int(left.value.code or 0)


def test_a_work_is_added_to_the_references(server, tmp_path, capsys):
    (tmp_path / "annotations" / "references").mkdir(parents=True)
    (tmp_path / "annotations" / "library.yml").write_text("title: T\n")
    assert run("references", "add", "--root", str(tmp_path), "PMID 23219016") == 0
    text = (tmp_path / "annotations" / "references" / "works.yaml").read_text()
    assert text.startswith("- id: lutz2013\n  type: article-journal\n")
    assert "cite it as [@lutz2013]" in capsys.readouterr().out
    assert run("references", "add", "--root", str(tmp_path), "10.1016/J.TINS.2012.11.002") == 0
    assert "has this work as lutz2013" in capsys.readouterr().out
    assert run("references", "add", "--root", str(tmp_path), "--to", "references/a.bib", "978-0-306-40615-7") == 0
    assert "@book{beethoven2001," in (tmp_path / "annotations" / "references" / "a.bib").read_text()


def test_a_mistyped_path_is_no_citation_key(tmp_path, capsys):
    (tmp_path / "annotations").mkdir()
    assert run("references", "add", "--root", str(tmp_path), "refs/doe.bib") == 2
    assert 'there is no file "refs/doe.bib"' in capsys.readouterr().err
