"""The form of the posting page: what the browser sent, what TikTok says about the creator, the template's values."""

from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from pydantic import ValidationError

from dropcast.accounts.creator import fetch_creator_info
from dropcast.accounts.models import Account
from dropcast.browser_requests import fields_of
from dropcast.errors.problem import Problem, problem
from dropcast.media.limits import PHOTOS_MAX
from dropcast.publishing.admission.account_check import posting_obstacle
from dropcast.publishing.model.options import Mode
from dropcast.publishing.posting_page.choices import PostChoices, choices_from_fields
from dropcast.publishing.posting_page.form_request import FieldProblems
from dropcast.publishing.posting_page.page import posting_page
from dropcast.publishing.posting_page.stop import Stop
from dropcast.settings import settings
from dropcast.tiktok.models import CreatorInfo

from .act_once import sent_form_key
from .request_session import caller, home


@dataclass(frozen=True)
class PostForm:
    """What the browser sent: the choices, and the hidden fields from the page's first view."""

    choices: PostChoices
    creator: CreatorInfo | None
    key: str
    consent: str


@dataclass(frozen=True)
class PlanOnPage:
    """The plan that the page shows. Times are in seconds since the epoch.

    `prepared_by`: the name of the API key that made the plan, or the key's id if the key no longer exists. `proposals`:
    the plan's words for each field that a person must fill in. `media`: a JSON list of the plan's objects in the
    bucket, from which the page's script makes the previews.
    """

    plan_id: str
    prepared_by: str
    created_at: int
    kept_until: int
    proposals: dict[str, str]
    media: str


def fetch_creator(account: Account, mode: Mode) -> CreatorInfo | Problem | None:
    """TikTok's current creator_info. None if the account or the key may not post in this mode, or if the account may
    not post directly, which the call requires.
    """
    is_stopped = caller().mode_refusal(mode) or posting_obstacle(account, mode)
    if is_stopped or posting_obstacle(account, "direct"):
        return None
    return fetch_creator_info(account.account_id, caller())


def sent_post_form(mode: Mode | None = None) -> PostForm | Problem:
    """The form that the browser sent. `mode`: the plan's mode, which the form cannot change. Problem: form_expired."""
    fields = fields_of(BaseRouter.current_event.raw_event)
    choices = choices_from_fields(fields)
    creator = _sent_creator(fields.get("creator", [""])[-1])
    key = sent_form_key()
    if key is None or (creator is None and (mode or choices.mode) == "direct"):
        return problem("form_expired")
    return PostForm(choices, creator, key, fields.get("consent", [""])[-1])


def form_values(
    account_id: str, form: PostForm, stop: Stop | None, problems: FieldProblems, plan: PlanOnPage | None = None
) -> dict[str, Any]:
    """The template's values for the form. `plan`: the plan that the person posts."""
    audited = settings().app_audit == "audited"
    return {
        "account_id": account_id,
        "shown": posting_page(form.choices, account_id, form.creator, stop, audited=audited),
        "creator_json": "" if form.creator is None else form.creator.model_dump_json(by_alias=True),
        "form_key": form.key,
        "problems": problems,
        "photos_max": PHOTOS_MAX,
        "has_bucket": caller().user_id is None and plan is None,
        "plan": plan,
        "action": f"{home()}/plans/{plan.plan_id}" if plan else f"{home()}/accounts/{account_id}/post",
        "kept_as": f"plan.{plan.plan_id}" if plan else account_id,
    }


def _sent_creator(text: str) -> CreatorInfo | None:
    """The creator_info of the page's first view, which the form sends back. It decides only what the page shows.

    Dropcast asks TikTok again before it posts.
    """
    try:
        return CreatorInfo.model_validate_json(text) if text else None
    except ValidationError:
        return None
