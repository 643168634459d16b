"""Each event is counted once after any failure of the relay, and counting delays no event."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from dropcast.aws import clients, dynamo
from dropcast.aws.clients import ContendedError
from dropcast.events.daily_counts import DayCounts
from dropcast.events.outbox import outbox_store, relay, remove_and_count
from tests.unit.events.conftest import waiting
from tests.unit.events.outbox.outcomes import DAY, counts, put
from tests.unit.support.accounts import items


class Killed(BaseException):
    pass


def conflict(kinds: list[str]) -> ClientError:
    answer: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": "no"},
        "CancellationReasons": [{"Code": kind} for kind in kinds],
    }
    return ClientError(answer, "TransactWriteItems")


@pytest.fixture
def meet(cloud: pytest.MonkeyPatch) -> Callable[[list[Exception]], None]:
    """Let the next transactions raise these errors."""

    def plan(errors: list[Exception]) -> None:
        real = clients.client("dynamodb").transact_write_items

        def transact(**request: Any) -> Any:
            if errors:
                raise errors.pop(0)
            return real(**request)

        cloud.setattr(clients.client("dynamodb"), "transact_write_items", transact)

    return plan


def test_a_repeated_batch_counts_nothing_again(bus):
    events = [put("published", sent=9), put("failed")]

    relay.relay(events)
    relay.relay(events)

    assert counts() == DayCounts(DAY, published=1, failed=1, bytes_sent=9)


def test_a_partly_repeated_batch_counts_the_other_events_once(bus):
    events = [put("published", sent=1) for _ in range(5)]
    relay.relay(events[:2])

    relay.relay(events)

    assert (counts().published, counts().bytes_sent, waiting()) == (5, 5, set())


@pytest.mark.parametrize("after", [False, True])
def test_a_relay_killed_at_the_transaction_leaves_a_right_count(bus, cloud, after):
    events = [put("published"), put("failed")]
    real = dynamo.write_all

    def killed(entries: list[Any]) -> bool:
        if after:
            real(entries)
        raise Killed

    with cloud.context() as patch:
        patch.setattr(dynamo, "write_all", killed)
        with pytest.raises(Killed):
            relay.relay(events)

    relay.relay(events)

    assert counts() == DayCounts(DAY, published=1, failed=1)
    assert waiting() == set()


def test_a_relay_killed_during_the_fallback_leaves_a_right_count(bus, cloud):
    events = [put("published") for _ in range(4)]
    relay.relay(events[:1])
    real, left = dynamo.write_all, [True, True, True]

    def killed(entries: list[Any]) -> bool:
        if not left:
            raise Killed
        left.pop()
        return real(entries)

    with cloud.context() as patch:
        patch.setattr(dynamo, "write_all", killed)
        with pytest.raises(Killed):
            relay.relay(events)
    assert waiting()

    relay.relay(events)

    assert (counts().published, waiting()) == (4, set())


def test_two_concurrent_relays_count_each_event_once(bus, cloud):
    events = [put("published", sent=2) for _ in range(6)]
    real, others = dynamo.write_all, [events[3:], events[:2]]

    def meanwhile(entries: list[Any]) -> bool:
        if others:
            relay.relay(others.pop())
        return real(entries)

    cloud.setattr(dynamo, "write_all", meanwhile)

    relay.relay(events)

    assert (counts(), waiting()) == (DayCounts(DAY, published=6, bytes_sent=12), set())


def test_a_temporary_conflict_is_retried(bus, meet):
    event = put("published")
    meet([conflict(["None", "TransactionConflict", "None"])] * 3)

    relay.relay([event])

    assert (counts().published, waiting()) == (1, set())


@pytest.mark.parametrize(
    "error",
    [
        conflict(["None", "TransactionConflict", "None"]),
        ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "TransactWriteItems"),
    ],
)
def test_counts_that_cannot_be_written_delay_no_event(bus, meet, error):
    events = [put("published"), put("failed")]
    meet([error] * 1000)

    assert relay.relay(events) == {}

    assert (waiting(), items("console")) == (set(), [])


def test_the_log_names_the_events_that_were_not_counted(bus, meet, cloud):
    logged: list[dict[str, Any]] = []
    cloud.setattr(remove_and_count.logger, "warning", lambda event, **fields: logged.append({"event": event, **fields}))
    events = [put("published") for _ in range(3)]
    relay.relay(events[:1])
    # The batch fails because of the first event. Alone, the first event also fails; the second is counted, and the
    # third is not.
    real = clients.client("dynamodb").transact_write_items
    tries: list[int] = []

    def transact(**request: Any) -> Any:
        tries.append(1)
        if len(tries) > 3:
            raise conflict(["TransactionConflict"])
        return real(**request)

    cloud.setattr(clients.client("dynamodb"), "transact_write_items", transact)

    relay.relay(events)

    assert logged == [{"event": "publishes.uncounted", "events": ["evt_0002"], "error": "ContendedError"}]
    assert (counts().published, waiting()) == (2, set())


def test_an_event_that_cannot_be_deleted_stays_for_the_next_try(bus, cloud):
    event = put("published")
    with cloud.context() as patch:
        patch.setattr(dynamo, "write_all", lambda _: (_ for _ in ()).throw(ContendedError("x")))
        patch.setattr(outbox_store, "remove", lambda _: (_ for _ in ()).throw(ContendedError("x")))
        with pytest.raises(ContendedError):
            relay.relay([event])
    assert waiting() == {event.event_id}

    relay.relay([event])

    assert (counts().published, waiting()) == (1, set())
