"""The list of accounts: the accounts that each key sees, the texts of the list, and its cost."""

import re

import pytest

from dropcast.accounts.account_store import save_creator_details
from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.disconnect import disconnect
from dropcast.accounts.models import CreatorCheck
from dropcast.accounts.tokens.token_store import get_tokens, mark_reconnect_needed
from tests.unit.support.accounts import NOW
from tests.unit.support.console import Shown, Visitor, signed_in
from tests.unit.support.named_accounts import connect_named
from tests.unit.support.oauth_browsers import BusinessBrowser

PAGE = "/console/accounts"


@pytest.fixture
def connect(tiktok):
    """Connect a TikTok account of a user by this name; return it."""

    return lambda name, user_id="user-1": connect_named(tiktok, name, user_id)


def links(shown: Shown) -> list[str]:
    return re.findall(r'href="(/console/accounts/[^"]+)"', shown.text)


def test_each_account_shows_its_names_its_state_and_the_way_to_its_post(connect):
    account = connect("Ana")

    shown = signed_in().get(PAGE)

    assert shown.status == 200
    assert "Ana @ana Connected" in shown.words()
    assert links(shown) == [f"{PAGE}/{account.account_id}/post", f"{PAGE}/{account.account_id}"]


def test_a_bound_key_sees_only_the_accounts_of_its_user(connect):
    connect("Ana")
    connect("Ben", "user-2")

    shown = signed_in(user_id="user-1").get(PAGE)

    assert "Ana" in shown.words()
    assert "Ben" not in shown.words()
    assert "Whose account is it?" not in shown.words()


def test_a_picture_is_shown_while_tiktok_s_link_is_valid(connect, held_clock):
    account = connect("Ana")
    avatar = "https://p16.tiktokcdn.com/ana.jpg"
    save_creator_details(
        account.account_id, username=None, nickname=None, avatar_url=avatar, creator=CreatorCheck(NOW, private=True)
    )
    visitor = signed_in()

    fresh = visitor.get(PAGE)
    held_clock.at += 7200
    old = visitor.get(PAGE)

    assert f'src="{avatar}"' in fresh.text
    assert avatar not in old.text
    assert 'class="avatar letter" aria-hidden="true">A<' in old.text


def test_an_account_that_lost_its_connection_says_so_and_can_be_connected_again(connect):
    account = connect("Ana")
    tokens = get_tokens(account.account_id)
    assert tokens
    assert mark_reconnect_needed(tokens)

    shown = signed_in().get(PAGE)

    assert "Needs to be connected again" in shown.words()
    assert shown.form(f"{PAGE}/{account.account_id}/reconnect").fields["csrf"]
    assert links(shown) == [f"{PAGE}/{account.account_id}"]


def test_a_disconnected_account_says_how_it_ended(connect):
    disconnect(connect("Ana").account_id)

    assert "Disconnected The account was disconnected in Dropcast." in signed_in().get(PAGE).words()


def test_a_creator_whom_tiktok_refuses_needs_a_person(connect):
    account = connect("Ana")
    banned = CreatorCheck(NOW, private=True, refusal="spam_risk_user_banned_from_posting")
    save_creator_details(account.account_id, username=None, nickname=None, avatar_url=None, creator=banned)

    words = signed_in().get(PAGE).words()

    assert "Cannot publish now" in words
    assert "banned" in words


def test_a_newcomer_reads_what_to_do(cloud):
    words = signed_in(user_id="user-1").get(PAGE).words()

    assert "No account is connected yet Press Connect an account below." in words


def test_a_newcomer_whose_key_may_not_connect_reads_whom_to_ask(cloud):
    shown = signed_in("read").get(PAGE)

    assert "Ask the person who gave it to you for a key with the scope publish." in shown.words()
    assert "This API key does not have the scope publish" in shown.words()
    assert re.search(r"<button[^>]* disabled[^>]*>Connect an account</button>", shown.text)


def test_a_key_that_may_only_read_gets_no_button_that_acts(connect):
    account = connect("Ana")

    shown = signed_in("read").get(PAGE)

    assert links(shown) == [f"{PAGE}/{account.account_id}"]
    assert "advertiser" not in shown.words()


