"""After every odd answer to a TikTok call the client returns a storable result, a refusal or no answer.

It never raises.
"""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, SecretStr

from dropcast.aws import dynamo
from dropcast.tiktok import display_api, oauth, posting
from dropcast.tiktok.business import comments
from dropcast.tiktok.business import oauth as business_oauth
from dropcast.tiktok.business.client import Business
from dropcast.tiktok.business.comments import CommentPage, CommentQuery, HolderAccess
from dropcast.tiktok.business.oauth import BusinessApp
from dropcast.tiktok.client import Refused, TikTok, Unanswered
from dropcast.tiktok.models import FileSource, PhotoDraft, PhotoSource, VideoPage, VideoPost
from dropcast.tiktok.oauth import AppCredentials
from functions.http.api.comment_views import comments_view
from tests.unit.odd_answers.mutations import Answer

TOKEN = SecretStr("token")
APP, BUSINESS_APP = AppCredentials("key", SecretStr("secret")), BusinessApp("7000", SecretStr("secret"))
ROW_BYTES_MAX = 400_000
LAMBDA_ANSWER_MAX = 6_000_000

GRANT = {
    "access_token": "act.1", "refresh_token": "rft.1", "expires_in": 7200, "refresh_expires_in": 15_552_000,
    "open_id": "o-1", "scope": "video.publish,user.info.basic", "token_type": "Bearer",
}  # fmt: skip
HOLDER = GRANT | {"refresh_token_expires_in": 31_536_000}
CREATOR = {
    "creator_avatar_url": "https://p16.example/a.jpg", "creator_username": "ana", "creator_nickname": "Ana",
    "privacy_level_options": ["PUBLIC_TO_EVERYONE", "SELF_ONLY"], "comment_disabled": False, "duet_disabled": False,
    "stitch_disabled": True, "max_video_post_duration_sec": 300,
}  # fmt: skip
VIDEO = {
    "id": 7434343434343434343,
    "create_time": 1_700_000_000,
    "title": "hi",
    "view_count": 12,
    "share_url": "https://a",
}
STATUS = {"status": "PROCESSING_UPLOAD", "publicaly_available_post_id": [7434343434343434343], "uploaded_bytes": 5}
COMMENT = {
    "comment_id": "7", "text": "fine", "create_time": 1_800_000_000, "owner": True, "likes": 3, "status": "PUBLIC",
    "username": "ana", "reply_list": [{"comment_id": 8, "text": "yes", "create_time": 1_800_000_000}],
}  # fmt: skip
COMMENTS = {"comments": [COMMENT, COMMENT | {"comment_id": 9}], "cursor": 2, "has_more": True}

Ask = Callable[[httpx.Client], Any]


def open_api(http: httpx.Client) -> TikTok:
    return TikTok("https://open.example", http)


def portal(http: httpx.Client) -> Business:
    return Business("https://business.example", http)


def asked(http: httpx.Client) -> HolderAccess:
    return HolderAccess(portal(http), TOKEN, "biz-1")


def of_open_api(data: Any) -> dict[str, Any]:
    return {"data": data, "error": {"code": "ok", "message": "", "log_id": "log-1"}}


def of_business(data: Any) -> dict[str, Any]:
    return {"code": 0, "message": "OK", "request_id": "req-1", "data": data}


