"""Finds the creator of a request before its route runs, because a fault may apply to one creator only."""

import json
from urllib.parse import parse_qs

from starlette.datastructures import Headers, QueryParams
from starlette.types import Message, Receive, Scope

from sandbox.state.state import Sandbox


async def request_owner(sandbox: Sandbox, route: str, scope: Scope, receive: Receive) -> tuple[str | None, Receive]:
    """The open_id that the request's token or upload belongs to, or None.

    Also returns a `receive` that delivers the request again.
    """
    if route == "upload":
        publish = sandbox.publishes.of_upload(QueryParams(scope["query_string"]).get("upload_id", ""))
        return (publish.open_id if publish else None), receive
    if route == "token":
        return await _form_owner(sandbox, receive)
    if route == "business_refresh":
        return await _json_owner(sandbox, receive)
    if token := Headers(scope=scope).get("access-token"):
        return sandbox.business_tokens.owner(token), receive
    _, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    return sandbox.tokens.owner(token), receive


async def _form_owner(sandbox: Sandbox, receive: Receive) -> tuple[str | None, Receive]:
    body, again = await _read_body(receive)
    form = parse_qs(body.decode(errors="replace"))
    return sandbox.tokens.owner(form.get("refresh_token", [""])[0]), again


async def _json_owner(sandbox: Sandbox, receive: Receive) -> tuple[str | None, Receive]:
    body, again = await _read_body(receive)
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    token = said.get("refresh_token") if isinstance(said, dict) else None
    return sandbox.business_tokens.owner(str(token)), again


async def _read_body(receive: Receive) -> tuple[bytes, Receive]:
    """The whole body, and a `receive` that returns it again."""
    messages: list[Message] = []
    while not messages or messages[-1].get("more_body"):
        messages.append(await receive())
    come = iter(messages)

    async def again() -> Message:
        return next(come, None) or await receive()

    return b"".join(message.get("body", b"") for message in messages), again
