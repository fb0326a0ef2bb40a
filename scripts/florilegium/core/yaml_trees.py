"""YAML texts as trees with spans.

Notes come from strangers, so YAML is read from the events of its parser, never through its composer or
constructor: those crash on deep nesting, and expand aliases and merge keys until the memory is gone.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import yaml

from .diagnostics import Diagnostic, plain, quoted
from .spans import LineTable, Span
from .trees import MAX_NODES, MAX_TREE_BYTES, MAX_TREE_DEPTH, DataNode, Mapping, Reader, Scalar, Sequence, Stop

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# The type stubs call every mark of an event optional, though the parser always sets them.
_Event: TypeAlias = Any
_Mark: TypeAlias = Any


def parse_yaml(
    text: str, table: LineTable, offset: int = 0, *, max_bytes: int = MAX_TREE_BYTES
) -> tuple[DataNode | None, list[Diagnostic]]:
    """Read one YAML document, `text`, which is the part of the file `table` that begins at `offset`.

    Returns no node where there is none (an empty document) or none can be had (a syntax error, an alias).
    Anchors, tags, merge keys and doubled keys are reported, and the rest of the tree is returned.
    """
    if text.startswith("\ufeff"):
        text, offset = text[1:], offset + 1
    reader = _YamlReader(text, table, offset)
    root = None
    try:
        reader.check_size(max_bytes)
        reader.check_characters()
        root = reader.build(_events(text))
    except Stop:
        pass
    except yaml.MarkedYAMLError as error:
        reader.explain(error)
    except yaml.YAMLError as error:
        reader.report(reader.place(0, 0), f"this is not YAML ({_first_line(error)})")
    return root, reader.problems


def _events(text: str) -> Iterator[_Event]:
    loader = _Loader(text)
    try:
        # Asking before each event whether there is one, as `yaml.parse` does, takes as long as getting it.
        event = loader.get_event()
        while type(event) is not yaml.StreamEndEvent:
            yield event
            event = loader.get_event()
    finally:
        loader.dispose()


def _first_line(error: object) -> str:
    return plain(str(error).partition("\n")[0])[:100]


# What YAML forbids, and what its versions read differently: more line ends, a byte order mark inside.
_FORBIDDEN = re.compile("[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


class _YamlReader(Reader):
    """Builds a tree from the events of one document, without recursion."""

    def __init__(self, text: str, table: LineTable, offset: int) -> None:
        super().__init__(text, table, offset)
        self.line, self.column = table.position(offset)
        self.lines = table.position(offset + len(text)).line - self.line
        self.open: list[tuple[_Mark, list[DataNode]]] = []
        """The collections that are open, from the outermost: where each begins, and its values so far."""
        self.last: _Event | None = None
        """The scalar seen last: after a quoted one, its quotation marks are the likely cause of an error."""

    def check_characters(self) -> None:
        if found := _FORBIDDEN.search(self.text):
            message = f"the character U+{ord(found[0]):04X} cannot stand in YAML"
            raise self.stop(self.place(*found.span()), message, "delete it; retyping the words around it helps")

    def build(self, events: Iterable[_Event]) -> DataNode | None:
        # Every value of every note passes through this loop, hence its length and its few calls.
        stack = self.open
        root: DataNode | None = None
        count = 0
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                node: DataNode = self.scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if len(stack) == MAX_TREE_DEPTH:
                    raise self.too_deep(self.deep_place(event))
                if event.anchor is not None or event.tag is not None:
                    self.refuse_properties(event)
                stack.append((event.start_mark, []))
                continue
            elif kind is yaml.SequenceEndEvent:
                start, items = stack.pop()
                node = Sequence(tuple(items), self.collection_span(start, event, items))
            elif kind is yaml.MappingEndEvent:
                start, items = stack.pop()
                node = Mapping(self.entries(items), self.collection_span(start, event, items))
            else:
                self.check_event(event, root)
                continue
            count += 1
            if stack:
                stack[-1][1].append(node)
            else:
                root = node
            if count > MAX_NODES:
                self.check_count(count)
        return root

    def deep_place(self, event: _Event) -> Span:
        """The outermost key whose value is too deep; where there is none, the value itself."""
        _, outermost = self.open[0]
        key = outermost[-1] if len(outermost) % 2 else None
        return key.span if type(key) is Scalar else self.span(event.start_mark, event.end_mark)

    def scalar(self, event: _Event) -> Scalar:
        self.last = event
        style, value = event.style, event.value
        if event.anchor is not None or event.tag is not None:
            self.refuse_properties(event)
        if not style:
            return Scalar(value, True, self.span(event.start_mark, event.end_mark))
        span = self.block_span(event) if style in "|>" else self.span(event.start_mark, event.end_mark)
        if style == '"' and not value.isprintable():
            self.check_escapes(value, span)
        return Scalar(value, False, span)

    def entries(self, items: list[DataNode]) -> tuple[tuple[Scalar, DataNode], ...]:
        names = {key.text for key in items[::2] if type(key) is Scalar}
        if 2 * len(names) < len(items) or "<<" in names:
            return tuple(self.check_keys(items))
        return tuple(zip(items[::2], items[1::2], strict=True))  # type: ignore[arg-type]

    def span(self, start: _Mark, end: _Mark) -> Span:
        line, end_line, base = start.line, end.line, self.line
        if end_line > self.lines:  # The parser counts a line more where the last one has no line end.
            return self.place(min(start.index, len(self.text)), len(self.text))
        column = start.column + (1 if line else self.column)
        end_column = end.column + (1 if end_line else self.column)
        return Span(self.table.path, base + line, column, base + end_line, end_column)

    def collection_span(self, start: _Mark, event: _Event, items: list[DataNode]) -> Span:
        span = self.span(start, event.end_mark)
        if items and event.start_mark.index == event.end_mark.index:
            # For the parser a collection in block style ends where the next token begins.
            last = items[-1].span
            return span._replace(end_line=last.end_line, end_column=last.end_column)
        return span

    def block_span(self, event: _Event) -> Span:
        """The span of a text after `|` or `>`, without the line ends and blank lines behind it."""
        start = event.start_mark.index
        return self.place(start, start + len(self.text[start : event.end_mark.index].rstrip()))

    def refuse_properties(self, event: _Event) -> None:
        span = self.span(event.start_mark, event.end_mark)
        if event.anchor is not None:
            self.report(span, f"the anchor {quoted('&' + event.anchor)} is refused", _QUOTE_IT.format("&"))
        if event.tag is not None:
            self.report(span, f"the tag {quoted(event.tag)} is refused", _QUOTE_IT.format("!"))

    def check_event(self, event: _Event, root: DataNode | None) -> None:
        """Refuse an alias, a directive and a second document; other events bear no value."""
        span = self.span(event.start_mark, event.end_mark)
        if isinstance(event, yaml.AliasEvent):
            raise self.stop(span, f"the alias {quoted(f'*{event.anchor}')} is refused", _QUOTE_IT.format("*"))
        if not isinstance(event, yaml.DocumentStartEvent):
            return
        if root is not None:
            raise self.stop(span, "a second YAML document begins here", "keep one document, without a line --- inside")
        if event.version or event.tags:
            self.report(span, "YAML directives are refused", _NO_DIRECTIVE)

    def explain(self, error: yaml.MarkedYAMLError) -> None:
        """Report a syntax error in plain words, at the place where its cause is likely to be."""
        problem = error.problem or ""
        mark = error.problem_mark or error.context_mark
        if mark is None:
            return self.report(self.place(0, 0), f"this is not YAML ({_first_line(problem)})")
        opened = error.context_mark or mark
        if merge := _MERGE.search(self.text):
            message = "a merge was not finished here: two versions of the front matter stand one after the other"
            remedy = "keep one of the two, and delete the lines <<<<<<<, ======= and >>>>>>>"
            return self.report(self.place(*merge.span()), message, remedy)
        if self.text.startswith("%"):
            end = self.text.find("\n")
            return self.report(self.place(0, max(end, 1)), "YAML directives are refused", _NO_DIRECTIVE)
        if "quoted scalar" in (error.context or "") and "end of" in problem:
            return self.report(self.at(opened), "the quotation mark that opens here is never closed", _CLOSE_IT)
        if hidden := _COMMENT_IN_BRACKETS.search(self.text[: mark.index + 1]):
            remedy = f"write {hidden[0].strip().replace('#', '')}"
            return self.report(self.place(*hidden.span(1)), "the # opens a comment, which hides the bracket", remedy)
        if "flow" in (error.context or ""):
            if self.open and self.text[self.open[-1][0].index] in "[{":
                opened = self.open[-1][0]
            sign = self.text[opened.index : opened.index + 1]
            message = f"what opens here with {quoted(sign)} is not closed properly"
            return self.report(self.at(opened), message, _CLOSE_BRACKET)
        if self.last and self.last.style in ("'", '"') and self.last.end_mark.line == mark.line:
            message, remedy = "the quotation mark that opens here closes too early or too late", self.in_quotes(mark)
            return self.report(self.at(self.last.start_mark), message, remedy or _CLOSE_IT)
        if odd := self.line_above(mark, _ODD_COLON):
            start = self.text.rfind(odd[0], 0, mark.index)
            span = self.place(start + odd.start(2), start + odd.end(2))
            message = f"{quoted(odd[2].strip())} stands where a colon and a space should"
            return self.report(span, message, f"write {odd[1]}: {odd[3]}")
        return self.report(self.at(mark), *self.words(problem, mark))

    def quoted_line(self, mark: _Mark) -> str:
        """The remedy for a line with two colons: the line as it should be, if that can be told."""
        if line := _KEY_AND_VALUE.match(self.line_at(mark)):
            return f'put the value in quotes: {line[1]}: "{line[2]}"'
        return 'put quotes around a value that holds ": "; or correct the indentation, or the line above'

    def line_at(self, mark: _Mark) -> str:
        """The line in which a place lies."""
        start = self.text.rfind("\n", 0, mark.index) + 1
        return self.text[start:].partition("\n")[0].rstrip()

    def in_quotes(self, mark: _Mark) -> str:
        """The remedy for a value that begins with a sign of YAML: the line with the value in quotation marks."""
        found = _SIGN_FIRST.match(self.line_at(mark))
        if found is None:
            return ""
        value = found[2]
        if value[0] + value[-1] in ("''", '""'):
            value = value[1:-1].replace("''", "'")
        quote = '"' if '"' not in value and "\\" not in value else "'"
        value = value.replace("'", "''") if quote == "'" else value
        return f"write {found[1]}: {quote}{value}{quote}"

    def line_above(self, mark: _Mark, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What a pattern finds in the nearest lines before a place, of which each continues the one before."""
        above = self.text[: mark.index].split("\n")[-4:-1]
        return next((found for line in reversed(above) if (found := pattern.fullmatch(line.rstrip()))), None)

    def at(self, mark: _Mark) -> Span:
        return self.place(mark.index, min(mark.index + 1, len(self.text)))

    def words(self, problem: str, mark: _Mark) -> tuple[str, str]:
        sign = self.text[mark.index : mark.index + 1]
        if "mapping values are not allowed" in problem:
            glued = self.line_above(mark, _GLUED)
            if glued:
                return "a space is missing after the colon in the line above", f"write {glued[1]}: {glued[2]}"
            line, above = self.line_at(mark), self.line_above(mark, _PLAIN_LINE)
            if above and re.match(r" +[\w-]+: +[^:]*$", line):
                message = "this line is indented, so it goes on with the value above"
                return message, f"remove the spaces before {line.strip()}"
            return 'a second ": " in one value', self.quoted_line(mark)
        if sign == "\t" or "tab" in problem:
            return "a tab cannot indent YAML", "indent with spaces"
        if "cannot start any token" in problem:
            if sign == "@" and not re.search(r"@\S+ ", self.line_at(mark)):
                return 'a value cannot begin with "@"', "write the citation key without the @"
            return f"a value cannot begin with {quoted(sign)}", self.in_quotes(mark) or "put quotes around the value"
        if "escape" in problem:
            escape = _ESCAPE.match(self.text, self.text.rfind("\\", 0, mark.index + 1))
            return f"{quoted(escape[0] if escape else sign)} is not an escape", _BACKSLASH
        if item := self.line_above(mark, _GLUED_ITEM):
            return "a space is missing after the hyphen of a list", f"write {item[1]}- {item[2]}"
        if star := _STAR_ITEM.fullmatch(self.line_at(mark)):
            return 'a list of YAML begins with "- ", not with "*"', f"write {star[1]}- {star[2]}"
        if signs := _SIGNS_IN_LIST.fullmatch(self.line_at(mark)):
            bare = ", ".join(part.strip(" !#") for part in signs[2].split(","))
            return "a sign before a value is not YAML", f"write {signs[1]}: [{bare}]"
        above = self.line_above(mark, _PLAIN_LINE)
        if "expected" in problem and above and re.match(r"[^\W\d_][^:]*$", self.line_at(mark)):
            return "this line has no key", f"put it behind the line above: {above[0].strip()} {self.line_at(mark)}"
        if "not allowed" in problem and (remedy := self.in_quotes(mark)):
            return f"a value cannot begin with {quoted(sign)}", remedy
        if "expected" in problem:
            if remedy := self.in_quotes(mark):
                return "a value with more than these brackets or marks needs quotes", remedy
            remedy = f"compare its indentation with the lines around it; {_COLON}"
            return 'this line is not of the form "key: value"', remedy
        return f"this is not YAML ({_first_line(problem)})", _COLON


