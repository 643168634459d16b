"""Webhooks from TikTok: is it really TikTok, and what does it say (protocol section 7)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WebhookEvent:
    """One event. Hints, not truth: duplicates and any order are normal. `create_time` in seconds since the epoch."""

    event: str
    create_time: int
    open_id: str | None
    publish_id: str | None
    post_id: str | None
    reason: str | None
    publish_type: str | None


def verify(secrets: list[str], header: str | None, raw: bytes, now: int) -> int | None:
    """The age in seconds of a signature that one of `secrets` made over `raw`, or None if none did.

    The age is below zero where TikTok's clock is ahead of ours. Old signatures are valid: what to do with them is the
    caller's choice (section 7 advises to poll).
    """
    raise NotImplementedError


def parse(raw: bytes) -> WebhookEvent | None:
    """The event in a webhook's body, or None if it holds none."""
    raise NotImplementedError
