"""The state of the posting page's form: the person's choices so far, with texts as typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, get_args

from dropcast.publishing.model.options import Kind, Mode

_OFF = ("", "0", "false", "off")
_KEPT_NAMES: dict[str, tuple[str, ...]] = {"kind": get_args(Kind), "mode": get_args(Mode)}


@dataclass(frozen=True)
class PostChoices:
    """The fields of the form by their names. A field that is an option of a publish has the option's name.

    source: the keys of the chosen objects in the deployment's bucket, in the order of the post.
    duration_ms: the video's duration in milliseconds as the browser measured it, if it is known.
    disclosure: whether the disclosure is on. If it is off, `brand_organic` and `brand_content` are ignored.
    later: whether to post at `publish_at` (2026-12-24T18:00) in `time_zone` (Europe/Berlin) instead of now.
    time_choice: "first" or "second" for a time that occurs twice because the clocks go back.
    """

    kind: Kind = "video"
    mode: Mode = "direct"
    source: tuple[str, ...] = ()
    duration_ms: str = ""
    title: str = ""
    description: str = ""
    privacy_level: str = ""
    allow_comment: bool = False
    allow_duet: bool = False
    allow_stitch: bool = False
    disclosure: bool = False
    brand_organic: bool = False
    brand_content: bool = False
    is_aigc: bool = False
    auto_add_music: bool = False
    cover_timestamp_ms: str = ""
    cover_index: str = ""
    later: bool = False
    publish_at: str = ""
    time_zone: str = ""
    time_choice: str = ""


FORM_FIELDS = tuple(field.name for field in fields(PostChoices))
"""The names of the form's fields, in their order."""


def choices_from_fields(sent: Mapping[str, Sequence[str]]) -> PostChoices:
    """The choices in `sent`: all values of each field, as the browser sent the form. Unknown fields are ignored.

    A browser does not send boxes that are off. It sends line ends as CR and LF, but shows and counts them as LF.
    """
    defaults = PostChoices()
    read = {name: _value(name, getattr(defaults, name), sent[name]) for name in FORM_FIELDS if sent.get(name)}
    return PostChoices(**{name: value for name, value in read.items() if value is not None})


def with_hashtag(choices: PostChoices, name: str) -> PostChoices:
    """The choices with the hashtag `name` (without #) as the text that TikTok shows. Replaces an earlier text.

    For a video this text is the title, for photos the description.
    """
    text = f"#{name} "
    return replace(choices, title=text) if choices.kind == "video" else replace(choices, description=text)


def _value(name: str, default: Any, values: Sequence[str]) -> Any:
    if isinstance(default, tuple):
        return tuple(value for value in values if value)
    text = values[-1].replace("\r\n", "\n")
    if isinstance(default, bool):
        return text not in _OFF
    known = _KEPT_NAMES.get(name)
    return text if known is None or text in known else None
