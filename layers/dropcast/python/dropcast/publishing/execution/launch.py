"""Launches a publish's execution, at once or when the publish is due. If that fails, the sweep launches it later."""

from collections.abc import Callable
from typing import Literal

from dropcast import clock
from dropcast.aws.clients import AWS_ERRORS
from dropcast.log import logger
from dropcast.publishing.execution import scheduler, state_machine
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import RESTING
from dropcast.publishing.store import publish_store
from dropcast.settings import settings

LaunchResult = Literal["running", "ended", "aborted", "refused"]


def is_for_later(publish: Publish) -> bool:
    """Whether the publish is due so late that Scheduler launches it, because no execution should wait so long."""
    return publish.due_at - clock.now() > settings().schedule_ahead_s


def launch(publish: Publish) -> bool:
    """Start the execution, or let Scheduler start it if the publish is due later.

    If AWS fails, log the error and return False.
    """
    if is_for_later(publish):
        from dropcast.accounts.tokens.fresh_token import keep_warm_until  # slow to import, and rarely used

        _try_aws(publish, lambda: keep_warm_until(publish.account_id, publish.due_at))
        plan = scheduler.create_entry
        return _try_aws(publish, lambda: plan(publish.publish_id, publish.execution, publish.due_at))
    return _try_aws(publish, lambda: state_machine.start(publish.publish_id, publish.execution))


def launch_overdue(publish: Publish) -> LaunchResult:
    """Start the execution of a publish that is due, unless the execution already runs.

    `ended` and `aborted`: the execution had started earlier and is over. `refused`: AWS failed.
    """
    try:
        existed = state_machine.start(publish.publish_id, publish.execution)
        status = state_machine.status(publish.execution) if existed else "RUNNING"
    except AWS_ERRORS as error:
        logger.warning("execution.not_started", publish_id=publish.publish_id, reason=type(error).__name__)
        return "refused"
    match status:
        case "RUNNING":
            return "running"
        case "ABORTED":
            return "aborted"
        case _:
            return "ended"


def launch_due(publish_id: str, execution: str | None = None) -> bool:
    """Launch the publish if it is due. Return whether that succeeded.

    Do nothing if the publish is at rest, or if `execution` is given and was replaced. A repeated call is harmless: an
    execution starts once.
    """
    publish = publish_store.get(publish_id)
    if publish is None or publish.state in RESTING:
        return False
    if execution not in (None, publish.execution) or publish.due_at > clock.now():
        return False
    return launch(publish)


def cancel_launch(publish: Publish) -> None:
    """Delete the Scheduler entry and stop the execution of a publish that ended or got a newer execution.

    Nothing depends on this call, because the row already keeps that execution from changing the publish.
    """
    _try_aws(publish, lambda: scheduler.delete_entry(publish.execution))
    _try_aws(publish, lambda: state_machine.stop(publish.execution))


def _try_aws(publish: Publish, call: Callable[[], object]) -> bool:
    try:
        call()
    except AWS_ERRORS as error:
        logger.warning("launch.failed", publish_id=publish.publish_id, reason=type(error).__name__)
        return False
    return True
