"""More publishes than the budgets allow, on a stack and a sandbox whose minute and day are short."""

from collections.abc import Iterator

import pytest

from local.options import Options
from local.stack import LocalStack, local_stack
from tests.e2e.load import Outcome, Windows, run
from tests.e2e.road import SMALL

WINDOWS = Windows(inits=3, minute_s=12, posts=7, day_s=45)
ROUNDED_S = 2
TOLERANCE_S = 5


@pytest.fixture(scope="module")
def short_stack() -> Iterator[LocalStack]:
    with local_stack(options=Options(budgets=WINDOWS.of_the_stack())) as running:
        yield running


@pytest.fixture(scope="module")
def outcome(short_stack, videos) -> Outcome:
    run(short_stack, videos(SMALL)[0], accounts=1, each=1, windows=WINDOWS, seconds=240)  # so that no function is cold
    return run(short_stack, videos(SMALL)[0], accounts=3, each=10, windows=WINDOWS, seconds=400)


def test_all_are_published_and_tiktok_refused_nothing(outcome):
    assert {one["state"] for one in outcome.shown.values()} == {"published"}
    assert [refusal for account in outcome.accounts for refusal in account.refusals] == []


def test_no_window_of_tiktok_holds_more_than_it_allows(outcome):
    for account in outcome.accounts:
        assert len(account.inits) == 10
        assert account.most_within(WINDOWS.minute_s) <= WINDOWS.inits
        assert account.most_within(WINDOWS.day_s) <= WINDOWS.posts


def test_nobody_overtakes(outcome):
    assert outcome.swapped() == []


def test_each_slot_is_as_early_as_the_budgets_allow(outcome):
    late = [late for account in outcome.accounts for late in account.reserved_late(WINDOWS)]

    assert late
    assert max(late) <= ROUNDED_S


def test_each_goes_at_its_slot_as_fast_as_this_machine_can(outcome):
    late = [late for account in outcome.accounts for late in account.gone_late(WINDOWS)]

    assert max(late) <= TOLERANCE_S + outcome.slowness()


def test_who_waits_waits_once(outcome):
    """One more for every five seconds by which the machine lags behind."""
    holds = outcome.holds()

    assert holds
    assert max(holds) <= 1 + outcome.slowness() // 5
    for states in outcome.states.values():
        assert states.count("Start") == 1 + states.count("Hold") + states.count("Decide"), states
