"""The posting page: a video, photos, a draft, a disclosure, a creator who cannot post, and a plan."""

from playwright.sync_api import expect

from tests.e2e.console.posting import (
    choose,
    choose_audience,
    choose_files,
    open_posting_page,
    wait_for_files,
    wait_for_preview,
)
from tests.e2e.road import fault
from tests.screenshots.camera import Camera
from tests.screenshots.scene import Scene


def take_posting_pages(camera: Camera, scene: Scene) -> None:
    account = scene.connect("mara.sails", "Mara sails")
    _take_filled(camera, scene, account)
    _take_other_kinds(camera, scene, account)
    _take_stops(camera, scene)
    _take_bucket(camera, scene, account)
    _take_plan(camera, scene, account)


def _take_filled(camera: Camera, scene: Scene, account: str) -> None:
    """A form for a video with all fields filled in."""
    page = open_posting_page(camera.open(scene.reviewer), account)
    camera.take_page(page, "post-video")
    choose_files(page, scene.video())
    wait_for_files(page)
    wait_for_preview(page)
    page.locator("#title").fill("A morning in the harbour #sailing")
    choose_audience(page, "PUBLIC_TO_EVERYONE")
    choose(page.locator("#allow_comment"))
    camera.take_page(page, "post-video-filled")
    choose(page.locator("#disclosure"))
    camera.take_page(page, "post-disclosure-on")
    choose(page.locator("#brand_content"))
    camera.take_page(page, "post-branded-content")
    choose(page.locator("#later"))
    camera.take_page(page, "post-later")


def _take_other_kinds(camera: Camera, scene: Scene, account: str) -> None:
    page = open_posting_page(camera.open(scene.reviewer), account, kind="photo")
    choose_files(page, *scene.photos())
    wait_for_files(page)
    camera.take_page(page, "post-photos")
    open_posting_page(page, account, mode="draft")
    camera.take_page(page, "post-draft")


def _take_stops(camera: Camera, scene: Scene) -> None:
    page = camera.open(scene.reviewer)
    capped = scene.connect_capped("busy.bo", "Busy Bo")
    camera.take_page(open_posting_page(page, capped), "post-stopped")
    other = scene.connect("nils.nord", "Nils Nord")
    fault(scene.client, "creator_info", "answer", status=503, body="<h1>Unavailable</h1>", times=9)
    camera.take_page(open_posting_page(page, other), "post-tiktok-down")
    scene.client.sandbox("DELETE", "/faults")


def _take_bucket(camera: Camera, scene: Scene, account: str) -> None:
    """The list of the bucket, which only a session without a user sees."""
    for name in ("summer/harbour.mp4", "market.mp4", "tea.mp4"):
        scene.client.upload(scene.video(), name)
    page = open_posting_page(camera.open(scene.operator), account)
    page.get_by_role("button", name="Take from the bucket").click()
    expect(page.locator(".bucket-list")).to_be_visible()
    camera.take_page(page, "post-from-bucket")


def _take_plan(camera: Camera, scene: Scene, account: str) -> None:
    """A plan: for a person, for the key that made it, after its file was replaced, and one that does not exist."""
    scene.client.upload(scene.video(), "planned.mp4")
    key = scene.client.api("POST", "/v1/keys", json={"name": "Content agent", "scopes": ["draft"]}).json()["key"]
    wanted = {
        "account_id": account,
        "source": {"type": "s3", "bucket": scene.client.stack.bucket, "key": "planned.mp4"},
        "title": "Good morning from the harbour",
        "hashtags": ["sailing"],
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "allow_comment": True,
    }
    headers = {"Authorization": f"Bearer {key}"}
    body = {"action": "publish", "publish": wanted}
    plan = scene.client.api("POST", "/v1/plans", json=body, headers=headers).raise_for_status().json()
    page = camera.open(scene.operator)
    page.goto(plan["console_url"])
    wait_for_files(page)
    wait_for_preview(page)
    camera.take_page(page, "plan")
    own = camera.open(scene.sign_in(key))
    own.goto(plan["console_url"])
    camera.take_page(own, "plan-draft-key")
    scene.client.upload(scene.photos()[0], "planned.mp4")
    page.goto(plan["console_url"])
    camera.take_page(page, "plan-replaced")
    page.goto("/console/plans/pln_unknown")
    camera.take_page(page, "plan-unknown")
