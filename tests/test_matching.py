"""Finding quotations: what may differ, what may not, what brackets may stand for, and what is shown on a miss."""

import unicodedata

import pytest
from florilegium.quotations.matching import Match, Missed, Reason, find_words
from florilegium.quotations.matching.brackets import BRACKETS, INSERTION_CHARACTERS, OMISSION_CHARACTERS
from florilegium.quotations.matching.meaning import changes_meaning
from florilegium.quotations.matching.nearest import Only, render_difference
from florilegium.quotations.matching.normal_form import flattened, normal_form, normalise_words, words_digest
from florilegium.quotations.matching.sentences import find_cut
from hypothesis import given
from hypothesis import strategies as st

ORIGINAL = """\
The Lighthouse Keeper's Log

It was the third winter. I couldn’t sleep — the lamp wouldn't
let me — and so I wrote: “Nothing moves on the water…nothing at all.”
The doctor called it self-
deception, I called it dis-
sociation of the usual kind; pre-
and post-war keepers knew it well... They took 3.5 mg of bromide a
day, or .5 mg at sea, at −5 degrees, on pages 195–206.

…and then the gulls came. “What?!” she said. [Laughter.] He was non-addicted, they say;
a stateless, ﬂawless, eﬃcient man from anti-
American stock. We talked [sic] to 12,500 sailors and/
or their wives. Café keepers (naïve ones) agreed.

He said «never» and ‘always’, and then—
quite suddenly—nothing. The lamp was out. The party was over.
"""

TEXT = normal_form(ORIGINAL)


def is_found(words: str) -> bool:
    return isinstance(find_words(words, TEXT), Match)


def miss(words: str, original: str = ORIGINAL) -> Missed:
    result = find_words(words, normal_form(original))
    assert isinstance(result, Missed)
    return result


def shown(words: str, original: str = ORIGINAL) -> str:
    nearest = miss(words, original).nearest
    return render_difference(nearest.differences) if nearest else ""


@pytest.mark.parametrize(
    "words",
    [
        "It was the third winter.",
        "It was\n  the\tthird\u00a0winter.",
        "  It was the third winter.  ",
        "I couldn't sleep -- the lamp wouldn’t let me --- and so I wrote",
        "I couldn't sleep - the lamp",
        '"Nothing moves on the water...nothing at all."',
        "„Nothing moves on the water. . .nothing at all.”",
        "self-deception",
        "self\u2011deception, I called it dissociation",
        "dis-sociation of the usual kind",
        "disso\u00adciation",
        "pre- and post-war keepers",
        "knew it well... They took",
        "knew it well…",
        "knew it well",
        "3.5 mg of bromide",
        ".5 mg at sea",
        "at -5 degrees",
        "pages 195--206",
        "206",
        "...and then the gulls came",
        "and then the gulls came",
        '"What?!" she said.',
        "[Laughter.]",
        "[Laughter.] He was",
        "He was non-addicted, they say; a stateless, flawless, efficient man",
        "stateless, ﬂawless, eﬃcient man",
        "anti-American stock",
        "talked [sic] to 12,500 sailors",
        "sailors and/or their wives",
        "sailors and/ or their wives",
        unicodedata.normalize("NFD", "Café keepers (naïve ones)"),
        "naïve ones",
        "He said \"never\" and 'always'",
        "and then—quite suddenly—nothing.",
        "and then— quite suddenly",
        "The party was over.",
        "over",
    ],
)
def test_found(words: str) -> None:
    if words == "[Laughter.]":
        # Brackets alone are the note-taker's, whatever the original holds.
        assert miss(words).reason is Reason.EMPTY
    else:
        assert is_found(words)


