"""The HTTP API: routes for callers with a key, the pages that connect accounts, and TikTok's webhooks."""

# pyright: reportArgumentType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

import json

from aws_cdk import Duration, Fn
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from dropcast.settings import Settings
from infra.accounts_and_keys import AccountsAndKeys
from infra.functions import make_function, make_log_group, pass_parameters, set_env
from infra.nag import acknowledge
from infra.publishing import Publishing
from infra.queues import grant_send
from infra.snapstart import invoked
from infra.stage_context import StageContext
from infra.triggers import Triggers

# The log leaves out paths, queries and headers. The query holds OAuth codes and states, and a log is kept longer than
# they are valid.
_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "at": "$context.requestTime",
    "route": "$context.routeKey",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "bytes": "$context.responseLength",
    "ip": "$context.identity.sourceIp",
    "integration_error": "$context.integrationErrorMessage",
    "function_request_id": "$context.integration.requestId",
    "authorizer_error": "$context.authorizer.error",
}

# Requests per second from all callers of a route together. A flood of requests to an open route must not start hundreds
# of functions. TikTok sends a refused webhook again (protocol section 7).
_DEFAULT_THROTTLE = apigw.ThrottleSettings(rate_limit=50, burst_limit=100)
OPEN_THROTTLE = apigw.ThrottleSettings(rate_limit=10, burst_limit=20)


