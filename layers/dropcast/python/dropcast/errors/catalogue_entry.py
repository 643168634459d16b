"""The shape of an entry in the catalogue of errors."""

from dataclasses import dataclass
from enum import StrEnum


class Next(StrEnum):
    """The next step: retry, wait, reconnect the account, let a person resolve the publish, or none."""

    RETRY = "retry"
    WAIT = "wait"
    RECONNECT = "reconnect"
    RESOLVE = "resolve"
    NONE = "none"


@dataclass(frozen=True)
class Entry:
    """The texts of a code. `message` and `fix` may contain names of details in braces.

    `status` is the API's HTTP status.
    """

    message: str
    fix: str
    next: Next
    status: int = 400
