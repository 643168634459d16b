"""Who a connected account is, and the videos it has posted (protocol section 8)."""

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
    """The account behind `access_token`; 600 a minute.

    Only fields of granted `scopes` are asked for, since one too many fails the whole call; with no scope that has
    fields TikTok is asked for open_id alone and refuses by itself.
    """
    fields = [field for scope, fields in _FIELDS.items() if scope in scopes for field in fields] or ["open_id"]
    answer = get_query(tiktok, _PATH, access_token, {"fields": ",".join(fields)})
    if isinstance(answer, Envelope):
        answer = Envelope(as_object(answer.data.get("user")), answer.log_id, answer.http_status)
    return read_as(UserInfo, answer)


def video_list(
    tiktok: TikTok, access_token: SecretStr, *, cursor: int | None, max_count: int
) -> VideoPage | Refused | Unanswered:
    """The account's public videos, newest first, `max_count` (at most 20) after `cursor`; 600 a minute."""
    body: dict[str, Any] = {"max_count": max_count} | ({} if cursor is None else {"cursor": cursor})
    return _videos(tiktok, _LIST_PATH, access_token, body)


def video_query(tiktok: TikTok, access_token: SecretStr, video_ids: Sequence[str]) -> VideoPage | Refused | Unanswered:
    """Those of `video_ids` (at most 20) that are the account's own; 600 a minute."""
    return _videos(tiktok, _QUERY_PATH, access_token, {"filters": {"video_ids": list(video_ids)}})


def _videos(
    tiktok: TikTok, path: str, access_token: SecretStr, body: dict[str, Any]
) -> VideoPage | Refused | Unanswered:
    """The fields go into the address even of a POST; all of ours belong to the one scope video.list."""
    return read_as(VideoPage, post_json(tiktok, f"{path}?fields={','.join(Video.model_fields)}", access_token, body))
