"""What travels to and from TikTok. Unknown fields are ignored; without one that we need an answer is malformed."""

from dataclasses import dataclass, field
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

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

_IDS_MAX = 100
_SCOPES_MAX = 100
_ROWS_MAX = 100


def _comma_list(value: Any) -> Any:
    if not isinstance(value, str):
        return cast(list[Any], value)[:_SCOPES_MAX] if isinstance(value, list) else value
    return frozenset([part.strip()[:_IDS_MAX] for part in value.split(",") if part.strip()][:_SCOPES_MAX])


def _id_text(value: Any) -> Any:
    """An id that comes as a number, a text or not at all; TikTok writes "none" as null, 0 or an empty text."""
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


class Wire(BaseModel):
    """A shape as TikTok sends it. Validation errors never quote what they saw: it may be a token."""

    # Built when first used: a function reads two or three of these.
    model_config = ConfigDict(
        extra="ignore", frozen=True, hide_input_in_errors=True, populate_by_name=True, defer_build=True
    )


class TokenGrant(Wire):
    """Tokens of one account, lifetimes in seconds from the answer (section 1.2). Trust these, never a constant."""

    access_token: Secret
    refresh_token: Secret
    expires_in: Lifetime
    refresh_expires_in: Lifetime
    open_id: OpenId
    scopes: Scopes = Field(alias="scope")


class CreatorInfo(Wire):
    """What a creator may post just now (section 2). `avatar_url` is good for two hours."""

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
        """Whether the account is private: then nothing can be posted to everyone."""
        return "PUBLIC_TO_EVERYONE" not in self.privacy_level_options


class PostInit(Wire):
    """TikTok took the post. `upload_url` comes for a FileSource only and is good for one hour (section 3.4)."""

    publish_id: str = Field(min_length=1, max_length=200)
    upload_url: Secret | None = None
    log_id: str | None = None


class CancelAsked(Wire):
    """TikTok will try to cancel; whether it could shows as the post's status (section 3.7)."""

    log_id: str | None = None


class PublishStatus(Wire):
    """Where TikTok stands with a post (section 6). No `post_ids` is no failure; an unknown `status` means pending."""

    status: str = Field(min_length=1, max_length=100)
    fail_reason: WordsOrNone = None
    post_ids: PostIds = Field((), alias="publicaly_available_post_id")
    uploaded_bytes: Count = None
    downloaded_bytes: Count = None
    log_id: str | None = None


class UserInfo(Wire):
    """Who an account is (section 8). Only `open_id` is sure; the rest depends on the granted scopes.

    An odd value beside the names reads as not told, since it must not cost the names.
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
    """One public video of an account (section 8): `duration` in seconds, `cover_image_url` good for six hours."""

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
    """Some videos, newest first; with `has_more` the next ones come after `cursor` (milliseconds since the epoch)."""

    videos: Annotated[tuple[Video, ...], BeforeValidator(lambda value: value and listed(_ROWS_MAX)(value))]
    cursor: Count = None
    has_more: bool = False
    log_id: str | None = None


@dataclass(frozen=True)
class VideoPost:
    """How a direct video post is to look (section 3.2). `title` counts in UTF-16 units, the cover in milliseconds."""

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
    """A video whose bytes we send, sizes in bytes by the plan of section 4."""

    video_size: int
    chunk_size: int
    total_chunk_count: int


@dataclass(frozen=True)
class PullSource:
    """A video that TikTok fetches from a URL of ours (section 9)."""

    video_url: str = field(repr=False)


@dataclass(frozen=True)
class PhotoPost:
    """How a direct photo post is to look (section 5). Texts count in UTF-16 units."""

    privacy_level: str
    title: str = ""
    description: str = ""
    disable_comment: bool = False
    auto_add_music: bool = False
    brand_content_toggle: bool = False
    brand_organic_toggle: bool = False


@dataclass(frozen=True)
class PhotoDraft:
    """What a draft of photos carries into the creator's editor (section 5); the rest is chosen there."""

    title: str = ""
    description: str = ""


@dataclass(frozen=True)
class PhotoSource:
    """Pictures that TikTok fetches from URLs of ours, and the index of the cover among them (sections 5 and 9)."""

    photo_images: tuple[str, ...] = field(repr=False)
    photo_cover_index: int = 0
