"""The text that a web page, or a document as HTML, shows: nothing hidden, no navigation, no marks of notes."""

import re
from html.parser import HTMLParser

from ..core.entities import shorten_references
from ..core.raised_signs import raise_signs

_HIDDEN = frozenset("script style template noscript nav title datalist iframe object teiheader fw rt rp".split())
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span"
    " strike strong sub sup time tt u var wbr ruby rb"
    # TEI
    " hi emph ref name persname placename date foreign said w c pc seg num choice sic orig corr reg rs term".split()
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr lb pb cb milestone ptr".split())
_STYLE_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CLASS_HIDDEN = re.compile(
    r"\.([\w-]+)\s*(?:,[^{}]*)?\{[^{}]*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE
)
_EMPHASIS = frozenset("em i strong b u mark hi emph".split())
_NOTE_MARK = re.compile(r"\s*[\[(]?(?:\d{1,4}|[a-z]|[*†‡§]{1,3})[\])]?\s*")
_DEEPEST = 10_000


class _HtmlText(HTMLParser):
    """Collects the text that a page shows: a line break for each block, raised signs as such."""

    # The same on every Python: later ones know more elements whose content is text.
    CDATA_CONTENT_ELEMENTS = ("script", "style")  # type: ignore[misc]
    RCDATA_CONTENT_ELEMENTS = ()  # type: ignore[misc]

    def __init__(self, hidden_classes: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.hidden_classes = hidden_classes
        self.pieces: list[str] = []
        self.open: list[tuple[str, bool]] = []
        """The elements that are open, and whether each hides what it holds."""
        self.hidden = 0
        self.emphases: list[str] = []
        """What is emphasised, each outermost passage once."""
        self.emphasised: list[int] = []
        """Where the emphasis that is open begins."""
        self.raised: list[tuple[str, int, bool]] = []
        """The raised and lowered elements that are open: tag, where their text begins, whether a link is in them."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)
        if tag in _VOID:
            return
        values = {name: value or "" for name, value in attrs}
        hides = tag in _HIDDEN or self._is_hidden(values)
        if len(self.open) < _DEEPEST:
            self.open.append((tag, hides))
            self.hidden += hides
        if tag == "hi" and values.get("rend", "") in ("superscript", "sup", "subscript", "sub"):
            tag = values["rend"][:3]
        if tag in _EMPHASIS and not self.hidden:
            self.emphasised.append(len(self.pieces))
        if tag in ("sup", "sub"):
            self.raised.append((tag, len(self.pieces), False))
        elif tag in ("a", "ref") and self.raised and values.get("href", values.get("target", "#")).startswith("#"):
            self.raised[-1] = (*self.raised[-1][:2], True)

    def _is_hidden(self, values: dict[str, str]) -> bool:
        return (
            "hidden" in values
            or bool(_STYLE_HIDDEN.search(values.get("style", "")))
            or values.get("role") == "navigation"
            or not self.hidden_classes.isdisjoint(values.get("class", "").split())
        )

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._break(tag)
        # An end tag closes what was opened within its element and left open; a stray one closes nothing.
        if any(name == tag for name, _ in self.open):
            while self.open:
                name, hides = self.open.pop()
                self.hidden -= hides
                if name == tag:
                    break
        if tag in _EMPHASIS and self.emphasised:
            begin = self.emphasised.pop()
            if not self.emphasised:
                self.emphases.append("".join(self.pieces[begin:]))
        if tag in ("sup", "sub", "hi") and self.raised:
            kind, start, has_link = self.raised.pop()
            text = "".join(self.pieces[start:])
            is_mark = kind == "sup" and has_link and _NOTE_MARK.fullmatch(text)
            self.pieces[start:] = [] if is_mark else [raise_signs(text, lower=kind == "sub")]

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            # Line breaks of the file are not those of the page.
            self.pieces.append(re.sub(r"[ \t\n\r\f]+", " ", data))

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        # An assertion fails where `<![` opens a section of a kind unknown to html.parser. Browsers see a comment.
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:
            return self.parse_bogus_comment(i, report)

    def _break(self, tag: str) -> None:
        if tag not in _INLINE and not self.raised:
            self.pieces.append("\n")


def _with_closed_comments(text: str) -> str:
    """The document with its comments ended as browsers end them: at `--!>` too, and at the end of the document."""
    text = text.replace("--!>", "-->")
    start = text.rfind("<!--")
    # Within a script those signs are no comment.
    is_open = start >= 0 and text.find("-->", start) < 0 and not re.search("</(?:script|style)", text[start:], re.I)
    return text[:start] if is_open else text


def document_text(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text of an HTML, XHTML or TEI document, one line a block, and those passages that are emphasised."""
    styles = "".join(re.findall(r"<style\b[^>]*>(.*?)</style", text, re.IGNORECASE | re.DOTALL))
    parser = _HtmlText(frozenset(_CLASS_HIDDEN.findall(styles)))
    parser.feed(shorten_references(_with_closed_comments(text)))
    parser.close()
    return "".join(parser.pieces), tuple(parser.emphases)
