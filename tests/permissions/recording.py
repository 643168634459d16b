"""Records the calls of one stack and judges them when it has ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.permissions.record import new_record, note_test, read_record
from tests.permissions.verdict import verdict


@contextmanager
def recording(test: str) -> Iterator[Path]:
    """The file for `local_stack(record=...)`.

    AssertionError at the end if IAM would deny a call or AWS refuse a request.
    `test`: the purpose of the stack, until note_test names another test.
    """
    path = new_record()
    note_test(path, test)
    yield path
    record = read_record(path)
    assert record.template, "the stack was not deployed"
    assert record.requests, "no function's call was recorded"
    found = verdict(record)
    assert found.refused == {}, "IAM would deny calls: grant them in infra/"
    assert found.broken == {}, "AWS would refuse requests"
