"""Simulates publishes of one account that arrive, wait and start by the ledger's rules.

Time is a heap of the next events.
"""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dropcast.budgets.ledger import Behind, Go, Ledger, Wait, drop_expired, enqueue, release, replan, turn_of
from dropcast.budgets.limits import DOCUMENTED, Budget

DIRECT = ("creator_info", "video_init", "direct_posts")
DIRECT_PHOTO = ("creator_info", "content_init", "direct_posts")
DRAFT = ("inbox_init", "pending_drafts")
DRAFT_PHOTO = ("content_init", "pending_drafts")
KINDS = (DIRECT, DIRECT_PHOTO, DRAFT, DRAFT_PHOTO)


@dataclass
class Simulation:
    """`begun`: when each publish was allowed. `waits`: how often each publish was told to wait.

    `takes`: the duration of each publish's calls.
    """

    budgets: Mapping[str, Budget] = field(default_factory=lambda: DOCUMENTED)
    takes: Callable[[], int] = lambda: 0
    ledger: Ledger = field(default_factory=Ledger)
    begun: dict[str, int] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    waits: dict[str, int] = field(default_factory=dict)
    glances: int = 0

    def run(self, asked: list[tuple[int, tuple[str, ...]]]) -> None:
        """Let publish number i ask at asked[i]. Return when all have finished."""
        due = [(at, 1, i, wants) for i, (at, wants) in enumerate(asked)]
        heapq.heapify(due)
        while due:
            now, asks, i, wants = heapq.heappop(due)
            owner = f"p{i}"
            if not asks:
                self.ledger = release(self.ledger, owner, dict.fromkeys(wants, now))
                continue
            match self._ask(owner, wants, now):
                case Go():
                    self.begun[owner] = now
                    self.order.append(owner)
                    heapq.heappush(due, (now + self.takes(), 0, i, wants))
                case Behind():
                    self.glances += 1
                    heapq.heappush(due, (now + 1, 1, i, wants))
                case Wait(until=until):
                    self.waits[owner] = self.waits.get(owner, 0) + 1
                    heapq.heappush(due, (until, 1, i, wants))

    def _ask(self, owner: str, wants: tuple[str, ...], now: int) -> Go | Behind | Wait:
        standing = enqueue(drop_expired(self.ledger, self.budgets, now), owner, wants, now)
        self.ledger = replan(standing, self.budgets, now, awake=owner)
        return turn_of(self.ledger, self.budgets, owner, now)
