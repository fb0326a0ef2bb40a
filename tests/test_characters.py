"""Invisible characters: what hides or reorders text is found, and what is spelling is not."""

import sys
import unicodedata

import pytest
from florilegium.core.characters import find_invisible
from hypothesis import given
from hypothesis import strategies as st


def names(text: str) -> list[str]:
    return [hit.name for hit in find_invisible(text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a\u202eb", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("a\u202db\u202c", "U+202D LEFT-TO-RIGHT OVERRIDE"),
        ("a\u202ab\u202c", "U+202A LEFT-TO-RIGHT EMBEDDING"),
        ("a\u2066b", "U+2066 LEFT-TO-RIGHT ISOLATE"),
        ("a\u2067b\n\u2069", "U+2067 RIGHT-TO-LEFT ISOLATE"),
        ("a\u2069b", "U+2069 POP DIRECTIONAL ISOLATE"),
        ("a\u2069b\u2066", "U+2069 POP DIRECTIONAL ISOLATE"),
        ("a\u200eb", "U+200E LEFT-TO-RIGHT MARK"),
        ("a\u200fb", "U+200F RIGHT-TO-LEFT MARK"),
        ("a\u061cb", "U+061C ARABIC LETTER MARK"),
        ("a\u200bb", "U+200B ZERO WIDTH SPACE"),
        ("a\u2060b", "U+2060 WORD JOINER"),
        ("a\u2062b", "U+2062 INVISIBLE TIMES"),
        ("a\u200cb", "U+200C ZERO WIDTH NON-JOINER"),
        ("a\u200db", "U+200D ZERO WIDTH JOINER"),
        ("\u200dका", "U+200D ZERO WIDTH JOINER"),
        ("क्\u200d", "U+200D ZERO WIDTH JOINER"),
        ("ж\u200dж", "U+200D ZERO WIDTH JOINER"),
        ("👩\u200dx", "U+200D ZERO WIDTH JOINER"),
        ("a\u00adb", "U+00AD SOFT HYPHEN"),
        ("a\u034fb", "U+034F COMBINING GRAPHEME JOINER"),
        ("a\u180eb", "U+180E MONGOLIAN VOWEL SEPARATOR"),
        ("a\u115fb", "U+115F HANGUL CHOSEONG FILLER"),
        ("a\u3164b", "U+3164 HANGUL FILLER"),
        ("a\uffa0b", "U+FFA0 HALFWIDTH HANGUL FILLER"),
        ("a\u17b4b", "U+17B4 KHMER VOWEL INHERENT AQ"),
        (" \ufe0f", "U+FE0F VARIATION SELECTOR-16"),
        ("a\ufeffb", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
        ("a\ufffdb", "U+FFFD REPLACEMENT CHARACTER"),
        ("a\ufff9b", "U+FFF9 INTERLINEAR ANNOTATION ANCHOR"),
        ("a\U000e0001b", "U+E0001 LANGUAGE TAG"),
        ("a\U000e0070b", "U+E0070 TAG LATIN SMALL LETTER P"),
        ("a\U000e0100b", "U+E0100 VARIATION SELECTOR-17"),
        ("a\U0001d173b", "U+1D173 MUSICAL SYMBOL BEGIN BEAM"),
        ("a\x00b", "U+0000"),
        ("a\x08b", "U+0008"),
        ("a\x0bb", "U+000B"),
        ("a\x1b[2Jb", "U+001B"),
        ("a\x7fb", "U+007F"),
        ("a\x85b", "U+0085"),
        ("a\u2029b", "U+2029 PARAGRAPH SEPARATOR"),
        ("a\ufdd0b", "U+FDD0"),
        ("a\U0010ffffb", "U+10FFFF"),
    ],
)
def test_what_nobody_sees_is_found(text, name):
    assert name in names(text)


@pytest.mark.parametrize(
    "text",
    [
        "Plain words,\twith a tab,\r\nand lines.",
        "\ufeffA byte order mark at the start.",
        "Non-breaking\u00a0space, narrow\u202fone, thin\u2009one, ideographic\u3000one.",
        "non\u2011breaking hyphen — dash – … “quotes” ‘and’ «others»",
        "می\u200cخواهم",
        "क्\u200dष",
        "క్\u200cష",
        "ශ්\u200dරී",
        "👩\u200d⚕\ufe0f",
        "👨\u200d👩\u200d👧",
        "🏳\ufe0f\u200d🌈",
        "❤\ufe0f 1\ufe0f\u20e3 ☎\ufe0e",
        "葛\ufe00",
        "A Hebrew word, \u2067שלום\u2069, in an isolate.",
        "Two \u2066isolates \u2067in\u2069 each other\u2069.",
        "עברית\u200f!",
        "العربية\u061c 1",
        "e\u0301 ä ﬁ Å",
        "ᠰ\u180b",
        "한국어 日本語 中文 ไทย",
    ],
)
def test_what_is_spelling_is_not(text):
    assert names(text) == []


@given(st.text())
def test_hits_are_in_order_and_at_their_characters(text):
    hits = list(find_invisible(text))
    assert [hit.offset for hit in hits] == sorted({hit.offset for hit in hits})
    assert all(hit.name.startswith(f"U+{ord(text[hit.offset]):04X}") for hit in hits)


def test_every_character_that_python_calls_a_control_or_a_format_is_looked_at():
    """A new Unicode version may bring others; what has ink (as the Arabic number signs) is no danger."""
    inked = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x8E2, 0x890, 0x891, 0x110BD, 0x110CD, *range(0x13430, 0x13460)}
    quiet = {0x09, 0x0A, 0x0D}
    for point in range(sys.maxunicode + 1):
        if unicodedata.category(chr(point)) in ("Cc", "Cf") and point not in inked | quiet:
            assert names(f"a{chr(point)}b"), f"U+{point:04X}"


def test_a_long_text_takes_no_time():
    assert len(names("\u2067" * 100_000)) == 100_000
    assert len(names("\u200f" * 20_000)) == 20_000
