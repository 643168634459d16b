"""The posting page and the connect page in the site of an adopter."""

from playwright.sync_api import Frame, Page, expect

from tests.e2e.conftest import SITE, SITE_PORT
from tests.e2e.console.adopters import FramingSite, choose_and_upload, framing_site
from tests.screenshots.camera import Camera
from tests.screenshots.scene import Scene

_USER = "embedded"


def take_embed_pages(camera: Camera, scene: Scene) -> None:
    account = scene.connect("eva.embeds", "Eva embeds", _USER)
    scene.connect("eva.again", "Eva again", _USER)
    with framing_site(SITE_PORT) as site:
        page = camera.open()
        for name, embedded in (("post", {"account_id": account}), ("choose", {"user_id": _USER})):
            frame = _show(page, site, scene, {"page": "post", **embedded})
            if name == "post":
                expect(frame.locator("#creator")).to_be_visible()
                choose_and_upload(frame, scene.video())
                frame.locator("#privacy_level").select_option("PUBLIC_TO_EVERYONE")
                expect(frame.locator("#send")).to_be_enabled()
            else:
                expect(frame.get_by_role("link", name="Post").first).to_be_visible()
            camera.take_page(page, f"embed-{name}")
        frame = _show(page, site, scene, {"page": "connect", "user_id": _USER})
        with page.expect_popup():
            frame.get_by_role("button", name="Connect another account").click()
        expect(frame.get_by_text("Continue in the other window")).to_be_visible()
        camera.take_page(page, "embed-connect")
        site.framed = site.framed.partition("#")[0]
        page.reload()
        camera.take_page(page, "embed-ended")


def _show(page: Page, site: FramingSite, scene: Scene, wish: dict[str, str]) -> Frame:
    made = scene.client.api("POST", "/v1/embeds", json={"origin": SITE, **wish}).raise_for_status().json()
    site.framed = made["url"]
    page.goto(SITE)
    frame = page.locator("iframe").element_handle().content_frame()
    assert frame
    return frame
