"""The model of a plan's row: the action, what was checked, and what the plan became."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretBytes

from dropcast.accounts.models import Account
from dropcast.caller import Caller
from dropcast.publishing.model.options import Mode
from dropcast.publishing.model.publish import AnySource
from dropcast.tiktok.models import CreatorInfo

EXECUTABLE_S = 15 * 60
"""For how many seconds the key that made a plan may execute it."""
KEPT_S = 24 * 3600
"""For how many seconds a plan is kept and its link works."""

PlanAction = Literal["publish", "retry", "comment"]
PlanState = Literal["open", "spent", "expired"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class AccountFacts(_Frozen):
    """The account as it was checked. `connection_number` rises each time the account is connected."""

    user_id: str
    open_id: str
    connection_number: int


class CreatorFacts(_Frozen):
    """What TikTok let the creator post when the plan was checked. The privacy levels are sorted."""

    privacy_level_options: tuple[str, ...]
    comment_disabled: bool
    duet_disabled: bool
    stitch_disabled: bool
    max_video_post_duration_sec: int
    username: str
    nickname: str


class PlannedPublish(_Frozen):
    """A new publish. `source` is pinned.

    `request`: the body of the request without its defaults, and without the URL of its source, which the row stores
    encrypted. `creator` is None for a draft if TikTok returned no creator_info.
    """

    action: Literal["publish"] = "publish"
    mode: Mode
    request: dict[str, Any]
    source: AnySource
    creator: CreatorFacts | None = None


class PlannedRetry(_Frozen):
    """A retry of the publish `publish_id`, which had `revision` when it was checked. `source` is pinned."""

    action: Literal["retry"] = "retry"
    mode: Mode
    publish_id: str
    revision: int
    source: AnySource


class PlannedComment(_Frozen):
    """A comment on one of the account's videos, or a reply to the comment `reply_to`."""

    action: Literal["comment"] = "comment"
    video_id: str
    reply_to: str | None = None
    text: str


Content = Annotated[PlannedPublish | PlannedRetry | PlannedComment, Field(discriminator="action")]


class Plan(_Frozen):
    """The row of a plan. Times are seconds since the epoch.

    key_id is the API key that made the plan: only this key may execute it.
    account has the account's facts. The account's user decides which people see the plan.
    report is the JSON of the dry run's report.
    publish_id or comment_id is what the plan became.
    """

    plan_id: str
    key_id: str
    account_id: str
    account: AccountFacts
    created_at: int
    content: Content
    source_url_sealed: SecretBytes | None = None
    report: str | None = None
    publish_id: str | None = None
    comment_id: str | None = None

    @property
    def stale_at(self) -> int:
        """The time from which the key that made the plan may no longer execute it."""
        return self.created_at + EXECUTABLE_S

    @property
    def kept_until(self) -> int:
        """When the plan is deleted and its link stops working."""
        return self.created_at + KEPT_S


def publish_of(plan: Plan) -> PlannedPublish:
    """The planned publish. TypeError for a plan of another action."""
    if not isinstance(plan.content, PlannedPublish):
        raise TypeError(f"the plan {plan.plan_id} is no publish")
    return plan.content


def plan_state(plan: Plan, now: int) -> PlanState:
    """The state of the plan at `now` (seconds since the epoch)."""
    if plan.publish_id is not None or plan.comment_id is not None:
        return "spent"
    return "open" if now < plan.stale_at else "expired"


def may_execute(plan: Plan, caller: Caller) -> bool:
    """Whether the caller's scopes allow the plan's action."""
    if isinstance(plan.content, PlannedComment):
        return caller.may("publish")
    return caller.mode_refusal(plan.content.mode) is None


def account_facts(account: Account) -> AccountFacts:
    """The facts of the account that a plan stores."""
    return AccountFacts(user_id=account.user_id, open_id=account.open_id, connection_number=account.connection_number)


def creator_facts(creator: CreatorInfo) -> CreatorFacts:
    """The facts of the creator_info that a plan stores."""
    levels = tuple(sorted(creator.privacy_level_options))
    return CreatorFacts.model_validate(creator.model_dump() | {"privacy_level_options": levels})
