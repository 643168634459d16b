"""The options of a drop, from its sidecar, its object's metadata, and its account's defaults."""

import re
from typing import Annotated, Any, Literal, Self
from urllib.parse import unquote

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import from_json

from dropcast.errors.problem import Problem, problem
from dropcast.media.limits import PHOTO_TITLE_UNITS_MAX, PHOTOS_MAX, utf16_length
from dropcast.publishing.model.consent import Consent
from dropcast.publishing.model.options import Kind, Mode, PublishOptions, Text, Via
from dropcast.publishing.model.post_rules import accepted_options, complaints
from dropcast.publishing.model.reference_and_metadata import Labels
from dropcast.publishing.model.request import COVER_OUTSIDE, PULLED_ONLY, option_errors, raise_complaints
from dropcast.timestamp import Timestamp, to_epoch_seconds

_REASON_MAX = 1000
_DROP_FIELDS: dict[Kind, set[str]] = {"video": {"mode", "allow_duplicate", "via"}, "photo": {"mode", "allow_duplicate"}}
_PHOTO_FIELDS = {"description", "auto_add_music"}
# Metadata names that s3fs, rclone, s3cmd, MinIO's mc, S3 Browser, AWS DataSync and AWS Transfer Family write.
_TOOL_NAMES = re.compile(
    r"[abcm]time|uid|gid|rdev|xattr|md5chksum|sha256|s3cmd-attrs|mc-attrs|s3b-last-modified|cb-modifiedtime|"
    r"file-(permissions|owner|group|acl|[abcm]time)|user-agent(-id)?"
)


def _file_name(name: str) -> str:
    if "/" in name or name in ("", ".", ".."):
        raise ValueError("it is not the name of a file in the folder of the photos")
    return name


FileName = Annotated[Text, AfterValidator(_file_name)]


class DropDefaults(PublishOptions):
    """An account's `drop_defaults`: options for its drops.

    The rules for a drop's own options apply, but no option is required, and options of photos and of videos may stand
    together.
    """

    mode: Mode = "direct"
    via: Via = "auto"
    allow_duplicate: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        of_photos = [one for one in complaints("photo", "direct", self) if one.field == "description"]
        of_videos = [one for one in complaints("video", "direct", self) if one.field not in _PHOTO_FIELDS]
        raise_complaints(self, [one for one in (*of_videos, *of_photos) if one.cause != "privacy_required"])
        return self

    def chosen(self) -> dict[str, Any]:
        """The options that have a value."""
        return self.model_dump(mode="json", exclude_unset=True, exclude_none=True)


class _Dropped(PublishOptions, Labels):
    """The fields that drops of both kinds have in addition to the post options."""

    mode: Mode = "direct"
    via: Via = "auto"
    publish_at: Timestamp | None = None
    consent: Consent | None = None
    allow_duplicate: bool = False

    @property
    def publish_at_s(self) -> int | None:
        """`publish_at` in seconds since the epoch."""
        return to_epoch_seconds(self.publish_at)

    def options(self) -> PublishOptions:
        """The post options, without the other fields."""
        return PublishOptions.model_validate(self.model_dump(include=set(PublishOptions.model_fields)))


class DropOptions(_Dropped):
    """All options of one dropped video."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        raise_complaints(self, complaints("video", self.mode, self))
        return self

    def way(self) -> Literal["upload", "pull"]:
        """How TikTok gets the bytes. Dropcast uploads them, unless the drop asks for a pull."""
        return "pull" if self.via == "pull" else "upload"


class PhotoDropOptions(_Dropped):
    """All options of dropped photos. `items`: the names of the pictures in the order of the post."""

    items: list[FileName] | None = Field(default=None, min_length=1, max_length=PHOTOS_MAX)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        found = complaints("photo", self.mode, self)
        if self.via == "upload":
            found.append(PULLED_ONLY)
        if self.items is not None and self.cover_index >= len(self.items):
            found.append(COVER_OUTSIDE)
        raise_complaints(self, found)
        return self


def merge_options(kind: Kind, defaults: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """The drop's own options `said`, completed by the account's `defaults` that apply to the drop's kind and mode.

    An option in `said` overrides the default. A default title that is too long for photos is ignored for photos,
    because it is meant for videos. With `on_too_long` = clamp the title is shortened instead.
    """
    mode: Mode = "draft" if said.get("mode", defaults.get("mode")) == "draft" else "direct"
    fitting = accepted_options(kind, mode) | _DROP_FIELDS[kind]
    kept = {name: value for name, value in defaults.items() if name in fitting}
    clamps = (kept | said).get("on_too_long") == "clamp"
    if kind == "photo" and not clamps and utf16_length(str(kept.get("title", ""))) > PHOTO_TITLE_UNITS_MAX:
        del kept["title"]
    return kept | said


def options_from_metadata(metadata: dict[str, str]) -> dict[str, Any]:
    """The options in an object's S3 metadata. Ignores the metadata that copying tools write.

    In a name, - is read as _. A value is percent-encoded. The value of the option named `metadata` is JSON.
    """
    said: dict[str, Any] = {
        name.replace("-", "_"): unquote(text) for name, text in metadata.items() if not _is_from_tool(name, text)
    }
    if "hashtags" in said:
        said["hashtags"] = said["hashtags"].replace(",", " ").split()
    if "metadata" in said:
        said["metadata"] = _read_json(said["metadata"])
    return said


def _read_json(text: str) -> Any:
    """The value of the JSON in `text`, or `text` itself if it is not JSON.

    The model then refuses the text because of its type.
    """
    try:
        return from_json(text)
    except ValueError:
        return text


def _is_from_tool(name: str, text: str) -> bool:
    """Whether a copying tool wrote the entry. Network file systems write a file's `mode`, such as 33188."""
    return _TOOL_NAMES.fullmatch(name.lower()) is not None or (name.lower() == "mode" and text.isdigit())


def options_problem(key: str, error: ValidationError) -> Problem:
    """The problem for invalid options of the drop at `key`: privacy_required or drop_options_invalid."""
    if all(one["type"] == "privacy_required" for one in error.errors()):
        return problem("privacy_required", key=key)
    reason = "; ".join(f"{one['field']}: {one['reason']}" for one in option_errors(error))
    return problem("drop_options_invalid", key=key, reason=reason[:_REASON_MAX])
