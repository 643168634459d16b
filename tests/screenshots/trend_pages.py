"""The pages of trends."""

import time

from tests.e2e.console.trend_rows import hashtags, put_health, put_list, videos
from tests.screenshots.camera import Camera
from tests.screenshots.scene import Scene


def take_trend_pages(camera: Camera, scene: Scene) -> None:
    stack, now = scene.client.stack, int(time.time())
    page = camera.open(scene.operator)
    page.goto("/console/trends?kind=music")
    camera.take_page(page, "trends-not-collected")
    put_list(stack, "hashtags", hashtags())
    failure = {"source": "discovery", "reason": "rate", "raw_status": "HTTP 429, code 40100: Too many requests."}
    put_list(stack, "videos", videos(), good=False, attempts=[failure], captured_at=now - 50_000)
    put_health(stack, "discovery", good_at=now - 3_600)
    failed = {"failed_at": now - 60, "reason": "unanswered", "raw_status": "HTTP 502, unreadable", "failures": 2}
    put_health(stack, "creative_center", good_at=now - 90_000, list_key="videos#US#7#ALL", **failed)
    put_health(stack, "ensembledata", failed_at=now, reason="not_configured", raw_status="no token is set")
    for name, path in (
        ("trends", ""),
        ("trends-failed", "?kind=videos"),
        ("trend", "/item?kind=hashtags&country=US&period=7&id=4200003"),
        ("trends-collect", "/collect"),
    ):
        page.goto(f"/console/trends{path}")
        camera.take_page(page, name)
    for username, nickname in (("vera.vlogs", "Vera vlogs"), ("otto.cooks", "Otto cooks")):
        scene.connect(username, nickname, user_id="studio")
    page.goto("/console/trends/use?hashtag=pottery")
    camera.take_page(page, "trend-use")
