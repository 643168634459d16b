"""Provides the context that Lambda gives to a handler."""

from types import SimpleNamespace
from typing import Any


def context(left_ms: int = 60_000) -> Any:
    return SimpleNamespace(
        function_name="function",
        memory_limit_in_mb=256,
        invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:function",
        aws_request_id="request-1",
        get_remaining_time_in_millis=lambda: left_ms,
    )
