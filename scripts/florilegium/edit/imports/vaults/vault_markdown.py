"""The text of a note of a folder, written as a library's notes are: links, embeds, quotes, citations, marks."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from ....core.policy import tag_fault
from .vault_works import KnownWorks


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultLinks:
    """Where the links of a folder's notes lead in the library."""

    notes: dict[str, str]
    """By name, folded: stem, path, title, alias; the id of the note."""
    themes: dict[str, str]
    drafts: frozenset[str] = frozenset()
    """Ids of notes that published notes cannot link to."""


@dataclass(slots=True, kw_only=True)
class Conversion:
    """What became of one text."""

    text: str
    tags: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    """What a person should look at, in words, and how often."""


_FENCE = re.compile(r"^[ \t>]*(```+|~~~+)")
_EMBED = re.compile(r"!\[\[([^\]\n]+)\]\]")
_WIKILINK = re.compile(r"\[\[([^\]\n]+)\]\]")
_IMAGE = re.compile(r"!\[([^\]\n]*)\]\(([^)\n]*)\)")
_LINK = re.compile(r"(?<!!)\[([^\]\n]*)\]\((?!https?:|mailto:|#|/)<?([^)>\n]+)>?\)")
_ZOTERO_LINK = re.compile(r"\[([^\]\n]*)\]\(zotero://[^)\n]*\)")
_PDF_LINK = re.compile(r"[ \t]*\(\[pdf\]\(zotero://[^)\n]*\)\)", re.IGNORECASE)
_AUTHOR_YEAR = re.compile(r"\(([A-ZÀ-Þ][^()\d\n]{1,60}?),?\s+(\d{4})[a-z]?(?:,\s*(pp?\.\s*[\d–-]+))?\)")
_TAG = re.compile(r"(?<![\w/#&])#([A-Za-z][\w/-]*)")
_COMMENT = re.compile(r"%%.*?%%", re.DOTALL)
_HIGHLIGHT = re.compile(r"==([^=\n]+)==")
_HTML = re.compile(r"<(?!https?:|mailto:|!--)(/?[A-Za-z][^<>\n]*>?)")
_BLOCK_ID = re.compile(r"[ \t]+\^[\w-]+[ \t]*$", re.MULTILINE)
_BLOCK_REFERENCE = re.compile(r"[ \t]*\(\([0-9a-f]{8}-[0-9a-f-]{27}\)\)")
_FIELD = re.compile(r"^[ \t]*(?:[-*] )?[A-Za-z][\w -]{0,40}::(?:[ \t].*)?$")
_INLINE_FIELD = re.compile(r"[\[(][A-Za-z][\w -]{0,40}:: ([^\[\]()\n]*)[\])]")
_MACRO = re.compile(r"\{\{(?:embed )?(?:\[\[([^\]\n]+)\]\])?[^{}\n]*\}\}")
_LAST_TAGS = re.compile(r"(?:\s+#[A-Za-z][\w/-]*)+\s*\Z")
_ORG_QUOTE = re.compile(r"^[ \t]*#\+BEGIN_QUOTE\n(.*?)\n[ \t]*#\+END_QUOTE[ \t]*$", re.DOTALL | re.MULTILINE | re.I)
_MARKED_NOTE = re.compile(
    r"^(?:[-*] )?<mark[^<>\n]*>[“\"]?(.+?)[”\"]?</mark>[ \t]*(?:[(\[]+(?:Page|p\.|S\.)[ ]?(\d+)[^\n]*)?$", re.IGNORECASE
)
"""A highlight as plug-ins of Obsidian write it, with a link to its page."""
_NAMED = re.compile(
    r"[ \t]*\(?\(([^()\d]*?),? \d{4}[a-z]?(?:, (pp?\. ?[\d–-]+))?\)\)?(?: \(?\[?pdf\]?\)?)?[ \t]*$", re.IGNORECASE
)
"""An author, a year and a page at the end of a quotation."""
_ZOTERO_NOTE = re.compile(
    r"^[“\"](.+?)[”\"] \((?:\[([^\]]+)\]\(zotero:[^)]*\))\)(?: \(\[pdf\]\(zotero:[^)]*\)\))?[ \t]*(.*)$"
)


