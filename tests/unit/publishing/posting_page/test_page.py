"""The posting page for a form and a creator: what it shows, greys out and refuses (protocol section 10.5)."""

from dataclasses import replace

import pytest

from dropcast.errors.problem import problem
from dropcast.publishing.posting_page.choices import PostChoices
from dropcast.publishing.posting_page.page import PostingPage, posting_page
from dropcast.publishing.posting_page.stop import Stop
from tests.unit.publishing.posting_page.forms import PHOTOS, PRIVATE, PUBLIC, READY, VIDEO, page_of, reasons


def off_levels(page: PostingPage) -> dict[str, str]:
    return {one.value: one.off.hover for one in page.privacy if one.off}


def disclosure_of(page: PostingPage):
    assert page.disclosure is not None
    return page.disclosure


def test_an_empty_form_has_no_choice_and_its_button_is_disabled():
    page = page_of(PostChoices())

    assert [one for one in (*page.privacy, *page.interactions, *page.extras) if one.chosen] == []
    assert not disclosure_of(page).toggle.chosen
    assert reasons(page) == [("privacy_level", "audience_not_chosen"), ("source", "media_not_chosen")]


def test_the_button_is_enabled_once_a_file_and_an_audience_are_chosen():
    assert page_of(READY).button.is_on
    assert page_of(READY).button.hover is None


@pytest.mark.parametrize(
    ("creator", "levels"),
    [(PUBLIC, ["Everyone", "Friends", "Only me"]), (PRIVATE, ["Followers", "Friends", "Only me"])],
)
def test_the_audiences_are_the_creators(creator, levels):
    assert [one.words for one in page_of(VIDEO, creator).privacy] == levels


def test_a_level_unknown_to_dropcast_is_not_offered():
    creator = PUBLIC.model_copy(update={"privacy_level_options": ("NEW_LEVEL", "SELF_ONLY", "SELF_ONLY")})

    assert [one.value for one in page_of(VIDEO, creator).privacy] == ["SELF_ONLY"]


def test_a_level_that_the_creator_no_longer_has_must_be_chosen_again():
    page = page_of(READY, PRIVATE)

    assert page.choices.privacy_level == ""
    assert reasons(page) == [("privacy_level", "audience_not_chosen")]


@pytest.mark.parametrize(("form", "boxes"), [(VIDEO, ["Comment", "Duet", "Stitch"]), (PHOTOS, ["Comment"])])
def test_photos_have_only_the_comment_box(form, boxes):
    assert [one.words for one in page_of(form).interactions] == boxes


def test_an_interaction_that_the_creator_switched_off_is_disabled_and_off():
    creator = PUBLIC.model_copy(update={"comment_disabled": True})

    comment, duet, _ = page_of(READY, creator, allow_comment=True, allow_duet=True).interactions

    assert (comment.chosen, duet.chosen, duet.off) == (False, True, None)
    assert comment.off is not None
    assert comment.off.hover == "The creator has switched off the following in the TikTok app: comment."


@pytest.mark.parametrize(
    ("your_brand", "branded", "notice"),
    [
        (False, False, None),
        (True, False, "Your photo/video will be labeled as 'Promotional content'"),
        (False, True, "Your photo/video will be labeled as 'Paid partnership'"),
        (True, True, "Your photo/video will be labeled as 'Paid partnership'"),
    ],
)
def test_the_notice_depends_on_the_disclosure(your_brand, branded, notice):
    page = page_of(READY, disclosure=True, brand_organic=your_brand, brand_content=branded)

    assert disclosure_of(page).notice == notice


def test_the_disclosure_has_tiktoks_exact_texts():
    shown = disclosure_of(page_of(READY, disclosure=True))

    assert shown.toggle.words == "Indicate whether this content promotes yourself, a brand, product or service"
    assert (shown.your_brand.words, shown.branded_content.words) == ("Your brand", "Branded content")
    assert shown.your_brand_words == (
        "You are promoting yourself or your own business. This content will be classified as Brand Organic."
    )
    assert shown.branded_content_words == (
        "You are promoting another brand or a third party. This content will be classified as Branded Content."
    )


@pytest.mark.parametrize("form", [READY, PostChoices()])
def test_the_button_is_disabled_while_the_disclosure_is_incomplete(form):
    page = page_of(form, disclosure=True)

    assert not page.button.is_on
    assert page.button.hover == "You need to indicate if your content promotes yourself, a third party, or both."


def test_boxes_below_a_toggle_that_is_off_do_not_count():
    page = page_of(READY, brand_content=True, brand_organic=True)

    assert (page.choices.brand_content, page.choices.brand_organic, page.button.is_on) == (False, False, True)
    assert page.consent.text == "By posting, you agree to TikTok's Music Usage Confirmation"


def test_branded_content_disables_only_me():
    page = page_of(READY, disclosure=True, brand_content=True)

    assert off_levels(page) == {"SELF_ONLY": "Branded content visibility cannot be set to private."}
    assert [one.off.words for one in page.privacy if one.off] == ["visibility for branded content can't be private"]
    assert page.button.is_on


def test_only_me_disables_branded_content():
    shown = disclosure_of(page_of(READY, privacy_level="SELF_ONLY", disclosure=True))

    assert shown.branded_content.off is not None
    assert shown.branded_content.off.words == "visibility for branded content can't be private"
    assert shown.branded_content.off.hover == "Branded content visibility cannot be set to private."
    assert shown.your_brand.off is None


