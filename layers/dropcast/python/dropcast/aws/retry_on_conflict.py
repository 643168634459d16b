"""Retries a compare-and-set change: read, decide, then write if no other caller wrote meanwhile."""

import random
from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeVar, overload

from dropcast import clock


class Conflict(Enum):
    """The outcome of a try if another writer wrote first."""

    CONFLICT = "conflict"


CONFLICT: Literal[Conflict.CONFLICT] = Conflict.CONFLICT

Answer = TypeVar("Answer")
Asked = ParamSpec("Asked")
Otherwise = TypeVar("Otherwise")


@overload
def retry_on_conflict(
    *, tries: int = 5, pause_s: float = 0
) -> Callable[[Callable[Asked, Answer | Conflict]], Callable[Asked, Answer]]: ...
@overload
def retry_on_conflict(
    *, tries: int = 5, pause_s: float = 0, otherwise: Callable[[], Otherwise]
) -> Callable[[Callable[Asked, Answer | Conflict]], Callable[Asked, Answer | Otherwise]]: ...
def retry_on_conflict(*, tries: int = 5, pause_s: float = 0, otherwise: Callable[[], Any] | None = None) -> Any:
    """Retry the decorated function while it returns CONFLICT. Each pause is random, at most `pause_s` seconds.

    After `tries` tries, the result is that of `otherwise`. RuntimeError if there is no `otherwise`.
    """

    def repeated(change: Callable[Asked, Any]) -> Callable[Asked, Any]:
        @wraps(change)
        def call(*args: Asked.args, **kwargs: Asked.kwargs) -> Any:
            for _ in range(tries):
                if (answer := change(*args, **kwargs)) is not CONFLICT:
                    return answer
                if pause_s:
                    clock.sleep(random.uniform(0, pause_s))  # noqa: S311
            if otherwise is None:
                raise RuntimeError(f"{change.__qualname__} met other writers {tries} times")
            return otherwise()

        return call

    return repeated
