"""Lists, hides, likes, pins and deletes the comments on an account's own videos (protocol section 12).

Every call uses the account's connection to TikTok API for Business. The open API has no call for comments.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from dropcast.accounts import partner_secrets
from dropcast.accounts.account_store import visible_account
from dropcast.accounts.business.connection_store import connection_of_account
from dropcast.accounts.business.fresh_token import call_with_business_token
from dropcast.accounts.business.models import business_obstacle
from dropcast.accounts.models import inactivity
from dropcast.budgets.exhaustion_events import BudgetOwner
from dropcast.budgets.spend_or_block_now import block_budget, over_budget, spend_now
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.tiktok.business import comments
from dropcast.tiktok.business.client import TOO_OFTEN
from dropcast.tiktok.business.comments import ChangedComment, CommentPage, CommentQuery, HolderAccess, Mark
from dropcast.tiktok.business.problems import business_problem
from dropcast.tiktok.client import Refused, Unanswered

_ANSWER_WITHIN_S = 10

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class CommentAccess:
    """An account of `user_id` and the business connection that serves its comments."""

    owner: BudgetOwner
    user_id: str
    connection_id: str
    business_id: str


def get_comments_page(account_id: str, caller: Caller, video_id: str, wish: CommentQuery) -> CommentPage | Problem:
    """A page of the comments on one of the account's videos.

    Problems: `account_not_found`, the reasons why the account cannot be used, `business_not_connected`,
    `business_reconnect_needed`, `rate_limit_exceeded` (Dropcast's or TikTok's limit), TikTok's refusals.
    """
    return _asked(account_id, caller, lambda asked: comments.list_comments(asked, video_id, wish))


def get_replies_page(
    account_id: str, caller: Caller, video_id: str, comment_id: str, *, cursor: str | None, limit: int
) -> CommentPage | Problem:
    """A page of the replies to a comment. Problems as for `get_comments_page`."""
    return _asked(
        account_id, caller, lambda asked: comments.list_replies(asked, video_id, comment_id, cursor=cursor, limit=limit)
    )


def mark_comment(
    account_id: str, caller: Caller, video_id: str, comment_id: str, mark: Mark
) -> ChangedComment | Problem:
    """Hide, like or pin a comment, or undo one of these. A repeated call changes nothing.

    Problems as for `get_comments_page`.
    """
    return _asked(account_id, caller, lambda asked: comments.mark_comment(asked, video_id, comment_id, mark))


def delete_comment(account_id: str, caller: Caller, comment_id: str) -> ChangedComment | Problem:
    """Delete a comment that the account wrote. Problems as for `get_comments_page`."""
    return _asked(account_id, caller, lambda asked: comments.delete_comment(asked, comment_id))


def get_comment_access(account_id: str, caller: Caller) -> CommentAccess | Problem:
    """The account, and the connection that serves its comments. Problems as for `get_comments_page`."""
    account = visible_account(account_id, caller)
    if isinstance(account, Problem):
        return account
    # An account without tokens of the open API can still be served, because comments use other tokens.
    if account.status != "reconnect_needed" and (why := inactivity(account)):
        return why
    connection = connection_of_account(account_id)
    if connection is None or connection.business_id is None:
        return problem("business_not_connected", account_id=account_id)
    if why := business_obstacle(connection):
        return why
    return CommentAccess(
        BudgetOwner(account_id, account.open_id), account.user_id, connection.connection_id, connection.business_id
    )


def call_comments_api(
    found: CommentAccess, within_s: int, call: Callable[[HolderAccess], Answer | Refused | Unanswered]
) -> Answer | Refused | Unanswered | Problem:
    """TikTok's answer to `call`, within `within_s` seconds. Makes the call only if the account's budget has room."""
    if full := spend_now(found.owner, "comments"):
        return over_budget(found.owner, full)
    business = partner_secrets.business_within(within_s)
    answer = call_with_business_token(
        found.connection_id, lambda token: call(HolderAccess(business, token, found.business_id))
    )
    if isinstance(answer, Refused) and answer.code == TOO_OFTEN:
        block_budget(found.owner, "comments", "rate_limit_exceeded")
    return answer


def _asked(
    account_id: str, caller: Caller, call: Callable[[HolderAccess], Answer | Refused | Unanswered]
) -> Answer | Problem:
    found = get_comment_access(account_id, caller)
    if isinstance(found, Problem):
        return found
    answer = call_comments_api(found, _ANSWER_WITHIN_S, call)
    return business_problem(answer) if isinstance(answer, Refused | Unanswered) else answer
