"""How `library.yml` differs: what a contribution changes here holds for the whole library, and can switch off rules."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from ...core.model import Library, LibrarySettings, RuleException
from ...core.rules import RULES, Severity
from ...quotations.permalinks import PERMALINKS
from .differences import SettingChange

_STRICTNESS = (Severity.OFF, Severity.INFORMATION, Severity.WARNING, Severity.ERROR)


def compare_settings(before: Library, after: Library) -> Iterator[SettingChange]:
    """What loosens the checks stands first; the record of published addresses is such a setting too."""
    changes = [*_compare(before.settings, after.settings), *_forgotten(before, after)]
    yield from (change for change in changes if change.loosens)
    yield from (change for change in changes if not change.loosens)


def _forgotten(before: Library, after: Library) -> Iterator[SettingChange]:
    """Addresses that the record of what was published does not name any more."""
    old, new = ({permalink.address for permalink in library.permalinks} for library in (before, after))
    if old - new:
        counts = (f"{len(old):,} addresses", f"{len(new):,} addresses, without {len(old - new):,} of them")
        yield SettingChange(name=PERMALINKS, before=counts[0], after=counts[1], loosens=True)


def _compare(before: LibrarySettings, after: LibrarySettings) -> Iterator[SettingChange]:
    for group, loosens in _GROUPS.items():
        old, new = _entries(before, group), _entries(after, group)
        for name in dict.fromkeys((*new, *old)):
            was, is_ = old.get(name, ""), new.get(name, "")
            if was != is_:
                looser = loosens(name, was, is_)
                yield SettingChange(name=name, before=_shown(name, was), after=_shown(name, is_), loosens=looser)


def _shown(name: str, value: str) -> str:
    """A rule that no setting names has the severity that it comes with."""
    rule = name.removeprefix("rules: ")
    return value if value or rule == name else f"{RULES[rule].severity}, as it comes"


def _entries(settings: LibrarySettings, group: str) -> Mapping[str, str]:
    """The settings of a group as text, by their name."""
    match group:
        case "texts":
            values = {field.name: getattr(settings, field.name) for field in fields(settings)}
            return {name.replace("_", "-"): v for name, v in values.items() if isinstance(v, str) and name != "digest"}
        case "roles":
            return {f"roles: {role.id}": role.label for role in settings.roles}
        case "notices":
            described = {notice.id: (notice.label, notice.description) for notice in settings.notices}
            return {f"notices: {id_}": ": ".join(filter(None, texts)) for id_, texts in described.items()}
        case "sensitive-sources":
            sensitive = settings.sensitive_sources.items()
            return {f"sensitive-sources: {key}": ", ".join(sorted(m.id for m in found)) for key, found in sensitive}
        case "rules":
            return {f"rules: {rule}": severity.value for rule, severity in settings.severities.items()}
        case "exceptions":
            return dict(map(_exception, settings.exceptions))
    return {f"redirects: {old}": new for old, new in settings.redirects.items()}


def _exception(exception: RuleException) -> tuple[str, str]:
    limits = (("paths", exception.paths), ("keys", exception.keys))
    where = "; ".join(f"{name} {', '.join(values)}" for name, values in limits if values) or "everywhere"
    return f"exceptions: {exception.rule} ({where})", exception.reason


def _severity_falls(name: str, before: str, after: str) -> bool:
    own = RULES[name.removeprefix("rules: ")].severity
    was, is_ = (Severity(value) if value else own for value in (before, after))
    return _STRICTNESS.index(is_) < _STRICTNESS.index(was)


def _asks_for_fewer(_name: str, before: str, after: str) -> bool:
    return bool(before) and not set(before.split(", ")) <= set(after.split(", "))


_GROUPS = {
    "rules": _severity_falls,
    "exceptions": lambda _name, before, _after: not before,
    "notices": lambda _name, _before, after: not after,
    "sensitive-sources": _asks_for_fewer,
    "roles": lambda *_: False,
    "redirects": lambda *_: False,
    "texts": lambda *_: False,
}
"""The groups of settings in their order, and when a change of one loosens what is checked or asked for."""
