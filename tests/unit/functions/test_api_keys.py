import json
from typing import Any

import pytest

from dropcast.access.authentication import authenticate
from dropcast.access.keys import create_key, list_keys
from tests.openapi import Operation
from tests.unit.support.api import call, with_scopes


def keys_route(method: str, body: Any = None, **query: str) -> Operation:
    return Operation(method, f"{method} /v1/keys", "/v1/keys", query, body)


def test_a_key_is_created_and_shown_once(cloud):
    status, made = call(keys_route("POST", {"name": "laptop", "scopes": ["read"]}), with_scopes("admin"))
    _, listed = call(keys_route("GET"), with_scopes("admin"))

    key = authenticate(made["key"])
    assert status == 201
    assert key is not None
    assert (key.key_id, key.name, key.scopes) == (made["key_id"], "laptop", {"read"})
    assert [one["key_id"] for one in listed["items"]] == [key.key_id]
    assert made["key"].removeprefix(key.key_id) not in json.dumps(listed)
    assert "hash" not in json.dumps(listed)


def test_a_key_is_bound_to_a_user_and_shows_it(cloud):
    status, made = call(keys_route("POST", {"name": "shop", "scopes": ["read"], "user_id": "42"}), with_scopes("admin"))
    _, listed = call(keys_route("GET"), with_scopes("admin"))

    key = authenticate(made["key"])
    assert status == 201
    assert key is not None
    assert (key.user_id, made["user_id"], [one["user_id"] for one in listed["items"]]) == ("42", "42", ["42"])


def test_a_key_gets_an_expiry_and_shows_it(cloud, held_clock):
    body = {"name": "review", "scopes": ["read"], "expires_in": 3600}

    status, made = call(keys_route("POST", body), with_scopes("admin"))
    held_clock.at += 3600
    _, listed = call(keys_route("GET"), with_scopes("admin"))

    assert (status, made["status"], made["expires_at"]) == (201, "active", "2027-01-15T09:00:00Z")
    shown = {name: value for name, value in made.items() if name != "key"}
    assert listed["items"] == [shown | {"status": "expired"}]


def test_a_key_without_an_expiry_shows_none(cloud):
    _, made = call(keys_route("POST", {"name": "laptop", "scopes": ["read"]}), with_scopes("admin"))

    assert made["expires_at"] is None


@pytest.mark.parametrize("expires_in", [0, -60, 59, 315_360_001, 10**30, 60.5, "1h", True])
def test_an_invalid_expiry_is_refused(cloud, expires_in):
    body = {"name": "review", "scopes": ["read"], "expires_in": expires_in}

    status, answer = call(keys_route("POST", body), with_scopes("admin"))

    assert (status, answer["error"]["code"]) == (400, "invalid_request")
    assert [field["field"] for field in answer["error"]["details"]["fields"]] == ["expires_in"]
    assert list_keys(100) == []


@pytest.mark.parametrize(
    ("user_id", "scopes", "code"),
    [
        ("42", ["admin"], "bound_key_admin"),
        ("42", ["read", "admin"], "bound_key_admin"),
        (" ", ["read"], "invalid_request"),
        ("", ["read"], "invalid_request"),
        ("x" * 257, ["read"], "invalid_request"),
        ("\ud800", ["read"], "invalid_request"),
        (42, ["read"], "invalid_request"),
    ],
)
def test_an_invalid_bound_key_is_not_created(cloud, user_id, scopes, code):
    body = {"name": "shop", "scopes": scopes, "user_id": user_id}

    status, answer = call(keys_route("POST", body), with_scopes("admin"))

    assert (status, answer["error"]["code"]) == (400, code)
    assert list_keys(100) == []


def test_keys_are_listed_page_by_page(cloud):
    made = sorted(create_key("laptop", frozenset({"read"}))[0].key_id for _ in range(5))

    seen: list[str] = []
    query = {"limit": "2"}
    while True:
        _, page = call(keys_route("GET", **query), with_scopes("admin"))
        seen += [one["key_id"] for one in page["items"]]
        if page["next"] is None:
            break
        query["next"] = page["next"]

    assert seen == made


def test_the_largest_page_of_keys_costs_one_read_of_the_index_and_one_of_the_rows(cloud, aws_calls):
    for _ in range(101):
        create_key("laptop", frozenset({"read"}))

    aws_calls.clear()
    _, page = call(keys_route("GET", limit="100"), with_scopes("admin"))
    _, rest = call(keys_route("GET", next=page["next"]), with_scopes("admin"))

    assert (len(page["items"]), len(rest["items"]), rest["next"]) == (100, 1, None)
    assert aws_calls == ["Query", "BatchGetItem"] * 2


def test_a_key_is_revoked_permanently(cloud):
    key, text = create_key("laptop", frozenset({"read"}))
    route = Operation("DELETE", "DELETE", f"/v1/keys/{key.key_id}", {}, None)

    first, again = call(route, with_scopes("admin")), call(route, with_scopes("admin"))

    assert first == again
    assert (first[0], first[1]["status"]) == (200, "revoked")
    assert authenticate(text) is None


def test_revoking_an_unknown_key_is_not_found(cloud):
    route = Operation("DELETE", "DELETE", "/v1/keys/dk_nothing", {}, None)

    status, body = call(route, with_scopes("admin"))

    assert (status, body["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "scopes": ["read"]},
        {"name": "x" * 101, "scopes": ["read"]},
        {"name": "laptop", "scopes": []},
        {"name": "laptop", "scopes": ["root"]},
        {"name": "laptop"},
        {"name": "laptop", "scopes": ["read"], "key_id": "dk_mine"},
    ],
)
def test_an_invalid_key_is_not_created(cloud, body):
    status, _ = call(keys_route("POST", body), with_scopes("admin"))

    assert status == 400
    assert list_keys(100) == []


def test_a_new_keys_text_is_not_logged(cloud, written):
    _, made = call(keys_route("POST", {"name": "laptop", "scopes": ["read"]}), with_scopes("admin"))

    logged = written()

    assert made["key_id"] in logged
    assert made["key"] not in logged
