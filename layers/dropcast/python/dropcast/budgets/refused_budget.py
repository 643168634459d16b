"""Which budget TikTok speaks of when it refuses (protocol sections 2, 3.5 and 11)."""

from dropcast.budgets.limits import BudgetName


def budget_of(code: str, call: BudgetName, posts: BudgetName) -> BudgetName | None:
    """The budget that is used up when TikTok answers `code` to `call`, made for something that counts as `posts`.

    None if it is none. The cap of the whole app shuts `posts` too: it holds for accounts that did not post today.
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
