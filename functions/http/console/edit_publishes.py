"""Edits a waiting publish: a form with the options of its kind, and its time."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast import clock
from dropcast.browser_requests import form_of
from dropcast.errors.problem import Problem, http_status, problem
from dropcast.publishing.actions.edit import edit, edit_refusal
from dropcast.publishing.model.post_rules import accepted_options
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.posting_page.choices import PostChoices
from dropcast.publishing.posting_page.form_request import FieldProblems
from dropcast.publishing.posting_page.shown_choices import PRIVACY_WORDS
from dropcast.publishing.store.visible_publish import changeable_publish

from .answers import page, redirect
from .change_publishes import change_answer
from .field_problems import FORM_FAULT
from .publish_edit_form import edit_problems, read_changes, read_shown, shown_fields
from .publish_words import caption_start
from .publishes import publish_answer
from .request_session import caller
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()

_ELSEWHERE = ("too_late_to_edit", "not_found", "scope_missing")


@router.get("/console/publishes/<publish_id>/edit", middlewares=signed_in("publish", "draft"))
def show_edit_form(publish_id: str) -> Response[str]:
    """The form, with the publish as it is now."""
    publish = changeable_publish(publish_id, caller())
    if isinstance(publish, Problem):
        return refused(publish)
    if refusal := _refusal(publish):
        return publish_answer(publish_id, refusal)
    fields = shown_fields(publish)
    return _form_answer(publish, fields, fields, {})


@router.post("/console/publishes/<publish_id>/edit", middlewares=signed_in("publish", "draft"))
def edit_publish(publish_id: str) -> Response[str]:
    """Store the person's changes, like PATCH /v1/publishes/{publish_id}."""
    publish = changeable_publish(publish_id, caller())
    if isinstance(publish, Problem):
        return refused(publish)
    if refusal := _refusal(publish):
        return publish_answer(publish_id, refusal)
    form = form_of(BaseRouter.current_event.raw_event)
    shown = read_shown(form.get("shown", ""))
    if shown is None:
        return refused(problem("form_expired"))
    changes = read_changes(publish, shown, form)
    if isinstance(changes, dict):
        return _form_answer(publish, form, shown, changes)
    if not changes.model_fields_set:
        return redirect(f"/console/publishes/{publish_id}")
    edited = edit(publish_id, caller(), changes)
    if isinstance(edited, Problem) and edited.code not in _ELSEWHERE:
        return _form_answer(publish, form, shown, edit_problems(edited), http_status(edited.code))
    return change_answer("publish.edited", publish_id, edited)


def _refusal(publish: Publish) -> Problem | None:
    return edit_refusal(publish) or (problem("nothing_to_repeat") if publish.options is None else None)


def _form_answer(
    publish: Publish,
    fields: Mapping[str, str],
    shown: dict[str, str],
    problems: FieldProblems,
    status: int = FORM_FAULT,
) -> Response[str]:
    """The form with `fields`. `shown`: the fields as the form first showed them.

    `status`: the HTTP status of the answer if there are problems.
    """
    return page("publish_edit.html", status if problems else 200, **_values(publish, fields, shown, problems))


def _values(
    publish: Publish, fields: Mapping[str, str], shown: dict[str, str], problems: FieldProblems
) -> dict[str, Any]:
    accepted = accepted_options(publish.kind, publish.mode)
    is_first_view = fields is shown
    known = accepted | {"publish_at", "time_zone"}
    return {
        "publish": publish,
        "caption": caption_start(publish),
        "accepted": accepted,
        "fields": fields,
        "shown": shown,
        "choices": PostChoices(
            later=bool(fields.get("later")),
            publish_at=fields.get("publish_at", ""),
            time_zone=fields.get("time_zone", ""),
            time_choice=fields.get("time_choice", ""),
        ),
        "moment": clock.iso(int(shown["moment"])) if is_first_view and shown["moment"] else None,
        "privacy": list(PRIVACY_WORDS.items()),
        "problems": problems,
        "others": [one for field, found in problems.items() if field not in known for one in found],
    }
