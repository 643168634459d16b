"""The calendar: a week with publishes of two accounts, and one without any."""

from datetime import UTC, datetime, timedelta

from tests.screenshots.camera import Camera
from tests.screenshots.scene import Scene

_KEY = "calendar/harbour.mp4"
# Days after the next Monday, and hours.
_PLANNED = (
    ("Mia moves", 0, 7, "Stretch before breakfast, five minutes without a mat"),
    ("Mia moves", 1, 18, "What I pack for a week in the mountains #hiking"),
    ("Noor bakes", 1, 6, "Sourdough, day one"),
    ("Noor bakes", 2, 6, "Sourdough, day two: fold it every half hour and let it rest in between"),
    ("Noor bakes", 3, 6, ""),
    ("Mia moves", 5, 9, "Saturday run"),
)


def take_calendar(camera: Camera, scene: Scene) -> None:
    accounts = {
        nickname: scene.connect(nickname.lower().replace(" ", "."), nickname, user_id=nickname)
        for nickname in ("Mia moves", "Noor bakes")
    }
    scene.client.upload(scene.video(), _KEY)
    today = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)
    monday = today + timedelta(days=7 - today.weekday())
    for nickname, days, hour, title in _PLANNED:
        at = (monday + timedelta(days=days)).replace(hour=hour).isoformat()
        scene.client.publish(accounts[nickname], _KEY, publish_at=at, title=title)
    page = camera.open(scene.operator)
    page.goto("/console/calendar")
    page.get_by_role("link", name="Next week").click()
    camera.take_page(page, "calendar")
    page.get_by_role("link", name="Next week").click()
    camera.take_page(page, "calendar-empty")
