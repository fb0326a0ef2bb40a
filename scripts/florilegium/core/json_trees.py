"""JSON texts as trees with spans."""

import re
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]

from .diagnostics import Diagnostic
from .spans import LineTable
from .trees import MAX_TREE_BYTES, MAX_TREE_DEPTH, DataNode, Mapping, Reader, Scalar, Sequence, Stop


def parse_json(
    text: str, table: LineTable, *, max_bytes: int = MAX_TREE_BYTES
) -> tuple[DataNode | None, list[Diagnostic]]:
    """Read a JSON text (RFC 8259) as the tree that the same YAML would give.

    Numbers and the words `true`, `false` and `null` become plain scalars that keep their letters. Returns no
    node after a syntax error. A byte order mark at the beginning is skipped.
    """
    reader = _JsonReader(text, table, 0)
    try:
        reader.check_size(max_bytes)
        return reader.document(), reader.problems
    except Stop:
        return None, reader.problems


_SPACE = re.compile(r"[ \t\n\r]*")
_LITERAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null")


class _JsonReader(Reader):
    """Recursive descent, to a limited depth."""

    count = 0

    def document(self) -> DataNode:
        node, end = self.value(self.skip(1 if self.text.startswith("\ufeff") else 0), 0)
        end = self.skip(end)
        if end < len(self.text):
            raise self.error(end, "text after the end of the data", "remove it")
        return node

    def skip(self, offset: int) -> int:
        return _SPACE.match(self.text, offset).end()  # type: ignore[union-attr]

    def error(self, offset: int, message: str, remedy: str = "") -> Stop:
        return self.stop(self.place(offset, min(offset + 1, len(self.text))), f"this is not JSON: {message}", remedy)

    def value(self, start: int, depth: int) -> tuple[DataNode, int]:
        self.count += 1
        self.check_count(self.count)
        sign = self.text[start : start + 1]
        if sign == '"':
            return self.string(start)
        if sign in ("[", "{") and sign:
            if depth == MAX_TREE_DEPTH:
                raise self.too_deep(self.place(start, start + 1))
            return self.collection(start, depth + 1)
        if found := _LITERAL.match(self.text, start):
            return Scalar(found[0], True, self.place(*found.span())), found.end()
        remedy = 'texts stand in double quotes; no comma stands before "]" or "}"'
        raise self.error(start, "a value is missing here", remedy)

    def string(self, start: int) -> tuple[Scalar, int]:
        try:
            value, end = scanstring(self.text, start + 1, True)
        except JSONDecodeError as error:
            if error.msg.startswith("Unterminated"):
                raise self.error(start, "the text that opens here is never closed", 'close it with "') from None
            remedy = r"write \\ for a backslash and \n for a line end"
            raise self.error(error.pos, f"{error.msg.rstrip(' at:').lower()}", remedy) from None
        span = self.place(start, end)
        if not value.isprintable():
            self.check_escapes(value, span)
        return Scalar(value, False, span), end

    def collection(self, start: int, depth: int) -> tuple[DataNode, int]:
        """A list, or a mapping: a list of keys and values in turn."""
        items: list[DataNode] = []
        is_mapping = self.text[start] == "{"
        closing = "}" if is_mapping else "]"
        offset = self.skip(start + 1)
        more = self.text[offset : offset + 1] != closing
        while more:
            if is_mapping:
                key, offset = self.key(offset)
                items.append(key)
            node, offset = self.value(offset, depth)
            items.append(node)
            offset = self.skip(offset)
            more = self.another(offset, closing, start)
            offset = self.skip(offset + 1) if more else offset
        end = offset + 1
        span = self.place(start, end)
        return (Mapping(tuple(self.check_keys(items)), span) if is_mapping else Sequence(tuple(items), span)), end

    def key(self, start: int) -> tuple[Scalar, int]:
        if self.text[start : start + 1] != '"':
            raise self.error(start, "a key in double quotes is missing here", 'no comma stands before "}"')
        key, end = self.string(start)
        end = self.skip(end)
        if self.text[end : end + 1] != ":":
            raise self.error(end, 'a ":" is missing after the key')
        return key, self.skip(end + 1)

    def another(self, offset: int, closing: str, start: int) -> bool:
        sign = self.text[offset : offset + 1]
        if sign not in (",", closing):
            remedy = f"what is not closed opens in line {self.place(start, start).line}"
            raise self.error(offset, f'a "," or "{closing}" is missing here', remedy)
        return sign == ","
