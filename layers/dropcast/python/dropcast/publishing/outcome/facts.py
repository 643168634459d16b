"""TikTok's facts about a publish, from webhooks or status/fetch, and the verdict that follows from them. Pure rules.

Webhooks and status give the same facts. The order and number of facts do not matter (protocol sections 6 and 7).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dropcast.errors.problem import Problem
from dropcast.publishing.model.states import State
from dropcast.tiktok.fail_reasons import fail_reason_problem

if TYPE_CHECKING:
    # imported only for types: most importers use facts and do not need the models of answers
    from dropcast.tiktok.models import PublishStatus
    from dropcast.tiktok.webhooks import WebhookEvent

FactKind = Literal["complete", "failed", "in_inbox", "public", "no_longer_public"]

_OF_EVENT: dict[str, FactKind] = {
    "post.publish.complete": "complete",
    "post.publish.failed": "failed",
    "post.publish.inbox_delivered": "in_inbox",
    "post.publish.publicly_available": "public",
    "post.publish.no_longer_publicaly_available": "no_longer_public",
}
_PENDING = {"PROCESSING_UPLOAD", "PROCESSING_DOWNLOAD"}
_OF_STATUS: dict[str, FactKind] = {
    "PUBLISH_COMPLETE": "complete",
    "FAILED": "failed",
    "SEND_TO_USER_INBOX": "in_inbox",
}


@dataclass(frozen=True)
class Fact:
    """A fact that TikTok reported at `at` (seconds since the epoch). `reason`: TikTok's fail_reason.

    `log_id`: TikTok's id of the poll that returned the fact.
    """

    kind: FactKind
    at: int
    reason: str | None = None
    post_ids: tuple[str, ...] = ()
    log_id: str | None = None


@dataclass(frozen=True)
class Verdict:
    """The state that follows from the facts and, for a failure, its error."""

    state: State
    error: Problem | None = None


def fact_of_event(event: "WebhookEvent") -> Fact | None:
    """The fact in a webhook. None if the webhook does not concern the outcome of a publish."""
    kind = _OF_EVENT.get(event.event)
    if kind is None:
        return None
    return Fact(kind, event.create_time, event.reason, (event.post_id,) if event.post_id else ())


def fact_of_status(status: "PublishStatus", at: int) -> Fact | None:
    """The fact in an answer of status/fetch. None while TikTok has not decided, or for an unknown status."""
    kind = _OF_STATUS.get(status.status)
    if kind is None:
        return None
    return Fact(kind, at, status.fail_reason, status.post_ids, status.log_id)


def is_documented(status: str) -> bool:
    """Whether TikTok documents `status`. Any other status is undecided and should be logged (protocol section 6)."""
    return status in _PENDING or status in _OF_STATUS


def verdict(facts: Iterable[Fact]) -> Verdict | None:
    """The verdict that follows from `facts`. Their order does not matter. None if they decide nothing yet.

    A post that exists or existed outweighs a failure. Both outweigh a delivery to the inbox.
    """
    known = list(facts)
    if any(fact.kind in ("complete", "public", "no_longer_public") for fact in known):
        return Verdict(State.PUBLISHED)
    failed = [fact for fact in known if fact.kind == "failed"]
    if failed:
        return _failure(failed)
    if any(fact.kind == "in_inbox" for fact in known):
        return Verdict(State.IN_INBOX)
    return None


def post_ids(facts: Iterable[Fact]) -> tuple[str, ...]:
    """The sorted ids of all posts of the publish. One draft may become several posts."""
    return tuple(sorted({post_id for fact in facts for post_id in fact.post_ids}))


def _failure(failed: list[Fact]) -> Verdict:
    """The verdict for the earliest failure. Its log_id is from a poll, if a poll reported a failure."""
    first = min(failed, key=lambda fact: (fact.at, fact.reason or ""))
    reason = first.reason or "internal"
    log_id = min((fact.log_id for fact in failed if fact.log_id), default=None)
    state = State.CANCELLED if reason == "publish_cancelled" else State.FAILED
    return Verdict(state, fail_reason_problem(reason, log_id))
