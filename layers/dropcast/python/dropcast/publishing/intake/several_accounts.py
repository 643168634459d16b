"""The same post to several accounts: each becomes a publish of its own, once, however often the request is repeated."""

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

# The gateway answers its caller after 30 seconds, whatever the function still does.
_BEGINS_WITHIN_S = 20
_ONE_TAKES_S = 10


@dataclass(frozen=True)
class AccountResult:
    """What became of one account: its publish, or why there is none."""

    account_id: str
    outcome: Publish | Problem


def accept_each(
    request: PublishRequest, caller: Caller, *, idempotency_key: str | None
) -> list[AccountResult] | Problem:
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
        claimed = claim(
            idempotency_key_of(request, caller.key_id, idempotency_key), max(clock.now(), request.publish_at_s or 0)
        )
    except ContendedError:
        return problem("request_in_flight", retry_after=1)
    if claimed is None:
        return problem("idempotency_conflict")
    until, look = clock.monotonic() + _BEGINS_WITHIN_S, _shared_pin()
    takings: list[AccountResult] = []
    for account_id in request.account_ids:
        if clock.monotonic() > until or clock.seconds_left() < _ONE_TAKES_S:
            outcome = problem("not_taken_in_time")
        else:
            once = IdempotencyKey(f"several#{claimed}#{account_id}", "account")
            outcome = accept_one(request.for_account(account_id), caller, look, once)
        takings.append(AccountResult(account_id, outcome))
    return takings


def _shared_pin() -> Callable[[Publish], Publish | Problem]:
    """As `looked_at`, which looks at the first publish alone: what it finds holds for those of the other accounts."""
    found: list[AnySource | Problem] = []

    def look(publish: Publish) -> Publish | Problem:
        if not found:
            seen = pin_publish(publish)
            found.append(seen if isinstance(seen, Problem) else seen.source)
        [source] = found
        return source if isinstance(source, Problem) else publish.model_copy(update={"source": source})

    return look
