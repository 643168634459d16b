"""Receives Dropcast's webhooks and stores each event once, before it answers: uvicorn receiver:app.

WEBHOOK_SECRET: the endpoint's secret (whsec_…). DATABASE: the SQLite file that gets the events.
"""

import os
import sqlite3
from contextlib import closing
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request

from dropcast_client import WebhookRefusedError, verify_webhook

app = FastAPI()


async def read_body(request: Request) -> bytes:
    """The bytes as they were signed, before any parsing."""
    return await request.body()


@app.post("/dropcast", status_code=204)
def receive(request: Request, body: Annotated[bytes, Depends(read_body)]) -> None:
    try:
        event = verify_webhook(body, request.headers, os.environ["WEBHOOK_SECRET"])
    except WebhookRefusedError as refused:
        raise HTTPException(401, refused.message) from None
    with closing(sqlite3.connect(os.environ["DATABASE"])) as database, database:
        database.execute("CREATE TABLE IF NOT EXISTS events (event_id TEXT PRIMARY KEY, event TEXT, body TEXT)")
        row = (event.event_id, event.event, body.decode())
        database.execute("INSERT OR IGNORE INTO events VALUES (?, ?, ?)", row)
