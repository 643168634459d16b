"""Whatever is dropped, with whatever options beside it, becomes a row. DROPS says how many are tried (200)."""

import json
import os
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from dropcast.publishing.drops import take_drop
from dropcast.publishing.transitions import State

from .conftest import BUCKET, stored
from .test_drops import put

DROPS = int(os.environ.get("DROPS", "200"))
NAMES = [
    "privacy_level",
    "title",
    "mode",
    "via",
    "publish_at",
    "consent",
    "allow_duplicate",
    "allow_comment",
    "is_aigc",
]
NAMES += ["hashtags", "cover_timestamp_ms", "on_too_long", "brand_content", "cover_index", "description", "tittle", ""]
TIMES = ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2026-02-30T00:00:00Z", "2026-12-24T18:00:00+01:00"]
TIMES += ["2026-12-24", "1e400", "2026-12-24T18:00:00", "2026-12-24T18:00:00.999999999Z", "٢٠٢٦-12-24T18:00:00Z"]
TEXTS = [
    "",
    "SELF_ONLY",
    "direct",
    "draft",
    "pull",
    "auto",
    "clamp",
    "x" * 3000,
    "\0",
    "😀" * 2000,
    "#",
    "a,b",
    "é\u202e",
]
NUMBERS = [0, -1, 1, 2**31, 2**63, 2**64, 10**400, -(10**30), 0.5, 1e308, float("nan"), float("inf"), True, False]
WHOLE = {"privacy_level": "SELF_ONLY"}
KEYS = ["{A}/a.mp4", "{A}/a.MP4", "{A}/é/😀.mov", "{A}//a.mp4", "{A}/../a.mp4", "{A}/.mp4", "{A}/a.json.mp4", "a.mp4"]
KEYS += [
    "{A}/a\n.mp4",
    "{A}/a.txt",
    "none/a.mp4",
    "{A}/" + "a" * 900 + ".webm",
    "{A}/a%2Fb.mp4",
    "{A}/a#b?c.mp4",
    "{A}",
]


def value(dice: random.Random, depth: int = 3) -> Any:
    kinds: list[Callable[[], Any]] = [
        lambda: dice.choice(TEXTS),
        lambda: dice.choice(TIMES),
        lambda: dice.choice(NUMBERS),
        lambda: None,
        lambda: "".join(chr(dice.choice([dice.randrange(32, 127), dice.randrange(0x20, 0xD800)])) for _ in range(9)),
    ]
    if depth:
        kinds += [
            lambda: [value(dice, depth - 1) for _ in range(dice.randrange(4))],
            lambda: {dice.choice([*NAMES, "by", "at", "text"]): value(dice, depth - 1) for _ in range(3)},
        ]
    return dice.choice(kinds)()


def sidecar(dice: random.Random) -> bytes | None:
    options = (WHOLE if dice.random() < 0.7 else {}) | {
        dice.choice(NAMES): value(dice) for _ in range(dice.randrange(4))
    }
    text = json.dumps(options, ensure_ascii=dice.random() < 0.5)
    raw = text.encode(dice.choice(["utf-8"] * 6 + ["utf-16", "utf-32", "utf-8-sig", "utf-16-le"]))
    match dice.randrange(8):
        case 0:
            return None
        case 1:
            return raw[: dice.randrange(len(raw) + 1)]
        case 2:
            broken = bytearray(raw)
            broken[dice.randrange(len(broken))] = dice.randrange(256)
            return bytes(broken)
        case 3:
            return dice.choice(
                [b"[" * 60_000, b'{"a":' * 9000, b"1" * 9000, b"", b"null", b'"\\ud800"', b"\xff" * 70_000]
            )
        case _:
            return raw


def metadata(dice: random.Random) -> dict[str, str]:
    names = [name.replace("_", dice.choice("-_")) for name in dice.sample(NAMES[:-1], dice.randrange(3))]
    said = {name: str(value(dice, 0))[:500] for name in names}
    return {name: quote(text) if dice.random() < 0.8 or not text.isascii() else text for name, text in said.items()}


@pytest.mark.parametrize("seed", range(max(1, DROPS // 100)))
def test_no_drop_is_lost(account, begun, seed):
    dice = random.Random(seed)
    made = 0
    while made < min(DROPS, 100):
        key = "drop/" + dice.choice(KEYS).replace("{A}", account.account_id)
        beside, said = sidecar(dice), metadata(dice)
        try:
            if beside is not None:
                put(key.rsplit(".", 1)[0] + ".json", beside)
            version = put(key, dice.randbytes(9), said)
        except (ClientError, ParamValidationError):
            continue  # S3 takes no such metadata
        made += 1

        publish = take_drop(BUCKET, key, dice.choice([version, version, None]))

        assert publish is not None, (key, beside, said)
        row = stored(publish)
        assert row.state in (State.QUEUED, State.HELD, State.FAILED), (key, beside, said)
        assert (row.error is not None) == (row.state is State.FAILED)
