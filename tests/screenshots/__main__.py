"""`make screenshots`: pictures of every page of the console and of every row of TikTok's checklist (docs/audit.md)."""

import shutil
import sys
import tempfile
import time
from pathlib import Path

from dropcast.settings import Settings
from local.folder import ROOT
from local.options import Options
from local.stack import local_stack
from local.stack_client import StackClient
from tests.e2e.chromium import CHROMIUM, started_chromium
from tests.e2e.conftest import SITE
from tests.screenshots.account_pages import take_account_pages
from tests.screenshots.audit_rows import take_rows
from tests.screenshots.calendar_page import take_calendar
from tests.screenshots.camera import Camera
from tests.screenshots.comment_pages import take_comment_pages
from tests.screenshots.embed_pages import take_embed_pages
from tests.screenshots.overview_page import take_overview
from tests.screenshots.posting_pages import take_posting_pages
from tests.screenshots.publish_pages import take_publish_pages
from tests.screenshots.scene import set_scene
from tests.screenshots.settings_pages import take_settings_pages
from tests.screenshots.sign_in_pages import take_public_pages, take_sign_in_pages
from tests.screenshots.small_pictures import write_small_pictures
from tests.screenshots.trend_pages import take_trend_pages

# With an app that is not audited all audiences but one are greyed out, so most rows of the checklist could not be seen.
OPTIONS = Options(
    settings={
        Settings.app_name: "Dropcast",
        Settings.app_audit: "audited",
        Settings.trend_countries: "US,DE",
        Settings.outbound_allowed_origins: "http://127.0.0.1:*",
        Settings.return_to_origins: SITE,
    }
)
FOLDER = ROOT / ".cache" / "screenshots"


def main() -> None:
    """Start a stack, take all pictures, and stop the stack."""
    if CHROMIUM is None or shutil.which("ffmpeg") is None:
        sys.exit("The screenshots need Chromium and ffmpeg: install your system's packages.")
    shutil.rmtree(FOLDER, ignore_errors=True)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        local_stack(options=OPTIONS, say=_print_step) as stack,
        started_chromium(CHROMIUM) as browser,
    ):
        camera = Camera(browser, stack.public_url, FOLDER)
        scene = set_scene(StackClient(stack), Path(folder))
        for take in (
            take_public_pages,
            take_sign_in_pages,
            take_rows,
            take_posting_pages,
            take_publish_pages,
            take_calendar,
            take_account_pages,
            take_settings_pages,
            take_trend_pages,
            take_comment_pages,
            take_embed_pages,
            take_overview,
        ):
            _print_step(take.__name__.replace("_", " "))
            take(camera, scene)
    write_small_pictures(FOLDER)
    pictures = list(FOLDER.rglob("*.png"))
    _print_step(f"{len(pictures)} pictures in {FOLDER.relative_to(ROOT)}, {time.monotonic() - began:.0f} s")


def _print_step(words: str) -> None:
    print(f"· {words}", flush=True)


if __name__ == "__main__":
    main()
