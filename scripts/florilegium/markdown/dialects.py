"""Where dialects of Markdown part: what Pandoc, Obsidian or a clipboard mean, and CommonMark reads otherwise.

None of it is published in silence: each has a finding with its remedy.
"""

import re
from collections.abc import Iterator, Sequence

from ..core import policy
from ..core.diagnostics import quoted
from ..core.ids import propose_id
from ..core.rules import Group, Severity, declare_rule
from .building import trimmed_end
from .events import Definition
from .nodes import Node
from .runs import MASK, InlineRun
from .tags import TagFault

_CONFLICT = re.compile(rb"^(?:<{7}|={7}|>{7}|\|{7})(?=[ \n]|\Z)", re.MULTILINE)
_WIKILINK = re.compile(r"(!?)\[\[([^\[\]\n]+)\]\]")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|pdf|mp[34]|m4a|webm|excalidraw|canvas)\Z", re.IGNORECASE)

_OTHERS = tuple(
    (sign, re.compile(pattern, re.MULTILINE), what, remedy)
    for sign, pattern, what, remedy in (
        # a sign that must be there, a pattern (bounded, so that no text takes quadratic time), what it is, the remedy
        ("%%", r"%%[^%]{1,2000}%%", "is a comment of Obsidian, which would be shown", "remove it, or write <!-- … -->"),
        (
            "==",
            r"(?<![=\w])==([^=\s](?:[^=]{0,300}[^=\s])?)==(?![=\w])",
            "is a highlight of Obsidian",
            r"write <mark>\1</mark>",
        ),
        (" ^", r"(?<= )\^[A-Za-z0-9-]+(?=[ \t]*(?:\n|\Z))", "is a block id of Obsidian", "remove it"),
        ("((", r"\(\([0-9a-f]{8}-[0-9a-f-]{27}\)\)", "is a block reference of Logseq", "write a Markdown link"),
        ("::", r"^[\w-][\w -]{0,40}::(?= |\Z)", "is a field of Logseq or Dataview", "remove the line"),
        ("{{", r"\{\{[^{}\n]{1,300}\}\}", "is a placeholder of a template", "write what belongs there, or remove it"),
        (
            "\\",
            r"\\\w{0,12}cite\w{0,12}\*?(?:\[([^\]\n]{0,100})\]){0,2}\{([^{}\n]{1,200})\}",
            "is a citation of LaTeX",
            r"write [@\2]",
        ),
        ("##", r"\A#{2,6}(?=[^\s#])", "is a heading only in some programs", "put a space after it"),
        (
            "[^",
            r"\[\^[^\[\]\s]{1,60}\]",
            "is the mark of a footnote that is missing",
            r"add the footnote below: \g<0>: …",
        ),
        (
            "](",
            r"(\[[^\[\]\n]{1,200}\])\([^()\n]{0,200} [^()\n]{0,200}\.md\)",
            "is not a link: its address holds a space",
            "write - for the space",
        ),
        (
            "] (",
            r"(\[[^\[\]\n]{1,200}\]) (\((?:https?:|[^()\s]{1,200}\.md)[^()\s]{0,200}\))",
            "is not a link",
            r"write \1\2",
        ),
        (
            ")[",
            r"\(([^()\n]{1,200})\)\[((?:https?:|[^\[\]\s]{1,200}\.md)[^\[\]\s]{0,200})\]",
            "is not a link",
            r"write [\1](\2)",
        ),
        (
            "[",
            r"\[([a-z]{1,40}\d{4}[a-z]?, (?:pp?\. ?)?\d[^\[\]\n]{0,60})\](?![(\[:])",
            "lacks the @ of a citation",
            r"write [@\1]",
        ),
        (
            "[",
            r"(?<![\[\]])\[(?=(?:see )?-?@\w)[^\[\]]{0,300}(?=\Z|\[-?@)",
            "opens a bracket that is never closed",
            "close it with ]",
        ),
        (MASK, rf"{MASK}(@\w[^{MASK}\n]{{0,200}}){MASK}", "is not a citation: its brackets are escaped", r"write [\1]"),
    )
)
"""What other programs read, or a slip, and CommonMark shows as it is written."""
_SIGNS = tuple(
    (sign, sign.replace(b"[", b"").replace(b"]", b"").strip()[:1] or sign)
    for sign in dict.fromkeys((b"[[", *(sign.encode() for sign, *_ in _OTHERS if sign not in ("[", MASK))))
)
"""Each sign with the byte of it that is rare: to look for one byte takes the least time."""
_BARE_KEY = re.compile(rb"\[[a-z]+\d{4}")
"""What may be a citation of which the `@` was left out."""

