"""One cell of the matrix."""

from dataclasses import dataclass

from tests.faults.case import What
from tests.faults.injuries import Injury


@dataclass(frozen=True)
class Cell:
    """One cell. `end` is the state it must come to, and the code of its error; `within` seconds of the request.

    inits: how often TikTok's init may have been asked for at most. twice: how many chunks may have been sent again.
    says: the error must carry TikTok's log_id. alone: it is felt by everyone, so it has the stack for itself.
    quick: it is in `make test` too.
    """

    step: str
    fault: str
    injury: Injury
    end: str = "published"
    what: What = "small"
    within: int = 240
    inits: int = 1
    twice: int = 1
    says: bool = False
    alone: bool = False
    quick: bool = False
