import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast.tiktok import posting
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.models import (
    CancelAsked,
    CreatorInfo,
    FileSource,
    PhotoDraft,
    PhotoPost,
    PhotoSource,
    PostInit,
    PublishStatus,
    PullSource,
    VideoPost,
)
from tests.unit.support.answers import TOKEN, answering, saying

FILE = FileSource(video_size=50_000_123, chunk_size=10_000_000, total_chunk_count=5)
PULL = PullSource("https://media.example.com/a.mp4")
UPLOAD_URL = "https://open-upload.tiktokapis.com/video/?upload_id=1&upload_token=hidden"
CREATOR = {
    "creator_avatar_url": "https://p16.example/a.jpg",
    "creator_username": "ana",
    "creator_nickname": "Ana",
    "privacy_level_options": ["PUBLIC_TO_EVERYONE", "SELF_ONLY"],
    "comment_disabled": False,
    "duet_disabled": False,
    "stitch_disabled": True,
    "max_video_post_duration_sec": 300,
    "something_new": {"x": 1},
}


def test_creator_info_is_requested_with_the_token_and_an_empty_object():
    asked = saying(CREATOR)

    info = posting.creator_info(asked.tiktok, TOKEN)

    assert info == CreatorInfo(
        privacy_level_options=("PUBLIC_TO_EVERYONE", "SELF_ONLY"),
        comment_disabled=False,
        duet_disabled=False,
        stitch_disabled=True,
        max_video_post_duration_sec=300,
        username="ana",
        nickname="Ana",
        avatar_url="https://p16.example/a.jpg",
        log_id="log-1",
    )
    assert (asked.only.method, asked.only.url.path) == ("POST", "/v2/post/publish/creator_info/query/")
    assert asked.only.headers["Authorization"] == "Bearer act.secret-token"
    assert asked.only.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert asked.body == {}


@pytest.mark.parametrize("name", ["privacy_level_options", "comment_disabled", "max_video_post_duration_sec"])
def test_creator_info_without_required_fields_is_malformed(name):
    data = {key: value for key, value in CREATOR.items() if key != name}

    assert posting.creator_info(saying(data).tiktok, TOKEN) == Unanswered("malformed", True, 200, "log-1")


def test_a_cap_on_http_200_is_a_refusal():
    said = {"data": CREATOR, "error": {"code": "reached_active_user_cap", "message": "", "log_id": "l"}}

    assert posting.creator_info(answering(json=said).tiktok, TOKEN) == Refused("reached_active_user_cap", "", "l", 200)


def test_a_direct_post_sends_its_options_and_the_chunk_plan():
    asked = saying({"publish_id": "v_pub_file~v2-1.123", "upload_url": UPLOAD_URL})
    post = VideoPost(
        privacy_level="SELF_ONLY",
        title="hi #cat",
        disable_comment=True,
        disable_duet=True,
        is_aigc=True,
        video_cover_timestamp_ms=1500,
    )

    init = posting.init_direct_video(asked.tiktok, TOKEN, post, FILE)

    assert isinstance(init, PostInit)
    assert init.upload_url is not None
    assert (init.publish_id, init.upload_url.get_secret_value(), init.log_id) == (
        "v_pub_file~v2-1.123",
        UPLOAD_URL,
        "log-1",
    )
    assert "hidden" not in repr(init)
    assert asked.only.url.path == "/v2/post/publish/video/init/"
    assert asked.body == {
        "post_info": {
            "privacy_level": "SELF_ONLY",
            "title": "hi #cat",
            "disable_comment": True,
            "disable_duet": True,
            "disable_stitch": False,
            "brand_content_toggle": False,
            "brand_organic_toggle": False,
            "is_aigc": True,
            "video_cover_timestamp_ms": 1500,
        },
        "source_info": {
            "source": "FILE_UPLOAD",
            "video_size": 50_000_123,
            "chunk_size": 10_000_000,
            "total_chunk_count": 5,
        },
    }


def test_both_brand_toggles_are_sent_and_an_unset_cover_is_not():
    asked = saying({"publish_id": "p"})

    posting.init_direct_video(asked.tiktok, TOKEN, VideoPost(privacy_level="SELF_ONLY"), PULL)

    post_info = asked.body["post_info"]
    assert post_info["brand_content_toggle"] is False
    assert post_info["brand_organic_toggle"] is False
    assert "video_cover_timestamp_ms" not in post_info


def test_a_pull_sends_its_url_and_gets_no_upload_url():
    asked = saying({"publish_id": "v_pub_url~v2.1"})

    init = posting.init_direct_video(asked.tiktok, TOKEN, VideoPost(privacy_level="SELF_ONLY"), PULL)

    assert init == PostInit(publish_id="v_pub_url~v2.1", log_id="log-1")
    assert asked.body["source_info"] == {"source": "PULL_FROM_URL", "video_url": "https://media.example.com/a.mp4"}


