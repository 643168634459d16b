"""Executes the plan of a retry."""

from dropcast.aws import dynamo
from dropcast.caller import Caller
from dropcast.errors.problem import Problem
from dropcast.publishing.actions.retry import build_retry
from dropcast.publishing.admission.account_check import postable_account
from dropcast.publishing.execution.launch import launch
from dropcast.publishing.intake.early_checks import pin_publish
from dropcast.publishing.model.publish import AnySource, Photos, Publish, Source
from dropcast.publishing.plans.changes import account_change, as_change, changed, source_change, stale_refusal
from dropcast.publishing.plans.plan import Plan, PlannedRetry
from dropcast.publishing.plans.plan_store import plan_entry
from dropcast.publishing.store import publish_store
from dropcast.publishing.store.visible_publish import changeable_publish

_UNPINNED: dict[str, None] = {"etag": None, "size": None}


def execute_retry(plan: Plan, content: PlannedRetry, caller: Caller) -> Publish | Problem:
    """Create the retry, link it to the publish and spend the plan, in one transaction, unless something has changed.

    Problems: those of `changeable_publish`, plan_changed and plan_expired.
    """
    publish = changeable_publish(content.publish_id, caller)
    if isinstance(publish, Problem):
        return publish
    if publish.revision != content.revision:
        return changed(["publish_id"])
    account = postable_account(plan.account_id, content.mode, caller)
    if (change := account_change(plan.account, account)) is not None:
        return change
    new = checked_retry(publish, caller)
    if isinstance(new, Problem):
        return as_change(new, otherwise="source")
    return source_change(content.source, new.source) or stale_refusal(plan) or _store(plan, publish, new)


def checked_retry(publish: Publish, caller: Caller) -> Publish | Problem:
    """The retry of the publish, not stored yet. Its pinned objects still exist. Problems: those of `build_retry`."""
    new = build_retry(publish, caller)
    if isinstance(new, Problem):
        return new
    return pin_publish(new.model_copy(update={"source": _unpinned(new.source)}))


def _unpinned(source: AnySource) -> AnySource:
    """`source` without the ETags and sizes of its objects, so that `pin_publish` reads them from S3 again."""
    match source:
        case Photos(items=items):
            return Photos(items=tuple(one.model_copy(update=_UNPINNED) for one in items))
        case Source():
            return source.model_copy(update=_UNPINNED)
        case _:
            return source


def _store(plan: Plan, publish: Publish, new: Publish) -> Publish | Problem:
    link = publish_store.retried_write(publish, new.publish_id)
    if not dynamo.write_all([publish_store.put_write(new, unstarted=True), link, plan_entry(plan).write(new)]):
        return changed(["publish_id"])
    launch(new)
    return new
