"""Run the test-suite of the Citation Style Language against this program, and against pandoc alone.

    python tests/benchmarks/csl_suite.py FOLDER [NAME …]

FOLDER holds the fixtures of https://github.com/citation-style-language/test-suite (`processor-tests/humans/*.txt`). Texts
are compared without markup and with single spaces: what is tested is words, their order and their punctuation. Taken are
all fixtures in the modes `citation` and `bibliography`; those that edit a document, citation by citation, are counted apart,
as the document stands in the end. With `--pandoc` each is formatted by pandoc with the style as it is, which is the bar.
"""

import html
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from florilegium.core.model import Citation, CitationMode, Locator, Reference
from florilegium.core.spans import Span
from florilegium.works.citing.citation_styles import read_style
from florilegium.works.citing.cite_items import csl_citation_of, spelled, to_cite
from florilegium.works.citing.formatting import Bibliography, render_bibliography
from florilegium.works.citing.numbering import numbered
from florilegium.works.citing.pandoc_fragments import plain_text, render_inlines
from florilegium.works.citing.pandoc_process import find_pandoc
from florilegium.works.citing.pandoc_runner import render_block

NOWHERE = Span.of_file("suite")
SECTION = re.compile(r">>=+ ?([A-Z-]+) ?=+>>\n(.*?)<<=+ ?\1 ?=+<<", re.DOTALL)


class Fixture(NamedTuple):
    name: str
    mode: str
    expected: str
    style: str
    items: dict[str, dict[str, Any]]
    citations: list[list[dict[str, Any]]]
    edited: bool
    """Whether it is about the order in which somebody edits a document, which a site has not."""


def read_fixture(path: Path) -> Fixture | None:
    """A fixture; None where it is in another mode."""
    parts = {name: text.strip() for name, text in SECTION.findall(path.read_text(encoding="utf-8"))}
    if parts.get("MODE") not in ("citation", "bibliography"):
        return None
    given = json.loads(parts["INPUT"])
    items = {str(item.get("id", place)): item for place, item in enumerate(given)}
    if "CITATION-ITEMS" in parts:
        citations = [[cite for cite in cites if "id" in cite] for cites in json.loads(parts["CITATION-ITEMS"])]
    elif "CITATIONS" in parts:
        citations = document(json.loads(parts["CITATIONS"]))
        cited = {str(cite["id"]) for cites in citations for cite in cites}
        items = {key: item for key, item in items.items() if key in cited}
    else:
        citations = [[{"id": key} for key in items]]
    edited = "CITATIONS" in parts
    return Fixture(path.stem, parts["MODE"], parts["RESULT"], parts["CSL"], items, citations, edited)


def document(edits: list[list[Any]]) -> list[list[dict[str, Any]]]:
    """The citations of a document as they stand after the last of the edits that put them there."""
    by_id: dict[str, list[dict[str, Any]]] = {}
    order: list[str] = []
    for citation, before, after in edits:
        by_id[citation["citationID"]] = citation["citationItems"]
        order = [id_ for id_, _ in before] + [citation["citationID"]] + [id_ for id_, _ in after]
    return [by_id[id_] for id_ in order if id_ in by_id]


def reference(cite: dict[str, Any]) -> Reference:
    locator = str(cite.get("locator") or "").strip()
    mode = CitationMode.NORMAL
    if cite.get("suppress-author"):
        mode = CitationMode.SUPPRESS_AUTHOR
    return Reference(
        key=str(cite["id"]),
        span=NOWHERE,
        key_span=NOWHERE,
        mode=mode,
        prefix=str(cite.get("prefix") or "").strip(),
        suffix=str(cite.get("suffix") or ""),
        locator=Locator(label=str(cite.get("label") or "page"), value=locator, span=NOWHERE) if locator else None,
    )


def in_text(style: str) -> str:
    """A style whose citations stand in the text: a site has no notes, and would put brackets around them."""
    return re.sub(r"class=([\"'])note\1", 'class="in-text"', style)


