"""Some fast cells of the fault matrix; `make faults` runs all of them (docs/reliability.md)."""

from collections.abc import Iterator

import pytest

from tests.faults.aws_cells import AWS_CELLS
from tests.faults.cells import CELLS
from tests.faults.matrix import run
from tests.faults.stand import Stand, stand

# The xdist group in which test_local_stack.py starts its stacks.
pytestmark = pytest.mark.xdist_group("own-stacks")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A separate stack with a proxy between its functions and AWS."""
    with stand(tmp_path_factory.mktemp("videos")) as running:
        yield running


def test_the_quick_cells_of_the_fault_matrix_hold(running):
    quick = [cell for cell in CELLS if cell.quick]

    outcomes = list(run(quick, running, lanes=3))

    assert sum(1 for cell in quick if cell in AWS_CELLS) >= 9
    assert len(outcomes) >= 15
    assert [outcome.row() for outcome in outcomes if outcome.complaints] == []
