"""Lists with several pages, values in paths and queries, and invalid settings."""

from datetime import UTC, datetime

import httpx
import pytest

from dropcast_client import AsyncDropcast, Dropcast, DropcastError
from tests.event_loops import run_coroutine
from tests.unit.client.conftest import Calls
from tests.unit.support.api_examples import BASE, answer, example


def page(request: httpx.Request) -> httpx.Response:
    after = request.url.params.get("next")
    item = example("PublishView", publish_id=f"pub_{after or 1}")
    return httpx.Response(200, json={"items": [item], "next": {None: "2", "2": "3", "3": None}[after]})


def test_each_item_of_every_page_is_returned(calls: Calls):
    calls.answer = page
    transport = httpx.MockTransport(page)

    async def collect() -> list[str]:
        async with AsyncDropcast(BASE, "dk_1", transport) as client:
            return [one.publish_id async for one in client.each(client.list_publishes, state=["failed"])]

    def collect_now() -> list[str]:
        with Dropcast(BASE, "dk_1", transport) as client:
            return [one.publish_id for one in client.each(client.list_publishes, state=["failed"])]

    assert (run_coroutine(collect()) if calls.asynchronous else collect_now()) == ["pub_1", "pub_2", "pub_3"]


def test_a_query_has_only_what_the_caller_named(calls: Calls):
    calls.plan(answer("PublishesView"))
    since = datetime(2027, 1, 31, 18, tzinfo=UTC)

    calls.run("list_publishes", state=["failed", "unknown"], since=since, limit=5)

    [request] = calls.requests
    assert dict(request.url.params) == {"state": "failed,unknown", "since": "2027-01-31T18:00:00+00:00", "limit": "5"}


def test_a_flag_in_a_query_is_written_as_json_writes_it(calls: Calls):
    calls.plan(answer("CommentsView"))

    calls.run("list_comments", "acc_1", "7", include_replies=True)

    assert calls.requests[0].url.params["include_replies"] == "true"


def test_an_id_cannot_change_the_path(calls: Calls):
    calls.plan(answer("PublishView"))

    calls.run("show_publish", "../keys?x=1")

    assert calls.requests[0].url.raw_path == b"/v1/publishes/..%2Fkeys%3Fx%3D1"


@pytest.mark.parametrize("text", ["", ".", ".."])
def test_an_id_that_would_be_another_path_is_refused(calls: Calls, text):
    with pytest.raises(DropcastError, match="not an id"):
        calls.run("delete_webhook_endpoint", text)

    assert calls.requests == []


def test_the_key_is_sent_as_a_bearer_token(calls: Calls):
    calls.plan(answer("HealthView"))

    calls.run("show_health")

    assert calls.requests[0].headers["Authorization"] == "Bearer dk_1"


@pytest.mark.parametrize(
    "url", ["", "no address", "http://[::1", "http://a:b", "ftp://a", "/v1", "api.example", "https://"]
)
def test_an_address_that_cannot_be_called_is_refused(url):
    with pytest.raises(ValueError, match="not a valid address"):
        Dropcast(url, "dk_1")


@pytest.mark.parametrize("key", ["", "schlüssel", "dk\n1"])
def test_a_key_that_fits_no_header_is_refused(key):
    with pytest.raises(ValueError, match="API key"):
        Dropcast(BASE, key)