class Api(Construct):
    """One HTTP API and its four functions."""

    def __init__(
        self,
        scope: Construct,
        context: StageContext,
        *,
        accounts: AccountsAndKeys,
        publishing: Publishing,
        triggers: Triggers,
    ) -> None:
        super().__init__(scope, "Api")
        self._context = context
        self._accounts = accounts
        # With a custom domain the API answers only at the domain, so that callers cannot bypass a firewall in front of
        # it.
        self.api = apigw.HttpApi(
            self,
            "Http",
            api_name=context.prefix,
            create_default_stage=False,
            disable_execute_api_endpoint=True if context.config.custom_domain else None,
        )
        self.public_url = self._make_public_url()
        self.addresses = {} if context.config.custom_domain else {"ApiUrl": self.api.api_endpoint}
        self._limits: dict[str, dict[str, float]] = {}
        self._stage = self._make_stage()

        self.main = self._make_main(publishing, triggers)
        self.connect = self._make_connect()
        self.webhook = self._make_webhook(triggers)
        self.authorizer = self._make_authorizer()
        self.functions = [self.main, self.connect, self.webhook, self.authorizer]
        self._add_routes()

    def _make_public_url(self) -> str:
        """The address that people and TikTok see: the parameter PublicUrl, the custom domain, or the API's own
        address.
        """
        parameters, domain = self._context.parameters, self._context.config.custom_domain
        is_given = parameters.is_given(self, "HasPublicUrl", Settings.public_url)
        default = f"https://{domain}" if domain else self.api.api_endpoint
        return Fn.condition_if(is_given.logical_id, parameters.value(Settings.public_url), default).to_string()

    def _make_stage(self) -> apigw.CfnStage:
        stage = apigw.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            throttle=_DEFAULT_THROTTLE,
        )
        log_group = make_log_group(self, "AccessLogs", self._context, f"/aws/vendedlogs/apis/{self._context.prefix}")
        resource = stage.node.default_child
        assert isinstance(resource, apigw.CfnStage)
        resource.access_log_settings = apigw.CfnStage.AccessLogSettingsProperty(
            destination_arn=log_group.log_group_arn, format=json.dumps(_ACCESS_LOG)
        )
        if self._context.config.custom_domain:
            self._make_domain(stage)
        return resource

    def _make_domain(self, stage: apigw.HttpStage) -> None:
        config = self._context.config
        certificate = acm.Certificate.from_certificate_arn(self, "Certificate", config.certificate_arn)
        domain = apigw.DomainName(self, "Domain", domain_name=config.custom_domain, certificate=certificate)
        apigw.ApiMapping(self, "DomainMapping", api=self.api, domain_name=domain, stage=stage)
        self.addresses = {"DomainTarget": domain.regional_domain_name}

    def _make_main(self, publishing: Publishing, triggers: Triggers) -> lambda_.Function:
        # The gateway stops waiting after 30 s. The function has more time, so that it can finish a token refresh.
        function = make_function(
            self, "http/api", self._context, does="The API for callers with a key", timeout_s=60, memory_mb=1024
        )
        self._grant_accounts(function)
        _grant_publishes(function, publishing)
        triggers.grant_schedule(function)
        triggers.grant_stop(function)
        set_env(function, {Settings.public_url: self.public_url})
        pass_parameters(
            function,
            self._context,
            Settings.return_to_origins,
            Settings.tiktok_scopes,
            Settings.tiktok_business_holder_url,
            Settings.verified_urls,
            Settings.source_buckets,
            Settings.upload_chunk_bytes,
            Settings.app_audit,
        )
        return function

    def _grant_accounts(self, function: lambda_.Function) -> None:
        accounts = self._accounts
        accounts.accounts.grant(function, "GetItem", "BatchGetItem")
        accounts.accounts.grant_query(function, "by_user", "by_status")
        accounts.grant_tokens(function)
        accounts.grant_business_tokens(function)
        accounts.grant_connect(function)
        accounts.grant_budgets(function)
        accounts.budgets.grant(function, "BatchGetItem")
        accounts.grant_budget_queue(function)
        accounts.grant_queue_refresh(function)
        accounts.connections.grant(function, "GetItem", "PutItem", "DeleteItem")
        accounts.grant_api_keys(function)
        accounts.grant_sign_in_links(function)
        accounts.grant_encrypt(function, "source_url")
        accounts.grant_decrypt(function, "source_url")

    def _make_connect(self) -> lambda_.Function:
        # The timeout is longer than the gateway waits, so that the function stores TikTok's tokens even if the browser
        # gets no answer.
        function = make_function(
            self, "http/connect", self._context, does="To TikTok's consent page and back", timeout_s=60
        )
        accounts = self._accounts
        accounts.connections.grant(function, "GetItem", "PutItem", "UpdateItem", "DeleteItem")
        accounts.grant_tokens(function)
        accounts.grant_business_tokens(function)
        accounts.grant_connect(function)
        accounts.grant_budgets(function)
        accounts.grant_encrypt(function, "verifier")
        accounts.grant_decrypt(function, "verifier")
        set_env(function, {Settings.public_url: self.public_url})
        pass_parameters(
            function,
            self._context,
            Settings.return_to_origins,
            Settings.tiktok_authorize_url,
            Settings.tiktok_scopes,
            Settings.tiktok_business_authorize_url,
            Settings.tiktok_business_holder_url,
            Settings.app_name,
            Settings.app_audit,
        )
        return function

    def _make_webhook(self, triggers: Triggers) -> lambda_.Function:
        function = make_function(
            self, "http/webhook", self._context, does="Verifies and queues TikTok's webhooks", timeout_s=10
        )
        self._accounts.grant_app_secret(function)
        grant_send(function, triggers.webhook_queue, Settings.webhook_queue_url)
        grant_send(function, triggers.recheck_queue, Settings.recheck_queue_url)
        return function

    def _make_authorizer(self) -> lambda_.Function:
        function = make_function(
            self, "http/authorizer", self._context, does="Identifies callers by their API key", timeout_s=10
        )
        self._accounts.grant_authenticate(function)
        return function

    def _add_routes(self) -> None:
        main, connect = invoked(self.main, self._context), invoked(self.connect, self._context)
        guard = authorizers.HttpLambdaAuthorizer(
            "ApiKey",
            invoked(self.authorizer, self._context),
            identity_source=["$request.header.Authorization"],
            response_types=[authorizers.HttpLambdaResponseType.SIMPLE],
            results_cache_ttl=Duration.seconds(60),
        )
        self._add_route("/v1/{proxy+}", apigw.HttpMethod.ANY, main, guard)
        get, post = apigw.HttpMethod.GET, apigw.HttpMethod.POST
        for path in ("/openapi.json", "/docs"):
            self.add_open_route(path, get, main, "The API's description is public.")
        browser = "A browser comes here with a one-time link or state, which the function checks."
        self.add_open_route("/oauth/tiktok/start", get, connect, browser)
        self.add_open_route("/oauth/tiktok/start", post, connect, browser)
        self.add_open_route("/oauth/tiktok/callback", get, connect, browser)
        self.add_open_route("/oauth/tiktok/callback", post, connect, browser)
        self.add_open_route("/oauth/tiktok/finish", post, connect, browser)
        # TikTok API for Business redirects people to an address that ends in a slash.
        self.add_open_route("/oauth/business/{proxy+}", get, connect, browser)
        self.add_open_route("/oauth/business/start", post, connect, browser)
        signed = "TikTok signs its webhooks; the function verifies."
        self.add_open_route("/webhooks/tiktok", post, self.webhook, signed)

    def _add_route(
        self,
        path: str,
        method: apigw.HttpMethod,
        function: lambda_.IFunction,
        guard: apigw.IHttpRouteAuthorizer | None = None,
    ) -> list[apigw.HttpRoute]:
        integration = integrations.HttpLambdaIntegration(f"{function.node.id}Integration", function)
        return self.api.add_routes(path=path, methods=[method], integration=integration, authorizer=guard)

    def add_open_route(
        self,
        path: str,
        method: apigw.HttpMethod,
        function: lambda_.IFunction,
        reason: str,
        throttle: apigw.ThrottleSettings = OPEN_THROTTLE,
    ) -> None:
        """Add a route that works without an API key. reason: why it needs none."""
        for route in self._add_route(path, method, function):
            acknowledge(route, reason, "AwsSolutions-APIG4")
            self._limit(f"{method.value} {path}", route, throttle)

    def _limit(self, key: str, route: apigw.HttpRoute, throttle: apigw.ThrottleSettings) -> None:
        """Limit the requests to an open route.

        The stage depends on the route, because a limit must name an existing route.
        """
        self._limits[key] = {
            "ThrottlingRateLimit": throttle.rate_limit,
            "ThrottlingBurstLimit": throttle.burst_limit,
        }
        self._stage.route_settings = self._limits
        self._stage.node.add_dependency(route)


def _grant_publishes(function: lambda_.Function, publishing: Publishing) -> None:
    publishing.publishes.grant(function, "GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem")
    publishing.publishes.grant_query(function, "by_account", "by_month", "by_reference")
    publishing.grant_read_media(function)
    publishing.source_buckets.grant_read(function)
    publishing.grant_uploads(function)
    publishing.set_bucket(function)
