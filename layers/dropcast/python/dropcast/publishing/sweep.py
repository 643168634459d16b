"""The sweep: a row whose execution should have begun and did not is begun; at one that rests somebody looks again."""

from dataclasses import dataclass
from typing import Literal

from aws_lambda_powertools import Logger

from dropcast import clock
from dropcast.publishing import publish_store
from dropcast.publishing.beginning import begin_due
from dropcast.publishing.look_again import queue_look
from dropcast.publishing.publish_row import UNSTARTED_SHARDS

_OVERDUE_SECONDS = 60


_logger = Logger(child=True)


@dataclass(frozen=True)
class Swept:
    """How many executions were asked for, how many looks, and how many rows came to nothing but an error."""

    begun: int
    looks: int
    failed: int = 0


def sweep() -> Swept:
    """Begin what was due more than a minute ago and never began, and have the others on the list looked at."""
    before = clock.now() - _OVERDUE_SECONDS
    overdue = [
        publish_id for shard in range(UNSTARTED_SHARDS) for publish_id in publish_store.unstarted_before(shard, before)
    ]
    done = [_turn(publish_id) for publish_id in overdue]
    return Swept(done.count("begun"), done.count("look"), done.count("failed"))


def _turn(publish_id: str) -> Literal["begun", "look", "failed"]:
    """One row that cannot be read, or is of a later release, holds up no other."""
    try:
        if begin_due(publish_id):
            return "begun"
        queue_look(publish_id)
    except Exception:
        _logger.exception("not swept", publish_id=publish_id)
        return "failed"
    return "look"
