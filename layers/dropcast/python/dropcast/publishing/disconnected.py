"""What becomes of an account's publishes when it is disconnected."""

from dropcast.accounts.account_store import get_account
from dropcast.errors import problem
from dropcast.publishing.publish_store import waiting_of_account
from dropcast.publishing.settle import fail_waiting


def settle_waiting_of(account_id: str) -> int:
    """Fail every publish of the account for which TikTok was not asked yet, and say how many.

    What TikTok has begun ends by TikTok's word. Nothing is failed if the account is connected again by now.
    """
    account = get_account(account_id)
    if account is None or account.status != "disconnected":
        return 0
    why = problem("account_disconnected", account_id=account_id)
    return sum(fail_waiting(publish_id, why) for publish_id in waiting_of_account(account_id))
