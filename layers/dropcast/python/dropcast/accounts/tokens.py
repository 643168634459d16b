"""An access token that outlives its call: one code path for every caller, one refresh at a time (protocol 1.3, 1.4)."""

from pydantic import SecretStr

from dropcast.errors import Problem


def fresh_access_token(account_id: str, *, outlive_s: int) -> SecretStr | Problem:
    """The account's access token, good for at least `outlive_s` more seconds where TikTok gives one that long.

    Problems: `not_found`, `reconnect_needed`, `tiktok_unanswered` (try again).
    """
    raise NotImplementedError


def refresh_rejected(account_id: str, access_token: SecretStr) -> SecretStr | Problem:
    """Another token than `access_token`, which TikTok called invalid: the stored one if it changed since, else a refresh.

    Problems as for `fresh_access_token`. Ask once per call to TikTok, not in a loop.
    """
    raise NotImplementedError


def refresh_due(account_id: str) -> Problem | None:
    """Refresh the account's tokens if they are due; None when they are fresh now."""
    raise NotImplementedError
