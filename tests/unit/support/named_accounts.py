"""Accounts of creators with names."""

from dropcast.accounts.account_store import save_creator_details
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from tests.unit.support.fake_tiktok import FakeTikTok


def connect_named(tiktok: FakeTikTok, name: str, user_id: str) -> Account:
    """Connect a TikTok account of the user by this name."""
    tiktok.open_id = f"open-{name}"
    account = save_connection(user_id, tiktok.grant())
    assert isinstance(account, Account)
    named = save_creator_details(account.account_id, username=name.lower(), nickname=name, avatar_url=None)
    assert named
    return named
