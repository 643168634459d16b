"""The HTTP API: which routes need a key, and what its logs may contain."""

from dropcast.accounts.tokens.refresh_under_lease import FIRST_TRY_S, KEEPING_S
from local.synth import ROOT
from tests.infra.reading import functions, of_type, the_one

# A person's page requests several files at once, and a part of itself every few seconds.
OF_THE_USUAL = {
    "GET /static/{digest}/{name}": 1,
    "ANY /console": 1 / 2,
    "ANY /console/{proxy+}": 1 / 2,
    "ANY /embed/{proxy+}": 1 / 2,
}


def test_only_the_v1_routes_need_a_key(template):
    routes = {
        route["Properties"]["RouteKey"]: route["Properties"]["AuthorizationType"]
        for route in of_type(template, "ApiGatewayV2::Route").values()
    }

    assert routes == {
        "ANY /v1/{proxy+}": "CUSTOM",
        "GET /openapi.json": "NONE",
        "GET /docs": "NONE",
        "GET /oauth/tiktok/start": "NONE",
        "POST /oauth/tiktok/start": "NONE",
        "GET /oauth/tiktok/callback": "NONE",
        "POST /oauth/tiktok/callback": "NONE",
        "POST /oauth/tiktok/finish": "NONE",
        "GET /oauth/business/{proxy+}": "NONE",
        "POST /oauth/business/start": "NONE",
        "POST /webhooks/tiktok": "NONE",
        "GET /": "NONE",
        "GET /terms": "NONE",
        "GET /privacy": "NONE",
        "GET /errors/{code}": "NONE",
        "GET /{file}": "NONE",
        "GET /static/{digest}/{name}": "NONE",
        "ANY /console": "NONE",
        "ANY /console/{proxy+}": "NONE",
        "ANY /embed/{proxy+}": "NONE",
    }


def test_the_page_on_security_lists_every_route(template):
    page = (ROOT / "docs" / "security.md").read_text()
    keys = [route["Properties"]["RouteKey"] for route in of_type(template, "ApiGatewayV2::Route").values()]

    assert [key for key in keys if f"`{key}`" not in page] == []


def test_the_authorizer_gives_simple_answers_which_are_cached_for_a_minute(template):
    authorizer = the_one(template, "ApiGatewayV2::Authorizer")["Properties"]

    assert authorizer["AuthorizerResultTtlInSeconds"] == 60
    assert authorizer["EnableSimpleResponses"] is True
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]
    assert authorizer["AuthorizerPayloadFormatVersion"] == "2.0"


def test_access_logs_contain_no_address_with_a_secret(template):
    log = the_one(template, "ApiGatewayV2::Stage")["Properties"]["AccessLogSettings"]["Format"]

    for secret_bearing in ("query", "path", "header", "authorizer.claims", "$context.protocol", "body"):
        assert secret_bearing not in log


def test_requests_are_throttled(template):
    settings = the_one(template, "ApiGatewayV2::Stage")["Properties"]["DefaultRouteSettings"]

    assert settings["ThrottlingRateLimit"] > 0
    assert settings["ThrottlingBurstLimit"] > 0


def test_public_routes_have_a_lower_throttle(template):
    stage = the_one(template, "ApiGatewayV2::Stage")
    routes = of_type(template, "ApiGatewayV2::Route")
    open_routes = {
        one["Properties"]["RouteKey"]: name
        for name, one in routes.items()
        if one["Properties"]["AuthorizationType"] == "NONE"
    }

    limits = stage["Properties"]["RouteSettings"]
    usual = stage["Properties"]["DefaultRouteSettings"]
    assert set(limits) == set(open_routes)
    for route, limit in limits.items():
        share = OF_THE_USUAL.get(route, 1 / 5)
        assert 0 < limit["ThrottlingRateLimit"] <= usual["ThrottlingRateLimit"] * share
        assert 0 < limit["ThrottlingBurstLimit"] <= usual["ThrottlingBurstLimit"] * share
    assert set(open_routes.values()) <= set(stage["DependsOn"])


def test_addresses_for_tiktok_derive_from_the_public_url(template):
    outputs = template["Outputs"]

    paths = {
        "RedirectUri": "/oauth/tiktok/callback",
        "BusinessRedirectUri": "/oauth/business/callback/",
        "WebhookUrl": "/webhooks/tiktok",
        "ConsoleUrl": "/console",
    }
    for name, path in paths.items():
        address, end = outputs[name]["Value"]["Fn::Join"][1]
        assert address == outputs["PublicUrl"]["Value"]
        assert end == path


def test_a_function_outlives_its_caller_long_enough_to_store_new_tokens(template):
    for place in ("http-api", "http-connect"):
        assert functions(template)[place]["Properties"]["Timeout"] > FIRST_TRY_S + KEEPING_S + 10
