"""Every drop becomes a row, with any options.

DROPS sets the number of drops (200): videos and photos alternately, 100 in a test.
"""

import json
import os
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from dropcast.publishing.intake.drops.drops import accept_drop
from dropcast.publishing.model.publish import Photos, Publish
from dropcast.publishing.model.states import State
from tests.unit.publishing.conftest import BUCKET, stored
from tests.unit.publishing.intake.drops.test_drops import put

pytestmark = pytest.mark.long

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


FOLDERS = [
    "t.photos",
    "T.PHOTOS",
    "é.photos",
    "e\u0301.photos",
    "a/b.photos",
    ".photos",
    "x y+%2F.photos",
    "a.photos.photos",
]
FOLDERS += ["t.photos/u.photos", "t.photos\n.photos", "😀" * 200 + ".photos", "/.photos", "..photos", "../t.photos"]
PICTURES = [
    "a.jpg",
    "A.JPG",
    "10.png",
    "2.png",
    "é.heic",
    "e\u0301.heic",
    ".DS_Store",
    "Thumbs.db",
    "n.txt",
    "",
    "s/a.jpg",
]
PICTURES += [
    "x" * 500 + ".jpg",
    "a b+%2F&=.webp",
    "\u202e.jpg",
    "٣.jpg",
    "9" * 400 + ".gif",
    "v.mp4",
    "a\n.jpg",
    "i.json",
]
ODD_ITEMS: list[Any] = ["../a.jpg", "s/a.jpg", "", ".", "none.jpg", "\0", "x" * 9000, 1, None, [], {"bucket": "other"}]


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


def items(dice: random.Random, there: list[str]) -> Any:
    """Usually a list of some pictures. Sometimes a list with odd items, or no list at all."""
    chosen: list[Any] = dice.choices([*there, "a.jpg"], k=dice.randrange(1, 40))
    if dice.random() < 0.3:
        chosen[dice.randrange(len(chosen))] = dice.choice(ODD_ITEMS)
    return dice.choice([chosen] * 5 + [[], None, value(dice)])


def photo_sidecar(dice: random.Random, there: list[str]) -> bytes:
    if dice.random() < 0.3:
        return sidecar(dice) or b"{}"
    options: dict[str, Any] = WHOLE | {dice.choice(NAMES): value(dice) for _ in range(dice.randrange(2))}
    if dice.random() < 0.6:
        options["items"] = items(dice, there)
    return json.dumps(options).encode()


def put_odd_pictures(dice: random.Random, folder: str) -> list[str]:
    names = dice.sample(PICTURES[:6] if dice.random() < 0.5 else PICTURES, dice.randrange(6))
    for name in names:
        put(f"{folder}/{name}", b"" if dice.random() < 0.05 else dice.randbytes(3))
        assert_no_publish(f"{folder}/{name}")
    return [name for name in names if name]


def assert_no_publish(key: str) -> None:
    row = accept_drop(BUCKET, key, None)
    assert row is None or (row.state, row.error and row.error.code) == (State.FAILED, "drop_key_invalid"), key


def assert_row(publish: Publish | None, *what: Any) -> Publish:
    assert publish is not None, what
    row = stored(publish)
    assert row.state in (State.QUEUED, State.HELD, State.FAILED), what
    assert (row.error is not None) == (row.state is State.FAILED), what
    return row


@pytest.mark.parametrize("seed", range(0, max(1, DROPS // 100), 2))
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
            continue  # S3 accepts no such metadata
        made += 1

        assert_row(accept_drop(BUCKET, key, dice.choice([version, version, None])), key, beside, said)


@pytest.mark.parametrize("seed", range(1, DROPS // 100, 2))
def test_no_photo_drop_is_lost_and_none_posts_another_folders_pictures(account, begun, seed):
    dice = random.Random(seed)
    made = 0
    while made < min(DROPS, 100):
        folder = f"drop/{account.account_id}/{made}{dice.choice(FOLDERS)}"
        there = put_odd_pictures(dice, folder)
        text, said = photo_sidecar(dice, there), metadata(dice) if dice.random() < 0.2 else {}
        key = folder + dice.choice([".json", ".json", ".JSON"])
        try:
            version = put(key, text, said)
        except (ClientError, ParamValidationError):
            continue  # S3 accepts no such metadata
        made += 1

        publish = accept_drop(BUCKET, key, dice.choice([version, version, None]), even_empty=True)

        row = assert_row(publish, key, there, text, said)
        if row.error is None:
            assert isinstance(row.source, Photos)
            assert 1 <= len(row.source.items) <= 35
            assert {one.key.rpartition("/")[0] for one in row.source.items} == {folder}
            assert all(one.etag and one.size and one.version_id for one in row.source.items)
