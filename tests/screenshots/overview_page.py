"""The overview."""

from tests.e2e.console.outcome_rows import put_days, put_publish
from tests.screenshots.camera import Camera
from tests.screenshots.scene import Scene


def take_overview(camera: Camera, scene: Scene) -> None:
    stack = scene.client.stack
    put_days(stack)
    account = scene.connect("olga.sails", "Olga sails", user_id="olga")
    page = camera.open(scene.operator)
    page.goto("/console")
    page.locator(".uplot").nth(1).wait_for()
    camera.take_page(page, "overview-before")
    put_publish(stack, account, "unknown", "spring-campaign-7")
    put_publish(stack, account, "failed", "spring-campaign-8")
    page.goto("/console")
    page.locator(".uplot").nth(1).wait_for()
    camera.take_page(page, "overview")
