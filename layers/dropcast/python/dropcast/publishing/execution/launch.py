"""The beginning of a publish's execution: at once, or when its time has come. What fails here the sweep makes good."""

from collections.abc import Callable
from typing import Literal

from aws_lambda_powertools import Logger

from dropcast import clock
from dropcast.accounts.tokens.fresh_token import keep_warm_until
from dropcast.aws.clients import AWS_ERRORS
from dropcast.publishing.execution import scheduler, state_machine
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import RESTING
from dropcast.publishing.store import publish_store
from dropcast.settings import settings

LaunchResult = Literal["running", "ended", "aborted", "refused"]

_logger = Logger(child=True)


def is_for_later(publish: Publish) -> bool:
    """Whether it is due so late that Scheduler begins it; an execution that begins at once waits for the rest."""
    return publish.due_at - clock.now() > settings().schedule_ahead_s


def launch(publish: Publish) -> bool:
    """Begin the execution, or have Scheduler begin it if it is for later; False (and a log line) if AWS would not."""
    if is_for_later(publish):
        _tried(publish, lambda: keep_warm_until(publish.account_id, publish.due_at))
        plan = scheduler.create_entry
        return _tried(publish, lambda: plan(publish.publish_id, publish.execution, publish.due_at))
    return _tried(publish, lambda: state_machine.start(publish.publish_id, publish.execution))


def launch_overdue(publish: Publish) -> LaunchResult:
    """Begin the execution of a publish whose time has come, unless it runs already.

    `ended` and `aborted`: it began before and is over; it can do nothing more for the publish.
    """
    try:
        there_before = state_machine.start(publish.publish_id, publish.execution)
        status = state_machine.status(publish.execution) if there_before else "RUNNING"
    except AWS_ERRORS as error:
        _logger.warning("execution.not_started", publish_id=publish.publish_id, reason=type(error).__name__)
        return "refused"
    match status:
        case "RUNNING":
            return "running"
        case "ABORTED":
            return "aborted"
        case _:
            return "ended"


def launch_due(publish_id: str, execution: str | None = None) -> bool:
    """Begin a publish whose time has come, unless it is at rest or `execution` (if named) may not work on it any more.

    As often as it is asked: an execution begins once.
    """
    publish = publish_store.get(publish_id)
    if publish is None or publish.state in RESTING:
        return False
    if execution not in (None, publish.execution) or publish.due_at > clock.now():
        return False
    return launch(publish)


def cancel_launch(publish: Publish) -> None:
    """Take back what `begin` arranged for a publish that ended, or that another execution took over.

    It tidies up: neither an entry that fires nor an execution that goes on can do anything any more.
    """
    _tried(publish, lambda: scheduler.delete_entry(publish.execution))
    _tried(publish, lambda: state_machine.stop(publish.execution))


def _tried(publish: Publish, ask: Callable[[], object]) -> bool:
    try:
        ask()
    except AWS_ERRORS as error:
        _logger.warning("AWS would not", publish_id=publish.publish_id, reason=type(error).__name__)
        return False
    return True
