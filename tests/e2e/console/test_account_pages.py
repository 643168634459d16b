"""A person connects the sandbox's creator on the console's pages, by mouse and by keyboard, and disconnects it."""

import secrets

import pytest
from playwright.sync_api import Locator, Page, expect

from local.stack_client import StackClient
from tests.e2e.console.conftest import Open
from tests.e2e.console.looks import assert_looks_right
from tests.e2e.console.posting import choose_audience, wait_state
from tests.e2e.road import SMALL, Videos


@pytest.fixture
def creator(journey: StackClient) -> str:
    name = f"person-{secrets.token_hex(4)}"
    journey.sandbox("POST", "/creators", json={"username": name, "private": True})
    return name


def list_page(open_signed_in: Open, **more) -> Page:
    page = open_signed_in(**more)
    page.goto("/console/accounts")
    return page


def agree(page: Page, creator: str) -> None:
    """Press our page's button, and agree on TikTok's page."""
    page.get_by_role("button", name="Continue to TikTok").click()
    page.get_by_label(f"@{creator}").check()
    page.get_by_role("button", name="Allow").click()


def reach(page: Page, goal: Locator, key: str) -> None:
    """Press the key until one of the elements has the focus."""
    goal.first.wait_for()
    for _ in range(200):
        if goal.evaluate_all("all => all.includes(document.activeElement)"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not reach {goal}")


def press(page: Page, name: str) -> None:
    """Go to the button by the Tab key, then press it by the Enter key."""
    reach(page, page.get_by_role("button", name=name, exact=True), "Tab")
    page.keyboard.press("Enter")


def test_a_person_connects_with_the_mouse_alone(open_signed_in: Open, creator: str):
    page = list_page(open_signed_in)

    page.get_by_role("button", name="Connect an account", exact=True).click()
    agree(page, creator)

    expect(page.get_by_role("heading", name="is connected")).to_be_visible()
    expect(page.get_by_role("link", name="Post", exact=True)).to_be_visible()


def test_a_newcomer_connects_and_posts_a_video_with_the_mouse_alone(open_signed_in: Open, creator: str, videos: Videos):
    page = list_page(open_signed_in)
    page.get_by_role("button", name="Connect an account", exact=True).click()
    agree(page, creator)
    page.get_by_role("link", name="Post", exact=True).click()
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Choose a video").click()
    chooser.value.set_files(str(videos(SMALL)[0]))
    expect(page.locator("#files li.ready")).to_have_count(1, timeout=30_000)
    choose_audience(page, "SELF_ONLY")  # the browser draws an open dropdown outside the page

    page.get_by_role("button", name="Post", exact=True).click()

    wait_state(page, "Published")


def test_a_person_connects_with_the_keyboard_alone(open_signed_in: Open, creator: str):
    page = list_page(open_signed_in)

    press(page, "Connect an account")
    press(page, "Continue to TikTok")
    reach(page, page.get_by_role("radio"), "Tab")
    reach(page, page.get_by_label(f"@{creator}"), "ArrowDown")
    press(page, "Allow")

    expect(page.get_by_role("heading", name="is connected")).to_be_visible()


def test_a_window_of_its_own_closes_and_the_first_page_names_the_account(open_signed_in: Open, creator: str):
    page = list_page(open_signed_in)

    with page.expect_popup() as opened:
        page.get_by_role("button", name="Connect in a new window").click()
    with opened.value.expect_event("close"):
        agree(opened.value, creator)

    expect(page.locator("#account-list [role=status]")).to_contain_text("connected.", timeout=20_000)
    expect(page.locator("#account-list")).to_contain_text(f"@{creator}")


def test_a_person_who_refuses_reads_why_nothing_was_connected(open_signed_in: Open):
    page = list_page(open_signed_in)

    page.get_by_role("button", name="Connect an account", exact=True).click()
    page.get_by_role("button", name="Continue to TikTok").click()
    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_role("heading", name="Nothing was connected")).to_be_visible()
    expect(page.get_by_text("access_denied")).to_be_visible()


def test_a_person_disconnects_an_account_after_a_question(journey: StackClient, open_signed_in: Open, account: str):
    page = open_signed_in()
    page.goto(f"/console/accounts/{account}")

    page.get_by_role("link", name="Disconnect", exact=True).click()
    assert journey.api("GET", f"/v1/accounts/{account}").json()["status"] == "active"
    page.get_by_role("button", name="Disconnect").click()

    expect(page.get_by_text("The account was disconnected in Dropcast.").first).to_be_visible()
    assert journey.api("GET", f"/v1/accounts/{account}").json()["status"] == "disconnected"


def test_a_person_saves_the_defaults_of_drops(journey: StackClient, open_signed_in: Open, account: str):
    page = open_signed_in()
    page.goto(f"/console/accounts/{account}")

    page.get_by_label("Who can see the posts").select_option("SELF_ONLY")
    page.get_by_role("button", name="Save the defaults").click()

    expect(page.get_by_text("The defaults are saved.")).to_be_visible()
    assert journey.api("GET", f"/v1/accounts/{account}").json()["drop_defaults"] == {"privacy_level": "SELF_ONLY"}


def test_typed_defaults_survive_the_end_of_the_session(open_signed_in: Open, session_cookie, account: str):
    page = open_signed_in()
    page.goto(f"/console/accounts/{account}")
    page.get_by_label("Hashtags").fill("tea time")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save the defaults").click()
    page.wait_for_url("**/console/sign-in?next=**")
    page.context.add_cookies([session_cookie])

    page.get_by_role("link", name="Continue").or_(page.get_by_role("button", name="Sign in")).first.wait_for()
    page.evaluate("next => { location.href = next }", f"/console/accounts/{account}")

    expect(page.get_by_label("Hashtags")).to_have_value("tea time")


def test_the_pages_fit_their_window_and_everyone_can_use_them(open_signed_in: Open, account: str):
    page = open_signed_in()
    for path in ("", f"/{account}/disconnect", f"/{account}"):
        page.goto(f"/console/accounts{path}")
        if path == f"/{account}":
            expect(page.get_by_role("button", name="Connect this account's comments")).to_be_visible()

        assert_looks_right(page)
