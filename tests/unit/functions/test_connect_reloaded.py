"""A reload of the last page of connecting.

The same browser sees the same outcome, and every other browser sees nothing.
"""

import re

import pytest

from dropcast import clock
from dropcast.accounts.account_store import accounts_of_user
from dropcast.accounts.business.connect_business import begin_business
from dropcast.accounts.connect import link_and_state_store
from dropcast.accounts.connect.begin_consent import ConnectLink
from dropcast.accounts.connect.connect_account import begin_connection
from dropcast.accounts.connect.save_connection import confirm_connection
from dropcast.accounts.disconnect import disconnect
from dropcast.accounts.models import Account
from tests.unit.support.accounts import items
from tests.unit.support.browsers import CALLBACK, Browser, link, query_of, returned

BUSINESS_START = "/oauth/business/start"
BUSINESS_CALLBACK = "/oauth/business/callback"


def shown_here(**more) -> str:
    """The secret of a link whose consent ends on one of our pages."""
    connection = begin_connection("user-1", None, **more)
    assert isinstance(connection, ConnectLink)
    return connection.connect_url.split("?c=")[1]


def heading(answer: dict) -> str:
    [found] = re.findall("<h1>(.*?)</h1>", answer["body"])
    return found


def metrics(output: str) -> list[str]:
    return re.findall(r'"(AccountConnected|ConnectionFailed)": ?\[', output)


def test_the_reloaded_success_page_shows_the_account_without_a_tiktok_call(tiktok, written):
    browser = Browser()
    url = browser.to_tiktok(shown_here())

    first, again = returned(browser, url), returned(browser, url)

    assert (first["statusCode"], again["statusCode"]) == (200, 200)
    assert heading(first) == heading(again) == "Your TikTok account is connected"
    assert first["body"] == again["body"]
    assert len(tiktok.forms) == 1
    assert metrics(written()) == ["AccountConnected"]


def test_declined_scopes_are_shown_again(tiktok):
    tiktok.scopes = "user.info.basic,video.upload"
    browser = Browser()
    url = browser.to_tiktok(shown_here())

    first, again = returned(browser, url), returned(browser, url)

    assert "to post to your account" in first["body"]
    assert first["body"] == again["body"]


def test_the_reloaded_refusal_page_shows_the_refusal(tiktok):
    browser = Browser()
    url = browser.to_tiktok(shown_here())

    first, again = (returned(browser, url, error="access_denied") for _ in range(2))

    assert "access_denied" in first["body"]
    assert (again["statusCode"], again["body"]) == (first["statusCode"], first["body"])


def test_a_browser_on_its_way_to_return_to_arrives_again(tiktok):
    browser = Browser()
    url = browser.to_tiktok(link())

    first, again = returned(browser, url), returned(browser, url)

    assert first["headers"]["Location"] == again["headers"]["Location"]


def test_the_confirmation_code_stays_the_same_and_still_works_once(tiktok):
    browser = Browser()
    url = browser.to_tiktok(link(confirm=True))

    codes = [query_of(returned(browser, url)["headers"]["Location"])["code"] for _ in range(2)]

    assert codes[0] == codes[1]
    assert isinstance(confirm_connection(codes[0], "user-1"), Account)
    assert not isinstance(confirm_connection(codes[0], "user-1"), Account)


@pytest.mark.parametrize("ending", [{"code": "c"}, {"error": "access_denied"}], ids=["connected", "refused"])
def test_another_browser_sees_the_answer_for_an_unknown_state(tiktok, ending):
    browser, forged = Browser(), Browser()
    url = browser.to_tiktok(shown_here())
    forged.jar = dict.fromkeys(browser.jar, "guessed")
    returned(browser, url, **ending)

    others = [returned(other, url, **ending) for other in (Browser(), forged)]

    never = Browser().get(CALLBACK, state="never", **ending)
    assert {(other["statusCode"], other["body"]) for other in others} == {(410, never["body"])}
    assert "not connected" not in heading(never)


def test_an_account_disconnected_since_then_is_not_shown_as_connected(tiktok):
    browser = Browser()
    url = browser.to_tiktok(shown_here())
    returned(browser, url)
    disconnect(accounts_of_user("user-1")[0].account_id)

    assert returned(browser, url)["statusCode"] == 410


def test_after_a_day_the_outcome_is_deleted(tiktok, held_clock):
    browser = Browser()
    url = browser.to_tiktok(shown_here())
    returned(browser, url)

    held_clock.at += 86_399
    assert returned(browser, url)["statusCode"] == 200
    held_clock.at += 1
    assert returned(browser, url)["statusCode"] == 410


def test_a_reload_waits_for_the_previous_load_in_progress(tiktok, monkeypatch):
    browser = Browser()
    url = browser.to_tiktok(shown_here())
    state = query_of(url)["state"]
    assert link_and_state_store.spend_state(state)
    done = link_and_state_store.Outcome(error="account_taken")
    monkeypatch.setattr(clock, "sleep", lambda _: link_and_state_store.put_outcome(state, done, clock.now() + 60))

    assert "account_taken" in returned(browser, url)["body"]


def test_a_reload_waits_for_a_dead_load_only_as_long_as_it_could_run(tiktok, held_clock):
    browser = Browser()
    url = browser.to_tiktok(shown_here())
    link_and_state_store.spend_state(query_of(url)["state"])
    before = held_clock.at

    answer = returned(browser, url)

    assert answer["statusCode"] == 410
    assert held_clock.at - before <= 15


def test_an_outcome_that_cannot_be_stored_loses_no_account(tiktok, monkeypatch, written):
    browser = Browser()
    url = browser.to_tiktok(shown_here())

    def fail(*_: object) -> None:
        raise RuntimeError("canary")

    monkeypatch.setattr("dropcast.accounts.connect.finish_consent.put_outcome", fail)

    assert returned(browser, url)["statusCode"] == 200
    assert "canary" not in written()


def test_a_reloaded_business_consent_shows_its_outcome_only_to_its_browser(business):
    connection = begin_business("advertiser", "user-1", None)
    assert isinstance(connection, ConnectLink)
    browser = Browser()
    page = browser.get(BUSINESS_START, c=connection.connect_url.split("?c=")[1])
    state = query_of(browser.press(page, BUSINESS_START)["headers"]["Location"])["state"]

    first, again = (browser.get(BUSINESS_CALLBACK, state=state, auth_code="canary-code") for _ in range(2))
    other = Browser().get(BUSINESS_CALLBACK, state=state, auth_code="canary-code")

    assert (first["statusCode"], first["body"]) == (again["statusCode"], again["body"])
    assert heading(first) == "TikTok API for Business is connected"
    assert other["statusCode"] == 410


def test_the_stored_outcome_contains_no_secret(tiktok):
    browser = Browser()
    url = browser.to_tiktok(link(confirm=True))
    code = query_of(returned(browser, url)["headers"]["Location"])["code"]

    kept = repr(items("connections"))

    assert not [secret for secret in (code, query_of(url)["state"], *browser.jar.values()) if secret in kept]
