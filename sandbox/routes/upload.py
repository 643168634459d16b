"""The upload host: PUT {upload_url} (protocol sections 4.5 and 4.6).

The sandbox reads the body before it sends a refusal, so that the client receives the refusal.
"""

import secrets
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from sandbox.routes.processing import start_processing
from sandbox.rules.chunks import ByteRange, expected_range, parse_content_range
from sandbox.state.publishes import Publish, Put, Received
from sandbox.state.state import Sandbox, entry_of, sandbox_of

VIDEO_TYPES = ("video/mp4", "video/quicktime", "video/webm")


@dataclass(frozen=True)
class ChunkRefusal:
    status: int
    why: str


async def put_chunk(request: Request) -> Response:
    sandbox, entry = sandbox_of(request), entry_of(request)
    entry.content_range = request.headers.get("content-range")
    entry.record_secret("upload_token", request.query_params.get("upload_token"))
    if "authorization" in request.headers:
        entry.notes.append("Authorization sent to the upload host, where it does not belong")
    publish = sandbox.publishes.of_upload(request.query_params.get("upload_id", ""))
    if publish:
        entry.open_id, entry.publish_id = publish.open_id, publish.publish_id
    asked = _offered_range(sandbox, request, publish)
    attempt = publish.received.copy() if publish and isinstance(asked, ByteRange) else None
    whole = await _receive_body(request, attempt)
    status = _store_chunk(sandbox, publish, asked, attempt) if whole else None
    if publish:
        sent = parse_content_range(entry.content_range)
        put = Put(sent and sent.first, sent and sent.last, status, entry.bytes_received)
        publish.puts.append(put)
    if status is None:
        raise ClientDisconnect
    entry.notes += [asked.why] if isinstance(asked, ChunkRefusal) else []
    return Response("null", status, _progress_headers(sandbox, publish), media_type="application/json")


def _offered_range(sandbox: Sandbox, request: Request, publish: Publish | None) -> ByteRange | ChunkRefusal:
    """The range of the chunk, or the reason for refusing the chunk."""
    if publish is None or publish.source != "FILE_UPLOAD":
        return ChunkRefusal(404, "no such upload")
    if not secrets.compare_digest(request.query_params.get("upload_token", "").encode(), publish.upload_token.encode()):
        return ChunkRefusal(403, "wrong upload_token")
    if sandbox.clock.now() >= publish.created_at + sandbox.settings.upload_lifetime:
        return ChunkRefusal(403, "upload_url expired")
    wrong = _header_problem(request)
    if wrong:
        return ChunkRefusal(400, wrong)
    if not request.headers.get("content-range"):
        return ChunkRefusal(416, "Content-Range is missing")
    offered = parse_content_range(request.headers["content-range"])
    if offered is None:
        return ChunkRefusal(400, "Content-Range is malformed")
    if int(request.headers["content-length"]) != offered.length:
        return ChunkRefusal(400, "Content-Length does not match Content-Range")
    return _check_order(publish, offered)


def _header_problem(request: Request) -> str | None:
    if request.headers.get("content-type", "").partition(";")[0].strip() not in VIDEO_TYPES:
        return "Content-Type must be video/mp4, video/quicktime or video/webm"
    if "content-length" not in request.headers or "transfer-encoding" in request.headers:
        return "Content-Length is required, chunked transfer-encoding is not allowed"
    return None


def _check_order(publish: Publish, offered: ByteRange) -> ByteRange | ChunkRefusal:
    """Check that the chunk is the next chunk of the plan. A failed publish accepts no chunk."""
    if publish.settled and publish.complete_at is None:
        return ChunkRefusal(404, "this upload's publish has ended")
    plan = publish.source_info
    expected = expected_range(plan["video_size"], plan["chunk_size"], plan["total_chunk_count"], publish.received.size)
    if expected is None or offered.first != expected.first:
        return ChunkRefusal(416, "range does not match the progress")
    if offered != expected:
        return ChunkRefusal(
            416, f"chunk is not as declared at init: expected {expected.first}-{expected.last}/{expected.total}"
        )
    return offered


async def _receive_body(request: Request, attempt: Received | None) -> bool:
    """Read the whole body. False if the connection ended early."""
    try:
        async for data in request.stream():
            if attempt:
                attempt.feed(data)
    except ClientDisconnect:
        entry_of(request).notes.append("the connection ended early; the chunk does not count")
        return False
    return True


def _store_chunk(
    sandbox: Sandbox, publish: Publish | None, asked: ByteRange | ChunkRefusal, attempt: Received | None
) -> int:
    """Store a complete chunk and return its status.

    If two requests send the same chunk at once, the request that finishes first counts.
    """
    if isinstance(asked, ChunkRefusal):
        return asked.status
    assert publish is not None
    assert attempt is not None
    if publish.received.size != asked.first:
        return 416
    publish.received = attempt
    if attempt.size < asked.total:
        return 206
    start_processing(sandbox, publish)
    return 201


def _progress_headers(sandbox: Sandbox, publish: Publish | None) -> dict[str, str]:
    """The headers that report the progress.

    Protocol section 4.5 does not say whether they report a count or the index of the last byte, so a setting decides.
    """
    if publish is None or publish.size is None:
        return {}
    end = publish.received.size
    if sandbox.settings.content_range_end == "last_index":
        end = max(0, end - 1)
    return {"Content-Range": f"bytes 0-{end}/{publish.size}"}
