"""No test replaces the sleep of all threads. Other threads would run without pauses, or add their own."""

import subprocess

_PATTERN = r"""setattr\((time|asyncio), |setattr\(["'](time|asyncio)\."""


def test_no_test_replaces_the_sleep_of_every_thread():
    found = subprocess.run(["git", "grep", "-nE", _PATTERN, "tests"], capture_output=True, text=True)

    assert found.stdout.splitlines() == []
    assert found.returncode == 1
