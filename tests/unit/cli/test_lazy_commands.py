"""The help of all commands is fast, and is right about commands that it does not import."""

import re
import shlex
import subprocess
import sys

import pytest
from typer.core import TyperGroup
from typer.testing import CliRunner

from cli.lazy_commands import COMMANDS
from cli.main import cli
from cli.version import version

_HELP = """
import sys
sys.argv = ["dropcast", "--help"]
from cli.main import run
try:
    run()
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize("name", COMMANDS)
def test_a_commands_own_help_begins_like_its_line_in_the_list(name):
    command = COMMANDS[name].load(name)

    words = " ".join((command.help or "").split())
    assert words.startswith(COMMANDS[name].help.rstrip(".").split(";")[0])
    assert CliRunner().invoke(cli, [name, "--help"]).exit_code == 0


def test_every_command_is_listed_without_slow_imports():
    said = subprocess.run([sys.executable, "-c", _HELP], capture_output=True, text=True, check=True)

    assert all(f"  {name} " in said.stdout for name in COMMANDS)
    imported = set(said.stderr.split())
    slow = {"botocore", "boto3", "httpx", "pydantic", "rich", "aws_lambda_powertools", "cli.api", "mcp"}
    assert imported & slow == set()


@pytest.mark.parametrize("words", [["-h"], ["doctor", "-h"], ["ops", "failures", "-h"]])
def test_h_shows_the_help_everywhere(words):
    result = CliRunner().invoke(cli, words)

    assert result.exit_code == 0
    assert "Usage" in result.stdout


def leaves(name: str) -> list[tuple[str, str]]:
    """The commands of an entry as a person types them, each with its help."""
    command = COMMANDS[name].load(name)
    if not isinstance(command, TyperGroup):
        return [(name, command.help or "")]
    return [(f"{name} {leaf}", found.help or "") for leaf, found in command.commands.items()]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_has_an_example_that_the_command_takes(name):
    for typed, text in leaves(name):
        [example] = re.findall(rf"Example: dropcast ({typed}\b.*)", " ".join(text.split()))
        command, words = COMMANDS[name].load(name), shlex.split(example)[1:]
        if isinstance(command, TyperGroup):
            command, words = command.commands[words[0]], words[1:]

        command.make_context(typed, words)


def test_the_help_names_the_variables_of_a_deployment():
    shown = CliRunner().invoke(cli, ["--help"]).stdout

    assert "DROPCAST_URL and DROPCAST_API_KEY" in shown


@pytest.mark.parametrize(
    ("typed", "completed"),
    [("dropcast pu", ["publish", "publishes"]), ("dropcast accounts dis", ["disconnect"])],
)
def test_a_shell_completes_commands(typed, completed):
    environment = {
        "_DROPCAST_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(typed.count(" ")),
    }

    shown = CliRunner().invoke(cli, [], env=environment, prog_name="dropcast").stdout

    assert shown.split() == completed


def test_the_version_is_that_of_the_package():
    assert CliRunner().invoke(cli, ["--version"]).stdout.strip() == version()


def test_an_unknown_command_is_refused():
    result = CliRunner().invoke(cli, ["nonsense"])

    assert result.exit_code == 2
    assert "nonsense" in result.stderr
