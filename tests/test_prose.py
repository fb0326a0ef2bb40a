"""Prose: Markdown as clean HTML, whatever a contributor writes, and safe inside a page that is rendered once more."""

import re
import time
from html import unescape
from html.parser import HTMLParser

import markdown
import pytest
from florilegium.site.page_embedding import as_raw_block, heading_text
from florilegium.site.rendered_bodies import Html, RenderedBody, Slot, fill
from florilegium.site.sanitiser import sanitise
from hypothesis import given
from markdown_oracle import documents, emphasis, flat, our_html, read, rendered, shown_text, signs, wild_text

# -- what may be in a page

ELEMENTS = frozenset(
    """a abbr b bdi blockquote br cite code dd del details dfn div dl dt em hr i ins kbd li mark ol p pre q rp rt ruby s
    samp section small strong sub summary sup table tbody td th thead time tr u ul var wbr""".split()
)
VOID = frozenset({"br", "hr", "wbr"})
ATTRIBUTES = {
    "a": {"href", "rel", "id", "class", "role", "aria-label"},
    "abbr": {"title"},
    "dfn": {"title"},
    "del": {"datetime"},
    "details": {"open"},
    "div": {"class", "role", "tabindex", "aria-label"},
    "ins": {"datetime"},
    "li": {"id"},
    "ol": {"start"},
    "p": {"class", "id"},
    "pre": {"tabindex"},
    "section": {"class", "role"},
    "td": {"class"},
    "th": {"class"},
    "time": {"datetime"},
}
CLASSES = {"fl-noteref", "fl-noteback", "fl-table", "fl-heading", "fl-footnotes", "fl-left", "fl-center", "fl-right"}
CLASSES |= {"fl-remark", "fl-remark-title"}
ADDRESS = re.compile(r"https?://[^/\\\s]|mailto:|\.\./\.\./[a-z]|#[\w-]")


class Page(HTMLParser):
    """Collects what stands in HTML that no reader should meet, and the text that is shown."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.opened: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is open" for tag in self.opened]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.faults.append(f"<{tag}>")
        if tag == "a" and "a" in self.opened:
            self.faults.append("a link in a link")
        if tag not in VOID:
            self.opened.append(tag)
        for name, value in attrs:
            self.attribute(tag, name, value or "")

    def attribute(self, tag: str, name: str, value: str) -> None:
        if name not in ATTRIBUTES.get(tag, set()) | {"lang", "dir"}:
            self.faults.append(f"<{tag} {name}>")
        if name == "href" and not ADDRESS.match(value):
            self.faults.append(f"href {value}")
        if name == "href" and value.startswith("http") and ("rel", "noopener noreferrer") not in self.last():
            self.faults.append(f"no rel: {value}")
        if name == "class" and value and value not in CLASSES:
            self.faults.append(f"class {value}")
        if name == "id" and not re.fullmatch(r"[^\W_][\w-]*", value):
            self.faults.append(f"id {value}")

    def last(self) -> list[tuple[str, str]]:
        return re.findall(r'([a-z-]+)="([^"]*)"', self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if not self.opened or self.opened.pop() != tag:
            self.faults.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"declaration {decl}")

    handle_pi = unknown_decl = handle_decl

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


def whole(body: RenderedBody) -> str:
    """All of a body's HTML, headings and quotes included, with its slots filled."""
    parts = [f"<div>{_flat(section.heading)}</div>{_flat(section.html)}" for section in body.sections]
    quotes = [f"<blockquote>{_flat(words)}</blockquote>" for words in body.quotes]
    return "".join([*parts, *quotes, _flat(body.footnotes)])


def _flat(html: Html) -> str:
    return flat(html, "../../")


# -- attacks

