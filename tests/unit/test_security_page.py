"""Each row of the security page names code or tests that exist, and each link leads to an existing page."""

import re

import pytest

from local.folder import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
LIBRARY = ROOT / "layers" / "dropcast" / "python" / "dropcast"
_PATH = re.compile(r"`([\w./]+/(?:[\w]+\.(?:py|txt))?|[\w]+\.txt)`")


def rows(title: str) -> list[str]:
    """The rows of the table below a heading, without its head."""
    section = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("| ")][1:]


def paths(text: str) -> list[str]:
    return [path for path in _PATH.findall(text) if "/" in path or path.endswith(".txt")]


def exists(path: str) -> bool:
    return (ROOT / path).exists() or (LIBRARY / path).exists()


def test_every_path_exists():
    named = [path for path in paths(PAGE) if path not in ("drop/", "media/", ".cache/calls/")]

    assert len(named) > 60
    assert [path for path in named if not exists(path)] == []


@pytest.mark.parametrize("title", ["Assets", "Entry points", "Threats and what stops them"])
def test_every_row_names_its_evidence(title):
    without = [row for row in rows(title) if not any(exists(path) for path in paths(row)) and "](" not in row]

    assert rows(title)
    assert without == []


def test_the_threats_are_those_of_stride():
    letters = re.findall(r"^\| \*\*(\w)\*\*", PAGE, flags=re.MULTILINE)

    assert "".join(letters) == "STRIDE"
