"""The events of the Markdown parser, held fast: a version of pyromark that reads otherwise fails here, in no library."""

from collections.abc import Iterator

import pytest
from florilegium.markdown.events import CLOSE, OPEN, Definition, read_definitions, read_events

# fmt: off
EVENTS = (
    ('a',
     "+Paragraph[0:1] | Text[0:1] 'a' | -[0:1]"),
    ('a *b* c',
     "+Paragraph[0:7] | Text[0:2] 'a ' | +Emphasis[2:5] | Text[3:4] 'b' | -[2:5] | Text[5:7] ' c' | "
     '-[0:7]'),
    ('**a**',
     "+Paragraph[0:5] | +Strong[0:5] | Text[2:3] 'a' | -[0:5] | -[0:5]"),
    ('_a_ a_b_c',
     "+Paragraph[0:9] | +Emphasis[0:3] | Text[1:2] 'a' | -[0:3] | Text[3:9] ' a_b_c' | -[0:9]"),
    ('~~a~~',
     "+Paragraph[0:5] | +Strikethrough[0:5] | Text[2:3] 'a' | -[0:5] | -[0:5]"),
    ('~a~',
     "+Paragraph[0:3] | +Strikethrough[0:3] | Text[1:2] 'a' | -[0:3] | -[0:3]"),
    ('`a`',
     "+Paragraph[0:3] | Code[0:3] 'a' | -[0:3]"),
    ('`` a ` b ``',
     "+Paragraph[0:11] | Code[0:11] 'a ` b' | -[0:11]"),
    ('a  \nb',
     "+Paragraph[0:5] | Text[0:1] 'a' | HardBreak[1:4] | Text[4:5] 'b' | -[0:5]"),
    ('a\\\nb',
     "+Paragraph[0:4] | Text[0:1] 'a' | HardBreak[1:3] | Text[3:4] 'b' | -[0:4]"),
    ('a\nb',
     "+Paragraph[0:3] | Text[0:1] 'a' | SoftBreak[1:2] | Text[2:3] 'b' | -[0:3]"),
    ('\\*a\\*',
     "+Paragraph[0:5] | Text[1:3] '*a' | Text[4:5] '*' | -[0:5]"),
    ('&amp; &#x41; &bogus;',
     "+Paragraph[0:20] | Text[0:5] '&' | Text[5:6] ' ' | Text[6:12] 'A' | Text[12:20] ' &bogus;' | "
     '-[0:20]'),
    ('# a',
     "+Heading[0:3] 1 | Text[2:3] 'a' | -[0:3]"),
    ('## a ##',
     "+Heading[0:7] 2 | Text[3:4] 'a' | -[0:7]"),
    ('# U {x}',
     "+Heading[0:7] 1 | Text[2:7] 'U {x}' | -[0:7]"),
    ('a\n===',
     "+Heading[0:5] 1 | Text[0:1] 'a' | -[0:5]"),
    ('a\nb\n---',
     "+Heading[0:7] 2 | Text[0:1] 'a' | SoftBreak[1:2] | Text[2:3] 'b' | -[0:7]"),
    ('***',
     'Rule[0:3]'),
    ('- a',
     "+List[0:3] | +Item[0:3] | Text[2:3] 'a' | -[0:3] | -[0:3]"),
    ('- a\n- b',
     "+List[0:7] | +Item[0:4] | Text[2:3] 'a' | -[0:4] | +Item[4:7] | Text[6:7] 'b' | -[4:7] | "
     '-[0:7]'),
    ('- a\n\n- b',
     "+List[0:8] | +Item[0:5] | +Paragraph[2:4] | Text[2:3] 'a' | -[2:4] | -[0:5] | +Item[5:8] | "
     "+Paragraph[7:8] | Text[7:8] 'b' | -[7:8] | -[5:8] | -[0:8]"),
    ('* a\n+ b',
     "+List[0:4] | +Item[0:4] | Text[2:3] 'a' | -[0:4] | -[0:4] | +List[4:7] | +Item[4:7] | "
     "Text[6:7] 'b' | -[4:7] | -[4:7]"),
    ('3. a',
     "+List[0:4] 3 | +Item[0:4] | Text[3:4] 'a' | -[0:4] | -[0:4]"),
    ('1) a\n2) b',
     "+List[0:9] 1 | +Item[0:5] | Text[3:4] 'a' | -[0:5] | +Item[5:9] | Text[8:9] 'b' | -[5:9] | "
     '-[0:9]'),
    ('- [ ] a\n- [x] b',
     "+List[0:15] | +Item[0:8] | TaskListMarker[2:5] False | Text[6:7] 'a' | -[0:8] | +Item[8:15] | "
     "TaskListMarker[10:13] True | Text[14:15] 'b' | -[8:15] | -[0:15]"),
    ('- a\n  - b',
     "+List[0:9] | +Item[0:9] | Text[2:3] 'a' | +List[6:9] | +Item[6:9] | Text[8:9] 'b' | -[6:9] | "
     '-[6:9] | -[0:9] | -[0:9]'),
    ('> a',
     "+BlockQuote[0:3] | +Paragraph[2:3] | Text[2:3] 'a' | -[2:3] | -[0:3]"),
    ('> a\nb',
     "+BlockQuote[0:5] | +Paragraph[2:5] | Text[2:3] 'a' | SoftBreak[3:4] | Text[4:5] 'b' | -[2:5] | "
     '-[0:5]'),
    ('> > a',
     "+BlockQuote[0:5] | +BlockQuote[2:5] | +Paragraph[4:5] | Text[4:5] 'a' | -[4:5] | -[2:5] | "
     '-[0:5]'),
    ('> [!note]\n> a',
     "+BlockQuote[0:13] 'Note' | +Paragraph[12:13] | Text[12:13] 'a' | -[12:13] | -[0:13]"),
    ('> [!warning] a\n> b',
     "+BlockQuote[0:18] | +Paragraph[2:18] | Text[2:3] '[' | Text[3:11] '!warning' | Text[11:12] ']' | "
     "Text[12:14] ' a' | SoftBreak[14:15] | Text[17:18] 'b' | -[2:18] | -[0:18]"),
    ('> [!quote]\n> a',
     "+BlockQuote[0:14] | +Paragraph[2:14] | Text[2:3] '[' | Text[3:9] '!quote' | Text[9:10] ']' | "
     "SoftBreak[10:11] | Text[13:14] 'a' | -[2:14] | -[0:14]"),
    ('    a',
     "+CodeBlock[4:5] | Text[4:5] 'a' | -[4:5]"),
    ('```\na\n```',
     "+CodeBlock[0:9] '' | Text[4:6] 'a\\n' | -[0:9]"),
    ('```py x\na',
     "+CodeBlock[0:9] 'py x' | Text[8:9] 'a' | -[0:9]"),
    ('~~~\na\n~~~',
     "+CodeBlock[0:9] '' | Text[4:6] 'a\\n' | -[0:9]"),
    ('> ```\n> a\n> ```',
     "+BlockQuote[0:15] | +CodeBlock[2:15] '' | Text[8:10] 'a\\n' | -[2:15] | -[0:15]"),
    ('[a](b)',
     "+Paragraph[0:6] | +Link[0:6] ('Inline', 'b', '', '') | Text[1:2] 'a' | -[0:6] | -[0:6]"),
    ('[a](<b c> "d")',
     "+Paragraph[0:14] | +Link[0:14] ('Inline', 'b c', 'd', '') | Text[1:2] 'a' | -[0:14] | -[0:14]"),
    ('[a][b]\n\n[b]: /c',
     "+Paragraph[0:7] | +Link[0:6] ('Reference', '/c', '', 'b') | Text[1:2] 'a' | -[0:6] | -[0:7]"),
    ('[b][]\n\n[b]: /c',
     "+Paragraph[0:6] | +Link[0:3] ('Collapsed', '/c', '', 'b') | Text[1:2] 'b' | -[0:3] | -[0:6]"),
    ('[b]\n\n[b]: /c',
     "+Paragraph[0:4] | +Link[0:3] ('Shortcut', '/c', '', 'b') | Text[1:2] 'b' | -[0:3] | -[0:4]"),
    ('![a](b)',
     "+Paragraph[0:7] | +Image[0:7] ('Inline', 'b', '', '') | Text[2:3] 'a' | -[0:7] | -[0:7]"),
    ('<https://a.b>',
     "+Paragraph[0:13] | +Link[0:13] ('Autolink', 'https://a.b', '', '') | Text[1:12] 'https://a.b' | "
     '-[0:13] | -[0:13]'),
    ('<a@b.c>',
     "+Paragraph[0:7] | +Link[0:7] ('Email', 'a@b.c', '', '') | Text[1:6] 'a@b.c' | -[0:7] | -[0:7]"),
    ('https://a.b a@b.c',
     "+Paragraph[0:17] | Text[0:17] 'https://a.b a@b.c' | -[0:17]"),
    ('a <b>c</b>',
     "+Paragraph[0:10] | Text[0:2] 'a ' | InlineHtml[2:5] '<b>' | Text[5:6] 'c' | "
     "InlineHtml[6:10] '</b>' | -[0:10]"),
    ('a <b',
     "+Paragraph[0:4] | Text[0:2] 'a ' | Text[2:3] '<' | Text[3:4] 'b' | -[0:4]"),
    ('<b>\na\n</b>',
     "+HtmlBlock[0:10] | Html[0:4] '<b>\\n' | Html[4:6] 'a\\n' | Html[6:10] '</b>' | -[0:10]"),
    ('<details>\na\n</details>',
     "+HtmlBlock[0:22] | Html[0:10] '<details>\\n' | Html[10:12] 'a\\n' | Html[12:22] '</details>' | "
     '-[0:22]'),
    ('<!-- a -->',
     "+HtmlBlock[0:10] | Html[0:10] '<!-- a -->' | -[0:10]"),
    ('<!-- a --> b',
     "+HtmlBlock[0:12] | Html[0:12] '<!-- a --> b' | -[0:12]"),
    ('a <!-- b --> c',
     "+Paragraph[0:14] | Text[0:2] 'a ' | InlineHtml[2:12] '<!-- b -->' | Text[12:14] ' c' | -[0:14]"),
    ('<?a?>',
     "+HtmlBlock[0:5] | Html[0:5] '<?a?>' | -[0:5]"),
    ('| a | b |\n|:--|--:|\n| c |',
     "+Table[0:25] ('Left', 'Right') | +TableHead[0:10] | +TableCell[1:4] | Text[2:3] 'a' | -[1:4] | "
     "+TableCell[5:8] | Text[6:7] 'b' | -[5:8] | -[0:10] | +TableRow[20:25] | +TableCell[21:24] | "
     "Text[22:23] 'c' | -[21:24] | +TableCell[25:25] | -[25:25] | -[20:25] | -[0:25]"),
    ('a[^1]\n\n[^1]: b',
     "+Paragraph[0:6] | Text[0:1] 'a' | FootnoteReference[1:5] '1' | -[0:6] | "
     "+FootnoteDefinition[7:14] '1' | +Paragraph[13:14] | Text[13:14] 'b' | -[13:14] | -[7:14]"),
    ('a[^x]',
     "+Paragraph[0:5] | Text[0:1] 'a' | Text[1:2] '[' | Text[2:4] '^x' | Text[4:5] ']' | -[0:5]"),
    ('[^A] b\n\n[^a]: c\n    d',
     "+Paragraph[0:7] | FootnoteReference[0:4] 'A' | Text[4:6] ' b' | -[0:7] | "
     "+FootnoteDefinition[8:21] 'a' | +Paragraph[14:21] | Text[14:15] 'c' | SoftBreak[15:16] | "
     "Text[20:21] 'd' | -[14:21] | -[8:21]"),
    ('> a[^1]\n>\n> [^1]: b',
     "+BlockQuote[0:19] | +Paragraph[2:8] | Text[2:3] 'a' | FootnoteReference[3:7] '1' | -[2:8] | "
     "+FootnoteDefinition[12:19] '1' | +Paragraph[18:19] | Text[18:19] 'b' | -[18:19] | -[12:19] | "
     '-[0:19]'),
    ('[@a, p. 3] @b',
     "+Paragraph[0:13] | Text[0:1] '[' | Text[1:9] '@a, p. 3' | Text[9:10] ']' | Text[10:13] ' @b' | "
     '-[0:13]'),
    ('*[see @a* b]',
     "+Paragraph[0:12] | +Emphasis[0:9] | Text[1:2] '[' | Text[2:8] 'see @a' | -[0:9] | "
     "Text[9:11] ' b' | Text[11:12] ']' | -[0:12]"),
    ('[x][@a]',
     "+Paragraph[0:7] | Text[0:1] '[' | Text[1:2] 'x' | Text[2:3] ']' | Text[3:4] '[' | "
     "Text[4:6] '@a' | Text[6:7] ']' | -[0:7]"),
    ('$a$ H~2~ a^b^',
     "+Paragraph[0:13] | Text[0:7] '$a$ H~2' | Text[7:8] '~' | Text[8:13] ' a^b^' | -[0:13]"),
    ('"a" -- b...',
     '+Paragraph[0:11] | Text[0:11] \'"a" -- b...\' | -[0:11]'),
    ('[[a]] ![[b]]',
     "+Paragraph[0:12] | Text[0:1] '[' | Text[1:2] '[' | Text[2:3] 'a' | Text[3:4] ']' | "
     "Text[4:5] ']' | Text[5:6] ' ' | Text[6:8] '![' | Text[8:9] '[' | Text[9:10] 'b' | "
     "Text[10:11] ']' | Text[11:12] ']' | -[0:12]"),
)
"""A text, and its events: what opens (`+`), what closes (`-`), leaves; the range of bytes, and the value."""
# fmt: on


def shown(text: str) -> Iterator[str]:
    for what, start, end, name, value in read_events(text):
        sign = "+" if what == OPEN else "-" if what == CLOSE else ""
        said = "" if value is None else f" {tuple(value)!r}" if isinstance(value, tuple) else f" {value!r}"
        yield f"{sign}{name}[{start}:{end}]{said}"


@pytest.mark.parametrize(("text", "events"), EVENTS, ids=[repr(text) for text, _ in EVENTS])
def test_events(text: str, events: str) -> None:
    assert " | ".join(shown(text)) == events


def test_definitions() -> None:
    text = "[b]: /c\n\n[A b]: <d e> 'f'\n\n[b]: /g\n\n[@k]: x\n"
    assert read_definitions(text) == [
        Definition("b", "/c", 0, 7),
        Definition("A b", "d e", 9, 25),
        Definition("@k", "x", 36, 43),
    ]
