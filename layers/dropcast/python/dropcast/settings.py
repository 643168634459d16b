"""Typed settings from the environment. Every outside address is one of them, with the real one as its default."""

import os
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """What a deployment sets. Lists are comma lists in the environment; names are the fields' in upper case."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    stage: str = "dev"

    tiktok_api_url: str = "https://open.tiktokapis.com"
    tiktok_authorize_url: str = "https://www.tiktok.com/v2/auth/authorize/"
    tiktok_upload_origins: str = "https://*.tiktokapis.com"
    tiktok_scopes: str = "user.info.basic,video.publish,video.upload"
    public_url: str = ""
    media_url: str = ""
    verified_urls: str = ""
    return_to_origins: str = ""
    outbound_allowed_origins: str = ""
    # TikTok API for Business, other app and other tokens. The holder URL stands in its portal; empty: not in use.
    tiktok_business_url: str = "https://business-api.tiktok.com"
    tiktok_business_authorize_url: str = "https://business-api.tiktok.com/portal/auth"
    tiktok_business_holder_url: str = ""

    # Where trends come from; what is collected as comma lists (days: 1, 7, 30, 120). No countries: nothing is.
    tiktok_oembed_url: str = "https://www.tiktok.com/oembed"
    creative_center_url: str = "https://ads.tiktok.com"
    creative_center_us_url: str = "https://ads.us.tiktok.com"
    ensembledata_url: str = "https://ensembledata.com/apis"
    creative_center: Literal["off", "on"] = "off"
    trend_countries: str = ""
    trend_kinds: str = "hashtags,videos,music,keywords"
    trend_periods: str = "7"
    trend_categories: str = ""
    trend_keywords: str = ""
    trend_requests_per_run: int = Field(default=500, ge=1)
    ensembledata_units_per_day: int = Field(default=50, ge=0)

    app_name: str = ""
    app_audit: Literal["unaudited", "audited"] = "unaudited"
    webhooks: Literal["auto", "expected", "absent"] = "auto"

    # Keeping tokens alive: shares of the lives that TikTok's answers name; up to 0.15 of jitter come on top.
    refresh_warm_share: float = Field(default=0.6, gt=0, le=0.8)
    refresh_idle_share: float = Field(default=0.25, gt=0, le=0.8)
    in_use_days: int = Field(default=14, ge=1)

    # The size of an upload's chunks: one of chunk_plan.CHUNK_SIZES.
    upload_chunk_bytes: int = Field(default=10_000_000)

    # How many videos are sent to TikTok at once; 0: as many as Lambda runs.
    transfers_at_once: int = Field(default=0, ge=0)

    # Budgets other than TikTok's documented ones, as name=limit/seconds (see budgets/limits.py).
    budgets: str = ""

    app_secret_arn: str = ""
    partner_secret_arn: str = ""
    key_pepper_arn: str = ""
    kms_key_id: str = ""
    accounts_table: str = ""
    budgets_table: str = ""
    connections_table: str = ""
    publishes_table: str = ""
    outbox_table: str = ""
    keys_table: str = ""
    trends_table: str = ""
    hooks_table: str = ""
    media_bucket: str = ""
    source_buckets: str = ""
    media_key_arn: str = ""
    media_key_id: str = ""
    state_machine_arn: str = ""
    event_bus_name: str = ""
    refresh_queue_url: str = ""
    webhook_queue_url: str = ""
    recheck_queue_url: str = ""
    disconnected_queue_url: str = ""
    trends_queue_url: str = ""
    deliveries_queue_url: str = ""
    slow_deliveries_queue_url: str = ""

    # Scheduled publishes: one that is due later than this gets a one-time EventBridge Scheduler entry.
    schedule_ahead_s: int = Field(default=120, ge=0)
    schedule_group: str = ""
    schedule_role_arn: str = ""
    schedule_dead_letters_arn: str = ""
    due_function_arn: str = ""


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings.model_validate({name.lower(): value for name, value in os.environ.items()})


def listed(value: str) -> list[str]:
    """The parts of a comma list, without blanks."""
    return [part.strip() for part in value.split(",") if part.strip()]
