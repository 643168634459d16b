"""The actions that a caller may take on a publish now. Pure rules; each action checks again when it is taken."""

from typing import Literal, get_args

from dropcast.caller import Caller
from dropcast.errors.problem import Problem
from dropcast.publishing.actions.cancel import cancel_refusal
from dropcast.publishing.actions.edit import edit_refusal
from dropcast.publishing.actions.resolve import resolve_refusal
from dropcast.publishing.actions.restart_execution import restart_refusal
from dropcast.publishing.actions.retry import retry_refusal
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State

Action = Literal["resolve", "retry", "edit", "cancel", "restart"]


def caller_refusal(publish: Publish, caller: Caller) -> Problem | None:
    """`scope_missing` if the caller may not act on the publish at all, else None."""
    return caller.refusal("publish", "draft") or caller.mode_refusal(publish.mode)


def action_refusal(action: Action, publish: Publish) -> Problem | None:
    """The problem that the action would return in the publish's present state. None if that state allows the action."""
    match action:
        case "resolve":
            return resolve_refusal(publish)
        case "retry":
            return retry_refusal(publish)
        case "edit":
            return edit_refusal(publish)
        case "cancel":
            return cancel_refusal(publish)
        case "restart":
            return restart_refusal(publish)


def offered_actions(publish: Publish, caller: Caller) -> tuple[Action, ...]:
    """The actions to offer to the caller. The action that the caller most probably wants is first.

    Actions that would change nothing are left out.
    """
    if caller_refusal(publish, caller) is not None:
        return ()
    return tuple(one for one in get_args(Action) if action_refusal(one, publish) is None and not _is_done(one, publish))


def _is_done(action: Action, publish: Publish) -> bool:
    """Whether the action would change nothing, or is impossible.

    A drop without readable options cannot be retried.
    """
    match action:
        case "retry":
            return publish.retried_as is not None or publish.options is None
        case "cancel":
            return publish.state is State.CANCELLED
        case _:
            return False
