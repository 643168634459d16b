"""A business connection has only one refresh at a time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dropcast.accounts.business.connection_store import BusinessConsent, save_business
from dropcast.accounts.business.fresh_token import get_business_token
from dropcast.accounts.tokens import refresh_under_lease
from dropcast.accounts.tokens.lease_store import take_lease
from dropcast.accounts.tokens.refresh_under_lease import LEASE_S
from dropcast.tiktok.business.oauth import HolderGrant
from tests.unit.accounts.business.conftest import code
from tests.unit.support.accounts import NOW, plain

DAY = 86_400


def test_callers_wait_for_the_result_of_a_refresh_in_progress(connection, business, held_clock, monkeypatch):
    held_clock.at = NOW + DAY
    take_lease(connection, LEASE_S)

    def finish_refresh(_: float) -> None:
        fresh = HolderGrant.model_validate(business._new_tokens(rotated=True))
        save_business(BusinessConsent("user-1", "7000", int(held_clock.at)), fresh)

    monkeypatch.setattr(refresh_under_lease.clock, "sleep", finish_refresh)

    assert plain(get_business_token(connection, outlive_s=60)) == business.live_access
    assert business.refreshes == 0


def test_a_caller_that_waited_too_long_is_told_to_retry(connection, business, held_clock):
    held_clock.at = NOW + DAY
    take_lease(connection, LEASE_S)

    assert code(get_business_token(connection, outlive_s=60)) == "tiktok_unanswered"
    assert business.refreshes == 0


@pytest.mark.usefixtures("atomic_aws")
def test_many_concurrent_callers_cause_one_refresh(connection, business, held_clock, monkeypatch):
    held_clock.at = NOW + DAY
    monkeypatch.setattr(refresh_under_lease.clock, "sleep", lambda _: threading.Event().wait(0.01))
    asked = threading.Barrier(2)
    business.on_refresh = lambda: asked.wait(timeout=30) and None

    def release() -> None:
        asked.wait(timeout=30)

    with ThreadPoolExecutor(9) as pool:
        tokens = [pool.submit(get_business_token, connection, outlive_s=60) for _ in range(8)]
        pool.submit(release)

    assert {plain(token.result()) for token in tokens} == {business.live_access}
    assert business.refreshes == 1
