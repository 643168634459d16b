"""/v1/plans: the retry of a publish is checked, then carried out once."""

from typing import Any

import pytest

from dropcast.accounts.connect.save_connection import save_connection
from dropcast.aws.tables import PUBLISHES
from dropcast.publishing.model.publish import Publish, Source
from dropcast.publishing.model.states import State
from dropcast.publishing.plans import execute_retry
from tests.unit.support.accounts import BUCKET
from tests.unit.support.memory_aws import maker
from tests.unit.support.plans import PlanAnswer, Planner, planner, stored_publishes
from tests.unit.support.publishes import put_publish, row_of


@pytest.fixture
def caller(cloud, tiktok) -> Planner:
    return planner(cloud, tiktok)


@pytest.fixture
def failed(caller) -> Publish:
    return failed_publish(caller)


def failed_publish(caller: Planner, **fields: Any) -> Publish:
    found = maker("s3").head_object(Bucket=BUCKET, Key="a.mp4")
    pins = {"version_id": found["VersionId"], "etag": found["ETag"], "size": found["ContentLength"]}
    return put_publish(caller.account_id, State.FAILED, source=Source(bucket=BUCKET, key="a.mp4", **pins), **fields)


def plan(caller: Planner, publish: Publish, key: str | None = None) -> PlanAnswer:
    return caller.ask("POST", "/v1/plans", {"action": "retry", "publish_id": publish.publish_id}, key)


def retry(caller: Planner, publish: Publish) -> PlanAnswer:
    return caller.ask("POST", f"/v1/publishes/{publish.publish_id}/retry")


def test_the_plan_of_a_retry_has_neither_a_report_nor_a_link(caller, failed):
    planned = plan(caller, failed)

    told = planned.body
    assert (planned.status, told["action"], told["state"], told["executable"]) == (201, "retry", "open", True)
    assert (told["report"], told["console_url"], told["link_expires_at"]) == (None, None, None)
    assert stored_publishes() == [failed.publish_id]


def test_an_executed_plan_is_the_one_retry_of_the_publish(caller, failed):
    plan_id = plan(caller, failed).body["plan_id"]

    done, again = caller.execute(plan_id), caller.execute(plan_id)

    assert (done.status, done.body["retry_of"]) == (202, failed.publish_id)
    assert (again.body, done.replayed, again.replayed) == (done.body, False, True)
    assert row_of(failed).retried_as == done.body["publish_id"]
    assert retry(caller, failed).body["publish_id"] == done.body["publish_id"]


def test_a_publish_that_was_retried_meanwhile_is_a_change(caller, failed):
    plan_id = plan(caller, failed).body["plan_id"]
    retry(caller, failed)

    assert caller.execute(plan_id).changed == ["publish_id"]
    assert len(stored_publishes()) == 2


@pytest.mark.parametrize("by_plan", [True, False])
def test_two_at_once_make_one_retry(caller, failed, monkeypatch, by_plan):
    plan_id = plan(caller, failed).body["plan_id"]
    write, others = type(PUBLISHES).put_entry, list[PlanAnswer]()

    def first_another(table: Any, item: Any, *rest: Any) -> Any:
        if item["pk"].startswith("publish#") and not others:
            monkeypatch.setattr(type(PUBLISHES), "put_entry", write)
            others.append(caller.execute(plan_id) if by_plan else retry(caller, failed))
        return write(table, item, *rest)

    monkeypatch.setattr(type(PUBLISHES), "put_entry", first_another)
    mine = caller.execute(plan_id)

    [other] = others
    assert other.status == 202
    assert sorted(stored_publishes()) == sorted([failed.publish_id, other.body["publish_id"]])
    if by_plan:
        assert (mine.replayed, mine.body["publish_id"]) == (True, other.body["publish_id"])
    else:
        assert mine.changed == ["publish_id"]


def test_a_call_that_reads_the_retried_publish_answers_the_retry_of_the_same_plan(caller, failed, monkeypatch):
    plan_id, read = plan(caller, failed).body["plan_id"], execute_retry.changeable_publish
    others: list[PlanAnswer] = []

    def after_another(*asked: Any) -> Any:
        monkeypatch.setattr(execute_retry, "changeable_publish", read)
        others.append(caller.execute(plan_id))
        return read(*asked)

    monkeypatch.setattr(execute_retry, "changeable_publish", after_another)
    mine = caller.execute(plan_id)

    assert (mine.status, mine.replayed, mine.body) == (202, True, others[0].body)
    assert len(stored_publishes()) == 2


def test_a_plan_that_becomes_stale_during_its_checks_retries_nothing(caller, failed, held_clock, monkeypatch):
    plan_id, check = plan(caller, failed).body["plan_id"], execute_retry.checked_retry
    held_clock.sleep(15 * 60 - 1)

    def check_slowly(*asked: Any) -> Any:
        held_clock.sleep(1)
        return check(*asked)

    monkeypatch.setattr(execute_retry, "checked_retry", check_slowly)

    assert caller.execute(plan_id).code == "plan_expired"
    assert stored_publishes() == [failed.publish_id]


def test_a_pinned_object_that_is_gone_is_a_change(caller, failed):
    plan_id = plan(caller, failed).body["plan_id"]
    maker("s3").delete_object(Bucket=BUCKET, Key="a.mp4", VersionId=failed.video.version_id)

    done = caller.execute(plan_id)

    assert done.changed == ["source"]
    assert done.body["error"]["details"]["problem"]["code"] == "source_missing"
    assert plan(caller, failed).code == "source_missing"


def test_an_account_that_was_connected_again_is_a_change(caller, failed, tiktok):
    plan_id = plan(caller, failed).body["plan_id"]
    save_connection("user-1", tiktok.grant())

    assert caller.execute(plan_id).changed == ["account_id"]


@pytest.mark.parametrize(
    ("state", "fields", "code"),
    [
        (State.PUBLISHED, {}, "not_retryable"),
        (State.UNKNOWN, {}, "say_whether_posted"),
        (State.FAILED, {"retried_as": "pub_2"}, "already_retried"),
    ],
)
def test_a_publish_that_cannot_be_retried_becomes_no_plan(caller, state, fields, code):
    publish = put_publish(caller.account_id, state, **fields)

    assert plan(caller, publish).code == code


def test_a_draft_key_plans_no_retry_of_a_direct_post(caller, failed):
    drafter = Planner(caller.account_id, ("draft",), "dk_2")

    assert plan(drafter, failed).code == "scope_missing"


def test_the_same_idempotency_key_returns_the_same_plan(caller, failed):
    first, again = plan(caller, failed, "one"), plan(caller, failed, "one")

    assert (again.body, again.replayed) == (first.body, True)
