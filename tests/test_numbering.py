"""Numbers of works on a page: counted as they are first cited, the list in their order."""

from florilegium.works.citing.numbering import BETWEEN, END, LISTED, LOOSE, SIGN, SORTED, number_works, numbered, signed


def sign(key):
    return signed(SIGN, key)


def test_numbers_are_counted_as_they_first_appear_and_sort_the_list():
    works = f"<ul>{LISTED}<li>{sign('a')}. A</li>{LISTED}<li>{sign('b')}. B</li>{LISTED}<li>{sign('c')}. C</li>{LISTED}</ul>"
    page = f"<p>({sign('c')}, p. 3; {sign('a')}) and ({sign('c')})</p>{works}"
    assert number_works(page) == "<p>(1, p. 3; 2) and (1)</p><ul><li>1. C</li><li>2. A</li><li>3. B</li></ul>"


def test_three_numbers_in_a_row_are_a_range():
    def cite(keys):
        return f"({f'{BETWEEN},{END}'.join(map(sign, keys))})"

    page = f"{cite('abc')} {cite('ac')} {cite('abde')} {cite('abcfde')} {cite('ef')}"
    assert number_works(page) == "(1–3) (1,3) (1,2,4,5) (1–3,6,4,5) (5,6)"


def test_keys_are_no_markup():
    assert number_works(sign("a<b>&c")) == "1"
    assert numbered(sign("a<b>&c"), lambda key: key) == "a<b>&c"


def test_other_pages_stay_as_they_are():
    assert number_works("<p>(Doe, 2009)</p>") == "<p>(Doe, 2009)</p>"


def test_a_style_that_sorts_its_numbers_says_them_upwards():
    def cite(keys, flags=SORTED):
        units = (f'<a href="#{key}">[{sign(key)}]</a>' for key in keys)
        return f"({f'<sup>{BETWEEN}{flags},{END}</sup>'.join(units)})"

    first = f"{cite('abcd')} "
    assert number_works(first + cite("db")).endswith('(<a href="#b">[2]</a><sup>,</sup><a href="#d">[4]</a>)')
    plain = f"{''.join(map(sign, 'abcd'))} ({f'{BETWEEN}{SORTED},{END}'.join(map(sign, 'cab'))})"
    assert number_works(plain) == "1234 (1–3)"
    loose = f"{''.join(map(sign, 'abcd'))} ({f'{BETWEEN}{SORTED}{LOOSE},{END}'.join(map(sign, 'cab'))})"
    assert number_works(loose) == "1234 (1,2,3)"
    bracketed = f"{''.join(map(sign, 'abcd'))} {f'{BETWEEN}{SORTED}, {END}'.join(f'[{sign(key)}]' for key in 'cab')}"
    assert number_works(bracketed) == "1234 [1]–[3]"
    # Without a page there are no numbers, and the order is that of the note.
    assert numbered(cite("ba"), lambda key: key).count("b") == 2
