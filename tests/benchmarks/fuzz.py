"""Feed damaged files to everything that reads files of others, and say what raised anything but a message of ours.

    python tests/benchmarks/fuzz.py [--count 200000] [--first 0] [--only pdf]

Every input is one of the samples of the tests, damaged in one to eight places. Its number alone decides what it is,
so an input that failed is made again with `--first NUMBER --count 1`. A process of its own reads them: one that
crashes or never ends is said by its number, and the run goes on with the next. Prints each failure and a table.
"""

import argparse
import io
import multiprocessing
import random
import re
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from florilegium.core.errors import FlorilegiumError
from florilegium.core.limits import Exhausted, bounded
from florilegium.core.spans import LineTable
from florilegium.edit.imports.detection import guess_format, parse_export
from florilegium.edit.imports.highlights import HighlightFormat
from florilegium.edit.imports.import_plan import ImportRequest, plan_import
from florilegium.edit.imports.vaults.vault_markdown import VaultLinks, convert_body
from florilegium.edit.imports.vaults.vault_notes import parse_vault_note
from florilegium.edit.imports.vaults.vault_works import KnownWorks, describe_work
from florilegium.library.listing import FileKind
from florilegium.library.reading import parse_text
from florilegium.quotations.originals import read_original
from florilegium.works.citing.citation_styles import read_style
from florilegium.works.citing.pandoc_process import find_pandoc

TESTS = Path(__file__).parent.parent
sys.path.insert(0, str(TESTS))

SLOW = 3
"""Seconds of work after which an input of this size is said to be slow."""
PATIENCE = 150
"""Seconds without an answer after which the process that reads is ended."""
LARGEST = 60_000
"""Bytes of an input."""

# ----------------------------------------------------------------------------------------------------- samples

HTML = """<!DOCTYPE html><html><head><style>.gone{display:none}</style><script>1 < 2</script></head><body><p class="gone">a
</p><nav>b</nav><p>The sea<sup>2</sup><sup><a href="#n">[1]</a></sup> was&nbsp;calm &#8212; <![CDATA[x]]> <!-- c -->
H<sub>2</sub>O<br/><ul><li>one<li>two</ul><template>t</template><svg><path d="M0"/></svg><?php x ?></p></body></html>"""
TEI = """<?xml version="1.0" encoding="UTF-8"?><TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><title>L</title>
</teiHeader><text><p>It was <hi rend="i">the</hi> third<note>x</note><lb/>10<hi rend="superscript">6</hi></p></text></TEI>"""
VTT = """WEBVTT

1
00:00.000 --> 00:02.000
<v Ines>I was <i>unhappy</i>

00:02.000 --> 00:04.000 align:left
<v.loud Kim>And &amp; then?
"""
VAULT = """---
title: Confessions: of an Opium-Eater
author: [[Somer, Eli]]
year: 2009
tags: [literature, "#Soothing"]
created: 2024-01-02
---
# Confessions

The pain ==goes== (De Quincey, 1822, p. 88). See [[Other note|that]] and ![[picture.png]] %%mine%%.
> happiness might now be bought for a penny (p. 90)

“Opium!” ([De Quincey, 1822, p. 88](zotero://select/x)) ([pdf](zotero://open-pdf/x?annotation=AB)) So modern!
"""
NOTE = """---
title: T
source: doe2009
themes: [sleep]
references:
  - {id: doe2009, type: book, title: "A", author: [{family: Doe, given: J.}], issued: 2009, DOI: 10.1000/x}
---
## Head {#h}

Text [see @doe2009, pp. 3-4; -@roe2010] *a **b** c* `d` [l](https://example.org/x?y=[z) <sup>2</sup> | a | b |

> Words [of] … the work
>
> — Author, [@doe2009, p. 3] {#q1 themes="sleep"}
"""
SETTINGS = """title: L
language: de
citation-style: references/mine.csl
url: https://example.org/[x/
repository: https://example.org/x
roles: [{id: author, label: Author}]
notices: [{id: drug-use, closed: true}]
redirects: {themes/old: themes/new}
rules: {missing-locator: error}
"""
LOCK = f"""# quotes.lock, normalisation 1: written by florilegium verify, not by hand
n/q1 doe2009 sha256:{"0" * 64} sha256:{"1" * 64} 1809 2026-11-28 matching=2 places=3 work=;;a-title;10.1000%2Fx
"""
LIBRARY = "title: L\nroles: [{id: author, label: Author}]\n"
DOCUMENT = "# Winter\n\nIt was the *third* winter: 10^6^ gulls.[^1]\n\n[^1]: A note.\n"


