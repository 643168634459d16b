"""Writes the rows of a run into the table of docs/reliability.md. The rows of cells that did not run stay."""

import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

from tests.faults.cell import Cell
from tests.faults.matrix import HEAD, Outcome

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
_BEGIN, _END = "<!-- faults: `make faults` writes this -->", "<!-- /faults -->"
_TABLE = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", re.DOTALL)
_LAST_WHOLE = re.compile(r"The last run of all cells .+")
_TITLES, _RULE = HEAD.splitlines()


def figures(outcomes: Sequence[Outcome], minutes: float) -> str:
    """How many cells of a run passed, and how long the run took."""
    good = sum(1 for one in outcomes if not one.complaints)
    return f"{good} of {len(outcomes)} cells hold; {minutes:.0f} minutes on {os.cpu_count()} cores."


def written(page: str, outcomes: Sequence[Outcome], cells: Sequence[Cell], minutes: float) -> str:
    """`page` with a row for each of `cells` that ran now (in `minutes`) or earlier, in the order of `cells`."""
    tables = _TABLE.findall(page)
    if len(tables) != 1:
        raise ValueError(f"{PAGE.name} has {len(tables)} places for the table")
    keys = [(cell.step, cell.fault) for cell in cells]
    ran = {(one.cell.step, one.cell.fault): _dated(one) for one in outcomes}
    rows = _rows_by_cell(tables[0]) | ran
    shown = [rows[key] for key in keys if key in rows]
    good = sum(1 for row in shown if "| yes |" in row)
    whole = _LAST_WHOLE.findall(tables[0])
    if ran.keys() >= set(keys):
        whole = [f"The last run of all cells took {minutes:.0f} minutes on {os.cpu_count()} cores."]
    summary = " ".join([f"{good} of {len(shown)} cells hold.", *whole])
    table = "\n".join([_BEGIN, summary, "", f"{_TITLES} run on |", f"{_RULE}---|", *shown, _END])
    return page.replace(tables[0], table)


def write(outcomes: Sequence[Outcome], cells: Sequence[Cell], minutes: float) -> None:
    """Write the rows of a run into the page."""
    PAGE.write_text(written(PAGE.read_text(), outcomes, cells, minutes))


def _dated(outcome: Outcome) -> str:
    return f"{outcome.row()} {time.strftime('%Y-%m-%d', time.gmtime())} |"


def _rows_by_cell(table: str) -> dict[tuple[str, str], str]:
    """The rows of a table by step and fault."""
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    return {(row.split(" | ")[0].removeprefix("| "), row.split(" | ")[1]): row for row in rows}
