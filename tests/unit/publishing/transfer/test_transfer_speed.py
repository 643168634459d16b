"""A transfer measures the bytes that it sent itself."""

import pytest

from dropcast.publishing.transfer import transfer as module
from dropcast.publishing.transfer.transfer import transfer
from tests.unit.publishing.conftest import time_left
from tests.unit.publishing.transfer.test_transfer import CHUNK, SIZE, UploadHost, publish, small_chunks  # noqa: F401


@pytest.fixture
def measured(monkeypatch) -> list[int]:
    """The bytes of each run that was measured."""
    runs: list[int] = []
    monkeypatch.setattr(module, "emit_speed", lambda sent, seconds: runs.append(sent) if seconds > 0 else None)
    return runs


def test_a_run_measures_all_bytes(publish, tiktok, measured):  # noqa: F811
    tiktok.uploads = UploadHost(tiktok)

    transfer(publish.publish_id, publish.publish_id)

    assert measured == [SIZE]


def test_a_later_run_leaves_out_what_tiktok_held_before(publish, tiktok, measured):  # noqa: F811
    tiktok.uploads = UploadHost(tiktok)
    left = iter([900.0, 900.0])
    with pytest.raises(StopIteration), time_left(lambda: next(left)):
        transfer(publish.publish_id, publish.publish_id)

    transfer(publish.publish_id, publish.publish_id)

    assert measured == [2 * CHUNK, SIZE - 2 * CHUNK]
