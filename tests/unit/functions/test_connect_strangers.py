"""What strangers can do with a consent that may end in another browser."""

import pytest

from dropcast.accounts.account_store import accounts_of_user
from dropcast.accounts.connect.begin_consent import finish_cookie
from dropcast.accounts.connect.save_connection import confirm_connection
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem
from tests.unit.support.browsers import CALLBACK, FINISH, Browser, handed_over, link, query_of, recognised, returned


def refusal(code: str, user_id: str | None) -> str:
    outcome = confirm_connection(code, user_id)
    assert isinstance(outcome, Problem), outcome
    return outcome.code


def statuses(user_id: str) -> list[str]:
    return [account.status for account in accounts_of_user(user_id)]


@pytest.fixture
def authorize_url(tiktok) -> str:
    return Browser().to_tiktok(link("user-1", confirm=True))


@pytest.mark.parametrize("forged", ["no cookie", "another key", "no key"])
def test_a_form_sent_from_another_site_uses_nothing_up(tiktok, authorize_url, forged):
    browser = Browser()
    state = query_of(authorize_url)["state"]
    returned(browser, authorize_url)
    fields = {"state": state, "key": next(iter(browser.jar.values()))}
    match forged:
        case "no cookie":
            browser.jar = {}
        case "another key":
            fields["key"] = "guessed"
        case _:
            del fields["key"]

    answers = [browser.post(CALLBACK, fields, state=state, code="canary-code"), browser.post(FINISH, fields)]

    assert [answer["statusCode"] for answer in answers] == [403, 403]
    assert tiktok.forms == []
    assert handed_over(Browser(), authorize_url)["code"]


def test_a_browser_that_did_not_come_from_tiktok_never_gets_the_code(tiktok):
    began = Browser()
    url = began.to_tiktok(link("user-1", confirm=True))
    code = handed_over(Browser(), url)["code"]

    answers = [began.get(CALLBACK, state=query_of(url)["state"]), began.get(CALLBACK), began.post(FINISH, {})]

    assert [answer["statusCode"] for answer in answers] == [410, 410, 403]
    assert not [answer for answer in answers if code in str(answer)]


def test_a_code_from_another_browser_needs_its_user_and_stays_valid_until_then(tiktok, authorize_url):
    code = handed_over(Browser(), authorize_url)["code"]

    assert refusal(code, None) == "confirmation_needs_user"
    assert refusal(code, "user-2") == "confirmation_expired"
    assert isinstance(confirm_connection(code, "user-1"), Account)


def test_an_authorize_url_sent_to_a_stranger_gives_the_sender_nothing(tiktok):
    """The sender began a connection. The stranger consents at TikTok and even presses both buttons."""
    sender = Browser()
    url = sender.to_tiktok(link("sender", confirm=True))
    tiktok.open_id = "stranger-1"

    stranger = Browser()
    first_page = returned(stranger, url)["body"]
    code = handed_over(stranger, url)["code"]

    assert "<b>sender</b>" in first_page
    # The stranger's browser delivered the code. So the caller's server confirms it for the stranger, or for no user if
    # the stranger is not signed in.
    assert refusal(code, "stranger") == "confirmation_expired"
    assert refusal(code, None) == "confirmation_needs_user"
    assert sender.get(CALLBACK, state=query_of(url)["state"])["statusCode"] == 410
    assert statuses("sender") == ["unconfirmed"]


def test_a_callback_with_a_strangers_consent_shows_the_account_before_it_is_connected(tiktok):
    """On the user's own link the stranger consented with another TikTok account, and sends the callback address to the
    user.
    """
    url = Browser().to_tiktok(link("user-1", confirm=True))
    tiktok.user = {"display_name": "Mallory", "username": "mallory"}
    tiktok.open_id = "mallory-1"

    user = Browser()
    page = recognised(user, url)

    assert "Mallory" in page["body"]
    assert "@mallory" in page["body"]
    assert "Location" not in page["headers"]
    assert statuses("user-1") == ["unconfirmed"]


def test_an_invented_state_is_refused_without_waiting(tiktok, held_clock):
    browser = Browser({finish_cookie("made-up"): "k"})
    before = held_clock.at

    answer = browser.post(CALLBACK, {"key": "k"}, state="made-up", code="c")

    assert (answer["statusCode"], held_clock.at) == (410, before)


def test_a_failed_press_is_waited_for_only_as_long_as_it_could_run(tiktok, authorize_url, held_clock):
    browser = Browser()
    tiktok.plan = ["refuse:invalid_grant"]
    page = returned(browser, authorize_url)
    browser.press(page, CALLBACK)
    before = held_clock.at

    answer = browser.press(page, CALLBACK)

    assert answer["statusCode"] == 410
    assert held_clock.at - before <= 15
    assert len(tiktok.forms) == 1
