"""/console/publishes/{publish_id}: a publish from its acceptance to TikTok's verdict, and the possible actions.

A request for the page makes four AWS calls, and a refresh of its progress makes three. Neither calls TikTok.
"""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast import clock
from dropcast.accounts.account_store import visible_account
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem, http_status
from dropcast.publishing.actions.offered_actions import Action, caller_refusal, offered_actions
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import RESTING
from dropcast.publishing.model.views import post_urls
from dropcast.publishing.store.visible_publish import visible_publish

from .account_views import comments_path, name_of, refusals_of
from .answers import page, partial
from .publish_facts import asked_facts
from .publish_words import STATES, caption_start, duration, shown_history
from .request_session import caller
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()

_BUTTONS: dict[Action, str] = {
    "resolve": "Say whether it was posted",
    "retry": "Retry",
    "edit": "Edit",
    "cancel": "Cancel this publish",
    "restart": "Restart, if it is stuck",
}
# With these problems the page shows only the problem, not the publish.
_WITHOUT_PAGE = ("not_found", "scope_missing")


@router.get("/console/publishes/<publish_id>", middlewares=signed_in("read", "publish", "draft"))
def show_publish(publish_id: str) -> Response[str]:
    """The publish and its progress."""
    return publish_answer(publish_id)


@router.get("/console/publishes/<publish_id>/progress", middlewares=signed_in("read", "publish", "draft"))
def show_progress(publish_id: str) -> Response[str]:
    """The part of the page that changes. The page loads it again while Dropcast or TikTok works on the publish."""
    found = visible_publish(publish_id, caller())
    return refused(found) if isinstance(found, Problem) else partial("publish.html", "progress", **_values(found))


def publish_answer(publish_id: str, why: Problem | None = None, *, meanwhile: str | None = None) -> Response[str]:
    """The page with the publish as it is now. `why`: the problem after the last button press.

    `meanwhile`: what changed before that button press.
    """
    if why is not None and why.code in _WITHOUT_PAGE:
        return refused(why)
    found = visible_publish(publish_id, caller())
    if isinstance(found, Problem):
        return refused(found)
    account = visible_account(found.account_id, caller())
    known = account if isinstance(account, Account) else None
    return page(
        "publish.html",
        http_status(why.code) if why else 200,
        **_values(found),
        sent_form=BaseRouter.current_event.query_string_parameters.get("sent", ""),
        account=known,
        account_name=name_of(known) if known else found.account_id,
        caption=caption_start(found),
        asked=asked_facts(found),
        may_read=caller().may("read"),
        may_post=refusals_of(caller()).post is None,
        comments_path=comments_path(found.account_id),
        problem=why,
        meanwhile=meanwhile,
    )


def _values(publish: Publish) -> dict[str, Any]:
    path = f"/console/publishes/{publish.publish_id}"
    return {
        "publish": publish,
        "state": STATES[publish.state],
        "rests": publish.state in RESTING,
        "so_far": duration(max(0, clock.now() - publish.history[-1].at)) if publish.history else None,
        "post_urls": post_urls(publish),
        "history": shown_history(publish),
        "actions": [(f"{path}/{one}", _BUTTONS[one]) for one in offered_actions(publish, caller())],
        "may_not": caller_refusal(publish, caller()),
    }
