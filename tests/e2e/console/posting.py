"""What a person does on the posting page."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect


def open_posting_page(page: Page, account: str, kind: str = "video", mode: str = "direct") -> Page:
    page.goto(f"/console/accounts/{account}/post?kind={kind}&mode={mode}")
    return page


def choose_files(page: Page, *files: Path) -> None:
    """Choose files, and wait until all are in the bucket."""
    page.set_input_files("#file", [str(file) for file in files])
    expect(page.locator("#files li.ready")).to_have_count(len(files), timeout=30_000)


def wait_for_files(page: Page) -> None:
    """Wait until the server has rendered the form with the chosen files."""
    expect(page.locator("#reasons")).not_to_contain_text("There is no file")


def wait_for_preview(page: Page) -> None:
    """Wait until the player shows the video's first picture."""
    shows = "video => video.readyState >= 2 || new Promise(done => video.onloadeddata = () => done(true))"
    page.locator("video").evaluate(shows)


def choose(box: Locator, *, on: bool = True) -> None:
    """Switch a box, and wait until the server has rendered the changed form."""
    with box.page.expect_response("**/post/choices"):
        box.set_checked(on)


def choose_audience(page: Page, value: str) -> None:
    with page.expect_response("**/post/choices"):
        page.locator("#privacy_level").select_option(value)


def send(page: Page) -> str:
    """Press the button; return the publish_id."""
    page.locator("#send").click()
    page.wait_for_url("**/console/publishes/**")
    return page.url.rpartition("/")[2].partition("?")[0]


def wait_state(page: Page, name: str) -> None:
    expect(page.locator("#state")).to_have_text(name, timeout=60_000)
