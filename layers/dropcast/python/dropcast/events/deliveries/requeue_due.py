"""Queues due deliveries that have no message: the message was lost, or the wait exceeds SQS's maximum delay."""

from dropcast import clock
from dropcast.events.deliveries import delivery_store
from dropcast.events.deliveries.delivery_queue import Try, send

_BATCH = 100
# Within this time a queued delivery should be attempted and its outcome stored. Otherwise it is queued again.
_PUT_OFF_S = 300
_LAST_BATCH_S = 10


def requeue_due() -> int:
    """Queue every delivery that is due in the index. Returns how many were queued.

    Stops early if this process has little time left.
    """
    return sum(_requeue_shard(shard) for shard in delivery_store.SHARDS)


def _requeue_shard(shard: str) -> int:
    queued, now = 0, clock.now()
    while clock.seconds_left() > _LAST_BATCH_S:
        due = delivery_store.due_deliveries(shard, now, _BATCH)
        taken = [one for one in due if delivery_store.put_off(one, now + _PUT_OFF_S)]
        send([Try(one.endpoint_id, one.event_id) for one in taken])
        queued += len(taken)
        if len(due) < _BATCH:
            break
    return queued
