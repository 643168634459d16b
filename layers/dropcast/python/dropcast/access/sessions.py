"""Sessions of the console. A browser with a session's cookie acts as an API key, without the key's text.

The cookie holds a random secret. Each request reads the key's row again. So a session always has the scopes and the
user of its key, and ends when its key ends.
"""

import hmac
import re
from dataclasses import dataclass, field

from pydantic import SecretStr

from dropcast import clock, ids
from dropcast.access import session_store
from dropcast.access.key_store import ApiKey, get_key
from dropcast.access.pepper import keyed_hash
from dropcast.caller import Caller

SESSION_LIVES_S = 12 * 3600

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Session:
    """A person who is signed in as `caller`, until `expires_at` (seconds since the epoch).

    `session_id` is no secret. `csrf` is the token that every form of the session's pages repeats.
    """

    session_id: str
    key_id: str
    key_name: str
    caller: Caller
    expires_at: int
    csrf: str = field(repr=False)


def start_session(key: ApiKey) -> tuple[Session, SecretStr]:
    """Start a session for an active key. Returns the session and the value of its cookie, which is not stored.

    The session lasts SESSION_LIVES_S seconds, but not longer than the key.
    """
    secret, session_id = ids.new_secret(), ids.new_id("ses")
    latest = clock.now() + SESSION_LIVES_S
    expires_at = latest if key.expires_at is None else min(latest, key.expires_at)
    session_store.put_session(secret, session_id, key.caller(), expires_at)
    return session_of(session_id, key, key.caller(), expires_at), SecretStr(secret)


def current_session(secret: str) -> Session | None:
    """The session with this cookie. None if it ended or expired, or if its key was revoked, expired or changed."""
    stored = session_store.get_session(secret) if _SECRET.fullmatch(secret) else None
    found = get_key(stored.key_id) if stored else None
    if not stored or not found or found[0].status != "active":
        return None
    key, _ = found
    caller = key.caller()
    return session_of(stored.session_id, key, caller, stored.expires_at) if stored.is_of(secret, caller) else None


def end_session(secret: str) -> None:
    """End the session. A second call changes nothing."""
    if _SECRET.fullmatch(secret):
        session_store.delete_session(secret)


def csrf_matches(session: Session, token: str) -> bool:
    """Whether a request repeats the token of the session's own pages. No other site can read this token."""
    return hmac.compare_digest(session.csrf.encode(), token.encode(errors="replace"))


def session_of(session_id: str, key: ApiKey, caller: Caller, expires_at: int) -> Session:
    """The session of a person who acts as `caller` with this active key, until `expires_at` (epoch seconds)."""
    csrf = keyed_hash(f"csrf#{session_id}").hex()
    return Session(session_id, key.key_id, key.name, caller, expires_at, csrf)
