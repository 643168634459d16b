"""The connect page of an embed: its accounts, the window that leads to TikTok, and how its consent ends."""

import re

import pytest

from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from tests.unit.functions.test_console_post_page import account as account
from tests.unit.support.accounts import items
from tests.unit.support.console import Visitor
from tests.unit.support.embeds import Embedded, embedded


def test_the_connect_page_shows_the_accounts_and_a_button(account: str):
    page = embedded("connect", user_id="user-1")

    shown = page.get("/page")

    assert account in shown.words()
    assert "data-opens-window" in shown.text
    assert "/accounts/" not in shown.text


def attempt_of(page: Embedded) -> str:
    """Press the button. Return the secret in the address to which the window returns from TikTok."""
    shown = page.post("/connections", {})
    assert shown.status == 200
    assert 'data-poll="3"' in shown.text
    [link] = re.findall(r'id="connect-link" href="([^"]+)"', shown.text)
    [row] = [row for row in items("connections") if row.get("return_to")]
    assert link.startswith("https://dropcast.example/oauth/tiktok/start?c=")
    return row["return_to"].partition("attempt=")[2]


def test_the_connect_page_waits_for_the_window_and_shows_the_account(cloud, tiktok, held_clock):
    page = embedded("connect", user_id="ana")
    attempt = attempt_of(page)
    until = str(held_clock.at + 1200)
    assert 'data-poll="3"' in page.get("/connection", until=until).text
    account = save_connection("ana", tiktok.grant())
    assert isinstance(account, Account)

    back = Visitor().get(f"{page.home}/connected", connected=account.account_id, attempt=attempt)
    shown = page.get("/connection", until=until)

    assert "The account is connected" in back.words()
    assert account.account_id not in back.text
    assert f'data-connected="{account.account_id}"' in shown.text
    assert "data-poll" not in shown.text


def test_the_connect_page_says_why_nothing_was_connected(cloud, held_clock):
    page = embedded("connect", user_id="ana")
    attempt = attempt_of(page)

    back = Visitor().get(f"{page.home}/connected", error="access_denied", attempt=attempt)
    shown = page.get("/connection", until=str(held_clock.at + 1200))

    assert "access_denied" in back.words()
    assert "access_denied" in shown.words()
    assert "data-poll" not in shown.text


def test_the_secret_of_a_consent_is_in_no_referrer_and_works_once(cloud, held_clock):
    page = embedded("connect", user_id="ana")
    attempt = attempt_of(page)

    back = Visitor().get(f"{page.home}/connected", error="access_denied", attempt=attempt)
    Visitor().get(f"{page.home}/connected", connected="acc_1", attempt=attempt)

    assert back.headers["Referrer-Policy"] == "no-referrer"
    assert "access_denied" in page.get("/connection", until=str(held_clock.at + 1200)).words()
    assert attempt not in back.text


@pytest.mark.parametrize("until", ["", "0", "x", "-1", "²", "9" * 5000])
def test_the_page_does_not_ask_again_without_a_time_that_is_to_come(cloud, until):
    shown = embedded("connect", user_id="ana").get("/connection", until=until)

    assert shown.status == 200
    assert "data-poll" not in shown.text


def test_the_page_asks_no_longer_than_a_consent_can_take(cloud, held_clock):
    shown = embedded("connect", user_id="ana").get("/connection", until="999999999999")

    assert f"connection?until={held_clock.at + 1200}" in shown.text


@pytest.mark.parametrize("after", ["x", "é"])
def test_a_cursor_that_no_list_gave_is_refused(cloud, after):
    shown = embedded("connect", user_id="ana").get("/accounts", next=after)

    assert shown.status == 400
