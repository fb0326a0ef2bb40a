"""Addresses of other sites: asked politely and safely, counted over days, and what is proposed instead of the dead."""

import http.server
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from datetime import date, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from florilegium.cli import main
from florilegium.library.links import resolve_links
from florilegium.library.reading import read_library
from florilegium.publish.external import Round, address_states, host_guard, lychee, moved_changes
from florilegium.publish.external.address_states import (
    AddressEntry,
    MalformedLedger,
    Verdict,
    parse_ledger,
    render_ledger,
    verdict_of,
)
from florilegium.publish.external.host_guard import Private, is_public, resolve_host
from florilegium.publish.external.looking import AddressState, Outcome, look
from florilegium.publish.external.requests import RequestOptions, ask
from florilegium.publish.external.rounds import Manner, _seconds, look_around
from florilegium.publish.external.written_addresses import encode_address, find_written
from hypothesis import given
from hypothesis import strategies as st
from projects import LIBRARY

TERMS = RequestOptions(allow_private=True, timeout=1.0)
QUICK = Manner(terms=TERMS, pause=0.0, first_wait=0.01, tries=3, longest_wait=2.0)
PAGE = b'<h2 id="place"></h2><a name="old"></a><i id="user-content-readme">'


class Answers(http.server.BaseHTTPRequestHandler):
    """A server that answers in every way; the path says how."""

    def do_GET(self):
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        name = self.path.strip("/").partition("?")[0].partition("/")[0]
        getattr(self, f"on_{name}", self.on_number)(name)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass

    def answer(self, code, body=b"", **headers):
        self.send_response(code)
        for key, value in {"Content-Length": len(body), "Content-Type": "text/html", **headers}.items():
            self.send_header(key.replace("_", "-"), str(value))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def on_number(self, name):
        self.answer(int(name) if name.isdigit() else 200, PAGE)

    def on_moved(self, _):
        self.answer(301, Location="/page?b=(1)")

    def on_later(self, _):
        self.answer(308, Location="/found")

    def on_found(self, _):
        self.answer(302, Location="/page")

    def on_home(self, _):
        self.answer(301, Location="/")

    def on_circle(self, _):
        self.answer(302, Location="/circle")

    def on_odd(self, _):
        self.answer(302, Location="file:///etc/passwd")

    def on_inside(self, _):
        self.answer(302, Location="http://10.0.0.1/")

    def on_busy(self, _):
        tried = sum(path == self.path for _, path, _ in self.server.asked)
        self.answer(*((429,) if tried < 2 else (200,)), **({"Retry_After": "1"} if tried < 2 else {}))

    def on_weary(self, _):
        self.answer(429, Retry_After="86400")

    def on_shaky(self, _):
        tried = sum(path == self.path for _, path, _ in self.server.asked)
        self.answer(200 if tried > 2 else 500)

    def on_get(self, _):
        self.answer(200 if self.command == "GET" else 405)

    def on_never(self, _):
        self.server.ended.wait(5)

    def on_slow(self, _):
        self.send_response(200)
        self.flush_headers()
        self.drip(b"X-Wait: 1\r\n")

    def on_drip(self, _):
        self.send_response(200)
        self.end_headers()
        if self.command == "GET":
            self.drip(b"<p>")

    def drip(self, drop):
        for _number in range(50):
            if self.server.ended.wait(0.1):
                return
            try:
                self.wfile.write(drop)
            except OSError:
                return

    def on_large(self, _):
        self.answer(200, b"<p>" + b"x" * 100_000)

    def on_wayback(self, _):
        query = parse_qs(urlsplit(self.path).query)
        copy = f"http://web.archive.org/web/20200101000000/{query['url'][0]}"
        closest = {"available": True, "url": copy, "status": "200", "timestamp": "20200101000000"}
        self.answer(200, json.dumps({"archived_snapshots": {"closest": closest}}).encode())


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.asked, self.ended = [], threading.Event()

    def handle_error(self, *_):
        pass


@pytest.fixture
def server():
    with Server() as made:
        threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        made.url = f"http://127.0.0.1:{made.server_port}"
        yield made
        made.ended.set()
        made.shutdown()


# ------------------------------------------------------------------------------------------------ one look


