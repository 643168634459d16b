"""The caller of a request: what its API key may do, and which rows it sees. The authorizer's answer carries it.

A function that reads a row for a caller takes the Caller and treats a row that the caller does not see as missing:
`visible_account`, `visible_publish`, `visible_upload`, `visible_connection`.
"""

from dataclasses import dataclass
from typing import Final, Literal

from dropcast.errors.problem import Problem, problem

Scope = Literal["read", "publish", "draft", "admin"]
SCOPES: Final[frozenset[str]] = frozenset({"read", "publish", "draft", "admin"})


@dataclass(frozen=True)
class Caller:
    """An API key in use. If it is bound to `user_id`, it sees only that user's rows; without one it sees all rows.

    `account_id`: the only account of that user whose rows it sees, in an embed that was made for one account.
    """

    key_id: str
    scopes: frozenset[str]
    user_id: str | None = None
    account_id: str | None = None

    def sees(self, user_id: str | None, account_id: str | None) -> bool:
        """Whether the caller sees a row of this user and this account (None: the row stores none)."""
        return self.user_id in (None, user_id) and self.account_id in (None, account_id)

    def may(self, scope: Scope) -> bool:
        """Whether the key has `scope`. A key with admin has all scopes, unless it is bound to a user."""
        return scope in self.scopes or ("admin" in self.scopes and self.user_id is None)

    def refusal(self, scope: Scope, *others: Scope) -> Problem | None:
        """None if the key has `scope` or one of `others`, else `scope_missing`."""
        return None if any(map(self.may, (scope, *others))) else problem("scope_missing", scope=scope)

    def mode_refusal(self, mode: Literal["direct", "draft"]) -> Problem | None:
        """`scope_missing` for a direct post if the key does not have the scope publish.

        With the scope draft a key may only handle drafts.
        """
        return None if mode == "draft" else self.refusal("publish")

    def asked_user(self, named: str | None) -> str | Problem | None:
        """The user that a request names, by default the caller's own. Problem: not_found (another user)."""
        if self.user_id is None or named is None:
            return named or self.user_id
        return named if named == self.user_id else problem("not_found", what="user")


SYSTEM: Final = Caller("system", frozenset({"admin"}))
"""The deployment itself: a worker, or its operator at the command line."""
