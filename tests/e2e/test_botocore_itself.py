"""Unit tests replace parts of botocore and moto (tests/unit/support/quick_*.py). A whole stack needs both unchanged."""

from botocore import session
from moto.core.botocore_stubber import BotocoreStubber


def test_a_whole_stack_calls_the_unchanged_botocore():
    parts = [session.create_loader, BotocoreStubber.process_request]

    assert [part.__module__ for part in parts] == ["botocore.loaders", "moto.core.botocore_stubber"]
