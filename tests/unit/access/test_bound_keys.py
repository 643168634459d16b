"""Keys that are bound to a user: their content, and the rule that a bound key can never become unbound."""

from urllib.parse import unquote

import pytest

from dropcast.access.authentication import authenticate
from dropcast.access.keys import create_key, list_keys
from dropcast.aws import clients, dynamo
from dropcast.errors.problem import Problem
from functions.http.authorizer.handler import handler
from tests.unit.support.accounts import items
from tests.unit.support.functions import context

USERS = ["42", "a,b", "admin", "user:42", "用户 🎬", "x" * 256]


def made(user_id: str | None, *scopes: str):
    key = create_key("backend of a customer", frozenset(scopes or {"read", "publish"}), user_id)
    assert not isinstance(key, Problem)
    return key


@pytest.mark.parametrize("user_id", USERS)
def test_a_bound_key_keeps_its_user_and_its_scopes(cloud, user_id):
    key, text = made(user_id)

    assert (key.user_id, key.scopes) == (user_id, {"read", "publish"})
    assert list_keys(10) == [key]
    assert authenticate(text) == key


@pytest.mark.parametrize("user_id", USERS)
def test_the_authorizer_reports_its_user(cloud, user_id):
    key, text = made(user_id)

    answer = handler({"headers": {"authorization": f"Bearer {text}"}}, context())

    assert answer["context"] | {"user_id": ""} == {"key_id": key.key_id, "scopes": "publish,read", "user_id": ""}
    assert answer["context"]["user_id"].isascii()
    assert unquote(answer["context"]["user_id"]) == user_id


def test_a_bound_key_costs_the_authorizer_no_further_call(cloud, aws_calls):
    _, text = made("42")
    authenticate(text)

    aws_calls.clear()
    authenticate(text)

    assert aws_calls == ["GetItem"]


@pytest.mark.parametrize("scopes", [{"admin"}, {"read", "admin"}, {"read", "publish", "draft", "admin"}])
def test_a_bound_key_cannot_have_admin(cloud, scopes):
    refused = create_key("laptop", frozenset(scopes), "42")

    assert isinstance(refused, Problem)
    assert refused.code == "bound_key_admin"
    assert items("keys") == []


def test_a_blank_user_is_refused(cloud):
    refused = create_key("laptop", frozenset({"read"}), " ")

    assert isinstance(refused, Problem)
    assert refused.code == "invalid_request"


@pytest.mark.parametrize("change", ["REMOVE user_id", "SET user_id = :other"])
def test_a_row_whose_user_was_removed_or_changed_is_refused(cloud, change):
    key, text = made("42")
    changed(key.key_id, change)

    assert authenticate(text) is None


def test_an_unbound_keys_row_cannot_be_bound_later(cloud):
    key, text = made(None)
    changed(key.key_id, "SET user_id = :other")

    assert authenticate(text) is None


def changed(key_id: str, change: str) -> None:
    values = {"ExpressionAttributeValues": dynamo.to_item({":other": "43"})} if ":other" in change else {}
    key = dynamo.to_item({"pk": f"key#{key_id}"})
    clients.client("dynamodb").update_item(TableName="keys", Key=key, UpdateExpression=change, **values)
