"""Holding: a publish waits and tries again by itself, ever more rarely, for three days at most."""

from dropcast import clock
from dropcast.errors import Next, Problem
from dropcast.events.outbox import event_write
from dropcast.publishing import publish_store
from dropcast.publishing.models import Publish
from dropcast.publishing.steps import Step, held, refused, settled
from dropcast.publishing.transitions import State

_HELD_SECONDS_MAX = 72 * 3600
_HOLD_SECONDS = {
    "rate_limit_exceeded": 60,
    "spam_risk_too_many_posts": 3600,
    "reached_active_user_cap": 3600,
}
_HOLD_SECONDS_OTHERWISE = 30
_HOLD_SECONDS_MAX = 3600


def hold_or_refuse(publish: Publish, why: Problem) -> Step:
    """Wait and try again where that helps, for three days at most; else it ends here."""
    waited = clock.now() - publish.created_at
    helps = why.next in (Next.WAIT, Next.RETRY)
    if not helps or waited > _HELD_SECONDS_MAX:
        return refused(why)
    until = clock.now() + _pause(why, waited)
    shown = publish.model_copy(update={"state": State.HELD, "not_before": until}).view()
    told = () if _was_held(publish) else (event_write("publish.held", shown),)
    moved = publish_store.move(publish, State.HELD, set_={"not_before": until}, also=told, code=why.code)
    return settled() if moved is None else held(until)


def _was_held(publish: Publish) -> bool:
    return any(moment.state is State.HELD for moment in publish.history)


def _pause(why: Problem, waited: int) -> int:
    """Seconds until the next try. They grow: every try is a line of the history, and a row and an event have limits."""
    return max(_HOLD_SECONDS.get(why.code, _HOLD_SECONDS_OTHERWISE), min(waited // 4, _HOLD_SECONDS_MAX))
