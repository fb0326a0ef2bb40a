"""Measures the search: what its index costs to build and to bring up to date, and what a reader's first query costs.

    python tests/benchmarks/measure_search.py 100 1000 10000

A made library (make_library.py) is checked and planned; what is measured begins after that. The first query is made in
Chromium on the page of quotations, in the frame of this project's own site: plain, and with the network and processor of
a phone as Lighthouse has them (150 ms, 1.6 Mbit/s, a quarter of the speed). Words are drawn from the middle of the
vocabulary, where neither `the` is nor what occurs once. Bytes are those sent, scripts of the search included.
"""

import json
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT / "tests"), str(PROJECT / "tests/benchmarks")]

QUERIES = 7


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or [100, 1000]
    with tempfile.TemporaryDirectory() as folder:
        frame = _frame(Path(folder))
        for size in sizes:
            place = Path(folder) / str(size)
            command = [sys.executable, __file__, "--index", str(place), str(size)]
            built = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            plain, phone = (_queries(frame, place / "index", built["words"], phone=phone) for phone in (False, True))
            _print(size, built, plain, phone)
            shutil.rmtree(place)


def _print(size: int, built: dict[str, Any], plain: dict[str, float], phone: dict[str, float]) -> None:
    print(f"\n{size:,} notes")
    print(f"  build        {built['cpu']:.1f} CPU s, of it {built['text_cpu']:.1f} for texts and cards")
    print(f"  memory       {built['memory']:,.0f} MB more than before")
    print(f"  files        {built['files']:,} of {built['bytes'] / 1e6:.1f} MB")
    print(f"  one edit     {built['edit_cpu']:.2f} CPU s, {built['edit_files']} files written")
    print(
        f"  first query  {plain['bytes'] / 1e3:.0f} kB, {plain['seconds']:.2f} s; on a phone {phone['seconds']:.2f} s"
    )


# -------------------------------------------------------------------------------------------------------- the index


def build_index(place: Path, size: int) -> dict[str, Any]:
    """Build the index of a made library, edit one sentence, build it again; the figures."""
    from florilegium.check.checking import Options, check_library
    from florilegium.site.planning import plan_site
    from florilegium.site.search.index_catalogue import catalogue
    from florilegium.site.search.index_records import documents, number_documents
    from florilegium.site.search.index_writing import write_index
    from make_library import _WORDS, make_library

    make_library(place / "library", size)
    os.environ["FLORILEGIUM_STATE"] = str(place / "state")
    options = Options(root=place / "library", executor=None)

    def plan() -> Any:
        planned = plan_site(check_library(options), options)
        keys = {path: page.key for path, page in planned.pages.items()}
        return planned.site, lambda path: keys.get(path, "")

    site, key_of = plan()
    before, began = _memory(), time.process_time()
    found = number_documents(list(documents(site, key_of)))
    text_began = time.process_time()
    made = {number: document.make() for number, document in found.items()}
    text_cpu = time.process_time() - text_began
    for number, document in found.items():
        object.__setattr__(document, "make", lambda number=number: made[number])
    written = write_index(found, lambda counts: catalogue(site, counts), place / "index", place / "memory")
    figures = {"cpu": time.process_time() - began, "text_cpu": text_cpu, "memory": _memory() - before}
    figures |= {"files": written.files, "bytes": sum(path.stat().st_size for path in (place / "index").iterdir())}
    note = sorted((place / "library/annotations/notes").iterdir())[size // 2]
    text = note.read_text(encoding="utf-8")
    note.write_text(re.sub(r"(?m)^(> \w+ \w+)", r"\1 anotherword", text, count=1), encoding="utf-8")
    site, key_of = plan()
    began = time.process_time()
    changed = number_documents(list(documents(site, key_of)))
    written = write_index(changed, lambda counts: catalogue(site, counts), place / "index", place / "memory")
    ranks = random.Random(1).sample(range(100, 1000), QUERIES)
    figures |= {"edit_cpu": time.process_time() - began, "edit_files": written.changed}
    return {**figures, "words": [_WORDS.words[rank] for rank in ranks]}


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# ------------------------------------------------------------------------------------------------------- the reader


def _frame(folder: Path) -> Path:
    """This project's own site, without an index."""
    site = folder / "site"
    environment = {**os.environ, "FLORILEGIUM_STATE": str(folder / "state")}
    command = [sys.executable, "-m", "florilegium", "build", "--no-search", "--site-dir", str(site)]
    subprocess.run(command, check=True, cwd=PROJECT, env=environment, capture_output=True)
    return site


def _queries(frame: Path, index: Path, words: list[str], *, phone: bool) -> dict[str, float]:
    """The median of first queries, each in a browser that has nothing of the site."""
    from browser.serving import serve
    from playwright.sync_api import sync_playwright

    shutil.rmtree(frame / "search-index", ignore_errors=True)
    shutil.copytree(index, frame / "search-index")
    total = json.loads((index / "index.json").read_text(encoding="utf-8"))["quotations"]
    page_file = frame / "quotes/index.html"
    text = re.sub(r'data-quotes="?\d+"?', f'data-quotes="{total}"', page_file.read_text(encoding="utf-8"))
    page_file.write_text(text, encoding="utf-8")
    found = []
    with serve(frame) as site, sync_playwright() as playwright:
        path = os.environ.get("FLORILEGIUM_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for word in words:
            size = {"width": 390, "height": 780} if phone else {"width": 1440, "height": 900}
            page = browser.new_context(viewport=size).new_page()
            found.append(_query(page, site, word, phone=phone))
            page.context.close()
        browser.close()
    return {name: statistics.median(one[name] for one in found) for name in ("bytes", "seconds")}


def _query(page: Any, site: str, word: str, *, phone: bool) -> dict[str, float]:
    """Open the page of quotations, type a word, wait for the first card."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    if phone:
        rate = 1.6e6 / 8
        conditions = {"offline": False, "latency": 150, "downloadThroughput": rate, "uploadThroughput": rate / 2}
        session.send("Network.emulateNetworkConditions", conditions)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    addresses: dict[str, str] = {}
    sent: dict[str, float] = {}
    session.on("Network.requestWillBeSent", lambda e: addresses.update({e["requestId"]: e["request"]["url"]}))
    session.on("Network.loadingFinished", lambda e: sent.update({e["requestId"]: e["encodedDataLength"]}))
    page.goto(f"{site}quotes/")
    page.wait_for_load_state("networkidle")
    began = time.monotonic()
    page.locator("input#find-words").fill(word)
    page.locator(".find-results figure").first.wait_for(timeout=60_000)
    seconds = time.monotonic() - began
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    ours = ("/search-index/", "/find.js", "/explorer.js", "/records.js")
    return {
        "seconds": seconds,
        "bytes": sum(size for id_, size in sent.items() if any(o in addresses[id_] for o in ours)),
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--index"]:
        print(json.dumps(build_index(Path(sys.argv[2]), int(sys.argv[3]))))
    else:
        main()
