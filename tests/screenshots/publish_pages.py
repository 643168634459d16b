"""The page of a publish, in each state that a person meets."""

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
    for name, publish_id in (
        ("published", _ended(scene, account, title="Blue hour")),
        ("in-inbox", _ended(scene, account, mode="draft", privacy_level=None)),
        ("failed", _failed(scene, account)),
        ("unknown", _unknown(scene, account)),
    ):
        _take(camera, scene, name, publish_id)
    _take_waiting(camera, scene, account)
    _take_moving(camera, scene, account)
    _take(camera, scene, "missing", "pub_0000000000000000")


def _take(camera: Camera, scene: Scene, name: str, publish_id: str) -> None:
    page = camera.open(scene.operator)
    page.goto(f"/console/publishes/{publish_id}")
    camera.take_page(page, f"publish-{name}")
    page.context.close()


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
    publish_id = scene.client.publish(account, _KEY, publish_at=at)["publish_id"]
    _wait_state(scene, publish_id, "held")
    _take(camera, scene, "waiting", publish_id)
    scene.client.api("POST", f"/v1/publishes/{publish_id}/cancel").raise_for_status()
    scene.client.until_rest(publish_id)
    _take(camera, scene, "cancelled", publish_id)


def _take_moving(camera: Camera, scene: Scene, account: str) -> None:
    """A publish whose bytes travel slowly, and one that TikTok processes for a long time."""
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
