from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from dropcast import clock
from dropcast.aws import clients
from dropcast.caller import SYSTEM, Caller
from dropcast.errors.problem import Problem, http_status
from dropcast.publishing.execution import state_machine
from dropcast.publishing.intake.accept import accept
from dropcast.publishing.model.consent import RecordedConsent
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome.settle import settle
from dropcast.publishing.outcome.sweep import Swept, sweep
from dropcast.publishing.sources import s3_object
from dropcast.publishing.steps.prepare import prepare
from tests.examples import examples
from tests.unit.publishing.conftest import BUCKET, outbox, stored, upload_object
from tests.unit.support.accounts import atomic_aws as atomic_aws
from tests.unit.support.memory_aws import maker

SAMPLE = Path(__file__).parents[3] / "media" / "sample.mp4"


def a_request(account, **changes) -> PublishRequest:
    source = {"type": "s3", "bucket": BUCKET, "key": "a.mp4"}
    body = {"account_id": account.account_id, "source": source, "privacy_level": "SELF_ONLY", "title": "hi", **changes}
    return PublishRequest.model_validate(body)


def taken_in(account, key=None, **changes) -> Publish:
    taken = accept(a_request(account, **changes), SYSTEM, idempotency_key=key)
    assert isinstance(taken, Publish)
    return taken


@pytest.fixture(autouse=True)
def an_object(account) -> None:
    upload_object("a.mp4", SAMPLE.read_bytes())


@pytest.fixture
def calls(account) -> list[str]:
    """Every call to DynamoDB and S3 from now on."""
    made: list[str] = []
    for service in ("dynamodb", "s3"):
        clients.client(service).meta.events.register("before-call", lambda model, **_: made.append(model.name))
    return made


def test_a_request_costs_four_aws_calls(account, calls, monkeypatch):
    monkeypatch.setattr(state_machine, "start", lambda *_: calls.append("StartExecution"))

    taken_in(account, key="once")

    assert calls == ["GetItem", "HeadObject", "TransactWriteItems", "StartExecution"]


def test_the_same_key_and_body_give_the_same_publish(account, begun):
    first = taken_in(account, key="once")
    second = taken_in(account, key="once")
    other = taken_in(account, key="twice")

    assert first.publish_id == second.publish_id != other.publish_id
    assert begun == [first.publish_id, other.publish_id]


def test_a_repeated_request_keeps_the_consent_of_the_first_one(account, begun):
    first, second = (
        RecordedConsent(by="ana", at=datetime(2026, 11, 29, 12, minute, tzinfo=UTC), text="I agree", session_id="ses_1")
        for minute in (1, 2)
    )

    made = accept(a_request(account), SYSTEM, idempotency_key="once", consent=first)
    again = accept(a_request(account), SYSTEM, idempotency_key="once", consent=second)

    assert isinstance(made, Publish)
    assert isinstance(again, Publish)
    assert (again.publish_id, again.replayed) == (made.publish_id, True)
    assert (made.consent, again.consent, stored(made).consent) == (first, first, first)


def test_the_same_key_with_another_body_is_refused(account, begun):
    taken_in(account, key="once")

    refused = accept(a_request(account, title="other"), SYSTEM, idempotency_key="once")

    assert isinstance(refused, Problem)
    assert refused.code == "idempotency_conflict"
    assert len(begun) == 1


def test_a_request_that_loses_to_an_equal_one_is_to_be_repeated(account, begun, monkeypatch):
    conflict = {
        "Error": {"Code": "TransactionCanceledException"},
        "CancellationReasons": [{"Code": "TransactionConflict"}],
    }
    tries: list[float] = []

    def contended(**_: Any) -> None:
        raise ClientError(cast(Any, conflict), "TransactWriteItems")

    monkeypatch.setattr(clients.client("dynamodb"), "transact_write_items", contended)
    monkeypatch.setattr(clock, "sleep", tries.append)

    refused = accept(a_request(account), SYSTEM, idempotency_key="once")

    assert isinstance(refused, Problem)
    assert (refused.code, refused.details, http_status(refused.code)) == ("request_in_flight", {"retry_after": 1}, 409)
    assert 0.7 <= sum(tries) <= 1.5
    assert begun == []


def test_fifty_concurrent_requests_with_one_key_are_one_publish(account, begun, atomic_aws):
    with ThreadPoolExecutor(50) as callers:
        answers = list(callers.map(lambda _: taken_in(account, key="once").publish_id, range(50)))

    assert len(set(answers)) == 1
    assert begun == [answers[0]]


