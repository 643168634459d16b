"""A run of the matrix writes its rows and their date into the page, and keeps the rows of other cells."""

from dataclasses import replace

import pytest

from tests.faults.cells import UNHARMED
from tests.faults.matrix import Outcome
from tests.faults.report import PAGE, written

FIRST, SECOND = replace(UNHARMED, step="Start"), replace(UNHARMED, step="Watch")
CELLS = [FIRST, SECOND]
GOOD = Outcome(FIRST, "published", "", "", 1, 1, 0, 3.4, ())
BAD = Outcome(SECOND, "failed", "init_lost", "", 0, 1, 0, 3.4, ("no event",))


@pytest.fixture
def page() -> str:
    """The page after a run of both cells on an earlier day."""
    ran = written(PAGE.read_text(), [replace(GOOD, seconds=99), BAD], CELLS, 41.2)
    return ran.replace("| yes |", "| yes | earlier ").replace("**no: no event** |", "**no: no event** | earlier ")


def row(page: str, step: str) -> str:
    [found] = [line for line in page.splitlines() if line.startswith(f"| {step} | nothing |")]
    return found


def test_a_whole_run_replaces_the_table(page):
    after = written(page, [GOOD, replace(BAD, complaints=())], CELLS, 12.6)

    assert "2 of 2 cells hold. The last run of all cells took 13 minutes" in after
    assert "earlier" not in after
    assert "41 minutes" not in after


def test_a_run_of_some_cells_keeps_the_rows_of_the_others_with_their_day(page):
    after = written(page, [GOOD], CELLS, 1)

    assert "1 of 2 cells hold. The last run of all cells took 41 minutes" in after
    assert row(after, "Watch") == row(page, "Watch")
    assert "earlier" in row(after, "Watch")
    assert "| 3 | yes |" in row(after, "Start")
    assert "earlier" not in row(after, "Start")


def test_rows_have_the_order_of_the_cells_and_a_cell_that_is_gone_has_none(page):
    after = written(page, [BAD, GOOD], CELLS, 1)
    shorter = written(page, [GOOD], [FIRST], 1)

    assert after.index("| Start | nothing |") < after.index("| Watch | nothing |")
    assert "| Watch | nothing |" not in shorter


def test_a_page_without_a_place_for_the_table_is_an_error():
    with pytest.raises(ValueError, match="0 places"):
        written("# A page", [GOOD], CELLS, 1)
