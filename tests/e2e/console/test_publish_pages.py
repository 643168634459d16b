"""Behaviour of the publish pages that only a browser shows: live rows, local times, the form of filters, and looks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from local.stack_client import StackClient
from tests.e2e.console.conftest import Open
from tests.e2e.console.looks import assert_looks_right
from tests.e2e.road import SMALL, Videos, fault

KEY = "pages/harbour.mp4"


@pytest.fixture
def tomorrow() -> datetime:
    """A time of tomorrow at noon, with seconds. Clocks do not change at noon."""
    return (datetime.now(UTC) + timedelta(days=1)).replace(hour=12, minute=0, second=17, microsecond=0)


@pytest.fixture
def scheduled(journey: StackClient, account: str, videos: Videos, tomorrow: datetime) -> Any:
    """Schedules a post of the account; returns its id."""
    journey.upload(videos(SMALL)[0], KEY)

    def make(**options: Any) -> str:
        at = tomorrow.isoformat()
        return journey.publish(account, KEY, publish_at=at, reference="order-7", **options)["publish_id"]

    return make


def field_of(page: Page, label: str) -> str:
    return page.get_by_label(label, exact=True).input_value()


def top_of(page: Page) -> float:
    """The position of the first row."""
    box = page.locator("#rows").bounding_box()
    assert box
    return box["y"]


def test_a_person_watches_filters_edits_and_cancels(
    journey: StackClient, open_signed_in: Open, account: str, scheduled: Any, tomorrow: datetime
):
    page = open_signed_in(timezone_id="Asia/Tokyo")
    page.goto(f"/console/accounts/{account}")
    page.get_by_role("link", name="Publishes", exact=True).last.click()
    expect(page.get_by_text("No publish fits these filters.")).to_be_visible()
    page.get_by_text("Filters (set)").click()
    page.get_by_label("Reference").press_sequentially("order-")
    top = top_of(page)

    publish_id = scheduled(title="Blue hour")

    row = page.locator(f"#{publish_id}")
    expect(row).to_contain_text("Waiting", timeout=15_000)
    page.keyboard.type("7")
    assert field_of(page, "Reference") == "order-7"
    assert top_of(page) == top

    row.get_by_role("link", name="Blue hour").click()
    page.get_by_role("link", name="Edit", exact=True).click()
    in_tokyo = (tomorrow + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M")
    assert (field_of(page, "Date and time"), field_of(page, "Time zone")) == (in_tokyo, "Asia/Tokyo")
    page.get_by_label("Caption").fill("Golden hour")
    page.get_by_role("button", name="Save the changes").dblclick()
    expect(page.get_by_role("heading", name="Post: Golden hour")).to_be_visible()
    shown = journey.show(publish_id)
    assert (shown["options"]["title"], shown["publish_at"]) == (
        "Golden hour",
        tomorrow.isoformat().replace("+00:00", "Z"),
    )

    page.get_by_role("link", name="Cancel this publish").click()
    page.get_by_role("button", name="Cancel this publish").dblclick()
    expect(page.locator("#state")).to_have_text("Cancelled")
    expect(page.get_by_role("link", name="Retry")).to_be_visible()

    page.get_by_role("link", name="All publishes of this account").click()
    page.get_by_text("Filters (set)").click()
    page.get_by_label("Cancelled", exact=True).check()
    page.get_by_label("Failed", exact=True).check()
    page.get_by_label("Created from").fill("2026-01-01")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/console/publishes?account=*")
    assert "state=failed,cancelled" in page.url
    assert page.url.endswith("from=2026-01-01&zone=Asia%2FTokyo")
    expect(row).to_contain_text("Cancelled")

    page.get_by_label("Find").fill("@nobody-has-this-name")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nothing is named")


def test_the_pages_look_right_and_the_evidence_is_collected(
    journey: StackClient, open_signed_in: Open, account: str, scheduled: Any
):
    publish_id = scheduled(title="Blue hour " * 12)
    fault(journey, "video_init", "reset_after")
    unknown = journey.until_rest(journey.publish(account, KEY, via="pull", title="Lost")["publish_id"])
    assert unknown["state"] == "unknown"
    page = open_signed_in()

    for part in ("", "/edit", "/cancel"):
        page.goto(f"/console/publishes/{publish_id}{part}")
        assert_looks_right(page)
    page.goto(f"/console/publishes/{unknown['publish_id']}")
    page.get_by_role("link", name="Say whether it was posted").click()
    page.get_by_role("button", name="Check again now").click()
    expect(page.get_by_text("Last search for evidence")).to_be_visible()
    assert_looks_right(page)
    page.goto("/console/publishes")
    page.get_by_text("Filters", exact=True).click()
    expect(page.locator(f"#{publish_id}")).to_be_visible()
    assert_looks_right(page)


def show_tab(page: Page, *, shown: bool) -> None:
    """Let the browser act as if the person left the tab or came back. Chromium without a window shows every tab."""
    hidden = "value => Object.defineProperty(document, 'hidden', { configurable: true, value })"
    page.evaluate(hidden, not shown)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_hidden_tab_asks_for_nothing_and_is_fresh_when_it_is_shown_again(open_signed_in: Open):
    page, asked = open_signed_in(), list[str]()
    page.clock.install()
    page.goto("/console/publishes")
    page.on("request", lambda request: asked.append(request.url))

    show_tab(page, shown=False)
    page.clock.run_for(60_000)
    of_hidden = [url for url in asked if "/console/" in url]
    with page.expect_response("**/console/publishes/**"):
        show_tab(page, shown=True)
    with page.expect_response("**/console/publishes/**"):
        page.clock.run_for(6_000)

    assert of_hidden == []
