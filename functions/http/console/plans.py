"""/console/plans/{plan_id}: the posting page for a plan that an API key prepared.

The page's address alone grants no rights: the page needs a session whose key can see the plan's account. To post the
plan, the session's key must have the right to post.
"""

import json

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.access.keys import find_key
from dropcast.accounts.account_store import visible_account
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem
from dropcast.log import logger
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.plans.plan import Plan, publish_of
from dropcast.publishing.plans.plan_store import plan_for_person
from dropcast.publishing.plans.post_by_person import (
    can_show_media,
    choices_of_plan,
    media_change,
    person_choices,
    person_request,
    planned_keys,
    post_plan,
    proposals_of,
)
from dropcast.publishing.posting_page.consent_words import give_consent
from dropcast.publishing.posting_page.form_request import FieldProblems
from dropcast.publishing.posting_page.page import FORM
from dropcast.publishing.posting_page.stop import find_stop
from dropcast.tiktok.models import CreatorInfo

from .act_once import new_form_key
from .answers import page, partial, redirect
from .field_problems import FORM_FAULT
from .post_form import PlanOnPage, PostForm, fetch_creator, form_values, sent_post_form
from .request_session import caller, session
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()


@router.get("/console/plans/<plan_id>", middlewares=signed_in("publish", "draft"))
def show_plan(plan_id: str) -> Response[str]:
    """The page with a fresh creator_info, or why the plan cannot be posted. A plan that was already posted leads to its
    publish.
    """
    plan = plan_for_person(plan_id, caller())
    account = plan if isinstance(plan, Problem) else visible_account(plan.account_id, caller())
    if isinstance(plan, Problem) or isinstance(account, Problem):
        return page("plan_closed.html", 404, why="not_found")
    if plan.publish_id is not None:
        return redirect(f"/console/publishes/{plan.publish_id}")
    shown = _plan_on_page(plan)
    if not can_show_media(plan, caller()):
        return page("plan_closed.html", 409, why="not_shown", plan=shown)
    if media_change(plan) is not None:
        return page("plan_closed.html", 409, why="replaced", plan=shown)
    return _posting_page(plan, account, shown)


@router.post("/console/plans/<plan_id>", middlewares=signed_in("publish", "draft"))
def post_planned(plan_id: str) -> Response[str]:
    """Post what the person chose, and mark the plan as used. A second press leads to the same publish."""
    plan = plan_for_person(plan_id, caller())
    if isinstance(plan, Problem) or plan.publish_id is not None:
        return redirect(f"/console/plans/{plan_id}")
    sent = sent_post_form(publish_of(plan).mode)
    if isinstance(sent, Problem):
        return refused(sent)
    form = PostForm(person_choices(plan, sent.choices), sent.creator, sent.key, sent.consent)
    accepted = _accept(plan, form)
    if isinstance(accepted, dict):
        values = form_values(plan.account_id, form, None, accepted, _plan_on_page(plan))
        return partial("post.html", "form", FORM_FAULT, **values)
    if not accepted.replayed:
        logger.info("publish.accepted", publish_id=accepted.publish_id, account_id=plan.account_id, plan_id=plan_id)
    return redirect(f"/console/publishes/{accepted.publish_id}?sent=plan.{plan_id}")


def _posting_page(plan: Plan, account: Account, shown: PlanOnPage) -> Response[str]:
    choices = choices_of_plan(plan)
    creator = fetch_creator(account, choices.mode)
    stop = find_stop(account, caller(), choices.mode, creator)
    known = creator if isinstance(creator, CreatorInfo) else None
    form = PostForm(choices, known, new_form_key(), "")
    values = form_values(plan.account_id, form, stop, {}, shown)
    return page("post.html", bucket=True, **values, account=account, hashtag="")


def _accept(plan: Plan, form: PostForm) -> Publish | FieldProblems:
    request = person_request(plan, form.choices)
    if isinstance(request, dict):
        return request
    consent = give_consent(form.consent, form.choices, caller(), by=session().key_name, session_id=session().session_id)
    if isinstance(consent, Problem):
        return {FORM: (consent,)}
    accepted = post_plan(plan, request, caller(), consent)
    return {FORM: (accepted,)} if isinstance(accepted, Problem) else accepted


def _plan_on_page(plan: Plan) -> PlanOnPage:
    made_by = find_key(plan.key_id)
    media = [{"key": key, "name": key.rpartition("/")[2]} for key in planned_keys(plan)]
    return PlanOnPage(
        plan_id=plan.plan_id,
        prepared_by=plan.key_id if isinstance(made_by, Problem) else made_by.name,
        created_at=plan.created_at,
        kept_until=plan.kept_until,
        proposals=proposals_of(plan),
        media=json.dumps(media),
    )
