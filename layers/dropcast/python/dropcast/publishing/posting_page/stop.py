"""Finds whether the account can post at all now, and if not, when a person should come back."""

from dataclasses import dataclass

from dropcast import clock
from dropcast.accounts.models import Account
from dropcast.budgets.budget_use import get_budget_use
from dropcast.caller import Caller
from dropcast.errors.problem import Problem
from dropcast.publishing.admission.account_check import posting_obstacle
from dropcast.publishing.model.options import Mode
from dropcast.tiktok.models import CreatorInfo

_LIMITS_OF_POSTS = ("spam_risk_too_many_posts", "reached_active_user_cap")


@dataclass(frozen=True)
class Stop:
    """Why the account cannot post now. `come_back_at`: when to try again (seconds since the epoch), if it is known."""

    problem: Problem
    come_back_at: int | None = None


def find_stop(account: Account, caller: Caller, mode: Mode, creator: CreatorInfo | Problem | None) -> Stop | None:
    """The reason why the caller cannot post to the account in this mode now, or None.

    `creator`: the result of `fetch_creator_info` (accounts/creator.py). If this is a Problem, it does not stop a draft.
    The function reads the budgets only if TikTok's limit of posts is reached.
    """
    refusal = caller.mode_refusal(mode) or posting_obstacle(account, mode)
    if refusal is None and mode == "direct" and isinstance(creator, Problem):
        refusal = creator
    return None if refusal is None else Stop(refusal, _return_time(refusal, account.open_id))


def _return_time(refusal: Problem, open_id: str) -> int | None:
    wait_s = refusal.details.get("retry_after")
    if wait_s is not None:
        return clock.now() + wait_s
    if refusal.code not in _LIMITS_OF_POSTS:
        return None
    return next(use.next_free_at for use in get_budget_use(open_id) if use.name == "direct_posts")
