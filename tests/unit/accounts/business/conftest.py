"""A connection to TikTok API for Business."""

import pytest

from dropcast.accounts.business.connection_store import BusinessConsent, save_business
from dropcast.accounts.business.models import BusinessConnection
from dropcast.errors.problem import Problem
from dropcast.tiktok.business.oauth import HolderGrant
from tests.unit.support.accounts import NOW
from tests.unit.support.business import FakeBusiness


@pytest.fixture
def connection(business: FakeBusiness) -> str:
    grant = HolderGrant.model_validate(business._new_tokens(rotated=True))
    return made(grant).connection_id


def made(grant) -> BusinessConnection:
    saved = save_business(BusinessConsent("user-1", "7000", NOW), grant)
    assert isinstance(saved, BusinessConnection)
    return saved


def code(outcome) -> str:
    assert isinstance(outcome, Problem), outcome
    return outcome.code