@pytest.mark.parametrize(
    ("path", "state", "status"),
    [
        ("page", "fine", "200"),
        ("204", "fine", "204"),
        ("404", "failed", "404"),
        ("410", "failed", "410"),
        ("500", "failed", "500"),
        ("403", "refused", "403"),
        ("weary", "refused", "429"),
        ("get", "fine", "200"),
        ("moved", "fine", "200"),
        ("circle", "failed", "redirects"),
        ("odd", "failed", "redirects"),
        ("never", "failed", "timeout"),
        ("slow", "failed", "timeout"),
        ("drip#place", "failed", "timeout"),
        ("page#place", "fine", "200"),
        ("page#old", "fine", "200"),
        ("page#readme", "fine", "200"),
        ("page#top", "fine", "200"),
        ("page#/route", "fine", "200"),
        ("page#no", "failed", "anchor"),
        ("moved#no", "failed", "anchor"),
    ],
)
def test_what_becomes_of_an_address(server, path, state, status):
    started = time.monotonic()
    outcome = look(f"{server.url}/{path}", TERMS)
    assert (outcome.state, outcome.status) == (state, status)
    assert time.monotonic() - started < 3


def test_a_page_that_is_too_long_to_be_read_counts_as_having_its_place(server):
    terms = RequestOptions(allow_private=True, most_bytes=1000)
    assert look(f"{server.url}/large#x", terms).state is AddressState.FINE
    assert look(f"{server.url}/large#x", TERMS).status == "anchor"
    assert len(ask("GET", f"{server.url}/large", terms).body) == 1000


def test_only_redirects_that_hold_for_good_are_proposed(server):
    moved = {path: look(f"{server.url}/{path}", TERMS).moved for path in ("moved", "later", "found", "home", "page")}
    assert moved == {
        "moved": f"{server.url}/page?b=(1)", "later": f"{server.url}/found", "found": "", "home": "", "page": ""
    }  # fmt: skip
    assert look(f"{server.url}/moved#place", TERMS).moved == f"{server.url}/page?b=(1)#place"


def test_of_a_doi_only_the_resolver_is_asked(server):
    assert look(f"{server.url}/found", TERMS, doi=True) == Outcome(AddressState.FINE, "302")
    assert [path for _, path, _ in server.asked] == ["/found"]
    assert look(f"{server.url}/404", TERMS, doi=True).state is AddressState.FAILED


def test_the_program_says_who_it_is_and_sends_nothing_else_of_itself(server):
    look(
        f"{server.url}/page",
        RequestOptions(allow_private=True, agent="florilegium/1 (link check; +https://example.org)"),
    )
    (method, _, headers), *others = server.asked
    assert (method, others) == ("HEAD", [])
    assert headers.keys() == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    assert headers["User-Agent"].startswith("florilegium/1 (link check")
    assert headers["Host"] == server.url.removeprefix("http://")


