from functions.schedule.trends.handler import handler
from tests.unit.support.functions import context


def test_without_a_source_it_says_so_and_counts_it(written):
    assert handler({}, context()) == {"sources": 0}

    output = written()
    assert "no trend source is configured" in output
    assert '"TrendRunsWithoutSource":[1.0]' in output
