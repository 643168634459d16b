"""Why a role has permissions that no test uses: the only place that explains them."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from tests.permissions.grants import Grant

REASONS: dict[str, str] = {}
"""The reason by the grants that it explains: a pattern of "role action resource condition", with * and ?."""


def reason(grant: Grant) -> str | None:
    """Why the role has this grant although no test uses it; None if nothing explains it."""
    return next((why for pattern, why in REASONS.items() if fnmatchcase(str(grant), pattern)), None)


def idle_reasons(grants: Iterable[Grant]) -> list[str]:
    """The patterns that fit none of these grants."""
    texts = [str(grant) for grant in grants]
    return [pattern for pattern in REASONS if not any(fnmatchcase(text, pattern) for text in texts)]
