"""An AWS refusal that the caller expects becomes a value. Any other error is raised."""

import pytest
from botocore.exceptions import ClientError

from dropcast.aws.expected_refusals import EXISTS, NOT_FOUND, unless


def refuse(code: str) -> None:
    raise ClientError({"Error": {"Code": code}}, "Any")


def test_an_answer_is_returned():
    assert unless(NOT_FOUND, lambda: {"status": "RUNNING"}) == {"status": "RUNNING"}


@pytest.mark.parametrize("code", ["ExecutionDoesNotExist", "NoSuchUpload", "404", "ResourceNotFoundException"])
def test_an_expected_refusal_becomes_none(code):
    assert unless(NOT_FOUND, lambda: refuse(code)) is None


@pytest.mark.parametrize("code", ["ExecutionDoesNotExist", "ThrottlingException", "AccessDeniedException", ""])
def test_any_other_refusal_is_raised(code):
    with pytest.raises(ClientError):
        unless(EXISTS, lambda: refuse(code))
