"""The sandbox's settings, given at start or changed by PATCH /_sandbox/settings."""

from typing import Literal, Self

from pydantic import BaseModel, Field, SecretStr, model_validator

from sandbox.faults.degradations import Degradation, can_degrade

ALL_SCOPES = [
    "user.info.basic",
    "user.info.profile",
    "user.info.stats",
    "video.list",
    "video.upload",
    "video.publish",
]

CALLS_PER_WINDOW = {
    "creator_info": 20,
    "video_init": 6,
    "inbox_init": 6,
    "content_init": 6,
    "status_fetch": 30,
    "cancel": 600,
    "user_info": 600,
    "video_list": 600,
    "video_query": 600,
    **{f"comment_{what}": 40 for what in ("list", "replies", "create", "reply", "hide", "like", "pin", "delete")},
    "business_app": 600,
}


class Settings(BaseModel, extra="forbid"):
    """Times are seconds of the sandbox's clock unless stated otherwise; sizes are bytes."""

    # the registered app
    client_key: str = "sandbox-client-key"
    client_secret: SecretStr = SecretStr("sandbox-client-secret")
    redirect_uris: list[str] = []
    scopes: list[str] = ALL_SCOPES
    audited: bool = False
    verified_urls: list[str] = []
    """Domains (example.com) and URL prefixes (https://host/path/) with proven ownership."""

    # the app of TikTok API for Business, and a customer of EnsembleData
    business_app_id: str = "7000000000000000001"
    business_secret: SecretStr = SecretStr("sandbox-business-secret")
    business_redirect_uris: list[str] = []
    ensembledata_token: SecretStr = SecretStr("sandbox-ensembledata-token")
    business_code_lifetime: int = Field(default=600, gt=0)
    business_access_lifetime: int = Field(default=86_400, gt=0)
    """For account holders; an advertiser's token does not expire."""
    business_refresh_lifetime: int = Field(default=31_536_000, gt=0)
    business_refresh_answers: Literal["new", "same", "none"] = "new"
    """The refresh token in the answer to a refresh; a new one replaces the old one."""

    # tokens
    code_lifetime: int = Field(default=600, gt=0)
    access_lifetime: int = Field(default=7200, gt=0)
    refresh_lifetime: int = Field(default=15_552_000, gt=0)
    refresh_kills_access_token: bool = False
    oauth_errors_on_200: bool = False

    bare_comment_ids: bool = True
    """The id of a new comment is a JSON number of 19 digits, not a string."""
    reply_delay: float = Field(default=5, ge=0)
    """The delay until the lists of replies contain a new reply."""
    pin_delay: float = Field(default=25, ge=0)
    """A comment can be pinned after this time."""
    hide_pause: float = Field(default=5, ge=0)
    """A comment can be hidden or shown again this time after the last change."""

    # trends
    degraded: dict[str, Degradation] = {}
    """The routes with a degraded source, and the kind of degradation."""
    ensembledata_units_per_day: int = Field(default=50, ge=0)

    # refusals
    invalid_params_code: Literal["invalid_params", "invalid_param"] = "invalid_params"
    rate_limits: dict[str, int] = Field(default_factory=lambda: dict(CALLS_PER_WINDOW))
    rate_window: float = Field(default=60, gt=0)
    day: float = Field(default=86_400, gt=0)
    """The length of the window for posts, drafts and active creators."""
    direct_posts_per_day: int = 15
    pending_drafts_per_day: int = 5
    unaudited_active_users: int = 5
    audited_active_users: int | None = None

    # upload and processing
    upload_lifetime: int = Field(default=3600, gt=0)
    content_range_end: Literal["count", "last_index"] = "count"
    processing_seconds: float = Field(default=2, ge=0)
    fail_reason: str | None = None
    """None: publishes succeed. Otherwise every publish ends as FAILED with this reason."""
    publicly_available_seconds: float | None = Field(default=2, ge=0)
    """The delay from PUBLISH_COMPLETE to the post id of a public post. None: no id."""
    pull_timeout: float = Field(default=3600, gt=0)
    """Real seconds."""

    # webhooks
    webhook_url: str | None = None
    webhooks_enabled: bool = True
    webhook_delay: float = Field(default=0, ge=0)
    webhook_duplicates: int = Field(default=0, ge=0)
    webhook_reorder_seconds: float = Field(default=0, ge=0)
    """Above 0: events are held this long, then sent newest first."""
    webhook_wrong_secret: bool = False
    webhook_signature_age: int = 0
    """Real seconds by which the signature's t is older than the time of sending."""
    webhook_retry_seconds: float = Field(default=1, gt=0)
    """The first delay after an answer other than 200; it doubles each time."""
    webhook_retry_for: float = Field(default=259_200, ge=0)
    webhook_timeout: float = Field(default=10, gt=0)
    """Real seconds."""

    @model_validator(mode="after")
    def _check_degradations(self) -> Self:
        for route, way in self.degraded.items():
            if not can_degrade(route, way):
                raise ValueError(f"{route} cannot be degraded in the way {way}")
        return self

    @property
    def active_users(self) -> int | None:
        return self.audited_active_users if self.audited else self.unaudited_active_users
