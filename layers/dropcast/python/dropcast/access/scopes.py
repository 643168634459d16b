"""What an API key may do."""

from typing import Literal

from dropcast.errors import Problem, problem

Scope = Literal["read", "publish", "admin"]
SCOPES: frozenset[str] = frozenset({"read", "publish", "admin"})


def require_scope(granted: frozenset[str], needed: Scope) -> Problem | None:
    """None if `granted` allows what needs `needed` (admin allows everything), else `scope_missing`."""
    if needed in granted or "admin" in granted:
        return None
    return problem("scope_missing", scope=needed)
