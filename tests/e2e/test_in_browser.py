"""A person connects an account in a real browser, through our pages and TikTok's consent page."""

import secrets
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from local.stack_client import StackClient, query_of
from tests.e2e.conftest import RETURN_TO_ORIGIN
from tests.e2e.road import wait_for


@pytest.fixture(scope="module")
def browser_page(chromium: Browser) -> Page:
    return page_of_new_browser(chromium)


def page_of_new_browser(chromium: Browser) -> Page:
    """A page with separate cookies."""
    return chromium.new_context(viewport={"width": 390, "height": 800}).new_page()


def link(journey: StackClient, user_id: str, **more: Any) -> str:
    answer = journey.api("POST", "/v1/connections", json={"user_id": user_id, **more})
    return answer.raise_for_status().json()["connect_url"]


def start(page: Page, url: str) -> None:
    """Open a link and press its page's button."""
    page.goto(url)
    page.get_by_role("button", name="Continue to TikTok").click()


def creator(journey: StackClient) -> str:
    name = f"person-{secrets.token_hex(4)}"
    journey.sandbox("POST", "/creators", json={"username": name, "private": True})
    return name


def test_a_person_connects_by_clicking(journey: StackClient, browser_page: Page):
    name = creator(journey)

    start(browser_page, link(journey, name))
    browser_page.get_by_label(f"@{name}").check()
    browser_page.get_by_role("button", name="Allow").click()

    browser_page.get_by_role("heading", name="Your TikTok account is connected").wait_for()
    browser_page.reload()
    browser_page.get_by_role("heading", name="Your TikTok account is connected").wait_for()
    (account,) = journey.api("GET", "/v1/accounts", params={"user_id": name}).json()["items"]
    assert account["status"] == "active"
    assert "video.publish" in account["scopes"]


def test_a_person_who_declines_posting_learns_the_consequence(journey: StackClient, browser_page: Page):
    name = creator(journey)

    start(browser_page, link(journey, name))
    browser_page.get_by_label(f"@{name}").check()
    browser_page.locator("input[value='video.publish']").uncheck()
    browser_page.get_by_role("button", name="Allow").click()

    browser_page.get_by_role("heading", name="Your TikTok account is connected").wait_for()
    expect(browser_page.get_by_text("You did not allow the app to post to your account.")).to_be_visible()
    (account,) = journey.api("GET", "/v1/accounts", params={"user_id": name}).json()["items"]
    assert "video.publish" not in account["scopes"]


def test_a_person_who_cancels_connects_nothing(journey: StackClient, browser_page: Page):
    name = creator(journey)

    start(browser_page, link(journey, name))
    browser_page.get_by_role("button", name="Cancel").click()

    browser_page.get_by_role("heading", name="Nothing was connected").wait_for()
    browser_page.reload()
    expect(browser_page.get_by_text("access_denied")).to_be_visible()
    assert journey.api("GET", "/v1/accounts", params={"user_id": name}).json()["items"] == []


def test_a_used_link_says_that_it_was_used(journey: StackClient, browser_page: Page):
    name = creator(journey)
    url = link(journey, name)
    start(browser_page, url)
    browser_page.get_by_role("button", name="Cancel").click()

    browser_page.goto(url)

    expect(browser_page.get_by_text("connection_expired")).to_be_visible()


def test_a_button_clicked_twice_redirects_to_tiktok(journey: StackClient, browser_page: Page):
    name = creator(journey)
    browser_page.goto(link(journey, name))

    browser_page.get_by_role("button", name="Continue to TikTok").dblclick()

    browser_page.get_by_label(f"@{name}").check()
    browser_page.get_by_role("button", name="Allow").click()
    browser_page.get_by_role("heading", name="Your TikTok account is connected").wait_for()


def test_a_person_who_returns_from_tiktok_can_still_continue(journey: StackClient, browser_page: Page):
    name = creator(journey)
    start(browser_page, link(journey, name))
    browser_page.get_by_role("button", name="Allow").wait_for()

    browser_page.go_back()
    browser_page.get_by_role("button", name="Continue to TikTok").click()

    browser_page.get_by_label(f"@{name}").check()
    browser_page.get_by_role("button", name="Allow").click()
    browser_page.get_by_role("heading", name="Your TikTok account is connected").wait_for()


def test_a_person_finishes_in_the_browser_that_tiktok_opened(journey: StackClient, chromium: Browser):
    name = creator(journey)
    began, other = page_of_new_browser(chromium), page_of_new_browser(chromium)
    start(began, link(journey, name, confirm=True, return_to=f"{RETURN_TO_ORIGIN}/done"))
    began.get_by_role("button", name="Allow").wait_for()

    other.goto(began.url)
    other.get_by_label(f"@{name}").check()
    other.get_by_role("button", name="Allow").click()
    other.get_by_role("heading", name="Continue here?").wait_for()
    assert journey.api("GET", "/v1/accounts", params={"user_id": name}).json()["items"] == []
    other.get_by_role("button", name="Continue").dblclick()

    other.get_by_text(f"@{name}").wait_for()
    wait_for(lambda: other.locator("main img").evaluate("picture => picture.naturalWidth"))
    with other.expect_request(f"{RETURN_TO_ORIGIN}/done?**") as returned:  # there is no such site
        other.get_by_role("button", name="This is my account").click()
    code = query_of(returned.value.url)["code"]
    confirmed = journey.api("POST", "/v1/connections/confirm", json={"code": code, "user_id": name})
    assert confirmed.json()["status"] == "active"
