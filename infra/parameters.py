"""CloudFormation parameters: one template, other values. Their defaults are the CDK context's values."""

from aws_cdk import CfnParameter, Stack

from infra.config import Config

_TREND_KIND = "(hashtags|videos|music|keywords)"


class Parameters:
    """The settings that a deployment may change without another template."""

    def __init__(self, stack: Stack, config: Config) -> None:
        def parameter(name: str, default: str, description: str) -> CfnParameter:
            return CfnParameter(stack, name, type="String", default=default, description=description)

        self.tiktok_api_url = parameter("TikTokApiUrl", config.tiktok_api_url, "Base address of TikTok's API")
        self.tiktok_authorize_url = parameter(
            "TikTokAuthorizeUrl", config.tiktok_authorize_url, "TikTok's consent page, where browsers are sent"
        )
        self.tiktok_upload_origins = parameter(
            "TikTokUploadOrigins", config.tiktok_upload_origins, "Origins that an upload_url may have, comma list"
        )
        self.tiktok_scopes = parameter("TikTokScopes", config.tiktok_scopes, "Scopes asked for, comma list")
        self.public_url = parameter(
            "PublicUrl", config.public_url, "Address that people and TikTok see; empty: the API's own"
        )
        self.return_to_origins = parameter(
            "ReturnToOrigins", config.return_to_origins, "Origins that return_to may have, comma list"
        )
        self.outbound_allowed_origins = parameter(
            "OutboundAllowedOrigins",
            config.outbound_allowed_origins,
            "Origins that webhook endpoints may have although they are private or not https, comma list",
        )
        self.media_distribution = parameter(
            "MediaDistribution",
            config.media_distribution,
            "Whether the stack makes a CloudFront distribution that TikTok pulls media from: on or off",
        )
        self.media_distribution.allowed_values = ["on", "off"]
        self.media_url = parameter(
            "MediaUrl",
            config.media_url,
            "Address that TikTok pulls media from; empty: the stack's own distribution, if it makes one",
        )
        self.source_buckets = parameter(
            "SourceBuckets",
            config.source_buckets,
            "ARNs of other buckets whose objects may be published, comma list without blanks",
        )
        self.verified_urls = parameter(
            "VerifiedUrls",
            config.verified_urls,
            "Domains and URL prefixes verified in TikTok's portal that videos may be pulled from, comma list",
        )
        self.source_keys = parameter(
            "SourceKeys", config.source_keys, "ARNs of the KMS keys that encrypt those buckets, comma list"
        )
        self.tiktok_business_url = parameter(
            "TikTokBusinessUrl", config.tiktok_business_url, "Base address of TikTok API for Business"
        )
        self.tiktok_business_authorize_url = parameter(
            "TikTokBusinessAuthorizeUrl", config.tiktok_business_authorize_url, "Its consent page for advertisers"
        )
        self.tiktok_business_holder_url = parameter(
            "TikTokBusinessHolderUrl",
            config.tiktok_business_holder_url,
            "TikTok account holder authorization URL, copied from the Business portal; empty: not in use",
        )
        self.tiktok_oembed_url = parameter("TikTokOembedUrl", config.tiktok_oembed_url, "TikTok's public oEmbed")
        self.creative_center_url = parameter(
            "CreativeCenterUrl", config.creative_center_url, "Creative Center, of all countries but the US"
        )
        self.creative_center_us_url = parameter(
            "CreativeCenterUsUrl", config.creative_center_us_url, "Creative Center of the US"
        )
        self.ensembledata_url = parameter("EnsembleDataUrl", config.ensembledata_url, "Base address of EnsembleData")
        self.creative_center = parameter(
            "CreativeCenter",
            config.creative_center,
            "Whether trends may come from Creative Center's web pages, whose terms forbid it: off or on",
        )
        self.trend_countries = parameter(
            "TrendCountries",
            config.trend_countries,
            "Countries whose trends are collected (US,DE), comma list; empty: none",
        )
        self.trend_kinds = parameter(
            "TrendKinds", config.trend_kinds, "What is collected of hashtags, videos, music, keywords, comma list"
        )
        self.trend_periods = parameter(
            "TrendPeriods", config.trend_periods, "Over how many days: of 1, 7, 30, 120, comma list"
        )
        self.trend_categories = parameter(
            "TrendCategories",
            config.trend_categories,
            "Categories collected beside all together (FOOD,BEAUTY), comma list",
        )
        self.trend_keywords = parameter(
            "TrendKeywords", config.trend_keywords, "Words that EnsembleData is asked for, comma list"
        )
        self.trend_requests_per_run = parameter(
            "TrendRequestsPerRun", config.trend_requests_per_run, "Requests that one run of the schedule may make"
        )
        self.ensembledata_units_per_day = parameter(
            "EnsembleDataUnitsPerDay", config.ensembledata_units_per_day, "Units of EnsembleData that a day may cost"
        )
        self.creative_center.allowed_values = ["off", "on"]
        self.trend_countries.allowed_pattern = r"^$|^[A-Z]{2}(,[A-Z]{2})*$"
        self.trend_kinds.allowed_pattern = rf"^{_TREND_KIND}(,{_TREND_KIND})*$"
        self.trend_periods.allowed_pattern = r"^(1|7|30|120)(,(1|7|30|120))*$"
        self.trend_categories.allowed_pattern = r"^$|^[A-Z_]+(,[A-Z_]+)*$"
        self.trend_requests_per_run.allowed_pattern = r"^[1-9]\d{0,5}$"
        self.ensembledata_units_per_day.allowed_pattern = r"^\d{1,6}$"
        self.app_name = parameter(
            "AppName", config.app_name, "Who asks a person to connect an account; empty: the host of PublicUrl"
        )
        self.app_audit = parameter("AppAudit", config.app_audit, "unaudited, or audited once TikTok's audit is passed")
        self.app_audit.allowed_values = ["unaudited", "audited"]
        self.webhooks = parameter(
            "Webhooks", config.webhooks, "Whether TikTok's webhooks come: auto (find out), expected or absent"
        )
        self.webhooks.allowed_values = ["auto", "expected", "absent"]
        self.budgets = parameter(
            "Budgets", config.budgets, "Budgets other than TikTok's documented ones: name=limit/seconds, comma list"
        )
        self.budgets.allowed_pattern = r"^$|^[a-z_]+=[1-9]\d*/[1-9]\d*(,[a-z_]+=[1-9]\d*/[1-9]\d*)*$"
        self.upload_chunk_bytes = parameter(
            "UploadChunkBytes", config.upload_chunk_bytes, "Size of the chunks in which a video goes to TikTok"
        )
        self.upload_chunk_bytes.allowed_values = ["10000000", "32000000", "64000000"]
        self.transfers_at_once = parameter(
            "TransfersAtOnce", config.transfers_at_once, "How many videos are sent to TikTok at once; 0: no limit"
        )
        self.transfers_at_once.allowed_pattern = r"^\d{1,3}$"
        self.refresh_warm_share = parameter(
            "RefreshWarmShare",
            config.refresh_warm_share,
            "Accounts in use: share of an access token's life after which it is renewed",
        )
        self.refresh_idle_share = parameter(
            "RefreshIdleShare",
            config.refresh_idle_share,
            "Idle accounts: share of a refresh token's life after which it is renewed",
        )
        self.in_use_days = parameter(
            "InUseDays", config.in_use_days, "Days without use after which an account counts as idle"
        )
