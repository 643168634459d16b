from typing import Any

import pytest

from dropcast.setting_declaration import Setting
from dropcast.settings import Settings
from local.options import (
    LOCAL_DEFAULTS,
    SANDBOX_DEFAULTS,
    SANDBOX_TRENDS,
    Options,
    OptionsRefused,
    TikTok,
    from_environment,
    sandbox_addresses,
    template_parameters,
    verified_urls,
)

EXAMPLES = {
    Settings.trend_countries: "DE",
    Settings.trend_categories: "FOOD",
    Settings.budgets: "video_init=1/60",
    Settings.tiktok_verification_file: "tiktokAbC.txt=tiktok-developers-site-verification=AbC",
}
APP = {"client_key": "k", "client_secret": "s"}
NO_PARTNERS = {"business_app_id": "set-me", "business_secret": "set-me", "ensembledata_token": ""}
SANDBOX = TikTok(APP, NO_PARTNERS, sandbox_addresses("http://127.0.0.1:9", "http://p", "77"))
OWN = {"TIKTOK_API_URL": "http://127.0.0.1:9400/", "TIKTOK_CLIENT_KEY": "k", "TIKTOK_CLIENT_SECRET": "s"}


def test_without_variables_there_is_a_sandbox_and_this_machines_addresses_are_allowed():
    options = from_environment({"PATH": "/bin"})

    assert options == Options(settings={**LOCAL_DEFAULTS, **SANDBOX_DEFAULTS, **SANDBOX_TRENDS})
    assert options.settings[Settings.trend_countries] == "US"


@pytest.mark.parametrize("setting", Settings.choices(), ids=lambda setting: setting.name)
def test_every_choice_of_a_deployment_is_a_variable_and_becomes_a_parameter(setting: Setting[Any]):
    value = setting.allowed[-1] if setting.allowed else setting.default or EXAMPLES.get(setting, "https://a.example")
    options = from_environment(OWN | {setting.variable: f" {value} "})

    assert options.tiktok is not None
    addresses = [options.settings.get(one, "http://x") for one in (Settings.public_url, Settings.media_url)]
    parameters = template_parameters(options, options.tiktok, *addresses)
    assert parameters[setting.parameter] == value


@pytest.mark.parametrize("setting", [one for one in Settings.choices() if one.allowed or one.pattern])
def test_a_value_that_the_template_would_refuse_is_refused_and_named(setting: Setting[Any]):
    with pytest.raises(OptionsRefused, match=setting.variable):
        from_environment({setting.variable: "!"})


@pytest.mark.parametrize("chosen", [{"TREND_COUNTRIES": "DE"}, {"CREATIVE_CENTER": "off"}, OWN])
def test_trends_have_no_defaults_with_own_choices_or_another_tiktok(chosen: dict[str, str]):
    settings = from_environment(chosen).settings

    assert settings.get(Settings.trend_countries) == chosen.get("TREND_COUNTRIES")
    assert settings.get(Settings.creative_center) == chosen.get("CREATIVE_CENTER")


def test_with_another_tiktok_no_addresses_are_verified_here():
    assert Settings.verified_urls not in from_environment(OWN).settings


def test_the_sandbox_gets_the_same_values_as_dropcast():
    options = Options(settings={Settings.verified_urls: "https://a.example/, http://127.0.0.1:"})
    parameters = template_parameters(options, TikTok(APP, NO_PARTNERS, {}), "http://p", "http://m")

    assert verified_urls(options, "http://m") == ["http://m/", "https://a.example/", "http://127.0.0.1:"]
    assert parameters["VerifiedUrls"] == "http://m/,https://a.example/,http://127.0.0.1:"


def test_an_api_address_replaces_the_sandbox():
    options = from_environment(OWN | {"PUBLIC_URL": "https://me.example/", "RETURN_TO_ORIGINS": "https://a.example"})

    assert options.tiktok == TikTok(APP, NO_PARTNERS, {Settings.tiktok_upload_origins: "http://127.0.0.1:9400"})
    assert options.settings[Settings.tiktok_api_url] == "http://127.0.0.1:9400"
    assert options.settings[Settings.public_url] == "https://me.example"
    assert options.settings[Settings.return_to_origins] == "https://a.example"


