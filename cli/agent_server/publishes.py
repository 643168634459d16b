"""The tools for existing publishes: status, list, cancel, resolve."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from cli.agent_server.accounts import AccountId, NextPage
from cli.agent_server.plans import Plan, plan_result
from cli.agent_server.refusals import PublishError
from cli.agent_server.strings import Result, Text, Word
from cli.wrong_input import WrongInputError
from dropcast_client import Dropcast
from dropcast_client.models.publishes import ResolveRequest
from dropcast_client.models.shared import State

PlanId = Annotated[str, Field(description="The plan: a plan_id (pln_…) that this server returned.")]
PublishId = Annotated[str, Field(description="The publish: a publish_id (pub_…).")]

_PUBLISHES = 20


class Options(Result):
    """The texts and the privacy level of a post."""

    title: Text
    description: Text
    hashtags: list[Text]
    privacy_level: Word | None = None


class Publish(Result):
    """A publish. Sizes are bytes. `error` says why it failed, or why its outcome is unknown."""

    publish_id: Word
    account_id: Word
    kind: Word
    mode: Word
    state: Word
    created_at: datetime
    options: Options | None = None
    bytes_sent: int
    bytes_total: int
    post_ids: list[Word]
    post_urls: list[Text]
    not_before: datetime | None = None
    publish_at: datetime | None = None
    cancel_requested: bool
    retry_of: Word | None = None
    retried_as: Word | None = None
    error: PublishError | None = None


class Outcome(Result):
    """Either a publish, or a plan that has not become a publish yet."""

    publish: Publish | None = None
    plan: Plan | None = None


class Publishes(Result):
    """A page of publishes, newest first. `next` requests the following page."""

    items: list[Publish]
    next: Word | None = None


class PublishTools:
    """The tools that work with one deployment's publishes."""

    def __init__(self, api: Dropcast) -> None:
        self._api = api

    def status(self, publish_id: PublishId | None = None, plan_id: PlanId | None = None) -> Outcome:
        """Show a publish, or say whether a plan has become a publish. After publish or retry, call it every few seconds
        until the state is published, in_inbox, failed, unknown or cancelled. in_inbox: the draft waits in the creator's
        TikTok inbox, where the creator posts it.
        """
        if plan_id is not None:
            plan = self._api.show_plan(plan_id)
            if plan.publish_id is None:
                return Outcome(plan=plan_result(plan))
            publish_id = plan.publish_id
        if publish_id is None:
            raise WrongInputError("There is neither a publish_id nor a plan_id.", "Name one of them.")
        return Outcome(publish=Publish.model_validate(self._api.show_publish(publish_id)))

    def list(
        self,
        account_id: AccountId | None = None,
        state: Annotated[list[State] | None, Field(description="Only publishes in these states.")] = None,
        next: NextPage = None,
    ) -> Publishes:
        """List publishes, newest first. Use it to find a publish_id, or to see whether a post exists already."""
        found = self._api.list_publishes(account_id=account_id, state=state, next=next, limit=_PUBLISHES)
        return Publishes.model_validate(found)

    def cancel(self, publish_id: PublishId) -> Publish:
        """Cancel a publish that TikTok has not posted yet. The publish ends at once if TikTok does not have all
        of its media yet. Otherwise Dropcast asks TikTok to cancel it, and the tool `status` shows the result. Ask the
        person first.
        """
        return Publish.model_validate(self._api.cancel_publish(publish_id))

    def resolve(self, publish_id: PublishId) -> Publish:
        """Ask TikTok again about a publish whose state is unknown. The findings are in error.details. If the
        state stays unknown, a person looks at TikTok and says in the console whether the post exists. You cannot do
        that.
        """
        return Publish.model_validate(self._api.resolve_publish(publish_id, ResolveRequest(outcome="check_again")))
