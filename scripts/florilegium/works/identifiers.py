"""Identifiers of works and people: their one canonical form, or the reason why a text is none.

Pure functions without network: they tell a slip of the keyboard, never whether a work exists.
"""

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from ..core.rules import Group, Severity, declare_rule

MAX_URL = 2_000
"""Characters of a URL; longer ones fail in some browsers."""


class Identifier(NamedTuple):
    """The canonical form of an identifier, or nothing and what is wrong, to follow the word "it"."""

    value: str
    fault: str = ""


def _fault(reason: str) -> Identifier:
    return Identifier("", reason)


_DOI_ADDRESS = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/", re.IGNORECASE)
_DOI_PREFIX = re.compile(r"(?:info:doi/|doi:)\s*", re.IGNORECASE)
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/(.*)", re.DOTALL)


declare_rule(
    "invalid-doi",
    Group.REFERENCES,
    "A DOI has a prefix `10.` and a suffix, without an address before it.",
    "A wrong DOI leads to another work, or nowhere.",
    "Copy the DOI again, for example `10.1016/j.tins.2012.11.002`.",
)

declare_rule(
    "uncanonical-doi",
    Group.REFERENCES,
    "A DOI is written without `https://doi.org/` or `doi:`.",
    "Styles and exports add the address themselves.",
    "Keep only the part from `10.` on.",
    severity=Severity.WARNING,
)


def parse_doi(text: str) -> Identifier:
    """A DOI name such as `10.1016/j.tins.2012.11.002`, without resolver or `doi:` before it.

    The suffix may hold any visible character, as old SICI names do: `10.1002/(SICI)1097<1::AID>3.0.CO;2-#`.
    The case is kept, though DOI names are compared without it. Source: DOI Handbook, section 2.2.
    """
    name = text.strip()
    if address := _DOI_ADDRESS.match(name):
        name = unquote(name[address.end() :])
    elif prefix := _DOI_PREFIX.match(name):
        name = name[prefix.end() :]
    found = _DOI.fullmatch(name)
    if not found:
        return _fault('does not have the form "10.1234/suffix"')
    if not found[1]:
        return _fault('ends after the "/"')
    if " " in name or not name.isprintable():
        return _fault("holds a space or an invisible character")
    return Identifier(name)


def doi_url(doi: str) -> str:
    """The address that resolves a DOI, percent-encoded as the DOI Handbook asks."""
    return "https://doi.org/" + quote(doi, safe="!$()*,/:;=@-._~", errors="replace")


_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015]+")
_ISBN_PREFIX = re.compile(r"\s*ISBN(?:-?1[03])?\s*:?", re.IGNORECASE)
_ISSN_PREFIX = re.compile(r"\s*e?-?ISSN\s*:?", re.IGNORECASE)
_ORCID_ADDRESS = re.compile(r"\s*(?:https?://)?(?:www\.)?orcid\.org/", re.IGNORECASE)


def _characters(text: str, prefix: re.Pattern[str]) -> str:
    """The characters that count, without the identifier's own name, hyphens and spaces."""
    found = prefix.match(text)
    return _SEPARATORS.sub("", text[found.end() if found else 0 :]).upper()


def _digits(characters: str, length: int) -> list[int] | None:
    """The digits of a number whose last one may be X, for ten; nothing where there are others."""
    if len(characters) != length or not re.fullmatch(r"[0-9]*[0-9X]", characters):
        return None
    return [10 if c == "X" else int(c) for c in characters]


declare_rule(
    "invalid-isbn",
    Group.REFERENCES,
    "An ISBN has 10 or 13 digits and a right check digit.",
    "One mistyped digit names another book.",
    "Compare the number with the book.",
)


def parse_isbn(text: str) -> Identifier:
    """An ISBN-10 or ISBN-13 as digits alone. Source: ISBN Users' Manual, seventh edition."""
    characters = _characters(text, _ISBN_PREFIX)
    if digits := _digits(characters, 10):
        right = sum(weight * digit for weight, digit in zip(range(10, 0, -1), digits, strict=True)) % 11 == 0
    elif (digits := _digits(characters, 13)) and "X" not in characters:
        if not characters.startswith(("978", "979")):
            return _fault("has 13 digits, but does not begin with 978 or 979")
        right = sum(weight * digit for weight, digit in zip((1, 3) * 7, digits, strict=False)) % 10 == 0
    else:
        return _fault("does not have 10 or 13 digits")
    return Identifier(characters) if right else _fault("has a wrong check digit")


declare_rule(
    "invalid-issn",
    Group.REFERENCES,
    "An ISSN has eight digits and a right check digit.",
    "One mistyped digit names another journal.",
    "Compare the number with the journal.",
)


