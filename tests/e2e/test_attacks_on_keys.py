"""Attacks on API keys through the gateway and the authorizer."""

import secrets
from typing import Any

import httpx
import pytest

from local.stack import LocalStack
from local.stack_client import StackClient
from tests.e2e.road import wait_for
from tests.openapi import Operation, operations

# The gateway caches the authorizer's answers for 60 s. The rest of the time is for a slow machine.
LAG_S = 60
SLACK_S = 15

# A preflight changes nothing. A sign-in link gives a person in the console the rights of the key itself.
FOR_EVERY_KEY = ("/v1/preflight", "/v1/console-links")


def make_key(journey: StackClient, *scopes: str) -> tuple[str, str]:
    """A new key's id and text."""
    made = journey.api("POST", "/v1/keys", json={"name": "attack", "scopes": list(scopes)}).raise_for_status().json()
    return made["key_id"], made["key"]


def call(journey: StackClient, operation: Operation, key: str | None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.request(
        operation.method,
        journey.stack.base_url + operation.path,
        params=operation.query,
        json=operation.body,
        headers=headers,
        timeout=30,
    )


def ask(journey: StackClient, *authorization: bytes) -> int:
    """The status of a request with these Authorization headers."""
    headers = [(b"Authorization", value) for value in authorization]
    return httpx.get(f"{journey.stack.base_url}/v1/accounts?user_id=x", headers=headers, timeout=30).status_code


def revoke(journey: StackClient, key_id: str) -> None:
    assert journey.api("DELETE", f"/v1/keys/{key_id}").json()["status"] == "revoked"


@pytest.fixture(scope="module", autouse=True)
def revoked_in_use(stack: LocalStack) -> str:
    """A key that was used, and then revoked before the first of these tests.

    The last test waits until the cache expires.
    """
    journey = StackClient(stack)
    key_id, key = make_key(journey, "read")
    assert ask(journey, f"Bearer {key}".encode()) == 200
    revoke(journey, key_id)
    return key


@pytest.fixture(scope="session")
def documented(stack: LocalStack) -> list[Operation]:
    return operations(httpx.get(f"{stack.base_url}/openapi.json", timeout=30).raise_for_status().json())


def test_no_operation_answers_without_a_key(journey, documented):
    answers = {one.route: call(journey, one, None).status_code for one in documented}

    assert set(answers.values()) == {401}


def test_a_read_key_changes_nothing(journey, documented):
    _, key = make_key(journey, "read")

    asked = [one for one in documented if "keys" in one.path or not (one.reads_only or one.path in FOR_EVERY_KEY)]
    answers = {one.route: call(journey, one, key) for one in asked}

    assert len(answers) > 3
    assert {route: (answer.status_code, answer.json()["error"]["code"]) for route, answer in answers.items()} == (
        dict.fromkeys(answers, (403, "scope_missing"))
    )


@pytest.mark.parametrize("scope", ["read", "publish"])
def test_a_key_cannot_create_a_key_with_more_rights(journey, scope):
    _, key = make_key(journey, scope)

    made = call(journey, Operation("POST", "", "/v1/keys", {}, {"name": "more", "scopes": ["admin"]}), key)

    assert (made.status_code, made.json()["error"]["code"]) == (403, "scope_missing")


@pytest.mark.parametrize("user_id", ["42", "a,b; c=d", "用户 🎬"])
def test_a_key_for_one_user_sees_no_other_users_accounts(journey, user_id):
    """The gateway passes the key's user from the authorizer to the function unchanged."""
    body = {"name": "bound", "scopes": ["read", "publish"], "user_id": user_id}
    key = journey.api("POST", "/v1/keys", json=body).raise_for_status().json()["key"]
    own, others = {"user_id": user_id}, {"user_id": "x"}

    def status(method: str, path: str, query: dict[str, str], body: Any = None) -> int:
        return call(journey, Operation(method, "", path, query, body), key).status_code

    assert [status("GET", "/v1/accounts", query) for query in ({}, own, others)] == [200, 200, 404]
    assert [status("POST", "/v1/connections", {}, asked) for asked in ({}, own, others)] == [201, 201, 404]
    assert [status("GET", path, {}) for path in ("/v1/keys", "/v1/webhook-endpoints")] == [404, 404]


def test_a_revoked_key_that_was_not_in_use_is_refused_at_once(journey):
    key_id, key = make_key(journey, "read")

    revoke(journey, key_id)

    assert ask(journey, f"Bearer {key}".encode()) == 403


def test_unknown_revoked_malformed_and_misspelt_keys_get_the_same_answer(journey):
    key_id, key = make_key(journey, "read")
    journey.api("DELETE", f"/v1/keys/{key_id}").raise_for_status()
    wrong = [
        key,
        f"{key_id}_{secrets.token_urlsafe(32)}",
        f"dk_{'0' * 26}_{secrets.token_urlsafe(32)}",
        "nonsense",
        "x_y",
    ]

    answers = [
        httpx.get(
            f"{journey.stack.base_url}/v1/accounts?user_id=x", headers={"Authorization": f"Bearer {one}"}, timeout=30
        )
        for one in wrong
    ]

    assert len({(answer.status_code, answer.text) for answer in answers}) == 1
    assert answers[0].status_code == 403


@pytest.mark.parametrize(
    "value",
    [
        b"Bearer",
        b"Basic {key}",
        b"{key}",
        b"Bearer {key}x",
        b"Bearer {key},Bearer {key}",
        b"Bearer {key} {key}",
        b"Bearer\xc2\xa0{key}",
        b"Bearer {key}\xe2\x80\x8b",
        b"Bearer \xff\xfe",
        b"Bearer " + "dk_Ω".encode() * 100,
        b"Bearer " + b"x" * 6000,
        b"Bearer dk_" + b"0" * 6000,
        b"Bearer ../../key#dk",
        b"Bearer *",
        b"null",
    ],
)
def test_a_header_that_only_resembles_a_key_is_refused(journey, value):
    text = journey.stack.api_key.encode()

    assert ask(journey, value.replace(b"{key}", text)) in (401, 403)


@pytest.mark.parametrize("values", [[b"Bearer a", b"Bearer b"], [b"", b"Bearer b"], [b"Bearer dk_", b"_x"]])
def test_two_partial_headers_do_not_make_a_key(journey, values):
    assert ask(journey, *values) in (400, 401, 403)


def test_a_key_outside_its_header_is_not_accepted(journey):
    key = journey.stack.api_key
    url = f"{journey.stack.base_url}/v1/accounts?user_id=x"

    answers = [
        httpx.get(f"{url}&Authorization=Bearer%20{key}&api_key={key}", timeout=30),
        httpx.get(url, cookies={"Authorization": f"Bearer {key}"}, timeout=30),
        httpx.get(url, headers={"X-Api-Key": key, "X-Authorization": f"Bearer {key}"}, timeout=30),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]


def test_a_revoked_key_in_use_is_refused_after_the_cache_expires(journey, revoked_in_use):
    wait_for(lambda: ask(journey, f"Bearer {revoked_in_use}".encode()) == 403, seconds=LAG_S + SLACK_S)