_SHOWN = 3
_BULLET = re.compile(r"[•‣▪◦●○■□·→➢➤–]\s")
_QUOTE_SIGN = re.compile(r"[＞›❯>]\s")
_MARKUP = re.compile(r"(?<![\w\\])@[\w{]|\*[^\s*]|\]\(|\[[@^]|^#{1,6} |^> |^[-*+] ", re.MULTILINE)


def foreign_signs(data: bytes) -> list[bytes]:
    """The signs of a text without which, and without `[@`, `check_run` finds nothing of other programs."""
    return [
        *(sign for sign, rare in _SIGNS if rare in data and sign in data),
        *([b"["] if _BARE_KEY.search(data) else []),
    ]


declare_rule(
    "foreign-markup",
    Group.PROSE,
    "Nothing stands in a note that only another program reads, and nothing that is almost a link or a citation.",
    "`[[Other note]]`, `==this==`, `^id`, `\\cite{key}` or `[doe2009, p. 3]` without its `@` are shown as they stand.",
    "Write a Markdown link, `[Other note](other-note.md)`, or a citation, `[@key, p. 3]`; leave the rest out.",
    severity=Severity.WARNING,
)


def check_run(run: InlineRun, *, in_quote: bool = False) -> Iterator[TagFault]:
    """Report wikilinks, embedded files, tags that never end, and in prose what else only other programs read.

    The words of a quotation may hold any signs: they are its source's.
    """
    masked = run.masked
    if "[[" in masked:
        for found in _WIKILINK.finditer(masked):
            what = "an embedded file" if found[1] else "a wikilink"
            written = run.text[found.start() : found.end()]
            about = written.strip("![]")
            name, _, alias = about.partition("|")
            if name.startswith("@"):
                remedy, about = f"write [{name}], the citation", ""
            elif _PICTURE.search(name.partition("#")[0]):
                remedy, about = "remove it: notes show no files; link to a page that shows it", ""
            else:
                remedy = _link_remedy(name, alias)
            message = f"{quoted(written)} is {what}, which only some programs know"
            yield _fault("foreign-markup", run, found, message, remedy)._replace(about=about)
    if not in_quote:
        yield from _others(run)
    for start, end in run.open_tags:
        tag = run.text[start:end]
        place = run.offset(start), run.end_offset(end)
        if tag == "<!--":
            yield TagFault("forbidden-html", *place, "this comment is never closed", "add -->")
        else:
            message = f"the tag {quoted(tag)} {policy.tag_fault(tag) or 'is never closed with >'}"
            yield TagFault("forbidden-html", *place, message, "use Markdown, or write &lt; for a literal <")


def _others(run: InlineRun) -> Iterator[TagFault]:
    """Report what only other programs read, the first few of a paragraph."""
    shown = 0
    for sign, pattern, what, remedy in _OTHERS:
        for found in pattern.finditer(run.masked) if sign in run.masked else ():
            written = run.text[found.start() : found.end()]
            if sign == MASK and written[0] + written[-1] != "[]":
                continue
            meant = f"write {written}" if sign == MASK else found.expand(remedy)
            yield _fault("foreign-markup", run, found, f"{quoted(written)} {what}", meant)
            shown += 1
            if shown >= _SHOWN:
                return


def _link_remedy(name: str, alias: str) -> str:
    name = name.partition("#")[0].strip()
    page = propose_id(name, otherwise="note", long=True)
    return f"write a Markdown link: [{(alias or name).strip()}]({page}.md)"


def _fault(rule: str, run: InlineRun, found: re.Match[str], message: str, remedy: str) -> TagFault:
    return TagFault(rule, run.offset(found.start()), run.end_offset(found.end()), message, remedy)


declare_rule(
    "pasted-bullet",
    Group.PROSE,
    "A list is written with `-`, `*` or `1.`, and a block quote with `>`.",
    "A bullet that was pasted as a character, `•`, begins no list, and `›` no block quote: all runs on in one "
    "paragraph.",
    "Begin each line with `- ` or `> `.",
    severity=Severity.WARNING,
)


_ASCII = bytes(range(0x80))
_PASTED = frozenset("•‣▪◦●○■□·→➢➤＞›❯")


