"""Decides what the posting page shows for the state of its form and for the creator.

The page meets the requirements of protocol section 10.5.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dropcast.errors.problem import Problem
from dropcast.media.limits import (
    PHOTO_DESCRIPTION_UNITS_MAX,
    PHOTO_TITLE_UNITS_MAX,
    VIDEO_MS_MAX,
    VIDEO_TITLE_UNITS_MAX,
    utf16_length,
)
from dropcast.publishing.model.post_rules import accepted_options
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.posting_page.choices import FORM_FIELDS, PostChoices
from dropcast.publishing.posting_page.consent_words import ConsentSentence, consent_sentence
from dropcast.publishing.posting_page.form_request import request_from_choices
from dropcast.publishing.posting_page.shown_choices import (
    Choice,
    branded_content_off,
    creator_refusals,
    interaction_choices,
    privacy_choices,
    settle,
)
from dropcast.publishing.posting_page.stop import Stop
from dropcast.tiktok.models import CreatorInfo

FORM = "form"
"""The key for a problem that concerns no single field."""

_TOGGLE = "Indicate whether this content promotes yourself, a brand, product or service"
_YOUR_BRAND = "You are promoting yourself or your own business. This content will be classified as Brand Organic."
_BRANDED = "You are promoting another brand or a third party. This content will be classified as Branded Content."
_PROMOTIONAL = "Your photo/video will be labeled as 'Promotional content'"
_PARTNERSHIP = "Your photo/video will be labeled as 'Paid partnership'"
_PROCESSING = (
    "After you post, it may take a few minutes for the content to process and be visible on your TikTok profile."
)
_DRAFT_PROCESSING = "After you send it, it may take a few minutes until the draft is in the inbox of your TikTok app."
_EXTRAS = {"is_aigc": "AI-generated content", "auto_add_music": "Let TikTok add music"}
# The order of the reasons. The button's hover text is the first reason.
_ORDER = (FORM, "disclosure", "privacy_level", *FORM_FIELDS)


@dataclass(frozen=True)
class TextField:
    """A text of the post. `units` is its length, and `limit` its maximum length, in UTF-16 units."""

    name: str
    words: str
    text: str
    limit: int

    @property
    def units(self) -> int:
        """The length of the text as TikTok counts it."""
        return utf16_length(self.text)


@dataclass(frozen=True)
class Disclosure:
    """The toggle of the disclosure, and the two boxes that the page shows while the toggle is on.

    `notice`: how TikTok will label the post.
    """

    toggle: Choice
    your_brand: Choice
    your_brand_words: str
    branded_content: Choice
    branded_content_words: str
    notice: str | None


@dataclass(frozen=True)
class Reason:
    """A reason why the button is off. `field` is a field of the form, or a picture such as source.items.2.

    It is FORM ("form") if the reason concerns no single field.
    """

    field: str
    problem: Problem


@dataclass(frozen=True)
class Button:
    """The button that posts. It is on if there is no reason against the post."""

    words: str
    reasons: tuple[Reason, ...]

    @property
    def is_on(self) -> bool:
        """Whether the button can be pressed."""
        return not self.reasons

    @property
    def hover(self) -> str | None:
        """The text that appears on hover while the button is off. None while it is on."""
        return self.reasons[0].problem.message if self.reasons else None


@dataclass(frozen=True)
class PostingPage:
    """The contents of the whole page. An empty tuple or None means that the kind or mode has no such field.

    choices: the form's state, without choices that are not offered. cover_field: the name of the option that selects
    the cover.
    longest_video_s: the longest video that the creator may post, in seconds. It is None if TikTok did not return it.
    """

    choices: PostChoices
    creator: CreatorInfo | None
    stop: Stop | None
    texts: tuple[TextField, ...]
    privacy: tuple[Choice, ...]
    interactions: tuple[Choice, ...]
    disclosure: Disclosure | None
    extras: tuple[Choice, ...]
    cover_field: str | None
    longest_video_s: int | None
    consent: ConsentSentence
    processing_notice: str
    button: Button


def posting_page(
    choices: PostChoices, account_id: str, creator: CreatorInfo | None, stop: Stop | None, *, audited: bool
) -> PostingPage:
    """The page for `choices`, and for TikTok's present data about the creator. `stop`: the result of `find_stop`
    (stop.py).

    `creator` is None if Dropcast did not call TikTok or TikTok refused the call. `audited`: whether TikTok has audited
    the app.
    ValueError: a direct post without a creator and without a stop.
    """
    if creator is None and stop is None and choices.mode == "direct":
        raise ValueError("the page of a direct post needs a fresh creator_info")
    shown = settle(choices, creator, audited=audited)
    accepted = accepted_options(shown.kind, shown.mode)
    return PostingPage(
        choices=shown,
        creator=creator,
        stop=stop,
        texts=tuple(one for one in _texts(shown) if one.name in accepted),
        privacy=privacy_choices(shown, creator, audited=audited),
        interactions=interaction_choices(shown, creator, audited=audited),
        disclosure=_disclosure(shown) if "brand_content" in accepted else None,
        extras=tuple(Choice(name, words, getattr(shown, name)) for name, words in _EXTRAS.items() if name in accepted),
        cover_field=next((name for name in ("cover_timestamp_ms", "cover_index") if name in accepted), None),
        longest_video_s=creator and min(creator.max_video_post_duration_sec, VIDEO_MS_MAX // 1000),
        consent=consent_sentence(shown),
        processing_notice=_PROCESSING if shown.mode == "direct" else _DRAFT_PROCESSING,
        button=Button(_button_words(shown), _reasons(shown, account_id, creator, stop, audited=audited)),
    )


def _texts(choices: PostChoices) -> Iterator[TextField]:
    limit = VIDEO_TITLE_UNITS_MAX if choices.kind == "video" else PHOTO_TITLE_UNITS_MAX
    yield TextField("title", "Title", choices.title, limit)
    yield TextField("description", "Description", choices.description, PHOTO_DESCRIPTION_UNITS_MAX)


def _disclosure(choices: PostChoices) -> Disclosure:
    notice = _PARTNERSHIP if choices.brand_content else _PROMOTIONAL if choices.brand_organic else None
    return Disclosure(
        toggle=Choice("disclosure", _TOGGLE, choices.disclosure),
        your_brand=Choice("brand_organic", "Your brand", choices.brand_organic),
        your_brand_words=_YOUR_BRAND,
        branded_content=Choice("brand_content", "Branded content", choices.brand_content, branded_content_off(choices)),
        branded_content_words=_BRANDED,
        notice=notice,
    )


def _button_words(choices: PostChoices) -> str:
    if choices.mode == "draft":
        return "Schedule draft" if choices.later else "Send draft"
    return "Schedule post" if choices.later else "Post"


def _reasons(
    choices: PostChoices, account_id: str, creator: CreatorInfo | None, stop: Stop | None, *, audited: bool
) -> tuple[Reason, ...]:
    found = [] if stop is None else [Reason(FORM, stop.problem)]
    request = request_from_choices(choices, account_id)
    if not isinstance(request, PublishRequest):
        found += [Reason(field, one) for field, problems in request.items() for one in problems]
    told = {reason.field for reason in found}
    found += [
        Reason(field, one) for field, one in creator_refusals(choices, creator, audited=audited) if field not in told
    ]
    return tuple(sorted(found, key=lambda reason: _ORDER.index(reason.field.partition(".")[0])))
