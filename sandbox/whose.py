"""Which creator a request is about, told before anyone judges it: faults may be ordered for one creator alone."""

from urllib.parse import parse_qs

from starlette.datastructures import Headers, QueryParams
from starlette.types import Message, Receive, Scope

from sandbox.state import Sandbox


async def whose(sandbox: Sandbox, route: str, scope: Scope, receive: Receive) -> tuple[str | None, Receive]:
    """The creator's open_id, if a token or an upload of somebody's is named; and what gives the request as it came."""
    if route == "upload":
        publish = sandbox.publishes.of_upload(QueryParams(scope["query_string"]).get("upload_id", ""))
        return (publish.open_id if publish else None), receive
    if route == "token":
        return await _whose_form(sandbox, receive)
    _, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    return sandbox.tokens.owner(token), receive


async def _whose_form(sandbox: Sandbox, receive: Receive) -> tuple[str | None, Receive]:
    messages: list[Message] = []
    while not messages or messages[-1].get("more_body"):
        messages.append(await receive())
    form = parse_qs(b"".join(message.get("body", b"") for message in messages).decode(errors="replace"))
    come = iter(messages)

    async def again() -> Message:
        return next(come, None) or await receive()

    return sandbox.tokens.owner(form.get("refresh_token", [""])[0]), again
