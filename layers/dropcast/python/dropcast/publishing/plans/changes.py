"""Compares a plan with what is true now. Names each change by its field in the request or in TikTok's answer."""

from collections.abc import Callable, Iterable

from dropcast import clock
from dropcast.accounts.models import Account
from dropcast.errors.problem import Next, Problem, problem
from dropcast.publishing.intake.early_checks import pin_publish
from dropcast.publishing.model.problem_fields import fields_of
from dropcast.publishing.model.publish import AnySource, Photos, Publish, PulledUrl, Source
from dropcast.publishing.plans.plan import (
    AccountFacts,
    CreatorFacts,
    Plan,
    account_facts,
    creator_facts,
    plan_state,
    publish_of,
)
from dropcast.tiktok.models import CreatorInfo


def changed(names: Iterable[str], why: Problem | None = None) -> Problem:
    """The problem plan_changed with the names of the changed fields. `why`: the problem that the action has now."""
    listed = list(names)
    shown = why and why.model_dump(mode="json", include={"code", "message", "fix", "next"})
    return problem("plan_changed", changed=listed, what=", ".join(listed), problem=shown)


def as_change(found: Problem, *, otherwise: str) -> Problem:
    """Turn `found` into the problem plan_changed. The action had no problem when it was planned, so something has
    changed since.

    Returns a temporary problem unchanged. `otherwise`: the field to name if `found` concerns no option of the post.
    """
    if found.code in ("plan_changed", "plan_expired") or is_temporary(found):
        return found
    return changed(fields_of(found, otherwise=otherwise), found)


def is_temporary(found: Problem) -> bool:
    """Whether the same call can succeed later without a change."""
    return found.next in (Next.WAIT, Next.RETRY)


def stale_refusal(plan: Plan) -> Problem | None:
    """plan_expired if the key that made the plan may no longer execute the plan.

    None if the key may still execute the plan, or if the plan is spent.
    """
    return problem("plan_expired", plan_id=plan.plan_id) if plan_state(plan, clock.now()) == "expired" else None


def account_change(before: AccountFacts, account: Account | Problem) -> Problem | None:
    """plan_changed if Dropcast cannot use the account now, if it was connected again, or if it has another user.
    Otherwise None.
    """
    if isinstance(account, Problem):
        return as_change(account, otherwise="account_id")
    return None if account_facts(account) == before else changed(["account_id"])


def creator_change(before: CreatorFacts, creator: CreatorInfo) -> Problem | None:
    """plan_changed if TikTok's creator_info differs from the one that was checked, else None."""
    old, new = before.model_dump(), creator_facts(creator).model_dump()
    names = [name for name, value in old.items() if new[name] != value]
    return changed(names) if names else None


def source_change(before: AnySource, now: AnySource) -> Problem | None:
    """plan_changed if the pinned objects of the two sources differ, else None."""
    return None if _pins(before) == _pins(now) else changed(["source"])


def pin_as_planned(plan: Plan) -> Callable[[Publish], Publish | Problem]:
    """A function like `pin_publish`. It returns plan_changed if the objects are no longer those of the plan."""

    def pin(publish: Publish) -> Publish | Problem:
        pinned = pin_publish(publish)
        if isinstance(pinned, Problem):
            return pinned
        return source_change(publish_of(plan).source, pinned.source) or pinned

    return pin


def _pins(source: AnySource) -> list[tuple[object, ...]]:
    match source:
        case Photos(items=items):
            objects: tuple[Source, ...] = items
        case Source():
            objects = (source,)
        case PulledUrl():
            objects = ()
    return [(one.bucket, one.key, one.version_id, one.etag, one.size) for one in objects]
