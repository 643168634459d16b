"""The publishes table, the media bucket, and the functions for the steps of a publish."""

from aws_cdk import Aws, Duration, Fn, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from dropcast.settings import Settings
from infra.accounts_and_keys import AccountsAndKeys
from infra.events import Events
from infra.functions import allow, make_function, pass_parameters, set_env
from infra.nag import acknowledge
from infra.source_buckets import SourceBuckets
from infra.stage_context import StageContext
from infra.tables import Table

TRENDS_PREFIX = "trends/"


class Publishing(Construct):
    """The publishes table and the media bucket."""

    def __init__(self, scope: Construct, context: StageContext) -> None:
        super().__init__(scope, "Publishing")
        self.publishes = Table(self, Settings.publishes_table, context, sorted_by_sk=True)
        self.publishes.add_index("by_account", "account_id", "publish_id", attributes=None)
        self.publishes.add_index("by_month", "listed_in", "publish_id", attributes=["state"])
        self.publishes.add_index("by_reference", "referenced_in", "publish_id")
        self.publishes.add_index("by_wait", "waits_in", "waits_at", by_time=True, attributes=["account_id", "user_id"])
        self.publishes.add_index("unstarted", "unstarted_shard", "unstarted_at", by_time=True)
        self._context = context
        self.bucket = self._make_bucket(context)
        self.source_buckets = SourceBuckets(self, context)

    def _make_bucket(self, context: StageContext) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Media",
            versioned=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                    # Old versions are kept for 400 days, like uploads, because a publish is pinned to a version and may
                    # wait for a year.
                    noncurrent_version_expiration=Duration.days(400),
                ),
                # Dropcast never overwrites these objects. If two rules apply, S3 follows the shorter one.
                s3.LifecycleRule(
                    prefix="uploads/", expiration=Duration.days(400), noncurrent_version_expiration=Duration.days(7)
                ),
                s3.LifecycleRule(
                    prefix="media/", expiration=Duration.days(7), noncurrent_version_expiration=Duration.days(1)
                ),
                s3.LifecycleRule(expired_object_delete_marker=True),
            ],
            removal_policy=context.removal,
        )
        # CDK's own option for EventBridge notifications creates a custom resource with a Lambda. CloudFormation has a
        # property for them.
        resource = _resource_of(bucket)
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
        )
        acknowledge(
            bucket, "Every drop is a publish with a history; a log of all reads is a choice.", "AwsSolutions-S1"
        )
        return bucket

    def allow_pages_of(self, origin: str) -> None:
        """Let the console's pages upload to the bucket, and read frames of its videos with presigned URLs.

        Pages at the origins in the setting return_to_origins may upload too.
        """
        is_given = self._context.parameters.is_given(self, "HasOrigins", Settings.return_to_origins)
        origins = Fn.split(",", self._context.parameters.value(Settings.return_to_origins))
        rules = [
            _cors_rule([origin], "GET", "HEAD", "PUT"),
            Fn.condition_if(is_given.logical_id, _cors_rule(origins, "PUT"), Aws.NO_VALUE),
        ]
        _resource_of(self.bucket).add_property_override("CorsConfiguration", {"CorsRules": rules})

    def grant_uploads(self, function: lambda_.Function) -> None:
        """Allow starting, completing and aborting uploads below uploads/, and signing URLs for their parts."""
        actions = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
        self._grant_objects(function, actions, "uploads/*", "Every account has its own place below uploads/.")

    def grant_store_pictures(self, function: lambda_.Function) -> None:
        """Allow storing pictures that are ready for TikTok, below media/."""
        self._grant_objects(function, ["s3:PutObject"], "media/*", "Every publish has its own place below media/.")

    def grant_read_media(self, function: lambda_.Function) -> None:
        """Allow reading any version of any object. For a missing object S3 then answers 404, and not 403."""
        reason = "The object of a publish is known only when it is dropped or named."
        self._grant_objects(function, ["s3:GetObject", "s3:GetObjectVersion"], "*", reason)
        allow(function, ["s3:ListBucket"], [self.bucket.bucket_arn])

    def grant_store_trends(self, function: lambda_.Function) -> None:
        """Allow storing the history of trends, below trends/."""
        self._grant_objects(
            function, ["s3:PutObject"], f"{TRENDS_PREFIX}*", "Every list of every run has its own object below trends/."
        )

    def set_bucket(self, function: lambda_.Function) -> None:
        """Pass the bucket's name to the function."""
        set_env(function, {Settings.media_bucket: self.bucket.bucket_name})

    def _grant_objects(self, function: lambda_.Function, actions: list[str], keys: str, reason: str) -> None:
        allow(function, actions, [self.bucket.arn_for_objects(keys)])
        bucket_id = Stack.of(self).resolve(self.bucket.bucket_arn)["Fn::GetAtt"][0]
        assert function.role is not None
        acknowledge(function.role, reason, f"AwsSolutions-IAM5[Resource::<{bucket_id}.Arn>/{keys}]")


