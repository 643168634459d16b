"""The stored result of each step. After an upgrade, a waiting execution reads results of the previous release."""

import pytest

from dropcast.errors.problem import problem
from dropcast.publishing.model.step_results import Outcome, StepResult

REFUSAL = problem("source_missing", log_id="log-1", bucket="b", key="a.mp4")
ERROR = {"code": "source_missing", "log_id": "log-1", "details": {"bucket": "b", "key": "a.mp4"}}
BAD = [{"index": 1, "code": "source_empty"}]


@pytest.mark.parametrize(
    ("step", "state"),
    [
        (StepResult(Outcome.READY), {"outcome": "ready"}),
        (StepResult(Outcome.PICTURES), {"outcome": "pictures"}),
        (StepResult(Outcome.MORE, bad=BAD), {"outcome": "more", "bad": BAD}),
        (StepResult(Outcome.MORE, bad=[]), {"outcome": "more", "bad": []}),
        (StepResult(Outcome.MORE), {"outcome": "more"}),
        (
            StepResult(Outcome.HELD, not_before=1_700_000_000, why="rate_limit_exceeded"),
            {"outcome": "held", "not_before": "2023-11-14T22:13:20Z", "why": "rate_limit_exceeded"},
        ),
        (StepResult(Outcome.START), {"outcome": "start"}),
        (StepResult(Outcome.STARTED), {"outcome": "started"}),
        (StepResult(Outcome.LOST), {"outcome": "lost"}),
        (StepResult(Outcome.LOST, log_id="log-1"), {"outcome": "lost", "log_id": "log-1"}),
        (StepResult(Outcome.LOST, dead=True), {"outcome": "lost", "dead": True}),
        (
            StepResult(Outcome.BUSY, not_before=1_700_000_000),
            {"outcome": "busy", "not_before": "2023-11-14T22:13:20Z"},
        ),
        (StepResult(Outcome.UPLOADED, webhooks=False), {"outcome": "uploaded", "webhooks": False}),
        (StepResult(Outcome.PROCESSING, webhooks=True), {"outcome": "processing", "webhooks": True}),
        (StepResult(Outcome.LATER), {"outcome": "later"}),
        (StepResult(Outcome.SLOW), {"outcome": "slow"}),
        (StepResult(Outcome.VERDICT), {"outcome": "verdict"}),
        (StepResult(Outcome.SETTLED), {"outcome": "settled"}),
        (StepResult(Outcome.REFUSED, error=REFUSAL), {"outcome": "refused", "error": ERROR}),
        (StepResult(Outcome.UNKNOWN, error=REFUSAL), {"outcome": "unknown", "error": ERROR}),
    ],
    ids=lambda one: str(one)[:60],
)
def test_a_result_is_stored_as_the_previous_release_stored_it(step, state):
    assert step.to_json() == state


@pytest.mark.parametrize("state", [{"outcome": "refused", "error": ERROR}, {"outcome": "unknown", "error": ERROR}])
def test_an_error_is_read_with_its_texts(state):
    assert StepResult.from_json(state).error == REFUSAL


def test_an_unknown_outcome_of_another_release_counts_as_a_dead_execution():
    assert StepResult.from_json({"outcome": "paused"}).outcome is Outcome.DIED
