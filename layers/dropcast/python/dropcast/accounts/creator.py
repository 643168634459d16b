"""Fetches and stores TikTok's details about an account's creator and videos (protocol sections 2 and 8)."""

from collections.abc import Callable
from typing import Any

from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts import tiktok_app
from dropcast.accounts.account_store import save_creator_details, visible_account
from dropcast.accounts.models import Account, CreatorCheck, Profile, Stats, inactivity, obstacle
from dropcast.accounts.tokens.fresh_token import call_with_token
from dropcast.budgets.exhaustion_events import BudgetOwner
from dropcast.budgets.limits import budget_of_refusal
from dropcast.budgets.spend_or_block_now import block_budget, over_budget, spend_now
from dropcast.caller import Caller
from dropcast.errors.problem import Problem
from dropcast.log import logger
from dropcast.tiktok.client import Refused, TikTok, Unanswered
from dropcast.tiktok.display_api import user_info, video_list, video_query
from dropcast.tiktok.models import CreatorInfo, UserInfo, VideoPage
from dropcast.tiktok.posting import creator_info
from dropcast.tiktok.problems import to_problem

_GOOD_FOR_S = 600
_CHECK_WITHIN_S = 5
_ANSWER_WITHIN_S = 10

# These codes concern the creator, not the request.
_CREATOR_CODES = {"spam_risk_too_many_posts", "spam_risk_user_banned_from_posting", "reached_active_user_cap"}

Asking = Callable[[Callable[[SecretStr], Any]], Any]
CreatorAnswer = CreatorInfo | Refused | Unanswered | Problem
_Answer = UserInfo | CreatorAnswer | None


def check_creator(account: Account, access_token: SecretStr) -> Account | None:
    """Fetch TikTok's present details about the account's creator, as far as the scopes allow.

    Store them, and return the updated account. A field that TikTok does not return keeps its value. None if the account
    no longer exists.
    """
    return _checked(account, lambda call: call(access_token))


def recheck_creator(account: Account) -> Account | None:
    """Return the account. If it is active, first check its creator, unless the last check is less than ten minutes old.
    None if the account no longer exists.
    """
    if inactivity(account) or (account.creator and clock.now() - account.creator.at < _GOOD_FOR_S):
        return account
    return _checked(account, lambda call: call_with_token(account.account_id, call, read_only=True))


def note_creator_info(account: Account, answer: CreatorInfo | Refused) -> None:
    """Store what TikTok's fresh answer to creator_info says about the account."""
    _store(account, None, answer)


def fetch_creator_info(account_id: str, caller: Caller) -> CreatorInfo | Problem:
    """Ask TikTok what the creator may post now.

    Problems: `account_not_found`, the problems of `obstacle`, `rate_limit_exceeded` (the account's budget `looks` or
    `creator_info` is used up, or TikTok's own limit is reached), TikTok's refusals.
    """
    account = _able(account_id, caller, "video.publish")
    if isinstance(account, Problem):
        return account
    tiktok = tiktok_app.tiktok_within(_ANSWER_WITHIN_S)
    answer = query_creator_info(tiktok, account, lambda call: call_with_token(account_id, call, read_only=True))
    if isinstance(answer, CreatorInfo | Refused):
        note_creator_info(account, answer)
    return answer if isinstance(answer, CreatorInfo | Problem) else to_problem(answer)


def get_videos_page(account_id: str, caller: Caller, *, cursor: int | None, limit: int) -> VideoPage | Problem:
    """A page of the account's public videos, newest first.

    `cursor`: where the page begins, as TikTok returned it (milliseconds since the epoch). None: the first page.
    Problems as for `fetch_creator_info`.
    """
    account = _able(account_id, caller, "video.list")
    if isinstance(account, Problem):
        return account
    tiktok = tiktok_app.tiktok_within(_ANSWER_WITHIN_S)
    return _read(
        call_with_token(
            account_id, lambda token: video_list(tiktok, token, cursor=cursor, max_count=limit), read_only=True
        )
    )


