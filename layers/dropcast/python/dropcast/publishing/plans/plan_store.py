"""Stores plans in the table of publishes. Rows expire after a day.

DynamoDB deletes them late, so this module checks the time too. A row stores the plan's `publish_id` as `became`,
because the index by_account lists every row that has an account_id and a publish_id.
"""

from dataclasses import dataclass

from dropcast import clock
from dropcast.aws.tables import EXISTING, NEW, PUBLISHES, Item
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.plans.plan import Plan, PlannedPublish
from dropcast.publishing.store.idempotency_store import TakenKey


@dataclass(frozen=True)
class PlanEntry:
    """The entry of the transaction by which a publish spends its plan. Only one publish can spend a plan.

    The entry also sets `expires_at`. If DynamoDB has just deleted the row, the entry creates a row that expires too.
    """

    plan_id: str
    kept_until: int

    def write(self, publish: Publish) -> Item:
        """One entry of TransactWriteItems that spends the plan for `publish`, unless another publish has spent it."""
        values = {"publish_id": publish.publish_id, "kept_until": self.kept_until}
        update = "SET became = :publish_id, expires_at = :kept_until"
        return PUBLISHES.update_entry(_key(self.plan_id), update, "attribute_not_exists(became)", values)

    def taken(self) -> TakenKey | None:
        """The publish that has spent the plan, or None."""
        row = PUBLISHES.get(_key(self.plan_id), only="became")
        return TakenKey(row["became"], same=True) if row else None


def plan_entry(plan: Plan) -> PlanEntry:
    """The entry by which a publish spends the plan."""
    return PlanEntry(plan.plan_id, plan.kept_until)


def put(plan: Plan) -> bool:
    """Store a new plan. False if a plan with this id exists."""
    row = plan.model_dump(mode="json", exclude_none=True, exclude={"source_url_sealed"})
    if plan.source_url_sealed is not None:
        row["source_url_sealed"] = plan.source_url_sealed.get_secret_value()
    return PUBLISHES.put_if(_key(plan.plan_id) | row | {"expires_at": plan.kept_until}, NEW)


def note_comment(plan: Plan, comment_id: str) -> None:
    """Store the id of the comment that the plan became."""
    PUBLISHES.update_if(_key(plan.plan_id), "SET comment_id = :comment_id", EXISTING, {"comment_id": comment_id})


def get(plan_id: str) -> Plan | None:
    """The plan, read consistently. None if it does not exist or its row has expired."""
    row = PUBLISHES.get(_key(plan_id))
    if row is None or row["expires_at"] <= clock.now():
        return None
    sealed = {"source_url_sealed": bytes(row["source_url_sealed"])} if "source_url_sealed" in row else {}
    return Plan.model_validate(row | sealed | {"publish_id": row.get("became")})


def own_plan(plan_id: str, caller: Caller) -> Plan | Problem:
    """The plan, if the caller's key made it. Problem: not_found."""
    plan = get(plan_id)
    if plan is None or plan.key_id != caller.key_id:
        return problem("not_found", what="plan")
    return plan


def plan_for_person(plan_id: str, caller: Caller) -> Plan | Problem:
    """The plan of a publish, for a person who opens its link and sees the account. Problem: not_found.

    The id grants no right. To see the plan, the person needs a key that sees the account. To publish it, the key needs
    the scope of the post. The function also returns spent plans, and plans that have expired for the key that made
    them.
    """
    plan = get(plan_id)
    if (
        plan is None
        or not isinstance(plan.content, PlannedPublish)
        or not caller.sees(plan.account.user_id, plan.account_id)
    ):
        return problem("not_found", what="plan")
    return plan


def _key(plan_id: str) -> Item:
    return {"pk": f"plan#{plan_id}", "sk": "plan"}
