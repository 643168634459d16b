"""The deployment of these tests."""

from tests.unit.support.accounts import cloud as cloud
from tests.unit.support.accounts import held_clock as held_clock
from tests.unit.support.accounts import tiktok as tiktok
from tests.unit.support.business import business as business
