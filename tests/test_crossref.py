"""Records of Crossref: fetched from a server on this machine, and read as CSL items."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from florilegium.core.json_trees import parse_json
from florilegium.core.spans import LineTable
from florilegium.works.csl.csl_items import parse_source
from florilegium.works.registries import registry_requests
from florilegium.works.registries.crossref_items import crossref_item
from florilegium.works.registries.crossref_records import fetch_record
from florilegium.works.registries.registry_requests import RegistryError, UnknownWork
from hypothesis import given
from hypothesis import strategies as st

DOI = "10.1234/abc.1"
RECORD = {
    "DOI": DOI,
    "type": "journal-article",
    "title": ["On <i>quiet</i> rooms"],
    "author": [{"given": "Jane", "family": "Doe", "sequence": "first", "affiliation": []}],
    "container-title": ["Journal of Rooms"],
    "issued": {"date-parts": [[2009, 5]]},
}


class Server(ThreadingHTTPServer):
    """Answers each request with the next answer of a list, and keeps the last one: status, headers, body."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = []
        self.seen = []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append((self.path, self.headers))
        answer = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        if callable(answer):
            return answer(self)
        status, headers, body = answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def found(record=RECORD):
    return 200, {"Content-Type": "application/json"}, json.dumps({"status": "ok", "message": record}).encode()


@pytest.fixture
def server(monkeypatch):
    server = Server()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setenv("FLORILEGIUM_CROSSREF", server.address)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("FLORILEGIUM_CONTACT", raising=False)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    """The pauses between two requests, which nobody waits for."""
    made = []
    monkeypatch.setattr(registry_requests, "wait", made.append)
    return made


def failure(doi=DOI):
    with pytest.raises(RegistryError) as error:
        fetch_record(doi)
    assert error.value.help, "every message says what to do"
    return error.value


# -------------------------------------------------------------------------------------------------------- fetch


def test_a_record_is_the_message_of_the_answer(server):
    server.answers = [found()]
    assert fetch_record(f"https://doi.org/{DOI}") == RECORD
    path, headers = server.seen[0]
    assert path == "/works/10.1234%2Fabc.1"
    assert headers["User-Agent"].startswith("florilegium/")
    assert "mailto" not in headers["User-Agent"]


def test_who_runs_the_program_may_leave_an_address(server, monkeypatch):
    server.answers = [found()]
    monkeypatch.setenv("FLORILEGIUM_CONTACT", "jane@example.org")
    fetch_record(DOI)
    assert server.seen[0][1]["User-Agent"].endswith(" (mailto:jane@example.org)")


@pytest.mark.parametrize("contact", ["jane@example.org\r\nX-Evil: 1", "jäne@example.org", "nobody"])
def test_what_is_no_address_is_not_sent(server, monkeypatch, contact):
    server.answers = [found()]
    monkeypatch.setenv("FLORILEGIUM_CONTACT", contact)
    fetch_record(DOI)
    assert "mailto" not in server.seen[0][1]["User-Agent"]
    assert server.seen[0][1]["X-Evil"] is None


def test_any_character_of_a_doi_stays_in_its_place_of_the_address(server):
    server.answers = [found()]
    fetch_record("10.1002/(SICI)1097<1::AID>3.0.CO;2-#?/../x")
    assert server.seen[0][0] == "/works/10.1002%2F%28SICI%291097%3C1%3A%3AAID%3E3.0.CO%3B2-%23%3F%2F..%2Fx"


def test_an_unknown_doi_is_told_from_other_failures(server, pauses):
    server.answers = [(404, {}, b"Resource not found.")]
    error = failure()
    assert isinstance(error, UnknownWork)
    assert DOI in str(error)
    assert "DataCite" in error.help
    assert (len(server.seen), pauses) == (1, []), "it will not be there the next moment"


def test_what_is_no_doi_is_not_asked_for(server):
    assert "10.1234/suffix" in str(failure("doe2009"))
    assert not server.seen


def test_a_busy_server_is_asked_again_when_it_wishes(server, pauses):
    server.answers = [(429, {"Retry-After": "7"}, b""), (503, {}, b""), found()]
    assert fetch_record(DOI) == RECORD
    assert pauses == [7.0, 2.0]


def test_a_wish_may_be_a_date(server, pauses):
    dates = {"Date": "Mon, 01 Jan 2024 10:00:00 GMT", "Retry-After": "Mon, 01 Jan 2024 10:00:30 GMT"}

    def later(handler):
        handler.send_response_only(429)
        for name, value in {**dates, "Content-Length": "0"}.items():
            handler.send_header(name, value)
        handler.end_headers()

    server.answers = [later, found()]
    fetch_record(DOI)
    assert pauses == [30.0]


@pytest.mark.parametrize("wish", ["soon", "", "-5", "²", "Mon, 99 Jan"])
def test_a_wish_that_cannot_be_read_is_none(server, pauses, wish):
    server.answers = [(429, {"Retry-After": wish.encode().decode("latin-1")}, b""), found()]
    fetch_record(DOI)
    assert pauses == [1.0]


