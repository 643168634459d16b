"""150 publishes of one account over five days of random faults. `make faults` runs 10,000 over a month."""

import pytest

from tests.long_queue.__main__ import ROWS_MAX, UNITS_MAX
from tests.long_queue.simulation import simulate


@pytest.mark.long
def test_a_queue_of_days_keeps_its_order_and_fails_no_publish_because_it_waited():
    outcome = simulate(publishes=150, days=5, seed=20261129)

    assert outcome.complaints == ()
    assert outcome.posted > 40
    assert outcome.waiting > 50
    assert outcome.units <= UNITS_MAX
    assert outcome.rows <= ROWS_MAX
