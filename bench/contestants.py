"""Runs one contestant in a separate process: `python -m bench.contestants NAME JOB_JSON` prints its measurements as
JSON.

`ours` is the transfer as the function workflow/transfer runs it. From AWS it uses only the object's bytes. DynamoDB,
KMS and TikTok's status are simulated in this process, and every DynamoDB call takes DYNAMODB_S.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretBytes, SecretStr

from dropcast.aws import clients
from dropcast.publishing.model.chunk_plan import plan_chunks
from dropcast.publishing.model.publish import HistoryEntry, Publish, Source
from dropcast.publishing.model.states import State
from dropcast.publishing.store import publish_store
from dropcast.publishing.transfer import transfer
from dropcast.publishing.transfer.source_reader import SourceReader

# The duration of one DynamoDB call (an assumption; AWS says single-digit milliseconds).
DYNAMODB_S = 0.005


@dataclass(frozen=True)
class Job:
    """`origin` and `sink`: the URLs of the source and of the target. `size` and `chunk` are in bytes."""

    origin: str
    sink: str
    size: int
    chunk: int


def ours(job: Job) -> dict[str, Any]:
    """Run Dropcast's transfer of a publish row."""
    now = int(time.time())
    row = Publish(
        publish_id="pub_bench",
        account_id="acc_bench",
        state=State.UPLOADING,
        execution="pub_bench",
        origin="api",
        source=Source(bucket="bench", key="video.mp4", etag='"bench"', size=job.size, content_type="video/mp4"),
        created_at=now,
        history=[HistoryEntry(at=now, state=State.UPLOADING)],
        upload_url_sealed=SecretBytes(b"sealed"),
        tiktok_publish_id="v_pub",
        chunk_bytes=job.chunk,
    )
    calls: dict[str, int] = {}
    seen: dict[str, Any] = {"parallel": False}

    def dynamodb(name: str, answer: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **values: Any) -> Any:
            calls[name] = calls.get(name, 0) + 1
            time.sleep(DYNAMODB_S)
            return answer(*args, **values)

        return call

    store: Any = publish_store
    store.owned = dynamodb("get", lambda *_: row)
    store.take_epoch = dynamodb("take_epoch", lambda publish: publish)
    store.note_progress = dynamodb("note", lambda publish, **values: publish.model_copy(update=values))
    store.is_uploader = dynamodb("look", lambda _: True)
    store.move = dynamodb("move", lambda publish, state, **_: publish.model_copy(update={"state": state}))
    road: Any = transfer
    road.unseal_url = lambda *_: SecretStr(job.sink)
    road.fact_store.webhooks_arrive = lambda: True
    real = SourceReader._prepare  # pyright: ignore[reportPrivateUsage]

    def prepare(reader: SourceReader, pace: Any) -> None:
        real(reader, pace)
        seen["parallel"] = seen["parallel"] or reader._next is not None  # pyright: ignore[reportPrivateUsage]

    SourceReader._prepare = prepare  # pyright: ignore[reportPrivateUsage]
    step = transfer.transfer("pub_bench", "pub_bench")
    assert step.outcome == "uploaded", step
    return {"calls": calls, **seen}


def chunk_by_chunk(job: Job) -> dict[str, Any]:
    """Get a chunk, then put it, as good alternatives to Dropcast do."""
    plan = plan_chunks(job.size, job.chunk)
    with httpx.Client(timeout=60) as http:
        for chunk in map(plan.chunk, range(plan.count)):
            got = _get(f"bytes={chunk.first}-{chunk.last}").read()
            _put(http, job, got, chunk.first, chunk.last)
    return {}


def whole_file(job: Job) -> dict[str, Any]:
    """Get the whole file, then put it, as most guides do."""
    with httpx.Client(timeout=60) as http:
        _put(http, job, _get(f"bytes=0-{job.size - 1}").read(), 0, job.size - 1)
    return {}


def _get(wanted: str) -> Any:
    return clients.client("s3").get_object(Bucket="bench", Key="video.mp4", Range=wanted)["Body"]


def _put(http: httpx.Client, job: Job, content: bytes, first: int, last: int) -> None:
    headers = {"Content-Type": "video/mp4", "Content-Range": f"bytes {first}-{last}/{job.size}"}
    http.put(job.sink, content=content, headers=headers).raise_for_status()


def forget_peak() -> int:
    """Reset this process's peak of resident memory. Return the resident bytes now."""
    Path("/proc/self/clear_refs").write_text("5")
    return resident("VmRSS")


def resident(line: str) -> int:
    """VmRSS or (the peak) VmHWM of this process, in bytes."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{line}:")[1].split()[0]) * 1024


def main() -> None:
    name, job = sys.argv[1], Job(**json.loads(sys.argv[2]))
    _warm()
    idle = forget_peak()
    began, used = time.monotonic(), cpu()
    told = {"ours": ours, "chunk_by_chunk": chunk_by_chunk, "whole_file": whole_file}[name](job)
    seconds, used = time.monotonic() - began, cpu() - used
    peak = resident("VmHWM")
    print(json.dumps({"seconds": seconds, "cpu": used, "rss": peak - idle, **told}))


def _warm() -> None:
    """Create what a warm Lambda has: clients, the TLS context, models. Opens no connection and reads no object."""
    clients.client("s3")
    Publish.model_rebuild()
    transfer._http()  # pyright: ignore[reportPrivateUsage]


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
