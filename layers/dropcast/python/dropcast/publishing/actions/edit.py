"""Edits the options or the time of a publish that has not started."""

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
from dropcast.publishing.model.states import State
from dropcast.publishing.store import publish_store
from dropcast.publishing.store.visible_publish import changeable_publish
from dropcast.timestamp import Timestamp, to_epoch_seconds


class PublishEdit(PublishOptions):
    """The fields to change. A field that is not given keeps its value. `publish_at: null` posts at once."""

    publish_at: Timestamp | None = Field(default=None, description="The new time: RFC 3339 with a zone.")


def edit_refusal(publish: Publish) -> Problem | None:
    """The reason why a publish in this state cannot be edited (too_late_to_edit), or None if it can."""
    is_waiting = publish.state in (State.QUEUED, State.HELD)
    return None if is_waiting else problem("too_late_to_edit", state=publish.state.value)


@retry_on_conflict()
def edit(publish_id: str, caller: Caller, changes: PublishEdit) -> Publish | Problem | Conflict:
    """Change the publish and return it. The changed request is validated like a new one.

    A new execution takes over the publish, so the checks of the previous execution no longer count.
    Problems: as for `changeable_publish`, `edit_refusal`, `rebuild_request`, `check_account` and `pin_publish`.
    """
    wanted = changes.model_dump(exclude_unset=True)
    publish = changeable_publish(publish_id, caller)
    if isinstance(publish, Problem):
        return publish
    refusal = edit_refusal(publish)
    if refusal is not None:
        return refusal
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
    edited = publish.model_copy(update={"options": request.options(), "publish_at": publish_at})
    account = check_account(request, caller, source_is_new=False)
    pinned = account if isinstance(account, Problem) else pin_publish(edited)
    if isinstance(pinned, Problem):
        return pinned
    return publish_store.supersede(
        publish,
        due=due,
        code="edited",
        to=State.HELD if due > now else None,
        options=request.options(),
        source=pinned.source,
        publish_at=publish_at,
        not_before=due if due > now else None,
        failing_since=None,
    )
