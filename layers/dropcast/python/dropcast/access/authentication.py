"""Recognises callers by their API keys. This happens for every request to the API, so the module imports little."""

import hmac
import re

from dropcast import clock
from dropcast.access import key_store
from dropcast.access.key_store import ApiKey
from dropcast.access.pepper import keyed_hash
from dropcast.aws.clients import AWS_ERRORS
from dropcast.log import logger

_FORM = re.compile(r"(dk_[0-9a-z]{26})_([A-Za-z0-9_-]{20,100})")
_NO_KEY_ID = "dk_nobody"
_DAY_S = 86_400


def authenticate(text: str) -> ApiKey | None:
    """The active key with this text, or None.

    Every rejected text costs one read and one hash, so the duration does not reveal the reason.
    """
    form = _FORM.fullmatch(text)
    key_id, secret = form.groups() if form else (_NO_KEY_ID, "")
    found = key_store.get_key(key_id)
    expected = found[1] if found else bytes(32)
    user_id, expires_at = (found[0].user_id, found[0].expires_at) if found else (None, None)
    same = hmac.compare_digest(hash_key(key_id, secret, user_id, expires_at), expected)
    if not found or not same or found[0].status != "active":
        return None
    _note_use(found[0])
    return found[0]


def hash_key(key_id: str, secret: str, user_id: str | None, expires_at: int | None) -> bytes:
    """The hash of a key's id, secret, user and expiry, joined to one text. No two keys give the same text, because a
    secret contains neither @ nor #.
    """
    expiry = "" if expires_at is None else f"@{expires_at}"
    text = f"{key_id}_{secret}{expiry}" + ("" if user_id is None else f"#{user_id}")
    return keyed_hash(text)


def _note_use(key: ApiKey) -> None:
    """Store the day on which the key was used. The key works even if this write fails."""
    now = clock.now()
    yesterday = now - _DAY_S
    if key.last_used_at is not None and key.last_used_at > yesterday:
        return
    try:
        key_store.mark_used(key.key_id, now, unless_after=yesterday)
    except AWS_ERRORS as error:
        logger.warning("key_use.note_failed", key_id=key.key_id, error=type(error).__name__)
