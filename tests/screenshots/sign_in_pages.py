"""The pages that everyone may read, and the sign-in pages."""

from playwright.sync_api import expect

from tests.screenshots.camera import Camera
from tests.screenshots.scene import Scene

_PUBLIC = {
    "landing": "/",
    "terms": "/terms",
    "privacy": "/privacy",
    "error-code": "/errors/rate_limit_exceeded",
    "no-page": "/no-such-page",
}


def take_public_pages(camera: Camera, scene: Scene) -> None:
    """The landing page, the terms and the privacy policy, an error code, and a page that does not exist."""
    page = camera.open()
    for name, path in _PUBLIC.items():
        page.goto(path)
        camera.take_page(page, name)


def take_sign_in_pages(camera: Camera, scene: Scene) -> None:
    """The sign-in with a key, with a wrong key, with a link, and with a used link."""
    page = camera.open()
    page.goto("/console/sign-in")
    camera.take_page(page, "sign-in")
    page.get_by_label("API key").fill("dk_wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".notice.failed")).to_be_visible()
    camera.take_page(page, "sign-in-wrong-key")

    link = scene.client.api("POST", "/v1/console-links").raise_for_status().json()["sign_in_url"]
    page.goto(link)
    button = page.get_by_role("button", name="Sign in as")
    expect(button).to_be_visible()
    camera.take_page(page, "enter-by-link")
    button.click()
    page.wait_for_url("**/console")

    again = camera.open()
    again.goto(link)
    expect(again.locator(".notice.failed")).to_be_visible()
    camera.take_page(again, "enter-by-used-link")
