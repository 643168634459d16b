"""Manages the budget slot of a publish. The slot is the time at which the publish may call TikTok.

A publish keeps its place in the account's queue until TikTok accepts its init, or until the publish is at rest (RESTING
in states.py). A publish can also leave the queue and enter it again later.

If TikTok returns 429 or an error about too many posts or drafts, this module records that the budget is used up
(protocol sections 2, 3.5 and 11).
"""

from typing import Literal

from dropcast import clock
from dropcast.budgets.exhaustion_events import BudgetOwner
from dropcast.budgets.ledger import Go, Wait
from dropcast.budgets.limits import BudgetName, budget_of_refusal
from dropcast.budgets.publish_queue import leave, record_refusal, step_aside, take_turn
from dropcast.publishing.model.options import Kind, Mode
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import RESTING, State
from dropcast.publishing.store import publish_store

Call = Literal["creator_info", "init"]
_LOST_INIT_CODES = {"init_lost", "pull_init_lost"}
_CALLS: tuple[Call, ...] = ("creator_info", "init")

_BUDGETS_OF_INIT: dict[tuple[Kind, Mode], tuple[BudgetName, BudgetName]] = {
    ("video", "direct"): ("video_init", "direct_posts"),
    ("video", "draft"): ("inbox_init", "pending_drafts"),
    ("photo", "direct"): ("content_init", "direct_posts"),
    ("photo", "draft"): ("content_init", "pending_drafts"),
}


def take(publish: Publish) -> Go | Wait:
    """Return Go if the publish may call TikTok now. Otherwise return when it may, and which budgets block it.

    A repeated init takes the place of the earlier init in the queue. The earlier init still counts in the budgets.
    """
    before = _slot_id(publish, publish.inits_lost - 1) if publish.inits_lost else None
    return take_turn(
        _budget_owner(publish), _slot_id(publish, publish.inits_lost), budgets_needed(publish), heir_of=before
    )


def leave_after_init(publish: Publish) -> None:
    """Remove the publish from the queue because TikTok accepted its init. The publish has used its budgets."""
    _leave_with_uses(publish, budgets_needed(publish))


def leave_queue(publish: Publish, *made: Call) -> None:
    """Remove the publish from the queue. It ends, or it enters the queue again later.

    `made`: the calls that it may have made.
    """
    _leave_with_uses(publish, _budgets_of_calls(publish, made))


def put_off(publish: Publish, until: int) -> None:
    """Let other publishes pass this one before the time `until` (seconds since the epoch). This one keeps its place."""
    step_aside(_budget_owner(publish), _slot_id(publish, publish.inits_lost), until, {})


def yield_slot(publish: Publish, *made: Call) -> None:
    """Give up the slot, because another caller moved the publish. `made`: the calls that the publish may have made.

    If another execution works on the publish now, that execution keeps the place in the queue.
    """
    if not _has_another_execution(publish_store.get(publish.publish_id), publish):
        leave_queue(publish, *made)


def _has_another_execution(current: Publish | None, publish: Publish) -> bool:
    """Whether another execution works on the publish now. `current`: the present row, read after `publish`."""
    if current is None or current.revision == publish.revision:
        return False
    return current.state not in RESTING and current.due_at <= clock.now()


def record_failed_try(publish: Publish, code: str, call: Call | None, until: int) -> Wait | None:
    """Record a failed try, in which TikTok refused `call` with `code`. Return how long the account must wait.

    `call` is None if the try failed before the first call. If the failure concerns no budget, returns None, and the
    publish tries again at `until` (seconds since the epoch). It keeps its place, but other publishes may pass it
    meanwhile.
    """
    init, posts = _budgets_of_init(publish)
    refused = budget_of_refusal(code, init if call == "init" else "creator_info", posts) if call else None
    made = _budgets_of_calls(publish, calls_up_to(call)[:-1] if code == "rate_limit_exceeded" else calls_up_to(call))
    if publish.open_id is None:
        return None
    slot_id = _slot_id(publish, publish.inits_lost)
    if refused is None:
        step_aside(_budget_owner(publish), slot_id, until, _uses_now(made))
        return None
    return record_refusal(_budget_owner(publish), slot_id, budgets_needed(publish), made, refused, code)


def calls_up_to(call: Call | None) -> tuple[Call, ...]:
    """The calls to TikTok that the step Start has made once it has made `call`, including `call`."""
    return () if call is None else _CALLS[: _CALLS.index(call) + 1]


def release(ended: Publish, *, by_tiktok: bool) -> None:
    """Remove an ended publish from the queue.

    If TikTok reported that the post failed, or if the creator posted the draft, the use of the budget for posts or
    drafts no longer counts. An init that got no answer still counts.
    """
    was_not_posted = ended.state in (State.FAILED, State.CANCELLED)
    posted_draft = ended.state is State.PUBLISHED and ended.mode == "draft"
    lost = ended.error is not None and ended.error.code in _LOST_INIT_CODES
    if ended.open_id is None or not (was_not_posted or posted_draft or lost):
        return
    if lost:
        _leave_with_uses(ended, budgets_needed(ended))
        return
    _, posts = _budgets_of_init(ended)
    leave(
        _budget_owner(ended), _slot_id(ended, ended.inits_lost), {}, back=(posts,) if by_tiktok or posted_draft else ()
    )


def _leave_with_uses(publish: Publish, made: tuple[BudgetName, ...]) -> None:
    if publish.open_id is not None:
        leave(_budget_owner(publish), _slot_id(publish, publish.inits_lost), _uses_now(made))


def _uses_now(made: tuple[BudgetName, ...]) -> dict[BudgetName, int]:
    # Rounded up, so that the next call is not made too early.
    return dict.fromkeys(made, clock.now() + 1)


def _budgets_of_calls(publish: Publish, calls: tuple[Call, ...]) -> tuple[BudgetName, ...]:
    init, _ = _budgets_of_init(publish)
    return tuple(init if call == "init" else call for call in calls)


def budgets_needed(publish: Publish) -> tuple[BudgetName, ...]:
    """The budgets that the publish needs, one use of each."""
    return ("creator_info", *_budgets_of_init(publish))


def _budgets_of_init(publish: Publish) -> tuple[BudgetName, BudgetName]:
    """The two budgets that an init uses: one that counts calls, and one that counts posts or drafts."""
    return _BUDGETS_OF_INIT[publish.kind, publish.mode]


def _slot_id(publish: Publish, inits_lost: int) -> str:
    return f"{publish.publish_id}+{inits_lost}" if inits_lost else publish.publish_id


def _budget_owner(publish: Publish) -> BudgetOwner:
    if publish.open_id is None:
        raise ValueError(f"publish {publish.publish_id} has no open_id yet")
    return BudgetOwner(publish.account_id, publish.open_id)
