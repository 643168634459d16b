"""Accounts page by page."""

import pytest

from dropcast.accounts.account_list_store import AccountPage, get_accounts_by_user, get_accounts_page
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.disconnect import disconnect
from dropcast.accounts.models import Account
from dropcast.caller import SYSTEM, Caller
from dropcast.errors.problem import Problem


@pytest.fixture
def connected(tiktok):
    """Create `count` accounts of a user; return their ids."""

    def make(count: int, user_id: str = "user-1") -> list[str]:
        made = []
        for number in range(count):
            tiktok.open_id = f"{user_id}-open-{number}"
            account = save_connection(user_id, tiktok.grant())
            assert isinstance(account, Account)
            made.append(account.account_id)
        return made

    return make


def all_pages(*, limit: int, **wanted) -> list[list[str]]:
    pages, after = [], None
    while True:
        page = get_accounts_page(SYSTEM, **{"user_id": None, "status": None} | wanted, after=after, limit=limit)
        assert isinstance(page, AccountPage)
        pages.append([account.account_id for account in page.accounts])
        if page.next is None:
            return pages
        after = page.next


def flat(pages: list[list[str]]) -> list[str]:
    return [account_id for page in pages for account_id in page]


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_every_account_is_listed_once_over_the_pages(connected, limit):
    made = connected(7) + connected(3, "user-2")

    pages = all_pages(limit=limit)

    assert sorted(flat(pages)) == sorted(made)
    assert max(len(page) for page in pages) <= limit


def test_a_users_accounts_are_listed_exclusively_and_oldest_first(connected):
    connected(2, "user-2")
    made = connected(5)

    assert flat(all_pages(user_id="user-1", limit=2)) == made


@pytest.mark.parametrize("user_id", [None, "user-1"])
def test_a_status_filter_lists_only_its_accounts(connected, user_id):
    first, second, *others = connected(6)
    for account_id in (first, second):
        disconnect(account_id)

    assert sorted(flat(all_pages(user_id=user_id, status="disconnected", limit=1))) == sorted([first, second])
    assert sorted(flat(all_pages(user_id=user_id, status="active", limit=4))) == sorted(others)


def test_an_unknown_user_has_an_empty_list(cloud):
    assert all_pages(user_id="nobody", limit=10) == [[]]


@pytest.mark.parametrize("after", ["x", "e30", "eyJzaGFyZCI6OTl9", "eyJ4IjoxfQ==", "bm9uc2Vuc2U=", "ü"])
def test_an_unknown_cursor_is_refused(cloud, after):
    page = get_accounts_page(SYSTEM, user_id=None, status=None, after=after, limit=10)

    assert isinstance(page, Problem)
    assert page.code == "invalid_request"


def by_user(caller: Caller, limit: int) -> list[list[str]]:
    pages, after = [], None
    while True:
        page = get_accounts_by_user(caller, after, limit)
        assert isinstance(page, AccountPage)
        pages.append([account.account_id for account in page.accounts])
        if page.next is None:
            return pages
        after = page.next


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_the_list_by_user_groups_every_account_once(connected, limit):
    first, second = connected(4), connected(3, "user-2")

    listed = flat(by_user(SYSTEM, limit))

    assert listed in (first + second, second + first)


@pytest.mark.parametrize("limit", [1, 100])
def test_the_list_by_user_has_only_the_accounts_that_the_caller_sees(connected, limit):
    connected(2, "user-2")
    own = connected(3)

    assert flat(by_user(Caller("key-1", frozenset({"read"}), "user-1"), limit)) == own


def test_a_page_by_user_is_read_by_one_call(connected, aws_calls):
    connected(3)
    aws_calls.clear()

    get_accounts_by_user(SYSTEM, None, 50)

    assert aws_calls == ["Scan"]


@pytest.mark.parametrize("after", ["x", "e30", "eyJ4IjoxfQ=="])
def test_an_unknown_cursor_of_the_list_by_user_is_refused(cloud, after):
    page = get_accounts_by_user(SYSTEM, after, 10)

    assert isinstance(page, Problem)
    assert page.code == "invalid_request"
