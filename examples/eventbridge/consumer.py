"""Keeps the newest state of each publish in SQLite, from the queue's events: python consumer.py QUEUE_URL FILE.

SQS may deliver an event twice or late. A publish's sequence rises with each event, so an older one changes nothing.
"""

import json
import sqlite3
import sys
from typing import Any

import boto3

TABLE = "CREATE TABLE IF NOT EXISTS publishes (publish_id TEXT PRIMARY KEY, state TEXT, sequence INTEGER)"
KEEP_NEWEST = """
    INSERT INTO publishes VALUES (:publish_id, :state, :sequence)
    ON CONFLICT (publish_id) DO UPDATE SET state = excluded.state, sequence = excluded.sequence
    WHERE excluded.sequence > sequence
"""


def keep(database: sqlite3.Connection, event: dict[str, Any]) -> None:
    with database:
        database.execute(KEEP_NEWEST, event["data"] | {"sequence": event["sequence"]})
    print(event["event"], event["data"]["publish_id"], flush=True)


def consume(sqs: Any, queue_url: str, database: sqlite3.Connection) -> None:
    """Handle up to ten messages. Each is deleted after its event is stored, so a crash loses none."""
    answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=20)
    for message in answer.get("Messages", []):
        keep(database, json.loads(message["Body"]))
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])


if __name__ == "__main__":
    _, queue_url, file = sys.argv
    database = sqlite3.connect(file)
    database.execute(TABLE)
    sqs = boto3.client("sqs")
    while True:
        consume(sqs, queue_url, database)
