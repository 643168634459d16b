"""Compares whole days of publishing with a schedule that tries every second."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dropcast.budgets.limits import DOCUMENTED, Budget
from tests.examples import examples
from tests.unit.budgets.schedule import BruteForce, most_in_a_window
from tests.unit.budgets.simulation import DIRECT, KINDS, Simulation

FULL = {name: (budget.limit, budget.kept_s) for name, budget in DOCUMENTED.items()}
SMALL = {
    "creator_info": Budget(4, 8),
    "video_init": Budget(2, 8),
    "inbox_init": Budget(2, 6),
    "content_init": Budget(2, 8),
    "direct_posts": Budget(5, 40),
    "pending_drafts": Budget(2, 30),
}


@pytest.mark.long
def test_300_publishes_over_10_accounts_go_as_early_as_the_budgets_allow():
    dice = random.Random(20261121)
    for _ in range(10):
        asked = sorted((dice.randrange(0, 20), DIRECT) for _ in range(30))
        simulation, brute = Simulation(), BruteForce(FULL)

        simulation.run(asked)

        expected = [brute.serve(at, wants) for at, wants in asked]
        begun = [simulation.begun[f"p{i}"] for i in range(30)]
        assert begun == expected
        assert simulation.order == [f"p{i}" for i in range(30)]
        assert most_in_a_window(begun, 60) <= 6
        assert most_in_a_window(begun, 24 * 3600) == 15
        assert set(simulation.waits.values()) == {1}
        assert len(simulation.waits) == sum(at > ask for at, (ask, _) in zip(begun, asked, strict=True))


@settings(max_examples=examples(20), deadline=None)
@given(asked=st.lists(st.tuples(st.integers(0, 60), st.sampled_from(KINDS)), max_size=25))
def test_every_mixture_of_kinds_goes_as_early_as_possible_in_the_order_of_requests(asked):
    asked.sort(key=lambda one: one[0])
    limits = {name: (budget.limit, budget.kept_s) for name, budget in SMALL.items()}
    simulation, brute = Simulation(SMALL), BruteForce(limits)

    simulation.run(asked)

    assert [simulation.begun[f"p{i}"] for i in range(len(asked))] == [brute.serve(at, w) for at, w in asked]
    for lane in ("direct_posts", "pending_drafts"):
        numbers = [int(owner[1:]) for owner in simulation.order if asked[int(owner[1:])][1][-1] == lane]
        assert numbers == sorted(numbers)
    assert set(simulation.waits.values()) <= {1}


@settings(max_examples=examples(20), deadline=None)
@given(asked=st.lists(st.tuples(st.integers(0, 60), st.sampled_from(KINDS)), max_size=25), seed=st.integers(0, 10_000))
def test_slow_calls_never_exceed_a_budget_or_change_the_order(asked, seed):
    dice = random.Random(seed)
    asked.sort(key=lambda one: one[0])
    uses: dict[str, list[int]] = {}
    simulation = Simulation(SMALL, takes=lambda: dice.choice([0, 0, 1, 2, 5]))

    simulation.run(asked)

    for i, (_, wants) in enumerate(asked):
        for name in wants:
            uses.setdefault(name, []).append(simulation.begun[f"p{i}"])
    for lane in ("direct_posts", "pending_drafts"):
        numbers = [int(owner[1:]) for owner in simulation.order if asked[int(owner[1:])][1][-1] == lane]
        assert numbers == sorted(numbers)
        name_of_calls = "video_init" if lane == "direct_posts" else "inbox_init"
        assert most_in_a_window(uses.get(lane, []), SMALL[lane].window_s) <= SMALL[lane].limit
        assert most_in_a_window(uses.get(name_of_calls, []), SMALL[name_of_calls].window_s) <= 2


def test_a_full_day_of_every_kind_respects_every_limit():
    dice = random.Random(7)
    asked = sorted(((dice.randrange(0, 3 * 86400), dice.choice(KINDS)) for _ in range(60)), key=lambda one: one[0])
    simulation = Simulation()

    simulation.run(asked)

    for name, budget in DOCUMENTED.items():
        times = [simulation.begun[f"p{i}"] for i, (_, wants) in enumerate(asked) if name in wants]
        assert most_in_a_window(times, budget.window_s) <= budget.limit
    assert Counter(simulation.waits.values()).keys() <= {1}