def get_videos_by_id(account_id: str, caller: Caller, video_ids: list[str]) -> VideoPage | Problem:
    """The videos among `video_ids` that are public and belong to the account. Problems as for `fetch_creator_info`."""
    account = _able(account_id, caller, "video.list")
    if isinstance(account, Problem):
        return account
    tiktok = tiktok_app.tiktok_within(_ANSWER_WITHIN_S)
    return _read(call_with_token(account_id, lambda token: video_query(tiktok, token, video_ids), read_only=True))


def query_creator_info(tiktok: TikTok, account: Account, asking: Asking) -> CreatorAnswer:
    """Ask TikTok what the creator may post. `asking` adds the token to the call.

    Problem `rate_limit_exceeded`: `looks` or `creator_info` has no room; the problem names the budget. If TikTok's
    refusal concerns a budget, that budget is blocked for the account's publishes too.
    """
    owner = BudgetOwner(account.account_id, account.open_id)
    if full := spend_now(owner, "creator_info", "looks"):
        return over_budget(owner, full)
    answer: CreatorAnswer = asking(lambda token: creator_info(tiktok, token))
    if isinstance(answer, Refused) and (budget := budget_of_refusal(answer.code, "creator_info", "direct_posts")):
        block_budget(owner, budget, answer.code)
    return answer


def _checked(account: Account, asking: Asking) -> Account | None:
    tiktok = tiktok_app.tiktok_within(_CHECK_WITHIN_S)
    user: _Answer = None
    posting: _Answer = None
    if any(scope.startswith("user.info.") for scope in account.scopes):
        user = asking(lambda token: user_info(tiktok, token, account.scopes))
    # If the first call got no token, a second call would get none either, and the first attempt may have taken long.
    if "video.publish" in account.scopes and not isinstance(user, Problem):
        posting = query_creator_info(tiktok, account, asking)
    for answer in (user, posting):
        if isinstance(answer, Refused | Unanswered) and not _of_creator(answer):
            logger.warning("creator.check_failed", account_id=account.account_id, code=to_problem(answer).code)
    return _store(account, user, posting)


def _store(account: Account, answer: _Answer, posting: _Answer) -> Account | None:
    user = answer if isinstance(answer, UserInfo) else None
    creator = posting if isinstance(posting, CreatorInfo) else None
    return save_creator_details(
        account.account_id,
        username=(user and user.username) or (creator and creator.username),
        nickname=(user and user.display_name) or (creator and creator.nickname),
        avatar_url=(user and user.avatar_url) or (creator and creator.avatar_url),
        creator=_check(account, answer, posting),
        profile=Profile(user.bio_description, user.profile_deep_link, user.is_verified)
        if user and "user.info.profile" in account.scopes
        else None,
        stats=Stats(user.follower_count, user.following_count, user.likes_count, user.video_count)
        if user and "user.info.stats" in account.scopes
        else None,
    )


def _check(account: Account, user: _Answer, posting: _Answer) -> CreatorCheck | None:
    """The check to store. None if TikTok's answers say nothing about the creator; then the stored check stays."""
    private = account.creator.private if account.creator else None
    match posting:
        case CreatorInfo():
            return CreatorCheck(clock.now(), private=posting.private)
        case Refused() if _of_creator(posting):
            return CreatorCheck(clock.now(), private=private, refusal=posting.code)
        case None if isinstance(user, UserInfo):
            return CreatorCheck(clock.now())
        case _:
            return None


def _of_creator(answer: Refused | Unanswered) -> bool:
    return isinstance(answer, Refused) and answer.code in _CREATOR_CODES


def _able(account_id: str, caller: Caller, scope: str) -> Account | Problem:
    account = visible_account(account_id, caller)
    return account if isinstance(account, Problem) else obstacle(account, scope) or account


def _read(answer: VideoPage | Refused | Unanswered | Problem) -> VideoPage | Problem:
    return answer if isinstance(answer, VideoPage | Problem) else to_problem(answer)