def _cors_rule(origins: list[str], *methods: str) -> dict[str, object]:
    return {
        "AllowedOrigins": origins,
        "AllowedMethods": list(methods),
        "AllowedHeaders": ["*"],
        "ExposedHeaders": ["ETag"],
        "MaxAge": 3600,
    }


def _resource_of(bucket: s3.Bucket) -> s3.CfnBucket:
    resource = bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    return resource


class Steps(Construct):
    """One function for each step of the state machine (workflow.py)."""

    def __init__(
        self,
        scope: Construct,
        context: StageContext,
        *,
        accounts: AccountsAndKeys,
        publishing: Publishing,
        events: Events,
    ) -> None:
        super().__init__(scope, "Steps")
        self._context = context
        self._accounts = accounts
        self._publishing = publishing
        self._outbox = events.outbox
        self.prepare = self._make_prepare()
        self.pictures = self._make_pictures()
        self.start = self._make_start()
        self.decide = self._make_decide()
        self.transfer = self._make_transfer()
        self.watch = self._make_watch()
        self.settle = self._make_settle()

    def _make_step(self, name: str, does: str, timeout_s: int, memory_mb: int = 512) -> lambda_.Function:
        function = make_function(
            self, f"workflow/{name}", self._context, does=does, timeout_s=timeout_s, memory_mb=memory_mb
        )
        self._publishing.publishes.grant(function, "UpdateItem")
        return function

    def _make_prepare(self) -> lambda_.Function:
        prepare = self._make_step("prepare", "Checks locally what TikTok would refuse", 60, 1024)
        self._accounts.accounts.grant(prepare, "GetItem")
        self._grant_sources(prepare)
        return prepare

    def _make_pictures(self) -> lambda_.Function:
        # 1769 MB give one core, which suffices because pictures are converted one at a time. Decoding the largest
        # picture needs a gigabyte.
        pictures = self._make_step("pictures", "Makes pictures ready for TikTok", 300, 1769)
        self._publishing.publishes.grant(pictures, "GetItem")
        self._grant_sources(pictures)
        self._publishing.grant_store_pictures(pictures)
        self._publishing.set_bucket(pictures)
        return pictures

    def _make_start(self) -> lambda_.Function:
        start = self._make_step("start", "Claims a publish and asks TikTok for an upload", 60)
        self._publishing.publishes.grant(start, "GetItem", "PutItem")
        self._grant_tiktok(start)
        self._accounts.grant_budget_queue(start)
        self._accounts.grant_encrypt(start, "upload_url")
        self._accounts.grant_decrypt(start, "source_url")
        pass_parameters(
            start,
            self._context,
            Settings.tiktok_upload_origins,
            Settings.upload_chunk_bytes,
            Settings.app_audit,
            Settings.webhooks,
            Settings.transfers_at_once,
        )
        return start

    def _make_decide(self) -> lambda_.Function:
        decide = self._make_step("decide", "Decides how an interrupted publish continues", 30)
        self._publishing.publishes.grant(decide, "GetItem")
        self._outbox.grant(decide, "PutItem")
        self._accounts.grant_budget_release(decide)
        return decide

    def _make_transfer(self) -> lambda_.Function:
        transfer = self._make_step("transfer", "Streams a video's bytes to TikTok", 900)
        self._publishing.publishes.grant(transfer, "GetItem")
        self._grant_sources(transfer)
        self._grant_tiktok(transfer)
        self._accounts.grant_decrypt(transfer, "upload_url")
        pass_parameters(transfer, self._context, Settings.webhooks, Settings.transfers_at_once)
        return transfer

    def _make_watch(self) -> lambda_.Function:
        watch = self._make_step("watch", "Stores the task token and asks TikTok once", 60)
        self._publishing.publishes.grant(watch, "Query", "PutItem")
        self._grant_tiktok(watch)
        return watch

    def _make_settle(self) -> lambda_.Function:
        settle = self._make_step("settle", "Writes the final state and its event", 30)
        self._publishing.publishes.grant(settle, "GetItem", "Query")
        self._outbox.grant(settle, "PutItem")
        self._accounts.grant_budget_release(settle)
        return settle

    def _grant_sources(self, function: lambda_.Function) -> None:
        self._publishing.grant_read_media(function)
        self._publishing.source_buckets.grant_read(function)

    def _grant_tiktok(self, function: lambda_.Function) -> None:
        self._accounts.grant_tokens(function)
        self._accounts.grant_budgets(function)
