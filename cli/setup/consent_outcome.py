"""How the consent of a connect link ended if no account was connected."""

from dropcast.aws import clients
from dropcast.aws.attributes import from_attribute, to_attribute
from dropcast.settings import settings

_CONDITION = "begins_with(pk, :state) AND user_id = :user AND spent_at >= :since AND attribute_exists(outcome)"


def refused_consent(user_id: str, since: int) -> str | None:
    """The code with which the user's last consent after `since` (seconds since the epoch) failed.

    None if it did not fail. The function scans the table of connect links and consents, which keeps the outcome of a
    consent for a day.
    """
    values = {":state": "state#", ":user": user_id, ":since": since}
    found: list[dict[str, object]] = []
    pages = clients.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(
        TableName=settings().connections_table,
        FilterExpression=_CONDITION,
        ExpressionAttributeValues={name: to_attribute(value) for name, value in values.items()},
    ):
        found += [{name: from_attribute(value) for name, value in item.items()} for item in page["Items"]]
    ended = sorted(found, key=lambda item: int(str(item["spent_at"])))
    outcome = ended[-1]["outcome"] if ended else {}
    return str(outcome["error"]) if isinstance(outcome, dict) and outcome.get("error") else None
