"""A person connects an account with a real browser: our pages and the consent page, clicked."""

import secrets
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from local.journey import Journey

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_page(viewport={"width": 390, "height": 800})
        browser.close()


def link(journey: Journey, user_id: str) -> str:
    answer = journey.api("POST", "/v1/connections", json={"user_id": user_id})
    return answer.raise_for_status().json()["connect_url"]


def start(page: Page, url: str) -> None:
    """Open a link and press its page's button."""
    page.goto(url)
    page.get_by_role("button", name="Continue to TikTok").click()


def creator(journey: Journey) -> str:
    name = f"person-{secrets.token_hex(4)}"
    journey.sandbox("POST", "/creators", json={"username": name, "private": True})
    return name


def test_a_person_connects_by_clicking(journey: Journey, browser_page: Page):
    name = creator(journey)

    start(browser_page, link(journey, name))
    browser_page.get_by_label(f"@{name}").check()
    browser_page.get_by_role("button", name="Allow").click()

    browser_page.get_by_role("heading", name="Your TikTok account is connected").wait_for()
    (account,) = journey.api("GET", "/v1/accounts", params={"user_id": name}).json()["items"]
    assert account["status"] == "active"
    assert "video.publish" in account["scopes"]


def test_a_person_unticks_posting_and_is_told_what_that_means(journey: Journey, browser_page: Page):
    name = creator(journey)

    start(browser_page, link(journey, name))
    browser_page.get_by_label(f"@{name}").check()
    browser_page.locator("input[value='video.publish']").uncheck()
    browser_page.get_by_role("button", name="Allow").click()

    browser_page.get_by_role("heading", name="Your TikTok account is connected").wait_for()
    assert browser_page.get_by_text("You did not allow the app to post to your account.").is_visible()
    (account,) = journey.api("GET", "/v1/accounts", params={"user_id": name}).json()["items"]
    assert "video.publish" not in account["scopes"]


def test_a_person_cancels_and_nothing_is_connected(journey: Journey, browser_page: Page):
    name = creator(journey)

    start(browser_page, link(journey, name))
    browser_page.get_by_role("button", name="Cancel").click()

    browser_page.get_by_role("heading", name="Your TikTok account was not connected").wait_for()
    assert browser_page.get_by_text("access_denied").is_visible()
    assert journey.api("GET", "/v1/accounts", params={"user_id": name}).json()["items"] == []


def test_a_link_that_was_used_says_so(journey: Journey, browser_page: Page):
    name = creator(journey)
    url = link(journey, name)
    start(browser_page, url)
    browser_page.get_by_role("button", name="Cancel").click()

    browser_page.goto(url)

    assert browser_page.get_by_text("connection_expired").is_visible()
