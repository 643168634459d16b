"""An account that is connected when `make up` returns, so that the first publish needs no consent."""

import httpx

from local.journey import Journey
from local.stack import LocalStack, Report

# A creator that the sandbox has from its start: private, as an app needs it that TikTok has not audited.
_USERNAME = "tom.private"
_USER_ID = "me"


def connect_first_account(stack: LocalStack, say: Report) -> str | None:
    """The account_id of the sandbox's private creator, connected for the user `me`.

    None without a sandbox, where people see the stack at another address than this machine does, and where connecting
    fails: the scopes that were chosen may not allow it.
    """
    if not stack.sandbox_url or stack.public_url != stack.base_url:
        return None
    say(f"connecting the sandbox's creator @{_USERNAME}")
    try:
        return Journey(stack).consent(_USERNAME, user_id=_USER_ID)
    except (httpx.HTTPError, LookupError) as failed:
        why = type(failed).__name__  # its words may quote the one-time link, or TikTok's code in the address
        say(f"@{_USERNAME} is not connected ({why}): connect an account as docs/connect.md says")
        return None