def has_bullets(data: bytes) -> bool:
    """Whether a text holds any sign without which `check_paragraph` finds nothing."""
    return not _PASTED.isdisjoint(data.translate(None, _ASCII).decode()) or b"\\>" in data or b"&gt;" in data


def check_paragraph(node: Node, *, in_quote: bool = False) -> Iterator[TagFault]:
    """Report lines that begin with a bullet that was pasted as a character; the first of a paragraph stands for all."""
    at_line_start = True
    cites = any("@" in child.text for child in node.children)
    for index, child in enumerate(node.children):
        if child.kind in ("SoftBreak", "HardBreak"):
            at_line_start = True
            continue
        after = node.children[index + 1].text[:1] if len(child.text) == 1 and index + 1 < len(node.children) else ""
        is_plain = child.kind == "Text" and (child.text[:1] != ">" or cites)
        if at_line_start and not in_quote and is_plain and _QUOTE_SIGN.match(child.text + after):
            end = child.start + len(child.text[0].encode())
            message = f"{quoted(child.text[0])} begins no block quote here"
            yield TagFault("pasted-bullet", child.start, end, message, "begin the line with a plain >")
            return
        if at_line_start and child.kind == "Text" and child.text[:1] in "•‣▪◦●○■□·→➢➤" and _BULLET.match(child.text):
            end = child.start + len(child.text[0].encode())
            yield TagFault(
                "pasted-bullet", child.start, end, f"{quoted(child.text[0])} begins no list", "begin the line with -"
            )
            return
        at_line_start = False


declare_rule(
    "indented-quote",
    Group.QUOTES,
    "No block quote is indented so far that it is code.",
    "Four spaces make a code block: the quotation is shown as code, and nothing checks it.",
    "Move the lines to the left; within a list, as far as the text of its item.",
    severity=Severity.WARNING,
)

declare_rule(
    "unclosed-fence",
    Group.PROSE,
    "A fenced code block is closed.",
    "Everything after an open fence is code, and none of its citations and quotes is read.",
    "Close the block with the fence that opened it.",
    severity=Severity.WARNING,
)


def check_code(node: Node, data: bytes) -> Iterator[TagFault]:
    """Report a fence that is never closed, and block quotes that are indented so far that they are code."""
    end = node.children[-1].end if node.children else node.start
    if node.info is None:
        text = "".join([child.text for child in node.children])
        lines = [line for line in text.split("\n") if line.strip()]
        words = len(lines[0].split()) > 5 if lines else False
        if (len(lines) > 1 or words) and all(line.lstrip().startswith(">") for line in lines):
            message = "this block quote is indented by four spaces or more, so it is code"
            yield TagFault("indented-quote", node.start, trimmed_end(node, data), message, "move it to the left")
        return
    if not node.info and node.children:
        text = "".join([child.text for child in node.children])
        if "[@" in text and all(line.lstrip().startswith(">") for line in text.split("\n") if line.strip()):
            message = "this block quote stands in a code block, so it is shown as code"
            yield TagFault(
                "indented-quote", node.start, trimmed_end(node, data), message, "remove the lines of ``` round it"
            )
            return
    tail = data[end : node.end] if node.children else data[node.start : node.end].partition(b"\n")[2]
    if data[node.start : node.start + 3] not in tail:
        message = "the code block that opens here is never closed"
        yield TagFault("unclosed-fence", node.start, node.start + 3, message, "close it with the same fence")


declare_rule(
    "markdown-in-html",
    Group.PROSE,
    "Markdown is not written inside a block of HTML.",
    "From a line that begins with `<details>` or the like to the next empty line, Markdown shows as it is written, "
    "and citations in it are lost. GitHub reads it so too.",
    "Put an empty line before the Markdown and after it; `check --fix` does that where lines stand by themselves.",
    severity=Severity.WARNING,
)


def check_html(node: Node) -> Iterator[TagFault]:
    """Report Markdown inside an HTML block: CommonMark and GitHub show it as it is written."""
    for child in node.children:
        found = _MARKUP.search(child.text) if child.kind == "Text" and child.info == 0 else None
        if found is not None:
            shown = " ".join(child.text.split())
            message = f"{quoted(shown[:40])} stands in an HTML block, where Markdown is not read"
            remedy = "put an empty line before it and after it, or write it on a line without tags and comments"
            text = child.text
            first, last = text.rfind("\n", 0, found.start()) + 1, text.find("\n", found.end())
            first += len(text[first:]) - len(text[first:].lstrip())
            start = child.start + len(text[:first].encode())
            length = len(text[first : last if last > 0 else len(text)].rstrip().encode())
            yield TagFault("markdown-in-html", start, min(start + length, max(child.end, start)), message, remedy)
            return


