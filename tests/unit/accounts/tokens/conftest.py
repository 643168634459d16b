"""A connected account, and its tokens as they are stored."""

import pytest

from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.accounts.tokens.token_store import StoredTokens, get_tokens
from tests.unit.support.accounts import items


@pytest.fixture
def account(tiktok) -> str:
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    return connected.account_id


def stored(account: str) -> StoredTokens:
    found = get_tokens(account)
    assert found is not None
    return found


def index_of(account: str) -> int:
    [at] = [item["due_at"] for item in items("accounts") if item["sk"] == "account"]
    return at
