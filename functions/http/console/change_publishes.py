"""Cancels, restarts and retries a publish. For each action a page says what will happen and has the button."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.browser_requests import form_of
from dropcast.errors.problem import Problem
from dropcast.idempotency import Claim
from dropcast.log import logger
from dropcast.publishing.actions.cancel import cancel
from dropcast.publishing.actions.offered_actions import action_refusal
from dropcast.publishing.actions.restart_execution import restart
from dropcast.publishing.actions.retry import retry
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.store.visible_publish import changeable_publish

from .act_once import act_once, new_form_key
from .answers import page, redirect
from .publish_words import STATES, caption_start
from .publishes import publish_answer
from .request_session import caller
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()

_AT_ONCE = (
    ("Dropcast has not called TikTok for this publish yet. It cancels the publish at once, and nothing is posted."),
)
_STILL_WAITS = ("A new execution takes the publish over. The publish still waits for its time and its turn.",)
_CANCELS: dict[State, tuple[str, ...]] = {
    State.QUEUED: _AT_ONCE,
    State.HELD: _AT_ONCE,
    State.UPLOADING: (
        "Dropcast stops sending. If it has not begun to send the last part, nothing is posted.",
        "If it has begun, Dropcast asks TikTok to cancel, and TikTok decides. The next page shows the result.",
    ),
    State.PROCESSING: (
        "TikTok has the whole post. Dropcast asks TikTok to cancel it, and TikTok decides.",
        "The post can still appear. The next page shows the result.",
    ),
}
_RESTARTS: dict[State, tuple[str, ...]] = {
    State.QUEUED: _STILL_WAITS,
    State.HELD: _STILL_WAITS,
    State.STARTING: (
        (
            "TikTok's answer to the start of the post is lost. Dropcast starts an upload again, because no byte "
            "of it was sent."
        ),
        "If TikTok fetches the media itself, the publish becomes unknown, and a person decides.",
    ),
    State.UPLOADING: ("A new execution sends the rest of the file. The present execution stops.",),
    State.PROCESSING: ("A new execution asks TikTok for the result again.",),
    State.UNKNOWN: ("Dropcast asks TikTok for the result again. Meanwhile the publish is in the state processing.",),
}
_RETRIES = (
    "Dropcast posts the same files with the same options again, as a new publish that is linked to this one.",
    "The new publish starts at once, even if this one was scheduled for a later time.",
    "If a file was deleted or replaced in the meantime, Dropcast refuses the retry.",
)
_CHANGED = (
    "The publish changed after the last page was shown, so Dropcast did nothing. This page shows the "
    "publish as it is now."
)


@router.get("/console/publishes/<publish_id>/cancel", middlewares=signed_in("publish", "draft"))
def confirm_cancel(publish_id: str) -> Response[str]:
    """The page that asks the person to confirm the cancellation."""
    publish = changeable_publish(publish_id, caller())
    if isinstance(publish, Problem):
        return refused(publish)
    if refusal := action_refusal("cancel", publish):
        return publish_answer(publish_id, refusal)
    if publish.state is State.CANCELLED:
        return redirect(f"/console/publishes/{publish_id}")
    return _question(publish, "cancel", "Cancel this publish", _CANCELS[publish.state], is_danger=True)


@router.post("/console/publishes/<publish_id>/cancel", middlewares=signed_in("publish", "draft"))
def cancel_publish(publish_id: str) -> Response[str]:
    """Cancel the publish, as POST /v1/publishes/{publish_id}/cancel does."""
    return change_answer("publish.cancel_requested", publish_id, cancel(publish_id, caller()))


@router.get("/console/publishes/<publish_id>/restart", middlewares=signed_in("publish", "draft"))
def confirm_restart(publish_id: str) -> Response[str]:
    """The page that asks the person to confirm the restart."""
    publish = changeable_publish(publish_id, caller())
    if isinstance(publish, Problem):
        return refused(publish)
    if refusal := action_refusal("restart", publish):
        return publish_answer(publish_id, refusal)
    words = (*_RESTARTS[publish.state], "Nothing is posted twice.")
    return _question(publish, "restart", "Restart this publish", words)


@router.post("/console/publishes/<publish_id>/restart", middlewares=signed_in("publish", "draft"))
def restart_publish(publish_id: str) -> Response[str]:
    """Restart the publish, as POST /v1/publishes/{publish_id}/restart does, unless its execution changed or the form
    was already used.
    """
    publish = changeable_publish(publish_id, caller())
    if isinstance(publish, Problem):
        return refused(publish)
    if publish.execution != _form().get("execution"):
        return publish_answer(publish_id, meanwhile=_CHANGED)

    def restart_first(claim: Claim) -> Publish | Problem | None:
        return restart(publish_id, caller()) if claim.first else None

    restarted = act_once("rst", restart_first)
    if restarted is None:
        return publish_answer(publish_id, meanwhile=_CHANGED)
    return change_answer("publish.restarted", publish_id, restarted)


@router.get("/console/publishes/<publish_id>/retry", middlewares=signed_in("publish", "draft"))
def confirm_retry(publish_id: str) -> Response[str]:
    """The page that asks the person to confirm the retry."""
    publish = changeable_publish(publish_id, caller())
    if isinstance(publish, Problem):
        return refused(publish)
    if publish.retried_as is not None:
        return redirect(f"/console/publishes/{publish.retried_as}")
    if refusal := action_refusal("retry", publish):
        return publish_answer(publish_id, refusal)
    return _question(publish, "retry", "Retry this publish", _RETRIES)


@router.post("/console/publishes/<publish_id>/retry", middlewares=signed_in("publish", "draft"))
def retry_publish(publish_id: str) -> Response[str]:
    """Retry the publish, as POST /v1/publishes/{publish_id}/retry does. A second press finds the same new publish."""
    return change_answer("publish.retried", publish_id, retry(publish_id, caller()))


def change_answer(event: str, publish_id: str, changed: Publish | Problem) -> Response[str]:
    """Show the changed publish. If nothing changed, show the publish as it is now, with the reason."""
    if isinstance(changed, Problem):
        return publish_answer(publish_id, changed)
    logger.info(
        event,
        publish_id=changed.publish_id,
        account_id=changed.account_id,
        state=changed.state.value,
        by_key_id=caller().key_id,
    )
    return redirect(f"/console/publishes/{changed.publish_id}")


def _question(
    publish: Publish, action: str, words: str, what_happens: tuple[str, ...], *, is_danger: bool = False
) -> Response[str]:
    return page(
        "publish_confirm.html",
        publish=publish,
        state=STATES[publish.state],
        caption=caption_start(publish),
        action=action,
        words=words,
        what_happens=what_happens,
        is_danger=is_danger,
        once=new_form_key(),
    )


def _form() -> dict[str, str]:
    return form_of(BaseRouter.current_event.raw_event)