def test_a_draft_sends_only_its_source():
    asked = saying({"publish_id": "v_inbox_file~v2.1", "upload_url": UPLOAD_URL})

    init = posting.init_inbox_video(asked.tiktok, TOKEN, FILE)

    assert isinstance(init, PostInit)
    assert asked.only.url.path == "/v2/post/publish/inbox/video/init/"
    assert set(asked.body) == {"source_info"}


def test_photos_have_the_ai_label_at_the_top_level():
    asked = saying({"publish_id": "p_pub_url~v2.1"})
    post = PhotoPost(privacy_level="SELF_ONLY", title="t", description="d #x", disable_comment=True)
    source = PhotoSource(("https://media.example.com/a.jpg?Signature=hidden", "https://media.example.com/b.webp"), 1)

    init = posting.init_photos(asked.tiktok, TOKEN, post, source, is_aigc=True)

    assert init == PostInit(publish_id="p_pub_url~v2.1", log_id="log-1")
    assert "hidden" not in repr(source)
    assert asked.only.url.path == "/v2/post/publish/content/init/"
    assert asked.body == {
        "media_type": "PHOTO",
        "post_mode": "DIRECT_POST",
        "post_info": {
            "title": "t",
            "description": "d #x",
            "privacy_level": "SELF_ONLY",
            "disable_comment": True,
            "auto_add_music": False,
            "brand_content_toggle": False,
            "brand_organic_toggle": False,
        },
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_cover_index": 1,
            "photo_images": ["https://media.example.com/a.jpg?Signature=hidden", "https://media.example.com/b.webp"],
        },
        "is_aigc": True,
    }


def test_a_photo_draft_sends_only_its_texts():
    asked = saying({"publish_id": "p"})

    posting.init_photos(asked.tiktok, TOKEN, PhotoDraft("t", "d"), PhotoSource(("https://a.example/1",)), is_aigc=False)

    assert asked.body["post_mode"] == "MEDIA_UPLOAD"
    assert asked.body["post_info"] == {"title": "t", "description": "d"}


def test_a_cancel_names_the_post_and_its_success_means_only_that_tiktok_got_it():
    asked = saying({})

    assert posting.cancel(asked.tiktok, TOKEN, "v_pub_url~1") == CancelAsked(log_id="log-1")
    assert asked.only.url.path == "/v2/post/publish/cancel/"
    assert asked.body == {"publish_id": "v_pub_url~1"}


@pytest.mark.parametrize("data", [{}, {"publish_id": ""}, {"publish_id": "p"}, {"publish_id": "p", "upload_url": ""}])
def test_an_upload_without_an_upload_url_is_malformed(data):
    assert posting.init_inbox_video(saying(data).tiktok, TOKEN, FILE) == Unanswered("malformed", True, 200, "log-1")


def test_a_status_is_requested_by_publish_id():
    asked = saying({"status": "PROCESSING_UPLOAD", "uploaded_bytes": 20_000_000})

    status = posting.fetch_status(asked.tiktok, TOKEN, "p-1")

    assert status == PublishStatus(status="PROCESSING_UPLOAD", uploaded_bytes=20_000_000, log_id="log-1")
    assert asked.only.url.path == "/v2/post/publish/status/fetch/"
    assert asked.body == {"publish_id": "p-1"}


@pytest.mark.parametrize(
    ("sent", "ids"),
    [
        ([7123456789012345678], ("7123456789012345678",)),
        (["7123456789012345678", 7123456789012345679], ("7123456789012345678", "7123456789012345679")),
        (7123456789012345678, ("7123456789012345678",)),
        ("7123456789012345678", ("7123456789012345678",)),
        ([], ()),
        (None, ()),
        ("", ()),
        (0, ()),
        ([0, "", None], ()),
    ],
)
def test_post_ids_become_strings_in_any_form(sent, ids):
    asked = saying({"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": sent})

    status = posting.fetch_status(asked.tiktok, TOKEN, "p-1")

    assert isinstance(status, PublishStatus)
    assert status.post_ids == ids


@given(st.lists(st.integers(1, 2**63 - 1), max_size=5))
def test_no_digit_of_a_post_id_is_lost(ids):
    status = posting.fetch_status(
        saying({"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": ids}).tiktok, TOKEN, "p-1"
    )

    assert isinstance(status, PublishStatus)
    assert status.post_ids == tuple(map(str, ids))


@pytest.mark.parametrize("reason", ["", None])
def test_an_empty_fail_reason_is_none(reason):
    status = posting.fetch_status(saying({"status": "SOMETHING_NEW", "fail_reason": reason}).tiktok, TOKEN, "p-1")

    assert status == PublishStatus(status="SOMETHING_NEW", log_id="log-1")


def test_a_status_answer_without_a_status_is_malformed():
    assert posting.fetch_status(saying({}).tiktok, TOKEN, "p-1") == Unanswered("malformed", True, 200, "log-1")
