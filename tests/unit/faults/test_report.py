"""A whole run of the matrix writes its table into the page."""

import pytest

from tests.faults.cells import UNHARMED
from tests.faults.matrix import Outcome
from tests.faults.report import PAGE, written

GOOD = Outcome(UNHARMED, "published", "", "", 1, 1, 0, 3.4, ())
BAD = Outcome(UNHARMED, "failed", "init_lost", "", 0, 1, 0, 3.4, ("no event",))


def test_a_run_replaces_the_table_of_the_previous_one():
    once = written(PAGE.read_text(), [GOOD, GOOD], 41.2)

    twice = written(once, [GOOD, BAD], 12.6)

    assert "2 of 2 cells hold; 41 minutes" in once
    assert "1 of 2 cells hold; 13 minutes" in twice
    assert "41 minutes" not in twice
    assert twice.count("| - | nothing |") == 2


def test_a_page_without_a_place_for_the_table_is_an_error():
    with pytest.raises(ValueError, match="0 places"):
        written("# A page", [GOOD], 1)
