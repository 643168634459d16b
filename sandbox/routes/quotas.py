"""Checks whether a creator may post now: bans, daily caps, the cap on active creators.

Protocol sections 2, 3.5, 10.1 and 11 describe these limits.
"""

from sandbox.answers.open_api import Refusal
from sandbox.creators import Creator
from sandbox.state.publishes import Mode
from sandbox.state.state import Sandbox

PENDING = ("PROCESSING_UPLOAD", "PROCESSING_DOWNLOAD", "SEND_TO_USER_INBOX")


def quota_refusal(sandbox: Sandbox, creator: Creator, mode: Mode) -> Refusal | None:
    if creator.banned:
        return Refusal("spam_risk_user_banned_from_posting")
    if creator.active_user_cap or _exceeds_active_users(sandbox, creator):
        return Refusal("reached_active_user_cap")
    if mode == "direct" and (creator.capped or _posts_today(sandbox, creator) >= sandbox.settings.direct_posts_per_day):
        return Refusal("spam_risk_too_many_posts")
    if mode == "inbox" and _pending_drafts(sandbox, creator) >= sandbox.settings.pending_drafts_per_day:
        return Refusal("spam_risk_too_many_pending_share")
    return None


def _window_start(sandbox: Sandbox) -> float:
    return sandbox.clock.now() - sandbox.settings.day


def _posts_today(sandbox: Sandbox, creator: Creator) -> int:
    posts = sandbox.publishes.unfailed_since(_window_start(sandbox))
    return sum(post.open_id == creator.open_id and post.mode == "direct" for post in posts)


def _pending_drafts(sandbox: Sandbox, creator: Creator) -> int:
    drafts = sandbox.publishes.unfailed_since(_window_start(sandbox))
    return sum(one.open_id == creator.open_id and one.mode == "inbox" and one.status in PENDING for one in drafts)


def _exceeds_active_users(sandbox: Sandbox, creator: Creator) -> bool:
    most = sandbox.settings.active_users
    active = {post.open_id for post in sandbox.publishes.unfailed_since(_window_start(sandbox))}
    return most is not None and creator.open_id not in active and len(active) >= most
