"""The request for a new API key, sent by POST /v1/keys and by the console's form."""

from pydantic import BaseModel, Field

from dropcast.access.keys import EXPIRES_IN_MAX_S, EXPIRES_IN_MIN_S
from dropcast.caller import Scope


class KeyRequest(BaseModel, extra="forbid"):
    """A new key. `name` says in words what the key is for.

    `user_id` binds the key to one user. The key can then see and use only this user's accounts, uploads, publishes,
    comments and connections, and cannot have the scope admin. `expires_in` is the number of seconds after which the key
    stops working.
    """

    name: str = Field(min_length=1, max_length=100)
    scopes: set[Scope] = Field(min_length=1)
    user_id: str | None = Field(default=None, min_length=1, max_length=256)
    expires_in: int | None = Field(default=None, ge=EXPIRES_IN_MIN_S, le=EXPIRES_IN_MAX_S)
