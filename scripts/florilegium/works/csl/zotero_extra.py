"""Fields that users of Zotero write into "Extra", line by line, because their item type lacks them.

`PMID: 123`, `original-date: 1900`, `type: dataset`, `editor: Doe || Jane`: CSL's own names, spelled with spaces and
capitals too (https://www.zotero.org/support/kb/item_types_and_fields, "Citing Fields from Extra").
"""

import re
from collections.abc import Mapping
from typing import Any

from .csl_vocabulary import CSL_DATES, CSL_NAMES, CSL_TYPES, TEXTS

_LINE = re.compile(r"[ \t]*([A-Za-z][A-Za-z_ -]{1,30}?)[ \t]*:[ \t]*(\S.*?)[ \t]*")
_FIELDS = {name.lower().replace("_", "-"): name for name in ("type", *CSL_NAMES, *CSL_DATES, *TEXTS)}
_FREE = frozenset(("note", "annote", "abstract"))
"""What is text, and may well begin with such a word."""


def with_extra(item: Mapping[str, Any]) -> dict[str, Any]:
    """The CSL item with the lines of its note that are fields as fields; what is no field stays the note."""
    read: dict[str, Any] = {}
    people: dict[str, list[dict[str, str]]] = {}
    left = []
    for line in str(item.get("note") or "").splitlines():
        found = _LINE.fullmatch(line)
        name = _FIELDS.get(re.sub("[ _]+", "-", found[1].lower())) if found else None
        if found is None or name is None or name in _FREE or (name == "type" and found[2] not in CSL_TYPES):
            left.append(line)
        elif name in CSL_NAMES:
            family, parted, given = (part.strip() for part in found[2].partition("||"))
            people.setdefault(name, []).append({"family": family, "given": given} if parted else {"literal": family})
        else:
            read[name] = {"raw": found[2]} if name in CSL_DATES else found[2]
    kept = {name: value for name, value in item.items() if name not in ("note", "type") and value}
    note = "\n".join(left).strip()
    whole = {**read, **people, **kept, "type": read.get("type") or item.get("type")}
    return whole | ({"note": note} if note else {})
