"""Identifiers: canonical forms, check digits, and near misses."""

from functools import cache
from types import ModuleType

import pytest
from florilegium.works import identifiers
from florilegium.works.identifiers import (
    check_url,
    doi_url,
    parse_arxiv,
    parse_doi,
    parse_isbn,
    parse_issn,
    parse_orcid,
    parse_pmcid,
    parse_pmid,
)
from hypothesis import given
from hypothesis import strategies as st

SICI = "10.1002/(SICI)1096-8644(199601)99:1<1::AID-AJPA1>3.0.CO;2-#"


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (parse_doi, "10.1016/j.tins.2012.11.002", "10.1016/j.tins.2012.11.002"),
        (parse_doi, " https://doi.org/10.1000/182 ", "10.1000/182"),
        (parse_doi, "http://dx.doi.org/10.1000/ABC", "10.1000/ABC"),
        (parse_doi, "DOI: 10.1000/182", "10.1000/182"),
        (parse_doi, "doi.org/10.1000/182", "10.1000/182"),
        (parse_doi, "10.1000.10/123", "10.1000.10/123"),
        (parse_doi, SICI, SICI),
        (parse_doi, doi_url(SICI), SICI),
        (parse_doi, "10.1000/é", "10.1000/é"),
        (parse_isbn, "0-306-40615-2", "0306406152"),
        (parse_isbn, "978-0-306-40615-7", "9780306406157"),
        (parse_isbn, "ISBN-13: 978 0 306 40615 7", "9780306406157"),
        (parse_isbn, "080442957x", "080442957X"),
        (parse_isbn, "979-10-90636-07-1", "9791090636071"),
        (parse_issn, "0378-5955", "0378-5955"),
        (parse_issn, "03785955", "0378-5955"),
        (parse_issn, "ISSN 2434-561x", "2434-561X"),
        (parse_orcid, "0000-0002-1825-0097", "0000-0002-1825-0097"),
        (parse_orcid, "https://orcid.org/0000-0002-1694-233X", "0000-0002-1694-233X"),
        (parse_pmid, "PMID: 23219016", "23219016"),
        (parse_pmcid, "pmc3558525", "PMC3558525"),
        (parse_arxiv, "arXiv:2101.00001v2", "2101.00001v2"),
        (parse_arxiv, "https://arxiv.org/abs/hep-th/9901001", "hep-th/9901001"),
        (parse_arxiv, "math.GT/0309136", "math.GT/0309136"),
    ],
)
def test_canonical_forms(parse, text, value):
    assert parse(text) == (value, "")
    assert parse(value) == (value, "")


@pytest.mark.parametrize(
    ("parse", "text", "fault"),
    [
        (parse_doi, "", "does not have the form"),
        (parse_doi, "11.1000/182", "does not have the form"),
        (parse_doi, "10.1000", "does not have the form"),
        (parse_doi, "10.100/182", "does not have the form"),
        (parse_doi, "10.1000/", 'ends after the "/"'),
        (parse_doi, "10.1000/a b", "a space or an invisible character"),
        (parse_doi, "10.1000/a\u200bb", "a space or an invisible character"),
        (parse_doi, "https://doi.org/10.1000/a%20b", "a space or an invisible character"),
        (parse_doi, "https://example.org/10.1000/182", "does not have the form"),
        (parse_doi, "１０.1000/182", "does not have the form"),
        (parse_isbn, "0-306-40615-3", "wrong check digit"),
        (parse_isbn, "978-0-306-40615-8", "wrong check digit"),
        (parse_isbn, "977-0-306-40615-7", "978 or 979"),
        (parse_isbn, "97803064061X7", "10 or 13 digits"),
        (parse_isbn, "978030640615X", "10 or 13 digits"),
        (parse_isbn, "٠306406152", "10 or 13 digits"),
        (parse_isbn, "", "10 or 13 digits"),
        (parse_issn, "0378-5954", "wrong check digit"),
        (parse_issn, "378-5955", "8 digits"),
        (parse_orcid, "0000-0002-1825-0098", "wrong check digit"),
        (parse_orcid, "0000-0002-1825", "16 digits"),
        (parse_pmid, "PMC23219016", "a number"),
        (parse_pmid, "0123", "a number"),
        (parse_pmcid, "3558525", "the form"),
        (parse_arxiv, "2113.00001", "the form"),
    ],
)
def test_faults(parse, text, fault):
    value, reason = parse(text)
    assert value == ""
    assert fault in reason


