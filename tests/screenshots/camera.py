"""Takes the pictures: a page at every width and in both colour schemes, or a row of TikTok's checklist."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from tests.e2e.console.conftest import Scheme
from tests.e2e.console.looks import DESKTOP, PHONE

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
_HEIGHT = 800


@dataclass(frozen=True)
class Camera:
    """Takes pictures of the console at `origin` and writes them below `folder`."""

    browser: Browser
    origin: str
    folder: Path

    def open(self, session_cookie: Any = None) -> Page:
        """A new browser's page, signed in if a session's cookie is given."""
        viewport: Any = {"width": DESKTOP, "height": _HEIGHT}
        context = self.browser.new_context(base_url=self.origin, viewport=viewport, reduced_motion="reduce")
        if session_cookie:
            context.add_cookies([session_cookie])
        return context.new_page()

    def take_page(self, page: Page, name: str) -> None:
        """Write `pages/NAME-WIDTH-SCHEME.png` for each width and colour scheme."""
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            for width in (PHONE, DESKTOP):
                page.set_viewport_size({"width": width, "height": _HEIGHT})
                self._write(page, f"pages/{name}-{width}-{scheme}")
        page.emulate_media(color_scheme="light")

    def take_row(self, page: Page, row: str, *places: Locator) -> None:
        """Write `rows/ROW.png`, with a frame around the places that the row describes."""
        for place in places:
            place.evaluate("place => { place.style.outline = '3px solid #d6006c'; place.style.outlineOffset = '4px' }")
        self._write(page, f"rows/{row}")
        for place in places:
            place.evaluate("place => { place.style.outline = place.style.outlineOffset = '' }")

    def _write(self, page: Page, name: str) -> None:
        page.screenshot(path=self.folder / f"{name}.png", full_page=True)
