"""One stage of Dropcast, put together."""

from pathlib import Path

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.accounts import Accounts
from infra.api import Api
from infra.config import Config
from infra.events import Events
from infra.functions import House
from infra.hooks import Hooks
from infra.layers import make_layers
from infra.media import Media
from infra.observability import Observability
from infra.parameters import Parameters
from infra.publishing import Publishing, Steps
from infra.trends import Trends
from infra.triggers import Triggers
from infra.workflow import Workflow


class DropcastStack(Stack):
    """Everything of one stage."""

    def __init__(self, scope: Construct, name: str, *, config: Config, root: Path) -> None:
        super().__init__(scope, name, description="Dropcast: publish to TikTok from your own account")
        parameters = Parameters(self, config)
        house = House(config, parameters, make_layers(self, root, config.layer_target), root)

        events = Events(self, house)
        accounts = Accounts(self, house, events)
        publishing = Publishing(self, house)
        media = Media(self, house, publishing)
        steps = Steps(self, house, accounts=accounts, publishing=publishing, events=events)
        media.signs(steps.start)
        workflow = Workflow(self, house, steps)
        triggers = Triggers(
            self, house, accounts=accounts, publishing=publishing, media=media, events=events, workflow=workflow
        )
        trends = Trends(self, house, accounts=accounts, publishing=publishing, events=events)
        hooks = Hooks(self, house, accounts=accounts, events=events)
        api = Api(self, house, accounts=accounts, publishing=publishing, triggers=triggers)
        media.names_address(api.main)
        hooks.manages(api.main)
        trends.shows(api.main)
        Observability(
            self,
            house,
            dead_letters=[
                *accounts.dead_letters,
                *triggers.dead_letters,
                *events.dead_letters,
                *hooks.dead_letters,
                *trends.dead_letters,
            ],
            machine=workflow.machine,
            http_functions=[api.main, api.connect, api.webhook, api.authorizer],
            relay=events.relay,
        )
        self._tell(
            {
                "ApiId": api.api.api_id,
                "PublicUrl": api.public_url,
                "RedirectUri": f"{api.public_url}/oauth/tiktok/callback",
                "BusinessRedirectUri": f"{api.public_url}/oauth/business/callback/",
                "WebhookUrl": f"{api.public_url}/webhooks/tiktok",
                "TiktokScopes": parameters.tiktok_scopes.value_as_string,
                "MediaKeyArn": media.key_secret.secret_arn,
                "Bucket": publishing.bucket.bucket_name,
                "StateMachineArn": workflow.machine.state_machine_arn,
                "EventBusName": events.bus.event_bus_name,
                "AccountsTable": accounts.accounts.name,
                "ConnectionsTable": accounts.connections.name,
                "KeysTable": accounts.keys.name,
                "PublishesTable": publishing.publishes.name,
                "BudgetsTable": accounts.budgets.name,
                "OutboxTable": events.outbox.name,
                "TrendsTable": trends.trends.name,
                "HooksTable": hooks.hooks.name,
                "AppSecretArn": accounts.app_secret.secret_arn,
                "PartnerSecretArn": accounts.partner_secret.secret_arn,
                "KeyPepperArn": accounts.key_pepper.secret_arn,
                "KmsKeyId": accounts.key.key_id,
            }
            | api.addresses,
            media,
        )

    def _tell(self, outputs: dict[str, str], media: Media) -> None:
        scope = Construct(self, "Outputs")  # apart, since a parameter is called PublicUrl too
        for name, value in outputs.items():
            CfnOutput(scope, name, value=value).override_logical_id(name)
        for name, value in media.outputs.items():
            CfnOutput(scope, name, value=value, condition=media.own).override_logical_id(name)
