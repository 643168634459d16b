"""One-time links into the console.

A link works once, for five minutes, for the key that requested it, if that is active.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dropcast import ids
from dropcast.access import sign_in_links
from dropcast.access.key_store import ApiKey
from dropcast.access.keys import create_key, revoke_key
from dropcast.access.sessions import current_session, start_session
from dropcast.access.sign_in_links import LINK_LIVES_S, make_link, read_link, spend_link
from dropcast.aws import clients
from dropcast.caller import Caller
from dropcast.errors.problem import Problem
from dropcast.settings import settings
from tests.unit.support.accounts import NOW, change_row, forget, items
from tests.unit.support.lost import lost_answer


def key_of(user_id: str | None = None, *scopes: str, expires_in: int | None = None) -> ApiKey:
    made = create_key("Ana's laptop", frozenset(scopes or {"read"}), user_id, expires_in=expires_in)
    assert not isinstance(made, Problem)
    return made[0]


def secret_for(caller: Caller) -> str:
    link = make_link(caller, ids.new_id("lnk"), NOW)
    address, _, secret = link.url.partition("#")
    assert (address, link.expires_at) == ("https://dropcast.example/console/enter", NOW + LINK_LIVES_S)
    return secret


def code(answer: ApiKey | Problem) -> str:
    assert isinstance(answer, Problem)
    return answer.code


@pytest.mark.parametrize("user_id", [None, "42", "用户 🎬"])
@pytest.mark.parametrize("scope", ["read", "publish", "draft"])
def test_a_link_signs_in_as_the_requesting_key(cloud, user_id, scope):
    key = key_of(user_id, scope)
    secret = secret_for(key.caller())

    assert read_link(secret) == key
    assert spend_link(secret) == key

    session, cookie = start_session(key)
    assert current_session(cookie.get_secret_value()) == session
    assert session.caller == key.caller()


def test_opening_does_not_use_up_the_link_and_costs_two_reads(cloud, aws_calls):
    key = key_of()
    secret = secret_for(key.caller())

    aws_calls.clear()
    looks = [read_link(secret) for _ in range(3)]

    assert looks == [key] * 3
    assert aws_calls == ["GetItem"] * 6
    assert spend_link(secret) == key


def test_using_a_link_costs_two_reads_and_a_write(cloud, aws_calls):
    secret = secret_for(key_of().caller())

    aws_calls.clear()
    spend_link(secret)

    assert aws_calls == ["GetItem", "GetItem", "UpdateItem"]


def test_a_link_works_once(cloud):
    secret = secret_for(key_of().caller())
    spend_link(secret)

    assert code(spend_link(secret)) == code(read_link(secret)) == "sign_in_link_expired"


def test_one_of_many_concurrent_presses_signs_in(atomic_aws):
    secret = secret_for(key_of().caller())

    with ThreadPoolExecutor(20) as browsers:
        answers = list(browsers.map(lambda _: spend_link(secret), range(20)))

    assert [isinstance(one, ApiKey) for one in answers].count(True) == 1
    assert {code(one) for one in answers if isinstance(one, Problem)} == {"sign_in_link_expired"}


def test_one_of_two_presses_that_both_read_the_link_signs_in(cloud, monkeypatch):
    key = key_of()
    secret = secret_for(key.caller())
    read = sign_in_links.read_link
    others: list[ApiKey | Problem] = []

    def read_while_another_spends(text: str) -> ApiKey | Problem:
        monkeypatch.setattr(sign_in_links, "read_link", read)
        found = read(text)
        others.append(spend_link(text))
        return found

    monkeypatch.setattr(sign_in_links, "read_link", read_while_another_spends)

    assert code(spend_link(secret)) == "sign_in_link_expired"
    assert others == [key]


def test_a_press_with_a_lost_aws_answer_signs_in_and_uses_up_the_link(cloud):
    key = key_of()
    secret = secret_for(key.caller())

    with lost_answer("UpdateItem") as left:
        spent = spend_link(secret)

    assert (spent, left) == (key, [0])
    assert code(spend_link(secret)) == "sign_in_link_expired"


def test_a_link_whose_creation_lost_its_answer_works(cloud):
    key = key_of()

    with lost_answer("PutItem") as left:
        secret = secret_for(key.caller())

    assert left == [0]
    assert spend_link(secret) == key


def test_a_link_expires_to_the_second(cloud, held_clock):
    key = key_of()
    first, second = secret_for(key.caller()), secret_for(key.caller())

    held_clock.at = NOW + LINK_LIVES_S - 1
    assert spend_link(first) == key

    held_clock.at = NOW + LINK_LIVES_S
    assert code(read_link(second)) == code(spend_link(second)) == "sign_in_link_expired"


def test_a_link_that_expires_between_opening_and_press_is_refused(cloud, held_clock, monkeypatch):
    secret = secret_for(key_of().caller())
    read = sign_in_links.read_link

    def read_slowly(text: str) -> ApiKey | Problem:
        found = read(text)
        held_clock.at = NOW + LINK_LIVES_S
        return found

    monkeypatch.setattr(sign_in_links, "read_link", read_slowly)

    assert code(spend_link(secret)) == "sign_in_link_expired"


def test_a_link_of_a_revoked_key_is_refused_and_not_used_up(cloud):
    key = key_of()
    secret = secret_for(key.caller())
    assert read_link(secret) == key

    revoke_key(key.key_id)

    assert code(read_link(secret)) == code(spend_link(secret)) == "sign_in_key_ended"
    assert "spent_at" not in items("console")[0]


def test_a_link_of_an_expired_key_is_refused(cloud, held_clock):
    secret = secret_for(key_of(expires_in=60).caller())

    held_clock.at = NOW + 59
    assert isinstance(read_link(secret), ApiKey)

    held_clock.at = NOW + 60
    assert code(read_link(secret)) == code(spend_link(secret)) == "sign_in_key_ended"


def test_a_key_revoked_during_the_press_starts_no_lasting_session(cloud):
    key = key_of()
    known = spend_link(secret_for(key.caller()))
    assert isinstance(known, ApiKey)

    revoke_key(key.key_id)
    _, cookie = start_session(known)

    assert current_session(cookie.get_secret_value()) is None


@pytest.mark.parametrize(
    "changed",
    [{"user_id": "43"}, {"user_id": None}, {"scopes": ["admin"]}],
    ids=["another user", "no user", "more scopes"],
)
def test_a_link_of_a_key_with_a_changed_row_is_refused(cloud, changed):
    key = key_of("42")
    secret = secret_for(key.caller())

    change_row("keys", f"key#{key.key_id}", **changed)

    assert code(read_link(secret)) == code(spend_link(secret)) == "sign_in_key_ended"


@pytest.mark.parametrize("changed", ["an admin's key", "a like key", "a later expiry", "another seal"])
def test_a_link_with_a_changed_row_is_refused(cloud, changed):
    secret = secret_for(key_of("42").caller())
    [row] = items("console")
    change = {
        "an admin's key": {"key_id": key_of(None, "admin").key_id},
        "a like key": {"key_id": key_of("42").key_id},
        "a later expiry": {"expires_at": row["expires_at"] + 1},
        "another seal": {"seal": bytes(32)},
    }

    change_row("console", row["pk"], **change[changed])

    assert code(spend_link(secret)) == "sign_in_key_ended"


@pytest.mark.parametrize("secret", ["", "A" * 42, "A" * 44, "A" * 43 + "\n", "Ω" * 43, "x" * 100_000])
def test_a_malformed_secret_is_refused_without_an_aws_call(cloud, aws_calls, secret):
    assert code(read_link(secret)) == code(spend_link(secret)) == "sign_in_link_expired"

    assert aws_calls == []


def test_a_forged_secret_and_a_sessions_cookie_are_refused(cloud):
    _, cookie = start_session(key_of())

    for secret in ("A" * 43, cookie.get_secret_value()):
        assert code(spend_link(secret)) == "sign_in_link_expired"


def test_a_links_secret_does_not_work_as_a_cookie(cloud):
    secret = secret_for(key_of().caller())

    assert current_session(secret) is None


def test_the_same_id_gives_the_same_link_and_does_not_extend_it(cloud, held_clock):
    key = key_of()
    first = make_link(key.caller(), "lnk_1", NOW)
    secret = first.url.partition("#")[2]
    spend_link(secret)
    held_clock.at = NOW + 60

    again = make_link(key.caller(), "lnk_1", NOW)

    assert again == first
    assert code(spend_link(secret)) == "sign_in_link_expired"


def test_neither_the_table_nor_the_id_reveals_the_secret(cloud):
    link = make_link(key_of().caller(), "lnk_1", NOW)
    secret = link.url.partition("#")[2]

    assert secret not in repr(items("console"))
    assert secret not in repr(link)

    clients.client("secretsmanager").put_secret_value(SecretId=settings().key_pepper_arn, SecretString="another")
    forget()
    assert make_link(key_of().caller(), "lnk_1", NOW).url != link.url
