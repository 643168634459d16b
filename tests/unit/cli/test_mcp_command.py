"""`dropcast mcp`: its options, and the packages that only it needs. tests/unit/agent_server tests its tools."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.agent_server import server
from cli.main import cli
from local.folder import ROOT

# Packages that only the extra installs. Other parts need starlette, uvicorn and anyio too.
BROUGHT = {
    *("mcp", "mcp_types", "httpx2", "httpcore2", "jsonschema", "jsonschema_specifications", "jwt", "referencing"),
    *("rpds", "sse_starlette", "truststore"),
}
FOLDERS = ("layers", "functions", "infra", "clients", "sandbox", "local", "cli", "docsite", "bench")


_IMPORT = re.compile(rf"^\s*(?:from|import) (?:{'|'.join(sorted(BROUGHT))})\b", re.MULTILINE)


def test_only_the_agents_server_imports_what_the_extra_installs():
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")]

    found = {file.relative_to(ROOT).parent.as_posix() for file in files if _IMPORT.search(file.read_text())}

    assert found == {"cli/agent_server"}


def test_the_extra_allows_the_version_that_is_tested():
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["mcp"]
    pins = (ROOT / "requirements.txt").read_text().splitlines()

    assert extra == ["mcp>=2.3,<3"]
    assert "mcp==2.3.0" in pins


def test_without_the_extra_the_command_says_how_to_install_it(monkeypatch):
    for name in [name for name in sys.modules if name.startswith(("cli.agent_server", "mcp.", "mcp_types."))]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("mcp", "mcp_types"):
        monkeypatch.setitem(sys.modules, name, None)

    result = CliRunner().invoke(cli, ["mcp"])

    assert result.exit_code == 2
    assert "pip install -e '.[mcp]'" in result.stderr


def test_the_server_gets_the_key_and_the_folder(monkeypatch, tmp_path):
    served: list[tuple[str, Path]] = []
    monkeypatch.setenv("DROPCAST_URL", "https://api.example")
    monkeypatch.setenv("DROPCAST_API_KEY", "dk_1")
    monkeypatch.setattr(server, "serve", lambda api, folder: served.append((str(api._api.base_url), folder)))

    result = CliRunner().invoke(cli, ["mcp", "--folder", str(tmp_path)])

    assert (result.exit_code, served) == (0, [("https://api.example", tmp_path)])
    assert result.stdout == ""


@pytest.mark.parametrize("words", [["--folder", "missing"], ["--folder", __file__]])
def test_a_folder_that_is_none_is_refused(words):
    assert CliRunner().invoke(cli, ["mcp", *words]).exit_code == 2
