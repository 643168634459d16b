"""`dropcast ops` with executions, with publishes whose execution did not begin, and with events left in the outbox."""

import pytest

from dropcast import clock
from dropcast.aws import clients, dynamo, event_bus
from dropcast.errors.problem import problem
from dropcast.events.outbox.outbox import event_write
from dropcast.publishing.execution import state_machine
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.outcome.sweep import sweep
from dropcast.publishing.store import publish_store
from tests.unit.support.accounts import NOW, event_names, items
from tests.unit.support.publishes import put_publish, row_of
from tests.unit.support.redrive import GOOD, bodies, end_execution, executions, ops, put_message
from tests.unit.support.redrive import invoked as invoked

pytestmark = pytest.mark.usefixtures("invoked")

RESTARTED = (State.QUEUED, State.HELD, State.UPLOADING, State.PROCESSING)


def stopped(state: State, status: str = "FAILED", **fields) -> Publish:
    """A publish that has just reached `state` and whose execution ended a minute ago."""
    publish = put_publish("acc_1", state, **fields)
    end_execution(publish, status)
    return publish


def put_unstarted(**fields) -> Publish:
    """Store a publish that is due and whose execution did not begin. Return it."""
    publish = put_publish("acc_1", **fields)
    clients.client("dynamodb").delete_item(
        TableName="publishes", Key=dynamo.to_item({"pk": f"publish#{publish.publish_id}", "sk": "publish"})
    )
    clients.client("dynamodb").put_item(**publish_store.put_write(publish, unstarted=True)["Put"])
    return publish


def put_event() -> None:
    payload = {"account_id": "acc_1", "open_id": "open-1", "expires_at": "2027-01-15T08:00:00Z"}
    assert dynamo.write_all([event_write("account.expiring", payload)])


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT"])
@pytest.mark.parametrize("state", RESTARTED)
def test_an_execution_that_failed_before_its_end_is_restarted_once(state, status, held_clock):
    publish = stopped(state, status)

    _, [found], _ = ops("failures")
    dry = ops("redrive", "--all")
    assert row_of(publish) == publish
    code, [done], _ = ops("redrive", "--all", "--yes")
    again = ops("redrive", "--all", "--yes")

    assert (found["id"], found["cause"], found["age_s"]) == (publish.execution, f"{status.lower()}: TaskFailed", 60)
    assert dry[1] == [found]
    assert (code, done["obstacle"]) == (0, None)
    assert row_of(publish).execution == f"{publish.publish_id}-1"
    assert executions() == [publish.execution, f"{publish.publish_id}-1"]
    assert again[:2] == (0, [])


def test_what_tiktok_may_have_posted_is_left_to_a_person():
    unknown = stopped(State.UNKNOWN, error=problem("verdict_missing"))
    failed = stopped(State.FAILED, error=problem("init_lost"))

    code, done, note = ops("redrive", "--kind", "executions", "--yes")

    fixes = {one["id"]: (one["obstacle"]["code"], one["obstacle"]["fix"]) for one in done}
    assert code == 1
    assert fixes[unknown.execution][0] == "publish_unknown"
    assert f"dropcast publishes resolve {unknown.publish_id}" in fixes[unknown.execution][1]
    assert fixes[failed.execution][0] == "publish_failed"
    assert f"dropcast publishes retry {failed.publish_id}" in fixes[failed.execution][1]
    assert "0 put back, 2 stay" in note
    assert [row_of(one) for one in (unknown, failed)] == [unknown, failed]


def test_an_init_that_may_be_in_flight_is_waited_for(held_clock):
    publish = stopped(State.STARTING)

    code, [stays], _ = ops("redrive", "--kind", "executions", "--yes")
    held_clock.at += 120
    later, [done], _ = ops("redrive", "--kind", "executions", "--yes")

    assert (code, stays["obstacle"]["code"]) == (1, "publish_starting")
    assert (later, done["obstacle"]) == (0, None)
    assert row_of(publish).execution == f"{publish.publish_id}-1"


def test_an_execution_that_a_person_stopped_is_not_restarted():
    publish = stopped(State.UPLOADING, "ABORTED")

    code, [stays], _ = ops("redrive", "--kind", "executions", "--yes")

    assert (code, stays["obstacle"]["code"]) == (1, "execution_aborted")
    assert row_of(publish) == publish


