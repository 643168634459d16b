"""Polls TikTok for the status of a publish, within the account's budget of polls (protocol section 6)."""

from dropcast.accounts.tiktok_app import tiktok
from dropcast.accounts.tokens.fresh_token import call_with_token
from dropcast.budgets.exhaustion_events import BudgetOwner
from dropcast.budgets.spend_or_block_now import block_budget, spend_now
from dropcast.errors.problem import Problem, problem
from dropcast.log import logger
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.outcome.facts import is_documented
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.models import PublishStatus
from dropcast.tiktok.posting import fetch_status


def poll(publish: Publish, *, to_look: bool = False) -> PublishStatus | Refused | Unanswered | Problem:
    """Fetch TikTok's status of the publish.

    Problems: rate_limit_exceeded (the account's budget of polls is used up), and as for `call_with_token`.
    to_look: the poll is a recheck, which does not count as a use of the account.
    """
    owner = BudgetOwner(publish.account_id, publish.open_id) if publish.open_id else None
    if owner and spend_now(owner, "status"):
        return problem("rate_limit_exceeded", account_id=publish.account_id)
    tiktok_publish_id = publish.tiktok_publish_id or ""
    answer = call_with_token(
        publish.account_id, lambda token: fetch_status(tiktok(), token, tiktok_publish_id), read_only=to_look
    )
    if isinstance(answer, PublishStatus) and not is_documented(answer.status):
        logger.warning("status.undocumented", status=answer.status, log_id=answer.log_id)
    if owner and isinstance(answer, Refused) and answer.code == "rate_limit_exceeded":
        block_budget(owner, "status", answer.code)
    return answer
