"""Connected accounts: their tables, the key that encrypts their tokens, and the schedule that refreshes the tokens."""

from aws_cdk import Duration
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secrets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from dropcast.setting_declaration import Setting
from dropcast.settings import Settings
from infra.events import Events
from infra.functions import allow, make_function, pass_parameters, set_env
from infra.nag import acknowledge
from infra.queues import grant_send, make_dead_letters, make_rule, make_work_queue
from infra.stage_context import StageContext
from infra.tables import Table

_TOKENS = ("access_token", "refresh_token")
_BUSINESS_TOKENS = ("business_access_token", "business_refresh_token")

# The rows of the connections to TikTok API for Business, and the leases with which one worker at a time refreshes a
# connection.
_BUSINESS_ROWS = ("business", "open_id#biz_*")

# The attributes of the index by_kind, which CloudFormation cannot change. So the list of API keys takes only the ids
# from the index, and reads the keys from the table.
_LISTED_OF_KEYS = ["name", "scopes", "status", "created_at", "last_used_at", "revoked_at", "user_id"]


class AccountsAndKeys(Construct):
    """Accounts, the one-time links that connect them, their budgets, the callers' API keys and the console's
    sessions.
    """

    def __init__(self, scope: Construct, context: StageContext, events: Events) -> None:
        super().__init__(scope, "Accounts")
        self._context = context
        self._events = events
        self._make_tables()
        self.key = kms.Key(
            self,
            "TokenKey",
            alias=f"alias/{context.prefix}",
            description="Seals TikTok tokens and upload addresses",
            enable_key_rotation=True,
            removal_policy=context.removal,
        )
        self._make_secrets()
        self.dead_letters = [self._make_refresh_worker(), self._make_refresh_schedule()]
        self.work_queues = [self._refresh_queue]

    def _make_tables(self) -> None:
        self.accounts = Table(self, Settings.accounts_table, self._context, sorted_by_sk=True)
        self.accounts.add_index("by_user", "user_id", "account_id", attributes=None)
        self.accounts.add_index("by_status", "list_shard", "status")
        self.accounts.add_index("due", "due_shard", "due_at", by_time=True)
        self.connections = Table(self, Settings.connections_table, self._context, sorted_by_sk=False)
        self.budgets = Table(self, Settings.budgets_table, self._context, sorted_by_sk=True)
        self.keys = Table(self, Settings.keys_table, self._context, sorted_by_sk=False)
        self.console = Table(self, Settings.console_table, self._context, sorted_by_sk=False)
        self.keys.add_index("by_kind", "kind", "key_id", attributes=_LISTED_OF_KEYS)
        for relay in self._events.relays:
            self.console.grant_updates_in(relay, "day#*")

    def _make_secrets(self) -> None:
        self.app_secret = self._make_secret(
            "AppSecret",
            "TikTok app: client_key and client_secret. Placeholders until you set them.",
            secrets.SecretStringGenerator(
                secret_string_template='{"client_key": "set-me"}', generate_string_key="client_secret"
            ),
            "Only TikTok's portal can change the client secret.",
        )
        self.partner_secret = self._make_secret(
            "PartnerSecret",
            "App of TikTok API for Business, token of EnsembleData. Placeholders until you set them.",
            secrets.SecretStringGenerator(
                secret_string_template='{"business_app_id": "set-me", "ensembledata_token": ""}',
                generate_string_key="business_secret",
            ),
            "Only the partners' portals can change these.",
        )
        self.key_pepper = self._make_secret(
            "KeyPepper",
            "Keys the hashes of our API keys",
            secrets.SecretStringGenerator(password_length=64, exclude_punctuation=True),
            "Another pepper would void every API key at once.",
        )

    def _make_secret(
        self, construct: str, description: str, value: secrets.SecretStringGenerator, why_not_rotated: str
    ) -> secrets.Secret:
        secret = secrets.Secret(
            self,
            construct,
            description=description,
            generate_secret_string=value,
            removal_policy=self._context.removal,
        )
        acknowledge(secret, why_not_rotated, "AwsSolutions-SMG4")
        return secret

    def _make_refresh_worker(self) -> sqs.Queue:
        worker = make_function(
            self, "queue/refresh", self._context, does="Refreshes one account's tokens", timeout_s=60
        )
        self.grant_tokens(worker)
        self.grant_business_tokens(worker)
        failed = make_dead_letters(self, "RefreshFailed", self._context, "refresh")
        # One account per call, because a refresh may take most of the worker's time and must not delay another account.
        self._refresh_queue = make_work_queue(
            self,
            "RefreshQueue",
            self._context,
            "refresh",
            worker=worker,
            dead_letters=failed,
            batch=1,
            at_once=self._context.config.refresh_workers,
        )
        return failed

    def _make_refresh_schedule(self) -> sqs.Queue:
        finder = make_function(
            self, "schedule/refresh", self._context, does="Queues accounts whose tokens are due", timeout_s=240
        )
        self.accounts.grant_query(finder, "due")
        self.accounts.grant_update_of(finder, "sk", "due_at")
        self.grant_queue_refresh(finder)
        failed = make_dead_letters(self, "RefreshScheduleFailed", self._context, "refresh-schedule")
        make_rule(self, "RefreshSchedule", finder, dead_letters=failed, every=Duration.minutes(5))
        return failed

    def grant_queue_refresh(self, function: lambda_.Function) -> None:
        """Allow queueing refreshes of accounts."""
        grant_send(function, self._refresh_queue, Settings.refresh_queue_url)

    def grant_tokens(self, function: lambda_.Function) -> None:
        """Allow calls to TikTok for an account: reading its token, and refreshing the token if necessary."""
        self.accounts.grant(function, "GetItem", "PutItem", "UpdateItem", "DeleteItem")
        self._events.outbox.grant(function, "PutItem")
        self.grant_app_secret(function)
        self._pass_refresh_shares(function)
        pass_parameters(function, self._context, Settings.in_use_days, Settings.tiktok_api_url)
        self.grant_encrypt(function, *_TOKENS)
        self.grant_decrypt(function, *_TOKENS)

    def grant_connect(self, function: lambda_.Function) -> None:
        """Allow connecting accounts and advertisers.

        This includes listing them, and checking conditions on the rows of other connections.
        """
        self.accounts.grant(function, "Query", "ConditionCheckItem")

    def grant_business_rows(self, function: lambda_.Function) -> None:
        """Allow reading and writing the connections to TikTok API for Business, but no other row of the table."""
        self.accounts.grant_partitions(function, *_BUSINESS_ROWS)

    def grant_business_tokens(self, function: lambda_.Function) -> None:
        """Allow refreshing and using the tokens of the business connections whose rows the function may access."""
        self.grant_partner_secret(function)
        self._pass_refresh_shares(function)
        pass_parameters(function, self._context, Settings.tiktok_business_url)
        self.grant_encrypt(function, *_BUSINESS_TOKENS)
        self.grant_decrypt(function, *_BUSINESS_TOKENS)

    def grant_budgets(self, function: lambda_.Function) -> None:
        """Allow counting calls to TikTok in the ledgers of the budgets."""
        self.budgets.grant(function, "GetItem", "Query", "PutItem")
        self._events.outbox.grant(function, "PutItem")
        pass_parameters(function, self._context, Settings.budgets)

    def grant_budget_queue(self, function: lambda_.Function) -> None:
        """Allow changing the queue of publishes that wait for a budget, in addition to `grant_budgets`."""
        self.budgets.grant(function, "UpdateItem", "DeleteItem")

    def grant_budget_release(self, function: lambda_.Function) -> None:
        """Allow removing a publish from the queue, and subtracting counted calls that led to no post."""
        self.budgets.grant(function, "GetItem")
        self.budgets.grant_update_of(function, "sk", "revision", "queue", "used", "back")
        self.budgets.grant(function, "DeleteItem")
        pass_parameters(function, self._context, Settings.budgets)

    def grant_keep_warm(self, function: lambda_.Function) -> None:
        """Allow recording the time until which an account's tokens must stay fresh."""
        self.accounts.grant(function, "GetItem")
        self.accounts.grant_update_of(function, "sk", "in_use_until", "due_at", "version")
        self._pass_refresh_shares(function)

    def _pass_refresh_shares(self, function: lambda_.Function) -> None:
        pass_parameters(function, self._context, Settings.refresh_warm_share, Settings.refresh_idle_share)

    def grant_encrypt(self, function: lambda_.Function, *kinds: str) -> None:
        """Allow encryption of secrets whose encryption context names one of `kinds`."""
        self._grant_key(function, "kms:Encrypt", kinds)

    def grant_decrypt(self, function: lambda_.Function, *kinds: str) -> None:
        """Allow decryption of secrets that were encrypted as one of `kinds`."""
        self._grant_key(function, "kms:Decrypt", kinds)

    def _grant_key(self, function: lambda_.Function, action: str, kinds: tuple[str, ...]) -> None:
        set_env(function, {Settings.kms_key_id: self.key.key_id})
        of_kind = {"StringEquals": {"kms:EncryptionContext:kind": list(kinds)}}
        allow(function, [action], [self.key.key_arn], of_kind)

    def grant_app_secret(self, function: lambda_.Function) -> None:
        """Allow reading the TikTok app's client key and secret."""
        _grant_secret(function, Settings.app_secret_arn, self.app_secret)

    def grant_partner_secret(self, function: lambda_.Function) -> None:
        """Allow reading the app of TikTok API for Business and the token of EnsembleData."""
        _grant_secret(function, Settings.partner_secret_arn, self.partner_secret)

    def grant_key_pepper(self, function: lambda_.Function) -> None:
        """Allow reading the pepper, a secret that is part of every hash of an API key."""
        _grant_secret(function, Settings.key_pepper_arn, self.key_pepper)

    def grant_api_keys(self, function: lambda_.Function) -> None:
        """Allow creating, listing and revoking the callers' API keys."""
        self.keys.grant_query(function, "by_kind")
        self.keys.grant_update_of(function, "status", "revoked_at")
        self.keys.grant(function, "BatchGetItem", "PutItem")
        self.grant_key_pepper(function)

    def grant_authenticate(self, function: lambda_.Function) -> None:
        """Allow checking an API key and storing when it was used."""
        self.keys.grant(function, "GetItem")
        self.keys.grant_update_of(function, "last_used_at")
        self.grant_key_pepper(function)

    def grant_sign_in_links(self, function: lambda_.Function) -> None:
        """Allow creating links that sign a browser in to the console, and links of embeds."""
        self.console.grant(function, "PutItem")
        self.keys.grant(function, "GetItem")
        self.grant_key_pepper(function)

    def grant_sessions(self, function: lambda_.Function) -> None:
        """Allow signing people in to the console with an API key or a one-time link, and storing their sessions."""
        self.grant_authenticate(function)
        self.console.grant(function, "GetItem", "PutItem", "UpdateItem", "DeleteItem")


def _grant_secret(function: lambda_.Function, setting: Setting[str], secret: secrets.Secret) -> None:
    set_env(function, {setting: secret.secret_arn})
    allow(function, ["secretsmanager:GetSecretValue"], [secret.secret_arn])
