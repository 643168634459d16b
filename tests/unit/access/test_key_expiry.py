"""Keys that expire: they stop working at their exact second, and a changed row does not extend them."""

from dataclasses import replace

import pytest

from dropcast.access.authentication import authenticate
from dropcast.access.keys import (
    EXPIRES_IN_MAX_S,
    EXPIRES_IN_MIN_S,
    create_key,
    list_keys,
    revoke_key,
)
from dropcast.errors.problem import Problem
from functions.http.authorizer.handler import handler
from tests.unit.support.accounts import NOW, change_row, items
from tests.unit.support.functions import context

READ = frozenset({"read"})
HOUR = 3600


def made(expires_in: int | None = HOUR, user_id: str | None = None):
    key = create_key("for a reviewer", READ, user_id, expires_in=expires_in)
    assert not isinstance(key, Problem)
    return key


@pytest.mark.parametrize("user_id", [None, "42", "@1900000000"])
def test_a_key_works_until_the_second_of_its_expiry(cloud, held_clock, user_id):
    key, text = made(user_id=user_id)
    assert key.expires_at == NOW + HOUR

    held_clock.at = NOW + HOUR - 1
    assert authenticate(text) == key

    held_clock.at = NOW + HOUR
    assert authenticate(text) is None


def test_the_authorizer_refuses_an_expired_key(cloud, held_clock):
    _, text = made()
    asked = {"headers": {"authorization": f"Bearer {text}"}}
    assert handler(asked, context())["isAuthorized"] is True

    held_clock.at = NOW + HOUR

    assert handler(asked, context()) == {"isAuthorized": False}


def test_an_expired_key_costs_as_much_as_an_unknown_one(cloud, held_clock, aws_calls):
    _, text = made()
    authenticate(text)
    held_clock.at = NOW + HOUR

    aws_calls.clear()
    authenticate(text)

    assert aws_calls == ["GetItem"]


def test_a_key_without_an_expiry_works_after_years(cloud, held_clock):
    key, text = made(None)

    held_clock.at = NOW + 30 * 365 * 86_400

    known = authenticate(text)
    assert known is not None
    assert (known.key_id, known.expires_at) == (key.key_id, None)


@pytest.mark.parametrize("user_id", [None, "42"])
@pytest.mark.parametrize("until", [NOW + 10 * HOUR, None])
def test_a_row_whose_expiry_was_postponed_or_removed_is_refused(cloud, held_clock, user_id, until):
    key, text = made(user_id=user_id)

    change_row("keys", f"key#{key.key_id}", valid_until=until)

    assert authenticate(text) is None


def test_a_row_that_moved_its_expiry_into_its_user_is_refused(cloud):
    key, text = made(user_id="42")

    change_row("keys", f"key#{key.key_id}", valid_until=None, user_id=f"@{key.expires_at}#42")

    assert authenticate(text) is None


@pytest.mark.parametrize("expires_in", [-1, 0, EXPIRES_IN_MIN_S - 1, EXPIRES_IN_MAX_S + 1])
def test_an_expiry_too_early_or_too_late_is_refused(cloud, expires_in):
    refused = create_key("laptop", READ, expires_in=expires_in)

    assert isinstance(refused, Problem)
    assert refused.code == "invalid_request"
    assert items("keys") == []


@pytest.mark.parametrize("expires_in", [EXPIRES_IN_MIN_S, EXPIRES_IN_MAX_S])
def test_the_shortest_and_the_longest_expiry_are_accepted(cloud, expires_in):
    key, text = made(expires_in)

    assert authenticate(text) == key


def test_an_expired_key_stays_in_the_list_as_expired(cloud, held_clock):
    key, _ = made()
    lasting, _ = made(None)
    held_clock.at = NOW + HOUR

    assert {one.key_id: one for one in list_keys(100)} == {
        key.key_id: replace(key, status="expired"),
        lasting.key_id: lasting,
    }
    assert "expires_at" not in items("keys")[0] | items("keys")[1], "DynamoDB would delete the row"


def test_a_key_revoked_before_its_expiry_stays_revoked(cloud, held_clock):
    key, _ = made()
    revoke_key(key.key_id)

    held_clock.at = NOW + HOUR

    assert [one.status for one in list_keys(100)] == ["revoked"]