@pytest.mark.parametrize("missing", ["TIKTOK_CLIENT_KEY", "TIKTOK_CLIENT_SECRET"])
def test_another_tiktok_needs_an_app(missing: str):
    with pytest.raises(OptionsRefused, match=missing):
        from_environment({name: value for name, value in OWN.items() if name != missing})


def test_a_consent_page_without_an_api_address_is_refused():
    with pytest.raises(OptionsRefused, match="TIKTOK_API_URL"):
        from_environment({"TIKTOK_AUTHORIZE_URL": "http://x"})


def test_receivers_on_this_machine_are_allowed():
    options = from_environment({"OUTBOUND_ALLOWED_ORIGINS": "http://127.0.0.1:9000"})

    parameters = template_parameters(options, SANDBOX, "http://p", "http://m")

    assert parameters["OutboundAllowedOrigins"] == "http://127.0.0.1:9000"


def test_a_port_can_be_chosen():
    assert from_environment({"LOCAL_PORT": "8080"}).port == 8080


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_an_invalid_port_is_refused(port: str):
    with pytest.raises(OptionsRefused, match="LOCAL_PORT"):
        from_environment({"LOCAL_PORT": port})


def test_the_sandbox_replaces_every_outside_address():
    chosen = {Settings.tiktok_business_url: "https://business.example", Settings.tiktok_upload_origins: "https://*"}

    parameters = template_parameters(Options(settings=chosen), SANDBOX, "http://127.0.0.1:8", "http://m")

    own = {name: parameters.pop(name) for name in ("PublicUrl", "MediaUrl", "VerifiedUrls")}
    assert own == {"PublicUrl": "http://127.0.0.1:8", "MediaUrl": "http://m", "VerifiedUrls": "http://m/"}
    assert parameters["TikTokAuthorizeUrl"] == "http://127.0.0.1:9/v2/auth/authorize/"
    outside = {one.parameter for one in Settings.choices() if one.default.startswith("https://")}
    assert parameters.keys() == outside | {"TikTokBusinessHolderUrl"}
    assert {value.startswith("http://127.0.0.1:9") for value in parameters.values()} == {True}


def test_verified_urls_of_another_tiktok_are_not_set_here():
    own = TikTok(APP, NO_PARTNERS, {})

    assert "VerifiedUrls" not in template_parameters(Options(tiktok=own), own, "http://p", "http://m")


@pytest.mark.parametrize(
    ("api_url", "given", "origins"),
    [
        ("https://open.tiktokapis.com", "", None),
        ("http://127.0.0.1:9/base", "", "http://127.0.0.1:9"),
        ("http://127.0.0.1:9", "http://127.0.0.1:10", "http://127.0.0.1:10"),
        ("https://open.tiktokapis.com.evil.example", "", "https://open.tiktokapis.com.evil.example"),
    ],
)
def test_upload_origins_equal_the_api_unless_given(api_url: str, given: str, origins: str | None):
    options = from_environment(OWN | {"TIKTOK_API_URL": api_url, "TIKTOK_UPLOAD_ORIGINS": given})

    assert options.tiktok is not None
    parameters = template_parameters(options, options.tiktok, "http://p", "http://m")
    assert parameters.get("TikTokUploadOrigins") == origins


@pytest.mark.parametrize(("given", "address"), [("", None), ("http://tunnel", "http://tunnel")])
def test_without_a_distribution_media_needs_a_given_address(given: str, address: str | None):
    options = from_environment({"MEDIA_DISTRIBUTION": "off", "MEDIA_URL": given})

    parameters = template_parameters(options, SANDBOX, "http://p", "http://own")

    assert parameters["MediaDistribution"] == "off"
    assert parameters.get("MediaUrl") == address


def test_a_distribution_setting_is_on_or_off():
    with pytest.raises(OptionsRefused, match="MEDIA_DISTRIBUTION"):
        from_environment({"MEDIA_DISTRIBUTION": "no"})