QUOTE = "> {}\n>\n> — a participant, in [@a] #t {{#q}}\n"
ATTACKS = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</script>",
    "<script\n>alert(1)</script\n>",
    "<img src=x onerror=alert(1)>",
    '<img src="x" onerror="alert(1)"//',
    "<b onmouseover=alert(1)>x</b>",
    "<b/onmouseover=alert(1)>x</b>",
    "<b\tonmouseover='alert(1)'>x</b>",
    "<b\xa0onmouseover=alert(1)>x</b>",
    '<b title="\n">x</b onclick=alert(1)>',
    "<details open ontoggle=alert(1)>x</details>",
    "<details open><summary onclick=alert(1)>x</summary></details>",
    "<kbd style='position:fixed;inset:0'>x</kbd>",
    "<mark class='md-header'>x</mark>",
    "<mark id=__config>x</mark>",
    "<sup id=__search data-md-component=search>x</sup>",
    "<ins aria-hidden=true>x</ins>",
    "<svg onload=alert(1)></svg>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) />",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img src onerror=alert(1)>-->",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=javascript:alert(1)>",
    "<object data=//evil.example/x.swf></object>",
    "<embed src=//evil.example/x>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>body{display:none}</style>",
    "<style>@import '//evil.example'",
    "<form action=//evil.example><input name=x><button>y</button></form>",
    "<textarea>",
    "<textarea autofocus onfocus=alert(1)>x",
    "<title>",
    "<plaintext>",
    "<xmp><script>alert(1)</script></xmp>",
    "<template><script>alert(1)</script></template>",
    "<select><option>x",
    "<marquee onstart=alert(1)>x</marquee>",
    "<video src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a name=__config href=/ ping=//evil.example>x</a>",
    "<!-- <script>alert(1)</script> -->",
    "<!--> <script>alert(1)</script> -->",
    "<!-- x --!> <img src=x onerror=alert(1)> -->",
    "<!-- never closed",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "<!DOCTYPE html [<!ENTITY x 'y'>]>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](jav&Tab;ascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](\\\\evil.example)",
    "[x](/\\evil.example)",
    "[x](https:evil.example)",
    "[x](../../../../etc/passwd)",
    "[x](/../../etc/passwd)",
    '[x](https://a.b "onclick=alert(1)")',
    '[x](https://a.b/"onmouseover="alert(1))',
    "[x](https://a.b/<script>)",
    "[x](#__config)",
    '[x](other.md#"onclick=alert(1))',
    "[x][r]\n\n[r]: javascript:alert(1)",
    "[r]\n\n[r]: <data:text/html,x>",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    '<https://a.b/"onclick="alert(1)>',
    'https://a.b/"onclick="alert(1)',
    "![x](javascript:alert(1))",
    '![" onerror="alert(1)](https://a.b/x.png)',
    '![x](https://a.b/x.png" onerror="alert(1))',
    "[![x](javascript:alert(1))](https://a.b)",
    "[a [b](https://c.d) <https://e.f> g@h.ij](https://k.l)",
    "*x*{: #__config onclick=alert(1) }",
    "*x*{ onmouseover='alert(1)' }",
    "{: .md-search }",
    "`x`{.language-x onclick=alert(1)}",
    "``` {.x onclick=alert(1)}\nx\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "# x {#__config}",
    '# x {#a" onclick="alert(1)}',
    "# <img src=x onerror=alert(1)>",
    "| <script>alert(1)</script> | <b onclick=x> |\n|:-:|--|\n| <td> | </table> |",
    "x[^1]\n\n[^1]: <img src=x onerror=alert(1)>",
    'x[^"><script>]\n\n[^"><script>]: y',
    "x[^__config] [^fnref-1]\n\n[^__config]: [x](javascript:alert(1))\n[^fnref-1]: [^__config]",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x onerror=alert(1)&#62;",
    "\\<script>alert(1)\\</script>",
    "`<script>`<script>",
    "<b><i></b></i></u></p></div></body></html>",
    "<b>" * 40 + "x",
    "<details>" * 40 + "x",
    "</blockquote></figure></div>",
    "<dd></dl></details><summary><dt>x",
    "\ufdd0q0\ufdd1 \ufdd0c0\ufdd1 \ufdd2 \ufdd3lt; \u2e31\ufdd4\u2e31 *x* \ufdd5\ufdd6",
    "\x02wzxhzdk:0\x03 \x02klzzwxh:0000\x03 *x*",
    "{{ config }} {% include 'x' %} {# x #} ${x} #{x}",
    '--8<-- "LICENSE"\n\n--8<--\nLICENSE\n--8<--',
    '[TOC]\n\n!!! danger\n    x\n\n??? x\n    y\n\n=== "x"\n\n    y\n\n*[x]: y\n\n/// html | script\n///',
)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("place", ["{}", "x {} y", "- {}", QUOTE, "# {}", "| {} |\n|---|", "x[^n]\n\n[^n]: {}"])
def test_nothing_but_the_allowed_gets_through(attack: str, place: str) -> None:
    page = Page(whole(rendered(place.format(attack))))
    assert page.faults == []


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if not attack.startswith(("<!--", "```", "<? "))])
def test_text_behind_an_attack_is_shown(attack: str) -> None:
    page = Page(whole(rendered(f"BEFORE\n\n{attack}\n\nBEHIND\n")))
    assert "BEFORE" in page.text
    assert "BEHIND" in page.text


