"""/v1/connections: links under which people connect their TikTok accounts."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from answers import json, needs, refused
from dropcast.accounts.connect import begin_connection
from dropcast.clock import iso
from dropcast.errors import Problem

router = APIGatewayHttpRouter()


class ConnectionRequest(BaseModel):
    """Who is to be connected: `user_id` is the caller's own reference."""

    model_config = ConfigDict(extra="forbid")

    user_id: str = Field(min_length=1, max_length=256)
    return_to: str | None = Field(default=None, max_length=2048)


@router.post("/v1/connections", middlewares=needs("publish"))
def connect(request: ConnectionRequest) -> Response[Any]:
    """A one-time link under which a person connects their TikTok account."""
    connection = begin_connection(request.user_id, request.return_to)
    if isinstance(connection, Problem):
        return refused(connection)
    return json(201, {"connect_url": connection.connect_url, "expires_at": iso(connection.expires_at)})