def convert_body(body: str, source: str, speaker: str, works: KnownWorks, links: VaultLinks) -> Conversion:
    """Write the text again: `source` is the key of the note's work, or empty, `speaker` the role of who is quoted."""
    result = Conversion(text="")
    text = _COMMENT.sub("", body)
    text = _ORG_QUOTE.sub(lambda found: "\n".join(f"> {line}" for line in found[1].split("\n")), text)
    text = _BLOCK_REFERENCE.sub("", _BLOCK_ID.sub("", text))
    text = _MACRO.sub(lambda found: f"[[{found[1]}]]" if found[1] else "", text)
    lines = list(_outside_code(text, lambda line: _convert_line(line, works, links, result)))
    lines = list(_zotero_quotes(lines, source, speaker, works))
    result.text = "\n".join(_spaced(_quotes(lines, source, speaker, result))).strip() + "\n"
    return result


def _outside_code(text: str, convert: Callable[[str], str | None]) -> Iterator[str]:
    """The lines, converted where they are no code; None drops a line."""
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1][:3]
            yield line
        elif fence:
            yield line
        elif (converted := convert(line)) is not None:
            yield converted


def _convert_line(line: str, works: KnownWorks, links: VaultLinks, result: Conversion) -> str | None:
    if _FIELD.match(line):
        result.counts["lines with a field (key:: value), which are left out"] += 1
        return None
    line = _INLINE_FIELD.sub(r"\1", line)
    found = _TAG.findall(line)
    if found and not _TAG.sub("", line).strip(" \t,-*"):
        result.tags += found
        return None
    result.tags += found
    if found and not line.lstrip().startswith(">"):
        line = _LAST_TAGS.sub("", line)
    pieces = re.split(r"(`+[^`]*`+)", line)
    return "".join(p if p.startswith("`") else _convert_prose(p, works, links, result) for p in pieces)


def _convert_prose(text: str, works: KnownWorks, links: VaultLinks, result: Conversion) -> str:
    def link(target: str, shown: str) -> str:
        name = unquote(target).split("#")[0].split("^")[0].strip().removesuffix(".md")
        key = name.lstrip("@")
        if key in works.sources and (name.startswith("@") or _key(name) not in links.notes):
            return f"[@{key}]"
        id_ = links.notes.get(_key(name)) or links.notes.get(_key(name.rpartition("/")[2]))
        if id_ and id_ in links.drafts:
            result.counts["links to drafts, which are text for now"] += 1
            return shown
        if id_:
            return f"[{shown}]({id_}.md)"
        theme = links.themes.get(_key(name.rpartition("/")[2]))
        if theme:
            return f"[{shown}](../themes/{theme}.md)"
        if name:
            result.counts["links to files that are not notes, which are text now"] += 1
        return shown

    def wikilink(found: re.Match[str]) -> str:
        target, _, shown = found[1].partition("|")
        return link(target, shown.strip() or target.rpartition("/")[2].lstrip("#").replace("#", ", "))

    def image(found: re.Match[str]) -> str:
        result.counts["pictures, which a library does not hold"] += 1
        address = found[2].split(" ")[0]
        shown = found[1] or "picture"
        return f"[{shown}]({address})" if address.startswith("http") else f"({shown})"

    def embed(found: re.Match[str]) -> str:
        if re.search(r"\.(?:png|jpe?g|gif|svg|webp|pdf|mp[34]|canvas)\b", found[1], re.IGNORECASE):
            result.counts["pictures, which a library does not hold"] += 1
            return f"({found[1].partition('|')[0].rpartition('/')[2]})"
        return wikilink(found)

    def cited(found: re.Match[str]) -> str:
        key = works.by_name(found[1], found[2])
        return f"[@{key}{f', {found[3]}' if found[3] else ''}]" if key else found[0]

    text = _PDF_LINK.sub("", text)
    text = _LINK.sub(lambda f: f[0] if f[2].startswith("zotero:") else link(f[2], f[1]), text)
    text = _EMBED.sub(embed, text)
    text = _IMAGE.sub(image, text)
    text = _WIKILINK.sub(wikilink, text)
    if not _ZOTERO_NOTE.match(text) and not _MARKED_NOTE.match(text):
        text = _ZOTERO_LINK.sub(r"\1", text)
    text = _AUTHOR_YEAR.sub(cited, text)
    text = _HIGHLIGHT.sub(r"<mark>\1</mark>", text)
    text = re.sub(r"^([ \t]*)[•◦▪‣][ \t]+", r"\1- ", text)
    text = re.sub(r"<mark [^<>\n]*>", "<mark>", text)
    return _HTML.sub(lambda found: f"&lt;{found[1]}" if tag_fault(found[0]) else found[0], text)


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


