"""Actions of a person on a publish while it runs or after it ended, on the local stack."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from dropcast.aws import clients
from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem
from dropcast.publishing.actions.cancel import cancel
from dropcast.publishing.model.states import State
from dropcast.publishing.store import publish_store
from dropcast.settings import settings
from local.child_environment import REGION
from local.stack import LocalStack
from tests.e2e.road import (
    SEVERAL_CHUNKS,
    SMALL,
    begun,
    fault,
    posts,
    requests,
    wait_for,
)
from tests.e2e.test_schedules import act, scheduled


def test_an_upload_cancelled_before_its_last_chunk_makes_no_post(journey, account, videos, stack):
    fault(journey, "upload", "slow_body", bytes_per_second=1_000_000, skip=1)
    publish_id, _ = begun(journey, account, videos(SEVERAL_CHUNKS)[0])
    wait_for(lambda: journey.show(publish_id)["state"] == "uploading" and requests(journey, account, "upload"))

    cancelled = act(journey, publish_id, "cancel")

    if cancelled.status_code == 202:  # all its chunks may have begun, and then only TikTok can cancel it
        assert journey.until_rest(publish_id)["state"] == "cancelled"
    else:
        assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    wait_for(lambda: stack.executions(publish_id)[-1]["status"] in ("ABORTED", "SUCCEEDED"))
    assert posts(journey, account) == []


def test_a_publish_that_tiktok_processes_cannot_be_cancelled(journey, account, videos):
    journey.sandbox("PATCH", "/settings", json={"processing_seconds": 6})
    publish_id, _ = begun(journey, account, videos(SMALL)[0])
    wait_for(lambda: journey.show(publish_id)["state"] == "processing")

    refused = act(journey, publish_id, "cancel")

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "publish_not_cancellable")
    assert refused.json()["error"]["log_id"]
    assert journey.until_rest(publish_id)["state"] == "published"
    late = act(journey, publish_id, "cancel")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "too_late_to_cancel")


def test_repeated_retries_of_a_failed_publish_make_one_new_publish(journey, account, videos):
    journey.sandbox("PATCH", "/settings", json={"fail_reason": "internal"})
    publish_id, _ = begun(journey, account, videos(SMALL)[0])
    assert journey.until_rest(publish_id)["state"] == "failed"
    journey.sandbox("PATCH", "/settings", json={"fail_reason": None})

    first, second = (act(journey, publish_id, "retry") for _ in range(2))
    shown = journey.until_rest(first.json()["publish_id"])

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["publish_id"] == second.json()["publish_id"] == journey.show(publish_id)["retried_as"]
    assert (shown["state"], shown["retry_of"]) == ("published", publish_id)
    assert len(posts(journey, account)) == 1


@pytest.mark.parametrize("state", ["uploading", "processing"])
def test_a_restarted_publish_in_progress_is_posted_once(journey, account, videos, stack, state):
    path, sha256 = videos(SEVERAL_CHUNKS)
    journey.sandbox("PATCH", "/settings", json={"processing_seconds": 5})
    if state == "uploading":
        fault(journey, "upload", "slow_body", bytes_per_second=3_000_000, skip=1)
    publish_id, _ = begun(journey, account, path)
    wait_for(lambda: journey.show(publish_id)["state"] == state)

    restarted = act(journey, publish_id, "restart")
    shown = journey.until_rest(publish_id)

    (post,) = posts(journey, account)
    assert restarted.status_code == 202
    assert (shown["state"], post["sha256"]) == ("published", sha256)
    names = [execution["name"] for execution in stack.executions(publish_id)]
    assert names == [publish_id, f"{publish_id}-1"]
    assert len(requests(journey, account, "video_init")) == 1


def test_a_publish_whose_abort_went_unnoticed_can_be_restarted(journey, account, videos, stack):
    fault(journey, "creator_info", "slow_answer", seconds=5)
    publish_id, _ = begun(journey, account, videos(SMALL)[0])
    wait_for(lambda: requests(journey, account, "creator_info"))

    restarted = act(journey, publish_id, "restart")
    shown = journey.until_rest(publish_id)

    assert restarted.status_code == 202
    assert shown["state"] == "published"
    assert len(requests(journey, account, "video_init")) == 1


@pytest.fixture
def in_process(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The layer in this process, on the stack's tables."""
    variables = stack.client("lambda").get_function_configuration(FunctionName=stack.function_name("http-api"))
    environment = variables["Environment"]["Variables"]
    access = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": REGION}
    for name, value in {**environment, **access, "AWS_ENDPOINT_URL": stack.emulator.endpoint}.items():
        monkeypatch.setenv(name, value)
    caches = (settings, clients.client, clients._session)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


def test_one_of_fifty_concurrent_cancels_and_claims_wins(journey, account, videos, in_process):
    for head_start in (0, 0.02, 0.04, 0.06, 0.08, 0.1):
        publish_id = scheduled(journey, account, videos, 3600)["publish_id"]
        line = threading.Barrier(50)

        def claim(publish_id: str = publish_id, line: threading.Barrier = line, pause: float = head_start) -> str:
            row = publish_store.get(publish_id)
            line.wait()
            time.sleep(pause)
            won = row is not None and row.state is State.HELD and publish_store.move(row, State.STARTING)
            return "claimed" if won else "lost"

        def call_off(publish_id: str = publish_id, line: threading.Barrier = line) -> str:
            line.wait()
            answer = cancel(publish_id, SYSTEM)
            return answer.code if isinstance(answer, Problem) else answer.state.value

        with ThreadPoolExecutor(50) as pool:
            told = [one.result() for one in [pool.submit(claim if n % 2 else call_off) for n in range(50)]]

        row = publish_store.get(publish_id)
        assert row is not None
        if row.state is State.CANCELLED:
            assert set(told) == {"lost", "cancelled"}
        else:
            assert (row.state, told.count("claimed")) == (State.STARTING, 1)
            assert set(told) == {"claimed", "lost", "publish_starting"}


def test_lists_are_newest_first_and_paged(journey, account, videos):
    path = videos(SMALL)[0]
    made = [begun(journey, account, path)[0] for _ in range(3)]
    user = journey.api("GET", f"/v1/accounts/{account}").json()["user_id"]

    def listed(**query):
        found, after = [], None
        while True:
            page = journey.api("GET", "/v1/publishes", params=query | ({"next": after} if after else {}))
            found += [item["publish_id"] for item in page.raise_for_status().json()["items"]]
            if (after := page.json()["next"]) is None:
                return found

    assert listed(account_id=account, limit=2) == made[::-1]
    assert listed(user_id=user, limit=2) == made[::-1]
    assert [one for one in listed(limit=100) if one in made] == made[::-1]
    for publish_id in made:
        journey.until_rest(publish_id)
    assert wait_for(lambda: listed(account_id=account, state="published") == made[::-1])
    assert listed(account_id=account, state="failed") == []
    refused = journey.api("GET", "/v1/publishes", params={"next": "bm90IG91cnM="})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_request")