SOURCE, PHOTOS = FileSource(5, 5, 1), PhotoSource(("https://a/1.jpg",))
CALLS: dict[str, tuple[Any, Ask]] = {
    "code": (GRANT, lambda http: oauth.exchange_code(open_api(http), APP, code="c", redirect_uri="r", verifier="v")),
    "refresh": (GRANT, lambda http: oauth.refresh(open_api(http), APP, TOKEN)),
    "revoke": ({}, lambda http: oauth.revoke(open_api(http), APP, TOKEN)),
    "creator": (of_open_api(CREATOR), lambda http: posting.creator_info(open_api(http), TOKEN)),
    "init": (
        of_open_api({"publish_id": "v_pub~1", "upload_url": "https://upload.example/1"}),
        lambda http: posting.init_direct_video(open_api(http), TOKEN, VideoPost("SELF_ONLY"), SOURCE),
    ),
    "photos": (
        of_open_api({"publish_id": "p_pub~1"}),
        lambda http: posting.init_photos(open_api(http), TOKEN, PhotoDraft(), PHOTOS, is_aigc=False),
    ),
    "status": (of_open_api(STATUS), lambda http: posting.fetch_status(open_api(http), TOKEN, "v_pub~1")),
    "cancel": (of_open_api({}), lambda http: posting.cancel(open_api(http), TOKEN, "v_pub~1")),
    "user": (
        of_open_api({"user": {"open_id": "o-1", "display_name": "Ana", "avatar_url": "https://a", "username": "ana"}}),
        lambda http: display_api.user_info(open_api(http), TOKEN, {"user.info.basic"}),
    ),
    "videos": (
        of_open_api({"videos": [VIDEO], "cursor": 1_700_000_000_000, "has_more": True}),
        lambda http: display_api.video_list(open_api(http), TOKEN, cursor=None, max_count=20),
    ),
    "advertiser": (
        of_business({"access_token": "a" * 40, "advertiser_ids": ["7100", 7200]}),
        lambda http: business_oauth.exchange_advertiser(portal(http), BUSINESS_APP, auth_code="c"),
    ),
    "holder": (
        of_business(HOLDER),
        lambda http: business_oauth.exchange_holder(portal(http), BUSINESS_APP, auth_code="c", redirect_uri="r"),
    ),
    "renewal": (of_business(HOLDER), lambda http: business_oauth.refresh_holder(portal(http), BUSINESS_APP, TOKEN)),
    "give back": (of_business({}), lambda http: business_oauth.revoke_holder(portal(http), BUSINESS_APP, TOKEN)),
    "comments": (
        of_business(COMMENTS),
        lambda http: comments.list_comments(asked(http), "1", CommentQuery(replies=True)),
    ),
    "replies": (
        of_business(COMMENTS),
        lambda http: comments.list_replies(asked(http), "1", "7", cursor=None, limit=30),
    ),
    "comment": (of_business({"comment_id": 7}), lambda http: comments.create_comment(asked(http), "1", "hi")),
    "reply": (of_business({"comment_id": "7"}), lambda http: comments.create_reply(asked(http), "1", "7", "hi")),
    "mark": (of_business({}), lambda http: comments.mark_comment(asked(http), "1", "7", "hide")),
    "delete": (of_business({}), lambda http: comments.delete_comment(asked(http), "7")),
}  # fmt: skip


@pytest.mark.parametrize(("good", "ask"), CALLS.values(), ids=CALLS)
def test_odd_answers_to_a_call(with_odd_answers, request, good, ask):
    def check(answer: Answer) -> None:
        told = ask(httpx.Client(transport=httpx.MockTransport(lambda asked: answer.response())))
        if isinstance(told, BaseModel):
            _storable(told)
        else:
            assert told is None or isinstance(told, Refused | Unanswered)
            json.dumps(vars(told) if told else None, ensure_ascii=False).encode()

    with_odd_answers(request.node.callspec.id, good, check)


def _storable(told: BaseModel) -> None:
    """Check that DynamoDB accepts the fields, a function's answer accepts the page, and a header accepts the
    secrets.
    """
    if isinstance(told, CommentPage):
        assert told.comments or not told.rows
        assert len(comments_view(told).model_dump_json().encode()) < LAMBDA_ANSWER_MAX
        return
    if isinstance(told, VideoPage):
        assert len(told.model_dump_json().encode()) < LAMBDA_ANSWER_MAX
        return
    fields = {name: _plain(value) for name, value in told}
    dynamo.to_item(fields)
    assert len(json.dumps(fields, ensure_ascii=False).encode()) < ROW_BYTES_MAX


def _plain(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return httpx.Headers({"Authorization": value.get_secret_value()})["Authorization"]
    if isinstance(value, BaseModel):
        return {name: _plain(inner) for name, inner in value}
    return [_plain(inner) for inner in value] if isinstance(value, tuple | frozenset) else value
