"""Changing what a publish will be, and when, until it begins."""

from typing import Any

from pydantic import Field

from dropcast import clock
from dropcast.aws.retry_on_conflict import CONFLICT, Conflict, retry_on_conflict
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.admission import budget_slots
from dropcast.publishing.execution.launch import cancel_launch, launch
from dropcast.publishing.intake.early_checks import check_account, pin_publish
from dropcast.publishing.intake.rebuild_request import rebuild_request
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.request import Timestamp, to_epoch_seconds
from dropcast.publishing.model.states import State
from dropcast.publishing.store import publish_store
from dropcast.publishing.store.visible_publish import changeable_publish


class PublishEdit(PublishOptions):
    """What is to change: a field that is not given stays as it is; `publish_at: null` posts it at once."""

    publish_at: Timestamp | None = Field(default=None, description="The new time: RFC 3339 with a zone.")


@retry_on_conflict()
def edit(publish_id: str, caller: Caller, changes: PublishEdit) -> Publish | Problem | Conflict:
    """The publish as it is after the changes, which are judged with all the rest as one request.

    A next execution takes it over, so what the one before had seen or begun no longer counts.
    Problems: those of `changeable_publish`, too_late_to_edit, invalid_request, what `checked_account` and `looked_at`
    find.
    """
    wanted = changes.model_dump(exclude_unset=True)
    publish = changeable_publish(publish_id, caller)
    if isinstance(publish, Problem):
        return publish
    if publish.state not in (State.QUEUED, State.HELD):
        return problem("too_late_to_edit", state=publish.state.value)
    changed = _apply_changes(publish, caller, wanted)
    if isinstance(changed, Problem):
        return changed
    if changed is None:
        return CONFLICT
    if changed.due_at > clock.now():
        budget_slots.leave_queue(publish)
    launch(changed)
    cancel_launch(publish)
    return changed


def _apply_changes(publish: Publish, caller: Caller, wanted: dict[str, Any]) -> Publish | Problem | None:
    now = clock.now()
    publish_at = to_epoch_seconds(wanted["publish_at"]) if "publish_at" in wanted else publish.publish_at
    later = publish_at if publish_at is not None and ("publish_at" in wanted or publish_at > now) else None
    request = rebuild_request(publish, wanted | {"publish_at": None if later is None else clock.iso(later)})
    if isinstance(request, Problem):
        return request
    due = max(now, publish_at or 0)
    wished = publish.model_copy(update={"options": request.options(), "publish_at": publish_at})
    account = check_account(request, caller, source_is_new=False)
    looked = account if isinstance(account, Problem) else pin_publish(wished)
    if isinstance(looked, Problem):
        return looked
    return publish_store.supersede(
        publish,
        due=due,
        code="edited",
        to=State.HELD if due > now else None,
        options=request.options(),
        source=looked.source,
        publish_at=publish_at,
        not_before=due if due > now else None,
        failing_since=None,
    )
