"""Checks how every page looks, at every width and in both colour schemes."""

from functools import cache
from typing import Any, Final

from playwright.sync_api import Frame, Page

from infra.console_assets import npm_packages
from local.folder import ROOT

PHONE: Final = 360
DESKTOP: Final = 1280

_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _axe() -> str:
    packages = npm_packages(ROOT / "tests" / "e2e" / "console", ROOT / ".cache" / "npm")
    return (packages / "axe-core" / "axe.min.js").read_text()


def violations(page: Page | Frame) -> list[str]:
    """The rules that axe-core finds broken on the page, with the elements."""
    page.evaluate(_axe())
    options: dict[str, Any] = {"runOnly": _WCAG}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{one['id']} ({one['help']}): {node['html'][:200]} {node.get('failureSummary', '')}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def sideways_px(page: Page | Frame) -> int:
    """How far the page can be scrolled sideways, in pixels."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def assert_looks_right(page: Page) -> None:
    """Check the page at the width of a phone and of a desktop, in light and in dark. Afterwards the page is as
    before.
    """
    before = page.viewport_size
    for width in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert sideways_px(page) == 0, (width, scheme)
            assert violations(page) == [], (width, scheme)
    page.emulate_media(color_scheme="light")
    if before:
        page.set_viewport_size(before)
