"""The choices that the page offers: which ones exist, which ones are chosen, and which ones are greyed out and why.

A choice is greyed out if the API would refuse a post with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import get_args

from dropcast.errors.problem import Problem
from dropcast.publishing.model.creator_rules import PlannedPost, post_problems
from dropcast.publishing.model.options import PrivacyLevel, PublishOptions
from dropcast.publishing.model.post_rules import accepted_options, complaints
from dropcast.publishing.model.problem_fields import fields_of
from dropcast.publishing.posting_page.choices import PostChoices
from dropcast.publishing.posting_page.form_request import complaint_problem, option_values
from dropcast.tiktok.models import CreatorInfo

PRIVACY_WORDS: dict[str, str] = {
    "PUBLIC_TO_EVERYONE": "Everyone",
    "MUTUAL_FOLLOW_FRIENDS": "Friends",
    "FOLLOWER_OF_CREATOR": "Followers",
    "SELF_ONLY": "Only me",
}
INTERACTIONS = {"allow_comment": "Comment", "allow_duet": "Duet", "allow_stitch": "Stitch"}
_BOXES = (*INTERACTIONS, "brand_organic", "brand_content", "is_aigc", "auto_add_music")
_DIGITS_MAX = 12
_BRANDED_IS_OFF = "visibility for branded content can't be private"


@dataclass(frozen=True)
class Off:
    """Why a choice is greyed out: the `words` beside the choice and the `hover` text."""

    words: str
    hover: str


@dataclass(frozen=True)
class Choice:
    """A box, or an option of a list, with the `value` that the form sends. `off` is None if the box or option can be
    chosen.
    """

    value: str
    words: str
    chosen: bool
    off: Off | None = None


def settle(choices: PostChoices, creator: CreatorInfo | None, *, audited: bool) -> PostChoices:
    """`choices`, without the choices that the page does not offer to this creator or for this kind and mode.

    A browser usually sends no such choice. It can send one if the creator changed a setting after the form was filled
    in.
    """
    accepted = accepted_options(choices.kind, choices.mode)
    boxes = {name: name in accepted and getattr(choices, name) for name in _BOXES}
    if not choices.disclosure:
        boxes |= {"brand_organic": False, "brand_content": False}
    settled = replace(choices, **boxes)
    switched_off = [name for name in INTERACTIONS if _interaction_refusals(settled, creator, audited, name)]
    settled = replace(settled, **dict.fromkeys(switched_off, False))
    level = settled.privacy_level
    if creator is None and "privacy_level" in accepted:
        return settled
    is_offered = level in _levels(settled, creator) and not _level_refusals(settled, creator, audited, level)
    return settled if is_offered else replace(settled, privacy_level="")


def privacy_choices(choices: PostChoices, creator: CreatorInfo | None, *, audited: bool) -> tuple[Choice, ...]:
    """The privacy levels that TikTok offers to the creator, in TikTok's order. None of them is chosen by default."""
    return tuple(
        Choice(
            level, PRIVACY_WORDS[level], level == choices.privacy_level, _level_off(choices, creator, audited, level)
        )
        for level in _levels(choices, creator)
    )


def interaction_choices(choices: PostChoices, creator: CreatorInfo | None, *, audited: bool) -> tuple[Choice, ...]:
    """The boxes for comments, duets and stitches that this kind and mode have."""
    accepted = accepted_options(choices.kind, choices.mode)
    return tuple(
        Choice(name, words, getattr(choices, name), _off(_interaction_refusals(choices, creator, audited, name)))
        for name, words in INTERACTIONS.items()
        if name in accepted
    )


def branded_content_off(choices: PostChoices) -> Off | None:
    """Why "Branded content" cannot be chosen now. None if it can be, or if it is already chosen."""
    if choices.brand_content:
        return None
    return _branded_off(replace(choices, disclosure=True, brand_content=True))


def _levels(choices: PostChoices, creator: CreatorInfo | None) -> list[str]:
    if creator is None or "privacy_level" not in accepted_options(choices.kind, choices.mode):
        return []
    return [level for level in dict.fromkeys(creator.privacy_level_options) if level in get_args(PrivacyLevel)]


def _level_off(choices: PostChoices, creator: CreatorInfo | None, audited: bool, level: str) -> Off | None:
    refused = _off(_level_refusals(choices, creator, audited, level))
    if refused is not None or level == choices.privacy_level:
        return refused
    return _branded_off(replace(choices, privacy_level=level))


def _level_refusals(choices: PostChoices, creator: CreatorInfo | None, audited: bool, level: str) -> list[Problem]:
    chosen = replace(choices, privacy_level=level)
    return [one for field, one in creator_refusals(chosen, creator, audited=audited) if field == "privacy_level"]


def _interaction_refusals(choices: PostChoices, creator: CreatorInfo | None, audited: bool, name: str) -> list[Problem]:
    chosen = replace(choices, **(dict.fromkeys(INTERACTIONS, False) | {name: True}))
    return [one for field, one in creator_refusals(chosen, creator, audited=audited) if field == name]


def creator_refusals(
    choices: PostChoices, creator: CreatorInfo | None, *, audited: bool
) -> Iterator[tuple[str, Problem]]:
    """The problems that the creator rules find, each with its field.

    A problem that concerns no single option has the field `form`.
    """
    if creator is None:
        return
    post = PlannedPost(choices.kind, choices.mode, _options(choices), _duration_ms(choices))
    for found in post_problems(post, creator, audited=audited):
        for field in fields_of(found, otherwise="form"):
            yield field, found


def _duration_ms(choices: PostChoices) -> int | None:
    text = choices.duration_ms
    is_known = choices.kind == "video" and text.isdecimal() and len(text) <= _DIGITS_MAX
    return int(text) if is_known else None


def _branded_off(choices: PostChoices) -> Off | None:
    """Why branded content and the chosen audience exclude each other. None if they do not."""
    found = [complaint_problem(one) for one in complaints(choices.kind, choices.mode, _options(choices))]
    branded = next((one for one in found if one.code == "branded_not_private"), None)
    return None if branded is None else Off(_BRANDED_IS_OFF, branded.message)


def _options(choices: PostChoices) -> PublishOptions:
    """The options that are boxes or privacy levels. An unknown level counts as no choice."""
    values = {name: value for name, value in option_values(choices).items() if isinstance(value, bool)}
    level = choices.privacy_level if choices.privacy_level in get_args(PrivacyLevel) else None
    has_level = "privacy_level" in accepted_options(choices.kind, choices.mode)
    return PublishOptions.model_validate(values | ({"privacy_level": level} if has_level else {}))


def _off(refusals: list[Problem]) -> Off | None:
    return Off(refusals[0].message, refusals[0].message) if refusals else None
