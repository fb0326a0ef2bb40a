"""The checks of a joined library: one function a rule, found by its name.

What is wrong with the form of one file is found where that file is read; here is what only the whole library
shows. A check yields findings; whether they count is settled by `apply_severities`.
"""

from collections.abc import Callable, Iterable, Iterator

from ...core.diagnostics import Diagnostic
from . import hyperlink_checks, quote_checks, reference_checks, theme_checks, translation_checks, verification_checks
from .context import Context

CHECKS: tuple[Callable[[Context], Iterable[Diagnostic]], ...] = tuple(
    function
    for module in (
        reference_checks,
        theme_checks,
        quote_checks,
        translation_checks,
        verification_checks,
        hyperlink_checks,
    )
    for name, function in vars(module).items()
    if name.startswith("check_") and function.__module__ == module.__name__
)
"""All functions `check_…` of these files, in the order in which they stand there."""


def run_checks(context: Context) -> Iterator[Diagnostic]:
    """Yield the findings of all checks, in no particular order, with every rule at its own severity."""
    for check in CHECKS:
        yield from check(context)
