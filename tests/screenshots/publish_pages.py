"""The pages of publishes: one in each state that a person meets, its actions, and the list."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.e2e.road import fault, wait_for
from tests.screenshots.camera import Camera
from tests.screenshots.scene import Scene

_KEY, _LARGE_KEY = "publishes/harbour.mp4", "publishes/long.mp4"
_SLOW_BYTES_PER_S = 500_000


def take_publish_pages(camera: Camera, scene: Scene) -> None:
    account = scene.connect("pia.paints", "Pia paints")
    scene.client.upload(scene.video(), _KEY)
    scene.client.upload(scene.large_video(), _LARGE_KEY)
    failed, unknown = _failed(scene, account), _unknown(scene, account)
    for name, place in (
        ("published", _ended(scene, account, title="Blue hour", hashtags=["sea"], reference="order-1042")),
        ("in-inbox", _ended(scene, account, mode="draft", privacy_level=None)),
        ("failed", failed),
        ("retry", f"{failed}/retry"),
        ("unknown", unknown),
        ("resolve", f"{unknown}/resolve"),
    ):
        _take(camera, scene, name, place)
    _take_waiting(camera, scene, account)
    _take_moving(camera, scene, account)
    _take(camera, scene, "missing", "pub_0000000000000000")
    _take_list(camera, scene)


def _take(camera: Camera, scene: Scene, name: str, place: str) -> None:
    page = camera.open(scene.operator)
    page.goto(f"/console/publishes/{place}")
    camera.take_page(page, f"publish-{name}")
    page.context.close()


def _take_list(camera: Camera, scene: Scene) -> None:
    """The list, with its filters open, and a search that finds nothing."""
    page = camera.open(scene.operator)
    page.goto("/console/publishes")
    camera.take_page(page, "publishes")
    page.goto("/console/publishes?state=failed,unknown&from=2026-01-01&zone=Europe/Berlin")
    page.get_by_text("Filters (set)").click()
    camera.take_page(page, "publishes-filters")
    page.goto("/console/publishes?q=order-9")
    camera.take_page(page, "publishes-nothing-found")


def _ended(scene: Scene, account: str, **options: Any) -> str:
    taken = scene.client.publish(account, _KEY, **options)
    return scene.client.until_rest(taken["publish_id"])["publish_id"]


def _failed(scene: Scene, account: str) -> str:
    scene.client.sandbox("PATCH", "/settings", json={"fail_reason": "frame_rate_check_failed"})
    publish_id = _ended(scene, account)
    scene.client.sandbox("PATCH", "/settings", json={"fail_reason": None})
    return publish_id


def _unknown(scene: Scene, account: str) -> str:
    fault(scene.client, "video_init", "reset_after")
    return _ended(scene, account, via="pull")


def _take_waiting(camera: Camera, scene: Scene, account: str) -> None:
    """A publish that waits for its time, and is then cancelled."""
    at = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
    publish_id = scene.client.publish(account, _KEY, publish_at=at, title="Tomorrow's harbour")["publish_id"]
    _wait_state(scene, publish_id, "held")
    for name, place in (
        ("waiting", publish_id),
        ("edit", f"{publish_id}/edit"),
        ("cancel", f"{publish_id}/cancel"),
    ):
        _take(camera, scene, name, place)
    scene.client.api("POST", f"/v1/publishes/{publish_id}/cancel").raise_for_status()
    scene.client.until_rest(publish_id)
    _take(camera, scene, "cancelled", publish_id)


def _take_moving(camera: Camera, scene: Scene, account: str) -> None:
    """A publish whose bytes are sent slowly, and a publish that TikTok processes for a long time."""
    scene.client.sandbox("PATCH", "/settings", json={"processing_seconds": 600})
    fault(scene.client, "upload", "slow_body", bytes_per_second=_SLOW_BYTES_PER_S)
    publish_id = scene.client.publish(account, _LARGE_KEY)["publish_id"]
    _wait_state(scene, publish_id, "uploading")
    _take(camera, scene, "sending", publish_id)
    scene.client.sandbox("DELETE", "/faults")
    _wait_state(scene, publish_id, "processing")
    _take(camera, scene, "processing", publish_id)


def _wait_state(scene: Scene, publish_id: str, state: str) -> None:
    wait_for(lambda: scene.client.show(publish_id)["state"] == state)
