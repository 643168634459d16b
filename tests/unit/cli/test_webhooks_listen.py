"""`dropcast webhooks listen` against a fake API and a fake receiver."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest
import respx
from standardwebhooks import Webhook
from typer.testing import CliRunner

from cli import webhook_listening, webhooks_command
from cli.main import cli
from tests.unit.support.api_examples import client, example
from tests.unit.support.client_sleeps import replace_sleep

SECRET = "whsec_c2VjcmV0LW9mLXRoaXMtdGVzdA=="
OTHER_SECRET = "whsec_YW5vdGhlci1zZWNyZXQ="
RECEIVER = "http://127.0.0.1:8000/dropcast"


class Api:
    """The log of an endpoint, newest first. `during`: functions, one of which runs in place of each wait between polls.
    After the last one comes Ctrl-C.
    """

    def __init__(self) -> None:
        self.bodies: dict[str, str] = {}
        self.signed_with = SECRET
        self.failures: list[str] = []
        self.during: list[Callable[[], object]] = []

    def add(self, event_id: str) -> None:
        event = {"event_id": event_id, "event": "later.event", "at": "2027-01-01T00:00:00Z"}
        self.bodies = {event_id: json.dumps(event | {"sequence": None, "data": {"word": "é"}})} | self.bodies

    def answer(self, request: httpx.Request) -> httpx.Response:
        *_, event_id, what = request.url.path.split("/")
        if what in self.failures:
            return httpx.Response(503, json={"message": "Service Unavailable"})
        if what == "deliveries":
            items = [example("DeliveryView", event_id=one, event="later.event") for one in self.bodies]
            return httpx.Response(200, json={"items": items, "next": None})
        at, body = datetime.now(UTC), self.bodies[event_id]
        signature = Webhook(self.signed_with).sign(event_id, at, body)
        named = {"webhook-id": event_id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}
        return httpx.Response(200, json={"headers": named, "body": body})

    def wait(self, _: float) -> None:
        if not self.during:
            raise KeyboardInterrupt
        self.during.pop(0)()


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    made = Api()
    monkeypatch.setattr(webhooks_command, "open_api", lambda _: client(made.answer))
    replace_sleep(monkeypatch, lambda _: None)
    monkeypatch.setattr(webhook_listening.clock, "sleep", made.wait)
    monkeypatch.setenv("DROPCAST_WEBHOOK_SECRET", SECRET)
    return made


@pytest.fixture
def receiver() -> Iterator[respx.Route]:
    with respx.mock(assert_all_called=False) as router:
        yield router.post(RECEIVER).respond(204)


def listen(*words: str, typed: str = "") -> tuple[list[str], str]:
    """The lines on stdout without their times, and the notes."""
    result = CliRunner().invoke(cli, ["webhooks", "listen", "whe_1", *words], input=typed)
    assert result.exit_code == 130, result.output
    return [line.partition("Z ")[2] or line for line in result.stdout.splitlines()], result.stderr


def test_only_new_webhooks_are_verified_and_printed_oldest_first(api):
    api.add("evt_1")
    api.during = [lambda: (api.add("evt_2"), api.add("evt_3")), lambda: None]

    out, notes = listen()

    assert out == ["--> later.event [evt_2] verified", "--> later.event [evt_3] verified"]
    assert notes.splitlines()[-1] == "Stopped. Webhooks: 2, refused: 0."


def test_a_webhook_is_forwarded_unchanged_with_its_signature(api, receiver):
    api.during = [lambda: api.add("evt_1")]

    out, _ = listen("--forward-to", RECEIVER)

    [call] = receiver.calls
    assert Webhook(SECRET).verify(call.request.content, dict(call.request.headers))["event_id"] == "evt_1"
    assert call.request.content == api.bodies["evt_1"].encode()
    assert call.request.headers["content-type"] == "application/json"
    assert out[1] == f"<-- [204] POST {RECEIVER} [evt_1]"


def test_a_forged_webhook_is_refused_and_not_forwarded(api, receiver):
    api.signed_with = OTHER_SECRET
    api.during = [lambda: api.add("evt_1")]

    out, notes = listen("--forward-to", RECEIVER)

    assert out == ["--> later.event [evt_1] refused"]
    assert "The webhook is refused" in notes
    assert "refused: 1." in notes
    assert receiver.calls.call_count == 0


def test_a_receiver_that_is_down_misses_a_webhook_and_gets_the_next_one(api, receiver):
    receiver.side_effect = [httpx.ConnectError("Connection refused"), httpx.Response(500)]
    api.during = [lambda: api.add("evt_1"), lambda: api.add("evt_2")]

    out, _ = listen("--forward-to", RECEIVER)

    assert out[1::2] == [
        f"<-- [Connection refused] POST {RECEIVER} [evt_1]",
        f"<-- [500] POST {RECEIVER} [evt_2]",
    ]


@pytest.mark.parametrize("what", ["deliveries", "message"])
def test_after_an_outage_of_the_api_each_webhook_is_printed_once(api, what):
    def fail() -> None:
        api.add("evt_2")
        api.failures.append(what)

    api.during = [lambda: api.add("evt_1"), fail, lambda: None, api.failures.clear, lambda: None]

    out, notes = listen()

    assert out == ["--> later.event [evt_1] verified", "--> later.event [evt_2] verified"]
    assert notes.count("Trying again.") == 1


def test_without_a_secret_webhooks_are_marked_as_unverified(api, monkeypatch):
    monkeypatch.delenv("DROPCAST_WEBHOOK_SECRET")
    api.signed_with = OTHER_SECRET
    api.during = [lambda: api.add("evt_1")]

    out, notes = listen()

    assert out == ["--> later.event [evt_1] unverified"]
    assert "DROPCAST_WEBHOOK_SECRET is not set" in notes


@pytest.mark.parametrize(("typed", "signature"), [(f"{SECRET}\n", "verified"), ("\n", "unverified")])
def test_a_person_is_asked_for_the_secret(api, monkeypatch, typed, signature):
    monkeypatch.delenv("DROPCAST_WEBHOOK_SECRET")
    monkeypatch.setattr(webhooks_command, "can_ask", lambda: True)
    api.during = [lambda: api.add("evt_1")]

    out, notes = listen(typed=typed)

    assert out[-1] == f"--> later.event [evt_1] {signature}"
    assert SECRET not in "".join((*out, notes))


def test_json_has_one_line_for_each_webhook(api, receiver):
    api.during = [lambda: api.add("evt_1")]

    [line], _ = listen("--json", "--forward-to", RECEIVER)

    assert json.loads(line) == {
        "event_id": "evt_1",
        "event": "later.event",
        "signature": "verified",
        "reason": None,
        "body": json.loads(api.bodies["evt_1"]),
        "forwarded": {"status": 204, "error": None},
    }


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "localhost:8000/x", "ftp://a.example", "http://", "http://a:99999"])
def test_an_incomplete_address_is_refused_at_once(api, url):
    result = CliRunner().invoke(cli, ["webhooks", "listen", "whe_1", "--forward-to", url])

    assert result.exit_code == 2
    assert "--forward-to is not an address." in result.stderr
