"""Executes the plan of a comment. The comment's key derives from the plan's id, so no comment is sent twice."""

from dropcast.accounts.comments.idempotency_store import CommentKey
from dropcast.accounts.comments.write_comment import Draft, Sent, find_sent_comment, send_comment
from dropcast.caller import Caller
from dropcast.errors.problem import Problem
from dropcast.publishing.plans.changes import stale_refusal
from dropcast.publishing.plans.plan import Plan, PlannedComment
from dropcast.publishing.plans.plan_store import note_comment


def execute_comment(plan: Plan, content: PlannedComment, caller: Caller, approved_by: str | None) -> Sent | Problem:
    """Send the comment that `approved_by` approved, and store its id in the plan.

    An earlier call may have sent the comment without storing its id. If the plan is stale, the function only looks for
    that comment.
    Problems: scope_missing, plan_expired, those of `send_comment`.
    """
    if (refusal := caller.refusal("publish")) is not None:
        return refusal
    draft = Draft(plan.account_id, content.video_id, content.text, True, approved_by, content.reply_to)
    key = CommentKey(f"plan#{plan.plan_id}", plan.plan_id)
    stale = stale_refusal(plan)
    sent = send_comment(draft, caller, key) if stale is None else find_sent_comment(draft, caller, key) or stale
    if isinstance(sent, Sent):
        note_comment(plan, sent.comment_id)
    return sent
