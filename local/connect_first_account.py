"""Connects one account during `make up`, so that the first publish needs no consent."""

import httpx

from local.stack import LocalStack, Report
from local.stack_client import StackClient

# A creator that the sandbox creates when it starts. It is private, because an unaudited app can post only to private
# accounts.
_USERNAME = "tom.private"
_USER_ID = "me"


def connect_first_account(stack: LocalStack, say: Report) -> str | None:
    """Connect the sandbox's creator whose account is private, for the user `me`. Return the account_id.

    None if there is no sandbox, if the public address differs from the local one, or if connecting fails, for example
    because of the chosen scopes.
    """
    if not stack.sandbox_url or stack.public_url != stack.base_url:
        return None
    say(f"connecting the sandbox's creator @{_USERNAME}")
    try:
        return StackClient(stack).consent(_USERNAME, user_id=_USER_ID)
    except (httpx.HTTPError, LookupError) as failed:
        why = type(failed).__name__  # the exception's text may contain the one-time link or TikTok's code
        say(f"@{_USERNAME} could not be connected ({why}): connect an account as described in docs/connect.md")
        return None
