"""SnapStart, if the operator chose it: Lambda starts a function's processes from a snapshot of one process, which it
took after the imports.

Such a process has what the snapshot holds: connections that ended long ago, secrets as they were weeks ago, and the
random numbers of all other processes from the same snapshot.
"""

import os
import random
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol, TypeVar

_ENTROPY_BYTES = 64


class _Cache(Protocol):
    def cache_clear(self) -> None: ...


Cache = TypeVar("Cache", bound=_Cache)


def empty_after_restore(cache: Cache) -> Cache:
    """Decorate an lru_cache of clients, secrets or settings: each process that starts from a snapshot empties it."""
    if _hooks:
        _hooks.register_after_restore(cache.cache_clear)
    return cache


def prepare_snapshot(prepare: Callable[[], object]) -> None:
    """Call `prepare` before Lambda takes a snapshot, so that what it imports is in the snapshot."""
    if _hooks:
        _hooks.register_before_snapshot(prepare)


def _renew_randomness() -> None:
    """Seed Python's and OpenSSL's generators. The `secrets` module reads the kernel's, which Lambda renews."""
    import ssl

    random.seed()
    ssl.RAND_add(os.urandom(_ENTROPY_BYTES), _ENTROPY_BYTES)


# Lambda's runtime has this package. Without SnapStart its hooks do not run.
_hooks: Any = None
if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
    _hooks = import_module("snapshot_restore_py")
    _hooks.register_after_restore(_renew_randomness)
