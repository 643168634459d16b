"""Takes a picture of each row of TikTok's checklist (protocol section 10.5), named after the row, as a reviewer sees
it.
"""

from playwright.sync_api import Page, expect

from tests.e2e.console.posting import (
    choose,
    choose_audience,
    choose_files,
    open_posting_page,
    send,
    wait_for_files,
    wait_for_preview,
    wait_state,
)
from tests.screenshots.camera import Camera
from tests.screenshots.scene import Scene

_TITLE = "A morning in the harbour #sailing"


def take_rows(camera: Camera, scene: Scene) -> None:
    account = scene.connect("ana.sails", "Ana sails", stitch_disabled=True)
    page = camera.open(scene.reviewer)
    _take_fields(camera, scene, open_posting_page(page, account))
    _take_disclosure(camera, page)
    _take_consent(camera, page)
    _take_photos(camera, scene, open_posting_page(page, account, kind="photo"))
    _take_stops(camera, scene, page)


def _take_fields(camera: Camera, scene: Scene, page: Page) -> None:
    """Rows 1a, 2 and 5 for a video's form."""
    camera.take_row(page, "1a", page.locator(".creator"))
    choose_files(page, scene.video())
    wait_for_files(page)
    wait_for_preview(page)
    camera.take_row(page, "5a-video", page.locator("video"))
    camera.take_row(page, "5b", page.locator("#title"))
    page.locator("#title").fill(_TITLE)
    camera.take_row(page, "2a", page.locator("#title"), page.locator("#title-count"))
    camera.take_row(page, "2b", page.locator("#privacy_level"), page.locator("#reasons"))
    _take_options(camera, page, "2b-options")
    camera.take_row(page, "2c", page.locator("fieldset:has(#allow_comment)"))
    camera.take_row(page, "2n", page.locator("#consent"))
    camera.take_row(page, "5d", page.get_by_text("it may take a few minutes"))


def _take_disclosure(camera: Camera, page: Page) -> None:
    """Rows 3 and 4."""
    field, audience = page.locator("#disclosure-field"), page.locator("#privacy_level")
    camera.take_row(page, "3a", field)
    choose_audience(page, "SELF_ONLY")
    choose(page.locator("#disclosure"))
    camera.take_row(page, "3a-nothing-picked", field, page.locator("#send"), page.locator("#reasons"))
    camera.take_row(page, "3b-private-first", audience, page.locator("label:has(#brand_content)"))
    choose(page.locator("#brand_organic"))
    camera.take_row(page, "3a-your-brand", field)
    choose_audience(page, "PUBLIC_TO_EVERYONE")
    choose(page.locator("#brand_content"))
    camera.take_row(page, "3a-branded-content", field)
    _take_options(camera, page, "3b-branded-first")
    camera.take_row(page, "4", page.locator("#consent"))


def _take_options(camera: Camera, page: Page, row: str) -> None:
    """The dropdown with its options in a list, because a picture cannot show an open dropdown."""
    audience = page.locator("#privacy_level")
    audience.evaluate("list => { list.size = list.options.length }")
    camera.take_row(page, row, audience)
    audience.evaluate("list => { list.size = 0 }")


def _take_consent(camera: Camera, page: Page) -> None:
    """Rows 5c and 5e: the button, the stored consent, and the verdict."""
    choose(page.locator("#disclosure"), on=False)
    choose_audience(page, "SELF_ONLY")
    camera.take_row(page, "5c-before", page.locator("#consent"), page.locator("#send"))
    send(page)
    wait_state(page, "Published")
    camera.take_row(page, "5e", page.locator("#progress .notice"), page.locator(".timeline"))
    camera.take_row(page, "5c-after", page.locator("dt:has-text('Consent') + dd"))


def _take_photos(camera: Camera, scene: Scene, page: Page) -> None:
    """Rows 2c and 5a for photos."""
    choose_files(page, *scene.photos())
    wait_for_files(page)
    camera.take_row(page, "2c-photos", page.locator("fieldset:has(#allow_comment)"))
    camera.take_row(page, "5a-photos", page.locator("#files"))


def _take_stops(camera: Camera, scene: Scene, page: Page) -> None:
    """Rows 1b and 1c: what the creator cannot post now."""
    short = scene.connect("short.sam", "Short Sam", max_video_post_duration_sec=1)
    open_posting_page(page, short).set_input_files("#file", str(scene.video()))
    expect(page.locator(".too-long")).to_be_visible()
    camera.take_row(page, "1c", page.locator(".too-long"))
    capped = scene.connect_capped("capped.cleo", "Capped Cleo")
    open_posting_page(page, capped)
    camera.take_row(page, "1b", page.locator(".notice.failed"), page.get_by_role("button", name="Post"))
