"""Holding: a publish waits for its slot, or tries again by itself, ever more rarely, for three days at most."""

from dropcast import clock
from dropcast.budgets.ledger import Wait
from dropcast.errors import CATALOGUE, Next, Problem
from dropcast.publishing import publish_store, slots
from dropcast.publishing.models import WISHES, Moment, Publish
from dropcast.publishing.steps import Step, held, refused, settled
from dropcast.publishing.transitions import State

_TRIED_SECONDS_MAX = 72 * 3600
_HOLD_SECONDS = 30
_HOLD_SECONDS_MAX = 3600

# Waits of our own making, whose end is known.
_IN_TURN = {"budget_exhausted", "behind_others"}


def wait_for_slot(publish: Publish, slot: Wait) -> Step:
    """Wait until the budgets have room for it, however long that takes: it owns its slot."""
    return _hold(publish, slot.until, slot.why or ("budget_exhausted" if slot.short else "behind_others"))


def hold_or_refuse(publish: Publish, why: Problem, call: slots.Call | None = None) -> Step:
    """Wait and try again where that helps, for three days at most; else it ends here. `call`: what TikTok refused."""
    tried = _tried_for(publish)
    if why.next not in (Next.WAIT, Next.RETRY) or tried > _TRIED_SECONDS_MAX:
        slots.step_aside(publish, *slots.up_to(call))
        return refused(why)
    slot = slots.hear_no(publish, why.code, call)
    return _hold(publish, clock.now() + _pause(tried) if slot is None else slot.until, why.code)


def _hold(publish: Publish, until: int, code: str) -> Step:
    event = None if _was_held(publish) else "publish.held"
    set_ = {"not_before": until} | ({"open_id": publish.open_id} if publish.open_id else {})
    if publish_store.move(publish, State.HELD, set_=set_, code=code, event=event) is None:
        slots.step_aside(publish)
        return settled()
    return held(until, code)


def _was_held(publish: Publish) -> bool:
    return any(moment.state is State.HELD and moment.code not in WISHES for moment in publish.history)


def _tried_for(publish: Publish) -> int:
    """Seconds since TikTok, or we, first could not: what waited for its turn has tried nothing yet."""
    first = next((moment.at for moment in publish.history if _is_failed_try(moment)), None)
    return 0 if first is None else clock.now() - first


def _is_failed_try(moment: Moment) -> bool:
    return moment.state is State.HELD and moment.code in CATALOGUE.keys() - _IN_TURN


def _pause(tried: int) -> int:
    """Seconds until the next try. They grow: every try is a line of the history, and a row and an event have limits."""
    return max(_HOLD_SECONDS, min(tried // 4, _HOLD_SECONDS_MAX))
