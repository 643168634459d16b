"""Texts from other people cannot control the operator's terminal."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli import output
from local.folder import ROOT

EVIL = "Ana\x1b]0;owned\x07\x1b[2J\x9b1A\u202e\r"


def test_control_and_direction_characters_are_escaped(capsys):
    output.print_table([("NAME", "ID"), (EVIL, "1")])
    output.print_result(EVIL)
    output.print_note(EVIL)
    output.print_error(EVIL, EVIL)

    shown = "".join(capsys.readouterr())
    assert not set(shown) & set("\x1b\x07\x9b\u202e\r")
    assert "\\u001b[2J" in shown


@pytest.mark.parametrize("text", ["Ana Müller", "日本語", "👩‍👩‍👧", "नमस्ते", "two\nlines\tand a tab"])
def test_names_of_every_script_are_shown_unchanged(text):
    assert output.visible(text) == text


def test_only_the_output_module_prints():
    printing = [
        f"{path}:{node.lineno}"
        for path in Path("cli").glob("*.py")
        if path.name != "output.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]

    assert printing == []


def test_the_librarys_log_lines_go_to_stderr():
    code = (
        "from cli.output import log_to_stderr; from dropcast.log import logger; log_to_stderr(); logger.warning('a.b')"
    )

    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "layers/dropcast/python:."},
        capture_output=True,
        check=True,
    )

    assert ran.stdout == b""
    assert b'"message":"a.b"' in ran.stderr
