"""Some quick cells of the fault matrix; `make faults` runs all of them (docs/reliability.md)."""

from tests.faults.cells import CELLS
from tests.faults.matrix import run


def test_the_quick_cells_of_the_fault_matrix_hold(journey, videos):
    quick = [cell for cell in CELLS if cell.quick]

    outcomes = list(run(quick, journey, videos, None, lanes=3))

    assert len(outcomes) >= 8
    assert [outcome.row() for outcome in outcomes if outcome.complaints] == []
