"""The cost of a publish through the API, from the request to its last event.

The webhook arrives in Watch's first round.
"""

from typing import Any

import pytest
from pydantic import SecretStr

from bench.publish_cost import COUNTED, Counted
from dropcast import clock
from dropcast.aws import clients
from dropcast.events.daily_counts import get_days
from dropcast.events.outbox import outbox_store, relay
from dropcast.media.video.preflight import VideoFacts
from dropcast.publishing.intake import cost_estimate
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model.publish import Publish, Source
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import StepResult
from dropcast.publishing.outcome.settle import finish
from dropcast.publishing.outcome.webhook_handler import handle
from dropcast.publishing.sources import s3_object, video_preflight
from dropcast.publishing.sources.s3_object import ObjectFacts
from dropcast.publishing.steps.prepare import prepare
from dropcast.publishing.steps.start import start
from dropcast.publishing.steps.watch import watch
from dropcast.publishing.transfer import transfer as transfer_module
from dropcast.publishing.transfer.transfer import transfer
from dropcast.tiktok.upload import ChunkAnswer
from tests.infra.test_workflow import ROAD
from tests.unit.publishing.conftest import BUCKET, options, stored, upload_object
from tests.unit.publishing.metering import Meter
from tests.unit.publishing.steps.test_watch import webhook
from tests.unit.support.memory_aws import maker

MB = 1_000_000
SOURCE = Source(bucket=BUCKET, key="a.mp4")
# The number of reads for an MP4 whose index is at its start.
PREFLIGHT_READS = 2
FUNCTIONS = [
    "http/authorizer",
    "http/api",
    "workflow/prepare",
    "workflow/start",
    "workflow/transfer",
    "workflow/watch",
    "http/webhook",
    "queue/webhook",
    "workflow/settle",
    "stream/outbox",
]


class Zeroes:
    """A body of the requested number of zero bytes."""

    def __init__(self, size: int) -> None:
        self.left, self.some = size, memoryview(bytes(1024 * 1024))

    def read(self, limit: int) -> memoryview:
        piece = self.some[: min(limit, self.left)]
        self.left -= len(piece)
        return piece

    def close(self) -> None:
        pass


@pytest.fixture
def of_size(monkeypatch):
    """Change the object's size without storing its bytes. TikTok accepts them as they arrive."""

    def become(size: int) -> None:
        real_head = s3_object.head

        def head(source):
            seen = real_head(source)
            assert isinstance(seen, ObjectFacts)
            return ObjectFacts(size, seen.etag, seen.version_id, seen.metadata)

        def get(source, first, last):
            clients.client("s3").get_object(Bucket=source.bucket, Key=source.key)
            return {"Body": Zeroes(last - first + 1)}

        def preflight(reader, size, max_ms):
            for _ in range(PREFLIGHT_READS):
                get(SOURCE, 0, 0)
            return VideoFacts("mp4", "video/mp4", "h264", 2000, 720, 1280, 30_000, True)

        def put_chunk(http, url, *, last, total, body, **_):
            for _ in body:
                pass
            return ChunkAnswer("done" if last + 1 == total else "continue", last + 1, 206)

        monkeypatch.setattr(s3_object, "head", head)
        monkeypatch.setattr(s3_object, "_get_pinned", get)
        monkeypatch.setattr(video_preflight, "preflight", preflight)
        monkeypatch.setattr(transfer_module, "put_chunk", put_chunk)

    return become


def counted(meter: Meter) -> Counted:
    return Counted(
        transitions=len(ROAD),
        invocations=len(meter.invocations),
        write_units=meter.write_units,
        read_units=meter.read_units,
        kms_calls=meter.kms(),
        s3_requests=meter.s3(),
    )


def whole_flow(account, size: int, tiktok, woken) -> tuple[Meter, list[str]]:
    """Run every invocation of a publish, each as a cold process. Return the outcomes that the Choices read."""
    _forget_events()
    meter, outcomes = Meter(), []
    source = upload_object("a.mp4", b"x").model_copy(update={"size": None, "etag": None, "version_id": None})
    with meter.invocation("http/authorizer"):
        pass
    with meter.invocation("http/api"):
        publish = submit(new_publish(account.account_id, source, "api", options(), user_id=account.user_id))
    assert isinstance(publish, Publish)
    ids = publish.publish_id, publish.execution
    with meter.invocation("workflow/prepare"):
        outcomes.append(prepare(*ids).outcome)
    with meter.invocation("workflow/start"):
        outcomes.append(start(*ids).outcome)
    with meter.invocation("workflow/transfer"):
        outcomes.append(transfer(*ids).outcome)
    tiktok.status = {"status": "PROCESSING_UPLOAD", "uploaded_bytes": size}
    with meter.invocation("workflow/watch"):
        watch(*ids, SecretStr("task-token"), "long")
    with meter.invocation("http/webhook"):
        pass  # one read of a secret and one message, which are not counted here
    with meter.invocation("queue/webhook"):
        handle(webhook("complete"))
    (told,) = [step for _, step in woken]
    with meter.invocation("workflow/settle"):
        outcomes.append(finish(publish.publish_id, StepResult.from_json(told), publish.execution).state.value)
    with meter.invocation("stream/outbox"):
        _relay_all()
    assert stored(publish).state is State.PUBLISHED
    [today] = get_days([clock.iso(clock.now())[:10]], account.user_id)
    assert (today.published, today.bytes_sent) == (1, size)
    return meter, outcomes


def _relay_all() -> None:
    assert relay.relay([outbox_store.waiting(item) for item in _events()]) == {}


def _forget_events() -> None:
    for item in _events():
        maker("dynamodb").delete_item(TableName="outbox_table", Key={"pk": item["pk"]})


def _events() -> list[dict[str, Any]]:
    return maker("dynamodb").scan(TableName="outbox_table")["Items"]


@pytest.mark.parametrize("size", [20 * MB, 100 * MB, 1000 * MB, 4000 * MB])
def test_a_publish_makes_the_calls_that_the_page_on_cost_counts(
    account, begun, tiktok, woken, of_size, monkeypatch, size
):
    of_size(size)
    monkeypatch.setenv("EVENT_BUS_NAME", "default")

    meter, outcomes = whole_flow(account, size, tiktok, woken)

    assert outcomes == ["ready", "started", "uploaded", "published"]
    assert meter.invocations == FUNCTIONS
    assert counted(meter) == COUNTED[size]


def test_the_estimate_of_a_dry_run_has_the_counts_of_100_mb():
    known = COUNTED[100 * MB]

    assert (known.transitions, known.invocations) == (cost_estimate._TRANSITIONS, cost_estimate._LAMBDA_CALLS)
    assert (known.write_units, known.read_units) == (cost_estimate._WRITES, cost_estimate._READS)
    assert (known.kms_calls, known.s3_requests) == (cost_estimate._KMS_CALLS, cost_estimate._GETS)
