"""The route that creates one-time links into the console."""

import json
from typing import Any

import pytest

from dropcast.access.key_store import ApiKey
from dropcast.access.keys import create_key
from dropcast.access.sign_in_links import read_link, spend_link
from dropcast.errors.problem import Problem
from functions.http.api.handler import handler
from functions.http.authorizer.handler import handler as authorizer
from tests.openapi import Operation
from tests.unit.support.accounts import items
from tests.unit.support.api import event_of
from tests.unit.support.functions import context


def key_of(user_id: str | None, *scopes: str) -> tuple[ApiKey, dict[str, str]]:
    """A key, and the authorizer's result for it."""
    made = create_key("laptop", frozenset(scopes), user_id)
    assert not isinstance(made, Problem)
    key, text = made
    return key, authorizer({"headers": {"authorization": f"Bearer {text}"}}, context())["context"]


def ask(told: dict[str, str], key: str | None = None, body: Any = None) -> dict[str, Any]:
    event = event_of(Operation("POST", "", "/v1/console-links", {}, body), told)
    event["headers"] |= {} if key is None else {"idempotency-key": key}
    return handler(event, context())


def link_in(answer: dict[str, Any]) -> str:
    assert answer["statusCode"] == 201
    address, _, secret = json.loads(answer["body"])["sign_in_url"].partition("#")
    assert address == "https://dropcast.example/console/enter"
    return secret


@pytest.mark.parametrize(
    ("user_id", "scopes"),
    [(None, ["admin"]), (None, ["read"]), ("42", ["publish"]), ("a,b 用户", ["draft"])],
)
def test_any_key_gets_a_link_for_itself(cloud, user_id, scopes):
    key, told = key_of(user_id, *scopes)

    answer = ask(told)

    assert json.loads(answer["body"])["expires_at"] == "2027-01-15T08:05:00Z"
    signed_in = spend_link(link_in(answer))
    assert isinstance(signed_in, ApiKey)
    assert signed_in.caller() == key.caller()


def test_each_request_gets_a_separate_link(cloud):
    _, told = key_of(None, "read")

    assert link_in(ask(told)) != link_in(ask(told))


def test_a_repeated_request_gets_the_same_link_and_does_not_extend_it(cloud, held_clock):
    _, told = key_of("42", "read")
    first = ask(told, "one")
    held_clock.at += 60

    again = ask(told, "one")

    assert again["body"] == first["body"]
    assert again["headers"]["Idempotency-Replayed"] == "true"
    assert isinstance(spend_link(link_in(again)), ApiKey)
    ask(told, "one")
    refused = read_link(link_in(first))
    assert isinstance(refused, Problem)
    assert refused.code == "sign_in_link_expired"


def test_two_callers_idempotency_keys_are_separate(cloud):
    (_, one), (_, other) = key_of("42", "read"), key_of("43", "read")

    assert link_in(ask(one, "one")) != link_in(ask(other, "one"))


def test_the_next_request_finishes_one_that_died_before_it_stored_the_link(cloud, monkeypatch):
    key, told = key_of(None, "read")
    with monkeypatch.context() as patch:
        patch.setattr("functions.http.api.console_links.make_link", lambda *_: 1 / 0)
        assert ask(told, "one")["statusCode"] == 500

    signed_in = spend_link(link_in(ask(told, "one")))

    assert isinstance(signed_in, ApiKey)
    assert signed_in.key_id == key.key_id


def test_a_link_costs_one_write(cloud, aws_calls):
    _, told = key_of("42", "read")

    aws_calls.clear()
    ask(told)

    assert aws_calls == ["PutItem"]


def test_neither_the_log_nor_a_table_holds_the_link(cloud, written):
    key, told = key_of("42", "read")

    secret = link_in(ask(told, "one"))

    logged = written()
    assert f'"key_id":"{key.key_id}"' in logged.replace(" ", "")
    assert secret not in logged
    assert secret not in repr(items("console") + items("publishes"))
