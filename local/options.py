"""What a person may choose of a local stack, and how it reads as CloudFormation parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from local.partner_services import PartnerServices, partners_from

LOOPBACK_RECEIVERS = "http://127.0.0.1:*,http://localhost:*"
# What the pages' examples return to: a name that leads nowhere.
EXAMPLE_ORIGIN = "https://app.example"
# Prefixes, letter by letter: they cover each port.
LOOPBACK_URLS = "http://127.0.0.1:,http://localhost:"


@dataclass(frozen=True)
class TikTok:
    """The TikTok that a stack talks to, and the app it is there. Empty addresses are the template's defaults."""

    client_key: str
    client_secret: str
    api_url: str = ""
    authorize_url: str = ""
    upload_origins: str = ""
    partners: PartnerServices = field(default_factory=PartnerServices)


@dataclass(frozen=True)
class TrendChoices:
    """What of trends is collected, as comma lists; empty ones are the template's defaults."""

    countries: str = ""
    kinds: str = ""
    periods: str = ""
    categories: str = ""
    keywords: str = ""
    requests_per_run: str = ""
    ensembledata_units_per_day: str = ""
    creative_center: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """These as parameters of the template."""
        return {
            "TrendCountries": self.countries,
            "TrendKinds": self.kinds,
            "TrendPeriods": self.periods,
            "TrendCategories": self.categories,
            "TrendKeywords": self.keywords,
            "TrendRequestsPerRun": self.requests_per_run,
            "EnsembleDataUnitsPerDay": self.ensembledata_units_per_day,
            "CreativeCenter": self.creative_center,
        }


@dataclass(frozen=True)
class Options:
    """`tiktok` None starts a sandbox. Empty addresses are the stack's own; `port` 0 takes a free one.

    functions_at_once: AWS's limit for an account, 10 in a young one.
    """

    tiktok: TikTok | None = None
    public_url: str = ""
    media_url: str = ""
    media_distribution: str = ""
    return_to_origins: str = ""
    outbound_allowed_origins: str = ""
    source_buckets: str = ""
    verified_urls: str = ""
    app_name: str = ""
    app_audit: str = ""
    webhooks: str = ""
    scopes: str = ""
    budgets: str = ""
    transfers_at_once: str = ""
    trends: TrendChoices = field(default_factory=TrendChoices)
    port: int = 0
    functions_at_once: int = 60


class OptionsRefused(Exception):
    """The choices do not go together; the text says why."""


def from_environment(environment: Mapping[str, str]) -> Options:
    """The choices as `make up NAME=value` hands them on. OptionsRefused when an own TikTok comes without its app."""

    def given(name: str) -> str:
        return environment.get(name, "").strip()

    tiktok = None
    if given("TIKTOK_API_URL"):
        tiktok = TikTok(
            client_key=given("TIKTOK_CLIENT_KEY"),
            client_secret=given("TIKTOK_CLIENT_SECRET"),
            api_url=given("TIKTOK_API_URL").rstrip("/"),
            authorize_url=given("TIKTOK_AUTHORIZE_URL"),
            upload_origins=given("TIKTOK_UPLOAD_ORIGINS"),
            partners=partners_from(given),
        )
        if not tiktok.client_key or not tiktok.client_secret:
            raise OptionsRefused("TIKTOK_API_URL needs TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET beside it")
    elif given("TIKTOK_AUTHORIZE_URL"):
        raise OptionsRefused("TIKTOK_AUTHORIZE_URL needs TIKTOK_API_URL beside it")
    return Options(
        tiktok=tiktok,
        public_url=given("PUBLIC_URL").rstrip("/"),
        media_url=given("MEDIA_URL").rstrip("/"),
        media_distribution=_on_or_off("MEDIA_DISTRIBUTION", given("MEDIA_DISTRIBUTION")),
        return_to_origins=given("RETURN_TO_ORIGINS") or EXAMPLE_ORIGIN,
        outbound_allowed_origins=given("OUTBOUND_ALLOWED_ORIGINS") or LOOPBACK_RECEIVERS,
        source_buckets=given("SOURCE_BUCKETS"),
        verified_urls=given("VERIFIED_URLS") or ("" if tiktok else LOOPBACK_URLS),
        app_name=given("APP_NAME"),
        app_audit=given("APP_AUDIT"),
        webhooks=given("WEBHOOKS"),
        scopes=given("TIKTOK_SCOPES"),
        budgets=given("BUDGETS"),
        transfers_at_once=given("TRANSFERS_AT_ONCE"),
        trends=_trends(given, sandboxed=tiktok is None),
        port=_port(given("LOCAL_PORT")),
    )


