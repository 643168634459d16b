"""SnapStart, which the operator can switch on.

Lambda takes a snapshot of a process after its imports and starts all other processes of the function from this
snapshot. So these processes begin with network connections that ended long ago, and with secrets that may be weeks old.
The random generators of all these processes begin in the same state.
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
    """Decorate an lru_cache of clients, secrets or settings. Each process that starts from a snapshot empties this
    cache.
    """
    if _hooks:
        _hooks.register_after_restore(cache.cache_clear)
    return cache


def prepare_snapshot(prepare: Callable[[], object]) -> None:
    """Call `prepare` before Lambda takes a snapshot. The snapshot then contains the modules that `prepare` imports."""
    if _hooks:
        _hooks.register_before_snapshot(prepare)


def _renew_randomness() -> None:
    """Seed the random generators of Python and OpenSSL. `secrets` uses the kernel's generator, which Lambda renews."""
    import ssl

    random.seed()
    ssl.RAND_add(os.urandom(_ENTROPY_BYTES), _ENTROPY_BYTES)


# Lambda's runtime contains the package snapshot_restore_py. Lambda runs its hooks only with SnapStart.
_hooks: Any = None
if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
    _hooks = import_module("snapshot_restore_py")
    _hooks.register_after_restore(_renew_randomness)
