"""API keys: made once, shown once, kept as keyed hashes.

A key reads `dk_{id}_{secret}`. The hash is keyed by a pepper that lies in Secrets Manager, not beside it in the table,
so that a copy of the table opens nothing.
"""

import hmac
import re

from pydantic import SecretStr

from dropcast import clock, ids
from dropcast.access import key_store
from dropcast.access.key_store import ApiKey
from dropcast.access.scopes import SCOPES

_FORM = re.compile(r"(dk_[0-9a-z]{26})_([A-Za-z0-9_-]{20,100})")
_NOBODY = "dk_nobody"


def create_key(name: str, scopes: frozenset[str]) -> tuple[ApiKey, str]:
    """A new key and its text, which is not kept and cannot be shown again. Unknown scopes or none: a ValueError."""
    if not scopes or not scopes <= SCOPES:
        raise ValueError(f"a key's scopes are some of {', '.join(sorted(SCOPES))}")
    key = ApiKey(ids.new_id("dk"), name, scopes, "active", clock.now())
    secret = ids.new_secret()
    key_store.put_key(key, _keyed_hash(key.key_id, secret))
    return key, f"{key.key_id}_{secret}"


def authenticate(text: str) -> ApiKey | None:
    """The active key whose text this is, else None. Every answer costs one read and one hash."""
    form = _FORM.fullmatch(text)
    key_id, secret = form.groups() if form else (_NOBODY, "")
    found = key_store.get_key(key_id)
    expected = found[1] if found else bytes(32)
    same = hmac.compare_digest(_keyed_hash(key_id, secret), expected)
    return found[0] if found and same and found[0].status == "active" else None


def _keyed_hash(key_id: str, secret: str) -> bytes:
    pepper: SecretStr = key_store.pepper()
    return hmac.digest(pepper.get_secret_value().encode(), f"{key_id}_{secret}".encode(), "sha256")
