"""Connected accounts: their tables, the key that seals their tokens, and the schedule that keeps them alive."""

from aws_cdk import Duration
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secrets
from constructs import Construct

from infra.events import Events
from infra.functions import House, allow, make_function, tell
from infra.nag import acknowledge
from infra.queues import make_dead_letters, make_rule, make_work_queue
from infra.tables import Table

_TOKENS = ("access_token", "refresh_token")
_BUSINESS_TOKENS = ("business_access_token", "business_refresh_token")

# The connections to TikTok API for Business, and the leases of those that are being refreshed.
_BUSINESS_ROWS = ("business", "open_id#biz_*")

# Without the keyed hashes: who lists keys need not see them.
_LISTED_OF_KEYS = ["name", "scopes", "status", "created_at", "last_used_at", "revoked_at", "user_id"]


class Accounts(Construct):
    """Accounts, the one-time links that connect them, what they may ask and post, our callers' API keys."""

    def __init__(self, scope: Construct, house: House, events: Events) -> None:
        super().__init__(scope, "Accounts")
        self._parameters = house.parameters
        self._events = events
        self.accounts = Table(self, "accounts", house, sorted_by_sk=True)
        self.accounts.index("by_user", "user_id", "account_id")
        self.accounts.finder("by_status", "list_shard", "status")
        self.accounts.worklist("due", "due_shard", "due_at")
        self.connections = Table(self, "connections", house, sorted_by_sk=False)
        self.budgets = Table(self, "budgets", house, sorted_by_sk=True)
        self.keys = Table(self, "keys", house, sorted_by_sk=False)
        self.keys.listing("by_kind", "kind", "key_id", _LISTED_OF_KEYS)
        self.key = kms.Key(
            self,
            "TokenKey",
            alias=f"alias/{house.prefix}",
            description="Seals TikTok tokens and upload addresses",
            enable_key_rotation=True,
            removal_policy=house.removal,
        )
        self._make_secrets()
        self._keep_alive(house)

    def _make_secrets(self) -> None:
        self.app_secret = secrets.Secret(
            self,
            "AppSecret",
            description="TikTok app: client_key and client_secret. Placeholders until you set them.",
            generate_secret_string=secrets.SecretStringGenerator(
                secret_string_template='{"client_key": "set-me"}', generate_string_key="client_secret"
            ),
        )
        acknowledge(self.app_secret, "TikTok's portal alone can change the client secret.", "AwsSolutions-SMG4")
        self.partner_secret = secrets.Secret(
            self,
            "PartnerSecret",
            description="App of TikTok API for Business, token of EnsembleData. Placeholders until you set them.",
            generate_secret_string=secrets.SecretStringGenerator(
                secret_string_template='{"business_app_id": "set-me", "ensembledata_token": ""}',
                generate_string_key="business_secret",
            ),
        )
        acknowledge(self.partner_secret, "Their portals alone can change these.", "AwsSolutions-SMG4")
        self.key_pepper = secrets.Secret(
            self,
            "KeyPepper",
            description="Keys the hashes of our API keys",
            generate_secret_string=secrets.SecretStringGenerator(password_length=64, exclude_punctuation=True),
        )
        acknowledge(self.key_pepper, "Another pepper would void every API key at once.", "AwsSolutions-SMG4")

    def _keep_alive(self, house: House) -> None:
        """A schedule finds the accounts whose tokens are due and queues them; a worker refreshes each."""
        worker = make_function(self, "queue/refresh", house, does="Refreshes one account's tokens", timeout_s=60)
        self.lend_tokens(worker)
        self.lend_business_tokens(worker, listed=False)
        refresh_failed = make_dead_letters(self, "RefreshFailed", house, "refresh")
        # One at a time: a refresh may take most of the worker's time, and nobody waits behind a slow one.
        self._refresh_queue = make_work_queue(
            self,
            "RefreshQueue",
            house,
            "refresh",
            worker=worker,
            dead_letters=refresh_failed,
            batch=1,
            at_once=house.config.refresh_workers,
        )
        finder = make_function(
            self, "schedule/refresh", house, does="Queues accounts whose tokens are due", timeout_s=240
        )
        self.accounts.queries(finder, "due")
        self.accounts.marks(finder, "sk", "due_at")
        self.queues_refreshes(finder)
        finder_failed = make_dead_letters(self, "RefreshScheduleFailed", house, "refresh-schedule")
        make_rule(self, "RefreshSchedule", finder, dead_letters=finder_failed, every=Duration.minutes(5))
        self.dead_letters = [refresh_failed, finder_failed]

    def queues_refreshes(self, function: lambda_.Function) -> None:
        """Have accounts refreshed soon."""
        tell(function, REFRESH_QUEUE_URL=self._refresh_queue.queue_url)
        allow(function, ["sqs:SendMessage"], [self._refresh_queue.queue_arn])

    def lend_tokens(self, function: lambda_.Function) -> None:
        """What a call of TikTok for an account takes: its token, which may have to be refreshed on the way."""
        self.accounts.reads(function)
        self.accounts.puts(function)
        self.accounts.changes(function)
        self.accounts.deletes(function)
        self._events.outbox.puts(function)
        self.knows_app(function)
        self._tell_policies(function)
        tell(function, TIKTOK_API_URL=self._parameters.tiktok_api_url.value_as_string)
        self.seals(function, *_TOKENS)
        self.opens(function, *_TOKENS)

    def connects(self, function: lambda_.Function) -> None:
        """Connecting accounts and advertisers: their lists, and conditions on what others store."""
        self.accounts.lists(function)
        self.accounts.checks(function)

    def lend_business_tokens(self, function: lambda_.Function, *, listed: bool = True) -> None:
        """What a call of TikTok API for Business takes: a connection's token, which may have to be refreshed first.

        listed: the function also looks for connections.
        """
        self.accounts.keeps_some(function, *_BUSINESS_ROWS, listed=listed)
        self.knows_partners(function)
        self._tell_policies(function)
        tell(function, TIKTOK_BUSINESS_URL=self._parameters.tiktok_business_url.value_as_string)
        self.seals(function, *_BUSINESS_TOKENS)
        self.opens(function, *_BUSINESS_TOKENS)

    def keeps_budgets(self, function: lambda_.Function) -> None:
        """The counts of what accounts asked."""
        self.budgets.reads(function)
        self.budgets.lists(function)
        self.budgets.puts(function)
        self._events.outbox.puts(function)
        tell(function, BUDGETS=self._parameters.budgets.value_as_string)

    def queues_in_budgets(self, function: lambda_.Function) -> None:
        """Beside the counts, the slots of publishes that wait for room."""
        self.budgets.changes(function)
        self.budgets.deletes(function)

    def frees_budgets(self, function: lambda_.Function) -> None:
        """Taking a publish out of the queue with its rows, and giving back what came to nothing."""
        self.budgets.reads(function)
        self.budgets.marks(function, "sk", "revision", "queue", "used", "back")
        self.budgets.deletes(function)

    def keeps_warm(self, function: lambda_.Function) -> None:
        """What it takes to have an account's tokens ready at a later time."""
        self.accounts.reads(function)
        self.accounts.marks(function, "sk", "in_use_until", "due_at", "version")
        self._tell_policies(function)

    def _tell_policies(self, function: lambda_.Function) -> None:
        tell(
            function,
            REFRESH_WARM_SHARE=self._parameters.refresh_warm_share.value_as_string,
            REFRESH_IDLE_SHARE=self._parameters.refresh_idle_share.value_as_string,
            IN_USE_DAYS=self._parameters.in_use_days.value_as_string,
        )

    def seals(self, function: lambda_.Function, *kinds: str) -> None:
        """Encryption of secrets whose encryption context says that they are of `kinds`."""
        self._uses_key(function, "kms:Encrypt", kinds)

    def opens(self, function: lambda_.Function, *kinds: str) -> None:
        """Decryption of secrets that were sealed as one of `kinds`."""
        self._uses_key(function, "kms:Decrypt", kinds)

    def _uses_key(self, function: lambda_.Function, action: str, kinds: tuple[str, ...]) -> None:
        tell(function, KMS_KEY_ID=self.key.key_id)
        of_kind = {"StringEquals": {"kms:EncryptionContext:kind": list(kinds)}}
        allow(function, [action], [self.key.key_arn], of_kind)

    def knows_app(self, function: lambda_.Function) -> None:
        """The TikTok app's client key and secret."""
        tell(function, APP_SECRET_ARN=self.app_secret.secret_arn)
        allow(function, ["secretsmanager:GetSecretValue"], [self.app_secret.secret_arn])

    def knows_partners(self, function: lambda_.Function) -> None:
        """The app of TikTok API for Business and the token of EnsembleData."""
        tell(function, PARTNER_SECRET_ARN=self.partner_secret.secret_arn)
        allow(function, ["secretsmanager:GetSecretValue"], [self.partner_secret.secret_arn])

    def keeps_keys(self, function: lambda_.Function) -> None:
        """Making, listing and revoking our callers' API keys."""
        self.keys.queries(function, "by_kind")
        self.keys.marks(function, "status", "revoked_at")
        self.keys.puts(function)
        self.knows_pepper(function)

    def knows_pepper(self, function: lambda_.Function) -> None:
        """The key of the API keys' hashes."""
        tell(function, KEY_PEPPER_ARN=self.key_pepper.secret_arn)
        allow(function, ["secretsmanager:GetSecretValue"], [self.key_pepper.secret_arn])
