"""The settings that the functions read. Every external address is a setting whose default is the real address."""

import os
from functools import lru_cache
from typing import Literal, get_args

from dropcast.setting_declaration import Declared, Setting, literal
from dropcast.snapshots import empty_after_restore

AppAudit = Literal["unaudited", "audited"]

_TREND_KIND = "(hashtags|videos|music|keywords)"
VERIFICATION_NAME = r"tiktok[A-Za-z0-9]+\.txt"
VERIFICATION_LINE = r"tiktok-developers-site-verification=[A-Za-z0-9_-]+"
_BUDGET = r"[a-z_]+=[1-9]\d*/[1-9]\d*"
# Above 0 and at most 0.8, because up to 0.15 of jitter is added.
_SHARE = r"^0?\.(?!0+$)([0-7]\d*|80*)$"


def _resource() -> Setting[str]:
    """A resource's name, URL or ARN, which the template always sets."""
    return Setting(str, required=True)


class Settings(Declared):
    """The settings of all functions.

    Commas separate the parts of a list. A setting whose name ends with `_url` is an address. A setting whose name ends
    with `_s` is a duration in seconds.
    """

    return_to_origins = Setting(
        str,
        "",
        "Origins of your own pages, separated by commas without spaces: https://app.example.com. Dropcast can"
        " redirect browsers to these pages after a person has connected an account. The pages can upload "
        "parts of files and embed Dropcast's pages",
    )
    app_name = Setting(
        str,
        "",
        "Name of your app on the page that people see before TikTok's consent page. Empty: the host of PublicUrl",
    )
    app_audit = Setting[AppAudit](
        literal,
        "unaudited",
        "Whether your app has passed TikTok's audit: unaudited or audited. This determines what Dropcast "
        "allows accounts to post",
        allowed=get_args(AppAudit),
    )
    webhooks = Setting(
        str,
        "auto",
        "Whether TikTok's webhooks arrive: auto (Dropcast finds out), expected or absent. This determines "
        "how often Dropcast at first asks TikTok for the outcome of a post",
        allowed=("auto", "expected", "absent"),
    )
    verified_urls = Setting(
        str,
        "",
        "Domains (example.com) and URL prefixes (https://host/path/) that are verified in TikTok's portal, "
        "separated by commas. TikTok pulls videos only from these. Empty: Dropcast does not "
        "check the address of a video, and leaves the check to TikTok",
        see="publish.md#a-video-at-your-own-address",
    )
    source_buckets = Setting(
        str,
        "",
        "ARNs of other buckets whose objects can be published, separated by commas without spaces",
        see="publish.md#from-another-bucket",
    )
    source_keys = Setting(
        str,
        "",
        "ARNs of the KMS keys that encrypt the buckets in source_buckets, separated by commas without spaces",
        see="publish.md#from-another-bucket",
    )
    outbound_allowed_origins = Setting(
        str,
        "",
        "Private or http origins to which Dropcast may send webhooks, separated by commas without spaces. Leave "
        "this setting empty in AWS",
    )
    public_url = Setting(
        str,
        "",
        "Public address of the deployment, if there is a proxy in front of the API. Empty: the custom domain "
        "or, without one, the API's own address",
        required=True,
    )
    media_url = Setting(
        str,
        "",
        "Address from which TikTok pulls media, if a server other than the stack's CloudFront serves the "
        "bucket. The stack then has no CloudFront distribution. Empty: the media domain or, without one, CloudFront's "
        "own address",
        see="deploy.md#the-media-address",
    )
    media_distribution = Setting(
        str,
        "on",
        "Whether the stack makes a CloudFront distribution from which TikTok pulls media: on or off. If it is off and "
        "MediaUrl is empty, Dropcast refuses all photos, and all videos that TikTok would pull from the bucket "
        "(media_not_served)",
        allowed=("on", "off"),
        see="deploy.md#if-the-aws-account-is-new",
    )
    transfers_at_once = Setting(
        int,
        "0",
        "How many videos Dropcast sends to TikTok at once. 0: no limit",
        pattern=r"^\d{1,3}$",
        see="deploy.md#if-the-aws-account-is-new",
    )
    upload_chunk_bytes = Setting(
        int,
        "32000000",
        "Size of the chunks in which Dropcast sends a video to TikTok: 10000000 (TikTok's own example), "
        "32000000 or 64000000 bytes. An upload that has already started keeps its chunk size",
        allowed=("10000000", "32000000", "64000000"),
        see="performance.md",
    )
    budgets = Setting(
        str,
        "",
        "Budgets that differ from TikTok's documented limits, as name=limit/seconds, separated by commas",
        pattern=rf"^$|^{_BUDGET}(,{_BUDGET})*$",
        see="operate.md#budgets",
    )
    refresh_warm_share = Setting(
        float,
        "0.6",
        "For accounts in use: the share (above 0, at most 0.8) of an access token's lifetime after which Dropcast "
        "renews the account's tokens",
        pattern=_SHARE,
        see="operate.md",
    )
    refresh_idle_share = Setting(
        float,
        "0.25",
        "For idle accounts: the share (above 0, at most 0.8) of a refresh token's lifetime after which Dropcast "
        "renews the account's tokens",
        pattern=_SHARE,
        see="operate.md",
    )
    in_use_days = Setting(
        int, "14", "Days without use after which an account counts as idle", pattern=r"^[1-9]\d{0,4}$", see="operate.md"
    )

    trend_countries = Setting(
        str,
        "",
        "Countries whose trends Dropcast collects, separated by commas: US,DE. Empty: none",
        pattern=r"^$|^[A-Z]{2}(,[A-Z]{2})*$",
        see="trends.md#switch-it-on",
    )
    trend_kinds = Setting(
        str,
        "hashtags,videos,music,keywords",
        "Kinds of trends that Dropcast collects, separated by commas: hashtags, videos, music, keywords",
        pattern=rf"^{_TREND_KIND}(,{_TREND_KIND})*$",
    )
    trend_periods = Setting(
        str,
        "7",
        "Periods of the trend lists in days, separated by commas: 1, 7, 30, 120",
        pattern=r"^(1|7|30|120)(,(1|7|30|120))*$",
    )
    trend_categories = Setting(
        str,
        "",
        "Categories for which Dropcast also collects separate lists, separated by commas: FOOD,BEAUTY",
        pattern=r"^$|^[A-Z_]+(,[A-Z_]+)*$",
    )
    trend_keywords = Setting(str, "", "Words that Dropcast searches for at EnsembleData, separated by commas")
    trend_requests_per_run = Setting(
        int, "500", "Maximum number of requests of one run that collects trends, 1 to 999999", pattern=r"^[1-9]\d{0,5}$"
    )
    ensembledata_units_per_day = Setting(
        int, "50", "Maximum number of EnsembleData units that Dropcast uses in a day", pattern=r"^\d{1,6}$"
    )
    creative_center = Setting(
        str,
        "off",
        "Whether Dropcast collects trends from Creative Center's web pages: off or on. The terms of these "
        "pages forbid automatic collection",
        allowed=("off", "on"),
        see="trends.md#switch-it-on",
    )

    operator_name = Setting(
        str,
        "",
        "Name of the person or company that runs this deployment, for the terms and the privacy policy",
        see="console.md#the-public-pages",
    )
    operator_email = Setting(str, "", "E-mail address for questions about the terms, privacy and deletion of data")
    operator_address = Setting(str, "", "Postal address of the operator, on one line")
    operator_law = Setting(
        str,
        "",
        "Place whose law applies to the terms and whose courts decide disputes. Examples: Germany; "
        "the State of New York",
    )
    tiktok_verification_file = Setting(
        str,
        "",
        "File that proves to TikTok's portal that PublicUrl is yours, as NAME=LINE. NAME is the file's name, and LINE "
        "is the only line in the file",
        pattern=rf"^$|^{VERIFICATION_NAME}={VERIFICATION_LINE}$",
        see="console.md#prove-the-domain-to-tiktok",
    )
    tiktok_image_origins = Setting(
        str,
        "https://*.tiktokcdn.com,https://*.tiktokcdn-us.com,https://*.tiktokcdn-eu.com",
        "Origins from which TikTok serves pictures, such as creators' profile pictures, separated by commas. The "
        "console's pages show no pictures from other sites",
    )

    tiktok_scopes = Setting(
        str,
        "user.info.basic,video.publish,video.upload",
        "Scopes that Dropcast requests from creators, separated by commas. TikTok must have approved each "
        "scope for your app",
    )
    tiktok_api_url = Setting(str, "https://open.tiktokapis.com", "Base address of TikTok's API")
    tiktok_authorize_url = Setting(str, "https://www.tiktok.com/v2/auth/authorize/", "Address of TikTok's consent page")
    tiktok_upload_origins = Setting(
        str,
        "https://*.tiktokapis.com",
        ("Origins to which Dropcast uploads videos, separated by commas. Dropcast refuses other upload addresses"),
    )
    tiktok_business_holder_url = Setting(
        str,
        "",
        'The "TikTok account holder authorization URL" from the portal of TikTok API for Business. Empty: account '
        "owners cannot give consent to TikTok API for Business",
        see="connect.md#tiktok-api-for-business",
    )
    tiktok_business_url = Setting(str, "https://business-api.tiktok.com", "Base address of TikTok API for Business")
    tiktok_business_authorize_url = Setting(
        str,
        "https://business-api.tiktok.com/portal/auth",
        "Address of the page on which advertisers consent to TikTok API for Business",
    )
    tiktok_oembed_url = Setting(str, "https://www.tiktok.com/oembed", "Address of TikTok's public oEmbed")
    creative_center_url = Setting(
        str, "https://ads.tiktok.com", "Address of Creative Center for all countries except the US"
    )
    creative_center_us_url = Setting(str, "https://ads.us.tiktok.com", "Address of Creative Center for the US")
    ensembledata_url = Setting(str, "https://ensembledata.com/apis", "Base address of EnsembleData")

    # A publish that is due more than this many seconds from now gets a one-time EventBridge Scheduler entry.
    schedule_ahead_s = Setting(int, "120")

    app_secret_arn = _resource()
    partner_secret_arn = _resource()
    key_pepper_arn = _resource()
    kms_key_id = _resource()
    accounts_table = _resource()
    budgets_table = _resource()
    connections_table = _resource()
    console_table = _resource()
    publishes_table = _resource()
    outbox_table = _resource()
    keys_table = _resource()
    trends_table = _resource()
    hooks_table = _resource()
    media_bucket = _resource()
    media_key_arn = _resource()
    media_key_id = _resource()
    state_machine_arn = _resource()
    event_bus_name = _resource()
    refresh_queue_url = _resource()
    webhook_queue_url = _resource()
    recheck_queue_url = _resource()
    disconnected_queue_url = _resource()
    trends_queue_url = _resource()
    deliveries_queue_url = _resource()
    slow_deliveries_queue_url = _resource()
    schedule_group = _resource()
    schedule_role_arn = _resource()
    schedule_dead_letters_arn = _resource()
    due_function_arn = _resource()


@empty_after_restore
@lru_cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings({name.lower(): value for name, value in os.environ.items()})


def listed(value: str) -> list[str]:
    """The parts of a comma-separated list, without blanks."""
    return [part.strip() for part in value.split(",") if part.strip()]