def test_forbidden_tags_are_shown_as_text() -> None:
    html = our_html("a <script>b</script> <textarea> c\n\n<style>\nd\n</style>\n\ne")
    assert shown_text(html) == "a <script>b</script> <textarea> c <style> d </style> e"


def test_comments_are_not_published() -> None:
    assert shown_text(our_html("a <!-- b --> c\n\n<!-- d\n\ne --> f\n\n<!-- g -->")) == "a c f"


@given(wild_text)
def test_any_text_becomes_clean_html(text: str) -> None:
    assert Page(whole(rendered(text))).faults == []


@given(documents)
def test_any_document_becomes_clean_html(text: str) -> None:
    assert Page(whole(rendered(f"<details>\n{text}\n<b>{text}\n\n</details>"))).faults == []


@pytest.mark.parametrize(
    "html",
    [
        "<p onclick=x>a</p>",
        "<p class='md-x'>a</p>",
        "<sup id=x>a</sup>",
        "<a href='javascript:x'>a</a>",
        "<a href='//evil.example'>a</a>",
        "<a href='relative'>a</a>",
        "<a href='https://a.b' rel='opener' target=_blank>a</a>",
        "<div role=dialog tabindex=-1>a</div>",
        "<pre tabindex=5>a</pre>",
        "<table style='text-align:left'><tr><td>a</td></tr></table>",
        "<img src=x>a<svg><a xlink:href=x></a></svg>",
    ],
)
def test_the_sanitiser_is_a_second_wall(html: str) -> None:
    faults = Page(sanitise(html)).faults
    assert [fault for fault in faults if not fault.startswith("no rel")] == []
    assert shown_text(sanitise(html)) == "a"


# -- what is made of Markdown


def html_of(text: str) -> str:
    return whole(rendered(text)).replace("\n", "")


