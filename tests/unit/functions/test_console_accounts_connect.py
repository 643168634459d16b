"""Connects accounts from the console: the links that it opens, and the page to which the browser returns."""

from urllib.parse import parse_qs, urlsplit

import pytest

from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.connect import connect_account
from dropcast.accounts.connect.begin_consent import RedirectToTikTok
from dropcast.accounts.connect.finish_consent import ConnectResult
from dropcast.accounts.connect.link_and_state_store import get_link
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from tests.unit.support.accounts import items
from tests.unit.support.console import Shown, Visitor, signed_in
from tests.unit.support.oauth_browsers import CODE, BusinessBrowser

CONNECT = "/console/connections"
ADVERTISER = "/console/business-connections"
RETURN_TO = "https://dropcast.example/console/connected"


@pytest.fixture
def account(tiktok) -> Account:
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    return connected


def link_of(answer: Shown, start: str = "tiktok"):
    """The stored link to which the answer redirects."""
    assert answer.status == 303, answer.words()
    url = urlsplit(answer.headers["Location"])
    assert url._replace(query="").geturl() == f"https://dropcast.example/oauth/{start}/start"
    found = get_link(parse_qs(url.query)["c"][0], "login", "advertiser", "account")
    assert found
    return found


def consent(answer: Shown) -> str:
    """Consent at TikTok in the browser that got the answer. Return the address to which TikTok redirects."""
    target = connect_account.redirect(parse_qs(urlsplit(answer.headers["Location"]).query)["c"][0])
    assert isinstance(target, RedirectToTikTok)
    state = parse_qs(urlsplit(target.authorize_url).query)["state"][0]
    result = connect_account.callback({"state": state, "code": CODE}, {target.cookie_name: target.cookie_value})
    assert isinstance(result, ConnectResult)
    assert result.location
    return result.location


def returned(visitor: Visitor, location: str) -> Shown:
    url = urlsplit(location)
    return visitor.send("GET", url.path, {}, {name: values[0] for name, values in parse_qs(url.query).items()}, None)


def test_the_form_opens_a_link_for_the_user_that_it_names(cloud):
    visitor = signed_in()

    answer = visitor.submit(visitor.get("/console/accounts").form(CONNECT), user_id="42")

    link = link_of(answer)
    assert (link.user_id, link.return_to) == ("42", RETURN_TO)


def test_a_newcomer_need_not_fill_in_the_form(cloud):
    visitor = signed_in()

    answer = visitor.submit(visitor.get("/console/accounts").form(CONNECT))

    assert link_of(answer).user_id == "me"


def test_a_bound_key_connects_its_own_user(cloud):
    visitor = signed_in(user_id="user-1")

    answer = visitor.submit(visitor.get("/console/accounts").form(CONNECT))

    assert link_of(answer).user_id == "user-1"


def test_a_bound_key_connects_no_other_user(cloud):
    visitor = signed_in(user_id="user-1")

    answer = visitor.post(CONNECT, {"csrf": visitor.csrf(), "user_id": "user-2"})

    assert answer.status == 404
    assert items("connections") == []


@pytest.mark.parametrize("user_id", ["", "  ", "x" * 257])
def test_a_wrong_user_is_answered_beside_its_field(cloud, user_id):
    visitor = signed_in()

    answer = visitor.submit(visitor.get("/console/accounts").form(CONNECT), user_id=user_id)

    assert answer.status == 400
    assert "user_id must have 1 to 256 characters" in answer.words()
    assert answer.text.index('id="connect"') < answer.text.index('class="wrong"') < answer.text.index('id="business"')
    assert answer.form(CONNECT).fields["user_id"] == user_id
    assert items("connections") == []


def test_a_link_of_a_window_returns_to_a_page_that_closes(cloud):
    visitor = signed_in()

    answer = visitor.submit(visitor.get("/console/accounts").form(CONNECT), window="1")

    assert link_of(answer).return_to == f"{RETURN_TO}?window=1"


def test_after_the_consent_the_page_names_the_account(tiktok):
    visitor = signed_in()

    location = consent(visitor.submit(visitor.get("/console/accounts").form(CONNECT)))
    shown = returned(visitor, location)

    assert shown.status == 200
    assert "Ana is connected" in shown.words()
    assert "/post" in shown.text


def test_in_a_window_the_page_closes_and_offers_no_post(tiktok):
    visitor = signed_in()

    location = consent(visitor.submit(visitor.get("/console/accounts").form(CONNECT), window="1"))
    shown = returned(visitor, location)

    assert "close_window.js" in shown.text
    assert "data-closes" in shown.text
    assert "/post" not in shown.text


def test_a_permission_that_is_missing_is_named(tiktok):
    tiktok.scopes = "user.info.basic,user.info.profile,video.upload"
    visitor = signed_in()

    shown = returned(visitor, consent(visitor.submit(visitor.get("/console/accounts").form(CONNECT))))

    assert "You did not allow these permissions: video.publish." in shown.words()


