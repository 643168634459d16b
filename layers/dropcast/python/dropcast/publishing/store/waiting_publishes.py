"""Finds the publishes of an account whose init has not been sent yet."""

from collections.abc import Iterator

from dropcast.aws.tables import PUBLISHES, Query
from dropcast.publishing.model.states import State


def waiting_of_account(account_id: str) -> Iterator[str]:
    """The ids of the account's queued and held publishes. Eventually consistent."""
    query = Query(
        "account_id = :account",
        {"account": account_id, "queued": State.QUEUED.value, "held": State.HELD.value},
        index="by_account",
        where="#state IN (:queued, :held)",
        only="publish_id",
    )
    return (item["publish_id"] for item in PUBLISHES.items(query))
