"""The cost of several publishes together."""

import re

from hypothesis import given
from hypothesis import strategies as st

from dropcast.publishing.intake.cost_estimate import EGRESS_GB, MONTH, TRANSITION, CostLine, estimate, estimate_many
from local.folder import ROOT

GB = 10**9


def dollars(lines: tuple[CostLine, ...]) -> float:
    return sum(line.micro_usd for line in lines) / 1e6


@given(st.integers(0, 50 * GB))
def test_one_publish_costs_what_the_estimate_of_one_says(size):
    assert estimate_many(1, size) == estimate("upload", size)


def test_no_publish_costs_nothing():
    assert estimate_many(0, 0) == ()


def test_a_thousand_publishes_cost_a_thousand_times_as_much():
    lines = {line.what: line for line in estimate_many(1000, 1000 * GB)}

    assert lines["state_transitions"].amount >= 8000
    assert lines["state_transitions"].micro_usd >= 8 * TRANSITION
    assert lines["bytes_out"].micro_usd == 1000 * EGRESS_GB // 1000
    assert abs(dollars(estimate_many(1000, 1000 * GB)) - 1000 * dollars(estimate("upload", GB))) < 0.5


def test_the_monthly_price_is_the_one_of_the_page_on_deploying():
    page = (ROOT / "docs" / "deploy.md").read_text()

    stated = re.search(r"costs about (\d+) US dollars a month", page)

    assert stated
    assert int(stated[1]) * 1_000_000_000 == MONTH
