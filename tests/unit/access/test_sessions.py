"""Console sessions end with their key, last at most twelve hours, and never have more rights than the key."""

import pytest

from dropcast.access.authentication import authenticate
from dropcast.access.key_store import ApiKey
from dropcast.access.keys import create_key, revoke_key
from dropcast.access.sessions import SESSION_LIVES_S, Session, csrf_matches, current_session, end_session, start_session
from dropcast.aws import clients
from dropcast.caller import Caller
from dropcast.errors.problem import Problem
from dropcast.settings import settings
from tests.unit.support.accounts import NOW, change_row, forget, items
from tests.unit.support.lost import lost_answer

HOUR = 3600


def key_of(user_id: str | None = None, *scopes: str, expires_in: int | None = None) -> ApiKey:
    made = create_key("Ana's laptop", frozenset(scopes or {"read", "publish"}), user_id, expires_in=expires_in)
    assert not isinstance(made, Problem)
    return made[0]


def started(key: ApiKey) -> tuple[Session, str]:
    session, secret = start_session(key)
    return session, secret.get_secret_value()


@pytest.mark.parametrize("user_id", [None, "42", "用户 🎬"])
def test_a_session_acts_as_its_key(cloud, user_id):
    key = key_of(user_id)

    session, secret = started(key)

    assert current_session(secret) == session
    assert session.caller == Caller(key.key_id, frozenset({"read", "publish"}), user_id)
    assert (session.key_id, session.key_name) == (key.key_id, "Ana's laptop")


def test_a_request_costs_two_reads(cloud, aws_calls):
    _, secret = started(key_of("42"))

    aws_calls.clear()
    current_session(secret)

    assert aws_calls == ["GetItem", "GetItem"]


def test_a_new_process_reads_the_pepper_once(cloud, aws_calls):
    _, secret = started(key_of())
    forget()
    calls: list[str] = []
    for service in ("dynamodb", "secretsmanager"):
        clients.client(service).meta.events.register(
            f"before-call.{service}", lambda model, **_: calls.append(model.name)
        )

    assert current_session(secret)
    assert current_session(secret)

    assert sorted(calls) == ["GetItem"] * 4 + ["GetSecretValue"]


def test_a_session_lasts_twelve_hours_to_the_second(cloud, held_clock):
    session, secret = started(key_of())
    assert session.expires_at == NOW + SESSION_LIVES_S == NOW + 12 * HOUR

    held_clock.at = NOW + 12 * HOUR - 1
    assert current_session(secret) == session

    held_clock.at = NOW + 12 * HOUR
    assert current_session(secret) is None


def test_a_session_ends_with_its_key(cloud, held_clock):
    session, secret = started(key_of(expires_in=HOUR))
    assert session.expires_at == NOW + HOUR

    held_clock.at = NOW + HOUR - 1
    assert current_session(secret) == session

    held_clock.at = NOW + HOUR
    assert current_session(secret) is None


def test_revoking_the_key_ends_its_sessions_at_once_and_no_others(cloud):
    key, other = key_of(), key_of()
    sessions = [started(key)[1], started(key)[1], started(other)[1]]

    revoke_key(key.key_id)

    assert [current_session(secret) is None for secret in sessions] == [True, True, False]


def test_a_session_without_its_keys_row_has_ended(cloud):
    key = key_of()
    _, secret = started(key)
    clients.client("dynamodb").delete_item(TableName="keys", Key={"pk": {"S": f"key#{key.key_id}"}})

    assert current_session(secret) is None


def test_signing_out_ends_one_session(cloud):
    key = key_of()
    (_, first), (second, other) = started(key), started(key)

    end_session(first)
    end_session(first)

    assert current_session(first) is None
    assert current_session(other) == second


def test_signing_out_works_if_the_answer_is_lost(cloud):
    _, secret = started(key_of())

    with lost_answer("DeleteItem") as left:
        end_session(secret)

    assert left == [0]
    assert current_session(secret) is None


def test_a_session_is_started_once_if_the_answer_is_lost(cloud):
    with lost_answer("PutItem") as left:
        session, secret = started(key_of())

    assert left == [0]
    assert current_session(secret) == session
    assert len(items("console")) == 1


@pytest.mark.parametrize("secret", ["", "A" * 42, "A" * 44, "A" * 43 + "\n", "Ω" * 43, "\ud800" * 43, "x" * 100_000])
def test_a_malformed_cookie_costs_no_aws_call(cloud, aws_calls, secret):
    assert current_session(secret) is None
    end_session(secret)

    assert aws_calls == []


