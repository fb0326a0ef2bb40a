"""The YAML that opens a note or theme: where it stands, and getters for its values that collect problems."""

import datetime
import re
from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple, TypeVar

from ..core.diagnostics import Diagnostic, Related, did_you_mean, quoted
from ..core.model import IdMention
from ..core.spans import LineTable, Span
from ..core.trees import DataNode, Mapping, Scalar, Sequence, kind_of
from ..core.yaml_trees import parse_yaml
from .value_remedies import as_list, date_remedy, find_cut_values, opening_remedy

E_ = TypeVar("E_", bound=StrEnum)

WRONG_VALUE = "invalid-front-matter-value"


class FileDivision(NamedTuple):
    """Offsets: the YAML is `text[yaml_start:yaml_end]`, the Markdown `text[body_start:]`."""

    yaml_start: int
    yaml_end: int
    body_start: int


class HeadProblem(NamedTuple):
    """Why a text has no front matter, and the offsets of the place that shows it."""

    message: str
    help: str
    start: int
    end: int


class FrontMatter(NamedTuple):
    mapping: Mapping | None
    """Nothing where the front matter is missing, broken or no mapping; a diagnostic says so."""
    body_start: int
    diagnostics: list[Diagnostic]


_OPENING = re.compile(r"\ufeff?---[ \t]*(?:\r\n|\n|\r)")
_CLOSING = re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)")
_BLANK_LINE = re.compile(r"[ \t]*[\r\n]")
_LATER = re.compile(r"\s+---[ \t]*[\r\n]")


def cut_front_matter(text: str) -> FileDivision | HeadProblem:
    """Find the front matter: from a first line `---` to the next line `---` or `...`.

    A byte order mark before it is skipped; lines end with LF, CR LF or CR.
    """
    opening = _OPENING.match(text)
    if opening is None:
        first = re.search(r"[\r\n]|\Z", text)
        later = _LATER.match(text)
        message = "spaces or blank lines stand before the ---" if later else "the front matter is missing"
        remedy = "remove them" if later else opening_remedy(text)
        return HeadProblem(message, remedy, 0, first.start() if first else 0)
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        message = "the front matter that opens here is never closed"
        return HeadProblem(message, 'close it with a line "---"', opening.start(), len(opening[0].rstrip()))
    return FileDivision(opening.end(), closing.start(), closing.end())


def parse_front_matter(table: LineTable) -> FrontMatter:
    """Cut the front matter of a file and read its YAML, which must be a mapping."""
    text = table.text
    cut = cut_front_matter(text)
    if isinstance(cut, HeadProblem):
        problem = _malformed(table.span(cut.start, cut.end), cut.message, cut.help)
        # Without an end to the YAML nobody can say where the Markdown begins: read none of it.
        return FrontMatter(None, len(text) if cut.message.endswith("closed") else 0, [problem])
    yaml_text = text[cut.yaml_start : cut.yaml_end]
    node, problems = parse_yaml(yaml_text, table, cut.yaml_start)
    if _BLANK_LINE.match(yaml_text):
        message = "a blank line follows the opening ---, so Pandoc takes it for a rule"
        problems.append(_malformed(table.span(cut.yaml_start, cut.yaml_start), message, "remove the blank line"))
    if isinstance(node, Mapping):
        problems += find_cut_values(node, table)
        return FrontMatter(node, cut.body_start, problems)
    if not problems:
        message = f"the front matter is {kind_of(node) if node else 'empty'}"
        span = node.span if node else table.span(0, 3)
        problems.append(_malformed(span, message, "write lines such as title: A title"))
    return FrontMatter(None, cut.body_start, problems)


