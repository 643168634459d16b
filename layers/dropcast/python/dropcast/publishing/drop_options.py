"""What may be said of a drop: by its sidecar, its object's metadata, its account's defaults."""

from typing import Any, Literal, Self

from pydantic import model_validator

from dropcast.publishing.kind_rules import complaints, taken_options
from dropcast.publishing.options import Mode, PublishOptions, Via
from dropcast.publishing.request import Consent, Moment, refuse, seconds


class DropDefaults(PublishOptions):
    """An account's `drop_defaults`: any of a drop's options, and none that a drop would refuse."""

    mode: Mode = "direct"
    via: Via = "auto"
    allow_duplicate: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        found = complaints("video", "direct", self)
        refuse(self, [one for one in found if one.cause != "privacy_required"])
        return self

    def chosen(self) -> dict[str, Any]:
        """The options that were given."""
        return self.model_dump(mode="json", exclude_unset=True, exclude_none=True)


class DropOptions(PublishOptions):
    """Everything that was said of one drop: a video."""

    mode: Mode = "direct"
    via: Via = "auto"
    publish_at: Moment | None = None
    consent: Consent | None = None
    allow_duplicate: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        refuse(self, complaints("video", self.mode, self))
        return self

    @property
    def publish_at_s(self) -> int | None:
        """`publish_at` in seconds since the epoch."""
        return seconds(self.publish_at)

    def way(self) -> Literal["upload", "pull"]:
        """How the bytes get to TikTok: they are sent unless a pull was asked for."""
        return "pull" if self.via == "pull" else "upload"

    def options(self) -> PublishOptions:
        """Just how it is to be posted."""
        return PublishOptions.model_validate(self.model_dump(include=set(PublishOptions.model_fields)))


def merged(defaults: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """What was `said` of a drop, over those of the account's `defaults` that a drop in its mode takes."""
    mode: Mode = "draft" if said.get("mode", defaults.get("mode")) == "draft" else "direct"
    fitting = taken_options("video", mode) | {"mode", "via", "allow_duplicate"}
    return {name: value for name, value in defaults.items() if name in fitting} | said
