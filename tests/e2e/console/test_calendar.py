"""The calendar in a browser: it learns the person's time zone, refreshes its days and looks right."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Route, expect

from dropcast.publishing.calendar_week import week_of
from local.stack_client import StackClient
from tests.e2e.console.conftest import Complaints, Open
from tests.e2e.console.looks import assert_looks_right
from tests.e2e.road import SMALL, Videos

TOKYO = ZoneInfo("Asia/Tokyo")
REFRESHES = re.compile("/console/calendar/days")


def refuse(route: Route) -> None:
    """Answer like the console after AWS refused a call."""
    headers = {"HX-Retarget": "#trouble", "HX-Reswap": "innerHTML"}
    route.fulfill(status=503, content_type="text/html", headers=headers, body="<p>busy</p>")


def test_a_week_in_the_person_s_time_zone(
    open_signed_in: Open, complaints: Complaints, journey: StackClient, account: str, videos: Videos
):
    journey.upload(videos(SMALL)[0], "calendar/small.mp4")
    at = datetime.now(TOKYO).replace(hour=1, minute=30, second=0, microsecond=0).timestamp() + 3 * 24 * 3600
    due = datetime.fromtimestamp(at, TOKYO)
    planned = journey.publish(account, "calendar/small.mp4", title="Blue hour", publish_at=due.isoformat())
    page = open_signed_in(timezone_id="Asia/Tokyo")

    page.goto("/console/calendar")
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
    page.goto(f"/console/calendar?week={week_of(int(at), TOKYO).name}&account={account}")

    day = page.locator(".day").filter(has_text=due.strftime("%-d %b"))
    expect(day).to_contain_text("01:30")
    expect(day.get_by_role("link", name="Blue hour")).to_be_visible()
    assert_looks_right(page)
    page.route(REFRESHES, refuse)
    page.locator("#days").dispatch_event("poll")
    expect(page.locator("#trouble")).to_have_text("busy")
    expect(day.get_by_role("link", name="Blue hour")).to_be_visible()
    page.unroute(REFRESHES)
    page.locator("#days").dispatch_event("poll")
    expect(page.locator("#trouble")).to_be_empty()
    complaints.found[:] = [one for one in complaints.found if "503" not in one]
    journey.api("POST", f"/v1/publishes/{planned['publish_id']}/cancel").raise_for_status()
    page.locator("#days").dispatch_event("poll")
    expect(page.get_by_text("No publish is scheduled in this week for this account.")).to_be_visible()
