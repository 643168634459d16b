"""The models of TikTok's requests and answers. Unknown fields are ignored.

If a required field is missing, the answer is malformed.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from dropcast.tiktok.http.lenient_fields import (
    CaptionOrNone,
    Count,
    Flag,
    Id,
    Lifetime,
    Name,
    Second,
    ShortText,
    Url,
    UrlOrNone,
    Words,
    WordsOrNone,
    listed,
    sendable,
    whole_number,
)
from dropcast.tiktok.http.wire_model import Wire

_IDS_MAX = 100
_SCOPES_MAX = 100
_ROWS_MAX = 100


def _comma_list(value: Any) -> Any:
    if not isinstance(value, str):
        return cast(list[Any], value)[:_SCOPES_MAX] if isinstance(value, list) else value
    return frozenset([part.strip()[:_IDS_MAX] for part in value.split(",") if part.strip()][:_SCOPES_MAX])


def _id_text(value: Any) -> Any:
    """An id as a text. None for null, 0 or an empty text, which TikTok writes in place of a missing id."""
    if value is None or value in ("", 0, "0"):
        return None
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return text if not isinstance(text, str) or len(text) <= _IDS_MAX else None


def _post_ids(value: Any) -> Any:
    listed = cast(list[Any], value)[:_IDS_MAX] if isinstance(value, list) else [value]
    return tuple(text for text in map(_id_text, listed) if text is not None)


def _text_or_none(value: Any) -> Any:
    return None if value == "" else value


IdText = Annotated[str | None, BeforeValidator(_id_text)]
Text = Annotated[str | None, BeforeValidator(_text_or_none)]
PostIds = Annotated[tuple[str, ...], BeforeValidator(_post_ids)]
Scopes = Annotated[frozenset[str], BeforeValidator(_comma_list)]
Secret = Annotated[SecretStr, Field(min_length=1), AfterValidator(sendable)]
OpenId = Annotated[str, Field(min_length=1, max_length=_IDS_MAX)]


class TokenGrant(Wire):
    """The tokens of one account (protocol section 1.2). Lifetimes are in seconds from the answer and may differ each
    time.
    """

    access_token: Secret
    refresh_token: Secret
    expires_in: Lifetime
    refresh_expires_in: Lifetime
    open_id: OpenId
    scopes: Scopes = Field(alias="scope")


class CreatorInfo(Wire):
    """What a creator may post now (protocol section 2). `avatar_url` works for two hours."""

    privacy_level_options: Annotated[tuple[Name, ...], BeforeValidator(listed(20))]
    comment_disabled: bool
    duet_disabled: bool
    stitch_disabled: bool
    max_video_post_duration_sec: Annotated[int, BeforeValidator(whole_number), Field(gt=0)]
    username: Words = Field("", alias="creator_username")
    nickname: Words = Field("", alias="creator_nickname")
    avatar_url: Url = Field("", alias="creator_avatar_url")
    log_id: str | None = None

    @property
    def private(self) -> bool:
        """Whether the account is private. A private account cannot post to everyone."""
        return "PUBLIC_TO_EVERYONE" not in self.privacy_level_options


class PostInit(Wire):
    """TikTok accepted the post.

    Only a post with a FileSource gets an `upload_url`, which works for one hour (protocol section 3.4).
    """

    publish_id: str = Field(min_length=1, max_length=200)
    upload_url: Secret | None = None
    log_id: str | None = None


class CancelAsked(Wire):
    """TikTok will try to cancel; the post's status shows the result (protocol section 3.7)."""

    log_id: str | None = None


class PublishStatus(Wire):
    """TikTok's status of a post (protocol section 6). A published post may have no `post_ids` yet.

    An unknown `status` counts as pending.
    """

    status: str = Field(min_length=1, max_length=100)
    fail_reason: WordsOrNone = None
    post_ids: PostIds = Field((), alias="publicaly_available_post_id")
    uploaded_bytes: Count = None
    downloaded_bytes: Count = None
    log_id: str | None = None


class UserInfo(Wire):
    """An account's profile (protocol section 8). Only `open_id` is always present.

    The other fields depend on the granted scopes. An invalid value becomes None, so that it does not invalidate the
    other fields.
    """

    open_id: OpenId
    union_id: WordsOrNone = None
    avatar_url: UrlOrNone = None
    display_name: WordsOrNone = None
    username: WordsOrNone = None
    bio_description: ShortText = None
    profile_deep_link: ShortText = None
    is_verified: Flag = None
    follower_count: Count = None
    following_count: Count = None
    likes_count: Count = None
    video_count: Count = None
    log_id: str | None = None


class Video(Wire):
    """A public video of an account (protocol section 8).

    `duration` is in seconds. `cover_image_url` works for six hours.
    """

    id: Id
    create_time: Second = None
    title: CaptionOrNone = None
    video_description: CaptionOrNone = None
    duration: Count = None
    width: Count = None
    height: Count = None
    cover_image_url: UrlOrNone = None
    share_url: UrlOrNone = None
    embed_link: UrlOrNone = None
    view_count: Count = None
    like_count: Count = None
    comment_count: Count = None
    share_count: Count = None
    is_aigc: Flag = None


class VideoPage(Wire):
    """A page of videos, newest first. If `has_more`, `cursor` (milliseconds since the epoch) requests the next page."""

    videos: Annotated[tuple[Video, ...], BeforeValidator(lambda value: value and listed(_ROWS_MAX)(value))]
    cursor: Count = None
    has_more: bool = False
    log_id: str | None = None


@dataclass(frozen=True)
class VideoPost:
    """The settings of a direct video post (protocol section 3.2). The length limit of `title` counts UTF-16 code units.

    The cover's timestamp is in milliseconds.
    """

    privacy_level: str
    title: str = ""
    disable_comment: bool = False
    disable_duet: bool = False
    disable_stitch: bool = False
    brand_content_toggle: bool = False
    brand_organic_toggle: bool = False
    is_aigc: bool = False
    video_cover_timestamp_ms: int | None = None


@dataclass(frozen=True)
class FileSource:
    """A video whose bytes Dropcast sends. The sizes are in bytes and follow the rules of protocol section 4."""

    video_size: int
    chunk_size: int
    total_chunk_count: int


@dataclass(frozen=True)
class PullSource:
    """A video that TikTok fetches from a URL (protocol section 9)."""

    video_url: str = field(repr=False)


@dataclass(frozen=True)
class PhotoPost:
    """The settings of a direct photo post (protocol section 5).

    The length limits of the texts count UTF-16 code units.
    """

    privacy_level: str
    title: str = ""
    description: str = ""
    disable_comment: bool = False
    auto_add_music: bool = False
    brand_content_toggle: bool = False
    brand_organic_toggle: bool = False


@dataclass(frozen=True)
class PhotoDraft:
    """The texts of a photo draft (protocol section 5); the creator chooses the settings in the app."""

    title: str = ""
    description: str = ""


@dataclass(frozen=True)
class PhotoSource:
    """Pictures that TikTok fetches from URLs, and the index of the cover picture (protocol sections 5 and 9)."""

    photo_images: tuple[str, ...] = field(repr=False)
    photo_cover_index: int = 0
