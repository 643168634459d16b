"""Asking TikTok what a creator may post, for somebody who only looks (protocol section 2)."""

from collections.abc import Callable
from typing import Any

from pydantic import SecretStr

from dropcast.accounts.models import Account
from dropcast.budgets.asks import over_budget, shut, take_now
from dropcast.budgets.exhaustion import Who
from dropcast.budgets.refusals import budget_of
from dropcast.errors import Problem
from dropcast.tiktok.client import Refused, TikTok, Unanswered
from dropcast.tiktok.models import CreatorInfo
from dropcast.tiktok.posting import creator_info

Look = CreatorInfo | Refused | Unanswered | Problem
Asking = Callable[[Callable[[SecretStr], Any]], Any]


def look_at_creator(tiktok: TikTok, account: Account, asking: Asking) -> Look:
    """What TikTok answers by `asking`, which finds the token; `rate_limit_exceeded` if the account's share of looks is
    used up. A no that tells of a budget holds the account's publishes too."""
    who = Who(account.account_id, account.open_id)
    if (free_at := take_now(who, "creator_info", "looks")) is not None:
        return over_budget(who, "looks", free_at)
    answer: Look = asking(lambda token: creator_info(tiktok, token))
    if isinstance(answer, Refused) and (budget := budget_of(answer.code, "creator_info", "direct_posts")):
        shut(who, budget, answer.code)
    return answer