_KEY_AND_VALUE = re.compile(r"\s*(?:- )?([^\s:\"'#][^:\n]*): +([^\"'\[{\n]*[^\s\"'\[{])\s*$")
_SIGN_FIRST = re.compile(r"\s*(?:- )?([\w-]+): +((?:[\[*&!{'\"@`%>|]|[-?] )[^\n]*[^\s\]}]|['\"].*['\"])\Z")
"""A line whose value begins with a sign that YAML reads as its own, and goes on as a text."""
_ODD_COLON = re.compile(r" *([A-Za-z][\w-]*)( *(?:：|=(?!=)) *)(\S.*)")
_STAR_ITEM = re.compile(r"( *)\*\s+(\S.*)")
_SIGNS_IN_LIST = re.compile(r"\s*([\w-]+): *\[((?:\s*[!#][\w-]+\s*,?)+)\]")
_PLAIN_LINE = re.compile(r"[\w-]+: +[^\s\[{|>\"'&*!].*")
_MERGE = re.compile(r"^(?:<{7}|>{7}) .*$", re.MULTILINE)
_GLUED = re.compile(r" *([A-Za-z_-]+):([^\s:/].*)")
_GLUED_ITEM = re.compile(r"( *)-([^\s-].*)")
_COMMENT_IN_BRACKETS = re.compile(r"""^[^\n#'"\[{]*[\[{](?:[^]}\n'"]*[\s,])?(#[^\n]*)""", re.MULTILINE)
"""A list of tags as other programs write them: `[#one, #two]`."""
_ESCAPE = re.compile(r"\\(?:[xuU][0-9A-Fa-f]{0,8}|.?)")
_BACKSLASH = r"inside double quotes write \\ for a backslash, and other characters as they are"
_NO_DIRECTIVE = "remove the line that begins with %"
_COLON = 'quote a value that holds ": " or " #"'
_QUOTE_IT = 'write the value out; put quotes around a text that begins with "{}"'
_CLOSE_BRACKET = "close it, and put a comma between two values; quote a value that holds brackets"
_CLOSE_IT = "close it; inside single quotes write '' for an apostrophe, inside double quotes \\\" for a quotation mark"
