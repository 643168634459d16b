"""A consent that ends in a different browser from the one in which it began."""

import re

import pytest

from dropcast import clock
from dropcast.accounts.account_store import accounts_of_user
from dropcast.accounts.connect import finish_in_other_browser
from dropcast.accounts.connect.begin_consent import derived_secret
from dropcast.accounts.connect.link_and_state_store import get_state, spend_state
from dropcast.accounts.connect.save_connection import confirm_connection
from dropcast.accounts.models import Account
from dropcast.settings import settings
from tests.unit.support.accounts import items
from tests.unit.support.browsers import (
    CALLBACK,
    FINISH,
    RETURN_TO,
    Browser,
    handed_over,
    link,
    query_of,
    recognised,
    returned,
)


def statuses(user_id: str) -> list[str]:
    return [account.status for account in accounts_of_user(user_id)]


@pytest.fixture
def authorize_url(tiktok) -> str:
    return Browser().to_tiktok(link("user-1", confirm=True))


def test_a_consent_is_finished_in_another_browser_with_two_presses(tiktok, authorize_url):
    answer = handed_over(Browser(), authorize_url)

    assert set(answer) == {"connected", "code"}
    assert statuses("user-1") == ["unconfirmed"]
    confirmed = confirm_connection(answer["code"], "user-1")
    assert isinstance(confirmed, Account)
    assert (confirmed.account_id, confirmed.status) == (answer["connected"], "active")


def test_opening_the_callback_changes_nothing(tiktok, authorize_url):
    before = [items(table) for table in ("accounts", "connections", "outbox")]

    pages = [returned(Browser(), authorize_url) for _ in range(3)]

    assert {page["statusCode"] for page in pages} == {200}
    assert [items(table) for table in ("accounts", "connections", "outbox")] == before
    assert tiktok.forms == tiktok.asked == []


def test_no_page_shows_a_code(tiktok, authorize_url):
    browser = Browser()
    first = returned(browser, authorize_url)
    second = browser.press(first, CALLBACK)
    code = query_of(browser.press(second, FINISH)["headers"]["Location"])["code"]

    assert "canary" not in first["body"] + second["body"]
    assert code not in first["body"] + second["body"]


def test_the_first_page_names_the_app_and_the_user_of_the_connection(tiktok, authorize_url, cloud):
    cloud.setenv("APP_NAME", "Ana's <studio>")
    settings.cache_clear()

    page = returned(Browser(), authorize_url)["body"]

    assert "Ana&#x27;s &lt;studio&gt;" in page
    assert "<b>user-1</b>" in page


def test_the_second_page_shows_the_accounts_name_and_picture_and_the_user(tiktok, authorize_url):
    tiktok.user = {
        "display_name": "Ana <3",
        "username": "ana",
        "avatar_url": "https://p16.tiktokcdn.example/a.jpg?x=1&y",
    }

    answer = recognised(Browser(), authorize_url)

    assert "Ana &lt;3" in answer["body"]
    assert "@ana" in answer["body"]
    assert '<img src="https://p16.tiktokcdn.example/a.jpg?x=1&amp;y" alt="">' in answer["body"]
    assert "<b>user-1</b>" in answer["body"]


@pytest.mark.parametrize("url", ["https://evil.example;script-src *", "javascript:alert(1)", "https://a b/", "//x/y"])
def test_an_odd_picture_address_changes_no_policy_and_is_not_shown(tiktok, authorize_url, url):
    tiktok.user = {"display_name": "Ana", "avatar_url": url}
    tiktok.creator = "internal_error"

    answer = recognised(Browser(), authorize_url)

    assert "<img" not in answer["body"]
    assert "img-src" not in answer["headers"]["Content-Security-Policy"]


