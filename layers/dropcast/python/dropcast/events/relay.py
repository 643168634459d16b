"""From the outbox to the bus, where rules of any kind may pick the events up."""

from dropcast import aws, dynamo
from dropcast.settings import settings

SOURCE = "dropcast"


def relay(event_id: str, name: str, body: str) -> None:
    """Put the event (`body` is its JSON) on the bus, then take it out of the outbox.

    RuntimeError if EventBridge does not take it: the stream brings it again.
    """
    entry = {"EventBusName": settings().event_bus_name, "Source": SOURCE, "DetailType": name, "Detail": body}
    answer = aws.client("events").put_events(Entries=[entry])
    if answer.get("FailedEntryCount"):
        raise RuntimeError(f"EventBridge did not take {event_id}: {answer['Entries'][0].get('ErrorCode')}")
    aws.client("dynamodb").delete_item(TableName=settings().outbox_table, Key=dynamo.to_item({"pk": event_id}))
