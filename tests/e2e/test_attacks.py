"""Attacks on the OAuth flow on the whole stack: each attack is refused, and the honest flow still works."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from local.stack_client import StackClient, query_of
from tests.e2e.browser import CALLBACK, START, Browser
from tests.e2e.conftest import RETURN_TO_ORIGIN

GARBAGE = 60


@pytest.fixture
def creator(journey: StackClient) -> str:
    name = f"creator-{secrets.token_hex(4)}"
    journey.sandbox("POST", "/creators", json={"username": name})
    return name


@pytest.fixture
def user() -> str:
    return f"user-{secrets.token_hex(4)}"


def link(journey: StackClient, user: str, **more: Any) -> str:
    answer = journey.api("POST", "/v1/connections", json={"user_id": user, **more})
    return answer.raise_for_status().json()["connect_url"]


def accounts(journey: StackClient, user: str) -> list[dict[str, Any]]:
    return journey.api("GET", "/v1/accounts", params={"user_id": user}).raise_for_status().json()["items"]


def rows(journey: StackClient) -> list[dict[str, Any]]:
    """All rows in the table of links and states."""
    table = journey.stack.outputs["ConnectionsTable"]
    pages = journey.stack.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    return [item for page in pages for item in page["Items"]]


def exchanges(journey: StackClient) -> int:
    """How often the stack sent a code to TikTok."""
    return len(journey.sandbox("GET", "/journal", params={"route": "token"})["items"])


def code_of(page: httpx.Response) -> str:
    """The error code on one of our pages."""
    found = [code for code in CODES if code in page.text]
    assert len(found) == 1, page.text
    return found[0]


CODES = ("connection_expired", "connection_other_browser", "connection_not_started_here", "invalid_grant")


def test_an_attackers_callback_connects_nothing_in_the_victims_browser(journey, creator, user):
    attacker, victim = Browser(journey), Browser(journey)
    way_back = attacker.consent(link(journey, user), creator)
    victim.press(link(journey, "somebody"))
    before = exchanges(journey)

    for browser in (victim, Browser(journey)):
        opened = browser.open(way_back)
        assert (opened.status_code, code_of(opened)) == (403, "connection_other_browser")

    assert (accounts(journey, user), exchanges(journey)) == ([], before)
    attacker.open(way_back).raise_for_status()
    assert len(accounts(journey, user)) == 1


def test_the_cookies_of_another_attempt_do_not_open_a_state(journey, creator, user):
    attacker, victim = Browser(journey), Browser(journey)
    way_back = attacker.consent(link(journey, user), creator)
    victim.press(link(journey, "somebody"))
    [name] = [name for name in attacker.http.cookies if "connect" in name]
    [value] = [value for name, value in victim.http.cookies.items() if "connect" in name]

    opened = httpx.get(way_back, cookies={name: value}, timeout=30)

    assert code_of(opened) == "connection_other_browser"
    assert accounts(journey, user) == []


def test_a_callback_works_once(journey, creator, user):
    browser = Browser(journey)
    way_back = browser.consent(link(journey, user), creator)
    browser.open(way_back).raise_for_status()
    before = exchanges(journey)

    again, elsewhere = browser.open(way_back), Browser(journey).open(way_back)

    assert (again.status_code, elsewhere.status_code, code_of(elsewhere)) == (200, 410, "connection_expired")
    assert exchanges(journey) == before


def test_a_callback_opened_many_times_at_once_is_accepted_once(journey, creator, user):
    browser = Browser(journey)
    way_back = browser.consent(link(journey, user), creator)
    cookies = dict(browser.http.cookies)
    before = exchanges(journey)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: httpx.get(way_back, cookies=cookies, timeout=30), range(8)))

    assert [answer.status_code for answer in answers] == [200] * 8
    assert exchanges(journey) == before + 1
    assert len(accounts(journey, user)) == 1


def test_a_code_of_another_attempt_is_refused(journey, creator, user):
    attacker, victim = Browser(journey), Browser(journey)
    stolen = query_of(attacker.consent(link(journey, "somebody"), creator))
    journey.sandbox("POST", "/creators", json={"username": f"{creator}-2"})
    own = query_of(victim.consent(link(journey, user), f"{creator}-2"))

    opened = victim.open(f"{CALLBACK}?{urlencode({**own, 'code': stolen['code']})}")

    assert code_of(opened) == "invalid_grant"
    assert accounts(journey, user) == []


def test_each_attempt_returns_to_the_address_of_its_own_link(journey, creator, user):
    browser = Browser(journey)
    first, second = (f"{RETURN_TO_ORIGIN}/{name}" for name in ("first", "second"))
    back_from_first = browser.consent(link(journey, user, return_to=first), creator)
    back_from_second = browser.consent(link(journey, user, return_to=second), creator)

    ends = [browser.open(way_back).headers["location"] for way_back in (back_from_second, back_from_first)]

    assert [end.partition("?")[0] for end in ends] == [second, first]


@pytest.mark.parametrize("name", ["return_to", "redirect_uri", "next", "url", "connected"])
def test_no_parameter_of_the_callback_changes_the_return_address(journey, creator, user, name):
    browser = Browser(journey)
    evil = urlencode({name: "https://evil.example/"})
    way_back = browser.consent(f"{link(journey, user, return_to=f'{RETURN_TO_ORIGIN}/done')}&{evil}", creator)

    end = browser.open(f"{way_back}&{evil}").headers["location"]

    assert end.startswith(f"{RETURN_TO_ORIGIN}/done?connected=acc_")
    assert "evil" not in end


@pytest.mark.parametrize(
    "return_to",
    [
        "//evil.example/",
        f"{RETURN_TO_ORIGIN}@evil.example/",
        f"{RETURN_TO_ORIGIN}\\@evil.example/",
        "http://app.example/",
    ],
)
def test_a_link_to_an_unlisted_address_is_refused(journey, user, return_to):
    answer = journey.api("POST", "/v1/connections", json={"user_id": user, "return_to": return_to})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "return_to_refused")


@pytest.mark.parametrize(
    "state",
    ["", "guessed", "x" * 3000, "%00", "%ED%A0%80", "%F0%9F%92%A5", "a&state=b", "%7B%22S%22%3A%22%22%7D", "link%23x"],
)
def test_a_forged_state_is_refused_with_a_message(journey, state):
    opened = Browser(journey).open(f"{CALLBACK}?code=c&state={state}")

    assert (opened.status_code, code_of(opened)) == (410, "connection_expired")
    assert "location" not in opened.headers


def test_an_expired_state_is_refused_although_its_row_still_exists(journey, creator, user):
    browser = Browser(journey)
    before = {row["pk"]["S"] for row in rows(journey)}
    way_back = browser.consent(link(journey, user), creator)
    [state] = {row["pk"]["S"] for row in rows(journey)} - before
    journey.stack.client("dynamodb").update_item(
        TableName=journey.stack.outputs["ConnectionsTable"],
        Key={"pk": {"S": state}},
        UpdateExpression="SET expires_at = :now",
        ExpressionAttributeValues={":now": {"N": str(int(time.time()) - 1)}},
    )

    opened = browser.open(way_back)

    assert (opened.status_code, code_of(opened)) == (410, "connection_expired")
    assert accounts(journey, user) == []


def test_a_flood_of_invalid_requests_leaves_no_row(journey):
    before = {row["pk"]["S"] for row in rows(journey)}
    asked = exchanges(journey)
    addresses = [f"{CALLBACK}?code={secrets.token_hex(8)}&state={secrets.token_hex(8)}" for _ in range(GARBAGE)]
    addresses += [f"{START}?c={secrets.token_hex(8)}" for _ in range(GARBAGE)]

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(Browser(journey).open, addresses))

    assert {answer.status_code for answer in answers} == {410}
    assert {row["pk"]["S"] for row in rows(journey)} == before
    assert exchanges(journey) == asked


def test_every_row_of_the_oauth_flow_expires(journey, creator, user):
    browser = Browser(journey)
    link(journey, user)
    browser.press(link(journey, user))
    browser.open(browser.consent(link(journey, user), creator))

    hour, day = time.time() + 3600 + 60, time.time() + 86_400 + 60
    latest = {row["pk"]["S"]: day if row["pk"]["S"].startswith("state#") else hour for row in rows(journey)}
    assert [row["pk"]["S"] for row in rows(journey) if int(row["expires_at"]["N"]) > latest[row["pk"]["S"]]] == []


def test_a_link_preview_does_not_use_up_the_link(journey, creator, user):
    url = link(journey, user)
    bot = Browser(journey)
    for _ in range(3):
        bot.open(url)
        bot.http.head(url)

    person = Browser(journey)
    person.open(person.consent(url, creator)).raise_for_status()

    assert len(accounts(journey, user)) == 1


def test_a_link_gives_one_state_to_one_browser(journey, user):
    url = link(journey, user)
    first, second = Browser(journey), Browser(journey)
    page = second.open(url)
    there = first.press(url).headers["location"]

    there_again = first.press(url).headers["location"]
    late = [second.press_on(page), second.open(url)]

    assert query_of(there_again)["state"] == query_of(there)["state"]
    assert [code_of(answer) for answer in late] == ["connection_expired", "connection_expired"]


def test_only_our_own_page_can_submit_the_form(journey, user):
    url = link(journey, user)
    page = Browser(journey).open(url)

    pressed = Browser(journey).press_on(page)

    assert (pressed.status_code, code_of(pressed)) == (403, "connection_not_started_here")
    assert Browser(journey).press(url).is_redirect


def test_the_sender_of_a_link_cannot_use_an_unconfirmed_account(journey, creator, user):
    victim = Browser(journey)
    way_back = victim.consent(link(journey, user, return_to=f"{RETURN_TO_ORIGIN}/done", confirm=True), creator)
    code = query_of(victim.open(way_back).headers["location"])["code"]
    [account] = accounts(journey, user)
    source = {"type": "s3", "bucket": journey.stack.bucket, "key": "in/a.mp4"}
    wish = {"account_id": account["account_id"], "source": source, "privacy_level": "SELF_ONLY"}

    used = journey.api("POST", "/v1/publishes", json=wish)
    tried = [
        journey.api("POST", "/v1/connections/confirm", json=body)
        for body in ({"code": secrets.token_urlsafe(32)}, {"code": code, "user_id": "somebody"}, {"code": code[:-1]})
    ]

    assert account["status"] == "unconfirmed"
    assert used.status_code in (404, 409)
    assert {answer.json()["error"]["code"] for answer in tried} == {"confirmation_expired"}
    assert accounts(journey, user)[0]["status"] == "unconfirmed"


def test_a_confirmation_works_once(journey, creator, user):
    browser = Browser(journey)
    way_back = browser.consent(link(journey, user, return_to=f"{RETURN_TO_ORIGIN}/done", confirm=True), creator)
    body = {"code": query_of(browser.open(way_back).headers["location"])["code"], "user_id": user}

    first, again = (journey.api("POST", "/v1/connections/confirm", json=body) for _ in range(2))

    assert first.json()["status"] == "active"
    assert again.json()["error"]["code"] == "confirmation_expired"
