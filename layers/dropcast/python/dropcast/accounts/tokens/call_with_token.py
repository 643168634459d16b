"""Asking TikTok for one account: with a fresh token, and once more with a newer one if TikTok calls it invalid."""

from collections.abc import Callable
from typing import TypeVar

from pydantic import SecretStr

from dropcast.accounts.tokens.fresh_token import get_fresh_token, replace_rejected_token
from dropcast.errors.problem import Problem
from dropcast.tiktok.client import Refused, Unanswered

_CALL_S = 60

Answer = TypeVar("Answer")


def call_with_token(
    account_id: str, call: Callable[[SecretStr], Answer | Refused | Unanswered], *, to_look: bool = False
) -> Answer | Refused | Unanswered | Problem:
    """What TikTok answers to `call`, which takes the access token. A Problem if there is no token to ask with.

    `to_look`: it is no use of the account that would be a reason to keep it warm.
    """
    token = get_fresh_token(account_id, outlive_s=_CALL_S, to_look=to_look)
    if isinstance(token, Problem):
        return token
    answer = call(token)
    if not (isinstance(answer, Refused) and answer.code == "access_token_invalid"):
        return answer
    newer = replace_rejected_token(account_id, token)
    return newer if isinstance(newer, Problem) else call(newer)
