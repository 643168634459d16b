"""Puts events on EventBridge."""

from botocore.exceptions import ClientError

from dropcast.aws import clients


def put_events(entries: list[dict[str, str]]) -> list[str | None]:
    """Put at most 10 entries on their bus in one call. Returns for each entry None or EventBridge's error code."""
    try:
        answer = clients.client("events").put_events(Entries=entries)
    except ClientError as error:
        return [clients.error_code(error)] * len(entries)
    return [entry.get("ErrorCode") for entry in answer["Entries"]]
