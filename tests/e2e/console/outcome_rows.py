"""Stores rows that the overview shows: counts of days that are over, and publishes that need a person."""

import secrets
import time
from typing import Any, Literal

from local.stack import LocalStack

_DAY_S = 24 * 3600
_OUTCOMES = ("published", "in_inbox", "cancelled", "unknown", "failed")


def put_days(stack: LocalStack) -> None:
    """The deployment's counts of the 29 days before today."""
    now = int(time.time())
    for ago in range(1, 30):
        day = time.strftime("%Y-%m-%d", time.gmtime(now - ago * _DAY_S))
        published = 20 + ago * 7 % 23
        counts = (published, ago % 4, ago % 3, ago % 9 == 0, ago * 5 % 6)
        row: dict[str, Any] = {"pk": {"S": f"day#{day}"}, "bytes_sent": {"N": str(published * 61_000_000)}}
        row |= {name: {"N": str(int(number))} for name, number in zip(_OUTCOMES, counts, strict=True)}
        stack.client("dynamodb").put_item(TableName=stack.outputs["ConsoleTable"], Item=row)


def put_publish(stack: LocalStack, account_id: str, state: Literal["unknown", "failed"], reference: str) -> str:
    """Store a publish that came to rest now. Return its publish_id."""
    publish_id, at = f"pub_{secrets.token_hex(8)}", str(int(time.time()))
    error = {"code": "init_lost"} if state == "unknown" else {"code": "tiktok_internal"}
    words = {"message": "TikTok did not answer.", "fix": "Look at the profile.", "next": "resolve"}
    row: dict[str, Any] = {
        "pk": {"S": f"publish#{publish_id}"},
        "sk": {"S": "publish"},
        "publish_id": {"S": publish_id},
        "execution": {"S": publish_id},
        "account_id": {"S": account_id},
        "reference": {"S": reference},
        "state": {"S": state},
        "origin": {"S": "api"},
        "options": {"M": {"privacy_level": {"S": "SELF_ONLY"}}},
        "source": {"M": {"bucket": {"S": stack.bucket}, "key": {"S": "a.mp4"}}},
        "created_at": {"N": at},
        "waits_in": {"S": state},
        "waits_at": {"N": at},
        "history": {"L": [{"M": {"at": {"N": at}, "state": {"S": state}}}]},
        "error": {"M": {name: {"S": text} for name, text in (error | words).items()} | {"details": {"M": {}}}},
        "post_ids": {"L": []},
        **{name: {"N": "0"} for name in ("revision", "epoch", "chunks_begun", "bytes_sent", "inits_lost")},
    }
    stack.client("dynamodb").put_item(TableName=stack.outputs["PublishesTable"], Item=row)
    return publish_id
