"""The deployment of these tests."""

from tests.unit.support.accounts import atomic_aws as atomic_aws
from tests.unit.support.accounts import aws_calls as aws_calls
from tests.unit.support.accounts import cloud as cloud
from tests.unit.support.accounts import held_clock as held_clock
from tests.unit.support.accounts import tiktok as tiktok
