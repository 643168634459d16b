"""Finds the stack that `make up` runs on this machine, and the variables with which commands reach it."""

import json
import os
import shlex
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

NAME_VARIABLE = "DROPCAST_STACK"


def local_name() -> str:
    """The name of the local stack: DROPCAST_STACK, or main."""
    return os.environ.get(NAME_VARIABLE) or "main"


def local_variables(name: str) -> dict[str, str] | None:
    """The variables in the stack's shell file. None if the stack does not run."""
    folder = ROOT / ".local" / name
    try:
        pid = json.loads((folder / "stack.json").read_text())["pid"]
        os.kill(pid, 0)
        lines = (folder / "env").read_text().splitlines()
    except (OSError, ValueError, KeyError):
        return None
    words = [shlex.split(line) for line in lines if line.startswith("export ")]
    return dict(word.split("=", 1) for _, *given in words for word in given)
