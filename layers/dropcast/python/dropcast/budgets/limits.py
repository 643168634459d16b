"""TikTok's rate limits and posting quotas (protocol sections 10.2 and 11), as this deployment counts them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from dropcast.settings import listed, settings

BudgetName = Literal[
    "creator_info",
    "video_init",
    "inbox_init",
    "content_init",
    "status",
    "direct_posts",
    "pending_drafts",
    "looks",
    "comments",
]
NAMES: tuple[BudgetName, ...] = get_args(BudgetName)

# The margin in seconds: Dropcast counts whole seconds, its clock differs from TikTok's, and a call takes a moment to
# arrive.
MARGIN_S = 2

_DAY_S = 24 * 3600
_GIVEN = re.compile(r"([a-z_]+)=([1-9]\d{0,5})/([1-9]\d{0,6})")


@dataclass(frozen=True)
class Budget:
    """At most `limit` uses within any `window_s` seconds."""

    limit: int
    window_s: int

    @property
    def kept_s(self) -> int:
        """How long Dropcast counts a use, in seconds. This is longer than TikTok's window."""
        return self.window_s + MARGIN_S


# `looks` is the part of `creator_info` that read-only calls may use. The rest remains for publishing. TikTok counts
# each of the eight comment calls separately (protocol section 12), but `comments` counts them together.
DOCUMENTED: Mapping[str, Budget] = {
    "creator_info": Budget(20, 60),
    "video_init": Budget(6, 60),
    "inbox_init": Budget(6, 60),
    "content_init": Budget(6, 60),
    "status": Budget(30, 60),
    "direct_posts": Budget(15, _DAY_S),
    "pending_drafts": Budget(5, _DAY_S),
    "looks": Budget(8, 60),
    "comments": Budget(40, 60),
}


def budgets() -> Mapping[str, Budget]:
    """Every budget of this deployment by its name."""
    return parse(settings().budgets)


@lru_cache
def parse(text: str) -> Mapping[str, Budget]:
    """The documented budgets with the changes in `text`, a comma-separated list of name=limit/seconds.

    ValueError if `text` is invalid.
    """
    own: dict[str, Budget] = {}
    for part in listed(text):
        match = _GIVEN.fullmatch(part)
        if match is None or match[1] not in DOCUMENTED:
            raise ValueError(f"a budget is name=limit/seconds of one of {', '.join(NAMES)}; not {part}")
        own[match[1]] = Budget(int(match[2]), int(match[3]))
    return {**DOCUMENTED, **own}


def budget_of_refusal(code: str, call: BudgetName, posts: BudgetName) -> BudgetName | None:
    """The budget that is used up if TikTok answers `code` to `call`. None if the code concerns no budget.

    `posts`: the budget that counts the publish. Dropcast also blocks this budget if the app has reached TikTok's cap on
    accounts per day, because this cap applies to accounts that have not posted today.
    """
    match code:
        case "rate_limit_exceeded":
            return call
        case "spam_risk_too_many_posts":
            return "direct_posts"
        case "spam_risk_too_many_pending_share":
            return "pending_drafts"
        case "reached_active_user_cap":
            return posts
        case _:
            return None
