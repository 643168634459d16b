"""What a caller asks for: the body of POST /v1/publishes and the options of a drop."""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from dropcast.media.limits import VIDEO_TITLE_UNITS_MAX, utf16_length

PrivacyLevel = Literal["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"]


class _Strict(BaseModel):
    """Fields we do not know are refused, so that nothing a caller asks for is dropped silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class S3Source(_Strict):
    """An object in the deployment's own bucket; without `version_id` its newest version is taken."""

    type: Literal["s3"]
    bucket: str = Field(min_length=3, max_length=63)
    key: str = Field(min_length=1, max_length=1024)
    version_id: str | None = Field(default=None, max_length=1024)


class PublishOptions(_Strict):
    """How the video is to be posted. What viewers may do is off unless asked for (protocol sections 3.2, 10.5)."""

    title: str = Field(default="", description="The caption, at most 2200 UTF-16 units; # and @ work in it.")
    privacy_level: PrivacyLevel = Field(description="Never defaulted: the creator chooses who may see the post.")
    allow_comment: bool = False
    allow_duet: bool = False
    allow_stitch: bool = False
    cover_timestamp_ms: int | None = Field(default=None, ge=0, le=2**31 - 1)
    brand_content: bool = Field(default=False, description="A paid partnership with a third party.")
    brand_organic: bool = Field(default=False, description="It promotes the creator's own business.")
    is_aigc: bool = Field(default=False, description="Made or changed by AI: TikTok labels it.")

    @field_validator("title")
    @classmethod
    def _title_fits(cls, title: str) -> str:
        if any("\ud800" <= character <= "\udfff" for character in title):
            raise ValueError("the title holds half a character (a lone surrogate)")
        units = utf16_length(title)
        if units > VIDEO_TITLE_UNITS_MAX:
            raise ValueError(f"the title has {units} UTF-16 units; TikTok takes {VIDEO_TITLE_UNITS_MAX}")
        return title

    @model_validator(mode="after")
    def _branded_content_is_seen(self) -> Self:
        if self.brand_content and self.privacy_level == "SELF_ONLY":
            raise ValueError("branded content visibility cannot be set to private (SELF_ONLY)")
        return self


class PublishRequest(PublishOptions):
    """One video to one account."""

    account_id: str = Field(min_length=1, max_length=64)
    kind: Literal["video"] = "video"
    mode: Literal["direct"] = "direct"
    source: S3Source

    def options(self) -> PublishOptions:
        """Just how it is to be posted."""
        return PublishOptions.model_validate(self.model_dump(include=set(PublishOptions.model_fields)))


class DropOptions(PublishOptions):
    """What a sidecar, an object's metadata or an account's `drop_defaults` may say of a drop."""

    allow_duplicate: bool = False


class DropDefaults(DropOptions):
    """An account's `drop_defaults`: any of a drop's options, and none that a drop would refuse."""

    privacy_level: PrivacyLevel | None = None  # pyright: ignore[reportGeneralTypeIssues, reportIncompatibleVariableOverride]

    def chosen(self) -> dict[str, Any]:
        """The options that were given."""
        return self.model_dump(mode="json", exclude_unset=True, exclude_none=True)


def option_errors(error: Any) -> list[dict[str, str]]:
    """A ValidationError's complaints as field and words, without the values (a caption is nobody's business)."""
    return [
        {"field": ".".join(str(part) for part in one["loc"]) or "body", "reason": one["msg"]} for one in error.errors()
    ]
