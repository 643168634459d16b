"""The caller of a request: the id and scopes of its API key, and the user whose rows it sees.

The authorizer's answer contains these values.

The functions that read a row for a caller (`visible_account`, `visible_publish`, `visible_upload`,
`visible_connection`) take the Caller. If the caller does not see the row, they treat the row as missing.
"""

from dataclasses import dataclass
from typing import Final, Literal

from dropcast.errors.problem import Problem, problem

Scope = Literal["read", "publish", "draft", "admin"]
SCOPES: Final[frozenset[str]] = frozenset({"read", "publish", "draft", "admin"})


@dataclass(frozen=True)
class Caller:
    """An API key in use. A key that is bound to `user_id` sees only that user's rows. All other keys see all rows.

    `account_id` is set only in an embed for a single account. The key then sees only that account's rows.
    """

    key_id: str
    scopes: frozenset[str]
    user_id: str | None = None
    account_id: str | None = None

    def sees(self, user_id: str | None, account_id: str | None) -> bool:
        """Whether the caller sees a row of this user and this account. None: the row has no user, or no account."""
        return self.user_id in (None, user_id) and self.account_id in (None, account_id)

    def may(self, scope: Scope) -> bool:
        """Whether the key has `scope`. If the key is bound to no user, the scope admin includes all others."""
        return scope in self.scopes or ("admin" in self.scopes and self.user_id is None)

    def refusal(self, scope: Scope, *others: Scope) -> Problem | None:
        """None if the key has `scope` or one of `others`, else `scope_missing`."""
        return None if any(map(self.may, (scope, *others))) else problem("scope_missing", scope=scope)

    def mode_refusal(self, mode: Literal["direct", "draft"]) -> Problem | None:
        """`scope_missing` if the key may not make a post in this mode, else None.

        A direct post needs the scope publish. This method does not check drafts, because the routes require publish or
        draft.
        """
        return None if mode == "draft" else self.refusal("publish")

    def asked_user(self, named: str | None) -> str | Problem | None:
        """The user `named` in the request, by default the caller's own user. None if there is neither.

        Problem: not_found if the caller is bound to another user.
        """
        if self.user_id is None or named is None:
            return named or self.user_id
        return named if named == self.user_id else problem("not_found", what="user")


SYSTEM: Final = Caller("system", frozenset({"admin"}))
"""The deployment itself: a worker, or the operator at the command line."""
