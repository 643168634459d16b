"""Photo posts on the local stack: prepared, pulled by TikTok from signed addresses, or refused with each bad
picture.
"""

import secrets
from typing import Any

import pytest
from PIL import Image

from local.stack_client import StackClient
from tests.e2e.road import posts, requests, transitions, wait_for
from tests.media.pictures import encoded, heic, located, made, quarters, turned, with_alpha


def put(journey: StackClient, *pictures: bytes) -> list[dict[str, str]]:
    """The items of a photos source, each a separate object."""
    items = []
    for data in pictures:
        key = f"in/{secrets.token_hex(4)}"
        journey.stack.client("s3").put_object(Bucket=journey.stack.bucket, Key=key, Body=data)
        items.append({"bucket": journey.stack.bucket, "key": key})
    return items


def ask(journey: StackClient, account: str, items: list[dict[str, str]], **options: Any) -> dict[str, Any]:
    body = {"account_id": account, "kind": "photo", "source": {"type": "photos", "items": items}, **options}
    return journey.api("POST", "/v1/publishes", json=body).raise_for_status().json()


def ended(journey: StackClient, account: str, items: list[dict[str, str]], **options: Any) -> dict[str, Any]:
    return journey.until_rest(ask(journey, account, items, **options)["publish_id"])


@pytest.fixture
def three() -> list[bytes]:
    """A valid picture, a rotated one, and one that is too large and of another format."""
    return [encoded(quarters(), "JPEG"), turned(6), heic(quarters(1200, 1600))]


def test_three_pictures_are_converted_and_posted(journey, account, stack, three):
    options = {"privacy_level": "SELF_ONLY", "title": "three", "description": "of them #pics", "cover_index": 1}

    shown = ended(journey, account, put(journey, *three), is_aigc=True, **options)

    (post,) = posts(journey, account)
    assert shown["state"] == "published", shown
    assert [moment["state"] for moment in shown["history"]] == ["queued", "starting", "processing", "published"]
    assert (post["post_info"]["title"], post["is_aigc"]) == ("three", True)
    assert post["source_info"]["photo_cover_index"] == 1
    assert [(each["problem"], each["warnings"]) for each in post["pictures"]] == [(None, [])] * 3
    assert [(each["width"], each["height"]) for each in post["pictures"]] == [(400, 600), (400, 600), (1080, 1440)]
    assert post["pictures"][0]["size"] == len(three[0])
    assert shown["bytes_total"] == post["received_bytes"]
    assert [each["mended"] for each in shown["pictures"]] == [[], ["orientation"], ["format", "size"]]
    assert transitions(stack, shown["publish_id"])[:3] == ["Prepare", "Prepared?", "Pictures"]


def test_dropped_photos_are_posted_once_in_natural_order(journey, account, stack, events, three):
    pictures = {"café 10+1.heic": three[2], "café 2.jpg": three[0], "café 1.jpg": three[1], ".DS_Store": b"x"}
    options = {"privacy_level": "SELF_ONLY", "title": "dropped", "cover_index": 2}

    journey.drop_photos(account, pictures, "my trip", options)
    (post,) = wait_for(lambda: posts(journey, account))
    journey.drop_photos(account, {}, "my trip", options)

    (failed,) = wait_for(lambda: events.of("publish.failed", account))
    shown = journey.show(events.of("publish.published", account)[0]["publish_id"])
    assert failed["error"]["code"] == "duplicate_drop"
    assert (post["post_info"]["title"], post["source_info"]["photo_cover_index"]) == ("dropped", 2)
    assert [each["key"].rsplit("/", 1)[1] for each in shown["pictures"]] == [
        "café 1.jpg",
        "café 2.jpg",
        "café 10+1.heic",
    ]
    assert [each["problem"] for each in post["pictures"]] == [None] * 3
    items = journey.api("GET", "/v1/publishes", params={"account_id": account}).json()["items"]
    assert len(items) == 2  # the pictures alone created no publish


def test_a_draft_has_its_texts_in_the_inbox(journey, account, three):
    shown = ended(journey, account, put(journey, three[0]), mode="draft", title="a draft", description="to finish")

    (init,) = requests(journey, account, "content_init")
    post = journey.received(shown["tiktok_publish_id"])
    assert shown["state"] == "in_inbox", shown
    assert (init["status"], post["mode"], post["warnings"]) == (200, "inbox", [])
    assert (post["post_info"]["title"], post["post_info"]["description"]) == ("a draft", "to finish")


def test_every_bad_picture_is_named_and_tiktok_is_not_called(journey, account, three):
    items = put(journey, three[0], b"a text", made("1080x1920.jpg")[:-5000])

    shown = ended(journey, account, items, privacy_level="SELF_ONLY")

    error = shown["error"]
    assert (shown["state"], error["code"]) == ("failed", "pictures_refused")
    assert [(each["index"], each["code"]) for each in error["details"]["pictures"]] == [
        (1, "not_a_picture"),
        (2, "picture_damaged"),
    ]
    assert "items[1]" in error["message"]
    assert requests(journey, account, "content_init") == []


def test_thirty_five_pictures_are_posted_in_their_order(journey, account):
    sizes = [(100 + number, 200) for number in range(35)]
    items = put(journey, *(encoded(Image.new("RGB", size, "teal"), "WEBP") for size in sizes))

    shown = ended(journey, account, items, privacy_level="SELF_ONLY")

    (post,) = posts(journey, account)
    assert shown["state"] == "published", shown
    assert [(each["width"], each["height"]) for each in post["pictures"]] == sizes


def test_no_signed_address_is_in_logs_or_histories(journey, account, stack):
    shown = ended(journey, account, put(journey, encoded(with_alpha(), "PNG"), located()), privacy_level="SELF_ONLY")

    post = journey.received(shown["tiktok_publish_id"])
    signature = post["source_info"]["photo_images"][0].split("Signature=")[1][:40]
    (execution,) = stack.executions(shown["publish_id"])
    assert signature
    assert signature not in stack.log_file.read_text(errors="replace")
    assert signature not in str(stack.history(execution))
    assert signature not in str(shown)


def test_another_worker_continues_after_a_kill(journey, account, stack):
    items = put(journey, *(encoded(quarters(3000, 4000), "PNG") for _ in range(4)))

    publish_id = ask(journey, account, items, privacy_level="SELF_ONLY")["publish_id"]
    killed = 0
    for shown in journey.follow(publish_id):
        if not killed and shown["bytes_total"]:
            killed = stack.kill_lambda("workflow-pictures")

    (post,) = posts(journey, account)
    assert killed
    assert (shown["state"], len(post["pictures"])) == ("published", 4)
