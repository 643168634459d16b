import pytest

from dropcast.publishing.model.step_results import Outcome, StepResult
from functions.workflow.start import handler as start
from tests.unit.support.functions import context

EVENT = {"publish_id": "pub_1", "execution": "pub_1", "step": {"outcome": "ready"}}


@pytest.mark.parametrize(("why", "counted"), [("reached_active_user_cap", True), ("budget_exhausted", False)])
def test_the_whole_apps_cap_is_counted_as_a_metric(written, monkeypatch, why, counted):
    held = StepResult(Outcome.HELD, not_before=1_800_000_000, why=why)
    monkeypatch.setattr(start, "start", lambda *_: held)

    answer = start.handler(EVENT, context())

    assert answer == {"outcome": "held", "not_before": "2027-01-15T08:00:00Z", "why": why}
    assert ('"ActiveUserCapReached":[1.0]' in written()) is counted
