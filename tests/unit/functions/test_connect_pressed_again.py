"""A person presses the button of a link's page twice, in two tabs or in two browsers.

The link connects only one account.
"""

from collections.abc import Callable

import pytest

from dropcast.accounts.account_store import accounts_of_user
from dropcast.accounts.business.connect_business import begin_business
from dropcast.accounts.connect import link_and_state_store
from dropcast.accounts.connect.begin_consent import ConnectLink
from tests.unit.support.accounts import items
from tests.unit.support.browsers import CALLBACK, START, Browser, link, query_of

BUSINESS_START = "/oauth/business/start"
BUSINESS_CALLBACK = "/oauth/business/callback"


def business_link() -> str:
    connection = begin_business("account", "user-1", None)
    assert isinstance(connection, ConnectLink)
    return connection.connect_url.split("?c=")[1]


@pytest.fixture(params=["login", "business"])
def flow(request, tiktok, business) -> tuple[Callable[[], str], str]:
    """A function that makes a link, and the address of its page."""
    return (link, START) if request.param == "login" else (business_link, BUSINESS_START)


def test_a_button_pressed_twice_redirects_to_tiktok_with_the_same_state(flow):
    make, start = flow
    browser = Browser()
    page = browser.get(start, c=make())

    first, again = browser.press(page, start), browser.press(page, start)

    assert (first["statusCode"], again["statusCode"]) == (303, 303)
    assert first["headers"]["Location"] == again["headers"]["Location"]
    assert first["cookies"] == again["cookies"]


def test_two_concurrent_presses_redirect_to_tiktok_with_the_same_state(flow, monkeypatch):
    make, start = flow
    browser = Browser()
    page = browser.get(start, c=make())
    seal, first = link_and_state_store.dynamo.write_all, []

    def overtaken(entries):
        patch.undo()
        first.append(browser.press(page, start))
        return seal(entries)

    with monkeypatch.context() as patch:
        patch.setattr(link_and_state_store.dynamo, "write_all", overtaken)
        second = browser.press(page, start)

    assert second["statusCode"] == 303
    assert second["headers"]["Location"] == first[0]["headers"]["Location"]


def test_the_page_reopened_after_its_button_still_redirects_to_tiktok(flow):
    make, start = flow
    browser, link_id = Browser(), make()
    first = browser.press(browser.get(start, c=link_id), start)

    again = browser.press(browser.get(start, c=link_id), start)

    assert again["headers"]["Location"] == first["headers"]["Location"]


def test_two_tabs_of_one_browser_share_the_state(flow):
    make, start = flow
    browser, link_id = Browser(), make()
    tabs = [browser.get(start, c=link_id) for _ in range(2)]

    states = {query_of(browser.press(tab, start)["headers"]["Location"])["state"] for tab in tabs}

    assert len(states) == 1


def test_another_browser_finds_the_link_used_up(flow):
    make, start = flow
    first, second, link_id = Browser(), Browser(), make()
    page = second.get(start, c=link_id)
    first.press(first.get(start, c=link_id), start)

    answers = [second.press(page, start), second.get(start, c=link_id)]

    assert [answer["statusCode"] for answer in answers] == [410, 410]


def test_after_the_callback_the_link_is_used_up_in_its_own_browser_too(flow):
    make, start = flow
    browser, link_id = Browser(), make()
    page = browser.get(start, c=link_id)
    state = query_of(browser.press(page, start)["headers"]["Location"])["state"]
    browser.get(CALLBACK if start == START else BUSINESS_CALLBACK, state=state, error="access_denied")

    answers = [browser.press(page, start), browser.get(start, c=link_id)]

    assert [answer["statusCode"] for answer in answers] == [410, 410]


def test_a_link_pressed_twice_connects_one_account(tiktok):
    browser = Browser()
    page = browser.get(START, c=link())
    states = [query_of(browser.press(page, START)["headers"]["Location"])["state"] for _ in range(2)]

    first = browser.get(CALLBACK, state=states[0], code="c")
    tiktok.open_id = "open-2"
    second = browser.get(CALLBACK, state=states[1], code="c")

    assert first["statusCode"] == 302
    assert first["headers"]["Location"] == second["headers"]["Location"]
    assert len(accounts_of_user("user-1")) == 1
    assert len(tiktok.forms) == 1


def test_a_button_pressed_twice_keeps_the_verifier_of_its_challenge(tiktok):
    import hashlib

    browser = Browser()
    page = browser.get(START, c=link())
    sent = [query_of(browser.press(page, START)["headers"]["Location"]) for _ in range(2)]

    browser.get(CALLBACK, state=sent[1]["state"], code="c")

    [form] = tiktok.forms
    assert sent[1]["code_challenge"] == hashlib.sha256(form["code_verifier"].encode()).hexdigest()


def test_a_button_works_until_its_state_expires(tiktok, held_clock):
    browser = Browser()
    page = browser.get(START, c=link())
    held_clock.at += 599
    browser.press(page, START)
    held_clock.at += 599

    assert browser.press(page, START)["statusCode"] == 303
    held_clock.at += 1
    assert browser.press(page, START)["statusCode"] == 410


def test_a_foreign_browser_key_is_replaced(tiktok):
    browser, link_id = Browser(), link()
    browser.get(START, c=link_id)
    [name] = browser.jar
    browser.jar[name] = "short"

    browser.get(START, c=link_id)

    assert len(browser.jar[name]) == 43


def test_no_state_or_key_is_stored_in_plain_text(tiktok):
    browser = Browser()
    page = browser.get(START, c=link())
    state = query_of(browser.press(page, START)["headers"]["Location"])["state"]

    kept = repr(items("connections"))

    assert not [secret for secret in (state, *browser.jar.values()) if secret in kept]
