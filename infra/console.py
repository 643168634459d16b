"""The console: pages for people, at the API's address."""

# pyright: reportArgumentType=false
# Pyright reports that jsii's classes do not match jsii's interfaces.

from aws_cdk import Fn
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from dropcast.settings import Settings
from infra.accounts_and_keys import AccountsAndKeys
from infra.api import Api
from infra.events import Events
from infra.functions import make_function, pass_parameters, set_env
from infra.layers import CONSOLE_PLACE
from infra.publishing import Publishing
from infra.snapstart import invoked
from infra.stage_context import StageContext
from infra.triggers import Triggers
from infra.webhook_deliveries import WebhookDeliveries

# Requests per second of all people together. A page that shows progress requests a part of itself every few seconds.
_PAGES_THROTTLE = apigw.ThrottleSettings(rate_limit=25, burst_limit=50)
# The first view of a page loads several files, which browsers then keep.
_FILES_THROTTLE = apigw.ThrottleSettings(rate_limit=50, burst_limit=100)


class Console(Construct):
    """The function that renders the pages, and its routes."""

    def __init__(
        self,
        scope: Construct,
        context: StageContext,
        *,
        api: Api,
        accounts: AccountsAndKeys,
        publishing: Publishing,
        triggers: Triggers,
        events: Events,
        webhook_deliveries: WebhookDeliveries,
    ) -> None:
        super().__init__(scope, "Console")
        self.function = self._make_function(context, api, publishing)
        accounts.grant_sessions(self.function)
        self._grant_posting(accounts, publishing, triggers)
        self._grant_connecting(context, accounts)
        self._grant_trends(context, publishing)
        self._grant_keys_and_webhooks(accounts, webhook_deliveries)
        self._grant_health(context, accounts, publishing, events, webhook_deliveries)
        self._grant_comments(publishing)
        self._grant_publishes(accounts, publishing, triggers)
        self._grant_overview(accounts, publishing)
        self._add_routes(api, context)
        publishing.allow_pages_of(_origin(api.public_url))

    def _make_function(self, context: StageContext, api: Api, publishing: Publishing) -> lambda_.Function:
        # The gateway stops waiting after 30 s. The function has more time, so that it can finish a token refresh.
        function = make_function(self, CONSOLE_PLACE, context, does="Pages for people", timeout_s=60)
        publishing.set_bucket(function)
        set_env(function, {Settings.public_url: api.public_url})
        pass_parameters(
            function,
            context,
            Settings.app_name,
            Settings.app_audit,
            Settings.source_buckets,
            Settings.upload_chunk_bytes,
            Settings.verified_urls,
            Settings.operator_name,
            Settings.operator_email,
            Settings.operator_address,
            Settings.operator_law,
            Settings.tiktok_verification_file,
            Settings.tiktok_image_origins,
        )
        return function

    def _grant_posting(self, accounts: AccountsAndKeys, publishing: Publishing, triggers: Triggers) -> None:
        """Allow the actions of the posting page: creator_info, uploads, the list of the bucket, a publish and its
        progress.
        """
        function = self.function
        accounts.accounts.grant(function, "GetItem")
        accounts.grant_tokens(function)
        accounts.grant_budgets(function)
        accounts.budgets.grant(function, "BatchGetItem")
        publishing.publishes.grant(function, "GetItem", "PutItem")
        publishing.grant_read_media(function)
        publishing.grant_uploads(function)
        triggers.grant_schedule(function)

    def _grant_connecting(self, context: StageContext, accounts: AccountsAndKeys) -> None:
        """Allow the actions of the account pages: lists, links that connect accounts, drop defaults, and
        disconnections.
        """
        function = self.function
        accounts.accounts.grant(function, "BatchGetItem", "Query")
        accounts.accounts.grant_query(function, "by_user")
        accounts.accounts.grant_scan(function, "by_user")
        accounts.grant_business_tokens(function)
        accounts.connections.grant(function, "GetItem", "PutItem")
        pass_parameters(
            function,
            context,
            Settings.return_to_origins,
            Settings.tiktok_scopes,
            Settings.tiktok_business_holder_url,
        )

    def _grant_trends(self, context: StageContext, publishing: Publishing) -> None:
        """Allow claiming the idempotency key of a collection, in addition to `Trends.grant_read_and_collect`."""
        publishing.publishes.grant(self.function, "UpdateItem")
        pass_parameters(
            self.function,
            context,
            Settings.trend_keywords,
            Settings.trend_requests_per_run,
            Settings.ensembledata_units_per_day,
        )

    def _grant_keys_and_webhooks(self, accounts: AccountsAndKeys, webhook_deliveries: WebhookDeliveries) -> None:
        """Allow creating and revoking API keys, and managing webhook endpoints."""
        accounts.grant_api_keys(self.function)
        webhook_deliveries.grant_manage(self.function)

    def _grant_health(
        self,
        context: StageContext,
        accounts: AccountsAndKeys,
        publishing: Publishing,
        events: Events,
        webhook_deliveries: WebhookDeliveries,
    ) -> None:
        """Allow reading the rows that wait for the scheduled functions."""
        accounts.accounts.grant_scan(self.function, "due")
        publishing.publishes.grant_scan(self.function, "unstarted")
        events.outbox.grant_scan(self.function, "unrelayed")
        webhook_deliveries.hooks.grant_scan(self.function, "due")
        pass_parameters(self.function, context, Settings.webhooks)

    def _grant_comments(self, publishing: Publishing) -> None:
        """Allow listing an account's posts, whose comments the pages show, in addition to `_grant_connecting`."""
        publishing.publishes.grant(self.function, "BatchGetItem")
        publishing.publishes.grant_query(self.function, "by_account", "by_month", "by_reference")

    def _grant_publishes(self, accounts: AccountsAndKeys, publishing: Publishing, triggers: Triggers) -> None:
        """Allow the actions of the publish pages: lists, a search, and cancel, edit, restart, retry and resolve."""
        function = self.function
        publishing.publishes.grant(function, "BatchGetItem", "Query", "UpdateItem")
        publishing.publishes.grant_query(function, "by_account", "by_month", "by_reference")
        publishing.source_buckets.grant_read(function)
        accounts.grant_budget_queue(function)
        accounts.grant_encrypt(function, "source_url")
        accounts.grant_decrypt(function, "source_url")
        triggers.grant_stop(function)

    def _grant_overview(self, accounts: AccountsAndKeys, publishing: Publishing) -> None:
        """Allow reading the daily counts, and the publishes that wait for a person or for their scheduled time."""
        accounts.console.grant(self.function, "BatchGetItem")
        accounts.accounts.grant_query(self.function, "by_status")
        publishing.publishes.grant_query(self.function, "by_wait")
        publishing.publishes.grant(self.function, "BatchGetItem")

    def _add_routes(self, api: Api, context: StageContext) -> None:
        function = invoked(self.function, context)
        get, any_method = apigw.HttpMethod.GET, apigw.HttpMethod.ANY
        for path in ("/", "/terms", "/privacy", "/errors/{code}", "/{file}"):
            api.add_open_route(path, get, function, "Everyone may read the public pages.")
        files = "Scripts and styles of the pages hold no data."
        api.add_open_route("/static/{digest}/{name}", get, function, files, _FILES_THROTTLE)
        for path in ("/console", "/console/{proxy+}"):
            signed_in = "The function checks the session of the person's browser."
            api.add_open_route(path, any_method, function, signed_in, _PAGES_THROTTLE)
        embedded = "The function checks the token of the embed."
        api.add_open_route("/embed/{proxy+}", any_method, function, embedded, _PAGES_THROTTLE)


def _origin(url: str) -> str:
    """The origin of an address that is known only at deployment: the part before the third slash."""
    parts = Fn.split("/", url)
    return Fn.join("//", [Fn.select(0, parts), Fn.select(2, parts)])
