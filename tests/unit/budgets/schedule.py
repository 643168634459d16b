"""A simple reference for the rules. It tries one second after another and counts every window.

It is slow, but easy to check.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Limits = Mapping[str, tuple[int, int]]
"""For each budget, how many uses are allowed in a window, and the window in seconds."""


@dataclass
class BruteForce:
    """Serves one account's publishes in the order of their requests, each at the first second with room."""

    limits: Limits
    uses: dict[str, list[int]] = field(default_factory=dict)
    lanes: dict[str, int] = field(default_factory=dict)

    def serve(self, asked_at: int, wants: Sequence[str]) -> int:
        at = max(asked_at, self.lanes.get(wants[-1], 0))
        while not all(self._has_room(name, at) for name in wants):
            at += 1
        for name in wants:
            self.uses.setdefault(name, []).append(at)
        self.lanes[wants[-1]] = at
        return at

    def _has_room(self, name: str, at: int) -> bool:
        limit, window = self.limits[name]
        times = [*self.uses.get(name, []), at]
        near = [other for other in times if abs(other - at) < window]
        return all(sum(0 <= other - first < window for other in near) <= limit for first in near)


def most_in_a_window(times: Sequence[int], window: int) -> int:
    """The highest number of uses within any `window` seconds."""
    return max((sum(0 <= other - first < window for other in times) for first in times), default=0)
