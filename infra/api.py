"""The HTTPS side: the API for callers with a key, the road to TikTok's consent page and back, TikTok's webhooks."""

# pyright: reportArgumentType=false
# jsii's classes do not match its own interfaces in the eyes of a type checker.

import json

from aws_cdk import CfnCondition, Duration, Fn
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.accounts import Accounts
from infra.functions import House, allow, make_function, make_log_group, tell
from infra.nag import acknowledge
from infra.publishing import Publishing
from infra.triggers import Triggers

# No path, query or header: an OAuth code or state is in the query, and a log outlives it.
_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "at": "$context.requestTime",
    "route": "$context.routeKey",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "bytes": "$context.responseLength",
    "ip": "$context.identity.sourceIp",
    "integration_error": "$context.integrationErrorMessage",
    "authorizer_error": "$context.authorizer.error",
}


# Requests a second, over a route's callers together. Who floods a route that is open to everyone must not wake
# hundreds of functions; TikTok delivers a refused webhook again (protocol section 7).
_DEFAULT_THROTTLE = apigw.ThrottleSettings(rate_limit=50, burst_limit=100)
_OPEN_THROTTLE = apigw.ThrottleSettings(rate_limit=10, burst_limit=20)


class Api(Construct):
    """One HTTP API and its four functions."""

    def __init__(
        self,
        scope: Construct,
        house: House,
        *,
        accounts: Accounts,
        publishing: Publishing,
        triggers: Triggers,
    ) -> None:
        super().__init__(scope, "Api")
        # With a domain of its own the API answers there alone: a firewall before the domain cannot be passed by.
        self.api = apigw.HttpApi(
            self,
            "Http",
            api_name=house.prefix,
            create_default_stage=False,
            disable_execute_api_endpoint=True if house.config.custom_domain else None,
        )
        self.public_url = self._make_public_url(house)
        self.addresses = {} if house.config.custom_domain else {"ApiUrl": self.api.api_endpoint}
        self._limits: dict[str, dict[str, float]] = {}
        self._stage = self._make_stage(house)

        self.main = self._make_main(house, accounts, publishing, triggers)
        self.connect = self._make_connect(house, accounts)
        self.webhook = self._make_webhook(house, accounts, triggers)
        self.authorizer = self._make_authorizer(house, accounts)

        guard = authorizers.HttpLambdaAuthorizer(
            "ApiKey",
            self.authorizer,
            identity_source=["$request.header.Authorization"],
            response_types=[authorizers.HttpLambdaResponseType.SIMPLE],
            results_cache_ttl=Duration.seconds(60),
        )
        self._route("/v1/{proxy+}", apigw.HttpMethod.ANY, self.main, guard)
        get, post = apigw.HttpMethod.GET, apigw.HttpMethod.POST
        for path in ("/openapi.json", "/docs"):
            self._open_route(path, get, self.main, "The API's description is public.")
        browser = "A browser comes here with a one-time link or state, which the function checks."
        self._open_route("/oauth/tiktok/start", get, self.connect, browser)
        self._open_route("/oauth/tiktok/start", post, self.connect, browser)
        self._open_route("/oauth/tiktok/callback", get, self.connect, browser)
        self._open_route("/oauth/tiktok/callback", post, self.connect, browser)
        self._open_route("/oauth/tiktok/finish", post, self.connect, browser)
        # TikTok API for Business sends people back to an address that ends in a slash.
        self._open_route("/oauth/business/{proxy+}", get, self.connect, browser)
        self._open_route("/oauth/business/start", post, self.connect, browser)
        self._open_route("/webhooks/tiktok", post, self.webhook, "TikTok signs its webhooks; the function verifies.")

    def _make_public_url(self, house: House) -> str:
        """The address people and TikTok see: the parameter's, else the custom domain's, else the API's own."""
        given = house.parameters.public_url.value_as_string
        has_own = CfnCondition(self, "HasPublicUrl", expression=Fn.condition_not(Fn.condition_equals(given, "")))
        domain = house.config.custom_domain
        default = f"https://{domain}" if domain else self.api.api_endpoint
        return Fn.condition_if(has_own.logical_id, given, default).to_string()

    def _make_stage(self, house: House) -> apigw.CfnStage:
        stage = apigw.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            throttle=_DEFAULT_THROTTLE,
        )
        log_group = make_log_group(self, "AccessLogs", house, f"/aws/vendedlogs/apis/{house.prefix}")
        resource = stage.node.default_child
        assert isinstance(resource, apigw.CfnStage)
        resource.access_log_settings = apigw.CfnStage.AccessLogSettingsProperty(
            destination_arn=log_group.log_group_arn, format=json.dumps(_ACCESS_LOG)
        )
        if house.config.custom_domain:
            self._make_domain(house, stage)
        return resource

    def _make_domain(self, house: House, stage: apigw.HttpStage) -> None:
        certificate = acm.Certificate.from_certificate_arn(self, "Certificate", house.config.certificate_arn)
        domain = apigw.DomainName(self, "Domain", domain_name=house.config.custom_domain, certificate=certificate)
        apigw.ApiMapping(self, "DomainMapping", api=self.api, domain_name=domain, stage=stage)
        self.addresses = {"DomainTarget": domain.regional_domain_name}

    def _make_main(
        self, house: House, accounts: Accounts, publishing: Publishing, triggers: Triggers
    ) -> lambda_.Function:
        # The gateway gives up after 30 s; a refresh of tokens that began in a request is finished all the same.
        function = make_function(
            self, "http/api", house, does="The API for callers with a key", timeout_s=60, memory_mb=1024
        )
        accounts.accounts.reads(function, "by_user", "by_status")
        accounts.accounts.reads_many(function)
        accounts.lend_tokens(function)
        accounts.lend_business_tokens(function)
        accounts.connects(function)
        accounts.keeps_budgets(function)
        accounts.queues_in_budgets(function)
        accounts.queues_refreshes(function)
        accounts.connections.reads(function)
        accounts.connections.puts(function)
        accounts.connections.deletes(function)
        accounts.keeps_keys(function)
        accounts.seals(function, "source_url")
        accounts.opens(function, "source_url")
        publishing.publishes.reads(function, "by_account", "by_month", "by_reference")
        publishing.publishes.reads_many(function)
        publishing.publishes.lists(function)
        publishing.publishes.puts(function)
        publishing.publishes.changes(function)
        publishing.reads_media(function)
        publishing.granted.reads(function)
        publishing.takes_uploads(function)
        triggers.schedules(function)
        triggers.stops(function)
        tell(
            function,
            PUBLIC_URL=self.public_url,
            RETURN_TO_ORIGINS=house.parameters.return_to_origins.value_as_string,
            TIKTOK_SCOPES=house.parameters.tiktok_scopes.value_as_string,
            TIKTOK_BUSINESS_HOLDER_URL=house.parameters.tiktok_business_holder_url.value_as_string,
            VERIFIED_URLS=house.parameters.verified_urls.value_as_string,
            UPLOAD_CHUNK_BYTES=house.parameters.upload_chunk_bytes.value_as_string,
            APP_AUDIT=house.parameters.app_audit.value_as_string,
        )
        return function

    def _make_connect(self, house: House, accounts: Accounts) -> lambda_.Function:
        # Longer than the gateway waits: tokens that TikTok gave are stored even if nobody waits any more.
        function = make_function(self, "http/connect", house, does="To TikTok's consent page and back", timeout_s=60)
        accounts.connections.reads(function)
        accounts.connections.puts(function)
        accounts.connections.changes(function)
        accounts.connections.deletes(function)
        accounts.lend_tokens(function)
        accounts.lend_business_tokens(function)
        accounts.connects(function)
        accounts.keeps_budgets(function)
        accounts.seals(function, "verifier")
        accounts.opens(function, "verifier")
        tell(
            function,
            PUBLIC_URL=self.public_url,
            RETURN_TO_ORIGINS=house.parameters.return_to_origins.value_as_string,
            TIKTOK_AUTHORIZE_URL=house.parameters.tiktok_authorize_url.value_as_string,
            TIKTOK_SCOPES=house.parameters.tiktok_scopes.value_as_string,
            TIKTOK_BUSINESS_AUTHORIZE_URL=house.parameters.tiktok_business_authorize_url.value_as_string,
            TIKTOK_BUSINESS_HOLDER_URL=house.parameters.tiktok_business_holder_url.value_as_string,
            APP_NAME=house.parameters.app_name.value_as_string,
            APP_AUDIT=house.parameters.app_audit.value_as_string,
        )
        return function

    def _make_webhook(self, house: House, accounts: Accounts, triggers: Triggers) -> lambda_.Function:
        function = make_function(
            self, "http/webhook", house, does="Verifies and queues TikTok's webhooks", timeout_s=10
        )
        accounts.knows_app(function)
        webhooks, rechecks = triggers.webhook_queue, triggers.recheck_queue
        tell(function, WEBHOOK_QUEUE_URL=webhooks.queue_url, RECHECK_QUEUE_URL=rechecks.queue_url)
        allow(function, ["sqs:SendMessage"], [webhooks.queue_arn, rechecks.queue_arn])
        return function

    def _make_authorizer(self, house: House, accounts: Accounts) -> lambda_.Function:
        function = make_function(self, "http/authorizer", house, does="Knows callers by their API key", timeout_s=10)
        accounts.keys.reads(function)
        accounts.keys.marks(function, "last_used_at")
        accounts.knows_pepper(function)
        return function

    def _route(
        self,
        path: str,
        method: apigw.HttpMethod,
        function: lambda_.Function,
        guard: apigw.IHttpRouteAuthorizer | None = None,
    ) -> list[apigw.HttpRoute]:
        integration = integrations.HttpLambdaIntegration(f"{function.node.id}Integration", function)
        return self.api.add_routes(path=path, methods=[method], integration=integration, authorizer=guard)

    def _open_route(self, path: str, method: apigw.HttpMethod, function: lambda_.Function, reason: str) -> None:
        for route in self._route(path, method, function):
            acknowledge(route, reason, "AwsSolutions-APIG4")
            self._limit(f"{method.value} {path}", route)

    def _limit(self, key: str, route: apigw.HttpRoute) -> None:
        """The stage can name a route's limit only once there is the route."""
        self._limits[key] = {
            "ThrottlingRateLimit": _OPEN_THROTTLE.rate_limit,
            "ThrottlingBurstLimit": _OPEN_THROTTLE.burst_limit,
        }
        self._stage.route_settings = self._limits
        self._stage.node.add_dependency(route)
