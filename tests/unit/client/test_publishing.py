"""Publishing, and waiting until a publish rests."""

from datetime import UTC, datetime, timedelta

import pytest

from dropcast_client import PublishRequest, S3Source, WaitTimeoutError
from dropcast_client.models.publishes import PublishView
from dropcast_client.publishing import pause_before_poll
from tests.unit.client.conftest import Calls
from tests.unit.support.api_examples import answer, example

SOURCE = S3Source(bucket="b", key="k.mp4")
NOW = datetime(2027, 1, 31, 18, tzinfo=UTC)


def publish(state: str, **changes: object) -> dict[str, object]:
    return example("PublishView", state=state, not_before=None, **changes)


def test_a_publish_on_several_accounts_is_answered_for_each(calls: Calls):
    calls.plan(answer("PublishedView", 202))

    [taken] = calls.run("publish_on_each", PublishRequest(account_ids=["acc_1"], source=SOURCE)).items

    assert taken.account_id


@pytest.mark.parametrize(
    ("method", "request_", "other"),
    [
        ("publish", PublishRequest(account_ids=["acc_1"], source=SOURCE), "publish_on_each"),
        ("publish_on_each", PublishRequest(account_id="acc_1", source=SOURCE), r"publish\(\)"),
        ("publish", PublishRequest(account_id="acc_1", source=SOURCE, dry_run=True), "preflight"),
    ],
)
def test_a_request_that_is_answered_otherwise_is_not_sent(calls: Calls, method, request_, other):
    with pytest.raises(ValueError, match=other):
        calls.run(method, request_)

    assert calls.requests == []


@pytest.mark.parametrize("state", ["published", "in_inbox", "failed", "unknown", "cancelled"])
def test_wait_polls_until_the_publish_rests(calls: Calls, state):
    told: list[str] = []
    calls.plan(*[answer("PublishView", state=one, not_before=None) for one in ("queued", "uploading", state)])

    shown = calls.run("wait", "pub_1", on_poll=lambda shown: told.append(shown.state))

    assert (shown.state, told) == (state, ["queued", "uploading", state])
    assert calls.pauses == [2, 2]


def test_wait_ends_at_the_states_that_the_caller_names(calls: Calls):
    calls.plan(answer("PublishView", state="held"))

    assert calls.run("wait", "pub_1", until={"held"}).state == "held"


@pytest.mark.parametrize("final", ["published", "failed", "cancelled"])
def test_wait_ends_at_a_final_state_that_the_caller_does_not_name(calls: Calls, final):
    calls.plan(answer("PublishView", state=final))

    assert calls.run("wait", "pub_1", until={"held"}).state == final


def test_a_wait_that_takes_too_long_ends(calls: Calls):
    calls.plan(answer("PublishView", state="uploading", not_before=None))

    with pytest.raises(WaitTimeoutError, match="still uploading"):
        calls.run("wait", "pub_1", timeout_s=1)

    assert calls.pauses == []


@pytest.mark.parametrize(("seconds", "pause"), [(-5, 2), (0, 2), (1, 2), (30, 30), (60, 60), (86_400, 60)])
def test_a_held_publish_is_polled_when_it_is_due_or_after_a_minute(seconds, pause):
    due = (NOW + timedelta(seconds=seconds)).isoformat()
    held = PublishView.model_validate_json(answer("PublishView", state="held", not_before=due).content)

    assert pause_before_poll(held, NOW) == pause
