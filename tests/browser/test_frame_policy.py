"""What every file of the site must say and must not hold: its policy, no script or style within, valid HTML."""

import base64
import hashlib
import json
import os
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'"
)


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.policies: list[tuple[str, bool]] = []
        self.inside: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self._loads = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "meta" and (given.get("http-equiv") or "").lower() == "content-security-policy":
            self.policies.append((given["content"] or "", self._loads))
        self._loads |= tag in ("script", "link", "style")
        if tag == "style" or (tag == "script" and "src" not in given and "json" not in (given.get("type") or "")):
            self.inside.append(self.get_starttag_text() or tag)
        self.inside += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        self.inside += [f"{tag} {value}" for value in given.values() if (value or "").lower().startswith("javascript:")]
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        if given.get("id"):
            self.ids.add(given["id"] or "")


@pytest.fixture(scope="module")
def pages(built: Path) -> dict[str, _Page]:
    found = {str(p.relative_to(built)): _Page(p.read_text(encoding="utf-8")) for p in built.rglob("*.html")}
    assert len(found) > 15
    return found


def test_every_page_has_the_policy_before_it_loads_anything(pages: dict[str, _Page]) -> None:
    for path, page in pages.items():
        if path != "404.html":
            assert page.policies == [(POLICY, False)], path


def test_no_page_holds_a_script_or_a_style(pages: dict[str, _Page]) -> None:
    assert {path: page.inside for path, page in pages.items() if page.inside and path != "404.html"} == {}


@pytest.mark.parametrize("element", ["script", "style"])
def test_the_404_page_allows_its_own_text_and_no_other(element: str, built: Path) -> None:
    text = (built / "404.html").read_text(encoding="utf-8")
    (inside,) = re.findall(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
    policy = _Page(text).policies[0][0]
    assert re.search(rf"{element}-src (?:'self' )?'sha256-{re.escape(digest)}';", policy), (
        f"in 404.html, {element}-src must be 'sha256-{digest}'"
    )


def test_links_of_the_frame_lead_somewhere(built: Path, pages: dict[str, _Page]) -> None:
    """The footer's come from mkdocs.yml, where the renderer checks none."""
    page = pages["about/index.html"]
    for link in page.links:
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (built / "about" / path).resolve()
        target = target / "index.html" if target.is_dir() else target
        assert target.is_file(), link
        if anchor and target.suffix == ".html":
            assert anchor in pages[str(target.relative_to(built.resolve()))].ids, link


def test_texts_are_escaped_once(pages: dict[str, _Page], built: Path) -> None:
    for path in pages:
        assert "&amp;amp;" not in (built / path).read_text(encoding="utf-8"), path


@pytest.mark.slow
def test_html_is_valid(built: Path) -> None:
    jar = os.environ.get("FLORILEGIUM_VNU_JAR")
    if not jar:
        pytest.skip("the HTML validator is not here: scripts/test installs it")
    # It runs for some seconds only: what is compiled once, and quickly, is enough.
    quickly = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss4m"]
    command = ["java", *quickly, "-jar", jar, "--format", "json", "--exit-zero-always", "--skip-non-html", str(built)]
    said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stderr)
    found = {
        f"{Path(message.get('url', '')).parent.name}:{message.get('lastLine')}: {message['message']} {message.get('extract', '')!r}"
        for message in said["messages"]
        if message["type"] == "error"
    }
    assert not found, "\n".join(sorted(found))