def test_a_key_that_may_only_read_and_draft_posts_drafts(connect):
    account = connect("Ana")

    assert f"{PAGE}/{account.account_id}/post" in links(signed_in("read", "draft").get(PAGE))


@pytest.mark.parametrize("scope", ["publish", "draft"])
def test_a_key_that_may_not_read_sees_no_list(connect, scope):
    connect("Ana")

    shown = signed_in(scope).get(PAGE)

    assert shown.status == 403
    assert "Ana " not in shown.words()


@pytest.mark.parametrize("user_id", [None, "user-1"])
def test_a_view_makes_four_aws_calls_and_asks_tiktok_nothing(connect, tiktok, aws_calls, user_id):
    for name in ("Ana", "Ben", "Cleo"):
        connect(name)
    visitor = signed_in("read", user_id=user_id)
    aws_calls.clear()
    asked = list(tiktok.asked)

    visitor.get(PAGE)

    assert len(aws_calls) == 4
    assert tiktok.asked == asked


def test_the_list_alone_makes_three_aws_calls(connect, aws_calls):
    connect("Ana")
    visitor = signed_in("read")
    aws_calls.clear()

    visitor.get(f"{PAGE}/list", since=str(NOW))

    assert len(aws_calls) == 3


def test_the_list_alone_names_the_account_that_was_connected_meanwhile(connect, held_clock):
    connect("Ana")
    visitor = signed_in()
    held_clock.at += 5
    first = visitor.get(PAGE)
    connect("Ben")
    asked = re.search(r'hx-get="/console/accounts/list\?since=(\d+)"', first.text)
    assert asked

    later = visitor.get(f"{PAGE}/list", since=asked[1])

    assert "Ben is connected." in later.words()
    assert "Ana is connected." not in later.words()
    assert "<html" not in later.text
    assert newest(later) > newest(first)


def newest(shown: Shown) -> int:
    found = re.search(r'data-newest="(\d+)"', shown.text)
    assert found
    return int(found[1])


def test_further_accounts_are_on_further_pages(connect, monkeypatch):
    monkeypatch.setattr("functions.http.console.accounts._ACCOUNTS_A_PAGE", 2)
    for name in ("Ana", "Ben", "Cleo"):
        connect(name)
    visitor = signed_in()

    first = visitor.get(PAGE)
    more = re.search(r'href="/console/accounts\?next=([^"]+)"', first.text)
    assert more
    second = visitor.get(PAGE, next=more[1])

    assert "Ana" in first.words()
    assert "Cleo" not in first.words()
    assert "Cleo" in second.words()
    assert "More accounts" not in second.words()


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/list"])
def test_a_page_that_was_never_offered_is_refused(cloud, path):
    assert signed_in().get(path, next="nonsense").status == 400


def test_business_connections_stand_beside_the_accounts(connect, business):
    account = connect("Ana")
    made = BusinessBrowser(user_id="user-1", account_id=account.account_id).back().outcome
    assert isinstance(made, BusinessConnection)
    disconnect_page = f"/console/business-connections/{made.connection_id}/disconnect"

    reader, admin, other = (
        signed_in(*scopes, user_id=user).get(PAGE)
        for scopes, user in ((("read",), None), (("admin",), None), (("read",), "user-2"))
    )

    assert "Account, for comments Connected" in reader.words()
    assert disconnect_page not in reader.text
    assert disconnect_page in admin.text
    assert "There is no business connection." in other.words()


def test_what_an_account_is_called_is_shown_as_text(connect):
    connect("<script>x</script>")

    assert "<script>x" not in signed_in().get(PAGE).text


def test_who_is_signed_out_is_asked_to_sign_in(visitor: Visitor, cloud):
    shown = visitor.get(PAGE)

    assert (shown.status, shown.headers["Location"]) == (303, "/console/sign-in?next=%2Fconsole%2Faccounts")


@pytest.mark.parametrize("since", ["9" * 5_000, "-1", "x", "1e3"])
def test_a_nonsense_time_of_the_first_view_counts_as_none(connect, since: str):
    connect("Ana")
    visitor = signed_in("read")

    answer = visitor.get(f"{PAGE}/list", since=since)

    assert answer.status == 200
