"""Checks, without a call to TikTok, whether Dropcast can post to an account."""

from dropcast.accounts.account_store import get_account, visible_account
from dropcast.accounts.models import Account, obstacle
from dropcast.caller import SYSTEM, Caller
from dropcast.errors.problem import Problem
from dropcast.publishing.model.options import Mode

_SCOPE: dict[Mode, str] = {"direct": "video.publish", "draft": "video.upload"}


def postable_account(account_id: str, mode: Mode, caller: Caller = SYSTEM) -> Account | Problem:
    """The account, if Dropcast can post to it in this mode now. Problems: account_not_found, and as for `obstacle`."""
    account = visible_account(account_id, caller)
    return account if isinstance(account, Problem) else posting_obstacle(account, mode) or account


def posting_obstacle(account: Account, mode: Mode) -> Problem | None:
    """The reason why Dropcast cannot post to the account in this mode now, or None. Problems: as for `obstacle`."""
    return obstacle(account, _SCOPE[mode])


def may_read_creator_info(account_id: str) -> bool:
    """Whether TikTok returns creator_info for the account, which requires the scope for direct posts."""
    account = get_account(account_id)
    return account is not None and posting_obstacle(account, "direct") is None
