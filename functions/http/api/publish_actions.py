"""/v1/publishes/{publish_id}/…: cancel, edit, retry, restart and resolve a publish."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, Field

from dropcast.errors.problem import Problem
from dropcast.log import logger
from dropcast.publishing.actions.cancel import cancel
from dropcast.publishing.actions.edit import PublishEdit, edit
from dropcast.publishing.actions.resolve import POST_ID_PATTERN, Resolution, resolve
from dropcast.publishing.actions.restart_execution import restart
from dropcast.publishing.actions.retry import retry
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State

from .answers import Answer, Id, answered, caller, documented, needs, refused, view
from .error_code_groups import ANY_OF_TIKTOKS, PUBLISH_AGAIN
from .publish_views import PublishView, publish_view

router = APIGatewayHttpRouter()


class ResolveRequest(BaseModel, extra="forbid", json_schema_extra={"examples": [{"outcome": "check_again"}]}):
    """A person's decision on an `unknown` publish."""

    outcome: Resolution
    post_id: str | None = Field(default=None, pattern=POST_ID_PATTERN, description="TikTok's id of the post, if known.")


@router.post(
    "/v1/publishes/<publish_id>/cancel",
    middlewares=needs("publish", "draft"),
    responses=documented(
        200,
        "The publish is cancelled",
        PublishView,
        *ANY_OF_TIKTOKS,
        "not_found",
        "publish_starting",
        "too_late_to_cancel",
    )
    | answered(202, "Dropcast asked TikTok to cancel it", PublishView),
)
def cancel_publish(publish_id: Id) -> Answer:
    """Cancel a publish. If TikTok cannot create a post from it yet, Dropcast cancels the publish at once and answers
    200 with the state `cancelled`.

    Otherwise Dropcast asks TikTok to cancel and answers 202. The publish's state then shows the result.
    """
    publish = cancel(publish_id, caller())
    status = 200 if isinstance(publish, Publish) and publish.state is State.CANCELLED else 202
    return _answer("publish.cancel_requested", status, publish)


@router.patch(
    "/v1/publishes/<publish_id>",
    middlewares=needs("publish", "draft"),
    responses=documented(200, "The publish with its changes", PublishView, *PUBLISH_AGAIN, "too_late_to_edit"),
)
def edit_publish(publish_id: Id, request: PublishEdit) -> Answer:
    """Edit a queued or held publish: any of its options, and its time. `publish_at: null` means at once."""
    return _answer("publish.edited", 200, edit(publish_id, caller(), request))


@router.post(
    "/v1/publishes/<publish_id>/retry",
    middlewares=needs("publish", "draft"),
    responses=documented(202, "The new publish", PublishView, *PUBLISH_AGAIN, "not_retryable", "say_whether_posted"),
)
def retry_publish(publish_id: Id) -> Answer:
    """Retry a failed or cancelled publish at once. This creates a new publish, linked to the old one.

    A repeated request returns the same new publish. Resolve an `unknown` publish first, because a retry could post the
    same media twice.
    """
    return _answer("publish.retried", 202, retry(publish_id, caller()))


@router.post(
    "/v1/publishes/<publish_id>/restart",
    middlewares=needs("publish", "draft"),
    responses=documented(
        202,
        "A new execution continues the publish",
        PublishView,
        "not_found",
        "not_restartable",
        "nothing_to_watch",
        "publish_starting",
    ),
)
def restart_publish(publish_id: Id) -> Answer:
    """Continue a publish from its current step if its execution died or is stuck. Nothing is posted twice."""
    return _answer("publish.restarted", 202, restart(publish_id, caller()))


@router.post(
    "/v1/publishes/<publish_id>/resolve",
    middlewares=needs("publish", "draft"),
    responses=documented(200, "The publish with its new state", PublishView, "not_found", "not_unknown"),
)
def resolve_publish(publish_id: Id, request: ResolveRequest) -> Answer:
    """Decide the outcome of an `unknown` publish: `posted`, or `not_posted`, which allows a retry.

    With `check_again` Dropcast asks TikTok once more. The returned publish has the findings in its field
    `error.details.checked`.
    """
    return _answer("publish.resolved", 200, resolve(publish_id, caller(), request.outcome, request.post_id))


def _answer(event: str, status: int, publish: Publish | Problem) -> Answer:
    if isinstance(publish, Problem):
        return refused(publish)
    logger.info(event, publish_id=publish.publish_id, account_id=publish.account_id, state=publish.state.value)
    return view(status, publish_view(publish))
