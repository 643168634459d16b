"""The client reads a webhook only if its signature and its time are right."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from unittest.mock import MagicMock

import pytest
from standardwebhooks import Webhook

from dropcast_client import OtherEvent, WebhookRefusedError, verify_webhook
from functions.http.api.description import document
from tests.unit.support.api_examples import example
from tests.written import blocks

SECRET = "whsec_Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LTAxMjM="
EVENTS = sorted(document()["webhooks"])


def signed(body: bytes, at: datetime, secret: str = SECRET) -> dict[str, str]:
    signature = Webhook(secret).sign("evt_1", at, body.decode())
    return {"Webhook-Id": "evt_1", "Webhook-Timestamp": str(int(at.timestamp())), "Webhook-Signature": signature}


def event_body(event: str) -> bytes:
    [name] = {
        name
        for name, schema in document()["components"]["schemas"].items()
        if schema.get("properties", {}).get("event", {}).get("const") == event
    }
    return json.dumps(example(name)).encode()


@pytest.mark.parametrize("name", EVENTS)
def test_each_event_is_read_as_its_own_model(name):
    body = event_body(name)

    event = verify_webhook(body, signed(body, datetime.now(UTC)), SECRET)

    assert not isinstance(event, OtherEvent)
    assert json.loads(event.model_dump_json(exclude_unset=True)) == json.loads(body)


def test_an_event_of_a_later_release_is_read_too():
    body = json.dumps(json.loads(event_body("publish.failed")) | {"event": "publish.paused"}).encode()

    event = verify_webhook(body, signed(body, datetime.now(UTC)), SECRET)

    assert isinstance(event, OtherEvent)
    assert event.event == "publish.paused"


def receiver_of_the_page(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The class in docs/client.md, without starting its server."""
    [code] = [one.text for one in blocks("docs/client.md") if "BaseHTTPRequestHandler" in one.text]
    monkeypatch.setattr("http.server.HTTPServer", MagicMock())
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    names: dict[str, Any] = {"__name__": "receiver"}
    exec(code, names)
    return names["Receiver"]


@pytest.mark.parametrize(("tail", "answer", "printed"), [(b"", "204", "pub_01jd3"), (b" ", "401", "")])
def test_the_receiver_of_the_page_accepts_only_what_is_signed(monkeypatch, capsys, tail, answer, printed):
    body = event_body("publish.published")
    receiver = MagicMock(rfile=BytesIO(body + tail))
    receiver.headers = signed(body, datetime.now(UTC)) | {"Content-Length": str(len(body + tail))}

    receiver_of_the_page(monkeypatch).do_POST(receiver)

    answered = [*receiver.send_response_only.call_args_list, *receiver.send_error.call_args_list]
    assert [str(call.args[0]) for call in answered] == [answer]
    assert capsys.readouterr().out[:9] == printed


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_webhook_and_one_of_the_future_are_refused(minutes):
    body = event_body("publish.failed")

    with pytest.raises(WebhookRefusedError):
        verify_webhook(body, signed(body, datetime.now(UTC) + timedelta(minutes=minutes)), SECRET)


@pytest.mark.parametrize(
    ("body", "headers", "secret"),
    [
        (b"{}", {}, SECRET),
        (event_body("publish.published"), {}, SECRET),
        (None, {}, "whsec_b3RoZXI="),
        (None, {}, "no base64 %"),
        (None, {"webhook-signature": "v1,nonsense"}, SECRET),
        (None, {"webhook-timestamp": "soon"}, SECRET),
        (None, {"webhook-id": "evt_2"}, SECRET),
    ],
    ids=["empty", "another body", "another secret", "no secret", "nonsense", "no time", "another id"],
)
def test_a_forged_webhook_is_refused(body, headers, secret):
    sent = event_body("publish.failed")
    given = {name.lower(): value for name, value in signed(sent, datetime.now(UTC)).items()}

    with pytest.raises(WebhookRefusedError, match="refused"):
        verify_webhook(sent if body is None else body, given | headers, secret)


@pytest.mark.parametrize("body", [b"[]", b'{"event": 7}', b"nonsense"])
def test_a_signed_body_that_is_no_event_is_refused(body):
    with pytest.raises(WebhookRefusedError):
        verify_webhook(body, signed(body, datetime.now(UTC)), SECRET)
