"""The shape of one entry of the catalogue of errors."""

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
    """A code's texts. `message` and `fix` may name details in braces; `status` is the HTTP status of an API answer."""

    message: str
    fix: str
    next: Next
    status: int = 400
