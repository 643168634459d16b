"""What TikTok tells of an account when one of our callers asks: its creator info, its videos (protocol 2, 8)."""

from dropcast.accounts import app
from dropcast.accounts.account_store import visible_account
from dropcast.accounts.asking import ask
from dropcast.accounts.creator_check import note_creator_info
from dropcast.accounts.creator_look import look_at_creator
from dropcast.accounts.models import Account, obstacle
from dropcast.caller import Caller
from dropcast.errors import Problem
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.display import video_list, video_query
from dropcast.tiktok.models import CreatorInfo, VideoPage
from dropcast.tiktok.problems import to_problem

_ANSWER_WITHIN_S = 10


def fresh_creator_info(account_id: str, caller: Caller) -> CreatorInfo | Problem:
    """What the creator may post just now, asked of TikTok at this moment.

    Problems: `account_not_found`, what `obstacle` finds, `rate_limit_exceeded` (of the account's share of looks, or
    TikTok's), what TikTok refuses.
    """
    account = _able(account_id, caller, "video.publish")
    if isinstance(account, Problem):
        return account
    tiktok = app.tiktok_within(_ANSWER_WITHIN_S)
    answer = look_at_creator(tiktok, account, lambda call: ask(account_id, call, to_look=True))
    if isinstance(answer, CreatorInfo | Refused):
        note_creator_info(account, answer)
    return answer if isinstance(answer, CreatorInfo | Problem) else to_problem(answer)


def videos_page(account_id: str, caller: Caller, *, cursor: int | None, limit: int) -> VideoPage | Problem:
    """The account's public videos, newest first, after `cursor` (milliseconds since the epoch). Problems as above."""
    account = _able(account_id, caller, "video.list")
    if isinstance(account, Problem):
        return account
    tiktok = app.tiktok_within(_ANSWER_WITHIN_S)
    return _read(ask(account_id, lambda token: video_list(tiktok, token, cursor=cursor, max_count=limit), to_look=True))


def videos_by_id(account_id: str, caller: Caller, video_ids: list[str]) -> VideoPage | Problem:
    """Those of `video_ids` that are the account's own and public. Problems as above."""
    account = _able(account_id, caller, "video.list")
    if isinstance(account, Problem):
        return account
    tiktok = app.tiktok_within(_ANSWER_WITHIN_S)
    return _read(ask(account_id, lambda token: video_query(tiktok, token, video_ids), to_look=True))


def _able(account_id: str, caller: Caller, scope: str) -> Account | Problem:
    account = visible_account(account_id, caller)
    return account if isinstance(account, Problem) else obstacle(account, scope) or account


def _read(answer: VideoPage | Refused | Unanswered | Problem) -> VideoPage | Problem:
    return answer if isinstance(answer, VideoPage | Problem) else to_problem(answer)
