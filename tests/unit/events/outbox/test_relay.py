"""The relay moves events from the outbox to the bus. It loses none and makes few calls."""

import pytest
from botocore.exceptions import ClientError

from dropcast import clock
from dropcast.aws import clients
from dropcast.events.outbox import outbox_store, relay
from dropcast.events.outbox.outbox_store import Waiting
from tests.unit.events.conftest import waiting, write_event
from tests.unit.support.accounts import items
from tests.unit.support.memory_aws import maker

MINUTE = 60


@pytest.fixture
def dynamodb_calls(bus):
    calls: list[str] = []
    clients.client("dynamodb").meta.events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name))
    return calls


def outbox() -> list[Waiting]:
    rows = sorted(items("outbox"), key=lambda row: row["pk"])
    return [Waiting(row["pk"], row["name"], row["body"]) for row in rows]


def test_events_are_sent_ten_to_a_call_and_leave_the_outbox(bus):
    written = [write_event(number) for number in range(25)]

    refused = relay.relay(outbox())

    assert [len(entries) for entries in bus.calls] == [10, 10, 5]
    assert sorted(bus.ids) == sorted(written)
    assert (refused, waiting()) == ({}, set())


def test_an_entry_names_the_bus_the_source_and_the_event(bus):
    write_event()

    relay.relay(outbox())

    [[entry]] = bus.calls
    assert {name: entry[name] for name in ("EventBusName", "Source", "DetailType")} == {
        "EventBusName": "dropcast-test",
        "Source": "dropcast",
        "DetailType": "webhook_endpoint.test",
    }


def test_a_call_has_no_more_bytes_than_eventbridge_accepts(bus):
    large = [Waiting(f"evt_{number}", "x", '{"event_id": "%s"}' % ("x" * 100_000)) for number in range(5)]

    relay.relay(large)

    assert [len(entries) for entries in bus.calls] == [2, 2, 1]


def test_only_refused_entries_are_sent_again(bus):
    written = [write_event(number) for number in range(5)]
    bus.plan = [{1: "ThrottlingException", 3: "InternalFailure"}, {0: "InternalFailure"}]

    refused = relay.relay(outbox())

    assert [len(entries) for entries in bus.calls] == [5, 2, 1]
    assert sorted(bus.ids) == sorted(written)
    assert (refused, waiting()) == ({}, set())


def test_an_entry_refused_three_times_stays_in_the_outbox(bus):
    written = sorted(write_event(number) for number in range(3))
    bus.plan = [{2: "InternalFailure"}, {0: "InternalFailure"}, {0: "ThrottlingException"}]

    refused = relay.relay(outbox())

    assert refused == {written[2]: "ThrottlingException"}
    assert waiting() == {written[2]}


def test_a_throttled_call_keeps_only_its_own_events(bus):
    written = sorted(write_event(number) for number in range(12))
    bus.plan = ["ThrottlingException"] * 3

    refused = relay.relay(outbox())

    assert set(refused) == waiting() == set(written[:10])
    assert sorted(bus.ids) == written[10:]


def test_an_event_too_large_for_eventbridge_delays_no_other(bus):
    written = write_event()
    large = Waiting("evt_large", "x", "x" * 300_000)
    bus.plan = ["ValidationException"] * 3

    refused = relay.relay([large, *outbox()])

    assert refused == {"evt_large": "ValidationException"}
    assert bus.ids == [written]


def test_a_crash_between_bus_and_outbox_sends_the_same_event_again(bus, cloud):
    written = write_event()
    with cloud.context() as patch:
        patch.setattr(outbox_store, "remove", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            relay.relay(outbox())

    relay.relay(outbox())

    first, second = bus.taken
    assert first == second
    assert first["event_id"] == written
    assert waiting() == set()


def test_the_schedule_relays_events_older_than_five_minutes(bus, held_clock):
    old = {write_event(number) for number in range(30)}
    held_clock.at += 5 * MINUTE + 1
    young = write_event()

    late = relay.relay_late()

    assert (late.relayed, late.refused) == (30, {})
    assert set(bus.ids) == old
    assert waiting() == {young}


def test_the_schedule_makes_few_calls_if_nothing_waits(bus, held_clock, dynamodb_calls):
    relay.relay_late()

    assert dynamodb_calls == ["Query"] * outbox_store.SHARDS
    assert bus.calls == []


def test_the_schedule_reads_and_sends_in_batches(bus, held_clock, dynamodb_calls):
    for number in range(200):
        write_event(number)
    dynamodb_calls.clear()
    held_clock.at += 6 * MINUTE

    relay.relay_late()

    assert "Scan" not in dynamodb_calls
    assert dynamodb_calls.count("BatchGetItem") <= 2 * outbox_store.SHARDS
    assert dynamodb_calls.count("DeleteItem") == 200
    assert len(bus.calls) <= 200 // 10 + outbox_store.SHARDS


def test_more_than_a_page_of_refused_events_hides_no_later_one(bus, held_clock, cloud):
    cloud.setattr(outbox_store, "_PAGE", 2)
    cloud.setattr(outbox_store, "_shard", lambda _: "shard0")
    refused = {write_event(number) for number in range(4)}
    held_clock.at += 1
    fine = write_event()
    held_clock.at += 6 * MINUTE
    put = clients.client("events").put_events
    no = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}] * 2}
    cloud.setattr(
        clients.client("events"),
        "put_events",
        lambda Entries: no if any(event in str(Entries) for event in refused) else put(Entries=Entries),
    )

    late = relay.relay_late()

    assert set(late.refused) == waiting() == refused
    assert bus.ids == [fine]


def test_the_schedule_stops_in_time(bus, held_clock):
    write_event()
    held_clock.at += 6 * MINUTE

    with clock.ending_in(10):
        late = relay.relay_late()

    assert (late.relayed, bus.calls) == (0, [])


def test_two_concurrent_relays_do_no_harm(bus):
    write_event()
    seen_by_both = outbox()

    relay.relay(seen_by_both)
    refused = relay.relay(seen_by_both)

    assert (refused, waiting()) == ({}, set())
    assert bus.taken[0] == bus.taken[1]


def test_an_event_stays_in_the_outbox_for_two_weeks_at_most(bus, held_clock):
    write_event()

    [row] = items("outbox")

    assert row["expires_at"] == held_clock.at + 14 * 24 * 60 * MINUTE


def test_a_database_error_is_raised(bus):
    write_event()
    events = outbox()
    maker("dynamodb").delete_table(TableName="outbox")

    with pytest.raises(ClientError):
        relay.relay(events)