def test_the_pages_load_only_the_picture_and_cannot_be_framed(tiktok, authorize_url):
    browser = Browser()
    first = returned(browser, authorize_url)
    second = browser.press(first, CALLBACK)

    for answer in (first, second):
        policy = answer["headers"]["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer["headers"]["Referrer-Policy"] == "no-referrer"
        assert answer["headers"]["Cache-Control"] == "no-store"
        assert not re.search(r"""href=|url\(|@import|<script""", answer["body"])
    assert "img-src" not in first["headers"]["Content-Security-Policy"]
    assert second["headers"]["Content-Security-Policy"].endswith("; img-src https://p.example")


def test_the_pages_cookies_are_never_sent_from_another_site(tiktok, authorize_url):
    browser = Browser()
    first = returned(browser, authorize_url)
    second = browser.press(first, CALLBACK)

    for answer in (first, second):
        [cookie] = answer["cookies"]
        assert cookie.startswith("__Host-dropcast_finish_")
        assert {"SameSite=Strict", "HttpOnly", "Secure", "Path=/"} <= set(cookie.split("; "))


def test_pressing_each_button_twice_has_the_same_result(tiktok, authorize_url):
    browser = Browser()
    page = returned(browser, authorize_url)

    first, again = browser.press(page, CALLBACK), browser.press(page, CALLBACK)
    jar = dict(browser.jar)
    there = browser.press(again, FINISH)
    browser.jar = jar
    there_again = browser.press(first, FINISH)

    assert first["body"] == again["body"]
    assert there["headers"]["Location"] == there_again["headers"]["Location"]
    assert len(tiktok.forms) == 1


def test_a_second_press_waits_for_the_first_one_in_progress(tiktok, authorize_url, monkeypatch):
    browser, state_text = Browser(), query_of(authorize_url)["state"]
    page = returned(browser, authorize_url)
    [key] = browser.jar.values()
    state = get_state(state_text, "login")
    assert state is not None
    spend_state(state_text)
    code = derived_secret(key, f"code {state_text}")
    monkeypatch.setattr(
        clock, "sleep", lambda _: finish_in_other_browser._exchange_and_save(state, "canary-code", code)
    )

    second = browser.press(page, CALLBACK)

    assert "Is this your TikTok account?" in second["body"]


def test_the_browser_that_began_gets_no_extra_page(tiktok):
    browser = Browser()
    url = browser.to_tiktok(link("user-1", confirm=True))

    answer = returned(browser, url)

    assert answer["statusCode"] == 302
    came_back = query_of(answer["headers"]["Location"])
    assert set(came_back) == {"connected", "code"}
    assert isinstance(confirm_connection(came_back["code"], None), Account)


def test_without_confirm_another_browser_is_still_refused(tiktok):
    url = Browser().to_tiktok(link("user-1"))

    answer = returned(Browser(), url)

    assert answer["headers"]["Location"] == f"{RETURN_TO}?error=connection_other_browser"
    assert tiktok.forms == []


def test_an_account_without_a_name_from_tiktok_is_not_handed_over(tiktok, authorize_url):
    tiktok.user, tiktok.creator = {"fails": True}, "internal_error"

    answer = recognised(Browser(), authorize_url)

    assert answer["statusCode"] == 502
    assert "tiktok_unanswered" in answer["body"]
    assert not [item for item in items("connections") if item["pk"].startswith("confirm#")]


def test_a_refusal_at_tiktok_is_shown_and_uses_nothing_up(tiktok, authorize_url):
    answer = returned(Browser(), authorize_url, error="access_denied")

    assert "access_denied" in answer["body"]
    assert handed_over(Browser(), authorize_url)["code"]


def test_an_account_of_another_user_is_not_handed_over(tiktok, authorize_url):
    other = Browser()
    returned(other, other.to_tiktok(link("user-2")))

    answer = recognised(Browser(), authorize_url)

    assert answer["statusCode"] == 409
    assert statuses("user-1") == []
    assert statuses("user-2") == ["active"]


def test_declined_scopes_are_reported_with_the_code(tiktok, authorize_url):
    tiktok.scopes = "user.info.basic"

    answer = handed_over(Browser(), authorize_url)

    assert answer["missing_scopes"] == "user.info.profile,video.publish,video.upload"


def test_an_expired_code_is_not_handed_over(tiktok, authorize_url, held_clock):
    browser = Browser()
    page = recognised(browser, authorize_url)
    held_clock.at += 3601

    assert browser.press(page, FINISH)["statusCode"] == 410


def test_a_return_to_removed_from_the_list_gets_no_code(tiktok, authorize_url, cloud):
    browser = Browser()
    page = recognised(browser, authorize_url)
    cloud.setenv("RETURN_TO_ORIGINS", "https://other.example")
    settings.cache_clear()

    answer = browser.press(page, FINISH)

    assert answer["statusCode"] == 400
    assert "Location" not in answer["headers"]


def test_no_secret_is_logged(tiktok, authorize_url, written):
    browser = Browser()
    page = returned(browser, authorize_url)
    [key] = browser.jar.values()

    code = query_of(browser.press(browser.press(page, CALLBACK), FINISH)["headers"]["Location"])["code"]

    output = written()
    assert not [one for one in (code, key, query_of(authorize_url)["state"], "canary") if one in output]
    assert "account.connected" in output
