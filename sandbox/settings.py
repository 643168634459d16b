"""The sandbox's settings, given at start or changed by PATCH /_sandbox/settings."""

import re
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field, SecretStr, model_validator

from sandbox.faults.degradations import Degradation, can_degrade

DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
LONGEST_REDIRECT_URI = 511

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


Status = Literal["PROCESSING_UPLOAD", "PROCESSING_DOWNLOAD", "SEND_TO_USER_INBOX", "PUBLISH_COMPLETE", "FAILED"]
FailReason = Literal[
    "file_format_check_failed",
    "duration_check_failed",
    "frame_rate_check_failed",
    "picture_size_check_failed",
    "internal",
    "video_pull_failed",
    "photo_pull_failed",
    "publish_cancelled",
    "auth_removed",
    "spam_risk_user_banned_from_posting",
    "spam_risk_text",
    "spam_risk",
    "spam_risk_too_many_posts",
]
"""The values of fail_reason (protocol section 6)."""


def _known_scope(scope: str) -> str:
    if scope not in ALL_SCOPES:
        raise ValueError(f"TikTok has no such scope; it has {', '.join(ALL_SCOPES)}")
    return scope


def _limited_route(route: str) -> str:
    if route not in CALLS_PER_WINDOW:
        raise ValueError(f"no limit applies to this route; limits apply to {', '.join(CALLS_PER_WINDOW)}")
    return route


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0 or re.search(r"\s", url):
        raise ValueError("must be an absolute http or https URL")
    return url


def _redirect_uri(uri: str) -> str:
    """Check a redirect URI (protocol section 1.1): absolute, without query, fragment or wildcard.

    The sandbox also accepts http.
    """
    if "?" in _web_address(uri) or "#" in uri or "*" in uri or len(uri) > LONGEST_REDIRECT_URI:
        raise ValueError(f"has no query, fragment or wildcard, and at most {LONGEST_REDIRECT_URI} characters")
    return uri


def _business_redirect_uri(uri: str) -> str:
    if not _redirect_uri(uri).endswith("/"):
        raise ValueError("must end in /")
    return uri


def _ownership_proof(proof: str) -> str:
    """Check that `proof` is a domain or a URL prefix (protocol section 9)."""
    if "://" not in proof and not DOMAIN.fullmatch(proof):
        raise ValueError("must be a domain (example.com) or a prefix (https://host/path/)")
    return _web_address(proof) if "://" in proof else proof


