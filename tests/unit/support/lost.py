"""AWS executes a request and its answer is lost, so the SDK repeats the request."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError
from moto.core.botocore_stubber import BotocoreStubber


@contextmanager
def lost_answer(operation: str, times: int = 1) -> Iterator[list[int]]:
    """The answers to the next `times` requests of `operation` are lost. Yields how many are still to be lost."""
    answer, left = BotocoreStubber.__call__, [times]

    def lossy(self: BotocoreStubber, event_name: str, request: Any, **kwargs: Any) -> Any:
        said = answer(self, event_name, request, **kwargs)
        if left[0] and _operation(request) == operation:
            left[0] -= 1
            raise ConnectionClosedError(endpoint_url=request.url)
        return said

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BotocoreStubber, "__call__", lossy)
        patch.setattr("botocore.endpoint.time.sleep", lambda _: None)
        yield left


def _operation(request: Any) -> str:
    target = request.headers.get("X-Amz-Target", b"")
    return (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
