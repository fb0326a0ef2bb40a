"""The rules that a library is checked against: what a rule is, and all that the rooms declare."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from importlib import import_module

_PLACES = (
    "core.characters",
    "core.limits",
    "core.trees",
    "markdown.citing",
    "markdown.dialects",
    "markdown.missing_attributions",
    "markdown.quoted_markup",
    "markdown.quotes",
    "markdown.tags",
    "markdown.translations",
    "works.identifiers",
    "works.reference_files",
    "works.csl.csl_checks",
    "quotations.lock_file",
    "quotations.match_findings",
    "library.listing",
    "library.notes",
    "library.own_styles",
    "library.quote_details",
    "library.settings",
    "library.value_remedies",
    "check.checks",
    "publish.external.external_findings",
    "publish.hyperlinks.hyperlink_findings",
)
"""The files and folders that declare rules. They are named and not imported, since most stand in rooms below this one:
they are loaded when the whole table is asked for. `tests/test_rules.py` compares them with the files."""


class Severity(StrEnum):
    """How much a finding matters; the words are the Language Server Protocol's, and `off`."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    OFF = "off"


class Group(StrEnum):
    """What a rule is about; the page of rules has a heading for each, in this order."""

    FILES = "Files and text"
    LIMITS = "Limits"
    FRONT_MATTER = "Front matter"
    REFERENCES = "References and sources"
    THEMES = "Themes"
    QUOTES = "Quotes"
    VERIFICATION = "Verification"
    PROSE = "Prose and links"
    WORLD = "Links to other sites"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong with a library."""

    name: str
    group: Group
    severity: Severity
    """The severity unless `library.yml` sets another one."""
    summary: str
    """What the rule demands, in one sentence."""
    reason: str
    """Why, for the reader of its documentation; Markdown."""
    remedy: str
    """What to do about a finding; Markdown."""


_declared: dict[str, Rule] = {}


def declare_rule(
    name: str, group: Group, summary: str, reason: str, remedy: str, *, severity: Severity = Severity.ERROR
) -> None:
    """Declare a rule, right above the function that finds what breaks it. The fields are those of `Rule`."""
    _declared[name] = Rule(name, group, severity, summary, reason, remedy)


class _Rules(Mapping[str, Rule]):
    """All rules by name, in the order of their documentation: by group, and by name in a group.

    Looking one up loads no more files than it takes to find it.
    """

    def __getitem__(self, name: str) -> Rule:
        for place in _PLACES:
            if name in _declared:
                break
            _load(place)
        return _declared[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @cached_property
    def _all(self) -> dict[str, Rule]:
        for place in _PLACES:
            _load(place)
        order = list(Group)
        rules = sorted(_declared.values(), key=lambda rule: (order.index(rule.group), rule.name))
        return {rule.name: rule for rule in rules}


def _load(place: str) -> None:
    import_module(f"..{place}", __package__)


RULES = _Rules()
