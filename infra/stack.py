"""The stack of one stage."""

import tomllib
from pathlib import Path

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from dropcast.settings import Settings
from infra.accounts_and_keys import AccountsAndKeys
from infra.api import Api
from infra.config import Config
from infra.console import Console
from infra.events import Events
from infra.layers import make_layers
from infra.media import Media
from infra.observability import Observability
from infra.parameters import Parameters
from infra.publishing import Publishing, Steps
from infra.stage_context import StageContext
from infra.trends import Trends
from infra.triggers import Triggers
from infra.webhook_deliveries import WebhookDeliveries
from infra.workflow import Workflow


class DropcastStack(Stack):
    """All resources of one stage."""

    def __init__(self, scope: Construct, name: str, *, config: Config, root: Path) -> None:
        super().__init__(scope, name, description="Dropcast: publish to TikTok from your own account")
        self._parameters = Parameters(self, config.given)
        context = StageContext(config, self._parameters, make_layers(self, root, config.layer_target), root)

        self._version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
        self._events = events = Events(self, context)
        self._accounts = accounts = AccountsAndKeys(self, context, events)
        self._publishing = publishing = Publishing(self, context)
        self._media = media = Media(self, context, publishing)
        steps = Steps(self, context, accounts=accounts, publishing=publishing, events=events)
        media.grant_sign(steps.start)
        self._workflow = workflow = Workflow(self, context, steps)
        self._triggers = triggers = Triggers(
            self, context, accounts=accounts, publishing=publishing, media=media, events=events, workflow=workflow
        )
        self._trends = Trends(self, context, accounts=accounts, publishing=publishing, events=events)
        self._webhook_deliveries = WebhookDeliveries(self, context, accounts=accounts, events=events)
        self._api = api = Api(self, context, accounts=accounts, publishing=publishing, triggers=triggers)
        media.set_media_url(api.main)
        self._webhook_deliveries.grant_manage(api.main)
        self._webhook_deliveries.grant_sign(api.main)
        self._trends.grant_read_and_collect(api.main)
        self._console = Console(
            self,
            context,
            api=api,
            accounts=accounts,
            publishing=publishing,
            triggers=triggers,
            events=events,
            webhook_deliveries=self._webhook_deliveries,
        )
        media.set_media_url(self._console.function)
        self._trends.grant_read_and_collect(self._console.function)
        self._observe(context)
        self._add_outputs()

    def _observe(self, context: StageContext) -> None:
        sources = (self._accounts, self._triggers, self._events, self._webhook_deliveries, self._trends)
        Observability(
            self,
            context,
            dead_letters=[queue for source in sources for queue in source.dead_letters],
            work_queues=[
                queue
                for source in (self._accounts, self._triggers, self._webhook_deliveries, self._trends)
                for queue in source.work_queues
            ],
            machine=self._workflow.machine,
            api=self._api.api,
            http_functions=[*self._api.functions, self._console.function],
            relay=self._events.relay,
        )

    def _add_outputs(self) -> None:
        scope = Construct(self, "Outputs")  # a separate construct, because a parameter is also called PublicUrl
        for name, value in {**self._addresses(), **self._resources()}.items():
            CfnOutput(scope, name, value=value).override_logical_id(name)
        for name, value in self._media.outputs.items():
            CfnOutput(scope, name, value=value, condition=self._media.own).override_logical_id(name)

    def _addresses(self) -> dict[str, str]:
        url = self._api.public_url
        return {
            "PublicUrl": url,
            "RedirectUri": f"{url}/oauth/tiktok/callback",
            "BusinessRedirectUri": f"{url}/oauth/business/callback/",
            "WebhookUrl": f"{url}/webhooks/tiktok",
            "ConsoleUrl": f"{url}/console",
            "TiktokScopes": self._parameters.value(Settings.tiktok_scopes),
            **self._api.addresses,
        }

    def _resources(self) -> dict[str, str]:
        accounts = self._accounts
        return {
            "ApiId": self._api.api.api_id,
            "MediaKeyArn": self._media.key_secret.secret_arn,
            "Bucket": self._publishing.bucket.bucket_name,
            "StateMachineArn": self._workflow.machine.state_machine_arn,
            "EventBusName": self._events.bus.event_bus_name,
            "ScheduleGroup": self._triggers.schedule_group,
            "AccountsTable": accounts.accounts.name,
            "ConnectionsTable": accounts.connections.name,
            "ConsoleTable": accounts.console.name,
            "KeysTable": accounts.keys.name,
            "PublishesTable": self._publishing.publishes.name,
            "BudgetsTable": accounts.budgets.name,
            "OutboxTable": self._events.outbox.name,
            "TrendsTable": self._trends.trends.name,
            "HooksTable": self._webhook_deliveries.hooks.name,
            "AppSecretArn": accounts.app_secret.secret_arn,
            "PartnerSecretArn": accounts.partner_secret.secret_arn,
            "KeyPepperArn": accounts.key_pepper.secret_arn,
            "KmsKeyId": accounts.key.key_id,
            "DropcastVersion": self._version,
        }