def test_doi_addresses_are_encoded():
    assert doi_url("10.1016/j.tins.2012.11.002") == "https://doi.org/10.1016/j.tins.2012.11.002"
    assert doi_url("10.1000/a<b>#c?d%e\"f'g") == "https://doi.org/10.1000/a%3Cb%3E%23c%3Fd%25e%22f%27g"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.pewresearch.org/fact-tank/2021/10/01/a-b/", "HTTP://EXAMPLE.ORG", "https://example.org:8080/?q=a|b#c",
        "https://münchen.example/ä", "https://[::1]/", "https://en.wikipedia.org/wiki/Bird's_eye_(x)", "http://a_b.example.org./",
    ],
)  # fmt: skip
def test_urls(url):
    assert check_url(url) == (url, "")


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("", "http://"), ("javascript:alert(1)", "http://"), ("//example.org", "http://"), ("www.example.org", "http://"),
        ("ftp://example.org", "http://"), (" https://example.org", "http://"), ("https:/example.org", "http://"),
        ("https://example.org/a b", "a space"), ('https://example.org/"x', "U+0022"), ("https://example.org/\u202e", "U+202E"),
        ("https://example.org\n", "U+000A"), ("https:\\\\example.org", "http://"), ("https://example.org\\@evil", "U+005C"),
        ("https://me@example.org", "user name"), ("https://", "host"), ("https:///path", "host"), ("https://?q", "host"),
        ("https://a..b/", "host"), ("https://%41.example/", "host"), ("https://example.org:port/", "port"), ("https://[::1/", "host"),
        ("https://example.org/" + "a" * 2000, "2,000"),
    ],
)  # fmt: skip
def test_no_urls(url, fault):
    assert fault in check_url(url).fault


PARSERS = [parser for name, parser in vars(identifiers).items() if name.startswith(("parse", "check"))]


@given(st.text(max_size=40) | st.text("0123456789Xx-. /:<>10doiISBN", max_size=25))
def test_any_text_has_an_answer_and_answers_are_stable(text):
    for parse in PARSERS:
        value, fault = parse(text)
        assert bool(value) != bool(fault)
        if value:
            assert parse(value) == (value, "")
    doi_url(text)


@cache
def idutils() -> ModuleType:
    """Imported when it is asked: it compiles a thousand expressions."""
    import idutils

    return idutils


@given(
    st.text("0123456789", min_size=7, max_size=15),
    st.sampled_from([7, 9, 12, 15]),
    st.sampled_from("0123456789X"),
)
def test_check_digits_agree_with_idutils(digits, length, last):
    if len(digits) < length:
        return
    number = digits[:length] + last
    if length == 12:
        number = "978" + number[3:]
    assert bool(parse_issn(number).value) == bool(len(number) == 8 and idutils().is_issn(f"{number[:4]}-{number[4:]}"))
    assert bool(parse_isbn(number).value) == bool(len(number) in (10, 13) and idutils().is_isbn(number))
    if length == 15:
        spaced = "-".join(number[i : i + 4] for i in range(0, 16, 4))
        assert bool(parse_orcid(number).value) == bool(idutils().is_isni(spaced))


@pytest.mark.parametrize("doi", ["10.1000/182", SICI, "10.1000/", "10/182", "10.1234.5/x", "doi:10.1000/182"])
def test_dois_agree_with_idutils(doi):
    assert bool(parse_doi(doi).value) == bool(idutils().is_doi(doi))
