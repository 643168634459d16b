"""Connecting an account: a one-time link, a browser sent to TikTok, and the way back (protocol 1.1, 1.2, 1.5)."""

from dataclasses import dataclass

from dropcast.errors import Problem


@dataclass(frozen=True)
class Connection:
    """A link for one person and one use. `expires_at` is in seconds since the epoch."""

    connect_url: str
    expires_at: int


def begin_connection(user_id: str, return_to: str | None) -> Connection | Problem:
    """A one-time link on which the person behind the caller's `user_id` connects a TikTok account.

    Problems: `return_to_refused` (its origin is not in RETURN_TO_ORIGINS), `invalid_request`.
    """
    raise NotImplementedError