@pytest.mark.parametrize(
    "words",
    [
        "selfdeception",
        "it was the third winter",  # case
        "It was the third winter!",
        "It was the third winter...",
        "It was a third winter",
        "It was third the winter",
        "was the winter",
        "I could sleep",
        "I could",  # not from "couldn't"
        "couldn",
        "'t sleep",
        "I couldn't sleep, the lamp",
        "'Nothing moves on the water",  # a single quotation mark for a double one
        "Nothing moves on the water.",  # a full stop for an ellipsis
        "moves on the water..",
        "disso ciation",
        "dis- association",
        "deception, I called it dis",
        "sociation of the usual kind",
        "war keepers",
        "keepers knew it wel",
        "5 mg of bromide",  # of 3.5 mg
        "5 mg at sea",  # of .5 mg
        "They took 3",
        "5 degrees",  # of minus five
        "500 sailors",
        "What?",  # of "What?!"
        "What!",
        "addicted, they say",  # of non-addicted
        "American stock",  # of anti-American
        "antiAmerican stock",
        "less, flawless",
        "art",
        "part",
        "cafe keepers",
        "Cafe keepers",
        "naive ones",
        "he said 'never' and 'always'",
        "then quite suddenly",
        "The lamp was out The party",
        "The lamp was out. The party was over. More",
        "",
        "…",
        "—",
    ],
)
def test_not_found(words: str) -> None:
    assert not is_found(words)


@pytest.mark.parametrize(
    ("words", "original"),
    [
        ("He was gone —so they said", "He was gone\n—so they said—and\nnobody knew"),
        ("gone—so they said — and nobody knew", "He was gone\n—so they said—and\nnobody knew"),
        ("gone – so they said", "gone—so they said"),
        ("gone—so they said", "gone – so they said"),
        ("gone — so they said", "gone -- so they said"),
        ("gone—so they said", "gone –\nso they said"),
        ("gone—so they said", "gone\n– so they said"),
        ("from 1990–1995 on", "from 1990 – 1995 on"),
        ("法性寂然名「止」,寂而常照名「觀」", "法\n\n性寂然名「止」，寂而常照\n名「觀」。"),
        ("此心猶如虛空遍，照境法身清淨明。", "此心猶如虛空遍,照境 法身清淨明。"),
        ("此心猶如虛空遍, 照境法身", "此心猶如虛空遍，\n照境法身清淨明。"),
        (
            "此心猶如虛空遍,照境法身清淨明。[……]無來無去無所住",
            "此心猶如虛空遍,照境法身清淨明。本來清淨。無來無去無所住",
        ),
        ("10⁶ patients", "10⁶ patients"),
    ],
)
def test_dashes_and_han_letters_with_and_without_spaces(words: str, original: str) -> None:
    assert isinstance(find_words(words, normal_form(original)), Match)


@pytest.mark.parametrize(
    ("words", "original"),
    [
        ("3 degrees", "fell by −3 degrees"),
        ("3 degrees", "fell by\n−3 degrees"),
        ("three legged", "three – legged"),
        ("106 patients", "10⁶ patients"),
        ("10⁶ patients", "106 patients"),
        ("H2O and more", "H₂O and more"),
        ("此心 如虛空遍", "此心猶如虛空遍"),
        ("a b", "ab"),
    ],
)
def test_other_spaces_and_raised_signs_count(words: str, original: str) -> None:
    assert isinstance(find_words(words, normal_form(original)), Missed)


def test_raised_signs_on_the_line() -> None:
    assert flattened("10⁻⁶ H₂O, xⁿ, m²") == "10−6 H2O, xn, m2"


def test_first_of_several_places_counts() -> None:
    text = normal_form("He left. I stayed.\n\nHe left. She stayed.")
    found = find_words("He left.", text)
    assert isinstance(found, Match)
    assert (found.position, found.end) == (0, 8)


def test_scripts_without_spaces_are_cut_anywhere() -> None:
    text = normal_form("彼は何も覚えていないと言った。")
    assert isinstance(find_words("何も覚えていない", text), Match)
    assert isinstance(find_words("何も覚えている", text), Missed)


