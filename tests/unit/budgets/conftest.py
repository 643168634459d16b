"""The deployment of these tests."""

import pytest

from dropcast.budgets.exhaustion_events import BudgetOwner
from tests.unit.support.accounts import atomic_aws as atomic_aws
from tests.unit.support.accounts import aws_calls as aws_calls
from tests.unit.support.accounts import cloud as cloud
from tests.unit.support.accounts import held_clock as held_clock


@pytest.fixture
def who() -> BudgetOwner:
    return BudgetOwner("acc_1", "open-1")
