"""The inverted index: which records hold a form, and where; in shards by the beginning of the form.

One posting is one occurrence, a number of eight bytes: the document (3), the record's place in it with a class of its
length (3), and the position of the word in the record (2, the first bit for a title). Within a form the document is
written as the distance to that of the posting before. A shard holds all postings of its forms byte by byte: the first
bytes of all of them, then the second ones, and so on, which compresses well, and is quick to write without any package.

    shard = zlib(table, mask, planes)
    table = count of forms, then for each: letters shared with the form before, length and bytes of the rest; its stem
            (0: the form itself; else letters shared with the form + 1, length and bytes of the rest); count of postings
    mask  = a bit for each of the eight planes that is not all zeros

All numbers of the table are varints (seven bits a byte, the lowest first); texts are UTF-8. A form has the sign of its
group before it.
"""

import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from operator import sub
from typing import TypeAlias

from .index_records import Record
from .search_tokens import chunks_of, expand, fold
from .stems import stemmer_for

Postings = Mapping[str, "array[int]"]
"""By term: `q` for quotations or `r` for the rest, a form, NUL, and the form's stem. So each has shards of its own."""

_TITLE = 0x8000
_LAST = 0x7FFF
_WIDE = 256
_PARAGRAPH = 64
"""Paragraphs begin at multiples of it, so that a word more in one seldom moves the words of the next."""


Found: TypeAlias = Callable[[int], None] | tuple[int, list[tuple[int, Callable[[int], None]]]]
"""What takes the occurrences of a piece of text: of one form; or a count of words, and each form with its place."""


