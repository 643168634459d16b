"""The pages that everyone may read, in a browser."""

from playwright.sync_api import Page

from tests.e2e.console.conftest import Open
from tests.e2e.console.looks import assert_looks_right

PAGES = ["/", "/terms", "/privacy", "/errors/rate_limit_exceeded", "/no-such-page"]


def test_a_public_page_fits_its_window_and_everyone_can_use_it(page: Page, complaints):
    for path in PAGES:
        page.goto(path)
        assert_looks_right(page)

    complaints.found.remove(not_found(page.url))


def not_found(url: str) -> str:
    """Chromium's message about a page that does not exist."""
    return f"console error: Failed to load resource: the server responded with a status of 404 (Not Found) at {url}"


def test_a_visitor_reads_the_terms_and_the_privacy_policy(page):
    page.goto("/")

    page.get_by_role("link", name="Terms of service").click()
    page.get_by_role("heading", name="Terms of service", level=1).wait_for()
    page.get_by_role("link", name="Privacy policy").last.click()
    page.get_by_role("heading", name="Privacy policy", level=1).wait_for()


def test_a_first_view_is_small(open_page: Open):
    page = open_page()
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))

    page.goto("/", wait_until="networkidle")

    assert len(sizes) >= 3
    assert 0 < sum(sizes) < 20_000


def test_a_browser_asks_for_a_static_file_once(page):
    sizes = "performance.getEntriesByType('resource').map(one => one.transferSize)"
    page.goto("/", wait_until="networkidle")
    first = page.evaluate(sizes)

    page.goto("/terms", wait_until="networkidle")

    assert sum(first) > 0
    assert page.evaluate(sizes) == [0] * len(first)