def _malformed(span: Span, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(rule="malformed-front-matter", span=span, message=message, help=remedy)


# ---------------------------------------------------------------------------------------------------- getters

_MAX_GUESSES = 20
"""Unknown keys of one mapping for which the key that was meant is looked for."""
_ELSEWHERE = {
    **dict.fromkeys(("tag", "tags", "keywords", "categories", "topics", "subjects"), "themes"),
    **dict.fromkeys(("author", "authors", "contributor", "creator", "by"), "contributors"),
    **dict.fromkeys(("created", "creation date", "day"), "date"),
    **dict.fromkeys(("modified", "lastmod", "last_modified", "changed", "revised"), "updated"),
    **dict.fromkeys(("bibliography", "refs", "works", "literature"), "references"),
    **dict.fromkeys(("citekey", "citation-key", "key", "work"), "source"),
    **dict.fromkeys(("warnings", "content-warnings", "content-notices"), "notices"),
    **dict.fromkeys(("style", "csl", "cite-style"), "citation-style"),
    **dict.fromkeys(("lang", "locale"), "language"),
    **dict.fromkeys(("site-url", "site_url", "address", "website"), "url"),
    **dict.fromkeys(("alias", "altlabel", "synonyms"), "aliases"),
    **dict.fromkeys(("parent", "parents", "part-of"), "broader"),
    "speakers": "roles",
}
"""What keys are called in other programs."""
_LABELS = ("title", "label", "name", "heading")
"""Names of what is called `title` in a note and `label` elsewhere."""
_MEANT = {
    **dict.fromkeys(("warn", "true", "yes", "on"), "warning"),
    **dict.fromkeys(("false", "no", "none", "ignore", "disabled", "never"), "off"),
    **dict.fromkeys(("info", "note", "notice", "hint"), "information"),
    **dict.fromkeys(("fatal", "fail"), "error"),
    **dict.fromkeys(("in progress", "wip", "unfinished", "in-progress"), "draft"),
    **dict.fromkeys(("final", "done", "public", "ready"), "published"),
    **dict.fromkeys(("full", "complete", "book", "article", "pdf", "primary"), "full-text"),
}
"""Values by what they are called elsewhere."""
_INSTEAD = {
    "draft": "write status: draft",
    "publish": "leave it out: a note is published unless it says status: draft",
    "published": "leave it out: a note is published unless it says status: draft",
    "narrower": "leave it out, and write broader: in the themes that belong to this one",
}
"""What to write for a key that there is not."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _texts_in(node: DataNode) -> Iterator[str]:
    """The texts of a list, and of the lists in it: `[[soothing]]` is one text in two lists."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _texts_in(item)
    elif isinstance(node, Scalar) and not node.is_null:
        yield node.text


class Fields:
    """Typed access to a mapping. A value of a wrong kind is reported once, and reads as if it were absent.

    `~`, `null` and an empty value count as absent.
    """

    def __init__(self, mapping: Mapping, diagnostics: list[Diagnostic], *, where: str = "") -> None:
        self.mapping = mapping
        self.diagnostics = diagnostics
        self.where = where
        """What the messages add to a key, such as ` of the notice "x"`."""
        self.nodes = {key.text: value for key, value in mapping.entries}
        self.keys = {key.text: key.span for key, _ in mapping.entries}

    @property
    def spans(self) -> dict[str, Span]:
        """Where the value of each key stands; where it is empty, the key."""
        return {key: self.span(key) for key in self.nodes}

    def span(self, key: str) -> Span:
        """Where the value of a key stands; else its key; else where the mapping begins."""
        node = self.nodes.get(key)
        if node is None:
            line, column = self.mapping.span.start
            return Span(self.mapping.span.path, line, column, line, column)
        return self.keys[key] if node.span.start == node.span.end else node.span

    def report(self, key: str, message: str, remedy: str = "", *, rule: str = "", span: Span | None = None) -> None:
        """Record a problem with a key, at its value or at `span`."""
        place = span or self.span(key)
        found = Diagnostic(rule=rule or WRONG_VALUE, span=place, message=message, help=remedy, about=key)
        self.diagnostics.append(found)

    def expect(self, key: str, wanted: str, node: DataNode, remedy: str = "") -> None:
        """Record that a value is not of the kind that its key asks for."""
        got = f", not {kind_of(node)}" if kind_of(node) not in wanted else ""
        span = None if node is self.nodes.get(key) else node.span
        self.report(key, f"{quoted(key)}{self.where} must be {wanted}{got}", remedy, span=span)

    def get(self, key: str, *, required: bool = False) -> DataNode | None:
        """The value, or nothing where it is absent or null; that is a problem where it is required."""
        node = self.nodes.get(key)
        if node is not None and not (isinstance(node, Scalar) and node.is_null):
            return node
        if required and node is None:
            self.report(key, f"{quoted(key)}{self.where} is missing", f"add {key}: …", rule="missing-front-matter-key")
        elif required:
            self._empty(key)
        return None

    def _empty(self, key: str) -> None:
        self.report(key, f"{quoted(key)}{self.where} is empty", f"add {key}: …")

    def text(self, key: str, *, required: bool = False, max_length: int | None = None, default: str = "") -> str:
        """A text, exactly as written. A number or truth value counts as the text that it is written with."""
        node = self.get(key, required=required)
        if node is None:
            return default
        if not isinstance(node, Scalar):
            self.expect(key, "a text", node, "write one text, without brackets around it")
            return default
        if required and not any(c.isprintable() and not c.isspace() for c in node.text):
            self._empty(key)
        if max_length is not None and len(node.text) > max_length:
            lengths = f"{len(node.text):,} characters; at most {max_length:,} are allowed"
            message = f"{quoted(key)}{self.where} has {lengths}"
            self.report(key, message, "shorten it", rule="too-long")
        return node.text

    def flag(self, key: str, *, default: bool = False) -> bool:
        """`true` or `false`."""
        node = self.get(key)
        if node is None:
            return default
        value = node.boolean if isinstance(node, Scalar) else None
        if value is None:
            self.expect(key, "true or false", node, f"write {key}: true")
        return default if value is None else value

    def items(self, key: str, *, of: str, example: str, or_one: bool = False) -> tuple[DataNode, ...]:
        """The items of a list, of any kind; with `or_one`, a single text is a list of one.

        `of` and `example` are for the message.
        """
        node = self.get(key)
        if isinstance(node, Sequence):
            return node.items
        if or_one and isinstance(node, Scalar):
            return (node,)
        wanted = f"a list of {of}, such as {example}"
        if isinstance(node, Scalar) and node.text.strip():
            # What was typed, in the form of a list.
            written = as_list(node.text, of_ids=of == "ids")
            remedy = f"write {key}: {written}" if "\n" not in node.text.strip() else f"write a list: {key}: {example}"
            if node.text.lstrip().startswith("@") and "{" in node.text:
                remedy = "save it as a file of BibTeX in annotations/references/, and leave the key out"
            self.expect(key, f"a list of {of}", node, remedy)
        elif isinstance(node, Mapping) and of == "works" and node.entries:
            key = node.entries[0][0].text
            remedy = (
                'write "- " before id:, two columns to the left' if key == "id" else f'write "- id: {key}" for "{key}:"'
            )
            self.expect(key="references", wanted=wanted, node=node, remedy=remedy)
        elif isinstance(node, Mapping) and of in ("ids", "names"):
            inner = [value.text if of == "names" and isinstance(value, Scalar) else k.text for k, value in node.entries]
            self.expect(key, f"a list of {of}", node, f"write {key}: [{', '.join(inner)}]")
        elif node is not None:
            self.expect(key, wanted, node, f"write {key}: {example}")
        return ()

    def text_list(
        self, key: str, *, of: str = "texts", example: str = "[one, two]", or_one: bool = False
    ) -> tuple[str, ...]:
        """A list of texts that are not empty; with `or_one`, a single text is a list of one."""
        items = self.items(key, of=of, example=example, or_one=or_one)
        return tuple(item.text for item in self._texts(key, items, of))

    def mention(self, key: str, *, required: bool = False) -> IdMention | None:
        """One id and its place."""
        node = self.get(key, required=required)
        if node is None:
            return None
        found = [IdMention(id=item.text, span=item.span) for item in self._texts(key, (node,), "ids", "an id")]
        return found[0] if found else None

    def mentions(self, key: str, *, or_one: bool = False, example: str = "[first, second]") -> tuple[IdMention, ...]:
        """A list of ids, each of which may come once; with `or_one`, a single id is a list of one."""
        seen: dict[str, IdMention] = {}
        for item in self._texts(key, self.items(key, of="ids", example=example, or_one=or_one), "ids"):
            if first := seen.get(item.text):
                message = f"{quoted(key)}{self.where} lists {quoted(item.text)} twice"
                self.doubled(item.span, message, "remove one of the two", first.span)
            else:
                seen[item.text] = IdMention(id=item.text, span=item.span)
        return tuple(seen.values())

    def doubled(self, span: Span, message: str, remedy: str, first: Span) -> None:
        """Record that a value stands at a second place, `span`."""
        related = (Related(message="it stands here already", span=first),)
        found = Diagnostic(rule=WRONG_VALUE, span=span, message=message, help=remedy, related=related)
        self.diagnostics.append(found)

    def _texts(self, key: str, items: Iterable[DataNode], of: str, wanted: str = "") -> list[Scalar]:
        texts = []
        for item in items:
            if isinstance(item, Scalar) and item.is_null and any("as a comment" in d.message for d in self.diagnostics):
                continue
            if not isinstance(item, Scalar) or item.is_null:
                inner = ", ".join(_texts_in(item))
                remedy = f"write {key}: {f'[{inner}]' if not wanted else inner}" if inner else "write a text there"
                self.expect(key, wanted or f"a list of {of}", item, remedy)
            elif not item.text.strip():
                message = f"{quoted(key)}{self.where} holds an empty text"
                self.report(key, message, "write a text there", span=item.span)
            else:
                texts.append(item)
        return texts

    def choice(self, key: str, options: type[E_]) -> E_ | None:
        """A member of an enumeration, by its value."""
        node = self.get(key)
        words = ", ".join(options)
        otherwise = f"write one of {words}"
        if isinstance(node, Scalar) and node.text in list(options):
            return options(node.text)
        if isinstance(node, Scalar):
            message = f"{quoted(key)}{self.where} must be one of {words}, not {quoted(node.text)}"
            meant = _MEANT.get(node.text.casefold(), "")
            known = meant and meant in words
            self.report(key, message, f"write {meant}" if known else did_you_mean(node.text, options, otherwise))
        elif node is not None:
            self.expect(key, "a text", node, otherwise)
        return None

    def date(self, key: str) -> datetime.date | None:
        """An ISO date of the calendar, such as `2013-08-01`."""
        node = self.get(key)
        if node is None:
            return None
        try:
            if isinstance(node, Scalar) and _DATE.fullmatch(node.text):
                return datetime.date.fromisoformat(node.text)
            wanted = "a date such as 2013-08-01"
        except ValueError:
            wanted = "a date that the calendar has"
        got = quoted(node.text) if isinstance(node, Scalar) else kind_of(node)
        remedy = date_remedy(node.text) if isinstance(node, Scalar) else "write year-month-day"
        self.report(key, f"{quoted(key)}{self.where} must be {wanted}, not {got}", remedy)
        return None

    def unknown(self, known: Collection[str]) -> None:
        """Report every key that is not among the known ones."""
        strangers = [key for key in self.nodes if key not in known]
        # A key that is there already is not what another one was meant to be, unless nothing else is near.
        missing = [key for key in known if key not in self.nodes]
        for count, key in enumerate(strangers):
            others = (_ELSEWHERE.get(key.casefold(), ""), *(_LABELS if key.casefold() in _LABELS else ()))
            other = next((other for other in others if other in known), "")
            near = f"did you mean {quoted(other)}?" if other else ""
            if not near and count < _MAX_GUESSES:
                near = did_you_mean(key, missing) or did_you_mean(key, known)
            remedy = near or f"leave it out; the keys are {', '.join(known)}"
            if (key.casefold() in _INSTEAD and "status" in known) or key == "narrower":
                remedy = _INSTEAD[key.casefold()]
            message = f"there is no key {quoted(key)}{self.where}"
            self.report(key, message, remedy, rule="unknown-front-matter-key", span=self.keys[key])
