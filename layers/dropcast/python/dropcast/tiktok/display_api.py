"""TikTok's Display API: a connected account's profile and its videos (protocol section 8)."""

from collections.abc import Collection, Sequence
from typing import Any

from pydantic import SecretStr

from dropcast.tiktok.client import Envelope, Refused, TikTok, Unanswered, as_object, get_query, post_json, read_as
from dropcast.tiktok.models import UserInfo, Video, VideoPage

VIDEOS_MAX = 20

_PATH = "/v2/user/info/"
_LIST_PATH = "/v2/video/list/"
_QUERY_PATH = "/v2/video/query/"
_FIELDS = {
    "user.info.basic": ("open_id", "union_id", "avatar_url", "display_name"),
    "user.info.profile": ("username", "bio_description", "profile_deep_link", "is_verified"),
    "user.info.stats": ("follower_count", "following_count", "likes_count", "video_count"),
}


def user_info(tiktok: TikTok, access_token: SecretStr, scopes: Collection[str]) -> UserInfo | Refused | Unanswered:
    """The profile of the account that owns `access_token`. TikTok allows 600 calls a minute.

    The call requests only fields of the granted `scopes`, because TikTok refuses a call that requests any other field.
    Without a granted scope it requests only open_id, and TikTok refuses the call.
    """
    fields = [field for scope, fields in _FIELDS.items() if scope in scopes for field in fields] or ["open_id"]
    answer = get_query(tiktok, _PATH, access_token, {"fields": ",".join(fields)})
    if isinstance(answer, Envelope):
        answer = Envelope(as_object(answer.data.get("user")), answer.log_id, answer.http_status)
    return read_as(UserInfo, answer)


def video_list(
    tiktok: TikTok, access_token: SecretStr, *, cursor: int | None, max_count: int
) -> VideoPage | Refused | Unanswered:
    """The account's public videos after `cursor`, newest first.

    Returns up to `max_count` videos. TikTok allows at most 20 per call. TikTok allows 600 calls a minute.
    """
    body: dict[str, Any] = {"max_count": max_count} | ({} if cursor is None else {"cursor": cursor})
    return _videos(tiktok, _LIST_PATH, access_token, body)


def video_query(tiktok: TikTok, access_token: SecretStr, video_ids: Sequence[str]) -> VideoPage | Refused | Unanswered:
    """The videos among `video_ids` (at most 20) that the account owns. TikTok allows 600 calls a minute."""
    return _videos(tiktok, _QUERY_PATH, access_token, {"filters": {"video_ids": list(video_ids)}})


def _videos(
    tiktok: TikTok, path: str, access_token: SecretStr, body: dict[str, Any]
) -> VideoPage | Refused | Unanswered:
    """POST `body` to `path`, with the fields in the query string. All fields belong to the scope video.list."""
    return read_as(VideoPage, post_json(tiktok, f"{path}?fields={','.join(Video.model_fields)}", access_token, body))
