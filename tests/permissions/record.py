"""Records of the functions' AWS calls: one file for each stack that tests start."""

import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.recorded_calls import add_line
from local.synth import ROOT, assembly
from tests.permissions.requests import Request, request_of

HOME = ROOT / ".cache" / "calls"
_KEPT_S = 24 * 3600


@dataclass
class Record:
    """The content of a record's file. `tests`: the test that ran at each request, by the request's index in the
    list.
    """

    template: dict[str, Any] = field(default_factory=dict[str, Any])
    parameters: dict[str, str] = field(default_factory=dict[str, str])
    resources: dict[str, str] = field(default_factory=dict[str, str])
    requests: list[Request] = field(default_factory=list[Request])
    tests: list[str] = field(default_factory=list[str])


def new_record() -> Path:
    """An empty file for the calls of one stack. Records of other states of the sources are removed after a day."""
    folder = _folder()
    for other in HOME.glob("*"):
        with suppress(FileNotFoundError):  # another worker was faster
            if time.time() - other.stat().st_mtime > _KEPT_S:
                shutil.rmtree(other, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{os.getpid()}-{secrets.token_hex(3)}.jsonl"
    path.touch(mode=0o600)
    return path


def records() -> list[Path]:
    """The records that tests made with the present sources."""
    return sorted(_folder().glob("*.jsonl"))


def _folder() -> Path:
    return HOME / assembly("host").name


def note_test(record: Path, name: str) -> None:
    """Add to the record that a test begins."""
    add_line(record, {"test": name})


def read_record(path: Path) -> Record:
    """Everything in the file."""
    found, test = Record(), ""
    for line in _lines(path):
        match line:
            case {"template": file}:
                found.template = json.loads(Path(file).read_text())
                found.parameters, found.resources = line["parameters"], line["resources"]
            case {"test": name}:
                test = name
            case _:
                found.requests.append(request_of(line))
                found.tests.append(test)
    return found


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open() as file:
        yield from map(json.loads, file)
