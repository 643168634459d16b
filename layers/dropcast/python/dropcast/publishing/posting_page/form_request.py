"""Builds the request of a publish from the choices on the posting page, or returns the problems of each field."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from dropcast import clock
from dropcast.errors.codes import ErrorCode
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.post_rules import Complaint, accepted_options, complaints
from dropcast.publishing.model.request import PublishRequest, option_errors
from dropcast.publishing.model.schedule_rules import time_refusal
from dropcast.publishing.posting_page.choices import PostChoices
from dropcast.publishing.posting_page.local_time import find_zone, moment_of
from dropcast.publishing.sources.pull_urls import serving_refusal
from dropcast.settings import settings

FieldProblems = dict[str, tuple[Problem, ...]]
"""The problems of each field of the form, by the field's name."""

_FieldProblem = tuple[str, Problem]
_CODES: dict[str, ErrorCode] = {
    "privacy_required": "audience_not_chosen",
    "branded_content_private": "branded_not_private",
}
_BRAND = ("brand_organic", "brand_content")


def request_from_choices(choices: PostChoices, account_id: str) -> PublishRequest | FieldProblems:
    """The request, if it passes every check that needs neither the account nor the media.

    Problems: media_not_chosen, audience_not_chosen, time_not_chosen, branded_not_private, disclosure_undecided,
    field_invalid, media_not_served, and as for `moment_of` and `time_refusal`.
    """
    moment = _chosen_moment(choices) if choices.later else None
    publish_at = None if isinstance(moment, tuple) else moment
    found = [*_page_problems(choices), *_option_problems(choices)]
    if isinstance(moment, tuple):
        found.append(moment)
    elif (refusal := time_refusal(publish_at, clock.now())) is not None:
        found.append(("publish_at", refusal))
    request = _validated(choices, account_id, publish_at)
    if isinstance(request, PublishRequest):
        return request if not found else group_by_field(found)
    known = {field for field, _ in found}
    return group_by_field([*found, *(one for one in request if one[0] not in known)])


def disclosure_is_undecided(choices: PostChoices) -> bool:
    """Whether the disclosure is on, but neither "Your brand" nor "Branded content" is chosen."""
    has_disclosure = "brand_content" in accepted_options(choices.kind, choices.mode)
    return has_disclosure and choices.disclosure and not (choices.brand_organic or choices.brand_content)


def option_values(choices: PostChoices) -> dict[str, Any]:
    """The options that a post of this kind and mode accepts, with the values chosen on the form."""
    texts = {name: getattr(choices, name) for name in accepted_options(choices.kind, choices.mode) if _is_field(name)}
    chosen = {name: value for name, value in texts.items() if value != ""}
    if not choices.disclosure:
        chosen |= dict.fromkeys(texts.keys() & _BRAND, False)
    return chosen


def complaint_problem(complaint: Complaint) -> Problem:
    """The problem of the catalogue for an error that the option rules found."""
    code = _CODES.get(complaint.cause)
    return problem("field_invalid", reason=complaint.reason) if code is None else problem(code)


def group_by_field(found: list[_FieldProblem]) -> FieldProblems:
    """The problems of each field, in their order."""
    return {name: tuple(one for field, one in found if field == name) for name in dict.fromkeys(f for f, _ in found)}


def _is_field(option: str) -> bool:
    return option in PostChoices.__dataclass_fields__


def _page_problems(choices: PostChoices) -> Iterator[_FieldProblem]:
    if disclosure_is_undecided(choices):
        yield "disclosure", problem("disclosure_undecided")
    if not choices.source:
        yield "source", problem("media_not_chosen")
    elif choices.kind == "video" and len(choices.source) > 1:
        yield "source", problem("field_invalid", reason="a video post takes one file")
    if choices.kind == "photo" and (refusal := serving_refusal()) is not None:
        yield "source", refusal


def _option_problems(choices: PostChoices) -> list[_FieldProblem]:
    try:
        options = PublishOptions.model_validate(option_values(choices))
    except ValidationError as error:
        return _validation_problems(error)
    return [(one.field, complaint_problem(one)) for one in complaints(choices.kind, choices.mode, options)]


def _chosen_moment(choices: PostChoices) -> int | _FieldProblem:
    zone = find_zone(choices.time_zone)
    if isinstance(zone, Problem):
        return "time_zone", zone
    if not choices.publish_at:
        return "publish_at", problem("time_not_chosen")
    moment = moment_of(choices.publish_at, zone, choices.time_choice)
    return ("publish_at", moment) if isinstance(moment, Problem) else moment


def _validated(choices: PostChoices, account_id: str, publish_at: int | None) -> PublishRequest | list[_FieldProblem]:
    body = {
        **option_values(choices),
        "account_id": account_id,
        "kind": choices.kind,
        "mode": choices.mode,
        "source": _source(choices),
        "publish_at": None if publish_at is None else datetime.fromtimestamp(publish_at, UTC),
    }
    try:
        return PublishRequest.model_validate(body)
    except ValidationError as error:
        return _validation_problems(error)


def _source(choices: PostChoices) -> dict[str, Any]:
    objects = [{"bucket": settings().media_bucket, "key": key} for key in choices.source]
    if choices.kind == "photo":
        return {"type": "photos", "items": objects}
    return {"type": "s3", **(objects[0] if objects else {})}


def _validation_problems(error: ValidationError) -> list[_FieldProblem]:
    found = option_errors(error)
    return [(_form_field(one["field"]), problem("field_invalid", reason=one["reason"])) for one in found]


def _form_field(path: str) -> str:
    """The form's field for a field of the request. A picture's field keeps the picture's number: source.items.2."""
    name, _, rest = path.partition(".")
    return ".".join(path.split(".")[:3]) if name == "source" and rest.startswith("items.") else name
