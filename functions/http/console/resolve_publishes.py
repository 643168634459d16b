"""Resolves an unknown publish: a page with the evidence, where a person decides or lets Dropcast check again."""

import re
from typing import get_args

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.accounts.account_store import visible_account
from dropcast.accounts.models import Account
from dropcast.browser_requests import form_of
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.actions.offered_actions import action_refusal
from dropcast.publishing.actions.resolve import POST_ID_PATTERN, Resolution, resolve
from dropcast.publishing.model.states import State
from dropcast.publishing.outcome.fact_store import facts_of
from dropcast.publishing.store.visible_publish import changeable_publish

from .account_views import name_of
from .answers import page, redirect
from .change_publishes import change_answer
from .field_problems import FORM_FAULT
from .publish_words import caption_start
from .publishes import publish_answer
from .request_session import caller
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()

_POST_ID = re.compile(POST_ID_PATTERN, re.ASCII)
_WRONG_POST_ID = problem("field_invalid", reason="it is not TikTok's number of a post, at most 20 digits")


@router.get("/console/publishes/<publish_id>/resolve", middlewares=signed_in("publish", "draft"))
def show_evidence(publish_id: str) -> Response[str]:
    """The page with the evidence and the choices."""
    return _evidence_answer(publish_id)


@router.post("/console/publishes/<publish_id>/resolve", middlewares=signed_in("publish", "draft"))
def resolve_publish(publish_id: str) -> Response[str]:
    """Execute the person's choice, like POST /v1/publishes/{publish_id}/resolve."""
    form = form_of(BaseRouter.current_event.raw_event)
    resolution = next((one for one in get_args(Resolution) if one == form.get("outcome")), None)
    if resolution is None:
        return _evidence_answer(publish_id)
    post_id = form.get("post_id", "").strip() if resolution == "posted" else ""
    if post_id and not _POST_ID.fullmatch(post_id):
        return _evidence_answer(publish_id, typed=post_id)
    resolved = resolve(publish_id, caller(), resolution, post_id or None)
    is_open = not isinstance(resolved, Problem) and resolved.state is State.UNKNOWN
    if is_open and resolution == "check_again":
        return redirect(f"/console/publishes/{publish_id}/resolve")
    return change_answer("publish.resolved", publish_id, resolved)


def _evidence_answer(publish_id: str, typed: str | None = None) -> Response[str]:
    """The page with the evidence. `typed`: a number that cannot be the id of a post."""
    publish = changeable_publish(publish_id, caller())
    if isinstance(publish, Problem):
        return refused(publish)
    if refusal := action_refusal("resolve", publish):
        return publish_answer(publish_id, refusal)
    account = visible_account(publish.account_id, caller())
    known = account if isinstance(account, Account) else None
    return page(
        "publish_resolve.html",
        FORM_FAULT if typed else 200,
        publish=publish,
        caption=caption_start(publish),
        account_name=name_of(known) if known else publish.account_id,
        username=(known.username if known else None) or publish.username,
        checked=publish.error.details.get("checked") if publish.error else None,
        facts=facts_of(publish.tiktok_publish_id) if publish.tiktok_publish_id else [],
        typed=typed or "",
        problems={"post_id": (_WRONG_POST_ID,)} if typed else {},
    )
