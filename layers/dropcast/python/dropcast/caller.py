"""The caller of a request: what its API key may do, and whose rows it sees. The authorizer's answer carries it.

A function that reads a row for a caller takes the Caller and answers a row that the caller does not see as missing:
`visible_account`, `visible_publish`, `visible_upload`, `visible_connection`.
"""

from dataclasses import dataclass
from typing import Final, Literal

from dropcast.errors.problem import Problem, problem

Scope = Literal["read", "publish", "draft", "admin"]
SCOPES: Final[frozenset[str]] = frozenset({"read", "publish", "draft", "admin"})


@dataclass(frozen=True)
class Caller:
    """An API key in use. `user_id` is the user it is bound to: it sees that user's rows alone; None sees all."""

    key_id: str
    scopes: frozenset[str]
    user_id: str | None = None

    def sees(self, user_id: str | None) -> bool:
        """Whether a row that stores this `user_id` exists for the caller; one that it does not see is not found."""
        return self.user_id is None or self.user_id == user_id

    def may(self, scope: Scope) -> bool:
        """Whether the key has `scope`; admin has all. No key that is bound to a user is an admin's."""
        return scope in self.scopes or self._is_admin()

    def _is_admin(self) -> bool:
        return "admin" in self.scopes and self.user_id is None

    def refusal(self, scope: Scope, *others: Scope) -> Problem | None:
        """None if the key has `scope` or one of `others`, else `scope_missing`."""
        return None if any(map(self.may, (scope, *others))) else problem("scope_missing", scope=scope)

    def mode_refusal(self, mode: Literal["direct", "draft"]) -> Problem | None:
        """`scope_missing` for a direct post where the key has no publish: one with draft alone acts on drafts alone."""
        return None if mode == "draft" else self.refusal("publish")

    def asked_user(self, named: str | None) -> str | Problem | None:
        """The user that a request names, else the caller's own. Problem: not_found (the user is another one)."""
        if self.user_id is None or named is None:
            return named or self.user_id
        return named if named == self.user_id else problem("not_found", what="user")


SYSTEM: Final = Caller("system", frozenset({"admin"}))
"""The deployment itself: a worker, or its operator at the command line."""
