"""The Content Posting API: creator info, inits, cancellation and status (protocol sections 2, 3, 5 and 6)."""

from dataclasses import asdict
from typing import Any

from pydantic import SecretStr

from dropcast.tiktok.client import Envelope, Refused, TikTok, Unanswered, post_json, read_as
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

_CREATOR_INFO_PATH = "/v2/post/publish/creator_info/query/"
_DIRECT_PATH = "/v2/post/publish/video/init/"
_INBOX_PATH = "/v2/post/publish/inbox/video/init/"
_CONTENT_PATH = "/v2/post/publish/content/init/"
_CANCEL_PATH = "/v2/post/publish/cancel/"
_STATUS_PATH = "/v2/post/publish/status/fetch/"


def creator_info(tiktok: TikTok, access_token: SecretStr) -> CreatorInfo | Refused | Unanswered:
    """What the creator may post now. TikTok allows 20 calls a minute per token.

    If the creator or the app has reached a cap, TikTok returns an error with HTTP 200 (protocol section 2).
    """
    return read_as(CreatorInfo, post_json(tiktok, _CREATOR_INFO_PATH, access_token, {}))


def init_direct_video(
    tiktok: TikTok, access_token: SecretStr, post: VideoPost, source: FileSource | PullSource
) -> PostInit | Refused | Unanswered:
    """Start a direct post. TikTok allows 6 calls a minute per token (protocol section 3).

    After Unanswered TikTok may be posting a PullSource. TikTok cannot post a FileSource, because it has none of the
    bytes.
    """
    body = {"post_info": _post_info(post), "source_info": _source_info(source)}
    return _init(tiktok, _DIRECT_PATH, access_token, body, source)


def init_inbox_video(
    tiktok: TikTok, access_token: SecretStr, source: FileSource | PullSource
) -> PostInit | Refused | Unanswered:
    """Start a draft in the creator's inbox. TikTok allows 6 calls a minute per token (protocol section 3.3).

    The creator adds the caption.
    """
    return _init(tiktok, _INBOX_PATH, access_token, {"source_info": _source_info(source)}, source)


def init_photos(
    tiktok: TikTok, access_token: SecretStr, post: PhotoPost | PhotoDraft, source: PhotoSource, *, is_aigc: bool
) -> PostInit | Refused | Unanswered:
    """Start a photo post or draft. TikTok allows 6 calls a minute per token (protocol section 5).

    After Unanswered TikTok may still post the photos.
    """
    body: dict[str, Any] = {
        "media_type": "PHOTO",
        "post_mode": "DIRECT_POST" if isinstance(post, PhotoPost) else "MEDIA_UPLOAD",
        "post_info": asdict(post),
        "source_info": {"source": "PULL_FROM_URL", **asdict(source)},
        "is_aigc": is_aigc,
    }
    return read_as(PostInit, post_json(tiktok, _CONTENT_PATH, access_token, body))


def cancel(tiktok: TikTok, access_token: SecretStr, publish_id: str) -> CancelAsked | Refused | Unanswered:
    """Ask TikTok to cancel a post (protocol section 3.7). The call is meant for slow pulls.

    TikTok refuses it if the post is nearly done or already being processed.
    """
    return read_as(CancelAsked, post_json(tiktok, _CANCEL_PATH, access_token, {"publish_id": publish_id}))


def fetch_status(tiktok: TikTok, access_token: SecretStr, publish_id: str) -> PublishStatus | Refused | Unanswered:
    """The status of the post with TikTok's `publish_id` (protocol section 6).

    TikTok allows 30 calls a minute per token.
    """
    return read_as(PublishStatus, post_json(tiktok, _STATUS_PATH, access_token, {"publish_id": publish_id}))


def _init(
    tiktok: TikTok, path: str, access_token: SecretStr, body: dict[str, Any], source: FileSource | PullSource
) -> PostInit | Refused | Unanswered:
    answer = post_json(tiktok, path, access_token, body)
    if isinstance(source, FileSource) and isinstance(answer, Envelope) and not answer.data.get("upload_url"):
        return Unanswered("malformed", True, answer.http_status, answer.log_id)
    return read_as(PostInit, answer)


def _post_info(post: VideoPost) -> dict[str, Any]:
    """The post's settings.

    They always include both brand toggles, because TikTok's documentation requires them (although its examples omit
    them).
    """
    return {name: value for name, value in asdict(post).items() if value is not None}


def _source_info(source: FileSource | PullSource) -> dict[str, Any]:
    kind = "FILE_UPLOAD" if isinstance(source, FileSource) else "PULL_FROM_URL"
    return {"source": kind, **asdict(source)}
