"""The type of the error codes and the catalogue name the same codes."""

from typing import get_args

from dropcast.errors.codes import ErrorCode
from dropcast.errors.problem import CATALOGUE


def test_every_code_of_the_type_is_in_the_catalogue_and_the_other_way_round():
    assert set(get_args(ErrorCode)) == CATALOGUE.keys()
