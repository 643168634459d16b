"""/accounts/{account_id}/post: the page on which a person posts a video or photos (protocol section 10.5).

The console has it below /console. Sites of adopters have it below /embed/{embed_id}.
"""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.accounts.account_store import visible_account
from dropcast.errors.problem import Problem
from dropcast.log import logger
from dropcast.publishing.intake.accept import accept
from dropcast.publishing.intake.dry_run import dry_run_with_creator
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.posting_page.choices import PostChoices, choices_from_fields, with_hashtag
from dropcast.publishing.posting_page.consent_words import give_consent
from dropcast.publishing.posting_page.form_request import FieldProblems, request_from_choices
from dropcast.publishing.posting_page.notes_by_field import notes_by_field
from dropcast.publishing.posting_page.page import FORM
from dropcast.publishing.posting_page.stop import find_stop
from dropcast.tiktok.hashtags import is_hashtag
from dropcast.tiktok.models import CreatorInfo

from .act_once import new_form_key
from .answers import page, partial, redirect
from .embedded import in_both
from .field_problems import FORM_FAULT
from .post_form import PostForm, fetch_creator, form_values, sent_post_form
from .request_session import caller, home, session
from .signed_in import refused

router = APIGatewayHttpRouter()


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
    creator = fetch_creator(account, choices.mode)
    stop = find_stop(account, caller(), choices.mode, creator)
    known = creator if isinstance(creator, CreatorInfo) else None
    form = PostForm(choices, known, new_form_key(), "")
    return page("post.html", bucket=True, **form_values(account_id, form, stop, {}), account=account, hashtag=hashtag)


@in_both(router, "POST", "/accounts/<account_id>/post/choices", "publish", "draft")
def show_choices(account_id: str) -> Response[str]:
    """The part of the form that depends on the choices so far. This request makes no call to TikTok."""
    form = sent_post_form()
    if isinstance(form, Problem):
        return refused(form)
    return partial("post.html", "choices", **form_values(account_id, form, None, {}))


@in_both(router, "POST", "/accounts/<account_id>/post/check", "publish", "draft")
def check_media(account_id: str) -> Response[str]:
    """The result of a preflight of the chosen media. This request makes no call to TikTok."""
    form = sent_post_form()
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
    form = sent_post_form()
    if isinstance(form, Problem):
        return refused(form)
    accepted = _accept(account_id, form)
    if isinstance(accepted, dict):
        return partial("post.html", "form", FORM_FAULT, **form_values(account_id, form, None, accepted))
    if not accepted.replayed:
        logger.info("publish.accepted", publish_id=accepted.publish_id, account_id=account_id)
    return redirect(f"{home()}/publishes/{accepted.publish_id}?sent={account_id}")


def _accept(account_id: str, form: PostForm) -> Publish | FieldProblems:
    request = request_from_choices(form.choices, account_id)
    if isinstance(request, dict):
        return request
    consent = give_consent(form.consent, form.choices, caller(), by=session().key_name, session_id=session().session_id)
    if isinstance(consent, Problem):
        return {FORM: (consent,)}
    accepted = accept(request, caller(), idempotency_key=_idempotency_key(form), consent=consent)
    return {FORM: (accepted,)} if isinstance(accepted, Problem) else accepted


def _idempotency_key(form: PostForm) -> str:
    """The form's key together with the user, because all embeds of an API key share that API key's id.

    No request to /v1 can have this key.
    """
    return f"form#{caller().user_id or ''}#{form.key}"