def test_branded_content_for_only_me_can_be_undone_in_both_places():
    page = page_of(READY, privacy_level="SELF_ONLY", disclosure=True, brand_content=True)

    assert (off_levels(page), disclosure_of(page).branded_content.off) == ({}, None)
    assert page.button.hover == "Branded content visibility cannot be set to private."


@pytest.mark.parametrize(
    ("your_brand", "branded", "names"),
    [
        (False, False, ["Music Usage Confirmation"]),
        (True, False, ["Music Usage Confirmation"]),
        (False, True, ["Branded Content Policy", "Music Usage Confirmation"]),
        (True, True, ["Branded Content Policy", "Music Usage Confirmation"]),
    ],
)
def test_the_consent_names_the_documents_and_links_to_them(your_brand, branded, names):
    consent = page_of(READY, disclosure=True, brand_organic=your_brand, brand_content=branded).consent

    links = {part.words: part.link for part in consent.parts if part.link}
    assert consent.text == f"By posting, you agree to TikTok's {' and '.join(names)}"
    assert list(links) == names
    assert links["Music Usage Confirmation"] == ("https://www.tiktok.com/legal/page/global/music-usage-confirmation/en")
    assert links.get("Branded Content Policy", "https://www.tiktok.com/legal/page/global/bc-policy/en") == (
        "https://www.tiktok.com/legal/page/global/bc-policy/en"
    )


def test_a_video_too_long_for_the_creator_disables_the_button():
    page = page_of(READY, duration_ms="300001")

    assert reasons(page) == [("source", "longer_than_creator_may")]
    assert page.longest_video_s == 300


def test_no_video_may_be_longer_than_tiktoks_api_accepts():
    creator = PUBLIC.model_copy(update={"max_video_post_duration_sec": 3600})

    page = page_of(READY, creator, duration_ms="600001")

    assert (reasons(page), page.longest_video_s) == ([("source", "duration_too_long")], 600)


@pytest.mark.parametrize("text", ["", "long", "-1", "9" * 5000, "1.5"])
def test_a_duration_that_is_no_number_counts_as_unknown(text):
    assert page_of(READY, duration_ms=text).button.is_on


def test_an_unaudited_app_offers_only_me_to_a_private_account():
    page = page_of(VIDEO, PRIVATE, audited=False, privacy_level="SELF_ONLY")

    assert sorted(off_levels(page)) == ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS"]
    assert page.button.is_on


def test_an_unaudited_app_posts_to_no_public_account():
    page = page_of(VIDEO, audited=False, privacy_level="SELF_ONLY")

    assert reasons(page) == [("form", "unaudited_client_can_only_post_to_private_accounts")]


def test_an_account_that_cannot_post_stops_the_page():
    stop = Stop(problem("spam_risk_too_many_posts"), 1_800_000_000)

    page = posting_page(PostChoices(disclosure=True), "acc_1", None, stop, audited=True)

    assert (reasons(page)[0], page.stop) == (("form", "spam_risk_too_many_posts"), stop)


def test_choices_stay_while_tiktok_does_not_answer():
    stop = Stop(problem("tiktok_unanswered"))

    page = posting_page(replace(READY, allow_comment=True), "acc_1", None, stop, audited=True)

    assert (page.choices.privacy_level, page.choices.allow_comment) == ("PUBLIC_TO_EVERYONE", True)


def test_a_direct_post_needs_a_fresh_creator_info():
    with pytest.raises(ValueError, match="creator_info"):
        posting_page(READY, "acc_1", None, None, audited=True)


def test_a_draft_of_a_video_has_no_options_and_needs_no_creator():
    page = posting_page(replace(READY, mode="draft", title="kept"), "acc_1", None, None, audited=True)

    assert (page.texts, page.privacy, page.interactions, page.disclosure, page.extras) == ((), (), (), None, ())
    assert (page.button.is_on, page.button.words) == (True, "Send draft")


@pytest.mark.parametrize(
    ("form", "texts", "extras", "cover"),
    [
        (VIDEO, {"title": 2200}, ["is_aigc"], "cover_timestamp_ms"),
        (PHOTOS, {"title": 90, "description": 4000}, ["is_aigc", "auto_add_music"], "cover_index"),
        (replace(PHOTOS, mode="draft"), {"title": 90, "description": 4000}, ["is_aigc"], "cover_index"),
    ],
)
def test_each_kind_has_its_own_fields(form, texts, extras, cover):
    page = page_of(form)

    assert {one.name: one.limit for one in page.texts} == texts
    assert ([one.value for one in page.extras], page.cover_field) == (extras, cover)


def test_a_text_is_counted_as_tiktok_counts_it():
    [title] = page_of(VIDEO, title="😀a").texts

    assert (title.units, title.text) == (3, "😀a")


@pytest.mark.parametrize(
    ("changes", "words"),
    [({}, "Post"), ({"later": True}, "Schedule post"), ({"mode": "draft", "later": True}, "Schedule draft")],
)
def test_the_button_says_what_it_does(changes, words):
    assert page_of(READY, **changes).button.words == words


def test_the_notice_says_that_tiktok_needs_time():
    assert page_of(READY).processing_notice == (
        "After you post, it may take a few minutes for the content to process and be visible on your TikTok profile."
    )