def test_the_page_repeats_no_words_of_its_address(account):
    shown = signed_in().get(
        "/console/connected", connected=account.account_id, missing_scopes="call 0900,video.publish"
    )

    assert "You did not allow these permissions: video.publish." in shown.words()
    assert "0900" not in shown.text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("access_denied", "did not agree"),
        ("account_taken", "already connected for another user"),
        ("nonsense <b>", "Dropcast failed to handle the request"),
    ],
)
def test_a_refusal_is_explained(cloud, error, words):
    shown = signed_in().get("/console/connected", error=error)

    assert shown.status == 200
    assert "Nothing was connected" in shown.words()
    assert words in shown.words()
    assert "<b>" not in shown.text


def test_the_page_names_no_account_of_another_user(account):
    shown = signed_in(user_id="user-2").get("/console/connected", connected=account.account_id)

    assert shown.status == 404
    assert "Nothing was connected" in shown.words()


def test_the_page_of_a_consent_makes_three_aws_calls(account, tiktok, aws_calls):
    visitor = signed_in()
    aws_calls.clear()

    visitor.get("/console/connected", connected=account.account_id)

    assert len(aws_calls) == 3
    assert tiktok.asked == []


def test_an_account_is_connected_again_for_its_own_user(account):
    visitor = signed_in()
    path = f"/console/accounts/{account.account_id}"

    link = link_of(visitor.submit(visitor.get(path).form(f"{path}/reconnect")))

    assert (link.user_id, link.return_to) == ("user-1", f"{RETURN_TO}?account={account.account_id}")


def test_a_person_who_connects_another_account_than_that_one_reads_so(account, tiktok):
    visitor = signed_in()
    path = f"/console/accounts/{account.account_id}"
    answer = visitor.submit(visitor.get(path).form(f"{path}/reconnect"))
    tiktok.open_id = "open-2"

    shown = returned(visitor, consent(answer))

    assert "This is a different TikTok account" in shown.words()


def test_the_account_of_another_user_cannot_be_connected_again(account):
    visitor = signed_in(user_id="user-2")

    answer = visitor.post(f"/console/accounts/{account.account_id}/reconnect", {"csrf": visitor.csrf()})

    assert answer.status == 404
    assert items("connections") == []


@pytest.mark.parametrize("path", ["/console/connections", "/console/accounts/{}/reconnect"])
@pytest.mark.parametrize("scopes", [("read",), ("read", "draft")])
def test_a_key_that_v1_refuses_connects_nothing(account, path, scopes):
    visitor = signed_in(*scopes)

    answer = visitor.post(path.format(account.account_id), {"csrf": visitor.csrf(), "user_id": "user-1"})

    assert answer.status == 403
    assert items("connections") == []


@pytest.mark.parametrize(
    "path", [CONNECT, ADVERTISER, "/console/accounts/{}/reconnect", "/console/accounts/{}/business"]
)
def test_a_form_without_the_session_s_token_connects_nothing(account, business, path):
    answer = signed_in("admin").post(path.format(account.account_id), {"csrf": "another", "user_id": "user-1"})

    assert answer.status == 403
    assert items("connections") == []


def test_an_admin_connects_an_advertiser(business):
    visitor = signed_in("admin")

    link = link_of(visitor.submit(visitor.get("/console/accounts").form(ADVERTISER), user_id="42"), "business")

    assert (link.user_id, link.consent, link.return_to) == ("42", "advertiser", RETURN_TO)


def test_a_deployment_without_a_business_app_says_so_beside_the_form(cloud):
    visitor = signed_in("admin")

    answer = visitor.submit(visitor.get("/console/accounts").form(ADVERTISER))

    assert answer.status >= 400
    assert answer.text.index('id="advertiser"') < answer.text.index('class="wrong"')


def test_an_admin_connects_the_comments_of_an_account(account, business):
    visitor = signed_in("admin")
    path = f"/console/accounts/{account.account_id}/business"

    link = link_of(visitor.submit(visitor.get(path).form(path)), "business")

    assert (link.user_id, link.consent, link.account_id) == ("user-1", "account", account.account_id)


@pytest.mark.parametrize("path", [ADVERTISER, "/console/accounts/{}/business"])
@pytest.mark.parametrize("user_id", [None, "user-1"])
def test_only_an_unbound_admin_connects_tiktok_api_for_business(account, business, path, user_id):
    visitor = signed_in("read", "publish", user_id=user_id)

    answer = visitor.post(path.format(account.account_id), {"csrf": visitor.csrf(), "user_id": "user-1"})

    assert answer.status == 403
    assert items("connections") == []


def test_after_a_business_consent_the_page_says_what_works(account, business):
    made = BusinessBrowser(account_id=account.account_id).back().outcome
    assert isinstance(made, BusinessConnection)

    shown = signed_in().get("/console/connected", connected=made.connection_id)

    assert "The business connection works Account, for comments, for user user-1." in shown.words()
