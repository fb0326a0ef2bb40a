"""Raised and lowered signs as characters of their own: `6` above the line becomes `⁶`."""

_RAISED = str.maketrans("0123456789+-−–=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎")
_SIGNS = frozenset("0123456789+-−–=() ")


def raise_signs(text: str, *, lower: bool = False) -> str:
    """Return numbers and signs above or below the line as such; other letters stay: `th` in `19th` says the same."""
    if not text.strip() or not (set(text) <= _SIGNS or text == "n"):
        return text
    return text.translate(_LOWERED if lower else _RAISED)
