"""Values as YAML that every reader, of version 1.1 and 1.2, takes for what they are: the one writer of YAML.

It writes scalars and flow style; whole files are lines around them. What has to change inside a file that people
wrote is edited by span, so that their comments and their layout stay.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

_BARE = re.compile(r"[^\W_](?:[\w ./’()'+-]*[\w.()'+-])?")
_DOI = re.compile(r"10\.[0-9]+/[A-Za-z0-9./_-]*[A-Za-z0-9]")
_NO_TEXT = re.compile(r"[yYnN]|0[ox][0-9a-fA-F]+|[0-9][0-9_.:]*(?:[eE][-+]?[0-9]+)?|nan|inf", re.IGNORECASE)
"""What some version of YAML takes for a truth value or a number, and PyYAML does not."""
_NUMBER = re.compile(r"[1-9][0-9]{0,8}|0")
"""What a reader that takes it for a number gives back unchanged: no digit is lost at either end."""


def yaml_text(text: str, *, numbers: bool = False) -> str:
    """A text as a scalar: bare where no reader takes it for anything else, else in double quotes.

    With `numbers`, short whole numbers, page ranges and dates are bare too, as people write them in a reference.
    """
    if numbers and (_NUMBER.fullmatch(text) or re.fullmatch("[0-9]+(-[0-9]+){1,2}", text)):
        return text
    bare = (_BARE.fullmatch(text) or _DOI.fullmatch(text)) and not _NO_TEXT.fullmatch(text)
    return text if bare and _resolved(text) == "tag:yaml.org,2002:str" else quoted_yaml(text)


def _resolved(text: str) -> str:
    resolver: Any = yaml.SafeLoader("")
    return str(resolver.resolve(yaml.ScalarNode, text, (True, False)))


def quoted_yaml(text: str) -> str:
    """A text in double quotes. A string of JSON is one of YAML; what YAML does not let stand in it is escaped."""
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in json.dumps(text, ensure_ascii=False))


def yaml_flow(value: Any) -> str:
    """A value on one line: mappings in braces, lists in brackets, texts and numbers as scalars."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{yaml_text(key)}: {yaml_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(yaml_flow, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else yaml_text(str(value), numbers=True)
