"""/accounts/{account_id}/post: the page on which a person posts a video or photos (protocol section 10.5).

The console has it below /console. Sites of adopters have it below /embed/{embed_id}.
"""

from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import ValidationError

from dropcast.accounts.account_store import visible_account
from dropcast.accounts.creator import fetch_creator_info
from dropcast.accounts.models import Account
from dropcast.browser_requests import fields_of
from dropcast.errors.problem import Problem, problem
from dropcast.log import logger
from dropcast.media.limits import PHOTOS_MAX
from dropcast.publishing.admission.account_check import posting_obstacle
from dropcast.publishing.intake.accept import accept
from dropcast.publishing.intake.dry_run import dry_run_with_creator
from dropcast.publishing.model.options import Mode
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.posting_page.choices import PostChoices, choices_from_fields, with_hashtag
from dropcast.publishing.posting_page.consent_words import give_consent
from dropcast.publishing.posting_page.form_request import FieldProblems, request_from_choices
from dropcast.publishing.posting_page.notes_by_field import notes_by_field
from dropcast.publishing.posting_page.page import FORM, posting_page
from dropcast.publishing.posting_page.stop import Stop, find_stop
from dropcast.settings import settings
from dropcast.tiktok.hashtags import is_hashtag
from dropcast.tiktok.models import CreatorInfo

from .act_once import new_form_key, sent_form_key
from .answers import page, partial, redirect
from .embedded import in_both
from .field_problems import FORM_FAULT
from .request_session import caller, home, session
from .signed_in import refused

router = APIGatewayHttpRouter()


@dataclass(frozen=True)
class _Form:
    """What the browser sent: the choices, and the hidden fields from the page's first view."""

    choices: PostChoices
    creator: CreatorInfo | None
    key: str
    consent: str


@in_both(router, "GET", "/accounts/<account_id>/post", "publish", "draft")
def show_post_page(account_id: str) -> Response[str]:
    """The page with a fresh creator_info. The address selects video or photos, and a direct post or a draft."""
    account = visible_account(account_id, caller())
    if isinstance(account, Problem):
        return refused(account)
    query = BaseRouter.current_event.query_string_parameters
    choices = choices_from_fields({name: [value] for name, value in query.items() if name in ("kind", "mode")})
    if "mode" not in query and caller().mode_refusal("direct"):
        choices = PostChoices(kind=choices.kind, mode="draft")
    hashtag = query.get("hashtag", "")
    hashtag = hashtag if is_hashtag(hashtag) else ""
    choices = with_hashtag(choices, hashtag) if hashtag else choices
    creator = _fetch_creator(account, choices.mode)
    stop = find_stop(account, caller(), choices.mode, creator)
    known = creator if isinstance(creator, CreatorInfo) else None
    form = _Form(choices, known, new_form_key(), "")
    return page("post.html", bucket=True, **_values(account_id, form, stop, {}), account=account, hashtag=hashtag)


@in_both(router, "POST", "/accounts/<account_id>/post/choices", "publish", "draft")
def show_choices(account_id: str) -> Response[str]:
    """The part of the form that depends on the choices so far. It makes no call to TikTok."""
    form = _sent_form()
    if isinstance(form, Problem):
        return refused(form)
    return partial("post.html", "choices", **_values(account_id, form, None, {}))


@in_both(router, "POST", "/accounts/<account_id>/post/check", "publish", "draft")
def check_media(account_id: str) -> Response[str]:
    """The result of a preflight of the chosen media. It makes no call to TikTok."""
    form = _sent_form()
    if isinstance(form, Problem):
        return refused(form)
    # A draft needs no options, so the media can be checked before the person has chosen an option.
    media = PostChoices(kind=form.choices.kind, mode="draft", source=form.choices.source)
    request = request_from_choices(media, account_id)
    if isinstance(request, dict):
        return partial("report.html", "report", notes=[], facts=None)
    report = dry_run_with_creator(request, caller(), form.creator)
    notes = [note for field, note in notes_by_field(report).items() if field.partition(".")[0] == "source"]
    return partial("report.html", "report", notes=notes, facts=report.inspected.facts)


@in_both(router, "POST", "/accounts/<account_id>/post", "publish", "draft")
def post(account_id: str) -> Response[str]:
    """Accept the post. Because of the form's idempotency key, a second press returns the same publish."""
    form = _sent_form()
    if isinstance(form, Problem):
        return refused(form)
    accepted = _accept(account_id, form)
    if isinstance(accepted, dict):
        return partial("post.html", "form", FORM_FAULT, **_values(account_id, form, None, accepted))
    if not accepted.replayed:
        logger.info("publish.accepted", publish_id=accepted.publish_id, account_id=account_id)
    return redirect(f"{home()}/publishes/{accepted.publish_id}?sent={account_id}")


def _accept(account_id: str, form: _Form) -> Publish | FieldProblems:
    request = request_from_choices(form.choices, account_id)
    if isinstance(request, dict):
        return request
    consent = give_consent(form.consent, form.choices, caller(), by=session().key_name, session_id=session().session_id)
    if isinstance(consent, Problem):
        return {FORM: (consent,)}
    accepted = accept(request, caller(), idempotency_key=_idempotency_key(form), consent=consent)
    return {FORM: (accepted,)} if isinstance(accepted, Problem) else accepted


def _idempotency_key(form: _Form) -> str:
    """The form's key together with the user, because all embeds of an API key have the key's id.

    No request to /v1 can have this key.
    """
    return f"form#{caller().user_id or ''}#{form.key}"


def _fetch_creator(account: Account, mode: Mode) -> CreatorInfo | Problem | None:
    """TikTok's present creator_info. None if the call cannot help: the account or the key may not post in this mode."""
    is_stopped = caller().mode_refusal(mode) or posting_obstacle(account, mode)
    if is_stopped or posting_obstacle(account, "direct"):
        return None
    return fetch_creator_info(account.account_id, caller())


def _sent_form() -> _Form | Problem:
    fields = fields_of(BaseRouter.current_event.raw_event)
    choices = choices_from_fields(fields)
    creator = _sent_creator(fields.get("creator", [""])[-1])
    key = sent_form_key()
    if key is None or (creator is None and choices.mode == "direct"):
        return problem("form_expired")
    return _Form(choices, creator, key, fields.get("consent", [""])[-1])


def _sent_creator(text: str) -> CreatorInfo | None:
    """The creator_info of the page's first view, which the form sends back. It decides only what the page shows.

    Dropcast asks TikTok again before it posts.
    """
    try:
        return CreatorInfo.model_validate_json(text) if text else None
    except ValidationError:
        return None


def _values(account_id: str, form: _Form, stop: Stop | None, problems: FieldProblems) -> dict[str, Any]:
    audited = settings().app_audit == "audited"
    return {
        "account_id": account_id,
        "shown": posting_page(form.choices, account_id, form.creator, stop, audited=audited),
        "creator_json": "" if form.creator is None else form.creator.model_dump_json(by_alias=True),
        "form_key": form.key,
        "problems": problems,
        "photos_max": PHOTOS_MAX,
        "has_bucket": caller().user_id is None,
    }
