"""Starts more publishes than the budgets allow, on a stack and a sandbox with a short minute and a short day."""

from collections.abc import Iterator

import pytest

from dropcast.settings import Settings
from local.options import Options
from local.stack import LocalStack, local_stack
from tests.e2e.load import Outcome, Windows, run
from tests.e2e.road import SMALL
from tests.permissions.recording import recording

pytestmark = pytest.mark.xdist_group("budgets")

WINDOWS = Windows(inits=3, minute_s=12, posts=7, day_s=45)


@pytest.fixture(scope="module")
def short_stack() -> Iterator[LocalStack]:
    options = Options(settings={Settings.budgets: WINDOWS.of_the_stack()})
    with recording("test_budgets.py") as calls, local_stack(options=options, record=calls) as running:
        yield running


@pytest.fixture(scope="module")
def outcome(short_stack, videos) -> Outcome:
    run(
        short_stack, videos(SMALL)[0], accounts=1, each=1, windows=WINDOWS, seconds=240
    )  # so that no measured start is cold
    return run(short_stack, videos(SMALL)[0], accounts=3, each=10, windows=WINDOWS, seconds=400, per_second=2)


def test_all_publishes_succeed_and_tiktok_refuses_none(outcome):
    assert {one["state"] for one in outcome.shown.values()} == {"published"}
    assert [refusal for account in outcome.accounts for refusal in account.refusals] == []


def test_no_window_of_tiktok_holds_more_than_it_allows(outcome):
    for account in outcome.accounts:
        assert len(account.inits) == 10
        assert account.most_within(WINDOWS.minute_s) <= WINDOWS.inits
        assert account.most_within(WINDOWS.day_s) <= WINDOWS.posts


@pytest.fixture
def calm(outcome) -> Outcome:
    if not outcome.calm:
        pytest.skip("this machine is too busy: in each account a Start was killed at its limit of 60 s")
    return outcome


def test_no_publish_overtakes_another(calm):
    assert calm.swapped() == []


def test_a_waiting_publish_starts_once_more_than_it_waits(calm):
    """The time of each slot depends on this machine's speed. tests/unit/budgets checks the times with a held clock."""
    assert calm.holds()

    for account in calm.calm:
        for states in map(calm.states.__getitem__, account.publish_ids):
            assert states.count("Start") == 1 + states.count("Hold"), states