def test_an_accent_belongs_to_its_letter() -> None:
    # No composed form exists for x with a circumflex.
    assert isinstance(find_words("the x", normal_form("the x\u0302 axis")), Missed)
    assert isinstance(find_words("the x\u0302", normal_form("the x\u0302 axis")), Match)


# --------------------------------------------------------------------------------------------------- brackets


@pytest.mark.parametrize(
    ("words", "passage"),
    [
        (
            "I couldn't sleep […] and so I wrote",
            "I couldn't sleep–the lamp wouldn't let me–and so I wrote",
        ),
        (
            "I couldn't sleep [...] and so I wrote",
            "I couldn't sleep–the lamp wouldn't let me–and so I wrote",
        ),
        ("[…] It was the third winter. […]", "It was the third winter."),
        ("[She] couldn't sleep", "couldn't sleep"),
        ("It was [then] the third winter", "It was the third winter"),
        ("It was the [last] winter. I couldn't", "It was the third winter. I couldn't"),
        ("and then the [birds] came", "and then the gulls came"),
        ("[W]inter. I couldn't sleep", "winter. I couldn't sleep"),
        ("The doctor call[s] it", "The doctor called it"),
        ("The lamp was [sic] out. The party", "The lamp was out. The party"),
        ("The lamp was out [sic]. The party", "The lamp was out. The party"),
        ("We talked [sic] to 12,500 sailors […] The lamp was out", None),
        ("[T]he lamp was out. [T]he party was over", "The lamp was out. The party was over"),
        ("The lamp was out. […] [P]arty was over", "The lamp was out. The party was over"),
        ("The [Admiralty's keeper]'s Log", None),
        ("the third w[i]nter. I", "the third winter. I"),
        ("He was [not at all] non-addicted", "He was non-addicted"),
        ("sleep [through the night] – the lamp wouldn't", "sleep–the lamp wouldn't"),
    ],
)
def test_brackets(words: str, passage: str | None) -> None:
    found = find_words(words, TEXT)
    assert isinstance(found, Match) or passage is None
    if isinstance(found, Match) and passage is not None:
        assert TEXT.text[found.position : found.end] == passage


@pytest.mark.parametrize(
    "words",
    [
        "[T]he lamp was in. The party",
        "The doctor call[s] him",
        "The docto[r]s called it",
        "It was the third winter.[…]I couldn't sleep and so",
        "The party was over. […] It was the third winter.",  # the wrong way round
        "The lamp was out[.] That party was over",
        "[l]mp was out. The party",
        "[la]p was out. The party",
        "The third [sic] sic winter",
        "call[ed it self-deception, I call]ed it dissociation",
    ],
)
def test_brackets_do_not_stretch(words: str) -> None:
    assert not is_found(words)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("[…]", Reason.EMPTY),
        ("The doctor call[] it", Reason.EMPTY_BRACKET),
        ("The doctor call[ ] it", Reason.EMPTY_BRACKET),
        ("It was [a b c d e f] the third winter", Reason.LONG_BRACKET),
        ("It was the third winter. [They came at night and stole.] I couldn't", Reason.LONG_BRACKET),
        ("[…] [she] […]", Reason.EMPTY),
        ("It […] was […] the […] winter", Reason.TOO_SHORT),
        ("I […] wrote: nothing", Reason.TOO_SHORT),
        ("unfortunately […] The lamp was out", Reason.TOO_SHORT),
        ("[a]t", Reason.TOO_SHORT),
        ("was [not] it", Reason.TOO_SHORT),
        ("It was the third winter. " + "[…] " * (BRACKETS + 1), Reason.TOO_MANY),
        ("The party was over. […] It was the third winter.", Reason.APART),
    ],
)
def test_brackets_do_not_do_the_quoting(words: str, reason: Reason) -> None:
    assert miss(words).reason is reason


