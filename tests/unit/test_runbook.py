"""Everything that the runbook tells a person to read or run exists: commands, functions, log events, links."""

import re
import shlex
from contextlib import suppress
from io import StringIO

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

from cli.main import cli
from local.folder import ROOT

PAGE = (ROOT / "docs" / "runbook.md").read_text()
FUNCTIONS = {
    "-".join(file.parent.relative_to(ROOT / "functions").parts) for file in (ROOT / "functions").rglob("handler.py")
}
TRIGGERS = sorted({name.partition("-")[0] for name in FUNCTIONS})


def written_commands() -> list[str]:
    """Every `dropcast` command on the page with its options, without its comment."""
    in_text = re.findall(r"`(dropcast [^`]+)`", PAGE)
    in_blocks = re.findall(r"^(dropcast [^#\n]+?) *(?:#.*)?$", PAGE, flags=re.MULTILINE)
    return sorted({*in_text, *in_blocks})


def test_the_page_has_commands():
    assert len(written_commands()) > 20


@pytest.mark.parametrize("written", written_commands())
def test_every_dropcast_command_exists_and_takes_its_options(written, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO())
    command, words = get_command(cli), shlex.split(written)[1:]

    while isinstance(command, TyperGroup) and words:
        found = command.get_command(typer.Context(command), words[0])
        assert found, f"{command.name} has no command {words[0]}"
        command, words = found, words[1:]

    if not isinstance(command, TyperGroup):  # a group without a command is only a name in a sentence
        with suppress(typer.Abort):  # a prompt gets no answer
            command.make_context(written, words)


def test_every_function_exists():
    in_text = set(re.findall(rf"`((?:{'|'.join(TRIGGERS)})-[a-z]+)`", PAGE))
    in_commands = set(re.findall(rf"dropcast-dev-((?:{'|'.join(TRIGGERS)})-[a-z]+)", PAGE))
    queues = {"refresh-failed", "webhook-failed"}

    assert len(in_text | in_commands) > 15
    assert (in_text | in_commands) - FUNCTIONS - queues == set()


@pytest.mark.parametrize("event", sorted(set(re.findall(r"[`\"]([a-z]+\.(?:not_)?[a-z]+)[`\"]", PAGE))))
def test_every_log_event_is_written_by_the_code(event):
    sources = [*(ROOT / "functions").rglob("*.py"), *(ROOT / "layers" / "dropcast").rglob("*.py")]

    assert any(f'"{event}"' in file.read_text() for file in sources)


@pytest.mark.parametrize("page", ["runbook.md", "security.md"])
def test_every_link_leads_to_a_heading(page):
    for path, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", (ROOT / "docs" / page).read_text()):
        file = ROOT / "docs" / (path or page)
        assert file.exists(), path
        assert not anchor or anchor in headings(file.read_text()), f"{path}#{anchor}"


def headings(text: str) -> set[str]:
    """The anchors that GitHub creates for the headings."""
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
