"""A deployment in moto whose health is checked."""

from tests.unit.support.accounts import aws_calls as aws_calls
from tests.unit.support.accounts import cloud as cloud
from tests.unit.support.accounts import held_clock as held_clock