def _trends(given: Callable[[str], str], *, sandboxed: bool) -> TrendChoices:
    """What was chosen. If that is nothing, the sandbox's trends of one country: they cost nothing and break no rule."""
    chosen = TrendChoices(
        countries=given("TREND_COUNTRIES"),
        kinds=given("TREND_KINDS"),
        periods=given("TREND_PERIODS"),
        categories=given("TREND_CATEGORIES"),
        keywords=given("TREND_KEYWORDS"),
        requests_per_run=given("TREND_REQUESTS_PER_RUN"),
        ensembledata_units_per_day=given("ENSEMBLEDATA_UNITS_PER_DAY"),
        creative_center=given("CREATIVE_CENTER"),
    )
    return TrendChoices(countries="US", creative_center="on") if sandboxed and chosen == TrendChoices() else chosen


def _on_or_off(name: str, given: str) -> str:
    if given not in ("", "on", "off"):
        raise OptionsRefused(f"{name} is on or off, not {given}")
    return given


def _port(given: str) -> int:
    if given and not (given.isdecimal() and 0 < int(given) < 65536):
        raise OptionsRefused(f"LOCAL_PORT is a number from 1 to 65535, not {given}")
    return int(given or 0)


def sandbox_at(url: str, client_key: str, client_secret: str, partners: PartnerServices) -> TikTok:
    """A sandbox as the TikTok to talk to."""
    authorize_url = f"{url}/v2/auth/authorize/"
    return TikTok(client_key, client_secret, api_url=url, authorize_url=authorize_url, partners=partners)


def verified_urls(options: Options, media_url: str) -> list[str]:
    """What counts as verified in TikTok's portal. A sandbox of our own is told the same, and our media's address."""
    given = [one.strip() for one in options.verified_urls.split(",") if one.strip()]
    return given if options.tiktok else [f"{media_url}/", *given]


def template_parameters(options: Options, tiktok: TikTok, public_url: str, media_url: str) -> dict[str, str]:
    """The parameters of the template; what is left out keeps the template's default."""
    parameters = {
        "TikTokApiUrl": tiktok.api_url,
        "TikTokAuthorizeUrl": tiktok.authorize_url,
        "TikTokUploadOrigins": tiktok.upload_origins or _origin_of_uploads(tiktok.api_url),
        "TikTokScopes": options.scopes,
        "PublicUrl": public_url,
        # as in AWS, a stack whose distribution is off serves no media unless another address is given
        "MediaUrl": options.media_url if options.media_distribution == "off" else media_url,
        "MediaDistribution": options.media_distribution,
        "ReturnToOrigins": options.return_to_origins,
        "OutboundAllowedOrigins": options.outbound_allowed_origins,
        "SourceBuckets": options.source_buckets,
        "VerifiedUrls": ",".join(verified_urls(options, media_url)),
        "AppName": options.app_name,
        "AppAudit": options.app_audit,
        "Webhooks": options.webhooks,
        "Budgets": options.budgets,
        "TransfersAtOnce": options.transfers_at_once,
        **tiktok.partners.parameters,
        **options.trends.parameters,
    }
    return {name: value for name, value in parameters.items() if value}


def _origin_of_uploads(api_url: str) -> str:
    """A server that is not TikTok's own takes uploads itself."""
    address = urlsplit(api_url)
    if (address.hostname or "").endswith(".tiktokapis.com"):
        return ""
    return f"{address.scheme}://{address.netloc}"