def test_a_forged_cookie_is_refused(cloud, aws_calls):
    _, secret = started(key_of())
    aws_calls.clear()

    assert current_session("A" * 43) is None
    assert current_session(secret[:-2] + ("AA" if secret[-2:] != "AA" else "BB")) is None
    assert aws_calls == ["GetItem", "GetItem"]


def test_the_table_contains_neither_the_cookie_nor_the_csrf_token(cloud):
    session, secret = started(key_of())

    stored = repr(items("console"))

    assert secret not in stored
    assert session.csrf not in stored
    assert session.csrf not in repr(session)


@pytest.mark.parametrize(
    "changed",
    [{"user_id": "43"}, {"user_id": None}, {"scopes": ["admin"]}, {"scopes": ["read"]}, {"user_id": ""}],
    ids=["another user", "no user", "more scopes", "fewer scopes", "an empty user"],
)
def test_a_session_ends_if_its_keys_row_was_changed(cloud, changed):
    key = key_of("42")
    _, secret = started(key)

    change_row("keys", f"key#{key.key_id}", **changed)

    assert current_session(secret) is None


def test_a_key_whose_row_got_an_earlier_expiry_ends_its_sessions_then(cloud, held_clock):
    key = key_of()
    session, secret = started(key)
    change_row("keys", f"key#{key.key_id}", valid_until=NOW + HOUR)

    assert current_session(secret) == session
    held_clock.at = NOW + HOUR
    assert current_session(secret) is None


def test_a_key_whose_row_got_a_later_expiry_does_not_extend_its_sessions(cloud, held_clock):
    key = key_of(expires_in=HOUR)
    _, secret = started(key)
    change_row("keys", f"key#{key.key_id}", valid_until=NOW + 100 * HOUR)

    held_clock.at = NOW + HOUR

    assert current_session(secret) is None


@pytest.mark.parametrize("changed", ["an admin's key", "a like key", "a later expiry", "another seal"])
def test_a_changed_session_row_is_refused(cloud, changed):
    _, secret = started(key_of("42"))
    [row] = items("console")
    change = {
        "an admin's key": {"key_id": key_of(None, "admin").key_id},
        "a like key": {"key_id": key_of("42").key_id},
        "a later expiry": {"expires_at": row["expires_at"] + 1},
        "another seal": {"seal": bytes(32)},
    }

    change_row("console", row["pk"], **change[changed])

    assert current_session(secret) is None


def test_scopes_and_a_user_in_a_sessions_row_have_no_effect(cloud):
    session, secret = started(key_of("42", "read"))
    [row] = items("console")

    change_row("console", row["pk"], scopes=["admin"], user_id="43")

    found = current_session(secret)
    assert found is not None
    assert found == session
    assert found.caller.user_id == "42"
    assert found.caller.refusal("publish") is not None


def test_a_row_copied_to_another_cookie_is_refused(cloud):
    _, admins = started(key_of(None, "admin"))
    [admins_row] = items("console")
    _, own = started(key_of("42"))
    [own_row] = [row for row in items("console") if row["pk"] != admins_row["pk"]]

    change_row("console", own_row["pk"], **{name: admins_row[name] for name in admins_row if name != "pk"})

    assert current_session(own) is None
    assert current_session(admins) is not None


def test_the_tables_alone_give_no_access(cloud):
    _, secret = started(key_of())
    clients.client("secretsmanager").put_secret_value(SecretId=settings().key_pepper_arn, SecretString="another")
    forget()

    assert current_session(secret) is None


def test_only_the_sessions_own_csrf_token_matches(cloud):
    key = key_of()
    (one, _), (other, _) = started(key), started(key)

    assert csrf_matches(one, one.csrf)
    forged = ["", other.csrf, one.csrf[:-1], one.csrf + "0", one.csrf.upper() + "é", "\ud800", one.session_id]
    assert [token for token in forged if csrf_matches(one, token)] == []


def test_a_session_keeps_its_token(cloud):
    session, secret = started(key_of())

    found = current_session(secret)

    assert found is not None
    assert csrf_matches(found, session.csrf)


def test_signing_in_with_a_keys_text_starts_a_separate_session(cloud):
    made = create_key("laptop", frozenset({"read"}), "42")
    assert not isinstance(made, Problem)
    known = authenticate(made[1])
    assert known is not None

    session, secret = started(known)

    assert current_session(secret) == session
    assert session.caller == Caller(known.key_id, frozenset({"read"}), "42")
