"""The options of a local stack, and the template's parameters that follow from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from dropcast.setting_declaration import Setting
from dropcast.settings import Settings, listed

Chosen = Mapping[Setting[Any], str]

LOCAL_DEFAULTS: Chosen = {
    # The examples in docs/ use the first origin, where no site is running. examples/embed runs at the second origin.
    Settings.return_to_origins: "https://app.example,http://localhost:3000",
    Settings.outbound_allowed_origins: "http://127.0.0.1:*,http://localhost:*",
}
# TikTok compares a verified prefix letter by letter, so these addresses cover every port.
SANDBOX_DEFAULTS: Chosen = {Settings.verified_urls: "http://127.0.0.1:,http://localhost:"}
# The sandbox's trends cost nothing and break no terms. So they are collected by default, unless a setting of trends is
# given.
SANDBOX_TRENDS: Chosen = {Settings.trend_countries: "US", Settings.creative_center: "on"}

_TRENDS = {Settings.creative_center, Settings.ensembledata_units_per_day} | {
    setting for setting in Settings.choices() if setting.name.startswith("trend_")
}
# Dropcast appends a path to these addresses.
_BASE_URLS = {
    Settings.public_url,
    Settings.media_url,
    Settings.tiktok_api_url,
    Settings.tiktok_business_url,
    Settings.creative_center_url,
    Settings.creative_center_us_url,
    Settings.ensembledata_url,
}


# The fields of the stack's secret for partners. For each: its variable, and its value if the partner is not used.
_PARTNER_SECRET = {
    "business_app_id": ("TIKTOK_BUSINESS_APP_ID", "set-me"),
    "business_secret": ("TIKTOK_BUSINESS_SECRET", "set-me"),
    "ensembledata_token": ("ENSEMBLEDATA_TOKEN", ""),
}


@dataclass(frozen=True)
class TikTok:
    """The TikTok that a stack calls. `app_secret` and `partner_secret`: the contents of the stack's two secrets.

    `addresses`: TikTok's addresses, by setting.
    """

    app_secret: Mapping[str, str]
    partner_secret: Mapping[str, str]
    addresses: Chosen


@dataclass(frozen=True)
class Options:
    """The options of a stack. Without a `tiktok` the stack starts a sandbox. With the `port` 0 it uses a free port.

    functions_at_once: how many calls of functions may run at once. AWS allows a new account 10.
    """

    tiktok: TikTok | None = None
    settings: Chosen = field(default_factory=dict[Setting[Any], str])
    port: int = 0
    functions_at_once: int = 60


class OptionsRefused(Exception):
    """The options contradict each other, or one of them is invalid. The text gives the reason."""


def from_environment(environment: Mapping[str, str]) -> Options:
    """The options from `make up NAME=value`.

    OptionsRefused: an option is invalid, or TIKTOK_API_URL is given without an app's key and secret.
    """
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    chosen = {
        setting: _checked(setting, given[setting.variable])
        for setting in Settings.choices()
        if setting.variable in given
    }
    tiktok = _another_tiktok(given, chosen)
    defaults = {**LOCAL_DEFAULTS, **({} if tiktok else SANDBOX_DEFAULTS)}
    if tiktok is None and not _TRENDS & chosen.keys():
        defaults |= SANDBOX_TRENDS
    return Options(tiktok=tiktok, settings=defaults | chosen, port=_port(given.get("LOCAL_PORT")))


def _checked(setting: Setting[Any], value: str) -> str:
    try:
        text = setting.text({setting.name: value})
    except ValueError as error:
        raise OptionsRefused(f"{setting.variable} is invalid: {error}") from None
    return text.rstrip("/") if setting in _BASE_URLS else text


def _another_tiktok(given: Mapping[str, str], chosen: Chosen) -> TikTok | None:
    """The TikTok at TIKTOK_API_URL. None if this variable is not set.

    If this is not the real TikTok, uploads go to the same origin unless TIKTOK_UPLOAD_ORIGINS is set.
    """
    if Settings.tiktok_api_url not in chosen:
        if Settings.tiktok_authorize_url in chosen:
            raise OptionsRefused("TIKTOK_AUTHORIZE_URL needs TIKTOK_API_URL beside it")
        return None
    if "TIKTOK_CLIENT_KEY" not in given or "TIKTOK_CLIENT_SECRET" not in given:
        raise OptionsRefused("TIKTOK_API_URL needs TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET beside it")
    api = urlsplit(chosen[Settings.tiktok_api_url])
    takes_uploads = Settings.tiktok_upload_origins not in chosen and not (api.hostname or "").endswith(
        ".tiktokapis.com"
    )
    return TikTok(
        {"client_key": given["TIKTOK_CLIENT_KEY"], "client_secret": given["TIKTOK_CLIENT_SECRET"]},
        {name: given.get(variable, unused) for name, (variable, unused) in _PARTNER_SECRET.items()},
        {Settings.tiktok_upload_origins: f"{api.scheme}://{api.netloc}"} if takes_uploads else {},
    )


def _port(given: str | None) -> int:
    if given is None:
        return 0
    if not (given.isdecimal() and 0 < int(given) < 65536):
        raise OptionsRefused(f"LOCAL_PORT is a number from 1 to 65535, not {given}")
    return int(given)


def sandbox_addresses(url: str, public_url: str, business_app_id: str) -> Chosen:
    """The addresses of a sandbox at `url`, which replaces TikTok and every source of trends."""
    scopes = "comment.list%2Ccomment.list.manage%2Cdiscovery.search.words"
    back = f"response_type=code&redirect_uri={public_url}/oauth/business/callback/"
    return {
        Settings.tiktok_api_url: url,
        Settings.tiktok_authorize_url: f"{url}/v2/auth/authorize/",
        Settings.tiktok_upload_origins: url,
        Settings.tiktok_image_origins: url,
        Settings.tiktok_business_url: url,
        Settings.tiktok_business_authorize_url: f"{url}/portal/auth",
        Settings.tiktok_business_holder_url: f"{url}/business/auth?client_key={business_app_id}&scope={scopes}&{back}",
        Settings.tiktok_oembed_url: f"{url}/oembed",
        Settings.creative_center_url: url,
        Settings.creative_center_us_url: f"{url}/us",
        Settings.ensembledata_url: f"{url}/apis",
    }


def verified_urls(options: Options, media_url: str) -> list[str]:
    """The verified domains and URL prefixes, for the template and for the sandbox.

    With the sandbox they include the stack's media address.
    """
    given = listed(options.settings.get(Settings.verified_urls, ""))
    return given if options.tiktok else [f"{media_url}/", *given]


def template_parameters(options: Options, tiktok: TikTok, public_url: str, media_url: str) -> dict[str, str]:
    """The parameters of the template. Parameters that are not listed keep the template's defaults."""
    chosen = options.settings
    # As in AWS, a stack without a distribution serves media only if MEDIA_URL is given.
    has_none = chosen.get(Settings.media_distribution) == "off"
    addresses = {
        Settings.public_url: public_url,
        Settings.media_url: chosen.get(Settings.media_url, "") if has_none else media_url,
        Settings.verified_urls: ",".join(verified_urls(options, media_url)),
    }
    every = {**chosen, **tiktok.addresses, **addresses}
    return {setting.parameter: value for setting, value in every.items() if value}
