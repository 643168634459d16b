"""The shape of one entry of the catalogue of errors."""

from dataclasses import dataclass
from enum import StrEnum


class Next(StrEnum):
    """What helps: trying again, waiting, reconnecting the account, a person's word on what happened, or nothing."""

    RETRY = "retry"
    WAIT = "wait"
    RECONNECT = "reconnect"
    RESOLVE = "resolve"
    NONE = "none"


@dataclass(frozen=True)
class Entry:
    """A code's words. `message` and `fix` may name details in braces; `status` is the HTTP status of an API answer."""

    message: str
    fix: str
    next: Next
    status: int = 400