Scope = Annotated[str, AfterValidator(_known_scope)]
LimitedRoute = Annotated[str, AfterValidator(_limited_route)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
RedirectUri = Annotated[str, AfterValidator(_redirect_uri)]
BusinessRedirectUri = Annotated[str, AfterValidator(_business_redirect_uri)]
OwnershipProof = Annotated[str, AfterValidator(_ownership_proof)]
Count = Annotated[int, Field(ge=0)]


class Settings(BaseModel, extra="forbid", allow_inf_nan=False):
    """The settings. Times are seconds on the sandbox's clock unless stated otherwise. Sizes are in bytes."""

    # the registered app
    client_key: str = Field(default="sandbox-client-key", min_length=1)
    client_secret: SecretStr = SecretStr("sandbox-client-secret")
    platform: Literal["web", "desktop"] = "web"
    """TikTok ignores PKCE for a web app, and requires and checks it for a desktop app (protocol section 1.5)."""
    redirect_uris: list[RedirectUri] = []
    scopes: list[Scope] = Field(default=ALL_SCOPES, min_length=1)
    audited: bool = False
    verified_urls: list[OwnershipProof] = []
    """Domains (example.com) and URL prefixes (https://host/path/) whose ownership is verified."""

    # the app of TikTok API for Business, and an EnsembleData customer
    business_app_id: str = Field(default="7000000000000000001", min_length=1)
    business_secret: SecretStr = SecretStr("sandbox-business-secret")
    business_redirect_uris: list[BusinessRedirectUri] = []
    ensembledata_token: SecretStr = SecretStr("sandbox-ensembledata-token")
    business_code_lifetime: int = Field(default=600, gt=0)
    business_access_lifetime: int = Field(default=86_400, gt=0)
    """For account holders. An advertiser's token does not expire."""
    business_refresh_lifetime: int = Field(default=31_536_000, gt=0)
    business_refresh_answers: Literal["new", "same", "none"] = "new"
    """The refresh token in the answer to a refresh. A new token replaces the old one."""

    # tokens
    code_lifetime: int = Field(default=600, gt=0)
    access_lifetime: int = Field(default=7200, gt=0)
    refresh_lifetime: int = Field(default=15_552_000, gt=0)
    refresh_kills_access_token: bool = False
    oauth_errors_on_200: bool = False
    redirect_mismatch_error: Literal["invalid_request", "invalid_grant"] = "invalid_request"
    """TikTok's token page has invalid_request; its table of errors suggests invalid_grant (protocol section 1.7)."""

    bare_comment_ids: bool = True
    """Whether the id of a new comment is a JSON number of 19 digits instead of a string."""
    reply_delay: float = Field(default=5, ge=0)
    """The delay until the lists of replies contain a new reply, in seconds."""
    pin_delay: float = Field(default=25, ge=0)
    """The seconds after which a new comment can be pinned."""
    hide_pause: float = Field(default=5, ge=0)
    """The seconds after a change until a comment can be hidden or shown again."""

    # trends
    degraded: dict[str, Degradation] = {}
    """The routes of degraded sources, and the kind of degradation of each."""
    ensembledata_units_per_day: int = Field(default=50, ge=0)

    # refusals
    invalid_params_code: Literal["invalid_params", "invalid_param"] = "invalid_params"
    creator_info_needs_content_type: bool = False
    """TikTok's page requires the Content-Type. It is not known whether TikTok enforces this (protocol section 2)."""
    rate_limits: dict[LimitedRoute, Count] = Field(default_factory=lambda: dict(CALLS_PER_WINDOW))
    rate_window: float = Field(default=60, gt=0)
    day: float = Field(default=86_400, gt=0)
    """The length in seconds of the window for posts, drafts and active creators."""
    direct_posts_per_day: Count = 15
    pending_drafts_per_day: Count = 5
    unaudited_active_users: Count = 5
    audited_active_users: Count | None = None

    # upload and processing
    upload_lifetime: int = Field(default=3600, gt=0)
    content_range_end: Literal["count", "last_index"] = "count"
    processing_seconds: float = Field(default=2, ge=0)
    fail_reason: FailReason | None = None
    """None: publishes succeed. Otherwise every publish ends as FAILED with this reason."""
    status_names: dict[Status, Annotated[str, Field(min_length=1)]] = {}
    """Undocumented names that status/fetch returns in place of these statuses."""
    single_post_id: bool = False
    """Whether status/fetch returns the newest post id as a number instead of a list of ids (protocol section 6)."""
    publicly_available_seconds: float | None = Field(default=2, ge=0)
    """The seconds from PUBLISH_COMPLETE to the post id of a public post. None: the post gets no id."""
    pull_timeout: float = Field(default=3600, gt=0)
    """The timeout of a pull in real seconds."""

    # webhooks
    webhook_url: WebAddress | None = None
    webhooks_enabled: bool = True
    webhook_delay: float = Field(default=0, ge=0)
    webhook_duplicates: int = Field(default=0, ge=0)
    webhook_reorder_seconds: float = Field(default=0, ge=0)
    """If above 0, events are held for this many seconds and then sent newest first."""
    webhook_wrong_secret: bool = False
    webhook_signature_age: int = 0
    """How much older the signature's t is than the time of sending, in real seconds."""
    webhook_retry_seconds: float = Field(default=1, gt=0)
    """The first delay after an answer other than 200, in seconds. It doubles each time."""
    webhook_retry_for: float = Field(default=259_200, ge=0)
    webhook_timeout: float = Field(default=10, gt=0)
    """The timeout of a webhook in real seconds."""

    @model_validator(mode="after")
    def _check_degradations(self) -> Self:
        for route, way in self.degraded.items():
            if not can_degrade(route, way):
                raise ValueError(f"{route} cannot be degraded in the way {way}")
        return self

    @property
    def active_users(self) -> int | None:
        return self.audited_active_users if self.audited else self.unaudited_active_users
