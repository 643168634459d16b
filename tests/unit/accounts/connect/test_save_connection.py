from concurrent.futures import ThreadPoolExecutor

from dropcast.accounts.account_store import accounts_of_user, get_account
from dropcast.accounts.connect import save_connection as saving
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account, obstacle
from dropcast.accounts.tokens.token_store import get_tokens, mark_reconnect_needed, seal_grant
from dropcast.errors.problem import Problem
from tests.unit.support.accounts import NOW, change_account, event_names, items, plain


def connect(tiktok, user_id: str = "user-1") -> Account:
    account = save_connection(user_id, tiktok.grant())
    assert isinstance(account, Account)
    return account


def test_a_new_account_is_written_with_its_tokens_and_event(tiktok):
    account = connect(tiktok)

    assert get_account(account.account_id) == account
    assert accounts_of_user("user-1") == [account]
    assert account.connected_at == NOW
    tokens = get_tokens(account.account_id)
    assert tokens is not None
    assert (plain(tokens.access_token()), plain(tokens.refresh_token())) == ("act.canary-1", "rft.canary-1")
    assert (tokens.access_expires_at, tokens.refresh_expires_at) == (NOW + 7200, NOW + 15_552_000)
    assert event_names() == ["account.connected"]


def test_the_table_contains_no_token(tiktok):
    connect(tiktok)

    assert "canary" not in repr(items("accounts")) + repr(items("outbox"))


def test_connecting_again_keeps_the_account_and_its_settings(tiktok):
    first = connect(tiktok)
    change_account(first.account_id, drop_defaults={"privacy_level": "SELF_ONLY"}, username="ana")

    tiktok.scopes = "user.info.basic"
    again = connect(tiktok)

    assert again.account_id == first.account_id
    assert again.scopes == {"user.info.basic"}
    assert (again.username, again.drop_defaults) == ("ana", {"privacy_level": "SELF_ONLY"})
    tokens = get_tokens(first.account_id)
    assert tokens is not None
    assert (tokens.version, plain(tokens.refresh_token())) == (2, "rft.canary-2")


def test_of_two_concurrent_connections_the_later_grant_is_stored(tiktok, held_clock, monkeypatch):
    account, first = connect(tiktok), tiktok.grant()

    def overtaken(*args, **kwargs):
        patch.undo()
        held_clock.at += 2
        connect(tiktok)
        return seal_grant(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(saving, "seal_grant", overtaken)
        outcome = save_connection("user-1", first)

    assert isinstance(outcome, Account)
    assert (outcome.account_id, outcome.status) == (account.account_id, "active")
    tokens = get_tokens(account.account_id)
    assert tokens is not None
    assert (plain(tokens.access_token()), plain(tokens.refresh_token())) == (tiktok.live_access, tiktok.live_refresh)


def test_connecting_again_reactivates_an_abandoned_account(tiktok):
    account = connect(tiktok)
    tokens = get_tokens(account.account_id)
    assert tokens is not None
    assert mark_reconnect_needed(tokens)

    again = connect(tiktok)

    assert again.status == "active"
    revived = get_tokens(account.account_id)
    assert revived is not None
    assert not revived.dead


def test_an_account_of_another_user_is_not_taken_over(tiktok):
    account = connect(tiktok)

    refusal = save_connection("user-2", tiktok.grant())

    assert isinstance(refusal, Problem)
    assert refusal.code == "account_taken"
    tokens = get_tokens(account.account_id)
    assert tokens is not None
    assert (tokens.version, accounts_of_user("user-2")) == (1, [])
    assert event_names() == ["account.connected"]


def test_another_user_may_take_a_disconnected_account_without_its_history(tiktok):
    account = connect(tiktok)
    change_account(account.account_id, status="disconnected")

    theirs = connect(tiktok, "user-2")
    refusal = save_connection("user-1", tiktok.grant())

    assert theirs.account_id != account.account_id
    assert isinstance(refusal, Problem)
    assert refusal.code == "account_taken"


def test_one_of_two_users_who_connect_an_account_at_once_gets_it(tiktok, atomic_aws):
    grants = [(f"user-{number}", tiktok.grant()) for number in range(8)]

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda pair: save_connection(*pair), grants))

    assert sum(isinstance(outcome, Account) for outcome in outcomes) == 1
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Problem)} == {"account_taken"}
    assert len([item for item in items("accounts") if item["sk"] == "account"]) == 1


def test_an_account_shows_what_it_cannot_do(tiktok):
    tiktok.scopes = "user.info.basic"
    account = connect(tiktok)

    cannot = obstacle(account, "video.publish")

    assert obstacle(account, "user.info.basic") is None
    assert cannot is not None
    assert (cannot.code, cannot.next) == ("scope_not_granted", "reconnect")
    assert "video.publish" in cannot.message
