"""Runs the programs of examples/ beside the local stack, as their pages describe."""

import os
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from runpy import run_path

import httpx
import pytest
from standardwebhooks import Webhook

from local.folder import ROOT
from local.shell_file import variables
from tests.e2e.road import SMALL, posts, wait_for
from tests.event_loops import run_coroutine
from tests.written import run

EXAMPLES = ROOT / "examples"
CLIENT = str(ROOT / "clients/python")


def assert_commands_run(page: str, folder: Path, shell: dict[str, str]) -> str:
    """Run the commands of an example's page; return what they printed."""
    folder.mkdir()
    ran = run(f"examples/{page}/README.md", folder, shell | {"PYTHONPATH": CLIENT}, seconds=60)
    assert ran.code == 0, ran.output
    return ran.output


@pytest.fixture
def shell(stack, account) -> dict[str, str]:
    return variables(stack, account)


def test_the_backend_publishes_once_for_an_order(journey, account, shell, tmp_path):
    printed = assert_commands_run("publish", tmp_path / "checkout", shell)

    assert printed.startswith("published ")
    assert len(posts(journey, account)) == 1
    body = {"account_id": account, "source": {"type": "s3", "bucket": shell["BUCKET"], "key": "in/of-a-second-run.mp4"}}
    headers = {"Idempotency-Key": "order-1"}
    again = journey.api("POST", "/v1/publishes", json={**body, "privacy_level": "SELF_ONLY"}, headers=headers)
    assert again.json()["error"]["code"] == "idempotency_conflict"


def test_a_folder_is_dropped_once(journey, account, shell, tmp_path):
    first = assert_commands_run("folder", tmp_path / "first", shell)
    again = assert_commands_run("folder", tmp_path / "again", shell)

    assert (first, again) == ("dropped first.mp4\n", "")
    [post] = wait_for(lambda: posts(journey, account))
    assert post["title"] == "From my folder"


def test_the_agent_sends_a_draft(account, shell, tmp_path):
    printed = assert_commands_run("agent", tmp_path / "agent", shell)

    assert printed.splitlines()[-1] == "in_inbox"


@pytest.fixture
def queue(stack) -> Iterator[str]:
    """The address of the example's queue, whose rule is on the stack's bus."""
    cloudformation, name = stack.client("cloudformation"), f"queue-{secrets.token_hex(4)}"
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=(EXAMPLES / "eventbridge/queue.yaml").read_text(),
        Parameters=[{"ParameterKey": "Bus", "ParameterValue": stack.outputs["EventBusName"]}],
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    [deployed] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    yield {one["OutputKey"]: one["OutputValue"] for one in deployed["Outputs"]}["QueueUrl"]
    cloudformation.delete_stack(StackName=name)


@pytest.fixture
def states(queue, shell, tmp_path) -> Iterator[Callable[[], dict[str, str]]]:
    """The running consumer. The yielded function returns the states that the consumer has stored."""
    file = tmp_path / "publishes.db"
    command = [sys.executable, str(EXAMPLES / "eventbridge/consumer.py"), queue, str(file)]
    consumer = subprocess.Popen(command, env=os.environ | shell, stdout=subprocess.DEVNULL)

    def read() -> dict[str, str]:
        try:
            with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
                return dict(database.execute("SELECT publish_id, state FROM publishes"))
        except sqlite3.OperationalError:  # the consumer has not created its table yet
            return {}

    yield read
    consumer.kill()
    consumer.wait()


def test_the_queue_tells_the_consumer_what_happens_to_a_publish(journey, account, videos, states):
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    journey.upload(videos(SMALL)[0], "in/examples.mp4")
    publish_id = journey.publish(account, "in/examples.mp4", publish_at=tomorrow)["publish_id"]
    journey.api("POST", f"/v1/publishes/{publish_id}/cancel").raise_for_status()

    wait_for(lambda: states().get(publish_id) == "cancelled")


class Receiver:
    """The example's app, with an endpoint's secret and a database. It listens on no port."""

    def __init__(self, database: Path, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.database = database
        monkeypatch.setenv("DATABASE", str(database))
        monkeypatch.setenv("WEBHOOK_SECRET", secret)
        self.app = run_path(str(EXAMPLES / "webhooks/receiver.py"))["app"]

    def answer(self, body: bytes, headers: dict[str, str]) -> int:
        """The status for a webhook."""

        async def post() -> int:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://site") as client:
                return (await client.post("/dropcast", content=body, headers=headers)).status_code

        return run_coroutine(post())

    def stored(self) -> list[tuple[str, str]]:
        with sqlite3.connect(self.database) as database:
            return database.execute("SELECT event_id, event FROM events").fetchall()


def test_the_receiver_stores_each_real_event_once_and_refuses_all_else(journey, receivers, tmp_path, monkeypatch):
    hook = f"/{secrets.token_hex(4)}"
    body = {"url": receivers.origin + hook, "events": ["publish.*"]}
    endpoint = journey.api("POST", "/v1/webhook-endpoints", json=body).raise_for_status().json()
    path = f"/v1/webhook-endpoints/{endpoint['endpoint_id']}"
    journey.api("POST", f"{path}/test").raise_for_status()
    [sent] = wait_for(lambda: receivers.got[hook])
    journey.api("DELETE", path).raise_for_status()
    receiver = Receiver(tmp_path / "events.db", endpoint["secret"], monkeypatch)
    six_minutes_ago = datetime.now(UTC) - timedelta(minutes=6)
    old_signature = Webhook(endpoint["secret"]).sign(sent.event_id, six_minutes_ago, sent.body.decode())
    old = {"webhook-timestamp": str(int(six_minutes_ago.timestamp())), "webhook-signature": old_signature}

    assert receiver.answer(sent.body + b" ", sent.headers) == 401
    assert receiver.answer(sent.body, sent.headers | old) == 401
    assert [receiver.answer(sent.body, sent.headers) for _ in range(2)] == [204, 204]
    assert receiver.stored() == [(sent.event_id, "webhook_endpoint.test")]
