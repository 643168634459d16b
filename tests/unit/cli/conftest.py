"""The deployment of these tests."""

from pathlib import Path

import pytest

from tests.unit.support.accounts import atomic_aws as atomic_aws
from tests.unit.support.accounts import aws_calls as aws_calls
from tests.unit.support.accounts import cloud as cloud
from tests.unit.support.accounts import held_clock as held_clock
from tests.unit.support.accounts import tiktok as tiktok


@pytest.fixture(autouse=True)
def _no_profile_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide a person's profiles, and a stack that runs in this checkout, from all commands."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("DROPCAST_STACK", "none-of-this-name")