def test_brackets_hide_no_more_letters_than_the_words_have() -> None:
    original = "He was extraordinarily unhappy at sea."
    assert miss("He was [ill] at s", original).reason is Reason.TOO_SHORT
    original = "The doctors were extraordinarily-persistently-unwell at sea."
    assert isinstance(find_words("The doctors were [ill] at sea", normal_form(original)), Missed)
    original = "The doctors were persistently unwell at sea."
    assert isinstance(find_words("The doctors were [ill] at sea", normal_form(original)), Match)


@pytest.mark.parametrize(("size", "is_near"), [(OMISSION_CHARACTERS - 20, True), (OMISSION_CHARACTERS + 20, False)])
def test_what_an_omission_may_leave_out(size: int, is_near: bool) -> None:
    original = f"It was the third winter. {'x' * (size - 2)} The party was over."
    result = find_words("It was the third winter. […] The party was over.", normal_form(original))
    assert isinstance(result, Match) is is_near


@pytest.mark.parametrize(("size", "is_near"), [(INSERTION_CHARACTERS - 2, True), (INSERTION_CHARACTERS + 2, False)])
def test_what_an_insertion_may_stand_for(size: int, is_near: bool) -> None:
    around = "We have known for many years that the keepers of the lamps are {} and that nothing can be done about it."
    original = around.format("x" * (size - 2))
    assert isinstance(find_words(around.format("[ill]"), normal_form(original)), Match) is is_near


def test_an_insertion_stands_for_six_words_at_most() -> None:
    around = "We have known for many years that the keepers are {} and that nothing can be done about it."
    assert isinstance(find_words(around.format("[ill]"), normal_form(around.format("a b c d e f"))), Match)
    assert isinstance(find_words(around.format("[ill]"), normal_form(around.format("a b c d e f g"))), Missed)


PAPER = (
    "higher (OR=1.50; 95% CI [1.3-1.7], P=0.001) in patients [13] with APTT [42 s]. He [the nurse] found it [sic] odd."
)


@pytest.mark.parametrize(
    "words",
    [
        "higher (OR=1.50; 95% CI [1.3-1.7], P=0.001)",
        "higher (OR=1.50; 95% CI [1.3–1.7], P=0.001)",
        "[were] higher (OR=1.50; 95% CI [1.3-1.7], P=0.001) […] He [the nurse] found it [sic]",
        "in [all] patients [13] with APTT [42 s]",
        "in patients [13] [all of them] with APTT",
        "in patients [13] with [their] APTT [42 s]. He [the nurse] found it [sic] odd",
        "in patients […] [the nurse] found it [sic] odd",
        "[Those] with APTT [42 s]",
        "with APTT [42 s]. [H]e [the nurse] found it [sic] odd",
        "95% CI [1.3-1.7], P=0.001) in patients […] found it [sic] odd.",
    ],
)
def test_brackets_of_the_original_are_literal(words: str) -> None:
    found = find_words(words, normal_form(PAPER))
    assert isinstance(found, Match)
    assert any(bracket.literal for bracket in found.brackets) or "…" in words or words.startswith("[Those")


@pytest.mark.parametrize(
    "words",
    [
        "higher (OR=1.50; 95% CI [0.3-9.7], P=0.001)",
        "higher (OR=1.50; 95% CI [1.3-1.8], P=0.001)",
        "higher (OR=1.50; 95% CI [1.31.7], P=0.001)",
        "higher (OR=1.50; 95% CI [0.3-9.7]",
        "higher (OR=1.50; 95% CI [0.3-9.7] […] with APTT [42 s]",
        "[were] higher (OR=1.50; 95% CI [0.3-9.7], P=0.001)",
        "in patients [99] with APTT [42 s]",
        "[99] with APTT [42 s]. He",
        "in patients [13] with APTT [24 s]. He",
        "in patients with APTT [42 s]",
        "in patients [some] with APTT [42 s]",
        "He [the doctor] found it [sic] odd",
        "He found it odd [sic].",
    ],
)
def test_brackets_of_the_original_are_not_replaced(words: str) -> None:
    assert isinstance(find_words(words, normal_form(PAPER)), Missed)


