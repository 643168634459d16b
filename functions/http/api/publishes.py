"""/v1/publishes: creates, lists and shows publishes."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.errors.problem import Problem, problem
from dropcast.log import logger
from dropcast.publishing.intake.accept import accept
from dropcast.publishing.intake.several_accounts import accept_each
from dropcast.publishing.model.options import Kind
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.reference_and_metadata import REFERENCE_MAX
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.model.states import State
from dropcast.publishing.store.listing import ListQuery, publishes_page
from dropcast.publishing.store.visible_publish import visible_publish
from dropcast.timestamp import Timestamp, to_epoch_seconds

from .answers import Answer, Id, answered, caller, documented, needs, refused, replayed, view, view_or_refusal
from .create_once import IdempotencyKey
from .dry_run_views import ReportView
from .error_code_groups import PUBLISH
from .publish_views import PublishedView, PublishesView, PublishView, publish_view, published_view, publishes_view

router = APIGatewayHttpRouter()

_ONCE = ("idempotency_conflict", "idempotency_key_needed", "not_taken_in_time", "request_in_flight")


@router.post(
    "/v1/publishes",
    middlewares=needs("publish", "draft"),
    responses=documented(202, "Accepted", PublishView | PublishedView, *PUBLISH, *_ONCE)
    | answered(200, "A dry run", ReportView),
)
def publish(
    request: PublishRequest,
    idempotency_key: IdempotencyKey = None,
) -> Answer:
    """Publish a video or photos on one account, or on each of `account_ids`.

    The same Idempotency-Key with the same body returns the same publishes. With `dry_run` nothing is published. The
    answer is then the answer of /v1/preflight, with status 200.
    """
    if request.dry_run:
        from .dry_runs import dry_run_answer  # slow to import, and only a dry run needs it

        return dry_run_answer(request)
    if request.account_ids:
        return _publish_to_each(request, idempotency_key)
    taken = accept(request, caller(), idempotency_key=idempotency_key)
    if isinstance(taken, Problem):
        return refused(taken)
    answer = view(202, publish_view(taken))
    if taken.replayed:
        return replayed(answer)
    logger.info("publish.accepted", publish_id=taken.publish_id, account_id=taken.account_id)
    return answer


def _publish_to_each(request: PublishRequest, idempotency_key: str | None) -> Answer:
    results = accept_each(request, caller(), idempotency_key=idempotency_key)
    if isinstance(results, Problem):
        return refused(results)
    made = [one.outcome for one in results if isinstance(one.outcome, Publish)]
    for publish in made:
        if not publish.replayed:
            logger.info("publish.accepted", publish_id=publish.publish_id, account_id=publish.account_id)
    answer = view(202, published_view(results))
    is_replay = len(made) == len(results) and all(publish.replayed for publish in made)
    return replayed(answer) if is_replay else answer


@router.get(
    "/v1/publishes",
    middlewares=needs("read"),
    responses=documented(200, "A page of publishes", PublishesView, "not_found"),
)
def list_publishes(
    account_id: Annotated[str | None, Query(min_length=1, max_length=64)] = None,
    user_id: Annotated[str | None, Query(min_length=1, max_length=256)] = None,
    reference: Annotated[
        str | None, Query(min_length=1, max_length=REFERENCE_MAX, description="Your own id. Requires `user_id`.")
    ] = None,
    state: Annotated[
        list[State] | None, Query(max_length=len(State), description="One state, or several separated by commas.")
    ] = None,
    kind: Annotated[Kind | None, Query(description="Only publishes of this kind.")] = None,
    since: Annotated[Timestamp | None, Query(description="Created at or after this time.")] = None,
    until: Annotated[Timestamp | None, Query(description="Created before this time.")] = None,
    after: Annotated[str | None, Query(alias="next", min_length=1, max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Answer:
    """List publishes, newest first.

    You can filter by account, user, kind, creation time and state (`failed,unknown`), and by `reference` together with
    `user_id`. Pass a page's `next` to get the following page. Without `since` the list goes back 400 days.
    """
    if since and until and since > until:
        return refused(problem("invalid_request", reason="since must not be after until", fields=[]))
    span = to_epoch_seconds(since), to_epoch_seconds(until)
    asked = ListQuery(account_id, user_id, tuple(state or ()), kind, *span, after, reference)
    return view_or_refusal(200, publishes_page(asked, limit, caller()), publishes_view)


@router.get(
    "/v1/publishes/<publish_id>",
    middlewares=needs("read"),
    responses=documented(200, "The publish", PublishView, "not_found"),
)
def show_publish(publish_id: Id) -> Answer:
    """Show a publish with its state and history."""
    return view_or_refusal(200, visible_publish(publish_id, caller()), publish_view)
