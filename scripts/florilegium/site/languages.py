"""The language of the site's own words: strings from gettext catalogues, dates, lists and numbers as it writes them."""

import unicodedata
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from anyascii import anyascii
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

CATALOGUES = Path(__file__).parent / "translations"
"""One file `xx.po` for each language but English, in which the strings are written."""


class Words:
    """The words of one language. What a catalogue does not have stays English."""

    def __init__(self, language: str) -> None:
        self.locale = _locale(language)
        self.language = language or "en"
        self.direction = "rtl" if self.locale.text_direction == "rtl" else "ltr"
        self._translations = _translations(self.locale.language)
        self._numbers: dict[int, str] = {}

    def gettext(self, text: str, context: str | None = None) -> str:
        """A string of the interface in this language; with a `context`, in the form that it takes there."""
        found = self._translations.pgettext(context, text) if context else text
        return self._translations.gettext(text) if found == text else found

    def counted(self, one: str, many: str, number: int) -> str:
        """A string with a number, `%(num)s`, put in as the language writes it, in the form that the number asks for."""
        return self._translations.ngettext(one, many, number) % {"num": self.number(number)}

    def number(self, number: int) -> str:
        """A number as the language writes it; small ones, of which pages are full, are written once."""
        if number in self._numbers:
            return self._numbers[number]
        written = format_decimal(number, locale=self.locale)
        if 0 <= number < 10_000:
            self._numbers[number] = written
        return written

    def day(self, day: date) -> str:
        """A date in words: `23 November 2026`."""
        if self.locale.language == "en":
            return f"{day.day} {format_date(day, 'MMMM', locale=self.locale)} {day.year}"
        return format_date(day, "long", locale=self.locale)

    def listed(self, items: Sequence[str]) -> str:
        """Items joined as in a sentence: `a, b and c`."""
        if self.locale.language == "en" and len(items) > 1:
            return f"{', '.join(items[:-1])} and {items[-1]}"
        return format_list(items, locale=self.locale) if items else ""

    def language_name(self, code: str) -> str:
        """What a language is called, by its tag; the tag itself where nobody named it."""
        try:
            return Locale.parse(code.replace("-", "_")).get_display_name(self.locale) or code
        except (UnknownLocaleError, ValueError):
            return code

    def sort_key(self, text: str) -> tuple[str, str]:
        """What texts are sorted by: letters without their marks, the letters of Spanish and the sounds of Chinese."""
        folded = text.casefold().lstrip("“”„«»‘’\"'([{¿¡ ")
        if self.locale.language == "zh":
            return anyascii(folded).lower(), folded
        if self.locale.language == "es":
            folded = folded.replace("ñ", "n\uffff")
        if folded.isascii():
            return folded, folded
        plain = "".join(sign for sign in unicodedata.normalize("NFD", folded) if not unicodedata.combining(sign))
        return plain, folded

    def within(self, label: str) -> str:
        """A label within a sentence, where the language begins it with a small letter."""
        small = self.locale.language in ("en", "fr", "es") and not label[1:2].isupper()
        return label[:1].lower() + label[1:] if small else label


@lru_cache(maxsize=32)
def language_words(language: str) -> Words:
    """The words of a language by its tag (BCP 47); English for one that is not known."""
    return Words(language)


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_") or "en")
    except (UnknownLocaleError, ValueError):
        head = language.partition("-")[0]
        return Locale.parse("en") if head == language else _locale(head)


@lru_cache(maxsize=32)
def _translations(language: str) -> NullTranslations:
    path = CATALOGUES / f"{language}.po"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as file, BytesIO() as compiled:
        write_mo(compiled, read_po(file, locale=language))
        compiled.seek(0)
        return GNUTranslations(compiled)


def N_(text: str) -> str:
    """A string that is translated where it is used, not where it stands."""
    return text