declare_rule(
    "merge-conflict",
    Group.PROSE,
    "No marks of an unfinished merge stand in a text.",
    "Between `<<<<<<<` and `>>>>>>>` both versions would be published.",
    "Keep one of the two versions, and delete the marks.",
)


def check_conflicts(data: bytes) -> Iterator[TagFault]:
    """Report what a merge leaves where two versions of a text could not be joined: from its first mark to its last."""
    if b"<<<<<<< " not in data and b">>>>>>> " not in data:
        return
    marks = [found.span() for found in _CONFLICT.finditer(data)]
    ends = [place for place in marks if data.startswith(b">>>>>>>", place[0])]
    if marks and (ends or data.startswith(b"<<<<<<<", marks[0][0])):
        message = "a merge was not finished here: two versions of the text stand one after the other"
        remedy = "keep one of the two, and delete the lines <<<<<<<, ======= and >>>>>>>"
        yield TagFault("merge-conflict", marks[0][0], max(marks[0][1], ends[-1][1] if ends else 0), message, remedy)


declare_rule(
    "definition-of-key",
    Group.PROSE,
    "No link definition has a citation key as its label.",
    "`[@doe2009]: yes` defines an address for links, so the line is not shown at all.",
    "Leave out the colon, or begin the line with another word.",
)


def check_definitions(definitions: Sequence[Definition]) -> Iterator[TagFault]:
    """Report link definitions whose label is a key: `[@doe2009]: yes` vanishes from the page."""
    for found in definitions:
        if re.match(r"-?@\w", found.label):
            message = f"{quoted(f'[{found.label}]:')} defines a link address, so this line is not shown"
            remedy = f"write [{found.label}] without the colon after it, or begin the line with another word"
            yield TagFault("definition-of-key", found.start, found.end, message, remedy)


_CONTAINERS = frozenset(("BlockQuote", "List", "Item", "FootnoteDefinition"))
_LOST = {"BlockQuote": "block quote", "List": "list", "Heading": "heading", "Table": "table", "Rule": "line"}


declare_rule(
    "missing-blank-line",
    Group.PROSE,
    "A blank line stands before a list, a heading, a block quote, a table and a line across the page.",
    "Without it Pandoc reads them as part of the paragraph before; GitHub and this program do not.",
    "Put a blank line before it; `florilegium check --fix` does that.",
    severity=Severity.WARNING,
)


def check_blank_lines(root: Node, data: bytes) -> Iterator[TagFault]:
    """Report blocks that Pandoc reads as part of the paragraph before them, since no blank line parts the two."""
    for node in blank_line_places(root, data):
        end = data.find(b"\n", node.start)
        end = trimmed_end(node, data) if end < 0 else min(end, node.end)
        message = f"no blank line stands before this {_LOST[node.kind]}: Pandoc reads it as part of the paragraph"
        if node.kind == "List" and b"[@" in data[node.start : end] and data[node.start : node.start + 2] == b"- ":
            message = "no empty line stands before this attribution: Pandoc reads it as part of the words"
        yield TagFault("missing-blank-line", node.start, end, message, "put a blank line before it")


def blank_line_places(root: Node, data: bytes) -> Iterator[Node]:
    """The blocks before which a blank line is missing, in reading order."""
    before: Node | None = None
    for node in root.children:
        kind = node.kind
        if before is not None and kind in _LOST and _runs_on(before, node, root) and _touches(before, node, data):
            yield node
        if kind in _CONTAINERS:
            yield from blank_line_places(node, data)
        before = node


def _runs_on(before: Node, node: Node, parent: Node) -> bool:
    """Whether Pandoc goes on with a paragraph where `node` begins."""
    if node.kind == "List" and parent.kind == "Item":
        return False
    last = before
    while last.children and last.kind in ("List", "Item", "BlockQuote"):
        last = last.children[-1]
    return last.kind in ("Paragraph", "Tight") and not (before.kind == "List" and node.kind == "List")


def _touches(before: Node, node: Node, data: bytes) -> bool:
    end = trimmed_end(before, data)
    return data.count(b"\n", end, node.start) == 1
