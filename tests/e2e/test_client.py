"""The Python client against the local stack: the journey of its README, webhooks, and an interrupted upload."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dropcast_client import (
    AsyncDropcast,
    Dropcast,
    NotFoundError,
    PublishRequest,
    S3Source,
    UploadProgress,
    verify_webhook,
)
from dropcast_client.models.events import PublishPublishedEvent
from dropcast_client.models.webhook_endpoints import EndpointRequest
from local.folder import ROOT
from tests.e2e.road import SEVERAL_CHUNKS, SMALL, posts, wait_for
from tests.event_loops import run_coroutine
from tests.written import blocks


@pytest.fixture
def client(stack):
    with Dropcast(stack.base_url, stack.api_key) as client:
        yield client


def test_a_video_is_uploaded_published_and_reported_by_a_webhook(client, journey, account, videos, receivers):
    path, sha256 = videos(SMALL)
    hook = f"/{secrets.token_hex(4)}"
    endpoint = client.make_webhook_endpoint(EndpointRequest(url=receivers.origin + hook, events=["publish.published"]))
    states: list[str] = []

    source = client.upload_file(path, account)
    request = PublishRequest(account_id=account, source=source, privacy_level="SELF_ONLY", title="by the client")
    taken = client.publish(request)
    ended = client.wait(taken.publish_id, on_poll=lambda shown: states.append(shown.state), timeout_s=60)

    def event() -> PublishPublishedEvent | None:
        read = [verify_webhook(one.body, one.headers, endpoint.secret) for one in receivers.got[hook]]
        ours = (one for one in read if isinstance(one, PublishPublishedEvent) and one.data.account_id == account)
        return next(ours, None)

    assert (ended.state, states[-1], ended.error) == ("published", "published", None)
    assert [post["sha256"] for post in posts(journey, account)] == [sha256]
    assert [one.publish_id for one in client.each(client.list_publishes, account_id=account)] == [taken.publish_id]
    assert wait_for(event).data.publish_id == taken.publish_id
    client.delete_webhook_endpoint(endpoint.endpoint_id)
    with pytest.raises(NotFoundError):
        client.show_webhook_endpoint(endpoint.endpoint_id)


def test_an_upload_that_is_broken_off_is_resumed_and_its_publish_cancelled(client, stack, account, videos):
    path, _ = videos(SEVERAL_CHUNKS)
    told: list[UploadProgress] = []

    def break_off(progress: UploadProgress) -> None:
        told.append(progress)
        if progress.bytes_sent > SEVERAL_CHUNKS // 2:
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        client.upload_file(path, account, on_progress=break_off)

    async def resume() -> tuple[S3Source, list[str]]:
        async with AsyncDropcast(stack.base_url, stack.api_key) as later:
            source = await later.resume_upload(path, told[0].upload_id)
            at = datetime.now(UTC) + timedelta(days=1)
            request = PublishRequest(account_id=account, source=source, privacy_level="SELF_ONLY", publish_at=at)
            first = await later.publish(request, idempotency_key="once")
            again = await later.publish(request, idempotency_key="once")
            cancelled = await later.cancel_publish(first.publish_id)
            ended = await later.wait(first.publish_id)
            return source, [first.state, cancelled.state, ended.state, str(first.publish_id == again.publish_id)]

    source, states = run_coroutine(resume())

    head = stack.client("s3").head_object(Bucket=source.bucket, Key=source.key)
    assert head["ContentLength"] == SEVERAL_CHUNKS
    assert states == ["held", "cancelled", "cancelled", "True"]


def test_the_example_of_the_readme_publishes_a_video(stack, journey, videos, monkeypatch, capsys, tmp_path):
    name = f"creator-{secrets.token_hex(4)}"
    journey.connect(name, user_id=name, private=True)
    [example] = [block.text for block in blocks("clients/python/README.md") if block.language == "python"]
    Path(tmp_path, "video.mp4").write_bytes((ROOT / "tests/media/sample.mp4").read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DROPCAST_URL", stack.base_url)
    monkeypatch.setenv("DROPCAST_API_KEY", stack.api_key)

    exec(example.replace('"you"', repr(name)), {})

    assert capsys.readouterr().out == "published\n"
