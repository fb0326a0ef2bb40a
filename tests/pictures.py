"""Takes the pictures of the README and of the page About: the example library as a site, light and dark.

    .venv/bin/python tests/pictures.py

The quotations are those of `florilegium init --example`, which no notice closes. Needs Chromium.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from browser.serving import serve
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent.parent / "docs/assets/screenshots"
NAME = "A florilegium of memory"
SIZE = {"width": 1200, "height": 860}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "library")
        program = [sys.executable, "-m", "florilegium"]
        subprocess.run([*program, "init", str(root), "--example", "--title", NAME], check=True)
        originals = ["verify", "--root", str(root), "--originals", str(root / "originals")]
        subprocess.run([*program, *originals], check=True)
        subprocess.run([*program, "build", "--root", str(root)], check=True)
        with serve(root / "site") as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=os.environ.get("FLORILEGIUM_CHROMIUM"))
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport=SIZE, color_scheme=scheme)
                page = context.new_page()
                for name, path in _pages(root).items():
                    page.goto(address + path)
                    page.reload()  # The text face is used where it is at hand at once: the second time.
                    page.wait_for_load_state("networkidle")
                    page.screenshot(path=FOLDER / f"{name}{'' if scheme == 'light' else '-dark'}.png")
            browser.close()


def _pages(root: Path) -> dict[str, str]:
    """The note with most quotations, and the theme with most."""
    notes = sorted((root / "annotations/notes").glob("*.md"), key=lambda path: -path.read_text("utf-8").count("\n> —"))
    themes = sorted(
        (root / "annotations/themes").glob("*.md"),
        key=lambda path: -sum(note.read_text("utf-8").count(f"#{path.stem}") for note in notes),
    )
    return {"note": f"notes/{notes[0].stem}/", "theme": f"themes/{themes[0].stem}/"}


if __name__ == "__main__":
    main()