SPOKEN = (
    "No, I never hurt anybody on the ward. I did not like the drug, I was unhappy and I cannot say it helped 10 of us."
)


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("I [always] hurt anybody on the ward", True),
        ("I […] hurt anybody on the ward. I did", None),
        ("I did [really] like the drug, I was", True),
        ("I did not like the drug […] I cannot say it", True),
        ("hurt anybody on the ward. […] like the drug, I was", True),
        ("I was [un]happy and I cannot say", False),
        ("I was [im]happy and I cannot say", True),
        ("I can[] say it helped 10 of us", None),
        ("I can[not] say it helped 10 of us", False),
        ("I was unhappy and I can say it helped", None),
        ("No, I never hurt anybody [not] on the ward", True),
        ("No, I never hurt [anyone] on the ward", False),
        ("No, [Ines] never hurt anybody on the ward", False),
        ("it helped [all 12] of us, I cannot", None),
        ("I cannot say it helped [20] of us", True),
        ("I cannot say it helped [ten] of us", True),
        ("[N]o, I never hurt anybody", False),
        ("I was [happy] and I cannot say it helped", True),
        ("No, I never hurt anybody on the [un] ward", True),
    ],
)
def test_brackets_that_turn_the_meaning(words: str, changes: bool | None) -> None:
    found = find_words(words, normal_form(SPOKEN))
    if changes is None:
        assert isinstance(found, Missed)
    else:
        assert isinstance(found, Match)
        assert any(changes_meaning(bracket) for bracket in found.brackets) is changes


@pytest.mark.parametrize(
    ("words", "before", "after"),
    [
        ("the development of addiction is rare", "We conclude that, at large,", "in medical patients (n = 5)."),
        ("We conclude that, at large, the development", "", "of addiction is rare in medical patients (n = 5)."),
        ("of addiction is rare in medical patients (n = 5).", "We conclude that, at large, the development", ""),
        ("of addiction is rare in medical patients (n = 5)", "We conclude that, at large, the development", ""),
        ("No, I never did", "", "."),
        ("It ended there", "", ""),
    ],
)
def test_where_a_sentence_is_cut(words: str, before: str, after: str) -> None:
    text = normal_form(
        "A title\n\nWe conclude that, at large, the development of addiction is rare in medical patients (n = 5).\n\n"
        "INES: No, I never did. It ended there\n\nMore."
    )
    found = find_words(words, text)
    assert isinstance(found, Match)
    assert find_cut(text, found.position, found.end) == (before, after if after != "." else "")


def test_a_later_place_is_tried_where_the_first_leads_nowhere() -> None:
    text = normal_form("He was very ill. He was very ill and then he died at home.")
    found = find_words("He was very [sick] and then he died", text)
    assert isinstance(found, Match)
    assert found.position == 0 or text.text[found.position :].startswith("He was very ill and")


def test_many_dead_ends_come_to_an_end() -> None:
    text = normal_form("we go on and on " * 3_000)
    words = " ".join(["we [really] go [x] on [y] and"] * 20) + " stop"
    assert isinstance(find_words(words, text), Missed)


# ------------------------------------------------------------------------------------------------- normal form


@pytest.mark.parametrize(
    ("words", "other"),
    [
        ("a b", "a\n\n  b "),
        ("a — b", "a -- b"),
        ("a—b", "a-b"),
        ("the ‘cat’", "the 'cat'"),
        ("“cat”", '"cat"'),
        ("well…", "well..."),
        ("well…", "well. . ."),
        ("ﬁne", "fine"),
        ("café", "cafe\u0301"),
        ("dis\u00adsociation", "dissociation"),
    ],
)
def test_digest_of_the_same_words(words: str, other: str) -> None:
    assert words_digest(words) == words_digest(other)


