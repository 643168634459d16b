"""Publishes, and waits for the outcome."""

import time
from collections.abc import Callable, Container
from datetime import UTC, datetime

from dropcast_client.calls import call, new_key, operation
from dropcast_client.errors import WaitTimeoutError
from dropcast_client.models.preflight import PublishRequest
from dropcast_client.models.publishes import PublishedView, PublishView
from dropcast_client.operations.publishes import Publishes
from dropcast_client.runners import Flow, Sleep

RESTING = frozenset({"published", "in_inbox", "failed", "unknown", "cancelled"})
"""The states in which Dropcast has nothing left to do. `in_inbox` and `unknown` may still change."""

_FINAL = frozenset({"published", "failed", "cancelled"})

_PATH = "/v1/publishes"
_POLL_S = 2.0
# A caller may edit or cancel a held publish before it is due.
_LONGEST_POLL_S = 60.0


class Publishing:
    """Publishing on one or several accounts, and waiting for the outcome."""

    @operation
    @staticmethod
    def publish(body: PublishRequest, *, idempotency_key: str | None = None) -> Flow[PublishView]:
        """Publish on one account. Raises DropcastError, or ValueError if the body has account_ids or dry_run."""
        if body.account_ids is not None:
            raise ValueError("publish() needs account_id; publish_on_each() takes account_ids")
        return call("POST", _PATH, PublishView, body=_for_real(body), key=idempotency_key or new_key())

    @operation
    @staticmethod
    def publish_on_each(body: PublishRequest, *, idempotency_key: str | None = None) -> Flow[PublishedView]:
        """Publish on each account in the body's `account_ids`. The answer has a publish or an error for each."""
        if body.account_ids is None:
            raise ValueError("publish_on_each() needs account_ids; publish() takes account_id")
        return call("POST", _PATH, PublishedView, body=_for_real(body), key=idempotency_key or new_key())

    @operation
    @staticmethod
    def wait(
        publish_id: str,
        *,
        until: Container[str] = RESTING,
        timeout_s: float | None = None,
        on_poll: Callable[[PublishView], None] | None = None,
    ) -> Flow[PublishView]:
        """Poll a publish until its state is one of `until`, or a final state: published, failed or cancelled.

        `on_poll` is called with each answer. Without `timeout_s` the wait has no limit.

        The method polls every two seconds. It polls a held publish when the publish is due (`not_before`), and at
        least once a minute. Raises WaitTimeoutError.
        """
        ends = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            shown = yield from Publishes.show_publish(publish_id)
            if on_poll is not None:
                on_poll(shown)
            if shown.state in until or shown.state in _FINAL:
                return shown
            pause = pause_before_poll(shown, datetime.now(UTC))
            if ends is not None and time.monotonic() + pause > ends:
                raise WaitTimeoutError(f"{publish_id} is still {shown.state}.", "Wait again. The publish continues.")
            yield Sleep(pause)


def pause_before_poll(publish: PublishView, now: datetime) -> float:
    """The seconds until the next poll: until `not_before`, but at least two and at most sixty."""
    if publish.not_before is None:
        return _POLL_S
    return min(max((publish.not_before - now).total_seconds(), _POLL_S), _LONGEST_POLL_S)


def _for_real(body: PublishRequest) -> PublishRequest:
    if body.dry_run:
        raise ValueError("a request with dry_run publishes nothing; use preflight()")
    return body
