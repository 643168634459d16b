"""Changing what a publish will be, and when, until it begins."""

from typing import Any

from pydantic import Field

from dropcast import clock
from dropcast.caller import Caller
from dropcast.errors import Problem, problem
from dropcast.publishing import publish_store, slots
from dropcast.publishing.asked_again import asked_again
from dropcast.publishing.beginning import begin, call_off
from dropcast.publishing.early import checked_account, looked_at
from dropcast.publishing.models import Publish
from dropcast.publishing.options import PublishOptions
from dropcast.publishing.publish_row import options_to_row
from dropcast.publishing.request import Moment, seconds
from dropcast.publishing.transitions import State
from dropcast.publishing.visible_publish import changeable_publish

_RACES_MAX = 5


class PublishEdit(PublishOptions):
    """What is to change: a field that is not given stays as it is; `publish_at: null` posts it at once."""

    publish_at: Moment | None = Field(default=None, description="The new time: RFC 3339 with a zone.")


def edit(publish_id: str, caller: Caller, changes: PublishEdit) -> Publish | Problem:
    """The publish as it is after the changes, which are judged with all the rest as one request.

    A next execution takes it over, so what the one before had seen or begun no longer counts.
    Problems: those of `changeable_publish`, too_late_to_edit, invalid_request, what `checked_account` and `looked_at`
    find.
    """
    wanted = changes.model_dump(exclude_unset=True)
    for _ in range(_RACES_MAX):
        publish = changeable_publish(publish_id, caller)
        if isinstance(publish, Problem):
            return publish
        if publish.state not in (State.QUEUED, State.HELD):
            return problem("too_late_to_edit", state=publish.state.value)
        changed = _changed(publish, caller, wanted)
        if isinstance(changed, Problem):
            return changed
        if changed is not None:
            if changed.due_at > clock.now():
                slots.step_aside(publish)
            begin(changed)
            call_off(publish)
            return changed
    raise RuntimeError(f"publish {publish_id} kept changing")


def _changed(publish: Publish, caller: Caller, wanted: dict[str, Any]) -> Publish | Problem | None:
    now = clock.now()
    publish_at = seconds(wanted["publish_at"]) if "publish_at" in wanted else publish.publish_at
    later = publish_at if publish_at is not None and ("publish_at" in wanted or publish_at > now) else None
    request = asked_again(publish, wanted | {"publish_at": None if later is None else clock.iso(later)})
    if isinstance(request, Problem):
        return request
    due = max(now, publish_at or 0)
    wished = publish.model_copy(update={"options": request.options(), "publish_at": publish_at})
    account = checked_account(request, caller, source_is_new=False)
    looked = account if isinstance(account, Problem) else looked_at(wished)
    if isinstance(looked, Problem):
        return looked
    return publish_store.supersede(
        publish,
        due=due,
        code="edited",
        to=State.HELD if due > now else None,
        options=options_to_row(request.options()),
        source=looked.source.model_dump(mode="json", exclude_none=True),
        publish_at=publish_at,
        not_before=due if due > now else None,
        failing_since=None,
    )
