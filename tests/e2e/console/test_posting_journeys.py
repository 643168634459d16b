"""Unusual ways of using the posting page, in a real browser."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from local.stack_client import StackClient
from tests.e2e.console.conftest import Open
from tests.e2e.console.looks import assert_looks_right
from tests.e2e.console.posting import (
    choose,
    choose_audience,
    choose_files,
    open_posting_page,
    send,
    wait_for_files,
    wait_for_preview,
    wait_state,
)
from tests.e2e.console.signing_in import session_cookie_of
from tests.e2e.road import SMALL, Videos

COLOURS = {"red.jpg": "red", "green.jpg": "green", "blue.jpg": "blue"}


@pytest.fixture
def video(videos: Videos) -> Path:
    return videos(SMALL)[0]


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    for name, colour in COLOURS.items():
        Image.new("RGB", (720, 900), colour).save(tmp_path / name)
    return [tmp_path / name for name in COLOURS]


@pytest.fixture
def posting(open_signed_in: Open, account: str) -> Page:
    return open_posting_page(open_signed_in(), account)


def names(page: Page) -> list[str]:
    return page.locator("#files .name").all_inner_texts()


def drag(page: Page, name: str, onto: str) -> None:
    """Drag a picture onto another one in several steps, as a person does."""
    row, target = (page.locator("#files li", has_text=one) for one in (name, onto))
    row.locator("img").scroll_into_view_if_needed()
    row.locator("img").hover()
    page.mouse.down()
    box = target.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 10, steps=10)
    page.mouse.up()


def keys_of(journey: StackClient, publish_id: str) -> list[str]:
    return [Path(picture["key"]).name for picture in journey.show(publish_id)["pictures"]]


def test_a_person_posts_with_the_keyboard_alone(posting: Page, video: Path):
    choose_files(posting, video)  # the browser's own dialog is not part of the page
    posting.locator("#title").focus()
    posting.keyboard.type("Typed")
    press_tab_until(posting, "privacy_level")
    with posting.expect_response("**/post/choices"):
        posting.keyboard.press("o")  # "Only me"
    expect(posting.locator("#privacy_level")).to_have_value("SELF_ONLY")
    press_tab_until(posting, "disclosure")
    with posting.expect_response("**/post/choices"):
        posting.keyboard.press("Space")
    press_tab_until(posting, "brand_organic")
    with posting.expect_response("**/post/choices"):
        posting.keyboard.press("Space")
    press_tab_until(posting, "send")

    posting.keyboard.press("Enter")

    wait_state(posting, "Published")


def press_tab_until(page: Page, name: str) -> None:
    for _ in range(30):
        if page.evaluate("document.activeElement.id") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the key Tab does not lead to {name}")


def test_photos_are_posted_in_the_order_of_the_page_with_the_chosen_cover(journey, open_signed_in, account, photos):
    page = open_posting_page(open_signed_in(), account, kind="photo")
    choose_files(page, *photos)
    drag(page, "blue.jpg", "red.jpg")
    assert names(page) == ["blue.jpg", "red.jpg", "green.jpg"]
    page.locator("#files li").nth(1).get_by_role("button", name="Later").click()
    assert names(page) == ["blue.jpg", "green.jpg", "red.jpg"]
    page.locator("#files li").nth(1).get_by_role("radio", name="Cover").check()
    choose_audience(page, "SELF_ONLY")

    publish_id = send(page)

    wait_state(page, "Published")
    assert [name.split(".")[0] for name in keys_of(journey, publish_id)] == ["blue", "green", "red"]
    assert journey.show(publish_id)["options"]["cover_index"] == 1


def test_a_double_click_and_the_back_button_post_once(journey, posting: Page, account: str, video: Path):
    choose_files(posting, video)
    choose_audience(posting, "SELF_ONLY")
    posting.locator("#send").dblclick()
    posting.wait_for_url("**/console/publishes/**")
    wait_state(posting, "Published")

    posting.go_back()

    published = journey.api("GET", "/v1/publishes", params={"account_id": account}).json()["items"]
    assert len(published) == 1
    expect(posting.locator("#files li")).to_have_count(0)


def test_two_creators_get_their_own_choices(journey, open_signed_in):
    quiet = journey.connect("quiet", user_id="quiet", private=True, comment_disabled=True)
    open_hearted = journey.connect("open-hearted", user_id="open-hearted", private=True)
    page = open_posting_page(open_signed_in(), quiet)
    expect(page.locator("#allow_comment")).to_be_disabled()

    open_posting_page(page, open_hearted)

    expect(page.locator("#creator")).to_contain_text("open-hearted")
    expect(page.locator("#allow_comment")).to_be_enabled()


def test_a_creator_who_changes_between_view_and_press_is_not_posted_for(
    journey, posting: Page, account: str, video: Path
):
    choose_files(posting, video)
    choose_audience(posting, "SELF_ONLY")
    choose(posting.locator("#allow_comment"))
    name = journey.api("GET", f"/v1/accounts/{account}").json()["username"]
    journey.sandbox("PATCH", f"/creators/{name}", json={"comment_disabled": True})

    send(posting)

    wait_state(posting, "Failed")
    expect(posting.get_by_role("alert")).to_contain_text("switched")


def test_a_time_that_the_clocks_skip_is_explained_beside_its_field(posting: Page, video: Path):
    choose_files(posting, video)
    choose_audience(posting, "SELF_ONLY")
    posting.locator("#later").check()
    posting.locator("#time_zone").fill("Europe/Berlin")
    with posting.expect_response("**/post/choices"):
        posting.locator("#publish_at").fill("2027-03-28T02:30")

    expect(posting.locator("#send")).to_be_disabled()
    expect(posting.locator("#reasons")).to_contain_text("clocks")


def test_a_part_that_is_refused_leaves_the_form_in_place(posting: Page, complaints):
    posting.locator("[name=csrf]").last.evaluate("field => { field.value = 'another' }")

    choose(posting.locator("#allow_comment"))

    expect(posting.locator("#trouble")).to_contain_text("Reload the page")
    expect(posting.locator("#privacy_level")).to_be_visible()
    complaints.found.clear()  # Chromium names the answer 403


def test_typed_words_survive_the_end_of_the_session(posting: Page, session_cookie, video: Path):
    choose_files(posting, video)
    posting.locator("#title").fill("Not lost")
    posting.context.clear_cookies()
    posting.locator("#allow_comment").check()
    posting.wait_for_url("**/console/sign-in?next=**")
    posting.context.add_cookies([session_cookie])

    posting.go_back()

    expect(posting.locator("#title")).to_have_value("Not lost")
    expect(posting.locator("#files li.ready")).to_have_count(1)


def test_the_pages_of_a_post_fit_their_window_and_everyone_can_use_them(
    open_signed_in: Open, account: str, video: Path, photos: list[Path]
):
    page = open_posting_page(open_signed_in(), account, kind="photo")
    choose_files(page, *photos)
    choose(page.locator("#disclosure"))
    assert_looks_right(page)
    open_posting_page(page, account)
    choose_files(page, video)
    page.locator("#later").check()
    assert_looks_right(page)
    page.get_by_label("Now").check()
    choose(page.locator("#disclosure"), on=False)
    choose_audience(page, "SELF_ONLY")

    send(page)

    wait_state(page, "Published")
    assert_looks_right(page)


def test_a_person_posts_what_a_draft_key_planned(
    journey: StackClient, open_page: Open, open_signed_in: Open, account: str, video: Path
):
    key = journey.api("POST", "/v1/keys", json={"name": "agent", "scopes": ["read", "draft"]}).json()["key"]
    agent = {"Authorization": f"Bearer {key}"}
    journey.upload(video, "planned.mp4")
    source = {"type": "s3", "bucket": journey.stack.bucket, "key": "planned.mp4"}
    wanted = {"account_id": account, "source": source, "privacy_level": "SELF_ONLY", "title": "By an agent"}
    body = {"action": "publish", "publish": wanted | {"allow_comment": True, "cover_timestamp_ms": 100}}
    plan = journey.api("POST", "/v1/plans", json=body, headers=agent).raise_for_status().json()
    own = open_page()
    own.context.add_cookies([session_cookie_of(journey.stack, key)])
    own.goto(plan["console_url"])
    expect(own.get_by_text("does not have the scope publish")).to_be_visible()
    expect(own.get_by_role("button", name="Post", exact=True)).to_be_disabled()
    assert_looks_right(own)

    page = open_signed_in()
    page.goto(plan["console_url"])
    wait_for_files(page)
    wait_for_preview(page)
    expect(page.locator("#title")).to_have_value("By an agent")
    expect(page.locator("#cover-words")).to_have_text("The picture at 0.1 s")
    expect(page.locator("#privacy_level")).to_have_value("")
    expect(page.locator("#allow_comment")).not_to_be_checked()
    expect(page.locator("#send")).to_be_disabled()
    assert_looks_right(page)
    choose_audience(page, "SELF_ONLY")
    publish_id = send(page)

    wait_state(page, "Published")
    spent = journey.api("GET", f"/v1/plans/{plan['plan_id']}", headers=agent).json()
    assert (spent["state"], spent["publish_id"]) == ("spent", publish_id)
    page.goto(plan["console_url"])
    assert page.url.endswith(f"/console/publishes/{publish_id}")


def test_the_first_view_is_small(open_signed_in: Open, account: str):
    page, sizes = open_signed_in(), dict[str, int]()
    page.on("requestfinished", lambda one: sizes.update({one.url: one.sizes()["responseBodySize"]}))

    open_posting_page(page, account)
    page.wait_for_load_state("networkidle")

    scripts = sum(size for url, size in sizes.items() if url.endswith(".js"))
    assert 0 < scripts <= 40_000
    assert sum(sizes.values()) <= 100_000
