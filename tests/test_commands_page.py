"""The page on the commands: a section for each command, and a row for each of its options, no more and no less."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from florilegium.cli.program import program

PAGE = Path(__file__).parent.parent / "docs" / "commands.md"
EVERYWHERE = {"--help", "--root"}
"""Options that the page describes once for all commands."""


def _sections() -> dict[str, set[str]]:
    """The options in the first column of the tables of each section, by the command that its heading names."""
    parts = re.split(r"^##+ (?:florilegium (.+)|.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found: dict[str, set[str]] = {}
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        last = name.strip() if name else next(reversed(found), "")
        cells = re.findall(r"^\| (`[^|]*`) \|", text, re.MULTILINE)
        found.setdefault(last, set()).update(re.findall(r"--[a-z][\w-]*", " ".join(cells)))
    return found


def _commands(command: click.Command, name: str, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    for sub in command.list_commands(context):
        found = command.get_command(context, sub)
        assert found is not None
        yield from _commands(found, f"{name} {sub}".strip(), context)


COMMANDS = dict(_commands(program, "", click.Context(program)))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_described(name: str) -> None:
    sections = _sections()
    options = {
        option
        for parameter in COMMANDS[name].params
        if isinstance(parameter, click.Option) and not parameter.hidden
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--")
    }
    # The commands of a group may share a section.
    section = name if name in sections else name.partition(" ")[0]
    assert section in sections
    assert options - EVERYWHERE <= sections[section]


def test_no_option_is_described_that_no_command_has() -> None:
    known: dict[str, set[str]] = {}
    for name, command in COMMANDS.items():
        for section in (name, name.partition(" ")[0]):
            known.setdefault(section, set()).update(opt for parameter in command.params for opt in parameter.opts)
    for section, options in _sections().items():
        if section in known:
            assert options <= known[section], section
