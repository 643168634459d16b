"""python -m bench.trend_memory: the memory of the trends worker for answers that need much memory.

Each row of the output comes from a separate process, which has loaded the function and reads one hostile answer of a
source. The function has 512 MB. Exits with 1 if a process needs more.
"""

import gzip
import os
import resource
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator

import httpx
from pydantic import SecretStr

FUNCTION_MB = 512
MB = 1024 * 1024
ENVIRONMENT = {
    "POWERTOOLS_SERVICE_NAME": "bench",
    "POWERTOOLS_METRICS_NAMESPACE": "Bench",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "PYTHONPATH": "layers/dropcast/python:.",
}


def _filled(row: str, head: str = '{"code":0,"data":{"list":[', tail: str = "]}}") -> bytes:
    """The largest body that a client reads, filled with rows."""
    count = (4 * MB - len(head) - len(tail)) // (len(row) + 1)
    return (head + ",".join([row] * count) + tail).encode()


def _bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return b"".join(packer.compress(b" " * MB) for _ in range(1500)) + packer.flush()


_POINT = '{"date":"2026-11-01","rank_position_daily":1}'
BODIES: dict[str, Callable[[], bytes]] = {
    "a good answer": lambda: _filled('{"hashtag_id":"1","hashtag_name":"a","rank_position":1}')[:60] + b"]}}",
    "the smallest rows": lambda: _filled('{"hashtag_id":"1","hashtag_name":"a","rank_position":1}'),
    "rows of curves": lambda: _filled(
        '{"hashtag_id":"1","hashtag_name":"a","rank_position":1,"trending_history":[' + ",".join([_POINT] * 400) + "]}"
    ),
    "empty objects": lambda: _filled("{}"),
    "empty lists": lambda: _filled("[]"),
    "objects in objects": lambda: _filled('{"a":{"b":{}}}'),
    "different keys": lambda: (
        '{"code":0,"data":{' + ",".join(f'"{number:x}":[]' for number in range(380_000)) + "}}"
    ).encode(),
    "fractions": lambda: _filled("1.5"),
    "long numbers": lambda: _filled("9" * 400),
    "one text": lambda: _filled('"' + "x" * 4_000_000 + '"'),
    "escaped halves": lambda: _filled('"' + "\\ud83c" * 600_000 + '"'),
    "deep": lambda: b"[" * 4 * MB,
    "1.5 GB in gzip": _bomb,
    "1.5 GB in gzip in gzip": lambda: gzip.compress(_bomb()),
}


def _parts(body: bytes) -> Iterator[bytes]:
    return (body[at : at + 65536] for at in range(0, len(body), 65536))


class _Body(httpx.SyncByteStream):
    def __init__(self, body: bytes) -> None:
        self.body = body

    def __iter__(self) -> Iterator[bytes]:
        return _parts(self.body)


def peak_mb(name: str) -> int:
    """The peak resident memory of this process in MB, after it read the answer `name`."""
    from dropcast.tiktok.business.client import Business
    from dropcast.trends.models import Found, trend_query
    from dropcast.trends.rank_changes import with_moves
    from dropcast.trends.snapshot_store import fitting
    from dropcast.trends.sources import discovery
    from functions.queue.trends import handler as handler

    encoding = {"content-encoding": "gzip, gzip" if "in gzip in" in name else "gzip"} if "gzip" in name else {}
    body = BODIES[name]()
    transport = httpx.MockTransport(lambda request: httpx.Response(200, headers=encoding, stream=_Body(body)))
    business = Business("https://business.example", httpx.Client(transport=transport))
    discovery.business_within = lambda seconds: business
    discovery.call_with_business_token = lambda connection_id, call: call(SecretStr("token"))
    discovery._holders = lambda kind: iter([discovery._Holder("c", "7")])
    told = discovery.fetch(trend_query("hashtags", "US", 7, "ALL"), lambda count: True)
    if isinstance(told, Found):
        fitting(with_moves(told.items, told.curves, None, told.captured_at))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> int:
    if len(sys.argv) > 1:
        print(peak_mb(sys.argv[1]))
        return 0
    print(f"| answer | MB of {FUNCTION_MB} |\n|---|---|")
    worst = 0
    for name in BODIES:
        command = [sys.executable, "-m", "bench.trend_memory", name]
        done = subprocess.run(command, env=os.environ | ENVIRONMENT, capture_output=True, text=True, check=True)
        worst = max(worst, int(done.stdout))
        print(f"| {name} | {int(done.stdout)} |", flush=True)
    return int(worst >= FUNCTION_MB)


if __name__ == "__main__":
    sys.exit(main())
