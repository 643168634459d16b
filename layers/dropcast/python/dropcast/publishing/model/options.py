"""The options that people choose for a post of a video or of photos: texts, privacy, interactions, labels."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from dropcast.media.limits import PHOTOS_MAX

Kind = Literal["video", "photo"]
Mode = Literal["direct", "draft"]
Via = Literal["auto", "upload", "pull"]
PrivacyLevel = Literal["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"]

_TEXT_MAX = 10_000
_HASHTAGS_MAX = 100
_HASHTAG_MAX = 200


def _reject_lone_surrogates(text: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("it holds half a character (a lone surrogate)")
    return text


def _hashtag(text: str) -> str:
    tag = text.removeprefix("#")
    if not tag or any(character.isspace() or character in "#@" for character in tag):
        raise ValueError("a hashtag is one word without # or @ inside it")
    return _reject_lone_surrogates(tag)


class Strict(BaseModel):
    """Rejects unknown fields instead of ignoring them, so that a caller notices a misspelt field."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


Text = Annotated[str, Field(max_length=_TEXT_MAX), AfterValidator(_reject_lone_surrogates)]
Hashtag = Annotated[str, Field(max_length=_HASHTAG_MAX), AfterValidator(_hashtag)]


class PublishOptions(Strict):
    """The options of a post. Interactions are off unless the caller allows them (protocol sections 3.2, 5 and 10.5).

    post_rules.py lists the options that each kind and mode accepts.
    """

    title: Text = Field(
        default="",
        description="A video's caption, at most 2200 UTF-16 units with its hashtags, or the title of photos, at most "
        "90 units.",
    )
    description: Text = Field(
        default="", description="The text under photos, at most 4000 UTF-16 units with its hashtags."
    )
    hashtags: list[Hashtag] = Field(
        default=[],
        max_length=_HASHTAGS_MAX,
        description="Appended to a video's caption or to photos' description if the text does not contain them yet.",
    )
    on_too_long: Literal["refuse", "clamp"] = Field(
        default="refuse",
        description="`clamp` cuts a text that is too long, but never inside a hashtag, a mention or an emoji.",
    )
    privacy_level: PrivacyLevel | None = Field(
        default=None, description="Required for a direct post, without a default: the creator must choose the audience."
    )
    allow_comment: bool = False
    allow_duet: bool = False
    allow_stitch: bool = False
    cover_timestamp_ms: int | None = Field(
        default=None, ge=0, le=2**31 - 1, description="The frame of a video that becomes its cover."
    )
    cover_index: int = Field(
        default=0, ge=0, lt=PHOTOS_MAX, description="The photo that becomes the cover, counted from 0."
    )
    brand_content: bool = Field(default=False, description="A paid partnership with a third party.")
    brand_organic: bool = Field(default=False, description="The post promotes the creator's own business.")
    is_aigc: bool = Field(default=False, description="The media was made or changed by AI. TikTok labels the post.")
    auto_add_music: bool = Field(default=False, description="TikTok adds music to the photos.")
