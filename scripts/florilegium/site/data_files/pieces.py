"""Texts on their way to a file: as bytes, and as JSON that may stand anywhere."""

import json
from collections.abc import Iterable, Iterator

_MANY = 500
"""Texts that are joined before they are handed on: a file is not written line by line."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def json_text(value: object) -> str:
    """One line of JSON (RFC 8259). `<` is escaped, so that it cannot end the `<script>` that somebody puts it in."""
    text = _encode(value).replace("<", "\\u003c")
    # Two signs that end a line in JavaScript, and none in JSON.
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def encoded(texts: Iterable[str]) -> Iterator[bytes]:
    """The texts in UTF-8, many in one piece."""
    held: list[str] = []
    for text in texts:
        held.append(text)
        if len(held) == _MANY:
            yield "".join(held).encode("utf-8", "replace")
            held.clear()
    if held:
        yield "".join(held).encode("utf-8", "replace")


def listed(values: Iterable[object]) -> Iterator[str]:
    """The values as a JSON array, each on a line of its own."""
    yield "["
    before = "\n"
    for value in values:
        yield f"{before}{json_text(value)}"
        before = ",\n"
    yield "\n]"
