"""Estimates the AWS cost of a publish from list prices, in integers. docs/publish.md shows the formula.

The prices are those of us-east-1 on 2026-11-21, without free tiers, in nano-dollars (10^-9 USD).
"""

from dataclasses import dataclass
from typing import Literal

TRANSITION = 25_000  # Step Functions, Standard: 25 USD for a million
LAMBDA_GB_S = 13_333  # Lambda on ARM
LAMBDA_REQUEST = 200
HTTP_REQUEST = 1_000  # API Gateway, HTTP API
TABLE_WRITE = 625  # DynamoDB on demand, per kB. A transaction counts twice, and each index adds one write
TABLE_READ = 125
S3_GET = 400
KMS_REQUEST = 3_000
EVENT = 1_000  # EventBridge, a custom event
EGRESS_GB = 90_000_000  # to the internet. The prices of Lambda's upload and CloudFront's pulls differ by less than 6 %

MONTH = 10_000_000_000
"""The cost of a deployment in a month without any publish (docs/deploy.md)."""

# The calls of a publish of 100 MB without errors or waits; tests/unit/publishing/test_cost.py counts them.
_TRANSITIONS = 8
_LAMBDA_CALLS = 10
_WRITES = 67
_READS = 20
_GETS = 4
_KMS_CALLS = 5
_EVENTS = 1
# Prepare takes 1.5 s at 1 GB, the small functions together about 4 s at 0.5 GB.
_GB_MS = 3_500
_PICTURE_GB_MS = 1_500
# Bytes per millisecond from S3 to TikTok: 100 Mbit/s (protocol section 4.8).
_BYTES_PER_MS = 12_500
_TRANSFER_LOOP_MS = 840_000


@dataclass(frozen=True)
class CostLine:
    """An item that AWS charges for, its amount, and its price in micro-dollars, rounded up."""

    what: Literal["state_transitions", "lambda_gb_ms", "requests", "bytes_out"]
    amount: int
    micro_usd: int


def estimate(way: Literal["upload", "pull"], bytes_out: int, pictures: int = 0) -> tuple[CostLine, ...]:
    """The cost of a publish that sends `bytes_out` bytes (0 if TikTok pulls from the caller's own URL)."""
    transfer_ms = -(-bytes_out // _BYTES_PER_MS) if way == "upload" else 0
    loops = transfer_ms // _TRANSFER_LOOP_MS
    transitions = _TRANSITIONS + 2 * loops + (2 if pictures else 0)
    gb_ms = _GB_MS + transfer_ms // 2 + _PICTURE_GB_MS * pictures
    requests = (
        LAMBDA_REQUEST * (_LAMBDA_CALLS + loops)
        + HTTP_REQUEST
        + TABLE_WRITE * _WRITES
        + TABLE_READ * _READS
        + S3_GET * (_GETS + pictures)
        + KMS_REQUEST * _KMS_CALLS
        + EVENT * _EVENTS
    )
    count = _LAMBDA_CALLS + loops + 1 + _WRITES + _READS + _GETS + pictures + _KMS_CALLS + _EVENTS
    return (
        CostLine("state_transitions", transitions, _micro(transitions * TRANSITION)),
        CostLine("lambda_gb_ms", gb_ms, _micro(gb_ms * LAMBDA_GB_S // 1000)),
        CostLine("requests", count, _micro(requests)),
        CostLine("bytes_out", bytes_out, _micro(bytes_out * EGRESS_GB // 10**9)),
    )


def estimate_many(publishes: int, bytes_out: int) -> tuple[CostLine, ...]:
    """The cost of `publishes` publishes of videos that send `bytes_out` bytes in total."""
    if publishes == 0:
        return ()
    each, last = estimate("upload", 0), estimate("upload", bytes_out)
    others = publishes - 1
    return tuple(
        CostLine(one.what, others * one.amount + all_bytes.amount, others * one.micro_usd + all_bytes.micro_usd)
        for one, all_bytes in zip(each, last, strict=True)
    )


def _micro(nano: int) -> int:
    return -(-nano // 1000)
