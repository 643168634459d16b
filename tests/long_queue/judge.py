"""TikTok's view: whether the windows were respected, and whether the publishes kept their order."""

from collections.abc import Callable
from dataclasses import dataclass, field

from dropcast.budgets.ledger import VOID_S

_LIMITS = {"creator_info/query": (20, 60), "video/init": (6, 60)}
_POSTS, _DAY_S = 15, 24 * 3600


@dataclass
class Judge:
    """`line`: the waiting publishes in the order of their requests. `told`: the time at which each may start.

    `failing`: publishes that failed at their turn and try again. Other publishes may pass them.
    """

    now: Callable[[], int]
    line: dict[str, None] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    calls: dict[str, list[int]] = field(default_factory=dict)
    posts: list[tuple[int, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def enter(self, publish_id: str) -> None:
        self.line.setdefault(publish_id)

    def leave(self, publish_id: str) -> None:
        self.line.pop(publish_id, None)
        self.failing.discard(publish_id)

    def call(self, route: str) -> None:
        """Record a call to TikTok; none of its windows may contain too many calls."""
        limit, window = _LIMITS[route]
        recent = [at for at in self.calls.get(route, []) if at > self.now() - window]
        self.calls[route] = [*recent, self.now()]
        if len(recent) >= limit:
            self.complaints.append(f"{self.now()}: {len(recent) + 1} calls of {route} in {window} s")

    def init(self, publish_id: str) -> None:
        """Record an init. The day must have room, and each earlier publish must have failed or be late."""
        day = sum(at > self.now() - _DAY_S for at, _ in self.posts)
        self.posts.append((self.now(), publish_id))
        if day >= _POSTS:
            self.complaints.append(f"{self.now()}: {day + 1} posts in a day")
        for other in self.line:
            if other == publish_id:
                break
            if other not in self.failing and self.told.get(other, self.now()) + VOID_S > self.now():
                self.complaints.append(f"{self.now()}: {publish_id} went before {other}")
                break

    def gave_back(self, publish_id: str) -> None:
        """TikTok reported that the post failed, or refused it. So the post counts for no day."""
        self.posts = [(at, one) for at, one in self.posts if one != publish_id]
