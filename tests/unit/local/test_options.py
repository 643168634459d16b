import pytest

from local.options import (
    EXAMPLE_ORIGIN,
    LOOPBACK_RECEIVERS,
    LOOPBACK_URLS,
    Options,
    OptionsRefused,
    TikTok,
    TrendChoices,
    from_environment,
    sandbox_at,
    template_parameters,
    verified_urls,
)
from local.partner_services import PartnerServices

OWN = {"TIKTOK_API_URL": "http://127.0.0.1:9400/", "TIKTOK_CLIENT_KEY": "k", "TIKTOK_CLIENT_SECRET": "s"}


def test_no_variables_mean_a_sandbox_and_what_lies_on_this_machine_may_be_used():
    options = from_environment({"PATH": "/bin"})

    assert options == Options(
        outbound_allowed_origins=LOOPBACK_RECEIVERS,
        verified_urls=LOOPBACK_URLS,
        return_to_origins=EXAMPLE_ORIGIN,
        trends=TrendChoices(countries="US", creative_center="on"),
    )


@pytest.mark.parametrize("chosen", [{"TREND_COUNTRIES": "DE"}, {"CREATIVE_CENTER": "off"}, OWN])
def test_no_trends_are_chosen_for_who_chooses_or_has_another_tiktok(chosen: dict[str, str]):
    trends = from_environment(chosen).trends

    assert trends == TrendChoices(
        countries=chosen.get("TREND_COUNTRIES", ""), creative_center=chosen.get("CREATIVE_CENTER", "")
    )


def test_another_tiktok_verifies_its_addresses_itself():
    assert from_environment(OWN).verified_urls == ""


def test_the_sandbox_is_told_what_dropcast_is_told():
    options = Options(verified_urls="https://a.example/, http://127.0.0.1:")
    parameters = template_parameters(options, TikTok("k", "s"), "http://p", "http://m")

    assert verified_urls(options, "http://m") == ["http://m/", "https://a.example/", "http://127.0.0.1:"]
    assert parameters["VerifiedUrls"] == "http://m/,https://a.example/,http://127.0.0.1:"


def test_an_api_address_means_no_sandbox():
    options = from_environment(OWN | {"PUBLIC_URL": "https://me.example/", "RETURN_TO_ORIGINS": "https://a.example"})

    assert options.tiktok == TikTok("k", "s", api_url="http://127.0.0.1:9400")
    assert options.public_url == "https://me.example"
    assert options.return_to_origins == "https://a.example"


@pytest.mark.parametrize("missing", ["TIKTOK_CLIENT_KEY", "TIKTOK_CLIENT_SECRET"])
def test_an_own_tiktok_needs_its_app(missing: str):
    with pytest.raises(OptionsRefused, match=missing):
        from_environment({name: value for name, value in OWN.items() if name != missing})


def test_a_consent_page_alone_is_refused():
    with pytest.raises(OptionsRefused, match="TIKTOK_API_URL"):
        from_environment({"TIKTOK_AUTHORIZE_URL": "http://x"})


def test_receivers_on_this_machine_are_named():
    options = from_environment({"OUTBOUND_ALLOWED_ORIGINS": "http://127.0.0.1:9000"})

    parameters = template_parameters(
        options, sandbox_at("http://127.0.0.1:9", "k", "s", PartnerServices()), "http://p", "http://m"
    )

    assert parameters["OutboundAllowedOrigins"] == "http://127.0.0.1:9000"


def test_a_port_may_be_chosen():
    assert from_environment({"LOCAL_PORT": "8080"}).port == 8080


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_what_is_no_port_is_refused(port: str):
    with pytest.raises(OptionsRefused, match="LOCAL_PORT"):
        from_environment({"LOCAL_PORT": port})


def test_sandbox_takes_uploads_at_its_own_origin():
    parameters = template_parameters(
        Options(), sandbox_at("http://127.0.0.1:9", "k", "s", PartnerServices()), "http://127.0.0.1:8", "http://m"
    )

    assert parameters == {
        "TikTokApiUrl": "http://127.0.0.1:9",
        "TikTokAuthorizeUrl": "http://127.0.0.1:9/v2/auth/authorize/",
        "TikTokUploadOrigins": "http://127.0.0.1:9",
        "PublicUrl": "http://127.0.0.1:8",
        "MediaUrl": "http://m",
        "VerifiedUrls": "http://m/",
    }


def test_what_is_verified_at_an_own_tiktok_is_not_ours_to_say():
    own = TikTok("k", "s", api_url="http://127.0.0.1:9")

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
def test_upload_origins_follow_the_api_unless_given(api_url: str, given: str, origins: str | None):
    parameters = template_parameters(
        Options(), TikTok("k", "s", api_url=api_url, upload_origins=given), "http://p", "http://m"
    )

    assert parameters.get("TikTokUploadOrigins") == origins


@pytest.mark.parametrize(("given", "address"), [("", None), ("http://tunnel", "http://tunnel")])
def test_without_a_distribution_media_is_served_only_at_an_address_that_was_given(given: str, address: str | None):
    options = from_environment({"MEDIA_DISTRIBUTION": "off", "MEDIA_URL": given})
    tiktok = sandbox_at("http://127.0.0.1:9", "k", "s", PartnerServices())

    parameters = template_parameters(options, tiktok, "http://p", "http://own")

    assert parameters["MediaDistribution"] == "off"
    assert parameters.get("MediaUrl") == address


def test_a_distribution_is_on_or_off():
    with pytest.raises(OptionsRefused, match="MEDIA_DISTRIBUTION"):
        from_environment({"MEDIA_DISTRIBUTION": "no"})
