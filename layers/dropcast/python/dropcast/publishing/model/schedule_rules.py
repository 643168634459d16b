"""When a publish is to go: which times may be asked for, and how it waits for one. Pure rules.

Times are seconds since the epoch, so that no zone and no change of the clocks matters.
"""

from dropcast import clock
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.publish import HistoryEntry, Publish
from dropcast.publishing.model.states import State

AHEAD_MAX_S = 366 * 24 * 3600
"""A year, so that the same day of the next one can be chosen whatever year it is."""

_PAST_TOLERANCE_S = 60


def time_refusal(publish_at: int | None, now: int) -> Problem | None:
    """Why nothing can be posted at `publish_at` (publish_at_past, publish_at_too_far), or None.

    A minute ago counts as now: a request takes its time, and clocks differ.
    """
    if publish_at is None:
        return None
    if publish_at < now - _PAST_TOLERANCE_S:
        return problem("publish_at_past", publish_at=clock.iso(publish_at), now=clock.iso(now))
    if publish_at > now + AHEAD_MAX_S:
        return problem("publish_at_too_far", publish_at=clock.iso(publish_at), days=AHEAD_MAX_S // 86400)
    return None


def held_until_due(publish: Publish, now: int) -> Publish:
    """A publish that nobody has stored yet, `held` until its time if that is to come."""
    if publish.due_at <= now:
        return publish
    moment = HistoryEntry(at=now, state=State.HELD, code="scheduled")
    changes = {"state": State.HELD, "not_before": publish.due_at, "history": [*publish.history, moment]}
    return publish.model_copy(update=changes)
