"""Caches values that moto computes again for the new backends of every test, although they never change."""

from functools import lru_cache
from typing import Any

from moto.core.base_backend import AccountSpecificBackend
from moto.core.utils import camelcase_to_underscores

underscores = lru_cache(camelcase_to_underscores)

_find_regions = AccountSpecificBackend._generate_regions
_found: dict[str, list[str]] = {}


def regions(backend: Any, service_name: str) -> list[str]:
    """The regions of a service. moto's own cache has an entry for each backend."""
    if service_name not in _found:
        _found[service_name] = _find_regions(backend, service_name)
    return _found[service_name]
