"""The filters of the list of publishes, as they are in the page's address. This module makes no calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, get_args
from urllib.parse import urlencode

from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.options import Kind
from dropcast.publishing.model.reference_and_metadata import REFERENCE_MAX
from dropcast.publishing.model.states import RESTING, State
from dropcast.publishing.posting_page.form_request import FieldProblems
from dropcast.publishing.posting_page.local_time import day_start, find_zone
from dropcast.publishing.store.listing import ListQuery

RUNNING = tuple(state for state in State if state not in RESTING)
"""The states in which Dropcast or TikTok still works on a publish."""

_LONGEST = {"account": 64, "user": 256, "reference": REFERENCE_MAX, "next": 100, "zone": 64}
# Addresses use "from", which is a keyword in Python.
_NAMES = {"states": "state", "since": "from", "until": "to", "after": "next"}


@dataclass(frozen=True)
class Filters:
    """The fields of the form as a person typed them. `since` and `until` are days in `zone`. `after` is a cursor."""

    account: str = ""
    states: tuple[str, ...] = ()
    kind: str = ""
    user: str = ""
    reference: str = ""
    since: str = ""
    until: str = ""
    zone: str = ""
    after: str = ""

    def address(self, **changes: Any) -> str:
        """The page's address with these filters and `changes`. Empty parameters are left out."""
        values = {field.name: getattr(self, field.name) for field in fields(self)} | changes
        if not values["since"] and not values["until"]:
            values["zone"] = ""
        values["states"] = ",".join(values["states"])
        query = urlencode({_NAMES.get(name, name): value for name, value in values.items() if value}, safe=",")
        return f"?{query}" if query else ""

    @property
    def are_set(self) -> bool:
        """Whether any filter is set. The cursor does not count as a filter."""
        return any((self.account, self.states, self.kind, self.user, self.reference, self.since, self.until))


def read_filters(query: Mapping[str, Sequence[str]]) -> Filters:
    """The filters in `query`, which has all values of each parameter of the address. Unknown parameters are ignored."""
    names = [field.name for field in fields(Filters) if field.name != "states"]
    texts = {name: query.get(_NAMES.get(name, name), [""])[-1].strip() for name in names}
    states = dict.fromkeys(part for value in query.get("state", ()) for part in value.split(",") if part)
    return Filters(**texts, states=tuple(states))


def list_query(filters: Filters) -> ListQuery | FieldProblems:
    """The query of GET /v1/publishes with these filters, or the problems of the fields.

    The days are in the person's time zone, or in UTC if the address has none. The day `to` is included.
    """
    days = _day_starts(filters)
    found = _text_problems(filters) | {name: (one,) for name, one in days.items() if isinstance(one, Problem)}
    since, until = days.get("from"), days.get("to")
    if isinstance(since, int) and isinstance(until, int) and since >= until:
        found["to"] = (problem("field_invalid", reason="it is before the first day"),)
    if found:
        return found
    return ListQuery(
        account_id=filters.account or None,
        user_id=filters.user or None,
        states=tuple(State(state) for state in filters.states),
        kind=_kind(filters),
        after=filters.after or None,
        reference=filters.reference or None,
        since=since if isinstance(since, int) else None,
        until=until if isinstance(until, int) else None,
    )


def _day_starts(filters: Filters) -> dict[str, int | Problem]:
    """When two days begin: the day `from`, and the day after `to`. For a wrong day or zone, the Problem instead."""
    zone = find_zone(filters.zone or "UTC")
    if isinstance(zone, Problem):
        return {"zone": zone}
    days = {"from": (filters.since, 0), "to": (filters.until, 1)}
    return {name: day_start(day, zone, days_later=later) for name, (day, later) in days.items() if day}


def _text_problems(filters: Filters) -> FieldProblems:
    by_address = {_NAMES.get(field.name, field.name): getattr(filters, field.name) for field in fields(filters)}
    found: FieldProblems = {
        name: (problem("field_invalid", reason=f"it is longer than {longest} characters"),)
        for name, longest in _LONGEST.items()
        if len(by_address[name]) > longest
    }
    if set(filters.states) - {state.value for state in State}:
        found["state"] = (problem("field_invalid", reason="there is no such state"),)
    if filters.kind not in ("", *get_args(Kind)):
        found["kind"] = (problem("field_invalid", reason="it is video or photo"),)
    return found


def _kind(filters: Filters) -> Kind | None:
    return next((kind for kind in get_args(Kind) if kind == filters.kind), None)
