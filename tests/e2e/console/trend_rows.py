"""Lists of trends in a stack's table, like those of a week of collections."""

import json
import random
import time
from typing import Any

from dropcast.aws.dynamo import to_item
from dropcast.clock import iso
from local.stack import LocalStack

RUN_S = 6 * 3600
_NAMES = (
    *("pottery", "slowbread", "harbour", "tidepools", "repotting", "nightmarket", "knitting", "coldbrew", "cyanotype"),
    *("bikepacking", "sourdough", "whittling", "streetchess", "seaglass", "balconygarden", "kintsugi", "birdsong"),
)


def put_list(
    stack: LocalStack, kind: str, items: list[dict[str, Any]], *, country: str = "US", runs: int = 28, **more: Any
) -> None:
    """The current list of `kind` in the country over 7 days, and the ranks of the last `runs` runs.

    `more`: attributes of the current list that differ.
    """
    key, now = f"{kind}#{country}#7#ALL", int(time.time())
    told = {"source": "discovery", "captured_at": now - RUN_S // 6}
    latest = {"pk": key, "sk": "latest", "items": json.dumps(items), "total": len(items), "good": True, **told}
    _put(stack, latest | {"attempts": [], "attempted_at": now - RUN_S // 6, "told_in": "run_1"} | more)
    shuffled, id_name = [item[_ID[kind]] for item in items], random.Random(kind)
    for run in range(runs):
        at = now - RUN_S // 6 - run * RUN_S
        ranks = {item_id: rank for rank, item_id in enumerate(shuffled, 1)}
        row = {"pk": key, "sk": f"at#{iso(at)}", "ranks": json.dumps(ranks), "made_of": "", "is_whole": True}
        _put(stack, row | {"source": "discovery", "captured_at": at, "expires_at": now + 86_400})
        place = id_name.randrange(len(shuffled) - 1)
        shuffled[place], shuffled[place + 1] = shuffled[place + 1], shuffled[place]


def hashtags() -> list[dict[str, Any]]:
    """Hashtags whose ranks changed in every possible way."""
    moves: list[dict[str, Any]] = [
        {"direction": "up", "basis": "history", "rank_change": 3, "velocity": 3.0},
        {"direction": "down", "basis": "history", "rank_change": -2, "velocity": -2.0},
        {"direction": "stable", "basis": "history", "rank_change": 0, "velocity": 0.0},
        {"direction": "new", "basis": "history"},
        {},
    ]
    return [
        {
            "rank": rank,
            "hashtag_id": str(4_200_000 + rank),
            "name": name,
            "views": 19_040_000 // rank,
            "posts": 22_000 // rank,
            "views_ever": 810_000_000 // rank,
            "countries": ["US", "CA"],
            **moves[rank % len(moves)],
        }
        for rank, name in enumerate(_NAMES, 1)
    ]


def videos() -> list[dict[str, Any]]:
    """Videos with captions of any length."""
    captions = [
        "A morning in the harbour #harbour",
        "",
        "How I repair a bowl with gold " * 12 + "#kintsugi",
        "😀 #日本語",
    ]
    return [
        {
            "rank": rank,
            "video_id": str(7_300_000_000_000_000_000 + rank),
            "description": captions[rank % len(captions)],
            "author": f"maker{rank}",
            "hashtags": ["harbour"],
            "views": 120_000 // rank,
            "likes": 9_000 // rank,
            "url": f"https://www.tiktok.com/@maker{rank}/video/{7_300_000_000_000_000_000 + rank}",
        }
        for rank in range(1, 9)
    ]


def put_health(stack: LocalStack, source: str, **health: Any) -> None:
    """The health of a source."""
    _put(stack, {"pk": "health", "sk": source, "failures": 0, **health})


_ID = {"hashtags": "hashtag_id", "videos": "video_id"}


def _put(stack: LocalStack, row: dict[str, Any]) -> None:
    stack.client("dynamodb").put_item(TableName=stack.outputs["TrendsTable"], Item=to_item(row))
