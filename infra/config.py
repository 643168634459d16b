"""What a person chooses at deploy time, read from the CDK context."""

import re
from dataclasses import dataclass, fields
from typing import Any, Literal

from constructs import Node

LayerTarget = Literal["aws", "host"]

_PROTECTED_STAGE = "prod"
_STAGE = "[a-z][a-z0-9-]{0,19}"


@dataclass(frozen=True)
class Config:
    """One stage's choices; cdk.json holds every default, docs/deploy.md explains them.

    Plain strings that Lambdas read become CloudFormation parameters (see parameters.py); the rest shapes the template.
    """

    stage: str
    tiktok_api_url: str
    tiktok_authorize_url: str
    tiktok_upload_origins: str
    tiktok_scopes: str
    public_url: str
    return_to_origins: str
    outbound_allowed_origins: str
    source_buckets: str
    source_keys: str
    verified_urls: str
    tiktok_business_url: str
    tiktok_business_authorize_url: str
    tiktok_business_holder_url: str
    tiktok_oembed_url: str
    creative_center_url: str
    creative_center_us_url: str
    ensembledata_url: str
    creative_center: str
    trend_countries: str
    trend_kinds: str
    trend_periods: str
    trend_categories: str
    trend_keywords: str
    trend_requests_per_run: str
    ensembledata_units_per_day: str
    app_name: str
    app_audit: str
    webhooks: str
    custom_domain: str
    certificate_arn: str
    media_distribution: str
    media_url: str
    media_domain: str
    media_certificate_arn: str
    media_key: int
    alarm_email: str
    log_retention_days: int
    budgets: str
    transfers_at_once: str
    upload_chunk_bytes: str
    refresh_warm_share: str
    refresh_idle_share: str
    in_use_days: str
    refresh_workers: int
    layer_target: LayerTarget

    @classmethod
    def of(cls, node: Node) -> "Config":
        """The choices in the context of `node`. ValueError where one is invalid or two contradict each other."""
        values: dict[str, Any] = {field.name: node.get_context(field.name) for field in fields(cls)}
        for number in ("log_retention_days", "refresh_workers", "media_key"):
            values[number] = int(values[number])
        config = cls(**values)
        config._check()
        return config

    def _check(self) -> None:
        if not re.fullmatch(_STAGE, self.stage):
            raise ValueError(
                f"stage is a lower-case letter and at most 19 more letters, digits and hyphens, not {self.stage!r}; "
                f"only the stage {_PROTECTED_STAGE} keeps its data when its stack is deleted"
            )
        if bool(self.custom_domain) != bool(self.certificate_arn):
            raise ValueError("custom_domain and certificate_arn go together: give both or neither")
        if bool(self.media_domain) != bool(self.media_certificate_arn):
            raise ValueError("media_domain and media_certificate_arn go together: give both or neither")
        if self.media_key < 1:
            raise ValueError(f"media_key counts from 1, and is not {self.media_key}")
        if self.layer_target not in ("aws", "host"):
            raise ValueError(f"layer_target is aws or host, not {self.layer_target}")

    @property
    def keeps_data(self) -> bool:
        """Whether deleting the stack leaves tables, bucket and key behind: in prod alone."""
        return self.stage == _PROTECTED_STAGE
