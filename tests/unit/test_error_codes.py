"""The type of error codes and the catalogue contain the same codes."""

from typing import get_args

from dropcast.errors.codes import ErrorCode
from dropcast.errors.problem import CATALOGUE


def test_the_type_and_the_catalogue_have_the_same_codes():
    assert set(get_args(ErrorCode)) == CATALOGUE.keys()