def test_nobody_waits_for_an_hour(server, pauses):
    server.answers = [(429, {"Retry-After": "3600"}, b"")]
    assert "is busy (HTTP status 429)" in str(failure())
    assert pauses == []


def test_a_server_that_stays_broken_is_given_up(server, pauses):
    server.answers = [(500, {}, b"")]
    assert "has a fault (HTTP status 500)" in str(failure())
    assert (len(server.seen), pauses) == (3, [1.0, 2.0])


def test_a_refusal_is_not_repeated(server):
    server.answers = [(403, {}, b"")]
    assert "HTTP status 403" in str(failure())
    assert len(server.seen) == 1


def test_a_silent_server_is_given_up(server, monkeypatch):
    monkeypatch.setattr(registry_requests, "_SILENCE", 0.05)
    server.answers = [lambda handler: time.sleep(0.3)]
    assert "did not answer in time" in str(failure())


def test_a_server_that_sends_drop_by_drop_is_given_up(server, monkeypatch):
    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(20):
            handler.wfile.write(b" ")
            time.sleep(0.02)

    monkeypatch.setattr(registry_requests, "_TOTAL", 0.05)
    monkeypatch.setattr(registry_requests, "ATTEMPTS", 1)
    server.answers = [drip]
    assert "did not answer in time" in str(failure())


def test_a_broken_answer_is_told(server):
    server.answers = [(200, {"Content-Length": "1000"}, b'{"message": {}}')]
    assert "broke off" in str(failure())


def test_a_huge_answer_is_not_read(server, monkeypatch):
    monkeypatch.setattr(registry_requests, "MAX_ANSWER_BYTES", 1_048_576)
    server.answers = [(200, {}, b" " * 1_100_000)]
    assert "larger than 1 MiB" in str(failure())


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"null", b'{"message": []}', b"{}", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_record_is_told(server, body):
    server.answers = [(200, {}, body)]
    assert "is not a record of Crossref" in str(failure())


def test_a_redirect_on_the_same_server_is_followed(server):
    server.answers = [(301, {"Location": "/works/10.1234%2Fnew"}, b""), found()]
    assert fetch_record(DOI) == RECORD
    assert server.seen[1][0] == "/works/10.1234%2Fnew"


@pytest.mark.parametrize("target", ["http://127.0.0.1:1/x", "https://example.org/x", "file:///etc/passwd", "//other/x"])
def test_a_redirect_to_another_server_is_not_followed(server, target):
    server.answers = [(302, {"Location": target}, b"")]
    assert "another server" in str(failure()) or "refuses" in str(failure())
    assert {path for path, _ in server.seen} == {"/works/10.1234%2Fabc.1"}


def test_offline_is_told_at_once(server, monkeypatch, pauses):
    monkeypatch.setenv("FLORILEGIUM_CROSSREF", "http://crossref.invalid")
    error = failure()
    assert str(error).startswith("crossref.invalid cannot be reached: ")
    assert "connection" in error.help
    assert pauses == []


@pytest.mark.parametrize("base", ["file:///etc", "api.crossref.org", "ftp://x", "http://[", "http://a b"])
def test_a_base_that_is_no_web_address_is_told(server, monkeypatch, base):
    monkeypatch.setenv("FLORILEGIUM_CROSSREF", base)
    failure()
    assert not server.seen


# -------------------------------------------------------------------------------------------------------- items


def read(item):
    """The source that the library makes of an item, without a finding."""
    text = json.dumps({**item, "id": "key"})
    table = LineTable("x.json", text)
    source, problems = parse_source(parse_json(text, table)[0])
    assert problems == []
    return source


def test_an_article():
    record = RECORD | {
        "subtitle": ["A <jats:italic>study</jats:italic>"],
        "author": [
            {"given": "Jane", "family": "Doe", "ORCID": "http://orcid.org/0000-0002-1825-0097", "affiliation": []},
            {"given": "M.", "family": "King Jr.", "sequence": "additional"},
            {"given": "Bessel", "family": "van der Kolk"},
            {"name": "The Quiet Group"},
            {"given": "Madonna"},
            {},
            "nonsense",
        ],
        "short-container-title": ["J. Rooms"],
        "volume": "12",
        "issue": "3",
        "page": "195–206",
        "ISSN": ["1234-0000", "http://id.crossref.org/issn/0378-5955"],
        "publisher": "House of Rooms",
        "URL": "http://dx.doi.org/10.1234/abc.1",
        "abstract": "<jats:p>Words of a publisher.</jats:p>",
        "reference": [{"key": "1"}],
    }
    assert crossref_item(record) == {
        "id": DOI,
        "type": "article-journal",
        "author": [
            {"family": "Doe", "given": "Jane"},
            {"family": "King", "given": "M.", "suffix": "Jr."},
            {"family": "van der Kolk", "given": "Bessel"},
            {"literal": "The Quiet Group"},
            {"literal": "Madonna"},
        ],
        "title": "On quiet rooms: A study",
        "container-title": "Journal of Rooms",
        "container-title-short": "J. Rooms",
        "volume": "12",
        "issue": "3",
        "page": "195-206",
        "DOI": DOI,
        "ISSN": "0378-5955",
        "issued": {"date-parts": [[2009, 5]]},
    }
    assert read(crossref_item(record)).year == 2009