def test_a_certificate_that_does_not_hold(tmp_path):
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate")
    names = [
        "-keyout",
        "key.pem",
        "-out",
        "cert.pem",
        "-subj",
        "/CN=127.0.0.1",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *names]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with Server() as made:
        made.socket = context.wrap_socket(made.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        assert look(f"https://127.0.0.1:{made.server_port}/page", TERMS) == Outcome(AddressState.FAILED, "certificate")
        assert made.asked == []
        made.shutdown()


def test_a_handshake_that_never_ends(server):
    started = time.monotonic()
    outcome = look(server.url.replace("http:", "https:"), RequestOptions(allow_private=True, timeout=0.3))
    assert outcome.state is AddressState.FAILED
    assert time.monotonic() - started < 3


def test_hosts_that_are_not_there(server):
    assert look("http://nowhere.invalid/", TERMS).status == "host"
    server.shutdown()
    server.server_close()
    assert look(f"{server.url}/page", TERMS).status in ("connection", "timeout")


# ---------------------------------------------------------------------------------------- which hosts are asked


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.9.9.9 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 255.255.255.255 224.0.0.1
    192.0.2.1 ::1 :: fe80::1 fe80::1%eth0 fc00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1
    64:ff9b::a00:1 2002:7f00:1:: 2001:0:0:0::1 2001:db8::1 240.0.0.1 198.18.0.1 nonsense""".split(),
)
def test_addresses_that_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_addresses_that_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "::1", "0", "169.254.169.254", "127.1"]
)
def test_no_spelling_of_a_private_host_is_asked(host):
    with pytest.raises((Private, host_guard.Unknown)):
        resolve_host(host, 80)


@pytest.mark.parametrize("port", [22, 25, 1])
def test_ports_of_other_services_are_not_asked(port):
    with pytest.raises(Private):
        resolve_host("1.1.1.1", port)


def test_one_private_address_of_a_host_is_enough(monkeypatch):
    mixed = [(2, 1, 6, "", ("1.1.1.1", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(host_guard.socket, "getaddrinfo", lambda *_, **__: mixed)
    with pytest.raises(Private):
        resolve_host("mixed.example", 80)


def test_a_name_is_resolved_once_and_what_was_looked_at_is_connected_to(server, monkeypatch):
    # A second question would be answered with an address that is not there.
    monkeypatch.setattr(host_guard.socket, "getaddrinfo", lambda *_, **__: next(answers))
    endpoint = (2, 1, 6, "", ("127.0.0.1", server.server_port))
    answers = iter([[endpoint]])
    assert ask("HEAD", f"http://rebound.example:{server.server_port}/page", TERMS).status == 200
    assert server.asked[0][2]["Host"] == f"rebound.example:{server.server_port}"


def test_of_several_addresses_the_one_that_answers_is_taken(server, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        ports = (closed.getsockname()[1], server.server_port)
    found = [(socket.AF_INET, 1, 6, "", ("127.0.0.1", port)) for port in ports]
    monkeypatch.setattr(host_guard.socket, "getaddrinfo", lambda *_, **__: found)
    assert ask("HEAD", "http://several.example/page", TERMS).status == 200


def test_a_redirect_into_the_own_network_is_not_followed(server, monkeypatch):
    real = host_guard.is_public
    monkeypatch.setattr(host_guard, "is_public", lambda text: text == "127.0.0.1" or real(text))
    outcome = look(f"{server.url}/inside", RequestOptions(timeout=1.0))
    assert outcome.state is AddressState.PRIVATE
    assert "not on the public internet" in outcome.status


# ------------------------------------------------------------------------------------------------------ a round


def look_at(server, *paths, manner=QUICK):
    found = look_around({f"{server.url}/{path}": False for path in paths}, manner, lambda *_: None)
    return {url.removeprefix(f"{server.url}/"): outcome.status for url, outcome in found.items()}


def test_a_server_that_fails_once_is_asked_again(server):
    assert look_at(server, "shaky", "busy", "500", "404") == {"shaky": "200", "busy": "200", "500": "500", "404": "404"}
    tried = [path for _, path, _ in server.asked]
    assert tried.count("/404") == 2, "HEAD and GET, once: what is gone is not asked for again"
    assert tried.count("/500") == 6


def test_retry_after_is_obeyed_and_bounded(server):
    started = time.monotonic()
    look_at(server, "busy")
    assert time.monotonic() - started >= 1
    started = time.monotonic()
    assert look_at(server, "weary") == {"weary": "429"}
    assert time.monotonic() - started < 1
    assert [path for _, path, _ in server.asked].count("/weary") == 1


@pytest.mark.parametrize(
    ("text", "least", "most"), [("7", 7, 7), ("0", 1, 1), ("soon", 1, 1), ("-5", 1, 1), ("9" * 40, 1, 1e9)]
)
def test_what_retry_after_says(text, least, most):
    assert least <= _seconds(text) <= most


def test_retry_after_as_a_date():
    from datetime import UTC, datetime

    assert 20 <= _seconds(format_datetime(datetime.now(UTC) + timedelta(seconds=30))) <= 30
    assert _seconds("Mon, 01 Jan 2001 00:00:00 GMT") == 1


def test_a_host_is_asked_one_thing_at_a_time_with_pauses(server):
    started = time.monotonic()
    look_at(server, "page?1", "page?2", "page?3", manner=Manner(terms=TERMS, pause=0.2))
    assert time.monotonic() - started >= 0.4


def test_a_round_has_an_end(server):
    manner = Manner(terms=TERMS, pause=10.0, time_limit=0.5)
    found = look_at(server, "page", "page?2", "page?3", manner=manner)
    assert sorted(found.values()) == ["200", "time", "time"]
    assert len(server.asked) == 1


# ------------------------------------------------------------------------------------------------------- ledger

DAY = date(2026, 11, 2)
URL = "https://example.org/a"


def days(*outcomes, step=7, first=DAY):
    entries = {}
    for number, outcome in enumerate(outcomes):
        entries = address_states.update_ledger(entries, {URL: outcome}, first + timedelta(days=number * step))
    return entries.get(URL)


FINE, GONE, REFUSED = (
    Outcome(AddressState.FINE, "200"),
    Outcome(AddressState.FAILED, "404"),
    Outcome(AddressState.REFUSED, "403"),
)


def test_a_page_is_dead_when_it_failed_three_times_over_two_weeks():
    assert [verdict_of(days(*[GONE] * count)) for count in (1, 2, 3)] == [
        Verdict.UNSTABLE, Verdict.UNSTABLE, Verdict.DEAD
    ]  # fmt: skip
    assert verdict_of(days(*[GONE] * 5, step=1)) is Verdict.UNSTABLE, "five days are not two weeks"
    assert verdict_of(days(GONE, GONE, step=30)) is Verdict.UNSTABLE, "two failures are not three"
    assert verdict_of(days(*[GONE] * 9, step=0)) is Verdict.UNSTABLE, "one day counts once"


def test_a_success_forgets_the_failures():
    entry = days(GONE, GONE, GONE, FINE)
    assert (verdict_of(entry), entry.failures, entry.last_ok) == (Verdict.FINE, 0, DAY + timedelta(days=21))


def test_a_refusal_says_nothing_of_the_page():
    assert verdict_of(days(*[REFUSED] * 9)) is Verdict.FINE
    assert days(GONE, REFUSED, GONE).failures == 2


def test_what_was_not_asked_stays_as_it_was():
    before = days(GONE)
    assert days(GONE, Outcome(AddressState.UNASKED, "time")) == before
    assert days(Outcome(AddressState.PRIVATE, "x")) is None


def test_a_success_is_written_anew_after_four_weeks_only():
    assert [days(*[FINE] * count).last_ok for count in (1, 4, 5)] == [DAY, DAY, DAY + timedelta(days=28)]


DATES = st.none() | st.dates()
ENTRIES = st.builds(
    AddressEntry,
    url=st.from_regex(r"https://[a-z]{1,5}\.org/[!-~]{0,8}", fullmatch=True),
    last_ok=DATES,
    first_failed=DATES,
    last_failed=DATES,
    failures=st.integers(0, 999),
    status=st.sampled_from(["200", "timeout", "-"]),
)


@given(st.lists(ENTRIES, unique_by=lambda entry: entry.url))
def test_the_ledger_is_read_as_it_was_written(entries):
    text = render_ledger(entries)
    assert list(parse_ledger(text).values()) == sorted(entries, key=lambda entry: entry.url)
    assert render_ledger(parse_ledger(text).values()) == text


@pytest.mark.parametrize("line", ["<<<<<<< ours", "https://a.org/ - - - 0", "https://a.org/ 2026-02-30 - - 0 200", "x"])
def test_a_ledger_that_cannot_be_read_is_not_written_over(line):
    with pytest.raises(MalformedLedger, match="line 2"):
        parse_ledger(f"# links.lock\n{line}\n")


# ----------------------------------------------------------------------------------------- what a library names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org", "https://example.org/"),
        ("HTTP://Example.ORG:80/a#b", "http://example.org:80/a#b"),
        ("https://bücher.example/ü?ö=ä", "https://xn--bcher-kva.example/%C3%BC?%C3%B6=%C3%A4"),
        ("https://example.org/a%20b#:~:text=x", "https://example.org/a%20b"),
        ("http://[2001:db8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ("https://user@example.org/", ""),
        ("ftp://example.org/", ""),
        ("https://exa mple.org/", ""),
    ],
)
def test_an_address_as_it_is_asked_for(text, expected):
    assert encode_address(text) == expected


WORK = "    publisher: Somewhere Press\n"
NOTE = LIBRARY["notes/forgetting.md"]


def library(words, work="", settings=""):
    note = NOTE.replace("A first", f"{words}\n\nA first").replace(WORK, WORK + work)
    files = LIBRARY | {"notes/forgetting.md": note, "library.yml": LIBRARY["library.yml"] + settings}
    return {f"annotations/{name}": text for name, text in files.items()}


def test_every_address_of_what_is_published_is_found_where_it_stands(tmp_path, write):
    words = (
        "[a](https://a.example/x_(1)) <https://b.example> [own](https://own.example/c/notes/) [t](../themes/amnesia.md)"
    )
    work = "    DOI: 10.1234/AbC\n    URL: 'https://c.example/#d'\n"
    settings = "url: https://own.example/c/\nrepository: https://code.example/r\n"
    files = library(words, work, settings)
    files["annotations/notes/remembering.md"] = (
        LIBRARY["notes/remembering.md"].replace("basis:", "status: draft\nbasis:")
        + "\n[draft](https://draft.example/)\n"
    )
    found = find_written(resolve_links(read_library(write(tmp_path, files)).library))
    assert {(written.url, written.doi) for written in found} == {
        ("https://a.example/x_(1)", False), ("https://b.example/", False), ("https://c.example/#d", False),
        ("https://doi.org/10.1234/AbC", True), ("https://own.example/c/", False), ("https://code.example/r", False),
    }  # fmt: skip
    for written in found:
        line = (tmp_path / written.span.path).read_text().splitlines()[written.span.line - 1]
        assert written.text in line[written.span.column - 1 :]


# -------------------------------------------------------------------------------------------------- the command


@pytest.fixture
def run(tmp_path, write, server, monkeypatch, capsys):
    """Runs the command on a library, on a day, and gives the exit code and what was printed."""
    monkeypatch.setenv("FLORILEGIUM_ARCHIVE", server.url)

    def at(day, *arguments, files=None):
        if files:
            write(tmp_path, files)
        epoch = int(time.mktime(day.timetuple())) + 43_200
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(epoch))
        with pytest.raises(SystemExit) as ended:
            main(["links", "--root", str(tmp_path), "--external", "--checker", "own", *arguments])
        return ended.value.code, capsys.readouterr().out

    return at


def weeks(run, *arguments, count=3):
    return [run(DAY + timedelta(days=7 * week), "--allow-private", *arguments) for week in range(count)]


def test_unstable_link(run, server, tmp_path):
    code, shown = run(DAY, "--allow-private", files=library(f"[x]({server.url}/404)"))
    assert code == 0
    assert "information: " in shown
    assert "[unstable-link]" in shown
    assert "is unstable: it answered 404, first on 2026-11-02" in shown
    assert (tmp_path / ".links.lock").read_text().splitlines()[1:] == [
        f"{server.url}/404 - 2026-11-02 2026-11-02 1 404"
    ]


def test_unstable_link_nope(run, server, tmp_path):
    code, shown = run(DAY, "--allow-private", "--strict", files=library(f"[x]({server.url}/shaky)"))
    assert code == 0
    assert "no problems" in shown
    assert (tmp_path / ".links.lock").read_text().splitlines()[1:] == [f"{server.url}/shaky 2026-11-02 - - 0 200"]


def test_dead_link(run, server, write, tmp_path):
    write(tmp_path, library(f"[x]({server.url}/410)"))
    found = weeks(run)
    assert [("[dead-link]" in shown, code) for code, shown in found] == [(False, 0), (False, 0), (True, 0)]
    assert "annotations/notes/forgetting.md:16:5: warning: " in found[2][1]
    assert "on 3 days since 2026-11-02" in found[2][1]
    assert f"archived copy: https://web.archive.org/web/20200101000000/{server.url}/410" in found[2][1]
    assert run(DAY + timedelta(days=21), "--allow-private", "--strict")[0] == 1


def test_dead_link_nope(run, server, write, tmp_path):
    write(tmp_path, library(f"[x]({server.url}/403) [y]({server.url}/page)"))
    assert all("no problems" in shown and code == 0 for code, shown in weeks(run, "--strict"))


def test_the_copy_nearest_to_the_last_success_is_asked_for(run, server, write, tmp_path):
    write(tmp_path, library(f"[x]({server.url}/410)"))
    write(tmp_path, {".links.lock": f"# x\n{server.url}/410 2019-05-04 2020-01-01 2020-01-20 7 410\n"})
    run(DAY, "--allow-private")
    asked = [parse_qs(urlsplit(path).query) for _, path, _ in server.asked if path.startswith("/wayback")]
    assert asked == [{"url": [f"{server.url}/410"], "timestamp": ["20190504"]}]


def test_moved_link(run, server, tmp_path):
    words = f"[x]({server.url}/moved) [{server.url}/moved]({server.url}/moved)"
    files = library(words, work=f"    URL: {server.url}/moved#place\n")
    code, shown = run(DAY, "--allow-private", files=files)
    note = tmp_path / "annotations/notes/forgetting.md"
    assert code == 0
    assert shown.count("[moved-link]") == 3
    assert "+++ b/annotations/notes/forgetting.md" in shown
    assert note.read_text() == files["annotations/notes/forgetting.md"]
    code, shown = run(DAY, "--allow-private", "--fix")
    new = f"{server.url}/page?b=%281%29"
    # The text that a link shows is the writer's, even where it is an address.
    shown_text = f"[{server.url}/moved]"
    renewed = files["annotations/notes/forgetting.md"].replace(shown_text, "[…]").replace(f"{server.url}/moved", new)
    assert note.read_text() == renewed.replace("[…]", shown_text)
    assert "written: annotations/notes/forgetting.md" in shown
    assert "moved" not in run(DAY, "--allow-private")[1]


@pytest.mark.parametrize(
    ("words", "moved"),
    [
        ("[x](http://a.example/x_(1))", "https://b.example/1)"),
        ("[x](http://a.example/%2A*y*)", "https://b.example/*y*(("),
        ("[x](http://a.example/&amp;)", "https://b.example/"),
    ],
)
def test_an_address_that_would_change_the_rest_of_the_note_is_not_written(tmp_path, write, words, moved):
    read = find_written(resolve_links(read_library(write(tmp_path, library(words))).library))
    outcomes = {written.url: Outcome(AddressState.FINE, "200", moved=moved) for written in read}
    found = Round(written=read, outcomes=outcomes, ledger={})
    for change in moved_changes(tmp_path, found):
        after = find_written(resolve_links(read_library(write(tmp_path, {change.path: change.after})).library))
        assert len(after) == len(read)
        assert all(encode_address(written.text) == written.url for written in after)


def test_moved_link_nope(run, server):
    files = library(f"[x]({server.url}/found) [y]({server.url}/home)")
    code, shown = run(DAY, "--allow-private", "--strict", "--fix", files=files)
    assert (code, "no problems" in shown) == (0, True)


def test_private_link(run, server):
    code, shown = run(DAY, files=library(f"[x]({server.url}/page) [y](http://169.254.169.254/meta)"))
    assert code == 0
    assert shown.count("[private-link]") == 2
    assert server.asked == []


def test_private_link_nope(run, server):
    _, shown = run(DAY, "--allow-private", files=library(f"[x]({server.url}/page)"))
    assert "no problems" in shown


def test_the_text_of_the_issue_is_inert(run, server, write, tmp_path):
    hostile = f"{server.url}/404?q=@everyone#%60<b>**x**".replace("<b>", "")
    words = f"[x]({hostile}) [y]({server.url}/moved) [z]({server.url}/410)"
    write(tmp_path, library(words))
    _, shown = weeks(run, "--format", "markdown")[-1]
    assert f"- `{server.url}/410`" in shown
    assert "  - archived copy: `https://web.archive.org/" in shown
    assert "  - named in `annotations/notes/forgetting.md:16:" in shown
    assert "## Dead" in shown
    assert "## Moved for good" in shown
    for line in shown.splitlines():
        outside = "".join(line.split("`")[::2])
        assert line.count("`") % 2 == 0
        assert not set(outside) & set("@<>[]*|#") or line.startswith("## ")


def test_the_issue_has_no_text_where_there_is_nothing_to_say(run, server):
    assert run(DAY, "--allow-private", "--format", "markdown", files=library(f"[x]({server.url}/page)")) == (0, "")


def test_other_formats(run, server, write, tmp_path):
    write(tmp_path, library(f"[x]({server.url}/410)"))
    weeks(run)
    report = json.loads(run(DAY + timedelta(days=21), "--allow-private", "--format", "json")[1])
    assert [found["rule"] for found in report["diagnostics"]] == ["dead-link"]
    assert run(DAY + timedelta(days=21), "--allow-private", "--format", "github")[1].startswith("::warning file=")


def test_a_ledger_with_a_conflict_is_left_alone(run, server, write, tmp_path):
    text = "# links.lock\n<<<<<<< ours\n"
    write(tmp_path, {".links.lock": text})
    assert run(DAY, "--allow-private", files=library(f"[x]({server.url}/page)"))[0] == 2
    assert (tmp_path / ".links.lock").read_text() == text
    assert server.asked == []


# ------------------------------------------------------------------------------------------------------- lychee

REPORT = {
    "total": 3,
    "detailed_stats": True,
    "success_map": {
        "addresses.txt": [
            {"url": "http://a.example/", "status": {"text": "200 OK", "code": 200}, "span": {"line": 1, "column": 1}},
            {"url": "http://b.example/", "status": {"text": "OK (cached)"}},
            {"url": "http://c.example/", "status": "OK"},
        ]
    },
    "error_map": {
        "addresses.txt": [
            {"url": "http://d.example/", "status": {"text": "Rejected status code: 404 Not Found", "code": 404}},
            {"url": "http://e.example/", "status": {"text": "Network error", "details": "Connection refused"}},
        ]
    },
    "timeout_map": {"addresses.txt": [{"url": "http://f.example/", "status": {"text": "Timeout"}}]},
    "redirect_map": {},
    "suggestion_map": {},
    "excluded_map": {},
}
"""The shape of what lychee writes, versions 0.18 to 0.24."""


def test_only_what_surely_answered_is_taken_from_lychee():
    assert lychee.answered(json.dumps(REPORT).encode()) == {"http://a.example/"}


@pytest.mark.parametrize("report", ["", "[]", "{}", '{"success_map": []}', '{"success_map": {"x": 1}}', "[" * 100_000])
def test_a_report_of_another_shape_says_nothing(report):
    assert lychee.answered(report.encode()) == set()


SCRIPT = """#!/bin/sh
case "$*" in *--help*) echo --host-concurrency; exit 0;; esac
echo "$@" > {folder}/options; env > {folder}/environment; cp addresses.txt {folder}/given
cat {folder}/report.json; exit 2
"""


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "lychee"
    path.write_text(SCRIPT.format(folder=tmp_path))
    path.chmod(0o755)
    return path


def test_lychee_gets_public_addresses_alone_and_nothing_of_the_repository(program, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    (tmp_path / "report.json").write_text(json.dumps(REPORT))
    real = host_guard.socket.getaddrinfo
    public = [(2, 1, 6, "", ("1.1.1.1", 80))]
    monkeypatch.setattr(
        host_guard.socket, "getaddrinfo", lambda host, *a, **k: public if "example" in host else real(host, *a, **k)
    )
    urls = ["http://a.example/", "http://d.example/", "http://a.example/#x", "http://127.0.0.1/", "http://localhost/"]
    assert lychee.sift(str(program), urls, Manner()) == {"http://a.example/"}
    assert (tmp_path / "given").read_text().split() == ["http://a.example/", "http://d.example/"]
    assert "secret" not in (tmp_path / "environment").read_text()
    options = (tmp_path / "options").read_text()
    assert all(part in options for part in ("--max-redirects 0", "--exclude-all-private", "--host-concurrency 1"))


def test_a_lychee_that_fails_is_done_without(program, tmp_path):
    manner = Manner(terms=TERMS)
    assert lychee.sift(str(program), ["http://127.0.0.1:9/"], manner) == set()
    assert lychee.sift(str(tmp_path / "none"), ["http://127.0.0.1:9/"], manner) == set()
    program.write_text("#!/bin/sh\necho '{}'; exit 3\n")
    assert lychee.sift(str(program), ["http://127.0.0.1:9/"], manner) == set()


@pytest.mark.skipif(lychee.find_lychee() is None, reason="lychee is not installed")
def test_lychee_itself(server):
    urls = [f"{server.url}/{path}" for path in ("page", "404", "moved", "403")]
    found = lychee.sift(str(lychee.find_lychee()), urls, QUICK)
    assert found == {f"{server.url}/page"}
    assert not any(path.startswith("/page?b") for _, path, _ in server.asked), "no redirect is followed"


def test_where_the_ledger_lies(repository):
    assert not Path(repository / "annotations" / address_states.LEDGER).exists()
