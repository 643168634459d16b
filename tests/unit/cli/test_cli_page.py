"""docs/cli.md names every exit code, and the shape of the --json output of every command."""

import re

import pytest
from typer.core import TyperGroup

from cli import exit_codes
from cli.lazy_commands import COMMANDS
from functions.http.api.description import document
from local.folder import ROOT

_PAGE = (ROOT / "docs" / "cli.md").read_text()
_ROWS = re.findall(r"^\| (`[a-z].*?) \| (.*) \|$", _PAGE, flags=re.MULTILINE)


def rows_of(name: str) -> list[str]:
    """The first cells that begin with this command."""
    return [cell for cell, _ in _ROWS if cell.startswith(f"`{name}")]


def commands_with_json() -> list[tuple[str, str]]:
    """The commands that take --json: the name in the list, and the name of the subcommand or ""."""
    found: list[tuple[str, str]] = []
    for name, entry in COMMANDS.items():
        command = entry.load(name)
        leaves = command.commands if isinstance(command, TyperGroup) else {"": command}
        found += [(name, leaf) for leaf, one in leaves.items() if any("--json" in each.opts for each in one.params)]
    return found


def test_the_page_lists_every_exit_code():
    codes = {value for value in vars(exit_codes).values() if isinstance(value, int)}

    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", _PAGE, flags=re.MULTILINE)}
    assert listed == codes | {0}


@pytest.mark.parametrize(("name", "leaf"), commands_with_json())
def test_the_page_names_every_command_with_json(name, leaf):
    assert any(re.search(rf"\b{leaf or name}`", cell) for cell in rows_of(name))


def test_the_shapes_of_the_page_are_in_the_description_of_the_api():
    named = {shape for _, cell in _ROWS for shape in re.findall(r"\b[A-Z]\w+View\b", cell)}

    assert len(named) > 15
    assert named <= document()["components"]["schemas"].keys()
