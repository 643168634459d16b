"""Lists of business connections: paged, one query per page, and filtered by user for a bound caller."""

import hashlib

import pytest

from dropcast.accounts.business import connection_list_store
from dropcast.accounts.business.connection_list_store import get_business_page
from dropcast.accounts.business.connection_store import BusinessConsent, save_business
from dropcast.caller import SYSTEM, Caller
from dropcast.tiktok.business.oauth import HolderGrant
from tests.unit.support.accounts import NOW

BOUND = Caller("dk_1", frozenset({"read"}), "user-1")


@pytest.fixture
def ids(business, monkeypatch) -> dict[str, str]:
    """23 connections of three users: the user by connection id. A page reads five."""
    monkeypatch.setattr(connection_list_store, "_LOOKED_AT_MAX", 5)
    users: dict[str, str] = {}
    for number in range(23):
        business.open_id = f"biz-open-{number}"
        user_id = f"user-{number % 3}"
        made = save_business(
            BusinessConsent(user_id, "7000", NOW), HolderGrant.model_validate(business._new_tokens(rotated=True))
        )
        users[made.connection_id] = user_id
    return users


def pages(caller: Caller) -> list[tuple[list[str], str | None]]:
    found, after = [], None
    while True:
        page = get_business_page(caller, after)
        found.append(([one.connection_id for one in page.connections], page.next))
        if (after := page.next) is None:
            return found


def test_every_connection_is_on_exactly_one_page(ids):
    found = [connection_id for page, _ in pages(SYSTEM) for connection_id in page]

    assert found == sorted(ids)


def test_a_bound_callers_pages_contain_exactly_its_users_connections(ids):
    found = [connection_id for page, _ in pages(BOUND) for connection_id in page]

    assert found == sorted(one for one, user_id in ids.items() if user_id == "user-1")


def test_a_page_is_one_query_with_a_limit(ids, aws_calls):
    asked = pages(BOUND)

    assert aws_calls == ["Query"] * len(asked)
    assert len(asked) == 5


def test_a_cursor_is_not_another_connections_id(ids):
    nexts = [after for _, after in pages(BOUND) if after is not None]

    assert len(nexts) == 4
    assert not any(after in ids for after in nexts)
    assert all(len(after) < len(next(iter(ids))) // 2 for after in nexts)


def test_the_last_page_has_no_next_one(business):
    assert pages(SYSTEM) == [([], None)]


@pytest.mark.parametrize("last", ["", "biz_3fa9", "biz_3fc", "biz_"])
def test_a_cursor_sorts_between_its_id_and_the_next(last):
    following = f"biz_3fc{hashlib.sha256(last.encode()).hexdigest()}"

    between = connection_list_store._between(last, following)

    assert last < between <= following
    assert following.startswith(between)
