"""The caller of a request: what its API key may do, and whose rows it sees. The authorizer's answer carries it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Caller:
    """An API key in use. `user_id` is the user it is bound to: it sees that user's rows alone; None sees all."""

    key_id: str
    scopes: frozenset[str]
    user_id: str | None = None

    def sees(self, user_id: str | None) -> bool:
        """Whether a row that stores this `user_id` exists for the caller; one that it does not see is not found."""
        return self.user_id is None or self.user_id == user_id


HOUSE: Final = Caller("house", frozenset({"admin"}))
"""The deployment itself: a worker, or its operator at the command line."""
