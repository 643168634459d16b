"""Executes the plan of a comment. The key of the comment derives from the plan's id, so it is never sent twice."""

from dropcast.accounts.comments.idempotency_store import CommentKey, is_claimed
from dropcast.accounts.comments.write_comment import Draft, Sent, send_comment
from dropcast.caller import Caller
from dropcast.errors.problem import Problem
from dropcast.publishing.plans.plan import Plan, PlannedComment
from dropcast.publishing.plans.plan_store import note_comment


def execute_comment(plan: Plan, content: PlannedComment, caller: Caller, approved_by: str | None) -> Sent | Problem:
    """Send the comment that `approved_by` approved, and store its id in the plan.

    Problems: scope_missing, those of `send_comment`.
    """
    if (refusal := caller.refusal("publish")) is not None:
        return refusal
    draft = Draft(plan.account_id, content.video_id, content.text, True, approved_by, content.reply_to)
    sent = send_comment(draft, caller, _key(plan))
    if isinstance(sent, Sent):
        note_comment(plan, sent.comment_id)
    return sent


def is_sent_or_being_sent(plan: Plan) -> bool:
    """Whether an earlier call began to send the comment of the plan, and TikTok did not refuse it.

    The call may have ended before it stored the comment's id in the plan. A repeated call completes it, even if the
    plan is stale now.
    """
    return isinstance(plan.content, PlannedComment) and is_claimed(_key(plan))


def _key(plan: Plan) -> CommentKey:
    return CommentKey(f"plan#{plan.plan_id}", plan.plan_id)
