"""docs/audit.md has each row of TikTok's checklist, with a picture that `make screenshots` takes."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS_TAKEN = ROOT / "tests" / "screenshots" / "audit_rows.py"


def rows(page: str, heading: str) -> Iterator[list[str]]:
    """The rows of the first table below `heading`, without its header."""
    text = (ROOT / "docs" / page).read_text().partition(f"\n{heading}\n")[2]
    table = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert table
    for line in table[0].splitlines()[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


def test_each_row_of_the_checklist_is_on_the_audit_page():
    points = [
        point.replace("Your brand only", "Your brand")
        for point, *_ in rows("tiktok-protocol.md", "### 10.5 UX checklist")
    ]

    assert len(points) == 18
    assert [row for row, *_ in rows("audit.md", "## The checklist")] == points


def test_each_row_has_a_picture_of_the_screenshots():
    named = {
        name for *_, pictures in rows("audit.md", "## The checklist") for name in re.findall(r"`([^`]+)`", pictures)
    }
    taken = set(re.findall(r'(?:take_row|_take_options)\((?:camera, )?page, "([^"]+)"', ROWS_TAKEN.read_text()))

    assert named == taken


def test_the_pictures_in_the_repository_are_small():
    sizes = {file.name: file.stat().st_size for file in (ROOT / "docs" / "images").iterdir()}

    assert sizes
    assert max(sizes.values()) < 60_000
