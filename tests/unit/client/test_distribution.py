"""The client is a separate distribution, and the command calls the API only through it."""

import ast
import sys
import tomllib

from local.folder import ROOT

CLIENT = ROOT / "clients/python"


def imported() -> set[str]:
    """The top-level packages that the client's modules import."""
    trees = [ast.parse(file.read_text()) for file in (CLIENT / "dropcast_client").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


def test_the_client_imports_only_what_it_declares():
    declared = tomllib.loads((CLIENT / "pyproject.toml").read_text())["project"]["dependencies"]
    packages = {one.partition(">")[0] for one in declared}

    assert imported() - set(sys.stdlib_module_names) - {"dropcast_client"} == packages


def test_the_version_is_that_of_dropcast():
    versions = {
        tomllib.loads((folder / "pyproject.toml").read_text())["project"]["version"] for folder in (ROOT, CLIENT)
    }

    assert len(versions) == 1


def test_the_command_calls_the_api_only_by_the_client():
    # The smoke test of a deployment checks that calls without a key are refused.
    calling = {str(file.relative_to(ROOT)) for file in (ROOT / "cli").rglob("*.py") if "/v1/" in file.read_text()} - {
        "cli/deployment/smoke_test.py"
    }

    assert calling == set()
