"""The page of one account: its abilities, its connection, its budgets and its business connections."""

import re

import httpx
import pytest

from dropcast.accounts.account_store import get_account, save_creator_details
from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.budgets.exhaustion_events import BudgetOwner
from dropcast.budgets.spend_or_block_now import spend_now
from dropcast.settings import settings
from tests.unit.support.console import Shown, signed_in
from tests.unit.support.oauth_browsers import BusinessBrowser


@pytest.fixture
def account(tiktok, monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setenv("APP_AUDIT", "audited")
    settings.cache_clear()
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    named = save_creator_details(connected.account_id, username="ana", nickname="Ana", avatar_url=None)
    assert named
    return named


@pytest.fixture
def path(account: Account) -> str:
    return f"/console/accounts/{account.account_id}"


def defaults_of(account: Account) -> dict[str, object]:
    found = get_account(account.account_id)
    assert found
    return found.drop_defaults


def is_on(shown: Shown, words: str) -> bool:
    found = re.search(rf"<button([^>]*)>{words}</button>", shown.text)
    assert found, words
    return " disabled" not in found[1]


def test_the_page_says_what_the_account_can_do_and_why_not_the_rest(path):
    words = signed_in().get(path).words()

    assert "Can publish videos" in words
    assert "Cannot list its public videos and their figures The account's owner did not grant" in words


def test_a_limit_of_tiktok_names_its_remedy(path, monkeypatch):
    monkeypatch.setenv("APP_AUDIT", "unaudited")
    settings.cache_clear()

    assert "The operator submits the app to TikTok's audit" in signed_in().get(path).words()


def test_the_page_says_how_the_connection_is(path, held_clock):
    visitor = signed_in()

    fresh = visitor.get(path).words()
    held_clock.at += 15_552_000
    expired = signed_in().get(path).words()

    assert "The connection works." in fresh
    assert "Ends without renewal 14 July 2027, 08:00 UTC" in fresh
    assert "The connection has expired at TikTok. Connect the account again." in expired


def test_the_page_says_what_is_used_and_when_there_is_room(path, account):
    for _ in range(8):
        assert spend_now(BudgetOwner(account.account_id, account.open_id), "creator_info", "looks") is None

    words = signed_in().get(path).words()

    assert "views of what the creator may post, by people and programs 8 of 8 – 15 January 2027, 08:01 UTC" in words
    assert "starts of videos 0 of 6 – now" in words


@pytest.mark.parametrize("user_id", [None, "user-1"])
def test_a_view_makes_four_aws_calls_and_asks_tiktok_nothing(path, tiktok, aws_calls, user_id):
    visitor = signed_in("read", user_id=user_id)
    aws_calls.clear()

    visitor.get(path)

    assert len(aws_calls) == 4
    assert tiktok.asked == []


def test_the_part_with_business_connections_makes_four_aws_calls_and_asks_tiktok_nothing(path, tiktok, aws_calls):
    visitor = signed_in("read")
    aws_calls.clear()

    visitor.get(f"{path}/business")

    assert len(aws_calls) == 4
    assert tiktok.asked == []


def test_the_button_asks_tiktok_once(path, account, tiktok):
    visitor = signed_in("read")

    answer = visitor.submit(visitor.get(path).form(f"{path}/check"))

    assert (answer.status, answer.headers["Location"]) == (303, path)
    assert tiktok.asked == ["/v2/post/publish/creator_info/query/"]
    assert "TikTok's last answer: 15 January 2027, 08:00 UTC" in visitor.get(path).words()


def test_what_tiktok_refuses_is_shown_with_the_abilities(path, tiktok):
    tiktok.creator = "spam_risk_user_banned_from_posting"
    visitor = signed_in("read")

    answer = visitor.submit(visitor.get(path).form(f"{path}/check"))

    assert "This did not work" not in answer.words()
    assert "Cannot publish now" in answer.words()
    assert "spam_risk_user_banned_from_posting" in answer.words()


def test_the_page_stays_usable_when_tiktok_does_not_answer(path, tiktok, monkeypatch):
    monkeypatch.setattr(tiktok, "_creator_info", lambda _: httpx.Response(503))
    visitor = signed_in("read", "publish")

    answer = visitor.submit(visitor.get(path).form(f"{path}/check"))

    assert answer.status >= 500
    assert "tiktok_unanswered" in answer.words()
    assert is_on(answer, "Connect again")


@pytest.mark.parametrize(
    ("scopes", "post", "reconnect", "disconnect"),
    [
        (("read",), False, False, False),
        (("read", "draft"), True, False, False),
        (("read", "publish"), True, True, False),
        (("admin",), True, True, True),
    ],
)
def test_the_page_offers_what_v1_allows_the_key(path, scopes, post, reconnect, disconnect):
    shown = signed_in(*scopes).get(path)

    assert (f'href="{path}/post"' in shown.text) is post
    assert is_on(shown, "Connect again") is reconnect
    assert is_on(shown, "Save the defaults") is reconnect
    assert (f'href="{path}/disconnect"' in shown.text) is disconnect
    assert ("This API key does not have the scope admin" in shown.words()) is not disconnect


@pytest.mark.parametrize("part", ["", "/business"])
def test_the_account_of_another_user_does_not_exist(path, part):
    shown = signed_in(user_id="user-2").get(f"{path}{part}")

    assert shown.status == 404
    assert "Ana " not in shown.words()


@pytest.mark.parametrize("part", ["check", "drop-defaults"])
def test_nobody_changes_the_account_of_another_user(path, account, tiktok, part):
    visitor = signed_in(user_id="user-2")

    answer = visitor.post(f"{path}/{part}", {"csrf": visitor.csrf(), "title": "x"})

    assert answer.status == 404
    assert defaults_of(account) == {}
    assert tiktok.asked == []


@pytest.mark.parametrize("part", ["check", "drop-defaults"])
def test_a_form_without_the_session_s_token_changes_nothing(path, account, tiktok, part):
    answer = signed_in().post(f"{path}/{part}", {"csrf": "another", "title": "x"})

    assert answer.status == 403
    assert defaults_of(account) == {}
    assert tiktok.asked == []


def test_the_business_connections_of_the_same_user_are_listed(path, account, business):
    made = BusinessBrowser(account_id=account.account_id).back().outcome
    assert isinstance(made, BusinessConnection)
    business.open_id = "biz-2"
    other = BusinessBrowser(user_id="user-2").back().outcome
    assert isinstance(other, BusinessConnection)

    shown = signed_in("admin").get(f"{path}/business")

    assert f"/console/business-connections/{made.connection_id}/disconnect" in shown.text
    assert other.connection_id not in shown.text
    assert is_on(shown, "Connect this account's comments")


def test_only_an_admin_may_connect_comments(path):
    shown = signed_in().get(f"{path}/business")

    assert not is_on(shown, "Connect this account's comments")
    assert "This API key does not have the scope admin" in shown.words()
