"""Measures how pages load on a slow telephone: bytes transferred, largest contentful paint, layout shift.

    .venv/bin/python tests/benchmarks/measure_pages.py SITE [PATH ...]

SITE is a built site. Each page is opened in a fresh browser with an empty cache, as on a mid-range telephone: a window
of 360 × 740 px, a processor four times slower than this one, and a network of 1.6 Mbit/s down and 0.75 Mbit/s up with
150 ms to the first byte (what Lighthouse calls slow 4G). Of several runs the median is printed.
"""

import argparse
import os
import statistics
import sys
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from browser.kinds import KINDS
from browser.serving import serve

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync".split()
)
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
WATCH = """
  window.seen = {lcp: 0, cls: 0};
  new PerformanceObserver((list) => { for (const e of list.getEntries()) seen.lcp = e.startTime; })
    .observe({type: "largest-contentful-paint", buffered: true});
  new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) seen.cls += e.value; })
    .observe({type: "layout-shift", buffered: true});
"""


class Measured(NamedTuple):
    bytes: float
    """As transferred, heads included."""
    requests: float
    paint: float
    """Largest contentful paint, in milliseconds after the navigation began."""
    shift: float
    """Cumulative layout shift, without a unit."""


def measure(browser: Browser, address: str) -> Measured:
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, device_scale_factor=2, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.add_init_script(WATCH)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    sizes: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address, wait_until="networkidle")
    page.wait_for_timeout(500)
    seen = page.evaluate("seen")
    context.close()
    return Measured(sum(sizes), len(sizes), seen["lcp"], seen["cls"])


def median(runs: list[Measured]) -> Measured:
    return Measured(*(statistics.median(values) for values in zip(*runs, strict=True)))


def print_table(browser: Browser, site: Path, paths: list[str], runs: int) -> None:
    print("| page | transfer | sent as | requests | paint | shift |")
    print("| --- | ---: | --- | ---: | ---: | ---: |")
    for compress in (True, False):
        with serve(site, compress=compress) as address:
            for path in paths:
                found = median([measure(browser, address + path) for _ in range(runs)])
                sent = "gzip" if compress else "as it is"
                print(
                    f"| `/{path}` | {found.bytes / 1000:.0f} kB | {sent} | {found.requests:.0f} "
                    f"| {found.paint / 1000:.2f} s | {found.shift:.3f} |",
                    flush=True,
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("site", type=Path)
    parser.add_argument("paths", nargs="*", help="pages from the root of the site; if none, one of every kind")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    with sync_playwright() as playwright:
        path = os.environ.get("FLORILEGIUM_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        print_table(browser, given.site, given.paths or [p for k, p in KINDS.items() if k != "404"], given.runs)


if __name__ == "__main__":
    main()