def test_a_chapter_stands_in_the_book_and_not_in_the_series():
    titles = ["Lecture Notes in Rooms", "Rooms of One’s Own"]
    item = crossref_item(
        RECORD
        | {"type": "book-chapter", "container-title": titles, "publisher": "House", "publisher-location": "Ghent"}
    )
    assert (item["type"], item["container-title"], item["collection-title"]) == ("chapter", titles[1], titles[0])
    assert (item["publisher"], item["publisher-place"]) == ("House", "Ghent")


def test_a_book():
    item = crossref_item(RECORD | {"type": "monograph", "ISBN": ["http://id.crossref.org/isbn/9780306406157"]})
    assert (item["type"], item["ISBN"], item["collection-title"]) == ("book", "9780306406157", "Journal of Rooms")
    assert "container-title" not in item


def test_a_preprint_and_a_thesis_come_from_an_institution():
    preprint = crossref_item(
        {
            "DOI": DOI,
            "type": "posted-content",
            "subtype": "preprint",
            "institution": [{"name": "bioRxiv"}],
            "publisher": "House",
        }
    )
    assert (preprint["type"], preprint["genre"], preprint["publisher"]) == ("article", "preprint", "bioRxiv")
    thesis = crossref_item(
        {"DOI": DOI, "type": "dissertation", "degree": ["PhD"], "institution": {"name": "Ghent", "place": ["Gent"]}}
    )
    assert (thesis["type"], thesis["genre"], thesis["publisher-place"]) == ("thesis", "PhD", "Gent")


def test_an_article_without_pages_keeps_its_number():
    assert crossref_item(RECORD | {"article-number": "e12"})["number"] == "e12"
    assert "number" not in crossref_item(RECORD | {"article-number": "e12", "page": "1-2"})


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("The <i>effect</i>\n    of\trest", "The effect of rest"),
        ("Sense &amp;amp; sensibility", "Sense & sensibility"),
        ("&lt;i&gt;Homo&lt;/i&gt; ludens", "Homo ludens"),
        ("10<sup>6</sup> rooms, CO<sub>2</sub>, x<jats:sup>−1</jats:sup>", "10⁶ rooms, CO₂, x⁻¹"),
        ("Note<sup>a</sup>", "Notea"),
        ("p &lt; 0.05 and q > 1, a <b, c> d", "p < 0.05 and q > 1, a <b, c> d"),
        (
            '<mml:math xmlns:mml="x"><mml:mi>α</mml:mi><mml:annotation>\\alpha</mml:annotation></mml:math>-waves',
            "α-waves",
        ),
        ("soft\u00adhy\u200bphen \u202eevil", "softhyphen evil"),
        ("Cafe\u0301", "Café"),
        ("A <script>alert(1)</script>", "A <script>alert(1)</script>"),
    ],
)
def test_titles_are_plain_text(written, plain):
    assert crossref_item({"title": [written]})["title"] == plain


def test_near_misses_of_subtitles():
    assert crossref_item({"title": ["Rooms: A study"], "subtitle": ["a study"]})["title"] == "Rooms: A study"
    assert crossref_item({"title": ["Rooms?"], "subtitle": ["A study"]})["title"] == "Rooms? A study"
    assert crossref_item({"subtitle": ["A study"]})["title"] == "A study"


@pytest.mark.parametrize(
    ("dates", "parts"),
    [
        ({"issued": {"date-parts": [[None]]}, "published-online": {"date-parts": [[2013, 8, 1]]}}, [2013, 8, 1]),
        ({"issued": {"date-parts": [["2013", "08"]]}}, [2013, 8]),
        ({"issued": {"date-parts": [[2013, 13, 1]]}}, [2013]),
        ({"issued": {"date-parts": [[2013, 2, True]]}}, [2013, 2]),
    ],
)
def test_dates(dates, parts):
    assert crossref_item(dates)["issued"] == {"date-parts": [parts]}


@pytest.mark.parametrize(
    "date",
    [
        None,
        "2013",
        {},
        {"date-parts": None},
        {"date-parts": []},
        {"date-parts": [2013]},
        {"date-parts": [[]]},
        {"date-parts": [[0]]},
    ],
)
def test_no_date_is_made_up(date):
    assert "issued" not in crossref_item({"issued": date})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "family", "given", "date-parts", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = [
    "DOI",
    "type",
    "title",
    "subtitle",
    "author",
    "editor",
    "container-title",
    "issued",
    "page",
    "volume",
    "ISBN",
    "ISSN",
    "URL",
    "institution",
    "event",
    "degree",
    "publisher",
]


@given(
    st.dictionaries(st.sampled_from(KEYS), JSON),
    st.sampled_from(["journal-article", "book-chapter", "dissertation", "posted-content", "proceedings-article", "?"]),
)
def test_any_record_gives_an_item_that_the_library_can_read(record, kind):
    read(crossref_item({"type": kind, **record, "DOI": DOI}))
