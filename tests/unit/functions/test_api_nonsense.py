"""No request causes a 5xx of the API. An unreadable or out-of-range value gets a 4xx that explains it."""

import json
import os
import re
from itertools import islice
from typing import Any

import pytest
from botocore.exceptions import ClientError

from dropcast.access.keys import create_key
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.aws import clients
from dropcast.caller import SYSTEM
from dropcast.events.deliveries import deliver as deliver_module
from dropcast.events.deliveries import redeliver_and_test
from dropcast.events.deliveries.delivery_queue import Try
from dropcast.events.endpoints import endpoints
from dropcast.events.outbound.outbound_post import ReceiverAnswer
from dropcast.publishing.uploads import uploads
from functions.http.api.handler import handler
from functions.http.api.routes import ROUTES
from tests.openapi import Operation, operations
from tests.unit.functions.nonsense import CURSORS, DEEP, requests, urlsafe_b64encode
from tests.unit.support.api import call, event_of, with_scopes
from tests.unit.support.functions import context

OPERATIONS = operations(json.loads(ROUTES.all.get_openapi_json_schema(title="Dropcast", version="1")))
# `make faults` sends 20,000 requests.
REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "400"))
ADMIN = with_scopes("admin")


@pytest.fixture
def ids(cloud, held_clock, tiktok, business) -> dict[str, str]:
    account = save_connection("user-1", tiktok.grant())
    endpoint, _ = endpoints.create("https://r.example/in", ["*"], "")
    key, _ = create_key("name", frozenset({"read"}))
    upload = uploads.begin(account.account_id, SYSTEM, "a.mp4", 100, "video/mp4").upload
    return {
        "account_id": account.account_id,
        "endpoint_id": endpoint.endpoint_id,
        "key_id": key.key_id,
        "upload_id": upload.upload_id,
    }


@pytest.fixture
def strict_queries(monkeypatch) -> None:
    """Refuse time ranges that DynamoDB refuses and moto accepts.

    These are ranges that end before they start, and start keys outside the range.
    """
    client = clients.client("dynamodb")
    really = client.query

    def query(**request: Any) -> Any:
        if found := re.search(r"(\w+) BETWEEN (:\w+) AND (:\w+)", request["KeyConditionExpression"]):
            low, high = (request["ExpressionAttributeValues"][found[number]]["S"] for number in (2, 3))
            start = request.get("ExclusiveStartKey", {}).get(found[1], {"S": low})["S"]
            if low > high or not low <= start <= high:
                raise ClientError({"Error": {"Code": "ValidationException", "Message": "out of bounds"}}, "Query")
        return really(**request)

    monkeypatch.setattr(client, "query", query)


def asked(path: str, query: dict[str, str] | None = None, body: Any = None, *scopes: str) -> tuple[int, dict[str, Any]]:
    method = "GET" if body is None else "POST"
    return call(Operation(method, path, path, query or {}, body), with_scopes(*scopes) if scopes else ADMIN)


def test_no_request_makes_the_api_fail(ids, strict_queries):
    failures = []
    for event in islice(requests(REQUESTS, OPERATIONS, ids), REQUESTS):
        answer = handler(event, context())
        if answer["statusCode"] >= 500:
            failures.append((event["requestContext"]["http"], event["queryStringParameters"], str(event["body"])[:200]))

    assert failures == []


@pytest.mark.parametrize(
    "body", ["[" * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP, '{"user_id": ' + "9" * 5000 + "}", "{", "\ufeff{}"]
)
def test_a_body_that_is_no_json_is_refused(ids, body):
    event = event_of(Operation("POST", "", "/v1/connections", {}, {}), ADMIN) | {"body": body}

    answer = handler(event, context())

    assert answer["statusCode"] == 400
    assert json.loads(answer["body"])["error"]["code"] == "invalid_request"


@pytest.mark.parametrize("since", ["2030-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00"])
def test_a_time_range_that_ends_before_it_begins_is_refused(ids, strict_queries, since):
    deliveries, until = f"/v1/webhook-endpoints/{ids['endpoint_id']}", "2020-01-01T00:00:00Z"
    span = {"since": since, "until": until}

    assert asked("/v1/publishes", span)[0] == 400
    assert asked(f"{deliveries}/deliveries", span)[0] == 400
    assert asked(f"{deliveries}/redeliver", body=span)[0] == 400
    assert asked(f"{deliveries}/redeliver", body={"since": since})[0] == 400


@pytest.mark.parametrize("cursor", CURSORS[:8])
def test_a_cursor_of_another_list_is_refused_and_one_out_of_range_ends_the_list(ids, strict_queries, cursor):
    after = {"next": urlsafe_b64encode(cursor).decode(), "until": "2020-01-01T00:00:00Z"}

    status, body = asked("/v1/publishes", after)
    deliveries, _ = asked(f"/v1/webhook-endpoints/{ids['endpoint_id']}/deliveries", after)

    assert (status, body.get("items")) in [(400, None), (200, [])]
    assert deliveries == (200 if cursor.startswith(b"evt_0000") else 400)


@pytest.mark.parametrize("edge", ["9999-12-31T23:59:59-23:00", "0001-01-01T00:00:00+23:00"])
def test_times_at_the_limits_of_the_calendar_are_accepted(ids, strict_queries, edge):
    assert asked("/v1/publishes", {"until": edge})[0] == 200
    assert asked("/v1/publishes", {"since": edge, "until": edge})[0] == 200


def test_only_admins_see_a_receivers_answer_because_it_may_quote_its_secret_path(ids, monkeypatch):
    endpoint, _ = endpoints.create("https://hooks.example/services/s3cr3t", ["*"], "")
    event_id = redeliver_and_test.send_test_event(endpoint.endpoint_id)
    said = ReceiverAnswer(404, "Cannot POST /services/s3cr3t", 3, None)
    monkeypatch.setattr(deliver_module, "post", lambda *_, **__: said)
    deliver_module.deliver(Try(endpoint.endpoint_id, event_id))
    path = f"/v1/webhook-endpoints/{endpoint.endpoint_id}/deliveries"

    _, read = asked(path, None, None, "read")
    _, admin = asked(path, None, None, "admin")

    assert "s3cr3t" not in json.dumps(read)
    assert admin["items"][0]["attempts"][0]["answer"] == said.text
