"""The kinds of failures, with the functions that find the failures of each kind and put them back.

Executions come first: a restarted publish continues, and the events of its previous execution then change nothing.
"""

from collections.abc import Iterable, Iterator

from cli.redrive import dead_letters, executions, outbox_rows, unbegun
from cli.redrive.dead_letter_queues import DEAD_LETTER_QUEUES
from cli.redrive.failure import Failure

_OTHERS = {one.KIND: one for one in (executions, unbegun, outbox_rows)}

KINDS: tuple[str, ...] = (*_OTHERS, *DEAD_LETTER_QUEUES)


def find(kind: str, prefix: str) -> Iterator[Failure]:
    """The failures of a kind in the deployment whose resources have `prefix`. They stay unchanged."""
    return _OTHERS[kind].find() if kind in _OTHERS else dead_letters.find(kind, prefix)


def put_back(kinds: Iterable[str], prefix: str) -> Iterator[Failure]:
    """Put back the failures of `kinds` one by one. A failure that stays has an obstacle."""
    for kind in KINDS:
        if kind in kinds:
            yield from _OTHERS[kind].put_back() if kind in _OTHERS else dead_letters.put_back(kind, prefix)
