"""Importing from a library of Zotero, of which a server on this computer gives what Zotero's own gives: pages, versions, deletions."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from florilegium import cli
from florilegium.core.errors import CannotRun
from florilegium.library.reading import read_library
from florilegium.works.csl.zotero_extra import with_extra
from florilegium.works.registries import registry_requests, zotero_service
from florilegium.works.registries.registry_requests import RegistryError
from florilegium.works.registries.zotero_service import fetch_zotero, parse_zotero_library
from folders import write_files
from projects import LIBRARY

NOTE = "annotations/notes/doors.md"
IMPORTS = "annotations/imports.lock"


def work(key, title, family, year, *, collections=(), kind="book", **fields):
    data = {"itemType": kind, "title": title, "collections": list(collections), "tags": []}
    data["creators"] = [{"creatorType": "author", "lastName": family, "firstName": "Jane"}]
    csl = {"id": f"7/{key}", "type": kind, "title": title, "author": [{"family": family, "given": "Jane"}]}
    return key, data | {"date": year} | fields, csl | {"issued": {"date-parts": [[year]]}}


def attachment(key, parent):
    return key, {"itemType": "attachment", "parentItem": parent, "title": "PDF"}, None


def annotation(key, parent, words, *, page="12", kind="highlight", **fields):
    data = {"itemType": "annotation", "parentItem": parent, "annotationType": kind, "annotationText": words}
    return key, data | {"annotationPageLabel": page, "annotationColor": "#ffd400", "tags": []} | fields, None


class Zotero(ThreadingHTTPServer):
    """A library with versions, as Zotero's web service keeps one."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.version, self.items, self.gone, self.seen = 0, {}, {}, []
        self.key = ""
        self.page = 100
        self.plan = []
        """What the next answers are instead: a status, headers, a text."""
        self.links = True

    def put(self, *entries):
        self.version += 1
        for key, data, csl in entries:
            self.items[key] = (self.version, {"key": key, **data}, csl)

    def delete(self, key):
        self.version += 1
        del self.items[key]
        self.gone[key] = self.version

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        zotero = self.server
        zotero.seen.append((self.path, self.headers))
        if zotero.plan and (plan := zotero.plan.pop(0)):
            return self.reply(*plan)
        path, query = urlsplit(self.path).path, {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        if zotero.key and self.headers["Zotero-API-Key"] != zotero.key:
            return self.reply(403, {}, "Forbidden")
        if not path.startswith(("/users/7/", "/groups/8/")):
            return self.reply(404, {}, "Not found")
        since = int(query.get("since", 0))
        headers = {"Last-Modified-Version": zotero.version}
        if path.endswith("/deleted"):
            gone = [key for key, version in zotero.gone.items() if version > since]
            return self.reply(200, headers, json.dumps({"items": gone, "collections": []}))
        include = query["include"].split(",")
        found = [self.item(*entry, include) for entry in zotero.items.values() if self.fits(entry, path, query, since)]
        start = int(query.get("start", 0))
        if zotero.links and start + zotero.page < len(found):
            rest = self.path.partition("&start=")[0] + f"&start={start + zotero.page}"
            headers["Link"] = f'<{zotero.address}{rest}>; rel="next", <{zotero.address}{rest}>; rel="last"'
        headers["Total-Results"] = len(found)
        self.reply(200, headers, json.dumps(found[start : start + zotero.page]))

    def fits(self, entry, path, query, since):
        version, data, _ = entry
        if "itemKey" in query:
            return data["key"] in query["itemKey"].split(",")
        if version <= since or ("itemType" in query and data["itemType"] != query["itemType"]):
            return False
        if "/collections/" in path and path.split("/")[4] not in data.get("collections", ()):
            return False
        return not (path.endswith("/top") and "parentItem" in data)

    @staticmethod
    def item(version, data, csl, include):
        csljson = {"csljson": csl} if csl and "csljson" in include else {}
        return {"key": data["key"], "version": version, "library": {"type": "user", "id": 7}, "data": data, **csljson}

    def reply(self, status, headers, text):
        body = text.encode()
        self.send_response(status)
        for name, value in {"Content-Length": len(body), **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def zotero(monkeypatch):
    server = Zotero()
    server.put(
        work("AAAAAAA1", "Doors", "Roe", 2001, collections=["COLLECT1"]),
        attachment("BBBBBBB1", "AAAAAAA1"),
        annotation("CCCCCCC1", "BBBBBBB1", "A door that nobody locked.", annotationComment="Compare it.", tags=[{"tag": "Amnesia"}]),
        annotation("CCCCCCC2", "BBBBBBB1", "", kind="image"),
        work("AAAAAAA2", "Windows", "Poe", 2002, extra="Citation Key: glass", collections=[]),
    )  # fmt: skip
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setenv("FLORILEGIUM_ZOTERO", server.address)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("ZOTERO_API_KEY", raising=False)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def root(tmp_path):
    write_files(tmp_path / "annotations", LIBRARY)
    return tmp_path


@pytest.fixture
def bring(root, capsys, zotero):
    def run(*arguments, library="7"):
        with pytest.raises(SystemExit) as leaving:
            cli.main(["import", "--root", str(root), "zotero", "--library", library, *arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err, err
        return leaving.value.code, out, err

    return run


def asked(zotero):
    return [path for path, _ in zotero.seen]


def test_works_and_annotations_of_a_library_arrive(bring, root, zotero):
    code, out, err = bring()
    assert (code, "works: 2 added" in out, "quotes 1 added" in out) == (0, True, True), err
    library = read_library(root).library
    works = {source.key: source for source in library.sources}
    assert works["glass"].title == "Windows"
    assert works["roe2001"].title == "Doors"
    note = (root / NOTE).read_text(encoding="utf-8")
    assert "> A door that nobody locked.\n>\n> — the author, in [@roe2001, p. 12] #amnesia" in note
    assert "Compare it." in note
    assert "left out, because they mark no words: 1" in err
    assert f"library users/7 {zotero.version}\n" in (root / IMPORTS).read_text(encoding="utf-8")


def test_the_second_import_asks_for_what_changed_and_merges_three_ways(bring, root, zotero):
    bring()
    before = zotero.version
    zotero.put(
        annotation("CCCCCCC1", "BBBBBBB1", "A door that somebody locked.", page="13", annotationComment="Compare it.")
    )
    zotero.put(annotation("CCCCCCC3", "BBBBBBB1", "A second door.", page="14"))
    zotero.seen.clear()
    code, out, _ = bring()
    assert code == 0
    assert f"since={before}&" in asked(zotero)[0]
    assert "quotes 1 added, 1 updated" in out
    note = (root / NOTE).read_text(encoding="utf-8")
    assert "> A door that somebody locked.\n>\n> — the author, in [@roe2001, p. 13]" in note
    assert "[@roe2001, p. 14]" in note
    assert bring()[1] == "nothing new in this zotero library\n"


def test_what_changed_on_both_sides_is_kept_and_shown_until_it_is_settled(bring, root, zotero):
    bring()
    version = zotero.version
    path = root / NOTE
    path.write_text(path.read_text(encoding="utf-8").replace("nobody locked", "I locked"), encoding="utf-8")
    zotero.put(annotation("CCCCCCC1", "BBBBBBB1", "A door that somebody locked."))
    code, _, err = bring()
    assert (code, "- A door that I locked." in err, "+ A door that somebody locked." in err) == (1, True, True)
    assert "zotero://select/library/items/CCCCCCC1" in err
    assert f"library users/7 {version}\n" in (root / IMPORTS).read_text(encoding="utf-8")
    assert "somebody" in bring()[2]
    assert bring("--keep-mine")[0] == 0
    assert f"library users/7 {zotero.version}\n" in (root / IMPORTS).read_text(encoding="utf-8")


def test_what_was_deleted_or_put_into_the_trash_is_said_and_kept(bring, root, zotero):
    bring()
    zotero.put(work("AAAAAAA2", "Windows", "Poe", 2002, deleted=1))
    zotero.delete("CCCCCCC1")
    code, _, err = bring()
    assert code == 0
    assert 'deleted in the other program, and kept here: "glass"' in err
    assert 'no longer in the export, and kept here: "doors/' in err
    assert "A door that nobody locked." in (root / NOTE).read_text(encoding="utf-8")


def test_what_did_not_change_is_not_taken_for_deleted(bring, zotero):
    bring()
    zotero.put(annotation("CCCCCCC3", "BBBBBBB1", "A second door."))
    assert "no longer" not in bring()[2]


def test_a_collection_brings_its_own_works_and_the_older_annotations_of_those_that_came_later(bring, root, zotero):
    zotero.put(attachment("BBBBBBB2", "AAAAAAA2"), annotation("CCCCCCC4", "BBBBBBB2", "A pane of glass."))
    _, out, _ = bring("--collection", "COLLECT1")
    assert "works: 1 added" in out
    zotero.put(work("AAAAAAA2", "Windows", "Poe", 2002, extra="Citation Key: glass", collections=["COLLECT1"]))
    _, out, _ = bring("--collection", "COLLECT1")
    assert "works: 1 added" in out
    assert "A pane of glass." in (root / "annotations/notes/windows.md").read_text(encoding="utf-8")
    assert f"library users/7/collections/COLLECT1 {zotero.version}\n" in (root / IMPORTS).read_text(encoding="utf-8")


@pytest.mark.parametrize("links", [True, False])
def test_all_pages_are_read(zotero, links):
    zotero.page, zotero.links = 2, links
    zotero.put(*(work(f"AAAAAA{n:02}", f"Work {n}", "Roe", 1900 + n) for n in range(7)))
    found = fetch_zotero(parse_zotero_library("7"))
    assert sum(item["data"]["itemType"] == "book" for item in found.items) == 9


def test_a_group_and_zotero_on_this_computer(bring, root, zotero):
    assert bring(library="https://www.zotero.org/groups/8/readers/library")[0] == 0
    assert all(path.startswith("/groups/8/") for path in asked(zotero))
    zotero.seen.clear()
    zotero.version = 0
    assert bring("--local")[0] == 0
    # Versions of Zotero itself say nothing about what was not synchronised, so all is read each time.
    assert all("since=0" in path or "itemKey" in path for path in asked(zotero))


def test_the_key_is_sent_and_never_shown(bring, zotero, monkeypatch):
    zotero.key = "SecretSecret"
    code, out, err = bring()
    assert (code, "ZOTERO_API_KEY" in err) == (2, True)
    monkeypatch.setenv("ZOTERO_API_KEY", "SecretSecret")
    code, out, err = bring()
    assert code == 0
    assert "Secret" not in out + err
    monkeypatch.setenv("ZOTERO_API_KEY", "Other")
    assert "does not open this library" in bring()[2]


def test_the_key_goes_nowhere_unencrypted(monkeypatch):
    monkeypatch.setenv("ZOTERO_API_KEY", "SecretSecret")
    monkeypatch.setenv("FLORILEGIUM_ZOTERO", "http://example.org")
    with pytest.raises(RegistryError, match="is not encrypted"):
        fetch_zotero(parse_zotero_library("7"))


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ((200, {}, "<html>"), "is not a record of Zotero"),
        ((200, {}, '{"a": 1}'), "is not a list of items"),
        ((200, {}, '[{"key": 3}]'), "is not a list of items"),
        ((200, {"Total-Results": 5}, "[]"), "has 5 items and gave 0 of them"),
        ((200, {"Link": '<http://elsewhere.org/users/7/items>; rel="next"'}, "[]"), "for the next items; it was not asked"),
        ((200, {"Backoff": 3600}, "[]"), "asks to be left alone for 3,600 seconds"),
        ((301, {"Location": "http://elsewhere.org/"}, ""), "sends to another server"),
        ((400, {}, "bad"), "refuses to answer"),
    ],
)  # fmt: skip
def test_wrong_answers_are_said_and_write_nothing(bring, root, zotero, plan, message):
    zotero.plan = [plan]
    code, _, err = bring()
    assert (code, message in err) == (2, True), err
    assert not (root / IMPORTS).exists()


def test_an_answer_that_fails_between_the_pages_writes_nothing(bring, root, zotero):
    zotero.page = 1
    zotero.plan = [None, (500, {"Retry-After": 0}, ""), (500, {"Retry-After": 0}, ""), (500, {"Retry-After": 0}, "")]
    assert bring()[0] == 2
    assert not (root / IMPORTS).exists()


def test_the_pauses_that_the_service_asks_for_are_made(zotero, monkeypatch):
    slept = []
    for module in (registry_requests, zotero_service):
        monkeypatch.setattr(module, "wait", slept.append)
    zotero.plan = [(429, {"Retry-After": 7}, ""), (200, {"Backoff": 5, "Last-Modified-Version": 9}, "[]")]
    fetch_zotero(parse_zotero_library("7"))
    assert slept == [7.0, 5.0]


def test_a_silent_server_and_none_at_all(zotero, monkeypatch):
    monkeypatch.setattr(registry_requests, "_SILENCE", 0.05)
    monkeypatch.setattr(registry_requests, "wait", lambda _: None)
    monkeypatch.setattr(Handler, "do_GET", lambda self: threading.Event().wait(0.2))
    with pytest.raises(RegistryError, match="did not answer in time"):
        fetch_zotero(parse_zotero_library("7"))
    monkeypatch.setenv("FLORILEGIUM_ZOTERO", "http://127.0.0.1:9")
    with pytest.raises(RegistryError, match="cannot be reached") as caught:
        fetch_zotero(parse_zotero_library("", local=True))
    assert caught.value.help == "start Zotero on this computer"


def test_a_library_that_was_put_in_another_place_is_read_as_a_whole(zotero):
    assert fetch_zotero(parse_zotero_library("7"), since=4_000).is_whole


@pytest.mark.parametrize("text", ["", "me", "../7", "users/", "7?x=1"])
def test_what_is_no_library_is_said(text):
    with pytest.raises(CannotRun, match="is not a Zotero library"):
        parse_zotero_library(text)


def test_options_of_a_library_belong_to_zotero(root, capsys):
    with pytest.raises(SystemExit):
        cli.main(["import", "--root", str(root), "bibtex", "x.bib", "--library", "7"])
    assert "belong to a library of Zotero" in capsys.readouterr().err


def test_fields_that_stand_in_extra_are_fields():
    note = "PMID: 123\nOriginal Date: 1900\ntype: dataset\nEditor: Poe || Ann\nCitation Key: roe\nSeen in: Oslo\nhttp://x.org"
    item = with_extra({"type": "document", "title": "T", "note": note, "editor": []})
    assert item == {
        "type": "dataset", "title": "T", "PMID": "123", "original-date": {"raw": "1900"}, "citation-key": "roe",
        "editor": [{"family": "Poe", "given": "Ann"}], "note": "Seen in: Oslo\nhttp://x.org",
    }  # fmt: skip
    # What the item has already, or what is no word of CSL, is not read from there.
    assert with_extra({"type": "book", "DOI": "10.1/a", "note": "DOI: 10.1/b\nTitle page: torn\ntype: nonsense"}) == {
        "type": "book", "DOI": "10.1/a", "note": "Title page: torn\ntype: nonsense",
    }  # fmt: skip
