"""API keys: made once, shown once, kept as keyed hashes."""

from dataclasses import dataclass
from typing import Literal

KeyStatus = Literal["active", "revoked"]


@dataclass(frozen=True)
class ApiKey:
    """What is known of a key; its secret is not. `created_at` is in seconds since the epoch."""

    key_id: str
    name: str
    scopes: frozenset[str]
    status: KeyStatus
    created_at: int


def create_key(name: str, scopes: frozenset[str]) -> tuple[ApiKey, str]:
    """A new key and its text, `dk_{id}_{secret}`, which is not kept and cannot be shown again. Unknown scopes are a ValueError."""
    raise NotImplementedError


def authenticate(text: str) -> ApiKey | None:
    """The active key whose text this is, else None, at the same cost."""
    raise NotImplementedError
