"""Another reader of Markdown, markdown-it-py, to compare ours with; and HTML reduced to what two readers must agree on."""

import re
from html.parser import HTMLParser

from florilegium.bodies import parse_body
from florilegium.model import Body
from florilegium.prose import RenderedBody, render_body
from florilegium.spans import LineTable
from markdown_it import MarkdownIt

PATH = "annotations/notes/x.md"
ORACLE = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def read(text: str) -> Body:
    return parse_body(LineTable(PATH, text), 0, "x").body


def rendered(text: str) -> RenderedBody:
    return render_body(read(text), PATH)


def our_html(text: str) -> str:
    """A whole document, its headings included, without slots and footnotes."""
    return "".join(
        f"<h1>{section.heading}</h1>\n{section.html}\n" if section.level else section.html
        for section in rendered(text).sections
    )


class _Reducer(HTMLParser):
    """Elements and text; only the attributes that both renderers write."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.pre += tag == "pre"
        if tag == "p" and known.get("class") == "fl-heading":
            self.out.append("<p-heading>")
        elif tag == "div":
            return
        else:
            start = f" start={known['start']}" if "start" in known else ""
            name = {"s": "del"}.get(tag, "h" if re.fullmatch("h[1-6]", tag) else tag)
            href = f" href={known['href']}".replace("\ufdd2", "/") if "href" in known else ""
            self.out.append(f"<{name}{start}{href}>")

    def handle_endtag(self, tag: str) -> None:
        self.pre -= tag == "pre"
        if tag != "div" and tag not in ("br", "hr"):
            self.out.append(f"</{ {'s': 'del'}.get(tag, 'h' if re.fullmatch('h[1-6]', tag) else tag) }>")

    def handle_data(self, data: str) -> None:
        self.out.append(data if self.pre else re.sub(r"\s+", " ", data))


_BLOCK = "h|p|ul|ol|li|blockquote|pre|hr|table|thead|tbody|tr|th|td"


def reduced(html: str) -> str:
    reducer = _Reducer()
    reducer.feed(html)
    reducer.close()
    text = "".join(reducer.out)
    text = re.sub(r"<p-heading><strong>(.*?)</strong></p>", r"<h>\1</h>", text, flags=re.DOTALL)
    text = re.sub(r"<h></h>", "", text)
    text = re.sub(r"</(strong|em|del)>(?=</p>)", r"</\1>", text)
    text = re.sub(rf"[ \n]*(</?(?:{_BLOCK})(?: [^>]*)?>)[ \n]*", r"\1", text)
    return re.sub(r" *<br> *", "<br>", text).strip()


def oracle_html(text: str) -> str:
    return ORACLE.render(text)