# ------------------------------------------------------------------------------------------------------- quotes


def _zotero_quotes(lines: list[str], source: str, speaker: str, works: KnownWorks) -> Iterator[str]:
    """Annotations as Zotero writes them into a note become block quotes."""
    for line in lines:
        if (marked := _MARKED_NOTE.match(line)) and source:
            where = f", p. {marked[2]}" if marked[2] else ""
            yield from ("", f"> {marked[1]}", ">", f"> — {speaker}, in [@{source}{where}]", "")
            continue
        found = _ZOTERO_NOTE.match(line)
        parts = re.fullmatch(r"(.+?), (\d{4})[a-z]?(?:, (pp?\. .+))?", found[2]) if found else None
        if not found or not parts:
            yield _ZOTERO_LINK.sub(r"\1", line)
            continue
        key = works.by_name(parts[1], parts[2]) or source
        where = f", {parts[3]}" if parts[3] else ""
        cited = f"[@{key}{where}]" if key else f"({found[2]})"
        yield from ("", f"> {found[1]}", ">", f"> — {speaker}, in {cited}", "")
        if found[3].strip():
            yield from (found[3].strip(), "")


_ATTRIBUTED = re.compile(r"^(?:—|–|―|--?-?)\s*(.*)$")
_CITED = re.compile(r"\[@[^\]]+\]")


def _quotes(lines: list[str], source: str, speaker: str, result: Conversion) -> Iterator[str]:
    """The lines, in which every block quote ends with an attribution, if its work is known."""
    block: list[str] = []
    for line in [*lines, None]:
        if line is not None and re.match(r" {0,3}>", line):
            block.append(re.sub(r"^ {0,3}> ?", "", line))
            continue
        if block:
            yield from _quote(block, source, speaker, result)
            block = []
        if line is not None:
            yield line


def _quote(block: list[str], source: str, speaker: str, result: Conversion) -> Iterator[str]:
    while block and not block[-1].strip():
        block.pop()
    while block and not block[0].strip():
        block.pop(0)
    if not block:
        return
    callout = re.match(r"\[!(\w+)\][+-]?[ \t]*(.*)", block[0])
    if callout and callout[1].lower() in ("quote", "cite"):
        block = [*([callout[2]] if callout[2].strip() else []), *block[1:]]
    elif callout:
        yield from (f"> {line}".rstrip() for line in block)
        return
    dashed = _ATTRIBUTED.match(block[-1]) if len(block) > 1 else None
    cited = _CITED.search(block[-1])
    tags = " ".join(f"#{tag}" for tag in _TAG.findall(block[-1])) if dashed else ""
    if dashed and cited:
        who = dashed[1][: dashed[1].find("[@")].strip(" ,").removesuffix(" in").strip(" ,")
        words, attribution = block[:-1], f"— {who or speaker}, in {cited[0]} {tags}".rstrip()
    elif cited and cited.end() >= len(block[-1].rstrip(" .")):
        words = [*block[:-1], block[-1][: cited.start()].rstrip(" (")]
        attribution = f"— {speaker}, in {cited[0]}"
    elif source and not dashed and (named := _NAMED.search(block[-1])):
        words = [*block[:-1], block[-1][: named.start()]]
        attribution = f"— {speaker}, in [@{source}{f', {named[2]}' if named[2] else ''}]"
    elif source:
        page = re.search(r"\(?\b(pp?\.\s*[\d–-]+)\)?\.?\s*$", dashed[1] if dashed else block[-1])
        words = block[:-1] if dashed else [*block[:-1], block[-1][: page.start()].rstrip() if page else block[-1]]
        attribution = f"— {speaker}, in [@{source}{f', {page[1]}' if page else ''}]"
        if dashed:
            result.counts["attributions that name no work of the library"] += 1
            words = block
    else:
        result.counts["block quotes without a work of the library"] += 1
        yield from (f"> {line}".rstrip() for line in block)
        return
    while words and not words[-1].strip():
        words.pop()
    yield from (f"> {line}".rstrip() for line in words)
    yield from (">", f"> {attribution}")


def _spaced(lines: Iterator[str]) -> Iterator[str]:
    """The lines with a blank one around block quotes and before headings, as CommonMark and Pandoc both want it."""
    before = ""
    for line in lines:
        quote, quoted = line.startswith(">"), before.startswith(">")
        if before.strip() and (quote != quoted or line.startswith("#") or re.match(r"#{1,6} ", before)):
            yield ""
        yield line
        before = line
