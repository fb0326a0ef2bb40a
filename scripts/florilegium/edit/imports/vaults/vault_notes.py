"""A folder of notes as it lies on the disk: every note with its properties, its title and its text."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ....core.errors import CannotRun
from ....core.limits import MAX_FILE_BYTES
from ....core.spans import LineTable
from ....core.trees import DataNode, Scalar
from ....core.trees import Mapping as TreeMapping
from ....core.yaml_trees import parse_yaml
from ....library.frontmatter import FileDivision, cut_front_matter
from ....library.listing import is_passed_over

_SUFFIXES = (".md", ".markdown", ".mdown", ".qmd")
_MAX_NOTES = 20_000
_PROPERTY = re.compile(r"(?:[-*] )?([A-Za-z][\w -]{0,40})::[ \t]*(.*)")
"""A property as Logseq writes it, and Obsidian's Dataview."""
_TEMPLATES = re.compile(r"[\d_ -]*templates?\Z", re.IGNORECASE)
"""A folder that holds forms of notes, and no notes."""
_HEADING = re.compile(r"#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultNote:
    """One note of the folder."""

    path: str
    """From the folder, with `/` on every system."""
    title: str
    properties: Mapping[str, Any]
    """By key in lower case: texts, truth values, lists and mappings of them."""
    body: str
    """The Markdown after the properties and the title, with line feeds alone."""
    problem: str = ""

    @property
    def stem(self) -> str:
        return PurePosixPath(self.path).stem


def read_vault(folder: Path) -> tuple[list[VaultNote], list[str]]:
    """The notes below a folder, sorted by path, and why others could not be read. Raises `CannotRun` where none is."""
    if not folder.is_dir():
        raise CannotRun(f"there is no folder {folder}", "name the folder of your notes")
    notes, refused = [], []
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        if path.stat().st_size > MAX_FILE_BYTES:
            refused.append(f"{name}: more than {MAX_FILE_BYTES:,} bytes")
            continue
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            refused.append(f"{name}: not UTF-8")
            continue
        if not text.strip():
            refused.append(f"{name}: empty")
            continue
        notes.append(parse_vault_note(name, text))
    if not notes:
        raise CannotRun(f"there are no Markdown files in {folder}", "name the folder of your notes")
    return notes, refused


def _files(folder: Path) -> Iterator[Path]:
    found = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(n for n in folders if not (n.startswith(".") or is_passed_over(n) or _TEMPLATES.match(n)))
        for name in sorted(names):
            path = Path(place, name)
            if name.lower().endswith(_SUFFIXES) and not name.startswith(".") and not path.is_symlink():
                found += 1
                if found > _MAX_NOTES:
                    raise CannotRun(f"the folder holds more than {_MAX_NOTES:,} notes", "import its folders one by one")
                yield path


def parse_vault_note(path: str, text: str) -> VaultNote:
    """Read one note; front matter that cannot be read is kept as text, with a problem."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    cut = cut_front_matter(text)
    properties: dict[str, Any] = {}
    problem = ""
    if isinstance(cut, FileDivision):
        yaml = _protected(text[cut.yaml_start : cut.yaml_end])
        node, faults = parse_yaml(yaml, LineTable(path, yaml))
        if node is None and faults:
            problem = "its front matter could not be read"
        if isinstance(node, TreeMapping):
            properties = {key.text.strip().lower(): _value(value) for key, value in node.entries}
        text = text[cut.body_start :]
    text = text.lstrip("\n")
    while line := _PROPERTY.match(text):
        properties.setdefault(line[1].strip().lower(), line[2].strip())
        text = text[line.end() :].lstrip("\n")
    title = str(properties.pop("title", "") or "").strip()
    heading = _HEADING.match(text)
    if heading and title in ("", heading[1]):
        title, text = title or heading[1], text[heading.end() :].lstrip("\n")
    bare = re.sub(r"[*_`]{1,3}([^*_`]+)[*_`]{1,3}", r"\1", without_links(title or PurePosixPath(path).stem))
    title = " ".join(bare.split())[:300]
    return VaultNote(path=path, title=title, properties=properties, body=text.rstrip() + "\n", problem=problem)


def _value(node: DataNode) -> Any:
    """A value as Python has it: numbers and dates stay as they are written."""
    if isinstance(node, Scalar):
        return None if node.is_null else node.text if node.boolean is None else node.boolean
    if isinstance(node, TreeMapping):
        return {key.text: _value(value) for key, value in node.entries}
    return [_value(item) for item in node.items]


def _protected(text: str) -> str:
    """Front matter in which links, mentions and tags are texts, as the programs that write it take them."""
    text = re.sub(r"^(\s*(?:-|[\w -]+:)[ \t]+)((?:\[\[|@|#|%|\*)[^\n\"]*)$", r'\1"\2"', text, flags=re.MULTILINE)
    text = re.sub(r"^([\w -]+:[ \t]+)\[(#[^\]\n]*)\]", lambda m: f"{m[1]}[{m[2].replace('#', '')}]", text, flags=re.M)
    return re.sub(r'^([\w -]+:[ \t]+)([^"\'\[{|>\n][^\n]*: [^\n]*)$', _quoted_value, text, flags=re.MULTILINE)


def _quoted_value(found: re.Match[str]) -> str:
    value = found[2].rstrip().replace("\\", "\\\\").replace('"', '\\"')
    return f'{found[1]}"{value}"'


def without_links(text: str) -> str:
    """A text with what links show in their place."""
    return re.sub(r"\[\[(?:[^\]|]*\|)?([^\]]*)\]\]", r"\1", text)
