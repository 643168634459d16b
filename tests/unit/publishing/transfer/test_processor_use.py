import pytest

from dropcast import clock
from dropcast.publishing.transfer.processor_use import ProcessorUse


@pytest.mark.parametrize(("memory_mb", "share"), [("512", 0.5 * 1769 / 512), ("1769", 0.5), ("3008", 0.5), (None, 0.5)])
def test_the_share_is_of_what_lambda_gives_one_thread(monkeypatch, memory_mb, share):
    if memory_mb is None:
        monkeypatch.delenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", raising=False)
    else:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory_mb)
    times = {"wall": 10.0, "used": 3.0}
    monkeypatch.setattr(clock, "monotonic", lambda: times["wall"])
    monkeypatch.setattr(clock, "processor_seconds", lambda: times["used"])
    use = ProcessorUse()

    assert use.share() == 0.0
    times.update(wall=14.0, used=5.0)
    assert use.share() == pytest.approx(share)
    use.begin()
    assert use.share() == 0.0
