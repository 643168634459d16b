"""One cell of the matrix."""

from dataclasses import dataclass

from tests.faults.case import What
from tests.faults.injuries import Injury


@dataclass(frozen=True)
class Cell:
    """One cell.

    The publish must reach the state in `end` with the code of its error, at most `within` seconds after the request.
    inits: the highest permitted number of TikTok inits. twice: how many chunks may be sent again. says: the error must
    have TikTok's log_id. alone: the fault affects all accounts, so the cell runs alone on the stack. quick: the cell
    also runs in `make test`. redriven: at the end, each message of the publish fails twice and is redriven.
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
    redriven: bool = False