def test_what_leaves_nothing_to_do_is_not_listed(held_clock):
    for state in (State.PUBLISHED, State.IN_INBOX, State.CANCELLED):
        stopped(state)
    stopped(State.FAILED, retried_as="pub_2")
    other = put_publish("acc_1", State.UPLOADING)
    end_execution(other)
    row = row_of(other)
    assert publish_store.supersede(row, due=clock.now(), code="restarted") is not None
    old = stopped(State.UPLOADING)
    end_execution(old.model_copy(update={"execution": "pub_gone"}))

    _, [found], _ = ops("failures", "--kind", "executions")
    held_clock.at += 15 * 24 * 3600

    assert found["id"] == old.execution
    assert ops("failures", "--kind", "executions")[1] == []


def test_the_cause_is_named_without_its_words():
    publish = put_publish("acc_1", State.UPLOADING)
    end_execution(publish, cause='{"errorType": "KeyError", "errorMessage": "canary-word"}')
    other = put_publish("acc_1", State.UPLOADING)
    end_execution(other, cause="canary words")

    _, found, _ = ops("failures")

    assert {one["cause"] for one in found} == {"failed: TaskFailed: KeyError", "failed: TaskFailed"}
    assert "canary" not in str(found)


def test_a_publish_that_never_began_is_begun_once(held_clock):
    publish = put_unstarted()
    held_clock.at += 170
    assert ops("failures")[1] == []
    held_clock.at += 20

    _, [found], _ = ops("failures")
    dry_code, _, _ = ops("redrive", "--kind", "unbegun")
    assert executions() == []
    code, [done], _ = ops("redrive", "--kind", "unbegun", "--yes")

    assert (found["kind"], found["id"], found["age_s"]) == ("unbegun", publish.publish_id, 190)
    assert (dry_code, code, done["obstacle"]) == (0, 0, None)
    assert executions() == [publish.execution]
    publish_store.begin(publish.publish_id, publish.execution)
    assert ops("redrive", "--kind", "unbegun", "--yes")[:2] == (0, [])


def test_a_publish_that_the_sweep_tries_in_vain_is_listed_though_the_sweep_put_it_off(held_clock, monkeypatch):
    put_unstarted()
    held_clock.at += 600
    monkeypatch.setattr(state_machine, "start", refused)
    assert sweep().failed == 1

    _, [found], _ = ops("failures")
    code, [stays], _ = ops("redrive", "--kind", "unbegun", "--yes")

    assert found["age_s"] == 600
    assert (code, stays["obstacle"]["code"]) == (1, "execution_refused")


def refused(*_: object) -> bool:
    raise clients.ContendedError("ThrottlingException")


def test_a_publish_that_waits_rests_or_cannot_be_read_is_not_begun(held_clock):
    put_unstarted(publish_at=NOW + 3600)
    put_unstarted(state=State.HELD, not_before=NOW + 550)
    put_unstarted(state=State.PUBLISHED, unstarted_at=NOW)
    broken = put_unstarted()
    held_clock.at += 600
    key = dynamo.to_item({"pk": f"publish#{broken.publish_id}", "sk": "publish"})
    clients.client("dynamodb").update_item(
        TableName="publishes",
        Key=key,
        UpdateExpression="SET #state = :state",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues=dynamo.to_item({":state": "of a later release"}),
    )

    code, [stays], _ = ops("redrive", "--kind", "unbegun", "--yes")

    assert (code, stays["id"], stays["obstacle"]["code"]) == (1, broken.publish_id, "row_unreadable")
    assert executions() == []


def test_an_event_that_stayed_is_relayed_once(held_clock):
    put_event()
    assert ops("failures")[1] == []
    held_clock.at += 301

    _, [found], _ = ops("failures")
    ops("redrive", "--kind", "outbox")
    assert event_names() == ["account.expiring"]
    code, [done], _ = ops("redrive", "--kind", "outbox", "--yes")

    assert (found["kind"], found["about"]) == ("outbox", "account.expiring acc_1")
    assert (code, done["id"], done["obstacle"]) == (0, found["id"], None)
    assert items("outbox") == []
    assert ops("redrive", "--kind", "outbox", "--yes")[:2] == (0, [])


def test_an_event_that_eventbridge_refuses_stays_and_so_does_the_streams_message(held_clock, monkeypatch):
    put_event()
    put_message("outbox-failed", GOOD["outbox-failed"])
    held_clock.at += 301
    monkeypatch.setattr(event_bus, "put_events", lambda entries: ["InternalFailure"] * len(entries))

    code, done, _ = ops("redrive", "--all", "--yes")

    assert code == 1
    assert [(one["kind"], one["obstacle"]["code"]) for one in done] == [
        ("outbox", "events_refused"),
        ("outbox-failed", "events_refused"),
    ]
    assert (event_names(), len(bodies("outbox-failed"))) == (["account.expiring"], 1)