def ours(fixture: Fixture, folder: Path) -> str:
    path = folder / f"{fixture.name}.csl"
    path.write_text(in_text(fixture.style), encoding="utf-8")
    style = read_style(path.name, folder=folder, complete=False)
    citations = [Citation(references=tuple(map(reference, cites)), span=NOWHERE) for cites in fixture.citations]
    found: Bibliography = render_bibliography(fixture.items, citations, style=style, language="en-US")
    if fixture.mode == "bibliography":
        text = "\n".join(found.entry_text(key) for key in dict.fromkeys(found.order))
    else:
        text = "\n".join("".join(plain_text(p.html) for p in found.citation(c)) for c in citations)
    # A page counts its works in the order in which it cites them.
    cited = dict.fromkeys(str(cite["id"]) for cites in fixture.citations for cite in cites)
    places = list(cited | dict.fromkeys(fixture.items))
    return numbered(text, lambda key: places.index(key) + 1)


def pandocs(fixture: Fixture, folder: Path) -> str:
    """What pandoc makes of a fixture with the style as it is."""
    pandoc = find_pandoc()
    assert pandoc is not None
    style, items = folder / f"{fixture.name}.csl", folder / f"{fixture.name}.json"
    style.write_text(in_text(fixture.style), encoding="utf-8")
    items.write_text(json.dumps(list(fixture.items.values())), encoding="utf-8")
    ids = {key: key for key in fixture.items}
    citations = [
        csl_citation_of(Citation(references=tuple(map(reference, c)), span=NOWHERE)) for c in fixture.citations
    ]
    cites = [to_cite(spelled(citation, "en"), ids) for citation in citations]
    meta = {"lang": {"t": "MetaString", "c": "en-US"}}
    document = {"pandoc-api-version": [1, 23], "meta": meta, "blocks": [{"t": "Para", "c": [cite]} for cite in cites]}
    command = [pandoc.path, "--from=json", "--to=json", "--citeproc", f"--csl={style}", f"--bibliography={items}"]
    done = subprocess.run(command, input=json.dumps(document).encode(), capture_output=True, timeout=60, check=True)
    blocks = json.loads(done.stdout)["blocks"]
    if fixture.mode == "bibliography":
        return "\n".join(entry for _, entry in read_references(blocks[-1]))
    return "\n".join(plain_text(render_inlines(block["c"])) for block in blocks[: len(citations)])


def read_references(references: Any) -> list[tuple[str, str]]:
    entries = ((div["c"][0][0], div["c"][1]) for div in references["c"][1])
    return [(key, plain_text(" ".join(map(render_block, content)))) for key, content in entries]


def wanted(fixture: Fixture) -> str:
    text = fixture.expected
    if fixture.mode == "bibliography":
        text = re.sub(r"</div>\s*<div", "</div>\n<div", text)
    text = re.sub(r"^(?:>>|\.\.)\[\d+\] ", "", text, flags=re.MULTILINE)
    return text


def normal(text: str, *, markup: bool) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " " if "csl-" in text else "", text)) if markup else text
    text = text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def main() -> None:
    formatted = pandocs if "--pandoc" in sys.argv else ours
    folder, *names = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    paths = sorted(Path(folder).rglob("*.txt"))
    fixtures = [f for path in paths if (not names or path.stem in names) and (f := read_fixture(path))]
    results: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}

    def run(fixture: Fixture) -> tuple[Fixture, str]:
        try:
            return fixture, normal(formatted(fixture, Path(temporary)), markup=False)
        except Exception as error:  # a fixture that cannot be run counts as wrong, and says why
            return fixture, f"! {type(error).__name__}: {error}"

    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(2) as pool:
        for fixture, found in pool.map(run, fixtures):
            right = found == normal(wanted(fixture), markup=True)
            results[fixture.edited]["right" if right else "wrong"] += 1
            if not right:
                print(f"{fixture.name}\n  wanted {normal(wanted(fixture), markup=True)!r}\n  found  {found!r}")
    for edited, counted in results.items():
        print(f"{counted['right']} of {counted.total()} right{' of those that edit a document' if edited else ''}")


if __name__ == "__main__":
    main()
