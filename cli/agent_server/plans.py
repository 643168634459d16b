"""The parts of a plan that the tools return: what Dropcast checked, and what to do next."""

from datetime import datetime

from cli.agent_server.strings import Own, Result, Text, Word
from dropcast_client.models.plans import StoredPlanView


class Finding(Result):
    """A problem, which prevents the post, or a warning. `ffmpeg` is a command that fixes the video."""

    field: Word
    code: Word
    message: Text
    fix: Own
    next: Word
    ffmpeg: Own | None = None


class Schedule(Result):
    """When and how Dropcast would post. `waits_for`: the budget that delays the post."""

    goes_at: datetime
    via: Word
    waits_for: Word | None = None


class Report(Result):
    """The check of a post. `ok`: there are no problems."""

    ok: bool
    problems: list[Finding]
    warnings: list[Finding]
    plan: Schedule | None = None


class Plan(Result):
    """An action that Dropcast has checked but not carried out. `next_step` says what to do with it."""

    plan_id: Word | None = None
    action: Word
    state: Word
    account_id: Word
    publish_id: Word | None = None
    comment_id: Word | None = None
    expires_at: datetime | None = None
    executable: bool
    console_url: Own | None = None
    link_expires_at: datetime | None = None
    report: Report | None = None
    next_step: Own = ""


_TOOLS = {"publish": "publish", "retry": "retry", "comment": "comments"}
_NO_LINK = "This key may not do this directly. A person whose key allows it can do it in the console."
_LINK = (
    "This key may not publish this directly. Give console_url to a person whose key allows it. The person signs in "
    "to the console, checks the post and publishes it. Then call status with this plan_id."
)


def plan_result(view: StoredPlanView) -> Plan:
    """The plan with its next step."""
    return Plan.model_validate(view).model_copy(update={"next_step": _next_step(view)})


def _next_step(view: StoredPlanView) -> str:
    match view.state:
        case "refused":
            return "Correct the problems in the report, then make a new plan. Nothing was stored."
        case "spent":
            return "The plan was carried out. Call status with its publish_id, or list the comments."
        case "expired":
            return "Make a new plan, because this one is older than 15 minutes."
        case _ if not view.executable:
            return _LINK if view.console_url else _NO_LINK
        case _:
            tool = _TOOLS.get(view.action, view.action)
            return f"Show the plan to the person. If they agree, call {tool} with this plan_id before expires_at."
