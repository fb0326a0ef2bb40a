"""The table of rules: each is declared once, in the file that finds it, and every such file is looked at."""

import re
from collections import Counter
from itertools import groupby
from pathlib import Path

from florilegium.core import rules
from florilegium.core.rules import RULES, Group

PACKAGE = Path(rules.__file__).parent.parent
DECLARED = {
    path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", "."): re.findall(
        r'^declare_rule\(\s*"([a-z0-9-]+)"', path.read_text(encoding="utf-8"), re.MULTILINE
    )
    for path in sorted(PACKAGE.rglob("*.py"))
}


def test_the_table_holds_what_the_files_declare_each_rule_once():
    counts = Counter(name for names in DECLARED.values() for name in names)
    assert counts == dict.fromkeys(RULES, 1)


def test_every_place_of_the_table_declares_a_rule_and_every_file_that_does_is_a_place():
    files = {file for file, names in DECLARED.items() if names}
    assert {place for place in rules._PLACES if not any(f"{file}.".startswith(f"{place}.") for file in files)} == set()
    assert {file for file in files if not any(f"{file}.".startswith(f"{place}.") for place in rules._PLACES)} == set()


def test_the_order_is_by_group_and_by_name():
    assert [group for group, _ in groupby(RULES.values(), lambda rule: rule.group)] == list(Group)
    for _, names in groupby(RULES.values(), lambda rule: rule.group):
        group = [rule.name for rule in names]
        assert group == sorted(group)
