"""Turns a plan into the choices of the posting page, and a person's choices into the publish that spends the plan.

A person must choose the audience, the interactions and the disclosure (protocol section 10.5). For these fields the
page shows the plan's values only as words, and selects nothing.
"""

from dataclasses import replace
from datetime import UTC

from dropcast.caller import Caller
from dropcast.errors.problem import Problem
from dropcast.publishing.intake.accept import accept_one
from dropcast.publishing.model.consent import RecordedConsent
from dropcast.publishing.model.post_rules import accepted_options, post_texts
from dropcast.publishing.model.publish import AnySource, Photos, Publish, PulledUrl, Source
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.plans.changes import changed, pin_as_planned, source_change
from dropcast.publishing.plans.plan import Plan, publish_of
from dropcast.publishing.plans.plan_store import plan_entry
from dropcast.publishing.plans.planned_request import planned_request
from dropcast.publishing.posting_page.choices import PostChoices
from dropcast.publishing.posting_page.form_request import FieldProblems, request_from_choices
from dropcast.publishing.posting_page.previews import preview_url
from dropcast.publishing.posting_page.shown_choices import INTERACTIONS, PRIVACY_WORDS
from dropcast.publishing.sources import s3_object
from dropcast.settings import settings

_NOT_PINNED = {"version_id": None, "etag": None, "size": None}
_DISCLOSURES = {"brand_organic": "Your brand", "brand_content": "Branded content"}


def planned_keys(plan: Plan) -> tuple[str, ...]:
    """The keys of the plan's media in the deployment's bucket, in the order of the post.

    Empty if any of the media is outside this bucket.
    """
    objects = _objects(publish_of(plan).source)
    is_ours = all(one.bucket == settings().media_bucket for one in objects)
    return tuple(one.key for one in objects) if is_ours else ()


def can_show_media(plan: Plan, caller: Caller) -> bool:
    """Whether the page can show this caller a preview of the plan's media, as it must before a post."""
    keys = planned_keys(plan)
    return bool(keys) and not any(isinstance(preview_url(key, caller), Problem) for key in keys)


def media_change(plan: Plan) -> Problem | None:
    """plan_changed if one of the plan's objects was replaced or deleted since the plan was made, else None."""
    for planned in _objects(publish_of(plan).source):
        now = s3_object.pin(planned.model_copy(update=_NOT_PINNED))
        if isinstance(now, Problem):
            return changed(["source"], now)
        if (change := source_change(planned, now)) is not None:
            return change
    return None


def choices_of_plan(plan: Plan) -> PostChoices:
    """The choices that the page begins with, for a plan whose media the page can show."""
    request = planned_request(plan)
    texts = post_texts(request.kind, request.options())
    at = request.publish_at
    return PostChoices(
        kind=request.kind,
        mode=request.mode,
        source=planned_keys(plan),
        title=texts.title,
        description=texts.description,
        is_aigc=request.is_aigc,
        auto_add_music=request.auto_add_music,
        cover_timestamp_ms="" if request.cover_timestamp_ms is None else str(request.cover_timestamp_ms),
        cover_index=str(request.cover_index),
        later=at is not None,
        publish_at="" if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M"),
        time_zone="" if at is None else "UTC",
    )


def proposals_of(plan: Plan) -> dict[str, str]:
    """The plan's values, in words, for the fields of the page that a person must fill in. A draft has none."""
    request = planned_request(plan)
    accepted = accepted_options(request.kind, request.mode)
    if request.privacy_level is None or "privacy_level" not in accepted:
        return {}
    allowed = [words for name, words in INTERACTIONS.items() if name in accepted and getattr(request, name)]
    disclosed = [words for name, words in _DISCLOSURES.items() if getattr(request, name)]
    return {
        "Who can see this post": PRIVACY_WORDS[request.privacy_level],
        "Allow others to": ", ".join(allowed) or "nothing",
        "Disclose post content": ", ".join(disclosed) or "off",
    }


def person_choices(plan: Plan, sent: PostChoices) -> PostChoices:
    """The choices that a person sent. The kind, mode and media are the plan's, because the page does not offer them."""
    request = publish_of(plan).request
    return replace(sent, kind=request.get("kind", "video"), mode=publish_of(plan).mode, source=planned_keys(plan))


def person_request(plan: Plan, choices: PostChoices) -> PublishRequest | FieldProblems:
    """The request of a person's choices. `via`, `reference` and `metadata` come from the plan."""
    request = request_from_choices(choices, plan.account_id)
    if not isinstance(request, PublishRequest):
        return request
    planned = planned_request(plan)
    kept = {name: getattr(planned, name) for name in ("via", "reference", "metadata")}
    return request.model_copy(update=kept)


def post_plan(plan: Plan, request: PublishRequest, caller: Caller, consent: RecordedConsent) -> Publish | Problem:
    """Accept the request and spend the plan in the same transaction. If the plan is spent, return its publish.

    Problems: plan_changed (the media were replaced), and those of `accept`.
    """
    return accept_one(request, caller, pin_as_planned(plan), plan_entry(plan), consent=consent)


def _objects(source: AnySource) -> tuple[Source, ...]:
    match source:
        case Photos(items=items):
            return items
        case Source():
            return (source,)
        case PulledUrl():
            return ()
