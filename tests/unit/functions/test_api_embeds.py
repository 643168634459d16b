"""The route that creates links of embeds."""

import json
from typing import Any

import pytest

from dropcast.access.embeds import EmbedSession, find_embed, open_embed
from dropcast.access.key_store import ApiKey
from dropcast.access.keys import create_key
from dropcast.errors.problem import Problem
from functions.http.api.handler import handler
from functions.http.authorizer.handler import handler as authorizer
from tests.openapi import Operation
from tests.unit.support.accounts import items
from tests.unit.support.api import event_of
from tests.unit.support.functions import context

WISH = {"user_id": "ana", "origin": "https://app.example", "page": "post"}


def key_of(user_id: str | None = None, *scopes: str) -> tuple[ApiKey, dict[str, str]]:
    """A key, and the authorizer's result for it."""
    made = create_key("shop", frozenset(scopes or {"publish"}), user_id)
    assert not isinstance(made, Problem)
    key, text = made
    return key, authorizer({"headers": {"authorization": f"Bearer {text}"}}, context())["context"]


def ask(told: dict[str, str], body: Any, key: str | None = None) -> dict[str, Any]:
    event = event_of(Operation("POST", "", "/v1/embeds", {}, body), told)
    event["headers"] |= {} if key is None else {"idempotency-key": key}
    return handler(event, context())


def opened(answer: dict[str, Any]) -> EmbedSession:
    assert answer["statusCode"] == 201, answer["body"]
    body = json.loads(answer["body"])
    found = open_embed(body["embed_id"], body["url"].partition("#")[2])
    assert not isinstance(found, Problem)
    return found[0]


def refusal(answer: dict[str, Any]) -> tuple[int, str]:
    return answer["statusCode"], json.loads(answer["body"])["error"]["code"]


def test_a_link_lasts_ten_minutes_and_opens_the_requested_page(cloud):
    key, told = key_of()

    answer = ask(told, WISH)

    assert json.loads(answer["body"])["expires_at"] == "2027-01-15T08:10:00Z"
    found = opened(answer)
    assert (found.embed.key_id, found.embed.user_id, found.embed.page) == (key.key_id, "ana", "post")
    assert found.embed.origin == "https://app.example"


@pytest.mark.parametrize("scopes", [("read",), ("draft",), ("read", "draft")])
def test_only_a_key_with_publish_makes_embeds(cloud, scopes):
    assert refusal(ask(key_of(None, *scopes)[1], WISH)) == (403, "scope_missing")


@pytest.mark.parametrize("expires_in", [59, 3601, 0, -1, "600x", 60.5])
def test_the_duration_has_limits(cloud, expires_in):
    assert refusal(ask(key_of()[1], {**WISH, "expires_in": expires_in})) == (400, "invalid_request")


@pytest.mark.parametrize("page", ["bucket", "", None, "keys"])
def test_an_unknown_page_is_refused(cloud, page):
    assert refusal(ask(key_of()[1], {**WISH, "page": page})) == (400, "invalid_request")


def test_an_unlisted_site_gets_no_page(cloud):
    assert refusal(ask(key_of()[1], {**WISH, "origin": "https://evil.example"})) == (400, "embed_origin_refused")


def test_a_bound_keys_user_is_the_default_and_the_only_one(cloud):
    _, told = key_of("ben")

    assert opened(ask(told, {name: WISH[name] for name in ("origin", "page")})).embed.user_id == "ben"
    assert refusal(ask(told, WISH)) == (404, "not_found")


def test_a_repeated_request_gets_the_same_link_which_does_not_last_longer(cloud, held_clock):
    _, told = key_of()
    first = ask(told, WISH, "one")
    held_clock.at += 60

    again = ask(told, WISH, "one")

    assert again["body"] == first["body"]
    assert again["headers"]["Idempotency-Replayed"] == "true"
    assert refusal(ask(told, {**WISH, "page": "connect"}, "one")) == (409, "idempotency_conflict")


def test_a_refused_request_leaves_its_idempotency_key_unused(cloud):
    _, told = key_of()
    ask(told, {**WISH, "origin": "https://evil.example"}, "one")

    assert opened(ask(told, WISH, "one"))


def test_a_link_costs_a_read_and_a_write(cloud, aws_calls):
    _, told = key_of()
    aws_calls.clear()

    ask(told, WISH)

    assert aws_calls == ["GetItem", "PutItem"]


def test_neither_the_log_nor_a_table_holds_the_secret(cloud, written):
    _, told = key_of()

    body = json.loads(ask(told, WISH, "one")["body"])

    logged = written()
    assert body["embed_id"] in logged
    assert find_embed(body["embed_id"])
    assert body["url"].partition("#")[2] not in logged + repr(items("console") + items("publishes"))