def packed(files: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return sink.getvalue()


def document(kind: str) -> bytes:
    pandoc = find_pandoc()
    assert pandoc is not None
    command = [pandoc.path, "--standalone", "--from=markdown", f"--to={kind}", "--output=-"]
    return subprocess.run(command, input=DOCUMENT.encode(), capture_output=True, check=True).stdout


def samples() -> dict[str, list[bytes]]:
    """What is damaged, by the reader that gets it."""
    import test_originals

    files = {path.name: path.read_bytes() for path in sorted((TESTS / "imports").iterdir())}
    made = {key: [data] for key, data in files.items()}
    hostile = [path.read_bytes() for path in sorted((TESTS / "hostile").glob("*.txt"))]
    hard = [path.read_bytes()[:LARGEST] for path in sorted((TESTS / "hard_references").glob("*.yaml"))]
    styles = sorted((Path(read_style.__code__.co_filename).parent / "styles").glob("*.csl"))
    return {
        HighlightFormat.BIBTEX: made["works.bib"],
        HighlightFormat.RIS: [*made["works.ris"], b"FN Clarivate\nVR 1.0\nPT J\nAU Doe, J\nTI A\nPY 2009\nER\nEF\n",
                     b"PMID- 123\nTI  - A\nAU  - Doe J\nDP  - 2009 Jan\n\n"],
        HighlightFormat.CSL: [*made["zotero-csl.json"], *hard],
        HighlightFormat.ZOTERO: [*made["zotero-annotations.json"], *made["zotero-note.html"], *made["zotero-note.md"]],
        HighlightFormat.HYPOTHESIS: made["hypothesis.json"],
        HighlightFormat.READWISE: made["readwise.csv"],
        HighlightFormat.KINDLE: made["kindle.txt"],
        HighlightFormat.REFI_QDA: [*made["codebook.qdc"], packed({"project.qde": QDE.encode(), "sources/a.txt": b"Text of it"})],
        "vault": [VAULT.encode(), *hostile[:2]],
        ".html": [HTML.encode(), test_originals.PAGE.encode(), test_originals.HIDDEN.encode(), HTML.encode("utf-16")],
        ".xml": [TEI.encode()],
        ".vtt": [VTT.encode(), VTT.replace(".", ",").encode()],
        ".txt": [b"Caf\xc3\xa9 _quoted_ words \xe2\x80\x9cof\xe2\x80\x9d it", "charset=latin-1 Caf\xe9".encode("latin-1")],
        ".pdf": [test_originals.PDF, test_originals.made_pdf([(50, 700, 12, "x")], trailer=test_originals.LOCKED)],
        "style": [path.read_bytes() for path in styles if path.stat().st_size < LARGEST],
        "note": [NOTE.encode(), *hostile],
        "settings": [SETTINGS.encode()],
        "lock": [LOCK.encode()],
        **{f".{kind}": [document(kind)] for kind in ("docx", "odt", "epub", "rtf")},
    }  # fmt: skip


QDE = """<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="P"><CodeBook><Codes>
<Code guid="1" name="sleep" isCodable="true"><Description>d</Description></Code></Codes></CodeBook><Sources>
<TextSource guid="2" name="Interview" plainTextPath="internal://a.txt"><PlainTextSelection guid="3" name="x"
startPosition="0" endPosition="4"><Coding guid="4"><CodeRef targetGUID="1"/></Coding></PlainTextSelection></TextSource>
<TextSource guid="5" name="Two"><PlainTextContent>Words here</PlainTextContent><PlainTextSelection guid="6" name="y"
startPosition="2" endPosition="9"/></TextSource></Sources><Notes><Note guid="7"/></Notes></Project>"""

SHARES = {".docx": 2, ".odt": 2, ".epub": 2, ".rtf": 2, ".pdf": 60, "style": 30}
"""How often a kind comes, where not 100 times: for some a program is started, and that takes long."""

# ----------------------------------------------------------------------------------------------------- damage

TOKENS = [
    b"<![", b"<!", b"<?", b"</", b"<!--", b"-->", b"]]>", b"&#x110000;", b"&#0;", b"&#99999999999;", b"&", b"//[", b"zotero://[",
    b"http://[::1", b"https://[x]/", b"http://a:99999999/", b"https://\xe2\x84\x80/", b"%", b"%00", b"%ff%fe", b"\x00", b"\x1a", b"\x85",
    b"\xe2\x80\xa8", b"\xed\xa0\x80", b"\\ud800", b"\\u0000", b"\\", b"\"", b"'", b"{", b"}", b"[", b"]", b"(", b")", b"#", b"@", b"|", b"*",
    b"_", b"`", b"~", b"$", b"^", b"---", b"...", b": ", b"- ", b"\n", b"\r", b"\r\n", b"\t", b"\x0c", b"", b"0", b"-1", b"9" * 30, b"9" * 5000,
    b"1e400", b"NaN", b"Infinity", b"-0", b"\xc2\xb2", b"\xd9\xa1\xd9\xa2", b"\xe2\x91\xa0", b"null", b"true", b"[]", b"{}", b"0000-00-00",
    b"9999-99-99", b"2024-02-30", b"-99999", b"..", b"../../x", b"==========", b"ER  - ", b"TY  - ", b"@comment{", b"\\\"", b"\\noopsort{",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&lt;", b"=1+1",
    b"!!python/object:os.system", b"&a", b"*a", b"<<: *a", b"? ", b"!!int ", b"obj", b"endobj", b"/Kids[1 0 R]", b"/Count 99999999", b"stream",
    b"4294967296", b"-2147483649", b"\xf0\x9f\x98\x80", b"\xcc\x81" * 50, b"\xe2\x80\xae", b"\xf3\xa0\x81\x81", b"a" * 300,
]  # fmt: skip
NUMBER = re.compile(rb"\d+")
WORD = re.compile(rb"\w+")


def damage(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        data = chance.choice(DAMAGES)(data, others, chance)[:LARGEST]
    return data


def place(data: bytes, chance: random.Random) -> int:
    return chance.randrange(len(data) + 1)


def stretch(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = place(data, chance)
    return start, min(len(data), start + chance.choice((1, 2, 4, 16, 100, 1000)))


def flip(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    at = place(data, chance)
    return data[:at] + bytes((chance.randrange(256),)) + data[at + 1 :]


def delete(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = stretch(data, chance)
    return data[:start] + data[end:]


def insert(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    at = place(data, chance)
    return data[:at] + chance.choice(TOKENS) * chance.choice((1, 1, 1, 2, 50)) + data[at:]


def repeat(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = stretch(data, chance)
    return data[:end] + data[start:end] * chance.choice((1, 2, 30)) + data[end:]


def exchange(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    (a, b), (c, d) = sorted((stretch(data, chance), stretch(data, chance)))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:] if b <= c else data


def cut(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    return data[: place(data, chance)]


def splice(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    other = chance.choice(others)
    return data[: place(data, chance)] + other[place(other, chance) :]


def replace_found(pattern: re.Pattern[bytes]) -> Callable[[bytes, Sequence[bytes], random.Random], bytes]:
    """Put a token in the place of a number, or of a word and all that are like it: of a key, say."""

    def change(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
        found = pattern.search(data, place(data, chance)) or pattern.search(data)
        if found is None:
            return data
        token = chance.choice(TOKENS)
        if chance.random() < 0.2:
            return data.replace(found[0], token, 20)
        return data[: found.start()] + token + data[found.end() :]

    return change


DAMAGES = [flip, delete, insert, insert, repeat, exchange, cut, splice, replace_found(NUMBER), replace_found(WORD)]


def made(kinds: dict[str, list[bytes]], number: int, only: str) -> tuple[str, bytes]:
    """The input of a number: who reads it, and its bytes."""
    chance = random.Random(number)
    names = [name for name in kinds if not only or name == only]
    kind = chance.choices(names, [SHARES.get(name, 100) for name in names])[0]
    data = chance.choice(kinds[kind])
    if data.startswith(b"PK") and chance.random() < 0.7:  # Damage what is in an archive, not its checksums.
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        name = chance.choice(list(files))
        return kind, packed({**files, name: damage(files[name], list(files.values()), chance)})
    return kind, damage(data, kinds[kind], chance)


# ----------------------------------------------------------------------------------------------------- reading


def read(kind: str, data: bytes, folder: Path, number: int) -> None:
    """Read an input as the program would. What is refused with a message of ours is as it should be."""
    text = data.decode("utf-8", "replace")
    if kind == "vault":
        note = parse_vault_note("sub/Note.md", text)
        describe_work(note, ())
        convert_body(note.body, "doe2009", "author", KnownWorks({}), VaultLinks(notes={}, themes={}))
    elif kind in ("note", "settings", "lock"):
        path = {"note": "annotations/notes/n.md", "settings": "annotations/library.yml"}.get(
            kind, "annotations/quotes.lock"
        )
        parse_text(path, FileKind(kind), text, "0" * 64)
        if kind == "note":
            parse_text("annotations/themes/t.md", FileKind.THEME, text, "0" * 64)
    elif kind == "style":
        (folder / "mine.csl").write_bytes(data)
        read_style("mine.csl", folder=folder)
    elif kind.startswith("."):
        (folder / f"work{kind}").write_bytes(data)
        read_original(folder / f"work{kind}")
    else:
        guess_format(data)
        export = parse_export(HighlightFormat(kind), "export", data)
        if number % 10 == 0:
            plan_import(folder, export, ImportRequest(speaker="author", new_themes=bool(number % 20)))
    LineTable("x", text)


def serve(answers: Connection, first: int, last: int, only: str) -> None:
    kinds = samples()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:
        folder = Path(name)
        (folder / "annotations").mkdir()
        (folder / "annotations" / "library.yml").write_text(LIBRARY)
        for number in range(first, last):
            kind, data = made(kinds, number, only)
            began, fault = time.process_time(), ""
            try:
                with bounded(20):
                    read(kind, data, folder, number)
            except Exhausted as error:
                fault = f"exhausted: {error}"
            except FlorilegiumError as error:
                str(error)
            except Exception as error:
                trace = traceback.extract_tb(error.__traceback__)
                own = next((f for f in reversed(trace) if "florilegium" in f.filename), trace[-1])
                fault = f"{type(error).__name__} at {Path(own.filename).name}:{own.lineno}: {str(error)[:150]}"
            taken = time.process_time() - began
            if not fault and taken > SLOW:
                fault = f"slow: {taken:.1f} s"
            answers.send((number, kind, fault))
    answers.send(None)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=200_000)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--only", default="")
    options.add_argument("--write", type=Path, help="write the first input there, and read nothing")
    asked = options.parse_args()
    number, last = asked.first, asked.first + asked.count
    if asked.write:
        kind, data = made(samples(), number, asked.only)
        asked.write.write_bytes(data)
        print(f"input {number}, for {kind}: {len(data):,} bytes")
        return
    counts: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    while number < last:
        ours, theirs = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("fork").Process(target=serve, args=(theirs, number, last, asked.only))
        process.start()
        theirs.close()
        while True:
            try:
                answer: Any = ours.recv() if ours.poll(PATIENCE) else (number, "?", f"no answer in {PATIENCE} seconds")
            except EOFError:
                process.join()
                answer = (number, "?", f"the process ended with {process.exitcode}")
            if answer is None:
                break
            number, kind, fault = answer
            counts[kind] += 1
            if fault:
                name = f"{kind}: {re.sub(r'[0-9.]+ s$|: .*', '', fault) if fault.startswith('slow') else fault[:90]}"
                faults[name] += 1
                if faults[name] <= 5:
                    print(f"input {number}, {kind}: {fault}", flush=True)
            number += 1
            if number % 10_000 == 0:
                print(f"{number - asked.first:,} inputs", flush=True)
            if kind == "?":
                process.kill()
                break
        process.join()
        if answer is None:
            break
    print("\n".join(f"{kind:12} {count:>8,}" for kind, count in sorted(counts.items())))
    print(f"{sum(counts.values()):,} inputs, {sum(faults.values()):,} failures of {len(faults)} kinds")
    for name, count in faults.most_common():
        print(f"{count:>8,}  {name}")


if __name__ == "__main__":
    main()
