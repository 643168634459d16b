"""Accepts one post for several accounts, as one publish per account. A repeated request creates no second publish."""

from collections.abc import Callable
from dataclasses import dataclass

from dropcast import clock
from dropcast.aws.clients import ContendedError
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.intake.accept import accept_one, idempotency_key_of
from dropcast.publishing.intake.early_checks import pin_publish
from dropcast.publishing.model.publish import AnySource, Publish
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.store.idempotency_store import IdempotencyKey, claim

# The gateway answers its caller after 30 seconds, even if the function is still running.
_BEGINS_WITHIN_S = 20
_ONE_TAKES_S = 10


@dataclass(frozen=True)
class AccountResult:
    """The publish of one account, or the problem that prevented it."""

    account_id: str
    outcome: Publish | Problem


def accept_each(
    request: PublishRequest, caller: Caller, *, idempotency_key: str | None
) -> list[AccountResult] | Problem:
    """Accept the post for each account of the request's `account_ids`, in this order. The objects in S3 are pinned only
    once.

    A repeated request with the same key creates only the missing publishes. Each account has its own idempotency key.
    That key contains a random id, which Dropcast stores with the request's key. So no caller can send an equal key. An
    account for which no time is left gets `not_taken_in_time`.
    Problems: scope_missing, idempotency_key_needed, idempotency_conflict, request_in_flight.
    """
    if (refusal := caller.mode_refusal(request.mode)) is not None:
        return refusal
    if idempotency_key is None:
        return problem("idempotency_key_needed")
    try:
        claimed = claim(
            idempotency_key_of(request, caller.key_id, idempotency_key), max(clock.now(), request.publish_at_s or 0)
        )
    except ContendedError:
        return problem("request_in_flight", retry_after=1)
    if claimed is None:
        return problem("idempotency_conflict")
    until, pin = clock.monotonic() + _BEGINS_WITHIN_S, _shared_pin()
    results: list[AccountResult] = []
    for account_id in request.account_ids:
        if clock.monotonic() > until or clock.seconds_left() < _ONE_TAKES_S:
            outcome = problem("not_taken_in_time")
        else:
            key = IdempotencyKey(f"several#{claimed}#{account_id}", "account")
            outcome = accept_one(request.for_account(account_id), caller, pin, key)
        results.append(AccountResult(account_id, outcome))
    return results


def _shared_pin() -> Callable[[Publish], Publish | Problem]:
    """A function like `pin_publish`.

    It pins the objects of the first publish and returns the same result for all others.
    """
    found: list[AnySource | Problem] = []

    def pin(publish: Publish) -> Publish | Problem:
        if not found:
            pinned = pin_publish(publish)
            found.append(pinned if isinstance(pinned, Problem) else pinned.source)
        [source] = found
        return source if isinstance(source, Problem) else publish.model_copy(update={"source": source})

    return pin
