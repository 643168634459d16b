"""What the runbook tells a person to look at and to run exists: commands, functions, log events, links."""

import re

import pytest
from typer.main import get_command

from cli.main import cli
from local.folder import ROOT

PAGE = (ROOT / "docs" / "runbook.md").read_text()
FUNCTIONS = {
    "-".join(file.parent.relative_to(ROOT / "functions").parts) for file in (ROOT / "functions").rglob("handler.py")
}
TRIGGERS = sorted({name.partition("-")[0] for name in FUNCTIONS})


def commands(group: object, words: str = "dropcast") -> set[str]:
    """Every command below `group`, as a person types it."""
    below = getattr(group, "commands", {})
    return {words, *(one for name, sub in below.items() for one in commands(sub, f"{words} {name}"))}


def test_every_dropcast_command_exists():
    named = set(re.findall(r"`(dropcast [a-z-]+(?: [a-z-]+)?)", PAGE))

    assert len(named) > 10
    assert named - commands(get_command(cli)) == set()


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
    """The anchors that a forge makes of the headings."""
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
