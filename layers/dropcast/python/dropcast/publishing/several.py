"""The same post to several accounts: each becomes a publish of its own, once, however often the request is repeated."""

from collections.abc import Callable
from dataclasses import dataclass

from dropcast import clock, dynamo
from dropcast.caller import Caller
from dropcast.errors import Problem, problem
from dropcast.publishing.early import looked_at
from dropcast.publishing.intake import once_of, take_in
from dropcast.publishing.models import AnySource, Publish
from dropcast.publishing.once_store import OnceKey, claim
from dropcast.publishing.request import PublishRequest

# The gateway answers its caller after 30 seconds, whatever the function still does.
_BEGINS_WITHIN_S = 20
_ONE_TAKES_S = 10


@dataclass(frozen=True)
class Taking:
    """What became of one account: its publish, or why there is none."""

    account_id: str
    outcome: Publish | Problem


def accept_each(request: PublishRequest, caller: Caller, *, idempotency_key: str | None) -> list[Taking] | Problem:
    """Take in the post for each of `account_ids`, in their order; the objects in S3 are pinned once for all.

    A repeat with the same key takes in what is missing. Each account has a key below the claim of the caller's key,
    whose id is random: no key of a caller is equal to it. What is not begun in time is `not_taken_in_time`.
    Problems: scope_missing, idempotency_key_needed, idempotency_conflict, request_in_flight.
    """
    if (refusal := caller.mode_refusal(request.mode)) is not None:
        return refusal
    if idempotency_key is None:
        return problem("idempotency_key_needed")
    try:
        claimed = claim(once_of(request, caller.key_id, idempotency_key), max(clock.now(), request.publish_at_s or 0))
    except dynamo.ContendedError:
        return problem("request_in_flight", retry_after=1)
    if claimed is None:
        return problem("idempotency_conflict")
    until, look = clock.monotonic() + _BEGINS_WITHIN_S, _looked_at_once()
    takings: list[Taking] = []
    for account_id in request.account_ids:
        if clock.monotonic() > until or clock.seconds_left() < _ONE_TAKES_S:
            outcome = problem("not_taken_in_time")
        else:
            once = OnceKey(f"several#{claimed}#{account_id}", "account")
            outcome = take_in(request.for_account(account_id), caller, look, once)
        takings.append(Taking(account_id, outcome))
    return takings


def _looked_at_once() -> Callable[[Publish], Publish | Problem]:
    """As `looked_at`, which looks at the first publish alone: what it finds holds for those of the other accounts."""
    found: list[AnySource | Problem] = []

    def look(publish: Publish) -> Publish | Problem:
        if not found:
            seen = looked_at(publish)
            found.append(seen if isinstance(seen, Problem) else seen.source)
        [source] = found
        return source if isinstance(source, Problem) else publish.model_copy(update={"source": source})

    return look
