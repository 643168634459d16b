"""Shares AWS clients between unit tests: to create one takes longer than most calls of a test.

A client is shared until a test has changed it: registered or removed a handler, or used up tries of its retry quota.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from botocore.config import Config
from botocore.retries.standard import RetryQuotaChecker
from botocore.session import Session

_create: Callable[..., Any] = Session.create_client
# The environment variables that botocore reads to create a client.
_READ = (b"AWS_", b"HOME", b"HTTP_PROXY", b"HTTPS_PROXY", b"NO_PROXY", b"http_proxy", b"https_proxy", b"no_proxy")


@dataclass(frozen=True)
class _Shared:
    """A client, and its attributes and its emitter's cache when it was new. Every registration replaces the cache."""

    client: Any
    attributes: dict[str, Any]
    lookups: dict[str, Any]

    @classmethod
    def of(cls, client: Any) -> "_Shared":
        client.exceptions  # noqa: B018 - a client makes them at their first use
        return cls(client, dict(vars(client)), _lookups(client))

    def is_unchanged(self) -> bool:
        return (
            _lookups(self.client) is self.lookups
            and vars(self.client).keys() == self.attributes.keys()
            and all(getattr(self.client, name) is value for name, value in self.attributes.items())
            and all(quota._available_capacity == quota._max_capacity for quota in _quotas(self.client))
        )


_shared: WeakKeyDictionary[Session, dict[Any, _Shared]] = WeakKeyDictionary()


def shared_client(session: Session, service: str, *args: Any, config: Config | None = None, **more: Any) -> Any:
    """Like Session.create_client. Only clients without arguments of their own are shared."""
    if args or more:
        return _create(session, service, *args, config=config, **more)
    key = service, repr(config and config._user_provided_options), _environment()
    known = _shared.setdefault(session, {})
    if key not in known or not known[key].is_unchanged():
        known[key] = _Shared.of(_create(session, service, config=config))
    return known[key].client


def _environment() -> tuple[Any, ...]:
    environment: Any = os.environ
    return tuple(pair for pair in environment._data.items() if pair[0].startswith(_READ))


def _lookups(client: Any) -> dict[str, Any]:
    return client.meta.events._emitter._lookup_cache


def _quotas(client: Any) -> list[Any]:
    """The retry quotas of a client: one, or none with legacy retries."""
    event = f"after-call.{client.meta.service_model.service_id.hyphenize()}"
    handlers = client.meta.events._emitter._handlers.prefix_search(event)
    checkers = [
        owner for handler in handlers if isinstance(owner := getattr(handler, "__self__", None), RetryQuotaChecker)
    ]
    return [checker._quota for checker in checkers]