class PostingLists:
    """Gathers the postings of documents, which must come by ascending number."""

    def __init__(self) -> None:
        self.postings: dict[str, array[int]] = {}
        self._group = ""
        self._known: dict[tuple[str, str], dict[str, Found]] = {}

    def add(self, number: int, records: Iterable[Record]) -> None:
        self._group = "r" if number >> 20 else "q"
        for place, record in enumerate(records):
            self._add(number << 40 | place << 20, record)

    def _add(self, base: int, record: Record) -> None:
        body = [chunks_of(fold(text)) for text in record.paragraphs]
        base |= min(15, sum(map(len, body)).bit_length()) << 16
        start = 0
        for chunks in body:
            end = self._post(chunks, base, start, record.language, _LAST)
            start = (end // _PARAGRAPH + 1) * _PARAGRAPH
        for language, text in record.translations:
            end = self._post(chunks_of(fold(text)), base, start, language, _LAST)
            start = (end // _PARAGRAPH + 1) * _PARAGRAPH
        start = _TITLE
        for line in record.title.split("\n"):
            start = self._post(chunks_of(fold(line)), base, start, record.language, _TITLE | _LAST) + 1
        for facet in record.facets:
            self._list(facet, facet).append(base)

    def _post(self, chunks: list[str], base: int, position: int, language: str, last: int) -> int:
        """Post the words of a text from a position on; returns the position after them."""
        known = self._known.setdefault((self._group, language), {})
        room = max(0, last - _WIDE - position)
        for number, chunk in enumerate(chunks):
            if number > room:
                position = last - _WIDE  # No reader looks for the order of words that far into one text.
            take = known.get(chunk)
            if take is None:
                take = self._expanded(chunk, language)
                if len(chunk) < 40:
                    known[chunk] = take
            if take.__class__ is tuple:
                width, forms = take
                for offset, take_one in forms:
                    take_one(base + min(position + offset, last))
                position = min(position + width, last)
            else:
                take(base + position)  # type: ignore[operator]
                position += 1
        return position

    def _expanded(self, chunk: str, language: str) -> Found:
        stem = stemmer_for(language)
        width, forms = expand(chunk)
        takers = [(offset, self._list(form, stem(form)).append) for form, offset, _ in forms]
        return takers[0][1] if len(takers) == 1 else (width, takers)

    def _list(self, form: str, stem: str) -> "array[int]":
        term = f"{self._group}{form}\0{stem}"
        if term not in self.postings:
            self.postings[term] = array("Q")
        return self.postings[term]


# ----------------------------------------------------------------------------------------------------------- shards

_DEPTH = 7
_LIMITS = {"q": 13_000, "r": 46_000}
"""What a shard weighs before it is divided; a posting weighs 2, a form 6."""


def weight(postings: "array[int]") -> int:
    return 6 + 2 * len(postings)


def beginning(form: str) -> str:
    return form[:_DEPTH]


def partition(weights: Mapping[str, int]) -> list[str]:
    """The beginnings that have shards, sorted, for what terms of each beginning weigh.

    A form is in the shard with the longest beginning that is one of the form. Where a shard is too heavy, those of
    longer beginnings are taken out of it, the heaviest first.
    """
    beginnings = sorted(weights)
    sums = [0, *accumulate([weights[one] for one in beginnings])]
    found: list[str] = []
    for group in _LIMITS:
        _divide(group, beginnings, sums, *_all_with(group, beginnings, 0, len(beginnings)), found)
    return sorted(found)


def _divide(prefix: str, beginnings: list[str], sums: list[int], first: int, end: int, found: list[str]) -> None:
    """Find the shards of the beginnings from `first` to `end`, which begin with `prefix`."""
    rest = sums[end] - sums[first]
    limit = _LIMITS[prefix[0]]
    if rest > limit and len(prefix) < _DEPTH:
        children = []
        place = first + (beginnings[first] == prefix)
        while place < end:
            child = beginnings[place][: len(prefix) + 1]
            start, place = _all_with(child, beginnings, place, end)
            children.append((sums[place] - sums[start], child, start, place))
        for heft, child, start, stop in sorted(children, reverse=True):
            if rest <= limit or heft < limit // 12:
                break
            _divide(child, beginnings, sums, start, stop, found)
            rest -= heft
    if rest or len(prefix) == 1:
        found.append(prefix)


def _all_with(prefix: str, beginnings: list[str], low: int, high: int) -> tuple[int, int]:
    """Where those are that begin with `prefix`, among sorted ones from `low` to `high`."""
    first = bisect_left(beginnings, prefix, low, high)
    return first, bisect_left(beginnings, True, first, high, key=lambda one: not one.startswith(prefix))


def index_shard(form: str, shards: Callable[[str], bool]) -> str:
    """The beginning whose shard has a form, both after their group; `shards` says whether one has a shard."""
    for length in range(min(len(form), _DEPTH), 1, -1):
        if shards(form[:length]):
            return form[:length]
    return form[0]


def shard_name(prefix: str) -> str:
    """The file of a shard. No system reserves a name that begins so."""
    return "s-" + "".join(sign if sign.isascii() and sign.isalnum() else f"_{ord(sign):x}_" for sign in prefix) + ".bin"


_BELOW_DOCUMENT = (1 << 40) - 1


def encode_shard(postings: Postings) -> bytes:
    """The file of a shard."""
    terms = sorted(postings)
    table = bytearray(_varint(len(terms)))
    numbers: array[int] = array("Q")
    last = ""
    for term in terms:
        found = postings[term]
        table += _named(term, last) + _varint(len(found))
        numbers.extend(_distances(found))
        last = term
    return _compressed(bytes(table), numbers)


def _distances(found: "array[int]") -> Iterator[int]:
    """The postings of a term with the distances between documents instead of these."""
    return map(sub, found, [0, *[number & ~_BELOW_DOCUMENT for number in found[:-1]]])


def _compressed(table: bytes, data: "array[int]") -> bytes:
    if sys.byteorder == "big":
        data.byteswap()
    flat = data.tobytes()
    planes = [flat[plane::8] for plane in range(8)]
    used = [plane for plane in planes if plane.strip(b"\0")]
    mask = sum(1 << place for place, plane in enumerate(planes) if plane.strip(b"\0"))
    return zlib.compress(b"".join([table, bytes([mask]), *used]), 6)


def _named(term: str, last: str) -> bytes:
    """A term's form and stem in the table, after those of the `last` term."""
    form, _, stem = term.partition("\0")
    return _ending(form, last.partition("\0")[0]) + _stem(stem, form[1:])


def _stem(stem: str, form: str) -> bytes:
    if stem == form:
        return b"\0"
    return _varint(len(stem) + 1) + b"\0" if form.startswith(stem) else _ending(stem, form, 1)


def _ending(text: str, before: str, more: int = 0) -> bytes:
    shared = 0
    for one, other in zip(text, before, strict=False):
        if one != other:
            break
        shared += 1
    rest = text[shared:].encode("utf-8", "surrogatepass")
    return _varint(shared + more) + _varint(len(rest)) + rest


def _varint(number: int) -> bytes:
    if number < 128:
        return _SMALL[number]
    made = bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    made.append(number)
    return bytes(made)


_SMALL = [bytes([number]) for number in range(128)]


def decode_shard(data: bytes) -> "dict[str, array[int]]":
    """The postings of a shard by their terms."""
    return OpenShard(data).find()


class OpenShard:
    """A shard of which few terms are looked at or changed: of the others, the bytes are kept as they are."""

    def __init__(self, data: bytes) -> None:
        self._raw = raw = zlib.decompress(data)
        self.terms: list[str] = []
        self._entries: list[int] = []
        """Where the entry of each term begins in the table, and where the last one ends."""
        self._counts: list[int] = []
        """Where the count in each of these entries stands."""
        self._places = [0]
        """Where the postings of each term begin, and where those of the last one end."""
        form, (total, place) = "", _number(raw, 0)
        for _ in range(total):
            self._entries.append(place)
            shared, length = raw[place], raw[place + 1]
            if shared | length < 128:
                place += 2
            else:
                shared, place = _number(raw, place)
                length, place = _number(raw, place)
            form = form[:shared] + raw[place : place + length].decode("utf-8", "surrogatepass")
            place += length
            shared, place = _number(raw, place)
            stem = form[1:]
            if shared:
                length, place = _number(raw, place)
                stem = stem[: shared - 1] + raw[place : place + length].decode("utf-8", "surrogatepass")
                place += length
            self.terms.append(f"{form}\0{stem}")
            self._counts.append(place)
            count, place = _number(raw, place)
            self._places.append(self._places[-1] + count)
        self._entries.append(place)
        self._numbers = _joined(raw[place], raw[place + 1 :], self._places[-1])
        """The postings of all terms, in which documents are distances."""

    def find(self, wanted: "Callable[[str], bool] | None" = None) -> "dict[str, array[int]]":
        """The postings of all terms, or of those that are wanted."""
        chosen = [at for at, term in enumerate(self.terms) if wanted is None or wanted(term)]
        return {self.terms[at]: self._postings(at) for at in chosen}

    def _postings(self, at: int) -> "array[int]":
        found = self._numbers[self._places[at] : self._places[at + 1]]
        document = 0
        for index, distance in enumerate(found):
            found[index] = distance + document
            document = found[index] & ~_BELOW_DOCUMENT
        return found

    def changed(self, postings: Postings) -> bytes:
        """The file of the shard with other postings of these terms; where those are empty, without the term."""
        table, numbers = bytearray(), array("Q")
        total, last, done = 0, "", 0
        for term in (*sorted(postings), None):
            at = len(self.terms) if term is None else bisect_left(self.terms, term)
            if done < at:
                start = self._entries[done]
                if last != (self.terms[done - 1] if done else ""):
                    table += _named(self.terms[done], last)
                    start = self._counts[done]
                table += self._raw[start : self._entries[at]]
                numbers += self._numbers[self._places[done] : self._places[at]]
                total, last, done = total + at - done, self.terms[at - 1], at
            if term is None:
                break
            if found := postings[term]:
                table += _named(term, last) + _varint(len(found))
                numbers.extend(_distances(found))
                total, last = total + 1, term
            done += done < len(self.terms) and self.terms[done] == term
        return _compressed(_varint(total) + table, numbers)


def _number(raw: bytes, place: int) -> tuple[int, int]:
    """A varint, and the place after it."""
    value = raw[place]
    place += 1
    shift = 7
    while value >> shift:
        value ^= 1 << shift
        value |= raw[place] << shift
        place += 1
        shift += 7
    return value, place


def _joined(mask: int, planes: bytes, total: int) -> "array[int]":
    """The numbers of a shard, from their bytes."""
    flat = bytearray(8 * total)
    start = 0
    for plane in range(8):
        if mask >> plane & 1:
            flat[plane::8] = planes[start : start + total]
            start += total
    data = array("Q", bytes(flat))
    if sys.byteorder == "big":
        data.byteswap()
    return data
