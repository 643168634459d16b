"""Every function in infra fits on one screen."""

import ast

from local.folder import ROOT

SCREEN = 40


def lengths(folder: str) -> dict[str, int]:
    return {
        f"{file.name} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for file in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_no_function_of_infra_is_longer_than_a_screen():
    found = lengths("infra")

    assert len(found) > 100
    assert {name: length for name, length in found.items() if length > SCREEN} == {}
