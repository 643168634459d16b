import pytest

from dropcast import aws
from dropcast.access import key_store, keys
from dropcast.access.keys import authenticate, create_key
from dropcast.access.scopes import require_scope
from dropcast.settings import settings
from tests.unit.support.accounts import items

READ = frozenset({"read"})


def test_a_key_is_known_by_its_text(cloud):
    key, text = create_key("laptop", frozenset({"read", "publish"}))

    assert authenticate(text) == key
    assert text.startswith(f"{key.key_id}_")
    assert (key.name, key.scopes, key.status) == ("laptop", {"read", "publish"}, "active")


def test_the_table_does_not_show_a_keys_secret(cloud):
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
    }


WRONG = list(wrong_texts("dk_0_x"))


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_text_is_nobody(cloud, wrong):
    _, text = create_key("laptop", READ)

    assert authenticate(wrong_texts(text)[wrong]) is None


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_text_costs_as_much_as_a_right_one(cloud, aws_calls, monkeypatch, wrong):
    _, text = create_key("laptop", READ)
    authenticate(text)
    hashed: list[str] = []
    compute = keys._keyed_hash
    monkeypatch.setattr(keys, "_keyed_hash", lambda *parts: hashed.append("hash") or compute(*parts))

    aws_calls.clear()
    authenticate(wrong_texts(text)[wrong])

    assert (aws_calls, hashed) == (["GetItem"], ["hash"])


def test_a_revoked_key_is_nobody(cloud):
    key, text = create_key("laptop", READ)
    aws.client("dynamodb").update_item(
        TableName="keys",
        Key={"pk": {"S": f"key#{key.key_id}"}},
        UpdateExpression="SET #s = :r",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={":r": {"S": "revoked"}},
    )

    assert authenticate(text) is None


def test_a_table_alone_opens_nothing(cloud):
    _, text = create_key("laptop", READ)
    aws.client("secretsmanager").put_secret_value(SecretId=settings().key_pepper_arn, SecretString="another")
    key_store.pepper.cache_clear()

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
def test_a_scope_allows_what_it_names_and_admin_all(granted, needed, allowed):
    refusal = require_scope(frozenset(granted), needed)

    assert (refusal is None) == allowed
    if refusal:
        assert refusal.code == "scope_missing"
        assert needed in refusal.message
