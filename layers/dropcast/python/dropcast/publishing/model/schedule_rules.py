"""Rules for scheduled publishes: which times are accepted, and the hold until that time. Pure rules.

Times are seconds since the epoch, so time zones and daylight saving do not matter.
"""

from dropcast import clock
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.publish import HistoryEntry, Publish
from dropcast.publishing.model.states import State

AHEAD_MAX_S = 366 * 24 * 3600
"""How far ahead a publish can be scheduled: a leap year. So the same day of next year is always possible."""

_PAST_TOLERANCE_S = 60


def time_refusal(publish_at: int | None, now: int) -> Problem | None:
    """The reason why `publish_at` is not accepted (publish_at_past, publish_at_too_far), or None.

    A time up to a minute in the past counts as now, because requests take time and clocks differ.
    """
    if publish_at is None:
        return None
    if publish_at < now - _PAST_TOLERANCE_S:
        return problem("publish_at_past", publish_at=clock.iso(publish_at), now=clock.iso(now))
    if publish_at > now + AHEAD_MAX_S:
        return problem("publish_at_too_far", publish_at=clock.iso(publish_at), days=AHEAD_MAX_S // 86400)
    return None


def held_until_due(publish: Publish, now: int) -> Publish:
    """The new publish, which is not stored yet. If its scheduled time is in the future, its state is `held`."""
    if publish.due_at <= now:
        return publish
    line = HistoryEntry(at=now, state=State.HELD, code="scheduled")
    changes = {"state": State.HELD, "not_before": publish.due_at, "history": [*publish.history, line]}
    return publish.model_copy(update=changes)
