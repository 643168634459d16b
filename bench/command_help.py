"""Measures `dropcast --help` against a Python that only imports typer.

Fails if the help takes more than 1.5 times as long.
"""

import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_ROUNDS = 20
_MOST = 1.5
_HELP = (sys.executable, "-m", "cli", "--help")
_TYPER = (sys.executable, "-c", "import typer")


def main() -> None:
    """Start the two commands alternately, so that a change of the machine's load affects both. Print the medians."""
    for command in (_HELP, _TYPER):
        _user_seconds(command)  # writes the bytecode
    pairs = [(_user_seconds(_HELP), _user_seconds(_TYPER)) for _ in range(_ROUNDS)]
    helped, imported = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = helped / imported
    print(f"dropcast --help {helped * 1000:.0f} ms, import typer {imported * 1000:.0f} ms: {ratio:.2f} times")
    if ratio > _MOST:
        sys.exit(f"dropcast --help may take {_MOST} times as long as the import")


def _user_seconds(command: Sequence[str]) -> float:
    """The processor time of the command. Other processes affect it less than the elapsed time."""
    before = os.times()
    subprocess.run(command, cwd=_ROOT, stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


if __name__ == "__main__":
    main()
