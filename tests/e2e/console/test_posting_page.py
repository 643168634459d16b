"""TikTok's UX checklist for posting pages, with one test per item (protocol section 10.5)."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from local.stack_client import StackClient
from tests.e2e.console.conftest import Open
from tests.e2e.console.posting import choose, choose_audience, choose_files, open_posting_page, send, wait_state
from tests.e2e.road import SMALL, Videos

BUTTON = "#send"


@pytest.fixture
def video(videos: Videos) -> Path:
    return videos(SMALL)[0]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return a_photo(tmp_path, "one.jpg")


@pytest.fixture
def posting(open_signed_in: Open, account: str) -> Page:
    """The posting page of a private creator, for a video."""
    return open_posting_page(open_signed_in(), account)


def account_name(journey: StackClient, account: str) -> str:
    return journey.api("GET", f"/v1/accounts/{account}").json()["username"]


def connect(journey: StackClient, name: str, **creator: Any) -> str:
    return journey.connect(name, user_id=name, private=True, **creator)


def test_1a_the_nickname_of_a_fresh_creator_info_stands_before_any_field(journey, open_signed_in, account):
    journey.sandbox("PATCH", f"/creators/{account_name(journey, account)}", json={"nickname": "Ana Renamed"})

    page = open_posting_page(open_signed_in(), account)

    expect(page.locator("#creator")).to_have_text("Post to Ana Renamed")
    above = "document.getElementById('creator').compareDocumentPosition(document.querySelector('main form')) & 4"
    assert page.evaluate(above)


def test_1b_a_creator_who_cannot_post_now_reads_when_to_come_back(journey, open_signed_in, account):
    journey.sandbox("PATCH", f"/creators/{account_name(journey, account)}", json={"capped": True})

    page = open_posting_page(open_signed_in(), account)

    expect(page.get_by_text("Come back")).to_be_visible()
    expect(page.get_by_role("button", name="Post")).to_be_disabled()
    expect(page.locator("#file")).to_have_count(0)


def test_1c_a_video_longer_than_the_creator_may_post_is_not_uploaded(journey, open_signed_in, video):
    account = connect(journey, "short-videos", max_video_post_duration_sec=1)
    page = open_posting_page(open_signed_in(), account)

    page.set_input_files("#file", str(video))

    expect(page.locator(".too-long")).to_contain_text("Choose a shorter video")
    expect(page.locator("#files li")).to_have_count(0)


def test_2a_the_title_can_be_edited_and_is_counted_in_utf_16_units(posting: Page):
    posting.locator("#title").fill("Tea \N{TEACUP WITHOUT HANDLE}")

    expect(posting.locator("#title-count")).to_have_text("6 / 2200")


def test_2b_the_audience_is_a_dropdown_of_the_creator_s_options_without_a_default(posting: Page, video: Path):
    choose_files(posting, video)

    dropdown = posting.locator("select#privacy_level")
    expect(dropdown).to_have_value("")
    assert dropdown.locator("option:not([hidden])").evaluate_all("all => all.map(one => one.value)") == [
        "FOLLOWER_OF_CREATOR",
        "MUTUAL_FOLLOW_FRIENDS",
        "SELF_ONLY",
    ]
    expect(posting.locator(BUTTON)).to_be_disabled()
    choose_audience(posting, "SELF_ONLY")
    expect(posting.locator(BUTTON)).to_be_enabled()


def test_2c_comment_duet_and_stitch_are_off_and_greyed_where_the_creator_disabled_them(journey, open_signed_in):
    account = connect(journey, "no-comments", comment_disabled=True)

    page = open_posting_page(open_signed_in(), account)

    for box in ("allow_comment", "allow_duet", "allow_stitch"):
        expect(page.locator(f"#{box}")).not_to_be_checked()
    expect(page.locator("#allow_comment")).to_be_disabled()
    open_posting_page(page, account, kind="photo")
    expect(page.locator("#allow_comment")).to_have_count(1)
    expect(page.locator("#allow_duet, #allow_stitch")).to_have_count(0)


def test_2n_a_consent_line_with_a_link_stands_above_the_button(posting: Page):
    line = posting.locator("#consent")

    expect(line).to_have_text("By posting, you agree to TikTok's Music Usage Confirmation")
    link = line.get_by_role("link", name="Music Usage Confirmation")
    expect(link).to_have_attribute("href", re.compile("^https://www.tiktok.com/legal/page/global/music-usage"))
    assert posting.evaluate("consent.compareDocumentPosition(send) & 4")


def test_3a_the_disclosure_is_off_and_shows_its_two_boxes_when_it_is_on(posting: Page):
    expect(posting.locator("#disclosure")).not_to_be_checked()
    expect(posting.locator("#brand_organic, #brand_content")).to_have_count(0)

    choose(posting.locator("#disclosure"))

    expect(posting.locator("#brand_organic")).not_to_be_checked()
    expect(posting.locator("#brand_content")).not_to_be_checked()


def test_3a1_your_brand_is_labeled_as_promotional_content(posting: Page):
    choose(posting.locator("#disclosure"))
    choose(posting.locator("#brand_organic"))

    notice = posting.get_by_text("Your photo/video will be labeled as 'Promotional content'", exact=True)
    expect(notice).to_be_visible()


@pytest.mark.parametrize("also", [[], ["#brand_organic"]])
def test_3a2_branded_content_is_labeled_as_a_paid_partnership(posting: Page, also: list[str]):
    choose(posting.locator("#disclosure"))
    for box in (*also, "#brand_content"):
        choose(posting.locator(box))

    notice = posting.get_by_text("Your photo/video will be labeled as 'Paid partnership'", exact=True)
    expect(notice).to_be_visible()


def test_3a3_an_undecided_disclosure_keeps_the_button_off_and_its_hover_says_why(posting: Page, video: Path):
    choose_files(posting, video)
    choose_audience(posting, "SELF_ONLY")
    choose(posting.locator("#disclosure"))

    expect(posting.locator(BUTTON)).to_be_disabled()
    hover = "You need to indicate if your content promotes yourself, a third party, or both."
    expect(posting.locator(f"span:has(> {BUTTON})")).to_have_attribute("title", hover)


def test_3b_branded_content_cannot_be_private_in_either_order(posting: Page):
    hover = "Branded content visibility cannot be set to private."
    choose(posting.locator("#disclosure"))
    choose(posting.locator("#brand_content"))
    private = posting.locator("#privacy_level option[value=SELF_ONLY]")
    expect(private).to_be_disabled()
    expect(private).to_have_attribute("title", hover)

    choose(posting.locator("#brand_content"), on=False)
    choose_audience(posting, "SELF_ONLY")

    expect(posting.locator("#brand_content")).to_be_disabled()
    expect(posting.locator("label:has(#brand_content)")).to_have_attribute("title", hover)


def test_4_branded_content_names_both_policies_above_the_button(posting: Page):
    choose(posting.locator("#disclosure"))
    choose(posting.locator("#brand_organic"))
    expect(posting.locator("#consent")).to_have_text("By posting, you agree to TikTok's Music Usage Confirmation")

    choose(posting.locator("#brand_content"))

    both = "By posting, you agree to TikTok's Branded Content Policy and Music Usage Confirmation"
    expect(posting.locator("#consent")).to_have_text(both)


def test_5a_the_video_and_each_photo_have_a_preview(posting: Page, account: str, video: Path, photo: Path):
    choose_files(posting, video)
    expect(posting.locator("video")).to_be_visible()
    assert posting.locator("video").evaluate("video => video.videoWidth") > 0

    open_posting_page(posting, account, kind="photo")
    choose_files(posting, photo)

    assert posting.locator("#files img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def test_5b_no_text_is_preset_and_nothing_is_added_to_it(journey, posting: Page, video: Path):
    expect(posting.locator("#title")).to_have_value("")
    choose_files(posting, video)
    choose_audience(posting, "SELF_ONLY")
    posting.locator("#title").fill("Mine #tea")

    publish_id = send(posting)

    shown = journey.until_rest(publish_id)
    assert journey.received(shown["tiktok_publish_id"])["post_info"]["title"] == "Mine #tea"


def test_5c_tiktok_gets_nothing_before_the_press(journey, posting: Page, account: str, video: Path):
    before = len(journey.sandbox("GET", "/posts")["items"])
    choose_files(posting, video)
    choose_audience(posting, "SELF_ONLY")

    assert len(journey.sandbox("GET", "/posts")["items"]) == before
    publish_id = send(posting)
    journey.until_rest(publish_id)
    assert journey.show(publish_id)["consent"]["text"].startswith("By posting, you agree")


def test_5d_a_notice_says_that_processing_may_take_a_few_minutes(posting: Page):
    expect(posting.get_by_text("it may take a few minutes for the content to process")).to_be_visible()


def test_5e_the_page_follows_the_post_until_tiktok_s_verdict(posting: Page, video: Path):
    choose_files(posting, video)
    choose_audience(posting, "SELF_ONLY")

    send(posting)

    wait_state(posting, "Published")


@pytest.mark.parametrize(
    "words",
    [
        "Indicate whether this content promotes yourself, a brand, product or service",
        "You are promoting yourself or your own business. This content will be classified as Brand Organic.",
        "You are promoting another brand or a third party. This content will be classified as Branded Content.",
        "visibility for branded content can't be private",
    ],
)
def test_the_page_shows_tiktok_s_own_words(posting: Page, words: str):
    choose(posting.locator("#disclosure"))
    choose_audience(posting, "SELF_ONLY")

    expect(posting.get_by_text(words, exact=True)).to_be_visible()


def a_photo(folder: Path, name: str) -> Path:
    from PIL import Image

    file = folder / name
    Image.new("RGB", (1080, 1350), "teal").save(file)
    return file
