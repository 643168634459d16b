"""The benchmark of cold starts writes its table into docs/performance.md."""

import pytest

from bench.cold_table import table_of
from bench.performance_page import PAGE, with_part

RUN = {"seconds": 0.5, "cpu": 0.25, "mib": 70.4, "modules": 756, "heavy": ["boto3"]}
RUNS = {
    "reference": [RUN],
    "plain": [{**RUN, "seconds": 1.0}],
    "http/api": [{**RUN, "seconds": seconds, "heavy": []} for seconds in [0.2, 0.25, 0.9]],
}


def test_a_row_has_the_medians_and_their_share_of_both_references():
    *_, row = table_of(RUNS, "reference", "plain").splitlines()

    assert row == "| http/api | 250 | 0.50 | 0.25 | 250 | 1.00 | 70 | 756 |  |"


def test_a_run_replaces_the_table_of_the_previous_one():
    once = with_part(PAGE.read_text(), "cold start", "first")

    twice = with_part(once, "cold start", "second")

    assert twice == once.replace("first\n<!-- /cold start", "second\n<!-- /cold start")
    assert "| http/authorizer |" not in twice


def test_a_page_without_a_place_for_the_table_is_an_error():
    with pytest.raises(ValueError, match="0 places"):
        with_part("# A page", "cold start", "first")
