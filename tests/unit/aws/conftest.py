"""The deployment these tests run against."""

from tests.unit.support.accounts import cloud as cloud
from tests.unit.support.accounts import held_clock as held_clock
