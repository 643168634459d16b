"""Everything that the pages for contributors name exists: commands, paths, links and names in the code."""

import re
import sys
from pathlib import Path

import pytest

from local.folder import ROOT

DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
PAGES = [*(ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")), *DECISIONS]
PAGES.append(ROOT / "docs/decisions/README.md")
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)

_FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PATH = re.compile(r"\.?[\w-][\w.-]*(/[\w.-]+)+/?|\.\w+/|[\w-]+\.(py|json|md|toml)|Makefile")
_PLACEHOLDER = re.compile(r"\b(NAME|NNNN|FILE)\b")
# Names that the instructions invent.
_EXAMPLES = re.compile(r"pause|PAUSE|Pause|\brest\b|_rest\b|Rest\b|…")


def code(page: Path) -> list[str]:
    """Every code span and every line of a code block."""
    text = page.read_text()
    spans = re.findall(r"`([^`\n]+)`", _FENCED.sub("", text))
    return [*spans, *(line.partition("#")[0] for block in _FENCED.findall(text) for line in block.splitlines())]


def slugs(page: Path) -> set[str]:
    text = page.read_text()
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    anchors = re.findall(r'<a id="([^"]+)">', text)
    return {*anchors, *(re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings)}


def paths(texts: list[str]) -> set[str]:
    words = {word for text in texts for word in text.split() if _PATH.fullmatch(word)}
    return {word for word in words if not _PLACEHOLDER.search(word)}


@every_page
def test_every_named_make_target_exists(page):
    targets = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    targets |= {"up", "down"}  # one rule for both

    named = {word for text in code(page) for word in re.findall(r"\bmake ([a-z0-9]+)", text)}

    assert named - targets == set()


@every_page
def test_every_named_path_exists(page):
    named = paths(code(page))

    own = {one for one in named if not one.startswith(".venv/")}
    tools = {Path(one).name for one in named - own}
    assert [one for one in own if not (ROOT / one).exists()] == []
    assert [one for one in tools if not (Path(sys.executable).parent / one).exists()] == []


@every_page
def test_every_link_has_a_target(page):
    links = [link for link in re.findall(r"\]\(([^)]+)\)", page.read_text()) if "://" not in link]

    for link in links:
        name, _, heading = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not heading or heading in slugs(target), link


def test_every_named_identifier_is_in_a_file_that_its_item_names():
    items = re.findall(r"^\d\. .+(?:\n {3}.+)*", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    checked = 0
    for item in items:
        spans = re.findall(r"`([^`\n]+)`", item)
        files = [ROOT / one for one in paths(spans) if one.endswith(".py") and not one.startswith("tests/unit/cli")]
        words = [span.partition("(")[0].partition("=")[0] for span in spans if not _EXAMPLES.search(span)]
        names = [word for word in words if re.fullmatch(r"_?[A-Za-z_]{4,}", word) and files]
        told = "".join(file.read_text() for file in files)
        checked += len(names)
        assert [name for name in names if name not in told] == [], item

    assert checked > 10


def test_the_index_lists_every_decision_once_and_in_order():
    listed = re.findall(
        r"^\| (\d+) \| \[(.+)\]\((.+)\) \|$", (ROOT / "docs/decisions/README.md").read_text(), re.MULTILINE
    )

    assert [name for _, _, name in listed] == [page.name for page in DECISIONS]
    for number, title, name in listed:
        lines = (ROOT / "docs/decisions" / name).read_text().splitlines()
        assert lines[0] == f"# {number}. {title}"
        assert int(name.split("-")[0]) == int(number)
        assert [line for line in lines if line.startswith("## ")] == ["## Context", "## Decision", "## Consequences"]