@pytest.mark.parametrize(
    ("words", "other"),
    [
        ("a b", "ab"),
        ("a", "A"),
        ("a,", "a."),
        ("a - b", "a-b"),
        ("'a'", '"a"'),
        ("well.", "well…"),
        ("[she] a", "a"),
    ],
)
def test_digest_of_other_words(words: str, other: str) -> None:
    assert words_digest(words) != words_digest(other)


@pytest.mark.parametrize(
    ("words", "normal", "digest"),
    [
        ("", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (
            "Hello, world!",
            "Hello, world!",
            "315f5bdb76d078c43b8ac0064e4a0164612b1fce77c869345bfc94c75894edd3",
        ),
        (
            "“I can’t”—she\nsaid … [sic] “go”. . .",
            '"I can\'t"–she said ... [sic] "go"...',
            "8b277ed1916b50a6e5b57efafe6022b239c69f3b5b956ea5d1cb92b6de7fc6a8",
        ),
    ],
)
def test_the_normal_form_is_for_ever(words: str, normal: str, digest: str) -> None:
    # Digests stand in the locks of libraries: if this fails, NORMALISATION must count up.
    assert normalise_words(words) == normal
    assert words_digest(words) == digest


@given(st.text())
def test_normal_form_is_stable(words: str) -> None:
    once = normalise_words(words)
    assert words_digest(once) == words_digest(words)
    assert once == once.strip()


@given(st.text(alphabet="ab-–. \n\f\xad/…'A1"), st.text(alphabet="ab-–. \n\f\xad/…'A1[]"))
def test_nothing_is_too_odd_to_be_looked_for(text: str, words: str) -> None:
    original = normal_form(text)
    result = find_words(words, original)
    if isinstance(result, Match):
        assert 0 <= result.position <= result.end <= len(original.text)
        assert original.place(result.position).startswith(("line ", "page "))


@given(st.text(alphabet="ab-– .\n\xad"))
def test_dense_and_normal_offsets_agree(text: str) -> None:
    original = normal_form(text)
    for offset, character in enumerate(original.dense):
        assert original.text[original.spread(offset)] == character
        assert original.condense(original.spread(offset)) == offset


def test_place() -> None:
    text = normal_form("\n one\ntwo three\n\nfour")
    assert [text.place(text.text.index(word)) for word in ("one", "three", "four")] == [
        "line 2",
        "line 3",
        "line 5",
    ]
    pages = normal_form("one\n\ftwo\n\fthree")
    assert [pages.place(pages.text.index(word)) for word in ("one", "two", "three")] == [
        "page 1",
        "page 2",
        "page 3",
    ]


# ---------------------------------------------------------------------------------------------------- nearest


@pytest.mark.parametrize(
    ("words", "difference"),
    [
        ("It was the fourth winter.", "It was the [-fourth-]{+third+} winter."),
        ("It was third winter", "It was {+the+} third winter"),
        ("It was the very third winter", "It was the [-very-] third winter"),
        ("it was the third winter", "[-it-]{+It+} was the third winter"),
        ("It was the third winter!", "It was the third winter[-!-]{+.+}"),
        ("Nothing moves on the water.", "Nothing moves on the water[-.-]{+...+}"),
        ("addicted, they say; a stateless", "[-addicted-]{+non-addicted+}, they say; a stateless"),
        ("the usual kinds; pre- and post-war", "the usual [-kinds-]{+kind+}; pre- and post-war"),
        ("he called it dissociation of the", "[-he-]{+I+} called it dissociation of the"),
        ("5 mg at sea", "[-5-]{+.5+} mg at sea"),
        ("and then- quite slowly—nothing", "and then- quite [-slowly-]{+suddenly+}-nothing"),
    ],
)
def test_difference(words: str, difference: str) -> None:
    assert shown(words).replace("–", "-") == difference.replace("–", "-")


def test_the_difference_of_a_part() -> None:
    missed = miss("It was the third winter. […] The lamp was on. The party was over.")
    assert missed.part == "The lamp was on. The party was over."
    assert missed.nearest is not None
    assert render_difference(missed.nearest.differences) == "The lamp was [-on-]{+out+}. The party was over."


def test_nothing_near() -> None:
    assert miss("Колокольчики мои, цветики степные").nearest is None
    assert miss("anything", "").nearest is None


def test_long_context_is_cut() -> None:
    many = " ".join(f"word{n}" for n in range(200))
    words = many.replace("word100 ", "sword ")
    assert shown(words, many) == (
        "… word95 word96 word97 word98 word99 [-sword-]{+word100+} word101 word102 word103 word104 …"
    )


def test_very_long_words_are_shown_where_they_differ() -> None:
    many = " ".join(f"word{n}" for n in range(2_000))
    assert "[-sword-]{+word1500+}" in shown(many.replace("word1500 ", "sword "), many)


def without_spaces(text: str) -> str:
    return "".join(text.replace("–", "-").split())


@given(st.data())
def test_a_difference_keeps_the_words(data: st.DataObject) -> None:
    tokens = normalise_words(ORIGINAL).split(" ")
    start = data.draw(st.integers(0, len(tokens) - 6))
    words = [*tokens[start : start + 5]]
    words[data.draw(st.integers(0, 4))] = data.draw(st.sampled_from(["zzz", "It", "the lamp", ",", "[she]"]))
    result = find_words(" ".join(words), TEXT)
    if isinstance(result, Missed) and result.nearest:
        ours = [d.text for d in result.nearest.differences if d.only is not Only.ORIGINAL]
        assert "".join(ours) == result.part
        theirs = [d.text for d in result.nearest.differences if d.only is not Only.QUOTE]
        assert without_spaces("".join(theirs)) == without_spaces(result.nearest.passage)


# ------------------------------------------------------------------------------------------------- properties

WORDS = [
    "gull",
    "lamp",
    "office",
    "fjord",
    "naïve",
    "self-made",
    "can't",
    "keeper’s".replace("’", "'"),
    "Sea",
    "x",
    "90",
]
MARKS = ["", "", "", "", ",", ".", ";", "...", '"', " –", "–"]

GLYPHS = {
    " ": [" ", "  ", "\n", "\t", "\u00a0", "\r\n", " \n ", "\u2009"],
    "-": ["-", "\u2010", "\u2011"],
    "–": ["–", "—", "--", "---", "\u2212", "\u2015"],
    "'": ["'", "’", "‘"],
    '"': ['"', "“", "”", "»"],
    "…": ["...", "…", ". . ."],
    "ï": ["ï", "i\u0308"],
    "ﬃ": ["ffi", "ﬃ", "ﬀi"],
}


@st.composite
def texts(draw: st.DrawFn) -> list[str]:
    """Words with the marks behind them; all but a few joined by a space."""
    words = draw(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(MARKS)), min_size=6, max_size=30))
    return [word + mark for word, mark in words]


