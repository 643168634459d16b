"""Rate limits per token and endpoint: sliding windows on the sandbox's clock (protocol section 11)."""

from collections import defaultdict, deque


class SlidingWindows:
    def __init__(self) -> None:
        self._calls: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    def allow(self, token: str, route: str, *, now: float, limit: int, window: float) -> bool:
        """Whether the call is within the limit. If so, the call is counted."""
        calls = self._calls[token, route]
        while calls and calls[0] <= now - window:
            calls.popleft()
        if len(calls) >= limit:
            return False
        calls.append(now)
        return True