@pytest.mark.parametrize(
    ("markdown_text", "html"),
    [
        ("*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>"),
        ("a  \nb\\\nc", "<p>a<br>b<br>c</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("3. a\n   - b", '<ol start="3"><li>a<ul><li>b</li></ul></li></ol>'),
        ("- a\n* b", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
        ("- # a\n  b", '<ul><li><p class="fl-heading" id="a"><strong>a</strong></p>b</li></ul>'),
        ("> a\n> > b", "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>"),
        ("    a <b>\n\n    c", '<pre tabindex="0"><code>a &lt;b&gt;c</code></pre>'),
        ("a\n***\nb", "<p>a</p><hr><p>b</p>"),
        ("#hashtag\n: x\n[x] y", "<p>#hashtag: x[x] y</p>"),
        ("[@a] and @b", "<p>(citation 0) and (citation 1)</p>"),
        ("שלום", '<p dir="auto">שלום</p>'),
        (
            "a <kbd>b</kbd> <abbr title='c \"d\"'>e</abbr>",
            '<p>a <kbd>b</kbd> <abbr title="c &quot;d&quot;">e</abbr></p>',
        ),
        ("a <b>c", "<p>a &lt;b&gt;c</p>"),
        ("AT&T &amp; <3 &copy; &#x202e;", "<p>AT&amp;T &amp; &lt;3 © &amp;#x202e;</p>"),
        ("| `a\\|b` |\n|---|", "<code>a|b</code>"),
        (
            "| a | b |\n|:-:|---|\n| c |",
            '<th class="fl-center">a</th> <th>b</th></tr></thead><tbody><tr><td class="fl-center">c</td> <td></td>',
        ),
        ("[^1]", "<p>[^1]</p>"),
        (
            "[a][b] [c]\n\n[b]: /themes/\n[C]: https://d.e",
            '<p><a href="../../themes/">a</a> <a href="https://d.e" rel="noopener noreferrer">c</a></p>',
        ),
    ],
)
def test_html(markdown_text: str, html: str) -> None:
    assert html in html_of(markdown_text)


@pytest.mark.parametrize(
    ("target", "href"),
    [
        ("other.md", "../../notes/other/"),
        ("other.md#q-x", "../../notes/other/#q-x"),
        ("../themes/y.md", "../../themes/y/"),
        ("../themes/y.md#über-uns", "../../themes/y/#über-uns"),
        ("#heading", "#heading"),
        ("/themes/", "../../themes/"),
        ("/", "../../"),
        ("/quotes/?theme=a&speaker=b", "../../quotes/?theme=a&speaker=b"),
        ("/quotes/#x", "../../quotes/#x"),
        ("https://a.b/c?d&e", "https://a.b/c?d&e"),
        ("mailto:a@b.c", "mailto:a@b.c"),
        ("<other.md>", "../../notes/other/"),
        ("other", None),
        ("../../docs/x.md", None),
        ("other.md#a b", None),
        ("ftp://a.b", None),
        ("", None),
        ("https://a.b/" + "x" * 9000, None),
    ],
)
def test_where_hyperlinks_lead(target: str, href: str | None) -> None:
    found = re.search(r'<a href="([^"]*)"', html_of(f"[words]({target})"))
    assert (unescape(found[1]) if found else None) == href
    assert "words" in html_of(f"[words]({target})")


def test_the_words_of_a_quote_name_the_page_of_links() -> None:
    (html,) = rendered("# h\n\n> *a* [b](#h)[^1]\n> # c\n>\n> — p, in [@d] #t {#q}\n\n[^1]: e").quotes
    assert flat(html) == (
        '<p><em>a</em> <a href="/notes/x/#h">b</a><sup>1</sup></p>\n<p class="fl-heading"><strong>c</strong></p>'
    )


def test_images_are_hyperlinks() -> None:
    assert "<img" not in html_of("![a](https://b.c/d.png)")
    assert '<a href="https://b.c/d.png" rel="noopener noreferrer">a</a>' in html_of("![a](https://b.c/d.png)")
    assert html_of("![a](d.png)") == "<div></div><p>a</p>"


def test_hyperlinks_without_words_show_their_address() -> None:
    assert ">https://a.b</a>" in html_of("[](https://a.b)")


def test_sections() -> None:
    body = rendered("one\n\n# *Two* {#two}\n\nthree\n\n- # four\n\nFive\n----\n")
    shown = [(s.level, s.id, flat(s.heading), shown_text(flat(s.html))) for s in body.sections]
    assert shown == [(0, "", "", "one"), (1, "two", "<em>Two</em>", "three four"), (2, "five", "Five", "")]


def test_no_section_begins_inside_details() -> None:
    body = rendered("<details>\n<summary>a *b*</summary>\n\n# c\n\nd\n</details>\n\n# e")
    assert [flat(section.heading) for section in body.sections] == ["", "e"]
    html = flat(body.sections[0].html).replace("\n", "")
    assert html.startswith("<details><summary>a *b*</summary><p class")
    assert html.endswith("</details>")


def test_definition_lists_and_rules() -> None:
    html = html_of("<dl>\n<dt>a</dt>\n<dd>b</dd>\n<dt>c</dt>\n<dd>d\n\n*e*\n\n</dd>\n</dl>\n<hr>")
    assert "<dl><dt>a</dt><dd>b</dd><dt>c</dt><dd>d<p><em>e</em></p></dd></dl><hr>" in html


def test_footnotes() -> None:
    body = rendered(
        "a[^x] b[^y] c[^x] d[^z]\n\n[^y]: two [^w]\n[^x]: *one*\n\n    more\n[^x]: again\n[^w]: three\n[^u]: alone"
    )
    assert shown_text(flat(body.sections[0].html)) == "a1 b2 c1 d[^z]"
    items = re.findall(r'<li id="fn-(\d)">(.*?)</li>', flat(body.footnotes).replace("\n", ""))
    assert [(n, shown_text(html).replace("↩\ufe0e", "^")) for n, html in items] == [
        ("1", "onemore ^ ^"),
        ("2", "two 3 ^"),
        ("3", "three ^"),
        ("4", "again"),
        ("5", "alone"),
    ]
    ids = re.findall(r' id="([^"]+)"', whole(body))
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', whole(body))) <= set(ids)


def test_footnotes_that_refer_to_themselves_and_each_other() -> None:
    body = rendered("a[^a]\n\n[^a]: [^a] [^b]\n\n    [^c]: inner\n[^b]: [^a]\n")
    assert flat(body.footnotes).count("<li") == 3
    assert Page(flat(body.footnotes)).faults == []


def test_a_quote_is_a_slot_wherever_it_stands() -> None:
    text = "- a\n\n  > b\n  >\n  > — p, in [@c] #t {#q}\n\n> d [@e]\n>\n> — p, in [@c] #t {#r}\n"
    body = rendered(text)
    assert [shown_text(flat(words)) for words in body.quotes] == ["b", "d (citation 0)"]
    assert "(quote 0)</li>" in whole(body).replace("\n", "")
    assert [c.references[0].key for c in read(text).body.citations] == ["e"]


def test_slots_are_filled() -> None:
    html = ("<p>", Slot("c", 0), ' <a href="', Slot("r", 0), 'x/">', Slot("q", 1), "</a></p>")
    filled = fill(html, root='a"&/', citation=lambda index: "[c]", quote=lambda index: f"<b>{index}</b>")
    assert filled == '<p>[c] <a href="a&quot;&amp;/x/"><b>1</b></a></p>'


def test_nobody_can_write_a_slot() -> None:
    page = whole(rendered('<span data-fl="q0"></span> <sup data-fl="c0">x</sup>\n\n<span data-fl="q0"></span>'))
    assert "(quote" not in page
    assert "(citation" not in page


@given(wild_text)
def test_slots_name_what_there_is(text: str) -> None:
    parsed = read(text).body
    body = rendered(text)
    assert len(body.quotes) == len(parsed.quotes)
    parts = [*(s.heading + s.html for s in body.sections), *body.quotes, body.footnotes]
    found = [piece for part in parts for piece in part if isinstance(piece, Slot) and piece.kind != "r"]
    assert all(slot.number < len(parsed.citations if slot.kind == "c" else parsed.quotes) for slot in found)


def test_every_citation_has_its_slot() -> None:
    text = "[@a] [@b]\n\n> [@c]\n>\n> — p, in [@d] #t {#q}\n\n- [@e]\n\n# [@f]\n\n|[@g]|\n|-|\n\n[^1]: [@h]"
    shown = re.findall(r"citation (\d)", whole(rendered(text)))
    assert sorted(int(n) for n in shown) == list(range(7))


# -- inside a page of another renderer

# fmt: off
EXTENSIONS = (
    *("abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "sane_lists", "smarty", "tables", "toc"),
    *("pymdownx.arithmatex", "pymdownx.b64", "pymdownx.betterem", "pymdownx.blocks.html", "pymdownx.critic"),
    *("pymdownx.details", "pymdownx.emoji", "pymdownx.escapeall", "pymdownx.inlinehilite", "pymdownx.keys"),
    *("pymdownx.magiclink", "pymdownx.mark", "pymdownx.smartsymbols", "pymdownx.snippets", "pymdownx.superfences"),
    *("pymdownx.tabbed", "pymdownx.tasklist", "pymdownx.tilde", "pymdownx.caret", "wikilinks", "nl2br"),
)
# fmt: on
OUTER = markdown.Markdown(extensions=EXTENSIONS)


def outer(source: str) -> str:
    """A Markdown page as the renderer of the site shows it, with more extensions than any site uses."""
    return OUTER.reset().convert(f"# Page\n\n{source}\n\nThe *end*.\n\n*[HTML]: Hyper\n*[the]: abbreviation\n")


def same_text(html: str) -> str:
    """Text with its line ends, since some of them count."""
    page = Page(html)
    return "".join(page.texts)


CONTAMINATED = (
    "<p>a *b* _c_ [d](e) ![f](g) `h` &lt;i&gt; HTML the {{ config }} {% x %} {#__config} {: #y } :smile: ==m== ^^n^^</p>",
    "<p>--8&lt;-- &quot;LICENSE&quot;</p>\n\n<p>[TOC]</p>\n\n\n<ul>\n<li>x\n\n</li></ul>",
    '<pre tabindex="0"><code>a\n\n\n  b\n# c\n```\n--8&lt;-- "x"\n\n</code></pre>\n# not a heading',
    "<p>a<br>\n## b\n- c\n1. d\n&gt; e\n!!! note\n    f\n\n</p>",
    '<p><abbr title="a_b_c *d* {x}">e</abbr> $x$ $$y$$ \\(z\\) ~~k~~ ++ctrl++ (c) 1/2 --&gt; ... "q"</p>',
    '<a href="../../a_b_/#c*d*">x</a> https://a.b/c user@example.org #1 @user [[wiki]] - [ ] task',
)


@pytest.mark.parametrize("html", CONTAMINATED)
def test_a_raw_block_shows_what_it_holds(html: str) -> None:
    block = as_raw_block(html)
    assert "\n" not in block
    assert "{" not in block
    page = outer(block)
    shown = page.partition("<div>")[2].partition("</div>")[0]
    assert re.sub(r"[ \n]+", " ", same_text(shown)).strip() == re.sub(r"[ \n]+", " ", same_text(html)).strip()
    assert "The <em>end</em>." in re.sub(r"</?abbr[^>]*>", "", page)
    for preformatted in re.findall(r"<pre.*?</pre>", html, re.DOTALL):
        assert same_text(preformatted) in same_text(shown)


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_stay_harmless_in_the_page(attack: str) -> None:
    body = rendered(f"BEFORE {attack}\n\n{attack}\n\nBEHIND")
    source = "\n\n".join(as_raw_block(whole(rendered(attack)) if n else whole(body)) for n in range(2))
    page = outer(source)
    inner = page[page.index("<div>") : page.rindex("</div>") + len("</div>")]
    assert Page(inner).faults == []
    assert "The <em>end</em>." in re.sub(r"</?abbr[^>]*>", "", page)


@given(wild_text)
def test_any_text_survives_the_page(text: str) -> None:
    html = whole(rendered(text))
    page = outer(as_raw_block(html))
    shown = page[page.index("<div>") + len("<div>") : page.rindex("</div>")]
    assert same_text(shown).split() == same_text(html).split()


HEADINGS = (
    ("a *b* _c_ `d` [e](f) {#__config} {: #x } &lt;script&gt; &amp;amp; \\ # ## :smile: [TOC] --8&lt;--", "<em>a</em>"),
    (
        "\"q\" 'r' -- ... (c) 1/2 https://a.b/ user@example.org ==m== ^^n^^ ++k++ {{ x }} {% y %} HTML",
        "<code>*b*</code>",
    ),
    ("1. x\n- y\n> z", '<a href="../../a_b_c/#d*e*">f_g_h</a>'),
    ("[^1] [[wiki]] | a | b | $x$ ~~y~~ H~2~O", "<strong>b</strong>"),
    ("  # a #  ", ""),
)


@pytest.mark.parametrize(("text", "html"), HEADINGS)
def test_headings_show_what_they_hold(text: str, html: str) -> None:
    line = heading_text(f"{text} {html}")
    assert "\n" not in line
    page = outer(f"## {line} {{: #the-id }}")
    found = re.search(r'<h2 id="the-id">(.*?)</h2>', page)
    assert found is not None
    without_abbreviations = re.sub(r"</?abbr[^>]*>", "", found[1])
    assert shown_text(without_abbreviations) == shown_text(f"{text} {html}")
    assert Page(without_abbreviations).faults == []
    (entry,) = OUTER.toc_tokens[0]["children"]  # type: ignore[attr-defined]
    assert shown_text(entry["name"]) == shown_text(f"{text} {html}")


@given(wild_text)
def test_any_heading_stays_one(text: str) -> None:
    html = "".join(flat(section.heading) for section in rendered(f"# {text}").sections[:1])
    page = outer(f"## x{heading_text(html)} {{: #the-id }}")
    found = re.search(r'<h2 id="the-id">(.*?)</h2>', page)
    assert found is not None
    assert shown_text(found[1]) == shown_text(f"x{html}")


# -- bounds

# fmt: off
PATTERNS = (
    *("[", "]", "*", "_", "~~", "`", "<", ">", "(", "|", "&", "@", "\\", "#", "!", ":", "\n", " ", "\t", "\r", "\xa0", "שׁ"),
    *("*a **b ", "**a", "a**b", "*_", "***a* ", "[a](", "[a](b", "![a [a](b)", "[[a](b)", '[a](b "c', "](a (", "[^a]", "[^"),
    *("[@a", "[@a]", "[@a; ", "@a [", "@a [;", "@{", "[{", "a@", "https://", "https://a)", "<a b='", "<!-- -", "<?", "<![CDATA["),
    *("<b>", "</b>", "<details>\n", "<dl><dt>a<dd>", "&amp;", "&aaaaaaaaaaa", "`a``", "# a\n", "# a           ", "a\n---\n"),
    *("> a\n", "> > a\n\n", ">", "- a\n", "- ", "-\n", "1. 1. ", "```\n", "    a\n", "| a | b |\n|---|---|\n", "|a", "|-", "a  \n"),
    *("[^a]: b\n\n", "[a]: b\n", "[a]: ", "> a\n>\n> — a, [@b] #c {#d}\n\n", "> — \"", "[@a, p. 3, 3, ", "[@a, iiiii", "![a](b) "),
)
# fmt: on
SIZE = 30_000


@pytest.mark.slow
@pytest.mark.parametrize("pattern", PATTERNS)
def test_nothing_takes_more_than_linear_time(pattern: str) -> None:
    """What takes quadratic time takes minutes at this size; the limit is far above what a busy machine needs."""
    text = pattern * (SIZE // len(pattern))
    start = time.process_time()
    html = whole(rendered(text))
    as_raw_block(html)
    assert time.process_time() - start < 5


@pytest.mark.slow
def test_long_tables_footnotes_and_backticks_take_linear_time() -> None:
    texts = (
        "|a" * 100 + "\n" + "|-" * 100 + "\n" + "a\n" * 10_000,
        "".join(f"a[^{n}]\n\n[^{n}]: b\n\n" for n in range(1000)),
        "".join("`" * n + " " for n in range(250)),
        "".join(f"[{n}]: b\n" for n in range(1000)) + "".join(f"\n[{n}]" for n in range(1000)),
        ("*" + "a" * 20) * 1500,
    )
    for text in texts:
        start = time.process_time()
        assert len(whole(rendered(text))) < 40 * len(text)
        assert time.process_time() - start < 5


@given(emphasis)
def test_rendering_is_the_same_each_time(text: str) -> None:
    assert rendered(text) == rendered(text)


@given(signs)
def test_no_text_is_lost_with_signs(text: str) -> None:
    assert re.sub(r"[*_~\\\s]", "", shown_text(our_html(text))) == re.sub(
        r"[*_~\\\s`]|\]\([^)]*\)|\[", "", text.replace("&amp;", "&")
    )
