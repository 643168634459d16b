"""The options that each kind of post accepts. Dropcast refuses an option that TikTok would ignore.

Pure rules of protocol sections 3.2, 3.3, 5 and 10.5.
"""

from dataclasses import dataclass
from typing import Any, LiteralString

from dropcast.media.limits import PHOTO_DESCRIPTION_UNITS_MAX, PHOTO_TITLE_UNITS_MAX, VIDEO_TITLE_UNITS_MAX
from dropcast.publishing.model.compose_caption import TooLong, compose
from dropcast.publishing.model.options import Kind, Mode, PublishOptions

_CAPTION = {"title", "hashtags", "on_too_long"}
_DIRECT = {"privacy_level", "allow_comment", "brand_content", "brand_organic", "is_aigc"}
_ACCEPTED: dict[tuple[Kind, Mode], set[str]] = {
    ("video", "direct"): _CAPTION | _DIRECT | {"allow_duet", "allow_stitch", "cover_timestamp_ms"},
    ("video", "draft"): set(),
    ("photo", "direct"): _CAPTION | _DIRECT | {"description", "cover_index", "auto_add_music"},
    ("photo", "draft"): _CAPTION | {"description", "cover_index", "is_aigc"},
}
_POST_NAMES: dict[tuple[Kind, Mode], str] = {
    ("video", "direct"): "a video",
    ("video", "draft"): "a draft of a video: its creator writes the caption and chooses the settings in the TikTok app",
    ("photo", "direct"): "photos",
    ("photo", "draft"): "a draft of photos: its creator chooses the settings in the TikTok app",
}


@dataclass(frozen=True)
class Complaint:
    """An invalid field. The `cause` is for programs, the `reason` for people."""

    field: str
    cause: LiteralString
    reason: str


@dataclass(frozen=True)
class PostTexts:
    """The texts of a post as Dropcast sends them to TikTok, with hashtags."""

    title: str = ""
    description: str = ""


def accepted_options(kind: Kind, mode: Mode) -> frozenset[str]:
    """The names of the options that a post of this kind and mode accepts."""
    return frozenset(_ACCEPTED[kind, mode])


def complaints(kind: Kind, mode: Mode, options: PublishOptions) -> list[Complaint]:
    """Every error in `options`, for a post of this kind and mode. Does not check the account and the media."""
    return [
        *_ignored_options(kind, mode, options),
        *_privacy_complaints(mode, options),
        *_length_complaints(kind, mode, options),
    ]


def post_texts(kind: Kind, options: PublishOptions) -> PostTexts:
    """The texts to send to TikTok. ValueError if a text is too long, which `complaints` would have found."""
    texts = _composed_texts(kind, options)
    too_long = [name for name, text in texts.items() if isinstance(text, TooLong)]
    if too_long:
        raise ValueError(f"too long: {', '.join(too_long)}")
    return PostTexts(**{name: text for name, text in texts.items() if isinstance(text, str)})


def _composed_texts(kind: Kind, options: PublishOptions) -> dict[str, str | TooLong]:
    clamp = options.on_too_long == "clamp"
    if kind == "video":
        return {"title": compose(options.title, options.hashtags, VIDEO_TITLE_UNITS_MAX, clamp=clamp)}
    described = compose(options.description, options.hashtags, PHOTO_DESCRIPTION_UNITS_MAX, clamp=clamp)
    return {"title": compose(options.title, (), PHOTO_TITLE_UNITS_MAX, clamp=clamp), "description": described}


def _ignored_options(kind: Kind, mode: Mode, options: PublishOptions) -> list[Complaint]:
    accepted, words = _ACCEPTED[kind, mode], _POST_NAMES[kind, mode]
    defaults = PublishOptions()
    return [
        Complaint(name, "not_for_this_kind", f"it does not apply to {words}")
        for name in PublishOptions.model_fields
        if name not in accepted and _value(options, name) != _value(defaults, name)
    ]


def _privacy_complaints(mode: Mode, options: PublishOptions) -> list[Complaint]:
    if mode == "draft":
        return []
    if options.privacy_level is None:
        return [Complaint("privacy_level", "privacy_required", "a direct post needs it, and it has no default")]
    if options.brand_content and options.privacy_level == "SELF_ONLY":
        words = "branded content visibility cannot be set to private (SELF_ONLY)"
        return [Complaint("privacy_level", "branded_content_private", words)]
    return []


def _length_complaints(kind: Kind, mode: Mode, options: PublishOptions) -> list[Complaint]:
    return [
        Complaint(
            name,
            "text_too_long",
            f"it has {text.units} UTF-16 units with its hashtags; TikTok takes {text.limit} (an emoji is two)",
        )
        for name, text in _composed_texts(kind, options).items()
        if name in _ACCEPTED[kind, mode] and isinstance(text, TooLong)
    ]


def _value(options: PublishOptions, name: str) -> Any:
    return getattr(options, name)
