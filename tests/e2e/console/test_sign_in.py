"""Signing in to the console in a browser: with a key, and by the link of `dropcast console`. Also signing out."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from local.folder import ROOT
from local.stack import LocalStack
from tests.e2e.console.conftest import Open
from tests.e2e.console.looks import assert_looks_right

STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"


@pytest.fixture(autouse=True)
def _attempts_do_not_add_up(stack: LocalStack) -> Iterator[None]:
    """Reset the counts of attempts before and after each test, because Dropcast limits the attempts per minute."""
    forget_attempts(stack)
    yield
    forget_attempts(stack)


def forget_attempts(stack: LocalStack) -> None:
    dynamodb: Any = stack.client("dynamodb")
    table = stack.outputs["ConsoleTable"]
    for row in dynamodb.scan(TableName=table)["Items"]:
        if row["pk"]["S"].startswith("attempts#"):
            dynamodb.delete_item(TableName=table, Key={"pk": row["pk"]})


def new_link(stack: LocalStack) -> str:
    """The output of `dropcast console`."""
    env = {**os.environ, "DROPCAST_URL": stack.base_url, "DROPCAST_API_KEY": stack.api_key}
    command = [sys.executable, "-m", "cli", "console"]
    return subprocess.run(command, cwd=ROOT, env=env, text=True, capture_output=True, check=True).stdout.strip()


def tab_to(target: Locator) -> None:
    """Press Tab until the target has the focus."""
    for _ in range(30):
        if target.evaluate("element => element === document.activeElement"):
            return
        target.page.keyboard.press("Tab")
    raise AssertionError("the keyboard does not reach the target")


def refused(status: int, words: str, url: str) -> str:
    """Chromium's message about an answer with an error status."""
    return f"console error: Failed to load resource: the server responded with a status of {status} ({words}) at {url}"


def link_button(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("^Sign in as "))


def test_a_person_signs_in_with_a_key_and_out_again_by_the_keyboard(page: Page, stack: LocalStack, account: str):
    wanted = f"/console/accounts/{account}/post?kind=video"
    page.goto(wanted)
    expect(page.get_by_role("heading", name="Sign in", level=1)).to_be_visible()
    expect(page.get_by_label("API key")).to_be_focused()

    page.keyboard.type(stack.api_key)
    page.keyboard.press("Enter")

    page.wait_for_url(f"**{wanted}")
    assert stack.api_key not in page.evaluate(STORED) + page.content()
    tab_to(page.get_by_role("button", name="Sign out"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sign in", level=1)).to_be_visible()
    page.goto(wanted)
    expect(page.get_by_label("API key")).to_be_visible()


def test_a_wrong_key_is_refused_beside_the_form(page: Page, complaints):
    page.goto("/console/sign-in")

    page.get_by_label("API key").fill("dk_wrong")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text("This API key is wrong, was revoked or has expired.")
    expect(page.get_by_label("API key")).to_have_value("")
    assert_looks_right(page)
    complaints.found.remove(refused(401, "Unauthorized", page.url))


def test_a_person_signs_in_by_a_link_with_the_keyboard_once(page: Page, open_page: Open, stack: LocalStack, complaints):
    link = new_link(stack)
    secret = link.partition("#")[2]
    assert secret
    page.goto(link)
    expect(page.get_by_text("This link signs you in with an API key:")).to_be_visible()
    expect(page).to_have_url(f"{stack.public_url}/console/enter")
    assert secret not in page.content() + page.evaluate(STORED)
    assert_looks_right(page)

    tab_to(link_button(page))
    page.keyboard.press("Enter")

    page.wait_for_url("**/console")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    other = open_page()
    other.goto(link)
    expect(other.get_by_role("alert")).to_contain_text("This sign-in link has expired or was already used.")
    assert_looks_right(other)
    complaints.found.remove(refused(410, "Gone", f"{stack.public_url}/console/enter/show"))


def test_a_link_tells_a_person_who_is_signed_in_so(page: Page, stack: LocalStack):
    page.goto(new_link(stack))
    link_button(page).click()
    page.wait_for_url("**/console")

    page.goto(new_link(stack))

    expect(page.get_by_text("This browser is signed in with the key")).to_be_visible()
    expect(link_button(page)).to_be_visible()


def test_a_second_link_opens_in_the_same_tab(page: Page, stack: LocalStack, complaints):
    page.goto(f"{stack.public_url}/console/enter#{'A' * 43}")
    expect(page.get_by_role("alert")).to_be_visible()

    page.goto(new_link(stack))

    expect(link_button(page)).to_be_visible()
    expect(page).to_have_url(f"{stack.public_url}/console/enter")
    complaints.found.remove(refused(410, "Gone", f"{stack.public_url}/console/enter/show"))


def test_a_link_pressed_twice_signs_in(page: Page, stack: LocalStack):
    page.goto(new_link(stack))

    link_button(page).dblclick()

    page.wait_for_url("**/console")


def test_the_form_fits_its_window_and_everyone_can_use_it(page: Page):
    page.goto("/console/sign-in")

    assert_looks_right(page)
