"""The API's requests and view of plans."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from dropcast import clock
from dropcast.caller import Caller
from dropcast.clock import iso
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.plans.plan import Plan, PlanAction, may_execute, plan_state
from dropcast.publishing.plans.plan_link import plan_url

from .comment_views import CommentText
from .dry_run_views import ReportView

_EXAMPLE = {
    "action": "publish",
    "publish": {
        "account_id": "acc_01JD3Z8Q9W0000000000000000",
        "source": {"type": "s3", "bucket": "your-media-bucket", "key": "video.mp4"},
        "title": "Hello",
        "privacy_level": "SELF_ONLY",
    },
}


_FIELDS = {
    "publish": {"publish"},
    "retry": {"publish_id"},
    "comment": {"account_id", "video_id", "text"},
}
Text64 = Annotated[str, Field(min_length=1, max_length=64)]


class PlanRequest(BaseModel, extra="forbid", json_schema_extra={"examples": [_EXAMPLE]}):
    """An action to check now and to carry out later. The action `publish` needs the field `publish`, and `retry` needs
    `publish_id`. `comment` needs `account_id`, `video_id`, `text` and, for a reply, `comment_id`.
    """

    action: PlanAction
    publish: PublishRequest | None = Field(
        default=None, description="The body of POST /v1/publishes, for one account and without `dry_run`."
    )
    publish_id: Text64 | None = Field(default=None, description="The publish to retry.")
    account_id: Text64 | None = Field(default=None, description="The account that comments.")
    video_id: Text64 | None = Field(default=None, description="TikTok's id of the account's video.")
    comment_id: Text64 | None = Field(default=None, description="TikTok's id of the comment to reply to.")
    text: CommentText | None = Field(default=None, description="The text of the comment.")

    @model_validator(mode="after")
    def fits_the_action(self) -> Self:
        fields = _FIELDS[self.action]
        given = {name for name in type(self).model_fields if getattr(self, name) is not None} - {"action"}
        if given - ({"comment_id"} if self.action == "comment" else set()) != fields:
            raise ValueError(f"the action {self.action} takes {', '.join(sorted(fields))}")
        if self.publish is not None and (self.publish.account_ids or self.publish.dry_run):
            raise ValueError("a plan is for one account_id, and takes no dry_run")
        return self


class ExecuteRequest(BaseModel, extra="forbid", json_schema_extra={"examples": [{}]}):
    """The approval of a comment. Other actions need no approval."""

    approved_by: str | None = Field(
        default=None,
        max_length=256,
        description="A name or id that you use for the person who approved exactly the text of the comment.",
    )


class StoredPlanView(BaseModel):
    """A plan. If the action has problems, `state` is `refused` and Dropcast stores nothing. All times, and all ids
    except `account_id`, are then null.
    """

    plan_id: str | None
    action: PlanAction
    state: Literal["open", "spent", "expired", "refused"]
    account_id: str
    publish_id: str | None = Field(description="The publish that the executed plan created.")
    comment_id: str | None = Field(description="TikTok's id of the comment that the executed plan created.")
    created_at: str | None
    expires_at: str | None = Field(description="The API key of this request may execute the plan until this time.")
    executable: bool = Field(
        description="Whether the scopes of this API key suffice to execute the plan. Otherwise a person has to use "
        "`console_url`."
    )
    console_url: str | None = Field(
        description="The page on which a person checks, changes and publishes the plan of a publish. The page asks "
        "for a sign-in: the link alone gives no access."
    )
    link_expires_at: str | None = Field(description="`console_url` works until this time.")
    report: ReportView | None = Field(description="The report on a publish, as POST /v1/preflight returns it.")


def plan_view(plan: Plan, caller: Caller) -> StoredPlanView:
    """The view of a stored plan."""
    has_link = plan.content.action == "publish"
    return StoredPlanView(
        plan_id=plan.plan_id,
        action=plan.content.action,
        state=plan_state(plan, clock.now()),
        account_id=plan.account_id,
        publish_id=plan.publish_id,
        comment_id=plan.comment_id,
        created_at=iso(plan.created_at),
        expires_at=iso(plan.stale_at),
        executable=may_execute(plan, caller),
        console_url=plan_url(plan.plan_id) if has_link else None,
        link_expires_at=iso(plan.kept_until) if has_link else None,
        report=None if plan.report is None else ReportView.model_validate_json(plan.report),
    )


def refused_plan_view(request: PublishRequest, report: ReportView) -> StoredPlanView:
    """The view of a plan that is not stored, because the publish has problems."""
    return StoredPlanView(
        plan_id=None,
        action="publish",
        state="refused",
        account_id=request.account_id,
        publish_id=None,
        comment_id=None,
        created_at=None,
        expires_at=None,
        executable=False,
        console_url=None,
        link_expires_at=None,
        report=report,
    )
