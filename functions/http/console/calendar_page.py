"""/console/calendar: a week of scheduled publishes in the person's time zone.

For any number of publishes, a request for the page makes six AWS calls and a refresh of its days makes five. Neither
calls TikTok.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast import clock
from dropcast.accounts.account_list_store import get_accounts_by_user
from dropcast.accounts.account_store import get_accounts
from dropcast.errors.problem import Problem
from dropcast.publishing.calendar_week import CalendarWeek, clock_time, week_named, week_of
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.posting_page.local_time import find_zone
from dropcast.publishing.store.wait_index import ROWS_MAX, PlannedPage, planned

from .account_views import name_of
from .answers import page, partial
from .cookies import read_zone
from .publish_words import STATES, StateWords, caption_start, what_it_is
from .request_session import caller
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()

_PATH = "/console/calendar"
_UTC = ZoneInfo("UTC")
_ACCOUNTS_OFFERED = 100


@dataclass(frozen=True)
class Asked:
    """What the address selects. `after`: the cursor of a later page of the week. `wrong_zone`: the problem if the
    address has an unknown zone. The page then shows UTC.
    """

    week: CalendarWeek
    account: str
    after: str | None
    wrong_zone: Problem | None

    def address(self, *, part: str = "", week: CalendarWeek | None = None, after: str | None = None) -> str:
        """The address of the page, or of a part of the page, with this account and zone."""
        values = {
            "week": (week or self.week).name,
            "zone": self.week.zone.key,
            "account": self.account,
            "next": after or "",
        }
        return f"{_PATH}{part}?{urlencode({name: value for name, value in values.items() if value}, safe='/')}"


@dataclass(frozen=True)
class ShownPublish:
    """A publish that is due at `at` (seconds since the epoch). `time`: this time in the page's time zone."""

    publish: Publish
    at: int
    time: str
    account_name: str
    caption: str
    what: str
    state: StateWords


@dataclass(frozen=True)
class ShownDay:
    """A day, and those of its publishes that are on this page."""

    day: date
    is_today: bool
    publishes: list[ShownPublish]


@router.get("/console/calendar", middlewares=signed_in("read"))
def show_calendar() -> Response[str]:
    """The page with the week."""
    asked = _asked()
    days = _days(asked)
    accounts = get_accounts_by_user(caller(), None, _ACCOUNTS_OFFERED)
    if isinstance(days, Problem) or isinstance(accounts, Problem):
        return refused(next(one for one in (days, accounts) if isinstance(one, Problem)))
    return page(
        "calendar.html",
        **days,
        this_week=replace(asked, week=week_of(clock.now(), asked.week.zone)).address(),
        previous_week=asked.address(week=asked.week.previous),
        next_week=asked.address(week=asked.week.next),
        accounts=[(one.account_id, name_of(one)) for one in accounts.accounts],
        has_more_accounts=accounts.next is not None,
    )


@router.get("/console/calendar/days", middlewares=signed_in("read"))
def show_days() -> Response[str]:
    """Only the days, without the rest of the page. The page requests them every half minute."""
    days = _days(_asked())
    return refused(days) if isinstance(days, Problem) else partial("calendar.html", "days", **days)


def _asked() -> Asked:
    """What the address selects. An unknown week becomes the current week.

    A missing zone becomes the browser's zone, or UTC.
    """
    query = BaseRouter.current_event.query_string_parameters
    named = query.get("zone", "").strip()
    zone = find_zone(named or read_zone() or _UTC.key)
    known = _UTC if isinstance(zone, Problem) else zone
    return Asked(
        week_named(query.get("week", ""), known) or week_of(clock.now(), known),
        query.get("account", "").strip(),
        query.get("next") or None,
        zone if named and isinstance(zone, Problem) else None,
    )


def _days(asked: Asked) -> dict[str, Any] | Problem:
    days = asked.week.days
    found = planned(
        days[0].since, days[-1].until, caller(), account_id=asked.account or None, after=asked.after, limit=ROWS_MAX
    )
    return found if isinstance(found, Problem) else _day_values(asked, found)


def _day_values(asked: Asked, found: PlannedPage) -> dict[str, Any]:
    """The template's values for the days.

    If the page shows only a part of the week, days without publishes are left out, because another page may have
    publishes on those days.
    """
    shown = _shown(found.publishes, asked.week.zone)
    now = clock.now()
    is_whole = asked.after is None and found.next is None
    days = [ShownDay(day.day, day.has(now), [one for one in shown if day.has(one.at)]) for day in asked.week.days]
    return {
        "asked": asked,
        "days": [day for day in days if day.publishes or is_whole],
        "count": len(shown),
        "is_whole": is_whole,
        "first_page": asked.address(),
        "next_page": found.next and asked.address(after=found.next),
        "days_address": asked.address(part="/days", after=asked.after),
    }


def _shown(publishes: list[Publish], zone: ZoneInfo) -> list[ShownPublish]:
    """The publishes with the names of their accounts, which one call reads."""
    accounts = get_accounts(publish.account_id for publish in publishes)
    names = {id_: name_of(one) for id_, one in accounts.items() if caller().sees(one.user_id, id_)}
    return [
        ShownPublish(
            one,
            at,
            clock_time(at, zone),
            names.get(one.account_id, one.account_id),
            caption_start(one),
            what_it_is(one),
            STATES[one.state],
        )
        for one in publishes
        if (at := one.publish_at) is not None
    ]
