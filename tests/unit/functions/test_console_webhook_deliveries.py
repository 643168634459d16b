"""/console/webhooks/{endpoint_id}: the log of deliveries, one delivery, tests and redeliveries."""

import re
from typing import get_args

import pytest

from dropcast.events.deliveries import delivery_store
from dropcast.events.deliveries.delivery_store import Attempt, Delivery, DeliveryChange, DeliveryState
from dropcast.events.endpoints.endpoint_store import Endpoint
from dropcast.events.outbound.outbound_post import NoAnswer
from functions.http.console import webhook_page
from functions.http.console.webhook_views import ERRORS
from tests.unit.functions.test_console_webhooks import PAGE, URL
from tests.unit.functions.test_console_webhooks import admin as admin
from tests.unit.functions.test_console_webhooks import endpoint as endpoint
from tests.unit.functions.test_console_webhooks import path as path
from tests.unit.support.accounts import NOW
from tests.unit.support.console import Visitor, signed_in

pytestmark = pytest.mark.usefixtures("cloud")


def deliver(endpoint: Endpoint, number: int, *attempts: Attempt, state: DeliveryState = "delivered") -> str:
    """A delivery of an event, with its attempts."""
    event_id = f"evt_01jd00000000000000000000{number:02}"
    delivery_store.put_event(event_id, "publish.failed", '{"canary-of": "the body"}')
    delivery_store.put_delivery(endpoint.endpoint_id, event_id, "publish.failed")
    for count, attempt in enumerate(attempts, 1):
        found = delivery_store.find(endpoint.endpoint_id, event_id).delivery
        assert isinstance(found, Delivery)
        is_last = count == len(attempts)
        change = DeliveryChange(state if is_last else "pending", None if is_last else NOW, attempt, {"tries": count})
        assert delivery_store.save(found, change)
    return event_id


def test_a_test_event_is_sent_once_for_each_form(admin: Visitor, endpoint: Endpoint, path: str):
    form = admin.get(path).form(f"{path}/test")
    answers = [admin.submit(form), admin.submit(form)]

    shown = admin.get(f"{path}/deliveries", headers={"hx-request": "true"})

    assert [answer.headers["Location"] for answer in answers] == [path, path]
    assert shown.text.count("webhook_endpoint.test") == 1
    assert "Pending" in shown.words()


def test_the_log_shows_each_delivery_in_words(admin: Visitor, endpoint: Endpoint, path: str):
    deliver(endpoint, 1, Attempt(NOW, status=200, took_ms=40))
    deliver(
        endpoint, 2, Attempt(NOW, status=503, took_ms=70), Attempt(NOW + 60, error="tls", took_ms=9), state="failed"
    )

    words = admin.get(path).words()

    assert "Delivered 1 it answered 200 40 ms" in words
    assert "Failed 2 its certificate is not valid 9 ms" in words
    assert "Last success: 15 January 2027, 08:00 UTC · Last failure: 15 January 2027, 08:01 UTC" in words


def test_the_log_is_filtered_by_outcome(admin: Visitor, endpoint: Endpoint, path: str):
    good = deliver(endpoint, 1, Attempt(NOW, status=200))
    bad = deliver(endpoint, 2, Attempt(NOW, status=500), state="failed")

    def shown(state: str) -> list[bool]:
        text = admin.get(path, state=state).text
        return [f'<tr id="{one}">' in text for one in (good, bad)]

    assert shown("delivered") == [True, False]
    assert shown("failed") == [False, True]
    assert shown("pending") == [False, False]
    assert shown("nonsense") == shown("") == [True, True]


def test_older_deliveries_are_on_further_pages_and_the_refresh_keeps_the_page(
    admin: Visitor, endpoint: Endpoint, path: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(webhook_page, "_DELIVERIES_A_PAGE", 2)
    made = [deliver(endpoint, number, Attempt(NOW, status=200)) for number in range(3)]

    first = admin.get(path)
    [following] = set(re.findall(r"next=([\w%=-]+)#", first.text))
    second = admin.get(path, next=following)

    assert [one in first.text for one in made] == [False, True, True]
    assert [one in second.text for one in made] == [True, False, False]
    assert f'hx-get="{path}/deliveries?state=&amp;next={following}"' in second.text
    assert 'data-poll="5"' in second.text
    assert admin.get(path, next="nonsense").status == 400


def test_one_delivery_shows_its_attempts_and_is_delivered_again_once(admin: Visitor, endpoint: Endpoint, path: str):
    event_id = deliver(endpoint, 1, Attempt(NOW, status=500, took_ms=7, answer="<b>down</b>"), state="failed")
    page = f"{path}/deliveries/{event_id}"
    shown = admin.get(page)
    form = shown.form(f"{page}/redeliver")

    answers = [admin.submit(form), admin.submit(form)]

    assert "it answered 500, after 7 ms" in shown.words()
    assert "&lt;b&gt;down&lt;/b&gt;" in shown.text
    assert "canary-of" not in shown.text
    assert [answer.headers["Location"] for answer in answers] == [page, page]
    assert "Pending" in admin.get(f"{page}/attempts").words()
    assert "data-poll" not in shown.text
    assert 'data-poll="5"' in admin.get(page).text


def test_an_event_that_is_no_longer_stored_is_not_delivered_again(admin: Visitor, endpoint: Endpoint, path: str):
    delivery_store.put_delivery(endpoint.endpoint_id, "evt_01jd0000000000000000000009", "publish.failed")
    page = f"{path}/deliveries/evt_01jd0000000000000000000009"

    answer = admin.submit(admin.get(page).form(f"{page}/redeliver"))

    assert answer.status == 404
    assert "no longer stored" in answer.words()


def test_a_key_without_admin_sees_no_secret_of_the_receiver_and_no_buttons(endpoint: Endpoint, path: str):
    event_id = deliver(endpoint, 1, Attempt(NOW, status=500, answer="receiver-secret"), state="failed")
    reader = signed_in("read")

    pages = [reader.get(one) for one in (PAGE, path, f"{path}/deliveries", f"{path}/deliveries/{event_id}")]

    assert [page.status for page in pages] == [200] * 4
    assert all("receiver-secret" not in page.text for page in pages)
    assert all("https://hooks.example" in page.text for page in (pages[0], pages[1], pages[3]))
    assert all("<form" not in page.text.partition("<main")[2] for page in pages)
    assert reader.get(f"{path}/edit").status == 403
    assert reader.post(f"{path}/test", {"csrf": reader.csrf()}).status == 403
    assert reader.post(PAGE, {"csrf": reader.csrf(), "url": URL, "events": "*"}).status == 403


def test_every_reason_of_a_missing_answer_has_words():
    reasons = get_args(NoAnswer.__annotations__["reason"])

    assert {*reasons} < ERRORS.keys()


def test_the_pages_make_at_most_four_aws_calls(admin: Visitor, endpoint: Endpoint, path: str, aws_calls: list[str]):
    event_id = deliver(endpoint, 1, Attempt(NOW, status=200))
    aws_calls.clear()
    admin.get(PAGE)
    assert aws_calls == ["GetItem", "GetItem", "Query"]

    for page in (path, f"{path}/deliveries"):
        aws_calls.clear()
        admin.get(page)
        assert aws_calls == ["GetItem", "GetItem", "GetItem", "Query"]

    aws_calls.clear()
    admin.get(f"{path}/deliveries/{event_id}")
    assert aws_calls == ["GetItem", "GetItem", "BatchGetItem"]
