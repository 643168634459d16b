"""Reads the tables of docs/aws-errors.md: which errors they list for which calls."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.aws_calls import ROOT, Call

PAGE = (ROOT / "docs" / "aws-errors.md").read_text()
_SECTION = re.compile(r"^## .+ \(`(?P<service>\w+)`\)$", re.MULTILINE)


@dataclass(frozen=True)
class Row:
    """One error of one call. `status`: AWS's HTTP status, or None; `repeats`: the column *SDK*."""

    call: Call
    error: str
    status: int | None
    repeats: bool | None
    does: str


def rows() -> Iterator[Row]:
    """Every row of the services' own tables, one for each pair of its calls and errors."""
    parts = _SECTION.split(PAGE)[1:]
    for service, part in zip(parts[::2], parts[1::2], strict=True):
        for line in part.split("\n## ")[0].splitlines():
            if line.startswith("| ") and not line.startswith("| call "):
                yield from _of(service, line)


def _of(service: str, line: str) -> Iterator[Row]:
    operations, errors, status, repeats, does = (cell.strip() for cell in line.strip("|").split(" | "))
    for operation in operations.split(" · "):
        for error in errors.split(" · "):
            yield Row(
                Call(service, operation),
                error.replace("`", ""),
                int(status) if status.isdecimal() else None,
                {"yes": True, "no": False}.get(repeats),
                does,
            )
