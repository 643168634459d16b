"""Behaviour of keys, webhook endpoints and health that only a browser shows: traces of secrets, live logs, and
looks.
"""

import json
import re
import secrets
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

from local.stack_client import StackClient
from tests.e2e.console.conftest import Complaints, Open
from tests.e2e.console.looks import assert_looks_right
from tests.e2e.receiver import Receivers
from tests.e2e.road import wait_for

STORED = "JSON.stringify([{...sessionStorage}, {...localStorage}, location.href])"


def copied_secret(page: Page) -> str:
    """Press the button that copies the secret, and return the secret that the page shows."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    shown = page.locator("#secret").inner_text()
    assert page.evaluate("navigator.clipboard.readText()") == shown
    return shown


def is_shown_again(page: Page, secret: str) -> bool:
    return secret in page.content() or secret in page.evaluate(STORED)


def test_a_new_key_is_copied_once_and_leaves_no_trace_in_the_browser(
    open_signed_in: Open, journey: StackClient, complaints: Complaints
):
    page = open_signed_in()
    page.goto("/console/keys")
    page.get_by_label("Name").fill("laptop")

    page.get_by_role("button", name="Create the key").dblclick()
    text = copied_secret(page)
    assert text not in page.evaluate(STORED)
    reloaded = page.reload()
    assert reloaded
    assert reloaded.status == 409
    complaints.found = [one for one in complaints.found if "409" not in one]
    expect(page.get_by_text("This form has already made a key")).to_be_visible()
    assert not is_shown_again(page, text)

    page.goto("/console/keys")
    page.get_by_label("Name").fill("phone")
    page.get_by_role("button", name="Create the key").click()
    other = copied_secret(page)
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert not is_shown_again(page, other)
    page.get_by_role("link", name="All keys").click()
    page.get_by_role("heading", name="Create a key").wait_for()
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()

    keys = journey.api("GET", "/v1/keys").json()["items"]
    assert [len([one for one in keys if one["name"] == name]) for name in ("laptop", "phone")] == [1, 1]
    for key in keys:
        if key["name"] in ("laptop", "phone"):
            journey.api("DELETE", f"/v1/keys/{key['key_id']}")


def test_deliveries_appear_by_themselves_signed_with_the_secret_that_was_shown(
    open_signed_in: Open, receivers: Receivers, journey: StackClient
):
    page = open_signed_in()
    page.goto("/console/webhooks")
    path = f"/{secrets.token_hex(4)}"
    page.get_by_label("URL").fill(receivers.origin + path)
    page.get_by_label("All events").uncheck()
    page.get_by_label("account.expiring").check()
    page.get_by_role("button", name="Create the endpoint").click()
    secret = copied_secret(page)
    page.get_by_role("link", name="Go to the endpoint").click()

    page.get_by_role("button", name="Send a test event").dblclick()

    expect(page.get_by_role("cell", name="Delivered")).to_be_visible(timeout=20_000)
    [got] = receivers.got[path]
    assert got.verified(secret)["event"] == "webhook_endpoint.test"
    page.get_by_role("link", name="webhook_endpoint.test").click()
    attempts = page.get_by_role("listitem").filter(has_text="it answered")
    expect(attempts).to_have_count(1)
    page.get_by_role("button", name="Deliver it again").click()
    expect(attempts).to_have_count(2, timeout=20_000)
    journey.api("DELETE", f"/v1/webhook-endpoints/{endpoint_id_in(page)}")


def endpoint_id_in(page: Page) -> str:
    found = re.search(r"whe_\w+", page.url)
    assert found
    return found[0]


@pytest.fixture
def delivery(journey: StackClient, receivers: Receivers) -> Any:
    """The page of a delivery to an endpoint of this test."""
    url = f"{receivers.origin}/{'long-path/' * 12}{secrets.token_hex(4)}"
    made = journey.api("POST", "/v1/webhook-endpoints", json={"url": url, "events": ["budget.exhausted"]}).json()
    path = f"/v1/webhook-endpoints/{made['endpoint_id']}"
    event_id = journey.api("POST", f"{path}/test").json()["event_id"]
    wait_for(lambda: "delivered" in json.dumps(journey.api("GET", f"{path}/deliveries").json()))
    yield f"/console/webhooks/{made['endpoint_id']}/deliveries/{event_id}"
    journey.api("DELETE", path)


def test_every_page_looks_right(open_signed_in: Open, journey: StackClient, delivery: str):
    [key_id, *_] = [one["key_id"] for one in journey.api("GET", "/v1/keys").json()["items"]]
    endpoint = delivery.partition("/deliveries")[0]
    page = open_signed_in()

    for path in (
        "/console/keys",
        f"/console/keys/{key_id}/revoke",
        "/console/webhooks",
        endpoint,
        delivery,
        "/console/health",
    ):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        assert_looks_right(page)
    page.goto(f"{endpoint}/rotate-secret")
    page.get_by_role("button", name="Make a new secret").click()
    page.locator("#secret").wait_for()
    assert_looks_right(page)