def parse_issn(text: str) -> Identifier:
    """An ISSN with its hyphen, such as `0378-5955`. Source: ISO 3297."""
    characters = _characters(text, _ISSN_PREFIX)
    digits = _digits(characters, 8)
    if digits is None:
        return _fault("does not have 8 digits")
    if sum(weight * digit for weight, digit in zip(range(8, 0, -1), digits, strict=True)) % 11:
        return _fault("has a wrong check digit")
    return Identifier(f"{characters[:4]}-{characters[4:]}")


declare_rule(
    "invalid-orcid",
    Group.REFERENCES,
    "An ORCID iD has sixteen digits and a right check digit.",
    "One mistyped digit names another person.",
    "Copy the iD again from the person's page.",
)


def parse_orcid(text: str) -> Identifier:
    """An ORCID iD with its hyphens, without address. Check digit: ISO 7064, MOD 11-2."""
    characters = _characters(text, _ORCID_ADDRESS)
    digits = _digits(characters, 16)
    if digits is None:
        return _fault("does not have 16 digits")
    total = 0
    for digit in digits[:-1]:
        total = (total + digit) * 2
    if (12 - total % 11) % 11 != digits[-1]:
        return _fault("has a wrong check digit")
    return Identifier("-".join(characters[i : i + 4] for i in range(0, 16, 4)))


_PMID = re.compile(r"\s*(?:pmid\s*:?\s*)?([1-9][0-9]{0,8})\s*", re.IGNORECASE)
_PMCID = re.compile(r"\s*(?:pmcid\s*:?\s*)?(?:pmc)([1-9][0-9]{0,8})(?:\.[0-9]+)?\s*", re.IGNORECASE)
_ARXIV = re.compile(
    r"\s*(?:(?:https?://)?arxiv\.org/(?:abs|pdf)/|arxiv:\s*)?"
    r"([0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5}(?:v[0-9]+)?"
    r"|[a-z-]+(?:\.[a-z]{2})?/[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{3}(?:v[0-9]+)?)\s*",
    re.IGNORECASE,
)


def parse_pmid(text: str) -> Identifier:
    """A PubMed number: digits alone."""
    found = _PMID.fullmatch(text)
    return Identifier(found[1]) if found else _fault("is not a number of 1 to 9 digits")


def parse_pmcid(text: str) -> Identifier:
    """A PubMed Central number, such as `PMC3558525`."""
    found = _PMCID.fullmatch(text)
    return Identifier(f"PMC{found[1]}") if found else _fault('does not have the form "PMC3558525"')


def parse_arxiv(text: str) -> Identifier:
    """An arXiv number, such as `2101.00001v2` or `hep-th/9901001`. Source: arXiv's identifier scheme."""
    found = _ARXIV.fullmatch(text)
    return Identifier(found[1]) if found else _fault('does not have the form "2101.00001"')


_NO_URL = frozenset('"<>\\`')


declare_rule(
    "invalid-url",
    Group.REFERENCES,
    "The URL of a work is an absolute `http` or `https` address.",
    "Other schemes do not open in a browser, or do more than open a page.",
    "Give the address of the work's page.",
)


def check_url(text: str) -> Identifier:
    """An absolute `http` or `https` address, as it is.

    Refused are what no browser's address bar would show as typed: spaces, quotation marks, angle brackets,
    backslashes, invisible characters, and a user name, which hides the host.
    """
    if len(text) > MAX_URL:
        return _fault(f"has more than {MAX_URL:,} characters")
    if not text.lower().startswith(("http://", "https://")):
        return _fault("does not begin with http:// or https://")
    if bad := next((c for c in text if c in _NO_URL or c.isspace() or not c.isprintable()), ""):
        return _fault("holds a space" if bad == " " else f"holds the character U+{ord(bad):04X}")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return _fault("has a host or port that cannot be read")
    if "@" in parts.netloc:
        return _fault("holds a user name")
    if "[" in parts.netloc and not _is_address(parts.netloc):
        return _fault("has a host or port that cannot be read")
    return Identifier(text) if _is_host(host) else _fault("does not name a host")


def _is_address(netloc: str) -> bool:
    """Whether this is an IPv6 address in brackets: Pythons differ in what they take for one."""
    found = re.fullmatch(r"\[([0-9A-Fa-f:.]+)\](?::[0-9]*)?", netloc)
    try:
        return found is not None and bool(ipaddress.IPv6Address(found[1]))
    except ValueError:
        return False


def _is_host(host: str) -> bool:
    if ":" in host:
        return True
    labels = host.removesuffix(".").split(".")
    return all(0 < len(x) <= 63 and x.replace("-", "a").replace("_", "a").isalnum() for x in labels)
