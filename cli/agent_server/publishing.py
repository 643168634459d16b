"""The tools that publish. Both ways take two calls: preflight and then publish, or retry twice."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from cli.agent_server.accounts import AccountId
from cli.agent_server.plans import Plan, plan_result
from cli.agent_server.publishes import Outcome, PlanId, Publish, PublishId
from cli.publishing.media_files import PICTURES_MAX
from cli.publishing.uploads import place_of, source_of
from cli.wrong_input import WrongInputError
from dropcast_client import Dropcast, PublishRequest
from dropcast_client.models.plans import PlanRequest
from dropcast_client.models.shared import Kind, Mode, PrivacyLevel
from dropcast_client.models.uploads import UploadView

UploadIds = Annotated[
    list[str],
    Field(
        min_length=1,
        max_length=PICTURES_MAX,
        description="The upload_id of one video, or the upload_ids of pictures in the order of the post.",
    ),
]


class PostOptions(BaseModel):
    """The options of a post. Only privacy_level is required, and only for a direct post."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = Field(None, description="The caption of a video, or the title of pictures.")
    description: str | None = Field(None, description="The text below pictures.")
    hashtags: list[str] | None = None
    privacy_level: PrivacyLevel | None = Field(
        None, description="One of the privacy_level_options of creator_info. The person chooses it."
    )
    allow_comment: bool | None = None
    allow_duet: bool | None = None
    allow_stitch: bool | None = None
    cover_timestamp_ms: int | None = Field(None, description="The frame of a video that becomes its cover.")
    cover_index: int | None = Field(None, description="The picture that becomes the cover, counted from 0.")
    brand_content: bool | None = Field(None, description="A paid partnership with a third party.")
    brand_organic: bool | None = Field(None, description="The post promotes the creator's own business.")
    is_aigc: bool | None = Field(None, description="The media was made or changed by AI.")
    auto_add_music: bool | None = Field(None, description="TikTok adds music to pictures.")


class PublishingTools:
    """The tools that publish on the accounts of one deployment."""

    def __init__(self, api: Dropcast) -> None:
        self._api = api

    def preflight(
        self,
        account_id: AccountId,
        upload_ids: UploadIds,
        mode: Annotated[
            Mode, Field(description="draft: the post goes to the creator's TikTok inbox, where the creator posts it.")
        ] = "draft",
        options: PostOptions | None = None,
        publish_at: Annotated[
            AwareDatetime | None, Field(description="RFC 3339 with a zone. Default: at once.")
        ] = None,
    ) -> Plan:
        """Check a post and return a plan for it, valid for 15 minutes. The tool posts nothing. Always call it before
        publish, and show the plan to the person.
        """
        uploads = [self._api.show_upload(upload_id) for upload_id in upload_ids]
        kind = _kind(uploads)
        fields = options.model_dump(exclude_none=True) if options else {}
        if publish_at is not None:
            fields["publish_at"] = publish_at
        source = source_of(kind, [place_of(upload) for upload in uploads])
        request = PublishRequest(account_id=account_id, kind=kind, mode=mode, source=source, **fields)
        return plan_result(self._api.make_plan(PlanRequest(action="publish", publish=request)))

    def publish(self, plan_id: PlanId) -> Publish:
        """Carry out a plan of preflight, once. Call it only after the person agreed to the plan. A repeated call
        returns the same publish. Then call status.
        """
        return Publish.model_validate(self._api.execute_plan(plan_id))

    def retry(self, publish_id: PublishId | None = None, plan_id: PlanId | None = None) -> Outcome:
        """Retry a failed or cancelled publish, in two calls. With publish_id, the tool checks the retry and returns a
        plan, and does nothing else. With the plan's plan_id, it creates a new publish, once. Before that, show the plan
        to the person.
        """
        if plan_id is not None:
            return Outcome(publish=Publish.model_validate(self._api.execute_plan(plan_id)))
        if publish_id is None:
            raise WrongInputError("There is neither a publish_id nor a plan_id.", "Name the publish to retry.")
        return Outcome(plan=plan_result(self._api.make_plan(PlanRequest(action="retry", publish_id=publish_id))))


def _kind(uploads: list[UploadView]) -> Kind:
    """`photo` for pictures, `video` for one video. Raises WrongInputError."""
    kinds = {upload.content_type.partition("/")[0] for upload in uploads}
    if kinds == {"image"}:
        return "photo"
    if len(uploads) > 1:
        raise WrongInputError("A post has one video, or only pictures.", "Publish each video by itself.")
    return "video"
