"""The form that edits a waiting publish: its fields, and the changes that the person made. It makes no calls.

The form sends back the values that it showed. So only the person's own changes are stored, and another edit that was
made in between is kept.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from dropcast import clock
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.actions.edit import PublishEdit
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.post_rules import accepted_options
from dropcast.publishing.model.problem_fields import fields_of
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.posting_page.local_time import find_zone, moment_of

from .drop_defaults_form import stored_fields
from .field_problems import FieldProblems, named_problems, problems_by_field

_BOXES = frozenset(name for name, field in PublishOptions.model_fields.items() if field.annotation is bool)
_SHOWN = TypeAdapter(dict[str, str])
_OF_TIME = {"publish_at_past": "publish_at", "publish_at_too_far": "publish_at"}
_MINUTE_S = 60
_SECONDS = re.compile(r"\d{1,12}", re.ASCII)


def shown_fields(publish: Publish) -> dict[str, str]:
    """The form's fields for a publish. The time is in UTC.

    `moment` is the publish's time in seconds since the epoch. It is empty if the publish starts at once.
    """
    options = publish.asked_options.model_dump(include=set(accepted_options(publish.kind, publish.mode)))
    fields = stored_fields({name: value for name, value in options.items() if value is not None})
    at = publish.publish_at
    if at is None or at <= clock.now():
        return {**fields, "later": "", "publish_at": "", "time_zone": "", "moment": ""}
    local = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M")
    return {**fields, "later": "1", "publish_at": local, "time_zone": "UTC", "moment": str(at)}


def read_shown(text: str) -> dict[str, str] | None:
    """The form's earlier values, as the form sends them back. None if the text is invalid."""
    try:
        return _SHOWN.validate_json(text)
    except ValidationError:
        return None


def read_changes(publish: Publish, shown: Mapping[str, str], form: Mapping[str, str]) -> PublishEdit | FieldProblems:
    """The person's changes, or the problems of the fields. Unchanged values are left out."""
    accepted = accepted_options(publish.kind, publish.mode)
    names = [name for name in PublishOptions.model_fields if name in accepted and _is_changed(name, shown, form)]
    changes = {name: _value(name, form.get(name, "")) for name in names}
    moment = _moment(shown, form)
    if isinstance(moment, dict):
        return moment
    if moment != publish.publish_at and not _shows_moment(shown, moment):
        changes["publish_at"] = None if moment is None else clock.iso(moment)
    try:
        wanted = PublishEdit.model_validate(changes)
    except ValidationError as error:
        return problems_by_field(error)
    present = publish.asked_options
    same = {name for name in names if getattr(wanted, name) == getattr(present, name)}
    return PublishEdit.model_validate({name: value for name, value in changes.items() if name not in same})


def edit_problems(found: Problem) -> FieldProblems:
    """Assign the API's problem of an edit to the fields that cause it, or to `form` if no field does."""
    if found.code == "invalid_request":
        return named_problems(found.details["fields"])
    names = fields_of(found, otherwise=_OF_TIME.get(found.code, "form"))
    return dict.fromkeys(names, (found,))


def _is_changed(name: str, shown: Mapping[str, str], form: Mapping[str, str]) -> bool:
    before, now = shown.get(name, ""), form.get(name, "")
    return bool(before) != bool(now) if name in _BOXES else before != _with_lf(now)


def _value(name: str, text: str) -> Any:
    """The value of a field. An empty text means the option's default."""
    if name in _BOXES:
        return bool(text)
    if not text.strip():
        return PublishOptions.model_fields[name].get_default(call_default_factory=True)
    return text.replace(",", " ").split() if name == "hashtags" else _with_lf(text)


def _with_lf(text: str) -> str:
    """The text with LF as line ends. A browser sends each line end as CR LF."""
    return text.replace("\r\n", "\n")


def _moment(shown: Mapping[str, str], form: Mapping[str, str]) -> int | FieldProblems | None:
    """The chosen time in seconds since the epoch. None means at once."""
    if not form.get("later"):
        return None
    if not form.get("publish_at"):
        return {"publish_at": (problem("time_not_chosen"),)}
    zone = find_zone(form.get("time_zone", ""))
    if isinstance(zone, Problem):
        return {"time_zone": (zone,)}
    moment = moment_of(form["publish_at"], zone, form.get("time_choice", ""))
    return {"publish_at": (moment,)} if isinstance(moment, Problem) else moment


def _shows_moment(shown: Mapping[str, str], moment: int | None) -> bool:
    """Whether the form showed the time `moment`. The field has minutes, but the publish's time may have seconds."""
    before = shown.get("moment", "")
    if moment is None or not _SECONDS.fullmatch(before):
        return moment is None and not before
    return int(before) // _MINUTE_S == moment // _MINUTE_S
