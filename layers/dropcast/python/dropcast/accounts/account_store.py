"""Accounts in DynamoDB."""

from dropcast.accounts.models import Account


def get_account(account_id: str) -> Account | None:
    """The account, read consistently, or None."""
    raise NotImplementedError


def accounts_of_user(user_id: str) -> list[Account]:
    """Every account of the caller's `user_id`, oldest first; disconnected ones too."""
    raise NotImplementedError
