"""Other readers of Markdown to compare ours with, and HTML reduced to what two renderers must agree on."""

import re
from html.parser import HTMLParser

from florilegium.core.spans import LineTable
from florilegium.markdown.bodies import ParsedBody, parse_body
from florilegium.site.rendered_bodies import Html, RenderedBody, fill, render_body
from hypothesis import strategies as st
from markdown_it import MarkdownIt

PATH = "annotations/notes/x.md"
ORACLE = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])

# fmt: off
LINES = (
    *("", "", "a", "b *c*", "c | d", "   y", "    x", "\tt", "     z", "x  ", "\\", "&amp; \\*", "* * *", "[r]", "_u_ v_w"),
    *("> q", ">", "> - a", "- > b", "  > r", "> ```", ">>", ">     code"),
    *("- i", "* j", "  - k", "1. n", "2) m", "10. o", "- ", "+ p", "-   w", "-     code", "    - l", "-"),
    *("# h", "## h #", "#", "####### n", "---", "===", "```", "~~~", "~~~ py", "`x", "y` z"),
    *("**a", "b** c", "~~s~~", "[l](/themes/)", "<https://y.org>", "\n| a | b |\n|---|---|", "| e | f", ":-"),
)
"""Lines that mean something, or nearly do, in any order."""

INLINES = (*"a b [ ] ( ) ` `` \\ ! > & ; # . - x1 [r] (/themes/) ](/notes/) ' \" é “ 1".split(" "), "\n", " ", " ")
"""What means something within a line, or nearly does; emphasis aside."""

EMPHASIS = (
    *("*a*", "**b**", "_c_", "__d__", "~~e~~", "*a **b** c*", "**a *b* c**", "_a __b__ c_", "***n***", "*a* *b*", "é"),
    *("*(a)*", "**(b)**,", "(*c*)", '"*q*"', "“*k*”", "—*d*", "*e*—", "*f*'s", "**g**:", "**Bold.**", "*l* (**m**)"),
    *("snake_case", "__init__", "*", "**", "_", "***", "~x~", "`s`*t*", "*`s`*", "*[u](/notes/)*", "**[v](/notes/) w**"),
    *("[*y*](/notes/)", "*\\*z*", "&amp;*j*", "2*,", ".32*.", "x_"),
)
"""Emphasis as people write it, and signs that are none."""
# fmt: on

NEARLY = ("2*", "*x", "_x", "**o", "p**", "a*b*c", "\\*z*", "~~", "***p", "q***", "*", "**", "_")

documents = st.lists(st.sampled_from(LINES), max_size=9).map("\n".join)
phrases = st.lists(st.sampled_from(INLINES), max_size=16).map(lambda parts: "a" + "".join(parts))

emphasis = st.lists(st.sampled_from(EMPHASIS), max_size=5).map(lambda parts: "a " + " ".join(parts))

signs = st.lists(st.sampled_from((*EMPHASIS, *NEARLY)), max_size=7).map(lambda parts: "a" + "a ".join(parts))

SPECIAL = (
    "*_~`[]()!<>&;:@#{}|\\-+=\"'^$.,0\r\n\t \x00\x0b\x0c\x85\xa0\xad\u200d\u202e\u2028\ufdd0\ufdd1c0\ufeff\uffff痛שé"
)
wild_text = st.text(alphabet=st.one_of(st.sampled_from(SPECIAL), st.characters()), max_size=120)


def read(text: str) -> ParsedBody:
    return parse_body(LineTable(PATH, text), 0, "x")


def rendered(text: str) -> RenderedBody:
    return render_body(read(text).body, PATH)


def flat(html: Html, root: str = "/") -> str:
    """HTML with its slots filled by what they stand for."""
    return fill(html, root=root, citation=lambda index: f"(citation {index})", quote=lambda index: f"(quote {index})")


def our_html(text: str) -> str:
    """A whole document, its headings included, without footnotes."""
    sections = rendered(text).sections
    return "".join(f"<h1>{flat(s.heading)}</h1>\n{flat(s.html)}\n" if s.level else flat(s.html) for s in sections)


class _Reducer(HTMLParser):
    """Elements and text, and only the attributes that both renderers write."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self.pre += tag == "pre"
        if known.get("class") == "fl-heading":
            self.out.append("<p-heading>")
        elif tag != "div":
            start = f" start={known['start']}" if "start" in known else ""
            href = f" href={known['href']}" if "href" in known else ""
            self.out.append(f"<{_element(tag)}{start}{href}>")

    def handle_endtag(self, tag: str) -> None:
        self.pre -= tag == "pre"
        if tag not in ("div", "br", "hr"):
            self.out.append(f"</{_element(tag)}>")

    def handle_data(self, data: str) -> None:
        self.out.append(data if self.pre else re.sub(r"[ \t\n]+", " ", data))


def _element(tag: str) -> str:
    return "del" if tag == "s" else "h" if re.fullmatch("h[1-6]", tag) else tag


_BLOCK = "h|p|ul|ol|li|blockquote|pre|hr|table|thead|tbody|tr|th|td"


def reduced(html: str) -> str:
    reducer = _Reducer()
    reducer.feed(html)
    reducer.close()
    text = re.sub(r"<p-heading><strong>(.*?)</strong></p>", r"<h>\1</h>", "".join(reducer.out), flags=re.DOTALL)
    text = text.replace("<h></h>", "")
    text = re.sub(rf"[ \n]*(</?(?:{_BLOCK})(?: [^>]*)?>)[ \n]*", r"\1", text)
    return re.sub(r" *<br> *", "<br>", text).strip()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []

    def handle_data(self, data: str) -> None:
        self.out.append(data)


def shown_text(html: str) -> str:
    """The text of HTML, white space squeezed."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    return " ".join("".join(reader.out).split())
