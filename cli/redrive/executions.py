"""Finds executions that failed, timed out or were stopped, and restarts those whose publish is still in progress.

The rules of `dropcast publishes restart` decide which publishes may be restarted. A publish that TikTok may have posted
is left to a person.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cli.redrive.failure import Failure, Obstacle
from dropcast import clock
from dropcast.aws import clients
from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem
from dropcast.publishing.actions.restart_execution import restart, restart_refusal
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.store import publish_store
from dropcast.settings import settings

KIND = "executions"

_STATUSES = ("FAILED", "TIMED_OUT", "ABORTED")
# As long as a dead-letter queue keeps a message.
_SHOWN_S = 14 * 24 * 3600
_SETTLED = (State.PUBLISHED, State.IN_INBOX, State.CANCELLED)


def find() -> Iterator[Failure]:
    """The executions of the last 14 days that failed, timed out or were stopped and still need an action.

    No action is needed if the publish is published, in_inbox or cancelled, or if a later execution or a retry replaced
    this execution.
    """
    for status in _STATUSES:
        pages = clients.client("stepfunctions").get_paginator("list_executions")
        for page in pages.paginate(stateMachineArn=settings().state_machine_arn, statusFilter=status):
            for execution in page["executions"]:
                if (failure := _failure(execution)) is not None:
                    yield failure


def put_back() -> Iterator[Failure]:
    """Restart the publishes of failed executions if the rules allow it. A failure that stays has an obstacle."""
    for failure in find():
        yield failure if failure.obstacle else replace(failure, obstacle=_restart(failure.about))


def _restart(publish_id: str) -> Obstacle | None:
    restarted = restart(publish_id, SYSTEM)
    return Obstacle.of(restarted) if isinstance(restarted, Problem) else None


def _failure(execution: dict[str, Any]) -> Failure | None:
    name, ended_at = execution["name"], int(execution["stopDate"].timestamp())
    if ended_at < clock.now() - _SHOWN_S:
        return None
    publish = publish_store.get(name.partition("-")[0])
    if publish is None or publish.execution != name or publish.state in _SETTLED or publish.retried_as is not None:
        return None
    obstacle = _obstacle(publish, execution["status"])
    return Failure(KIND, name, publish.publish_id, _cause(execution), ended_at, "restart the publish", obstacle)


def _obstacle(publish: Publish, status: str) -> Obstacle | None:
    command = f"dropcast publishes {{}} {publish.publish_id}"
    code = publish.error.code if publish.error else "no error"
    if publish.state is State.UNKNOWN:
        words = f"The publish is unknown ({code}), so TikTok may have posted it."
        return Obstacle("publish_unknown", words, f"Look at the account's posts, then {command.format('resolve')}.")
    if publish.state is State.FAILED:
        return Obstacle("publish_failed", f"The publish failed ({code}).", f"To post it: {command.format('retry')}.")
    if status == "ABORTED":
        fix = f"To continue: {command.format('restart')}. To end it: {command.format('cancel')}."
        return Obstacle("execution_aborted", "A person stopped the execution.", fix)
    if publish.due_at > clock.now():
        return Obstacle("publish_not_due", "The publish is due later and begins then.", "No action needed.")
    refusal = restart_refusal(publish)
    return Obstacle.of(refusal) if refusal else None


def _cause(execution: dict[str, Any]) -> str:
    """The status and the names of the errors. The errors' texts are left out, because they may contain secrets."""
    told = clients.client("stepfunctions").describe_execution(executionArn=execution["executionArn"])
    status, error = execution["status"].lower(), told.get("error")
    names = [name for name in (error, _type_in(told.get("cause"))) if name]
    return ": ".join([status, *dict.fromkeys(names)])


def _type_in(cause: str | None) -> str | None:
    """The class of the exception in a cause that Lambda wrote. None if the cause names no class."""
    try:
        return str(json.loads(cause or "")["errorType"])
    except (LookupError, TypeError, ValueError, RecursionError):
        return None
