"""Writes the table of a whole run, with its figures, into docs/reliability.md."""

import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

from tests.faults.matrix import HEAD, Outcome

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
_BEGIN, _END = "<!-- faults: `make faults` writes this -->", "<!-- /faults -->"


def figures(outcomes: Sequence[Outcome], minutes: float) -> str:
    """How many cells of a run hold, and how long the run took."""
    good = sum(1 for one in outcomes if not one.complaints)
    day = time.strftime("%-d %B %Y", time.gmtime())
    return f"{good} of {len(outcomes)} cells hold; {minutes:.0f} minutes on {os.cpu_count()} cores, {day}."


def written(page: str, outcomes: Sequence[Outcome], minutes: float) -> str:
    """`page` with the table of this run in place of the previous one."""
    rows = "\n".join(one.row() for one in outcomes)
    table = f"{_BEGIN}\n{figures(outcomes, minutes)}\n\n{HEAD}\n{rows}\n{_END}"
    found, count = re.subn(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", lambda _: table, page, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{PAGE.name} has {count} places for the table")
    return found


def write(outcomes: Sequence[Outcome], minutes: float) -> None:
    """Write the table of a whole run into the page."""
    PAGE.write_text(written(PAGE.read_text(), outcomes, minutes))
