"""Which block quotes are quotations, what in them is the words, and what may stand among them."""

from typing import Any

import pytest
from florilegium.core.model import Quote
from florilegium.core.spans import LineTable
from florilegium.markdown import quoting
from florilegium.markdown.bodies import parse_body
from markdown_oracle import flat, read, rendered, shown_text

ATTRIBUTION = "a participant, in [@a] #t {#q}"


def quotes(text: str) -> tuple[Quote, ...]:
    return read(text).body.quotes


def rules(text: str) -> list[str]:
    return [finding.rule for finding in read(text).diagnostics]


@pytest.mark.parametrize("dash", ["—", "–", "―", "--", "---", "-", "— ", "– ", "-  "])
@pytest.mark.parametrize("between", [">\n", ""])
def test_every_dash_opens_an_attribution(dash: str, between: str) -> None:
    (quote,) = quotes(f"> words\n> more\n{between}> {dash} {ATTRIBUTION}\n")
    assert quote.words == "words\nmore"
    assert quote.speaker is not None
    assert quote.speaker.text == "a participant"
    assert (quote.id, [mention.id for mention in quote.themes]) == ("q", ["t"])


@pytest.mark.parametrize(
    "text",
    [
        "> words\n>\n> - a list, and no work\n",
        "> words\n> - [@a]\n> - [@b]\n",
        "> - one [@a]\n>\n> two\n",
        f"> words\n>\n> \\— {ATTRIBUTION}\n",
        f"> words\n>\n> &mdash; {ATTRIBUTION}\n",
        "> words\n> — no work\n",
        "> -@a says so\n",
        "> ---- [@a]\n",
    ],
)
def test_what_opens_none(text: str) -> None:
    assert quotes(text) == ()
    assert "unattributed-quote" in rules(text)


def test_footnotes_within_are_set_aside_and_said() -> None:
    text = "> words[^1]\n>\n> — a participant, [@k] {#x}\n>\n> [^1]: n\n"
    (quote,) = quotes(text)
    assert quote.id == "x"
    assert rules(text) == ["markup-in-quotation", "markup-in-quotation"]
    assert shown_text(flat(rendered(text).footnotes)).startswith("n")


@pytest.mark.parametrize(
    "sign", ["[!note]", "[!NOTE]", "[!warning]", "[!note] A title", "[!abstract]", "[!todo]- Folded"]
)
def test_a_callout_is_a_remark(sign: str) -> None:
    text = f"> {sign}\n> Words of the note-taker [@a].\n"
    assert rules(text) == []
    (section,) = rendered(text).sections
    html = flat(section.html)
    assert html.startswith('<div class="fl-remark" role="note"><p class="fl-remark-title">')
    assert "Words of the note-taker (citation 0)." in html
    assert "[!" not in html


@pytest.mark.parametrize("sign", ["[!quote]", "[!QUOTE]", "[!cite]"])
def test_a_callout_for_quotations_is_one(sign: str) -> None:
    (quote,) = quotes(f"> {sign}\n> words\n>\n> — {ATTRIBUTION}\n")
    assert quote.words == "words"
    assert "unattributed-quote" in rules(f"> {sign}\n> words\n")


def test_an_escaped_sign_is_text() -> None:
    (quote,) = quotes(f"> \\[!note]\n> words\n>\n> — {ATTRIBUTION}\n")
    assert quote.words == "[!note]\nwords"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("10<sup>6</sup> of H<sub>2</sub>O", "10⁶ of H₂O"),
        ("10<sup>−6</sup>, 1<sup>st</sup>", "10⁻⁶, 1ˢᵗ"),
        ("a<sup>Q&A</sup> x<sub>Ω</sub>", "a^(Q&A) x_(Ω)"),
        ("a<sup>*2*</sup>", "a²"),
        ("a<br>b\\\nc", "a\nb\nc"),
        ("a <script>b", "a <script>b"),
        ("did ~~not~~ relapse", "did not relapse"),
    ],
)
def test_the_words_are_what_is_shown(words: str, shown: str) -> None:
    (quote,) = quotes(f"> {words.replace(chr(10), chr(10) + '> ')}\n>\n> — {ATTRIBUTION}\n")
    assert quote.words == shown


@pytest.mark.parametrize(
    "attribution", ["— *a participant [@a]* {#q}", "— a participant, **[@a]** {#q}", "— [a, [@a]](https://x.y) {#q}"]
)
def test_a_work_within_emphasis_or_a_link_is_no_part_of_the_speaker(attribution: str) -> None:
    assert "malformed-attribution" in rules(f"> words\n>\n> {attribution}\n")


def test_a_sign_of_a_callout_takes_nothing_off_the_words() -> None:
    (quote,) = quotes("> [!quote]\n> -5 degrees\n>\n> — a participant, [@a] #t {#q}\n")
    assert quote.words == "-5 degrees"
    (folded,) = quotes("> [!quote]- Five degrees\n>\n> — a participant, [@a] #t {#q}\n")
    assert folded.words == "Five degrees"


def test_an_escaped_brace_is_no_id() -> None:
    assert "malformed-attribution" in rules("> words\n>\n> — a participant, [@a] \\{#id}\n")


USUAL = (
    "— a participant, [@a, p. 3] #t !n {#q}",
    '— participant "Dana Roe", [@a] #t #u {#q}',
    "— a participant, “Dana”, in [@a.b-c, pp. 3–5], quoted in [@b, p. 1] !n",
    "— une participante en [@a, p. 3]",
    "— P03 in [@a] {#q}",
    "— the one in in [@a//b], quoted in [@c.d, pp. 3-5] #t",
    "— participant 7 dans [@a]",
)
UNUSUAL = (
    "— translated by Jane Roe, of [@a] {of=#q}",
    "— traduit par Anne [@a]",
    "— in [@a]",
    "— a participant, [@a., p. 3]",
    "— a participant, [@a, p. 3f]",
    "— a *participant*, [@a] #t",
    "— a participant, [@a], [@b] #t",
    "— a participant, [@a; @b] {#q}",
    "— a participant, [@a] p. 3 #t",
    "— a participant, [@a] #t {#q} more words here",
    "— a participant #t, [@a]",
    "— a participant, [@http://x.org/a, p. 3]",
    "— a participant, [@a]\\#t {#q}",
    "— a participant, [@a] &#35;t",
)


@pytest.mark.parametrize("text", [*USUAL, *UNUSUAL])
def test_the_usual_form_is_read_as_the_grammar_reads_it(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    table = LineTable("annotations/notes/n.md", f"ü\n\n> words\n>\n> {text}\n")
    parsed = parse_body(table, 0, "n")
    found: list[bool] = []
    real = quoting.parse_usual

    def recorded(*given: Any) -> None:
        found.append(real(*given) is not None)

    monkeypatch.setattr(quoting, "parse_usual", recorded)
    assert parse_body(table, 0, "n")[::2] == parsed[::2]
    assert found in ([[True]] if text in USUAL else [[], [False]])
