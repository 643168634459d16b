"""An account whose owner allows us to manage the comments on its videos."""

import pytest

from dropcast.accounts.business.connection_store import BusinessConsent, save_business
from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.tiktok.business.oauth import HolderGrant
from tests.unit.support.accounts import NOW
from tests.unit.support.business import FakeBusiness
from tests.unit.support.comments import FakeComments, comments_at


@pytest.fixture
def account(tiktok) -> str:
    made = save_connection("user-1", tiktok.grant())
    assert isinstance(made, Account)
    return made.account_id


@pytest.fixture
def connection(account, business: FakeBusiness) -> BusinessConnection:
    grant = HolderGrant.model_validate(business._new_tokens(rotated=True))
    made = save_business(BusinessConsent("user-1", "7000", NOW, account), grant)
    assert isinstance(made, BusinessConnection)
    return made


@pytest.fixture
def theirs(business: FakeBusiness, connection, held_clock) -> FakeComments:
    return comments_at(business, held_clock)
