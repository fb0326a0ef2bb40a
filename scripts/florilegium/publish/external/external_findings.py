"""What a check found, as findings at the places where the addresses are written."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ...core.diagnostics import Diagnostic, quoted
from ...core.rules import Group, Severity, declare_rule
from .address_states import AddressEntry, Verdict, verdict_of
from .outcomes import AddressState, Outcome
from .written_addresses import AddressPlace

_REASONS = {
    "timeout": "gave no answer in time",
    "certificate": "has a certificate that does not hold",
    "host": "names a host that is not known",
    "connection": "let no connection come about",
    "anchor": "shows a page without the place that its # names",
    "redirects": "leads from address to address without an end",
}


_NO_COPY = "look for the page elsewhere; no copy was found"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCheck:
    """All that one check found."""

    written: tuple[AddressPlace, ...]
    outcomes: dict[str, Outcome]
    states: dict[str, AddressEntry]
    copies: dict[str, str] = field(default_factory=dict)
    """Archived copies of dead addresses."""

    def verdict(self, url: str) -> Verdict:
        entry = self.states.get(url)
        return verdict_of(entry) if entry and self.outcomes[url].state is not AddressState.FINE else Verdict.FINE


def reason_of(status: str) -> str:
    """What an answer means, as the rest of "it …"."""
    return _REASONS.get(status, f"answered {status}")


declare_rule(
    "dead-link",
    Group.WORLD,
    "An address on another site answers.",
    "An address is called dead when it failed on three days in a row, over two weeks or more. Only `florilegium "
    "links --external` looks.",
    "Look for the page elsewhere, or link to the archived copy that the message proposes.",
    severity=Severity.WARNING,
)

declare_rule(
    "unstable-link",
    Group.WORLD,
    "An address on another site answered when it was asked last.",
    "A page that fails once is not dead: its server may be under repair. `.links.lock` counts how often it failed.",
    "Wait for the next look, or see for yourself.",
    severity=Severity.INFORMATION,
)

declare_rule(
    "moved-link",
    Group.WORLD,
    "External links do not redirect permanently.",
    "Redirects are removed sooner or later.",
    "Run `florilegium links --external --fix`, which shows the new addresses and writes them.",
    severity=Severity.WARNING,
)

declare_rule(
    "private-link",
    Group.WORLD,
    "An address on another site is one that everybody can reach.",
    "A reader cannot follow an address within a private network, and a program that looks there may do harm.",
    "Link to a public address.",
    severity=Severity.WARNING,
)


def describe_check(found: LinkCheck) -> Iterator[Diagnostic]:
    """A finding for each place that names an address which is dead, unstable, moved or private."""
    for written in found.written:
        outcome = found.outcomes[written.url]
        entry = found.states.get(written.url)
        verdict = found.verdict(written.url)
        name = quoted(written.text)
        if outcome.state is AddressState.PRIVATE:
            message, remedy = f"{name} is not public: it {outcome.status}", "link to a public address"
            yield _finding("private-link", written, message, remedy)
        elif verdict is Verdict.DEAD and entry:
            failed = f"on {entry.failures} days since {entry.first_failed}"
            message, remedy = f"{name} is dead: it {reason_of(entry.status)}, {failed}", _NO_COPY
            if copy := found.copies.get(written.url):
                remedy = f"link to its archived copy: {copy} (in a reference: as archive:)"
            yield _finding("dead-link", written, message, remedy)
        elif verdict is Verdict.UNSTABLE and entry:
            message = f"{name} is unstable: it {reason_of(entry.status)}, first on {entry.first_failed}"
            yield _finding("unstable-link", written, message, "wait for the next look")
        elif outcome.moved and not written.doi:
            message = f"{name} has moved for good to {quoted(outcome.moved)}"
            remedy = "florilegium links --external --fix writes the new address"
            yield _finding("moved-link", written, message, remedy)


def _finding(rule: str, written: AddressPlace, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(rule=rule, span=written.span, message=message, help=remedy, about=written.url)
