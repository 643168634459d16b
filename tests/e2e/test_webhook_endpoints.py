"""Signed webhooks on the local stack, from a publish to receivers that OUTBOUND_ALLOWED_ORIGINS allows."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from standardwebhooks import WebhookVerificationError

from local.folder import ROOT
from tests.e2e.ctrl_c import heed_ctrl_c
from tests.e2e.receiver import Got
from tests.e2e.road import SMALL, published, wait_for

ALL = "/v1/webhook-endpoints"
DRAFT = {"mode": "draft", "privacy_level": None}
# No other code sends these events while the tests run.
RARE = "account.expiring"


class Endpoint:
    """An endpoint of the stack, and the requests that reached its receiver."""

    def __init__(self, journey: Any, receivers: Any, events: list[str]) -> None:
        self._journey = journey
        self._receivers = receivers
        self._path = f"/{secrets.token_hex(4)}"
        body = {"url": receivers.origin + self._path, "events": events}
        made = journey.api("POST", ALL, json=body).raise_for_status().json()
        self.id, self.secret = made["endpoint_id"], made["secret"]

    def ask(self, method: str, what: str = "", **request: Any) -> dict[str, Any]:
        return self._journey.api(method, f"{ALL}/{self.id}{what}", **request).raise_for_status().json()

    @property
    def got(self) -> list[Got]:
        return self._receivers.got[self._path]

    def will_answer(self, *statuses: int) -> None:
        self._receivers.answers[self._path] += statuses

    def after(self, count: int) -> Got:
        """Wait for the `count`-th request and return it."""
        wait_for(lambda: len(self.got) >= count)
        return self.got[count - 1]

    def delivery(self, event_id: str, state: str) -> dict[str, Any]:
        """The log entry of an event, once it is in `state`."""

        def found() -> dict[str, Any] | None:
            items = self.ask("GET", "/deliveries", params={"state": state})["items"]
            return next((one for one in items if one["event_id"] == event_id), None)

        return wait_for(found)


@pytest.fixture
def make_endpoint(journey, receivers) -> Iterator[Callable[..., Endpoint]]:
    made: list[Endpoint] = []

    def make(*events: str) -> Endpoint:
        made.append(Endpoint(journey, receivers, list(events)))
        return made[-1]

    yield make
    for endpoint in made:
        endpoint.ask("DELETE")


def test_a_publish_is_sent_to_the_endpoints_that_subscribed(journey, account, videos, make_endpoint):
    all_of_it, another, kind = make_endpoint("*"), make_endpoint("publish.held"), make_endpoint("publish.*")

    shown = published(journey, account, videos(SMALL)[0], **DRAFT)
    told = {name: shown[name] for name in shown if name not in ("options", "consent")}

    for endpoint in (all_of_it, kind):
        wait_for(lambda endpoint=endpoint: any(shown["publish_id"].encode() in one.body for one in endpoint.got))
        got, *_ = [one for one in endpoint.got if shown["publish_id"].encode() in one.body]
        event = got.verified(endpoint.secret)
        assert (event["event"], event["data"], event["event_id"]) == ("publish.in_inbox", told, got.event_id)
        assert endpoint.delivery(got.event_id, "delivered")["attempts"][0]["status"] == 204
    assert another.got == []
    with pytest.raises(WebhookVerificationError):
        kind.got[0].verified(another.secret)


def test_a_test_event_reaches_only_its_endpoint(make_endpoint):
    endpoint, other = make_endpoint(RARE), make_endpoint("*")

    event_id = endpoint.ask("POST", "/test")["event_id"]

    event = endpoint.after(1).verified(endpoint.secret)
    assert (event["event"], event["event_id"]) == ("webhook_endpoint.test", event_id)
    assert endpoint.delivery(event_id, "delivered")["tries"] == 1
    assert event_id not in {one.event_id for one in other.got}


def test_a_receiver_that_first_fails_gets_the_same_event_again(make_endpoint):
    endpoint = make_endpoint(RARE)
    endpoint.will_answer(500)

    event_id = endpoint.ask("POST", "/test")["event_id"]

    first, second = endpoint.after(1), endpoint.after(2)
    assert first.event_id == second.event_id == event_id
    assert first.body == second.body
    second.verified(endpoint.secret)
    attempts = endpoint.delivery(event_id, "delivered")["attempts"]
    assert [one["status"] for one in attempts] == [500, 204]
    assert endpoint.ask("GET")["failures"] == 0


def test_both_secrets_verify_during_a_rotation(make_endpoint):
    endpoint = make_endpoint(RARE)

    rotated = endpoint.ask("POST", "/rotate-secret")
    endpoint.ask("POST", "/test")

    got = endpoint.after(1)
    assert rotated["secret"] != endpoint.secret
    assert got.verified(endpoint.secret) == got.verified(rotated["secret"])
    assert rotated["previous_secret_until"] is not None


def test_a_delivered_event_is_delivered_again_on_request(make_endpoint):
    endpoint = make_endpoint(RARE)
    event_id = endpoint.ask("POST", "/test")["event_id"]
    endpoint.delivery(event_id, "delivered")

    by_id = endpoint.ask("POST", "/redeliver", json={"event_id": event_id})
    second = endpoint.after(2)
    endpoint.delivery(event_id, "delivered")
    by_span = endpoint.ask("POST", "/redeliver", json={"since": "2020-01-01T00:00:00Z", "state": "delivered"})
    third = endpoint.after(3)

    assert (by_id, by_span) == ({"queued": 1}, {"queued": 1})
    assert second.event_id == third.event_id == event_id


def test_an_endpoint_that_answers_gone_is_disabled_and_the_others_learn_it(make_endpoint):
    gone, other = make_endpoint(RARE), make_endpoint("webhook_endpoint.disabled")
    gone.will_answer(410)

    event_id = gone.ask("POST", "/test")["event_id"]

    told = wait_for(lambda: next((one for one in other.got if gone.id.encode() in one.body), None))
    event = told.verified(other.secret)
    assert (event["data"]["endpoint_id"], event["data"]["why"]) == (gone.id, "gone")
    assert gone.delivery(event_id, "failed")["attempts"][0]["status"] == 410
    assert gone.ask("GET")["status"] == "disabled"


def test_a_private_address_is_refused_on_creation(journey):
    answers = [
        journey.api("POST", ALL, json={"url": url})
        for url in (journey.stack.base_url, "https://127.0.0.1/", "https://169.254.169.254/latest", "https://[::1]/")
    ]

    assert [answer.status_code for answer in answers] == [400] * 4
    assert {answer.json()["error"]["code"] for answer in answers} == {"endpoint_url_refused"}


def test_the_command_listens_and_forwards_what_the_endpoint_gets(stack, receivers, make_endpoint):
    endpoint, path = make_endpoint(RARE), f"/{secrets.token_hex(4)}"
    access = {"DROPCAST_URL": stack.base_url, "DROPCAST_API_KEY": stack.api_key}
    words = ("webhooks", "listen", endpoint.id, "--forward-to", receivers.origin + path)

    with subprocess.Popen(
        [sys.executable, "-m", "cli", *words],
        cwd=ROOT, env={**os.environ, **access, "DROPCAST_WEBHOOK_SECRET": endpoint.secret},
        text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heed_ctrl_c,
    ) as listening:  # fmt: skip
        try:
            assert listening.stdout
            assert listening.stderr
            assert listening.stderr.readline().startswith("Listening to")
            event_id = endpoint.ask("POST", "/test")["event_id"]
            wait_for(lambda: receivers.got[path])
            printed = listening.stdout.readline()
        finally:
            listening.send_signal(signal.SIGINT)
        _, notes = listening.communicate(timeout=30)

    [forwarded] = receivers.got[path]
    assert forwarded.verified(endpoint.secret)["event_id"] == event_id
    assert forwarded.body == endpoint.after(1).body
    assert printed.endswith(f"--> webhook_endpoint.test [{event_id}] verified\n")
    assert (listening.returncode, notes) == (130, "Stopped. Webhooks: 1, refused: 0.\n")


def test_all_actions_work_from_the_command_line(stack, receivers):
    path = f"/{secrets.token_hex(4)}"

    def webhooks(*words: str) -> list[str]:
        env = {**os.environ, "DROPCAST_URL": stack.base_url, "DROPCAST_API_KEY": stack.api_key}
        done = subprocess.run(
            [sys.executable, "-m", "cli", "webhooks", *words],
            cwd=ROOT, env=env, text=True, capture_output=True, check=True,
        )  # fmt: skip
        return done.stdout.splitlines()

    [secret] = webhooks("add", receivers.origin + path, "--events", RARE)
    [endpoint_id] = [line.split()[0] for line in webhooks("list") if path in line]
    [event_id] = webhooks("test", endpoint_id)
    wait_for(lambda: receivers.got[path])
    wait_for(lambda: webhooks("deliveries", endpoint_id, "--state", "delivered")[1:])
    again = webhooks("redeliver", endpoint_id, "--event-id", event_id)
    wait_for(lambda: len(receivers.got[path]) == 2)
    webhooks("remove", endpoint_id)

    assert [got.verified(secret)["event_id"] for got in receivers.got[path]] == [event_id] * 2
    assert again == ["1"]
    assert not any(path in line for line in webhooks("list"))