def test_a_key_belongs_to_its_caller_and_lasts_a_day(account, begun, monkeypatch):
    first = taken_in(account, key="once")
    others = accept(a_request(account), Caller("k2", SYSTEM.scopes), idempotency_key="once")
    tomorrow = clock.now() + 24 * 3600 + 1
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    later = taken_in(account, key="once")

    assert isinstance(others, Publish)
    assert len({first.publish_id, others.publish_id, later.publish_id}) == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"source": {"type": "s3", "bucket": "someone-elses", "key": "a.mp4"}}, "bucket_not_ours"),
        ({"source": {"type": "s3", "bucket": BUCKET, "key": "none.mp4"}}, "source_missing"),
        ({"account_id": "acc_nobody"}, "account_not_found"),
    ],
)
def test_an_impossible_request_is_refused_at_once(account, begun, changes, code):
    refused = accept(a_request(account, **changes), SYSTEM, idempotency_key=None)

    assert isinstance(refused, Problem)
    assert refused.code == code
    assert begun == []


@pytest.mark.parametrize(
    "changes",
    [
        {"privacy_level": None},
        {"privacy_level": "EVERYBODY"},
        {"title": "😀" * 1101},
        {"title": "half an emoji: \ud83d"},
        {"brand_content": True},
        {"publish_att": "2026-12-01T00:00:00Z"},
        {"kind": "photo"},
        {"cover_timestamp_ms": -1},
    ],
)
def test_a_request_that_tiktok_would_refuse_or_with_unknown_fields_is_invalid(account, changes):
    with pytest.raises(ValidationError):
        a_request(account, **changes)


def test_a_titles_length_is_counted_in_utf16_units(account):
    assert a_request(account, title="😀" * 1100).title


def test_the_sweep_starts_an_execution_that_did_not_begin(account, monkeypatch):
    def throttled(*_: str) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "StartExecution")

    monkeypatch.setattr(state_machine, "start", throttled)
    publish = taken_in(account)
    begun: list[str] = []
    monkeypatch.setattr(state_machine, "start", lambda publish_id, _: begun.append(publish_id))
    too_early = sweep()
    later = clock.now() + 61
    monkeypatch.setattr(clock, "now", lambda: later)

    swept = sweep()
    prepare(publish.publish_id, publish.publish_id)

    assert (too_early, swept, begun) == (Swept(0, 0), Swept(1, 0), [publish.publish_id])
    assert sweep() == Swept(0, 0)


def test_preparing_inspects_the_pinned_object(account, begun, monkeypatch):
    video = SAMPLE.read_bytes()
    source = upload_object("a.mp4", video)
    publish = taken_in(account)

    step = prepare(publish.publish_id, publish.publish_id)

    pinned = stored(publish).source
    assert step == StepResult(Outcome.READY)
    assert (pinned.version_id, pinned.etag, pinned.size) == (source.version_id, source.etag, len(video))
    assert pinned.content_type == "video/mp4"
    assert pinned.duration_ms


@pytest.mark.parametrize(("body", "code"), [(b"", "source_empty"), (b"no video at all", "not_a_video")])
def test_a_file_that_is_no_video_fails_before_tiktok_is_called(account, begun, tiktok, body, code):
    upload_object("a.mp4", body)
    publish = taken_in(account)

    failed = settle(publish.publish_id, prepare(publish.publish_id, publish.publish_id))

    assert failed.error is not None
    assert (failed.state, failed.error.code) == (State.FAILED, code)
    assert tiktok.calls == []
    assert outbox()[-1] == "publish.failed"


def test_the_object_is_not_read_completely(account, begun):
    video = SAMPLE.read_bytes() + b"\x00\x2d\xc6\xc0free" + bytes(3_000_000 - 8)
    upload_object("a.mp4", video)
    publish = taken_in(account)
    reads: list[int] = []
    real = s3_object.read_range
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(s3_object, "read_range", lambda s, a, b: reads.append(b - a + 1) or real(s, a, b))
        step = prepare(publish.publish_id, publish.publish_id)

    assert step == StepResult(Outcome.READY)
    assert len(reads) <= 12
    assert sum(reads) <= 2_000_000


@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(15), deadline=None
)
@given(title=st.text(max_size=300), flags=st.tuples(st.booleans(), st.booleans(), st.booleans()))
def test_the_stored_publish_equals_the_request(account, begun, title, flags):
    comment, duet, stitch = flags

    publish = taken_in(account, title=title, allow_comment=comment, allow_duet=duet, allow_stitch=stitch)

    assert stored(publish).options == publish.options


def test_no_object_is_changed(account, begun):
    upload_object("a.mp4", b"no video")
    publish = taken_in(account)

    settle(publish.publish_id, prepare(publish.publish_id, publish.publish_id))

    assert maker("s3").get_object(Bucket=BUCKET, Key="a.mp4")["Body"].read() == b"no video"