def plain_text(words: list[str]) -> str:
    return "".join(word + ("" if word[-1] == "–" and word[-2] != " " else " ") for word in words).strip()


def with_glyphs(data: st.DataObject, text: str, *, is_original: bool) -> str:
    marked = text.replace("...", "…").replace("ffi", "ﬃ")
    pieces = [data.draw(st.sampled_from(GLYPHS[c])) if c in GLYPHS else c for c in marked]
    if is_original:
        for index in range(1, len(pieces)):
            before, after = pieces[index - 1][-1], pieces[index][0]
            if before.isalpha() and after.islower() and after.isascii() and data.draw(st.integers(0, 9)) == 0:
                pieces[index] = data.draw(st.sampled_from(["-\n", "\xad", "\xad\n", "-\n\n  "])) + pieces[index]
            elif marked[index - 1] in "–…-" and marked[index] != " " and data.draw(st.integers(0, 3)) == 0:
                pieces[index] = "\n" + pieces[index]
    return "".join(pieces)


@given(texts(), st.data())
def test_a_passage_is_found_whatever_its_glyphs(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    original = normal_form(with_glyphs(data, plain_text(words), is_original=True))
    quote = with_glyphs(data, plain_text(words[start:end]), is_original=False)
    assert isinstance(find_words(quote, original), Match)


def changed_letter(data: st.DataObject, words: list[str]) -> list[str]:
    index = data.draw(st.integers(0, len(words) - 1))
    at = data.draw(st.sampled_from([n for n, c in enumerate(words[index]) if c.isalnum()]))
    letter = data.draw(st.sampled_from("aeiouXYZ7é"))
    return [*words[:index], words[index][:at] + letter + words[index][at + 1 :], *words[index + 1 :]]


def dropped_word(data: st.DataObject, words: list[str]) -> list[str]:
    index = data.draw(st.integers(0, len(words) - 1))
    return [*words[:index], *words[index + 1 :]]


def swapped_words(data: st.DataObject, words: list[str]) -> list[str]:
    index = data.draw(st.integers(0, len(words) - 2))
    return [*words[:index], words[index + 1], words[index], *words[index + 2 :]]


def changed_mark(data: st.DataObject, words: list[str]) -> list[str]:
    index = data.draw(st.integers(0, len(words) - 1))
    bare = words[index].rstrip('.,;–" ')
    return [*words[:index], bare + data.draw(st.sampled_from([",", ";", "!", ":", "?"])), *words[index + 1 :]]


@pytest.mark.parametrize("change", [changed_letter, dropped_word, swapped_words, changed_mark])
@given(words=texts(), data=st.data())
def test_a_changed_passage_is_never_found(change, words: list[str], data: st.DataObject) -> None:  # type: ignore[no-untyped-def]
    start = data.draw(st.integers(0, len(words) - 4))
    end = data.draw(st.integers(start + 3, len(words)))
    quote = plain_text(change(data, words[start:end]))
    text = plain_text(words)
    # Unless the original holds the changed words elsewhere.
    if quote.replace("–", "-") not in text.replace("–", "-"):
        original = normal_form(with_glyphs(data, text, is_original=True))
        result = find_words(with_glyphs(data, quote, is_original=False), original)
        assert isinstance(result, Missed)
        assert result.reason is Reason.ABSENT


@pytest.mark.parametrize(
    ("original", "words", "language", "turns"),
    [
        ("The lamps were lit by most men.", "The lamps were lit by [90] most men.", "en", True),
        ("That was the winter of the storms.", "That was the winter [of 1822] of the storms.", "en", False),
        ("The losses were higher in the north.", "The losses were [lower] in the north.", "en", True),
        ("The losses were higher in the north.", "The losses [in 1822] were higher in the north.", "en", False),
        ("It can be a help only if they sleep well.", "It can be a help […] they sleep well.", "en", True),
        ("It was a help to all of them who slept.", "It was a help […] them who slept.", "en", False),
        ("They longed for the longer nights there.", "They longed for the [s]onger nights there.", "en", True),
        ("They longed for the longer nights there.", "[t]hey longed for the longer nights there.", "en", False),
        ("They longed for the longer nights there.", "They long[ing] for the longer nights there.", "en", False),
        ("大多數人在第三個月之後就不再害怕，但是有些人從未習慣。", "大多數人在第三個月之後就[…]再害怕，但是有些人從未習慣。", "en", True),
        ("Она сказала: «Я никогда не жалела». И все молчали.", "Она сказала: «Я [всегда] жалела». И все молчали.", "en", True),
        ("Das hat mir niemand je gesagt, und ich fragte.", "Das hat mir [jemand] je gesagt, und ich fragte.", "de", True),
    ],
)  # fmt: skip
def test_what_a_bracket_turns(original: str, words: str, language: str, turns: bool) -> None:
    found = find_words(words, normal_form(original), nearest=False)
    assert isinstance(found, Match)
    assert any(changes_meaning(bracket, language) for bracket in found.brackets) is turns
