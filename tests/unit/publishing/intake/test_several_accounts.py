"""The same post to several accounts: each gets exactly one publish, even if the request is interrupted or
repeated.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pydantic import ValidationError

from dropcast import clock
from dropcast.aws import clients
from dropcast.caller import SYSTEM, Caller
from dropcast.errors.problem import Problem
from dropcast.publishing.execution import state_machine
from dropcast.publishing.intake.accept import accept
from dropcast.publishing.intake.several_accounts import AccountResult, accept_each
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.request import PublishRequest
from tests.unit.publishing.conftest import BUCKET, connect, stored, upload_object
from tests.unit.support.memory_aws import maker

SOURCE = {"type": "s3", "bucket": BUCKET, "key": "a.mp4"}


class CrashError(BaseException):
    """The process dies here."""


@pytest.fixture
def ids(account, begun) -> list[str]:
    upload_object("a.mp4", b"video")
    return [account.account_id, connect("open-2"), connect("open-3")]


def a_request(account_ids: list[str], **changes: Any) -> PublishRequest:
    body = {"account_ids": account_ids, "source": SOURCE, "privacy_level": "SELF_ONLY", **changes}
    return PublishRequest.model_validate(body)


def taken(account_ids: list[str], key: str = "k", caller: Caller = SYSTEM, **changes: Any) -> list[AccountResult]:
    takings = accept_each(a_request(account_ids, **changes), caller, idempotency_key=key)
    assert not isinstance(takings, Problem), takings
    assert [one.account_id for one in takings] == account_ids
    return takings


def outcomes(takings: list[AccountResult]) -> list[str]:
    """The publish_id of each item, or the code of its error."""
    return [one.outcome.code if isinstance(one.outcome, Problem) else one.outcome.publish_id for one in takings]


def publishes() -> Counter[str]:
    """The number of publishes of each account."""
    items = maker("dynamodb").scan(TableName="publishes_table")["Items"]
    return Counter(item["account_id"]["S"] for item in items if item["pk"]["S"].startswith("publish#"))


@contextmanager
def dying(at: int, *, after: bool) -> Iterator[list[str]]:
    """The process dies before or after its AWS call number `at`."""
    calls: list[str] = []

    def count(model: Any, **_: Any) -> None:
        calls.append(model.name)
        if len(calls) == at:
            raise CrashError

    event = "after-call" if after else "before-call"
    every = [clients.client(service) for service in ("dynamodb", "s3")]
    for client in every:
        client.meta.events.register(event, count)
    try:
        yield calls
    finally:
        for client in every:
            client.meta.events.unregister(event, count)


def test_each_account_has_a_separate_publish(ids, begun):
    found = [stored(one.outcome) for one in taken(ids, title="hi", reference="r1") if isinstance(one.outcome, Publish)]

    assert [publish.account_id for publish in found] == ids
    assert {(publish.asked_options.title, publish.reference) for publish in found} == {("hi", "r1")}
    assert begun == [publish.publish_id for publish in found]


def test_a_repeat_gives_the_same_publishes(ids):
    assert outcomes(taken(ids)) == outcomes(taken(ids))
    assert set(publishes().values()) == {1}


def test_the_source_is_pinned_once_and_each_account_costs_four_calls(ids, monkeypatch):
    monkeypatch.setattr(state_machine, "start", lambda *_: clients.client("s3"))

    def calls(some: list[str], key: str) -> Counter[str]:
        with dying(0, after=False) as made:
            taken(some, key)
        return Counter(made)

    one, three = calls(ids[:1], "one"), calls(ids, "three")

    assert one == {"PutItem": 1, "HeadObject": 1, "GetItem": 1, "TransactWriteItems": 1}
    assert three == {"PutItem": 1, "HeadObject": 1, "GetItem": 3, "TransactWriteItems": 3}


def test_a_problem_of_one_account_stops_no_other(ids):
    found = outcomes(taken([ids[0], "acc_none", ids[1]]))

    assert found[1] == "account_not_found"
    assert publishes() == {ids[0]: 1, ids[1]: 1}


def test_another_users_account_is_unknown_to_a_bound_caller(ids):
    others = connect("open-9", "user-2")
    bound = Caller("dk_1", frozenset({"publish"}), "user-1")

    found = outcomes(
        taken([others, "acc_none"], caller=bound, source={"type": "url", "url": "https://a.example/a.mp4"})
    )

    assert found == ["account_not_found", "account_not_found"]
    assert publishes() == {}


def test_a_missing_source_is_reported_for_each_account_and_looked_up_once(ids):
    with dying(0, after=False) as made:
        found = outcomes(taken(ids, source=SOURCE | {"key": "none.mp4"}))

    assert found == ["source_missing"] * 3
    assert made.count("HeadObject") == 1


def test_a_request_without_a_key_is_refused(ids):
    refused = accept_each(a_request(ids), SYSTEM, idempotency_key=None)

    assert isinstance(refused, Problem)
    assert refused.code == "idempotency_key_needed"


@pytest.mark.parametrize("change", [{"title": "other"}, {"reference": "r"}])
def test_the_same_key_with_another_body_is_a_conflict(ids, change):
    taken(ids)

    for request in (a_request(ids, **change), a_request(ids[:2]), a_request(ids[::-1])):
        refused = accept_each(request, SYSTEM, idempotency_key="k")
        assert isinstance(refused, Problem)
        assert refused.code == "idempotency_conflict"


@pytest.mark.parametrize("first", ["one", "several"])
def test_a_key_for_one_account_is_not_valid_for_several(ids, first):
    single = PublishRequest.model_validate({"account_id": ids[0], "source": SOURCE, "privacy_level": "SELF_ONLY"})
    asks = [
        lambda: accept(single, SYSTEM, idempotency_key="k"),
        lambda: accept_each(a_request(ids[:1]), SYSTEM, idempotency_key="k"),
    ]
    before, after = asks if first == "one" else asks[::-1]
    assert not isinstance(before(), Problem)

    refused = after()

    assert isinstance(refused, Problem)
    assert refused.code == "idempotency_conflict"
    assert publishes() == {ids[0]: 1}


def test_no_callers_key_can_equal_the_key_of_an_account(ids, monkeypatch):
    claims = ["clm_1"]
    monkeypatch.setattr("dropcast.publishing.intake.several_accounts.claim", lambda *_: claims[0])
    taken(ids[:1])
    single = PublishRequest.model_validate({"account_id": ids[0], "source": SOURCE, "privacy_level": "SELF_ONLY"})

    for key in (f"several#clm_1#{ids[0]}", f"clm_1#{ids[0]}", f"#several#clm_1#{ids[0]}"):
        assert isinstance(accept(single, SYSTEM, idempotency_key=key), Publish)

    assert publishes() == {ids[0]: 4}


@pytest.mark.parametrize("after", [False, True])
def test_after_a_kill_at_any_call_a_repeat_gives_each_account_one_publish(ids, after):
    at = 0
    for at in range(1, 100):
        key = f"k{at}"
        before = publishes()
        with dying(at, after=after) as calls:
            try:
                taken(ids, key)
            except CrashError:
                died = True
            else:
                died = False
        again = outcomes(taken(ids, key))
        assert outcomes(taken(ids, key)) == again
        assert publishes() - before == Counter(ids), (at, calls)
        if not died:
            break

    assert at > 8


def test_accounts_without_time_left_are_reported_and_a_repeat_accepts_them(ids, monkeypatch):
    left = iter([60.0, 60.0, 5.0])
    monkeypatch.setattr(clock, "seconds_left", lambda: next(left, 5.0))

    first = outcomes(taken(ids))
    monkeypatch.setattr(clock, "seconds_left", lambda: 60.0)
    second = outcomes(taken(ids))

    assert first[2] == "not_taken_in_time"
    assert second[:2] == first[:2]
    assert publishes() == Counter(ids)


def test_the_key_lasts_a_day_for_all_accounts(ids, monkeypatch):
    now = clock.now()
    left = iter([60.0])
    monkeypatch.setattr(clock, "seconds_left", lambda: next(left, 5.0))
    taken(ids)
    monkeypatch.setattr(clock, "seconds_left", lambda: 60.0)
    monkeypatch.setattr(clock, "now", lambda: now + 23 * 3600)
    taken(ids)
    assert publishes() == Counter(ids)

    monkeypatch.setattr(clock, "now", lambda: now + 25 * 3600)
    taken(ids)

    assert set(publishes().values()) == {2}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"account_id": "acc_1", "account_ids": ["acc_2"]},
        {"account_ids": []},
        {"account_ids": ["acc_1", "acc_1"]},
        {"account_ids": [f"acc_{number}" for number in range(51)]},
        {"account_ids": [""]},
        {"account_ids": "acc_1"},
        {"account_id": ""},
        {"account_ids": ["acc_1"], "dry_run": True},
    ],
)
def test_exactly_one_of_account_id_and_account_ids_is_required(wrong):
    with pytest.raises(ValidationError):
        PublishRequest.model_validate({"source": SOURCE, "privacy_level": "SELF_ONLY", **wrong})


def test_fifty_accounts_can_be_given():
    assert len(a_request([f"acc_{number}" for number in range(50)]).account_ids) == 50
