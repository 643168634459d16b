"""The command blocks of the pages, and a shell that runs them as they are written."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from local.folder import ROOT

PAGES = [
    f"docs/{name}.md"
    for name in ("start", "connect", "publish", "webhooks", "comments", "trends", "local", "console", "embed")
]
ALONE = "docs/sandbox.md"
"""The page whose own commands start everything that they need."""

_BLOCK = re.compile(r"(?:<!-- (not run|refused): ([^\n]+?) -->\n *)?```([a-z]*)\n(.*?)\n *```", re.DOTALL)
_SHELLS = ("sh", "bash", "shell", "console")

# The files of the checkout that a page's commands may use.
_LINKED = ("tests", "sandbox", "local", "layers", "examples")
_CURL = """#!/usr/bin/env bash
"{curl}" -D "{folder}/headers.$$" "$@"
code=$?
status=$(awk '/^HTTP/ {{ status = $2 }} END {{ print status }}' "{folder}/headers.$$")
echo "$(cat "{folder}/place") $status" >> "{folder}/statuses"
exit $code
"""
_SANDBOX = """#!/usr/bin/env bash
PYTHONPATH="{root}" exec "{python}" -m sandbox "$@"
"""
_DROPCAST = """#!/usr/bin/env bash
PYTHONPATH="{root}:{root}/layers/dropcast/python" exec "{python}" -m cli "$@"
"""


@dataclass(frozen=True)
class Block:
    """One fenced block. `place` is its page and line. `not_run` and `refused` are the page's reasons."""

    place: str
    language: str
    text: str
    not_run: str = ""
    refused: str = ""

    @property
    def is_command(self) -> bool:
        return self.language in _SHELLS


@dataclass(frozen=True)
class Ran:
    """The result of a page's commands: the exit code, the place where it stopped, the output, and HTTP statuses by
    place.
    """

    code: int
    place: str
    output: str
    statuses: list[tuple[str, str]]


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page of the checkout, in order."""
    text = (ROOT / page).read_text()
    for found in _BLOCK.finditer(text):
        kind, reason, language, body = found.groups()
        line = text.count("\n", 0, found.start(4)) + 1
        yield Block(
            f"{page}:{line}", language, body, reason if kind == "not run" else "", reason if kind == "refused" else ""
        )


def run(page: str, folder: Path, variables: Mapping[str, str], *, seconds: float) -> Ran:
    """Run the command blocks of `page` in one shell, in `folder`. A failing command ends the run, like with
    `bash -e`.
    """
    _furnish(folder)
    script = "\n".join(_script(folder, page))
    environment = {
        "PATH": f"{folder}/bin:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", str(folder)),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_PAGER": "",
        "NO_PROXY": "127.0.0.1,localhost",
        **variables,
    }
    with (folder / "output").open("w") as output:
        shell = subprocess.Popen(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=folder / "checkout", env=environment, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
        try:
            code = shell.wait(seconds)
        except subprocess.TimeoutExpired:
            code = -1
        finally:
            _end_group(shell)
    statuses = [tuple(line.split(" ", 1)) for line in (folder / "statuses").read_text().splitlines()]
    place = (folder / "place").read_text().strip()
    return Ran(code, place, (folder / "output").read_text(), [(at, status) for at, status in statuses])


def _script(folder: Path, page: str) -> Iterator[str]:
    for block in blocks(page):
        if block.is_command and not block.not_run:
            yield f"echo {block.place} > {folder}/place"
            yield block.text


def _furnish(folder: Path) -> None:
    """Create a checkout that has only the files that the commands name, with recorded commands."""
    for name in ("bin", "checkout"):
        (folder / name).mkdir()
    for name in _LINKED:
        (folder / "checkout" / name).symlink_to(ROOT / name)
    (folder / "statuses").touch()
    (folder / "place").touch()
    for name, text in (("curl", _CURL), ("dropcast", _DROPCAST), ("tiktok-sandbox", _SANDBOX)):
        command = folder / "bin" / name
        command.write_text(text.format(curl=shutil.which("curl"), folder=folder, root=ROOT, python=sys.executable))
        command.chmod(0o755)


def _end_group(shell: subprocess.Popen[bytes]) -> None:
    """End the processes that the page left in the background."""
    try:
        os.killpg(shell.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    shell.wait()
