from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from dropcast.access import authentication, key_store, keys, pepper
from dropcast.access.authentication import authenticate
from dropcast.access.keys import create_key, list_keys, revoke_key
from dropcast.aws import clients
from dropcast.caller import Caller
from dropcast.errors.problem import Problem
from dropcast.settings import settings
from tests.unit.support.accounts import NOW, items

READ = frozenset({"read"})


def test_a_key_is_recognised_by_its_text(cloud):
    key, text = create_key("laptop", frozenset({"read", "publish"}))

    assert authenticate(text) == key
    assert text.startswith(f"{key.key_id}_")
    assert (key.name, key.scopes, key.status) == ("laptop", {"read", "publish"}, "active")


def test_the_table_does_not_contain_a_keys_secret(cloud):
    key, text = create_key("laptop", READ)

    assert text.removeprefix(key.key_id) not in repr(items("keys"))


@pytest.mark.parametrize("scopes", [frozenset(), frozenset({"root"}), frozenset({"read", "root"})])
def test_a_key_needs_scopes_that_exist(cloud, scopes):
    with pytest.raises(ValueError, match="scopes"):
        create_key("laptop", scopes)

    assert items("keys") == []


def wrong_texts(text: str) -> dict[str, str]:
    key_id, secret = text.rsplit("_", 1) if text.count("_") == 2 else (text[:29], text[30:])
    return {
        "another secret": f"{key_id}_{'A' * len(secret)}",
        "a longer secret": text + "A",
        "another id": f"dk_{'0' * 26}_{secret}",
        "no secret": key_id,
        "nothing": "",
        "nonsense": "Ω" * 5000,
        "a space": text + " ",
        "a line": text + "\n",
        "a copy beside it": f"{text},{text}",
        "other digits": text.replace(key_id[3], "\uff11", 1),
        "an unknown id": f"dk_nobody_{secret}",
    }


WRONG = list(wrong_texts("dk_0_x"))


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_text_is_refused(cloud, wrong):
    _, text = create_key("laptop", READ)

    assert authenticate(wrong_texts(text)[wrong]) is None


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_text_costs_as_much_as_a_right_one(cloud, aws_calls, monkeypatch, wrong):
    _, text = create_key("laptop", READ)
    authenticate(text)
    hashed: list[str] = []
    compute = authentication.hash_key
    monkeypatch.setattr(authentication, "hash_key", lambda *parts: hashed.append("hash") or compute(*parts))

    aws_calls.clear()
    authenticate(wrong_texts(text)[wrong])

    assert (aws_calls, hashed) == (["GetItem"], ["hash"])


def test_a_revoked_key_is_refused(cloud):
    key, text = create_key("laptop", READ)
    revoke_key(key.key_id)

    assert authenticate(text) is None


def test_a_revoked_key_costs_as_much_as_an_unknown_one(cloud, aws_calls):
    key, text = create_key("laptop", READ)
    authenticate(text)
    revoke_key(key.key_id)

    aws_calls.clear()
    authenticate(text)

    assert aws_calls == ["GetItem"]


def test_revoking_again_keeps_the_first_revocation_time(cloud, held_clock):
    key, _ = create_key("laptop", READ)
    first = revoke_key(key.key_id)
    held_clock.at += 60

    again = revoke_key(key.key_id)

    assert first == again == replace(key, status="revoked", revoked_at=NOW)


@pytest.mark.parametrize("key_id", [f"dk_{'0' * 26}", "", "dk_", "x" * 5000])
def test_revoking_an_unknown_key_is_reported_and_leaves_no_row(cloud, key_id):
    answer = revoke_key(key_id)

    assert isinstance(answer, Problem)
    assert answer.code == "not_found"
    assert items("keys") == []


def test_the_list_shows_revoked_keys_and_no_secrets(cloud):
    made = [create_key(f"key {number}", READ) for number in range(3)]
    revoke_key(made[1][0].key_id)

    listed = list_keys(100)

    assert [(key.name, key.status) for key in sorted(listed, key=lambda key: key.name)] == [
        ("key 0", "active"),
        ("key 1", "revoked"),
        ("key 2", "active"),
    ]
    assert not [text for key, text in made if text.removeprefix(key.key_id) in repr(listed)]


def test_the_list_continues_on_its_next_page(cloud):
    made = sorted(create_key("laptop", READ)[0].key_id for _ in range(5))

    first = list_keys(2)
    rest = list_keys(100, first[-1].key_id)

    assert [key.key_id for key in first + rest] == made
    assert list_keys(100, made[-1]) == []


def test_a_use_is_recorded_at_most_once_a_day(cloud, held_clock, aws_calls):
    _, text = create_key("laptop", READ)

    noted = []
    for hours in (0, 1, 23, 24, 47, 48):
        held_clock.at = NOW + hours * 3600
        aws_calls.clear()
        authenticate(text)
        noted.append("UpdateItem" in aws_calls)

    assert noted == [True, False, False, True, False, True]
    assert list_keys(100)[0].last_used_at == NOW + 48 * 3600


def test_many_first_uses_of_a_day_are_recorded_once(cloud, held_clock):
    key, text = create_key("laptop", READ)
    authenticate(text)

    key_store.mark_used(key.key_id, NOW + 5, unless_after=NOW - 86_400)

    assert list_keys(100)[0].last_used_at == NOW


def test_a_wrong_secret_is_not_recorded_as_a_use(cloud):
    key, _ = create_key("laptop", READ)

    authenticate(f"{key.key_id}_{'A' * 43}")

    assert list_keys(100)[0].last_used_at is None


def test_a_key_works_even_if_its_use_cannot_be_recorded(cloud, monkeypatch):
    _, text = create_key("laptop", READ)

    def fail(*_, **__):
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "UpdateItem")

    monkeypatch.setattr(key_store, "mark_used", fail)

    assert authenticate(text) is not None


def test_the_tables_alone_give_no_access(cloud):
    _, text = create_key("laptop", READ)
    clients.client("secretsmanager").put_secret_value(SecretId=settings().key_pepper_arn, SecretString="another")
    pepper._pepper.cache_clear()

    assert authenticate(text) is None


def test_secrets_with_underscores_and_dashes_work(cloud, monkeypatch):
    monkeypatch.setattr(keys.ids, "new_secret", lambda: "_-_" * 15)

    key, text = create_key("laptop", READ)

    assert authenticate(text) == key


@pytest.mark.parametrize(
    ("granted", "needed", "allowed"),
    [
        ({"read"}, "read", True),
        ({"read"}, "publish", False),
        ({"publish"}, "read", False),
        ({"admin"}, "publish", True),
        ({"read", "publish"}, "admin", False),
        (set(), "read", False),
    ],
)
def test_a_scope_allows_only_what_it_names_and_admin_allows_all(granted, needed, allowed):
    refusal = Caller("dk_1", frozenset(granted)).refusal(needed)

    assert (refusal is None) == allowed
    if refusal:
        assert refusal.code == "scope_missing"
        assert needed in refusal.message
