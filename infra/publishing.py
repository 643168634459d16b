"""Where publishes and their media live, and the functions that are the steps of a publish."""

from aws_cdk import Aws, CfnCondition, Duration, Fn, IResolvable, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.accounts import Accounts
from infra.events import Events
from infra.functions import House, allow, make_function, tell
from infra.granted import GrantedBuckets
from infra.nag import acknowledge
from infra.tables import Table


class Publishing(Construct):
    """The publishes table and the media bucket."""

    def __init__(self, scope: Construct, house: House) -> None:
        super().__init__(scope, "Publishing")
        self.publishes = Table(self, "publishes", house, sorted_by_sk=True)
        self.publishes.index("by_account", "account_id", "publish_id")
        self.publishes.listing("by_month", "listed_in", "publish_id", ["state"])
        self.publishes.finder("by_reference", "referenced_in", "publish_id")
        self.publishes.worklist("unstarted", "unstarted_shard", "unstarted_at")
        self.bucket = self._make_bucket(house)
        self.granted = GrantedBuckets(self, house)

    def _make_bucket(self, house: House) -> s3.Bucket:
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
                    # As long as uploads: a publish is pinned to a version and may wait for a year.
                    noncurrent_version_expiration=Duration.days(400),
                ),
                # No object of ours is overwritten: of two rules S3 applies the shorter one.
                s3.LifecycleRule(
                    prefix="uploads/", expiration=Duration.days(400), noncurrent_version_expiration=Duration.days(7)
                ),
                s3.LifecycleRule(
                    prefix="media/", expiration=Duration.days(7), noncurrent_version_expiration=Duration.days(1)
                ),
                s3.LifecycleRule(expired_object_delete_marker=True),
            ],
            removal_policy=house.removal,
        )
        # CDK's own switch for this is a custom resource with a Lambda; CloudFormation has had the property since 2021.
        resource = bucket.node.default_child
        assert isinstance(resource, s3.CfnBucket)
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
        )
        resource.cors_configuration = self._for_browsers(house)
        acknowledge(
            bucket, "Every drop is a publish with a history; a log of all reads is a choice.", "AwsSolutions-S1"
        )
        return bucket

    def _for_browsers(self, house: House) -> IResolvable:
        """Pages of the origins to which people are sent back may put what a presigned URL allows."""
        origins = house.parameters.return_to_origins.value_as_string
        any_origin = CfnCondition(self, "HasOrigins", expression=Fn.condition_not(Fn.condition_equals(origins, "")))
        rule = {
            "AllowedOrigins": Fn.split(",", origins),
            "AllowedMethods": ["PUT"],
            "AllowedHeaders": ["*"],
            "ExposedHeaders": ["ETag"],
            "MaxAge": 3600,
        }
        return Fn.condition_if(any_origin.logical_id, {"CorsRules": [rule]}, Aws.NO_VALUE)

    def takes_uploads(self, function: lambda_.Function) -> None:
        """Making, completing and giving up uploads below uploads/, and signing URLs for their parts."""
        actions = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
        allow(function, actions, [self.bucket.arn_for_objects("uploads/*")])
        bucket_id = Stack.of(self).resolve(self.bucket.bucket_arn)["Fn::GetAtt"][0]
        assert function.role is not None
        acknowledge(
            function.role,
            "Every account has a place of its own below uploads/.",
            f"AwsSolutions-IAM5[Resource::<{bucket_id}.Arn>/uploads/*]",
        )

    def keeps_pictures(self, function: lambda_.Function) -> None:
        """Writing prepared pictures below media/, from where TikTok pulls them."""
        allow(function, ["s3:PutObject"], [self.bucket.arn_for_objects("media/*")])
        bucket_id = Stack.of(self).resolve(self.bucket.bucket_arn)["Fn::GetAtt"][0]
        assert function.role is not None
        acknowledge(
            function.role,
            "Every publish has a place of its own below media/.",
            f"AwsSolutions-IAM5[Resource::<{bucket_id}.Arn>/media/*]",
        )

    def reads_media(self, function: lambda_.Function) -> None:
        """Any object at any version. Listing tells a missing object (404) from a forbidden one (403)."""
        tell(function, MEDIA_BUCKET=self.bucket.bucket_name)
        allow(function, ["s3:GetObject", "s3:GetObjectVersion"], [self.bucket.arn_for_objects("*")])
        allow(function, ["s3:ListBucket"], [self.bucket.bucket_arn])
        bucket_id = Stack.of(self).resolve(self.bucket.bucket_arn)["Fn::GetAtt"][0]
        assert function.role is not None
        acknowledge(
            function.role,
            "Which object a publish is of is known when it is dropped or asked for.",
            f"AwsSolutions-IAM5[Resource::<{bucket_id}.Arn>/*]",
        )


class Steps(Construct):
    """One function per step of the state machine (see workflow.py)."""

    def __init__(
        self, scope: Construct, house: House, *, accounts: Accounts, publishing: Publishing, events: Events
    ) -> None:
        super().__init__(scope, "Steps")

        def step(name: str, does: str, timeout_s: int, memory_mb: int = 512) -> lambda_.Function:
            function = make_function(
                self, f"workflow/{name}", house, does=does, timeout_s=timeout_s, memory_mb=memory_mb
            )
            publishing.publishes.changes(function)
            return function

        self.prepare = step("prepare", "Checks locally what TikTok would refuse", 60, 1024)
        accounts.accounts.reads(self.prepare)
        publishing.reads_media(self.prepare)
        publishing.granted.reads(self.prepare)

        # One core for one picture at a time, and the gigabyte that the largest takes to be decoded.
        self.pictures = step("pictures", "Makes pictures ready for TikTok", 300, 1769)
        publishing.publishes.reads(self.pictures)
        publishing.reads_media(self.pictures)
        publishing.granted.reads(self.pictures)
        publishing.keeps_pictures(self.pictures)

        self.start = step("start", "Claims a publish and asks TikTok for an upload", 60)
        self.decide = step("decide", "Says what an interrupted step means", 30)
        publishing.publishes.reads(self.decide)
        events.outbox.puts(self.decide)
        accounts.frees_budgets(self.decide)
        self.transfer = step("transfer", "Streams a video's bytes to TikTok", 900)
        publishing.reads_media(self.transfer)
        publishing.granted.reads(self.transfer)
        self.watch = step("watch", "Stores the task token and asks TikTok once", 60)
        publishing.publishes.lists(self.watch)
        for function in (self.start, self.transfer):
            publishing.publishes.reads(function)
        for function in (self.start, self.watch):
            publishing.publishes.puts(function)
        for function in (self.start, self.transfer, self.watch):
            accounts.lend_tokens(function)
            accounts.keeps_budgets(function)
        accounts.queues_in_budgets(self.start)
        accounts.seals(self.start, "upload_url")
        accounts.opens(self.transfer, "upload_url")
        accounts.opens(self.start, "source_url")
        tell(
            self.start,
            TIKTOK_UPLOAD_ORIGINS=house.parameters.tiktok_upload_origins.value_as_string,
            UPLOAD_CHUNK_BYTES=house.parameters.upload_chunk_bytes.value_as_string,
            APP_AUDIT=house.parameters.app_audit.value_as_string,
        )

        for function in (self.start, self.transfer):
            tell(
                function,
                WEBHOOKS=house.parameters.webhooks.value_as_string,
                TRANSFERS_AT_ONCE=house.parameters.transfers_at_once.value_as_string,
            )

        self.settle = step("settle", "Writes the final state and its event", 30)
        publishing.publishes.reads(self.settle)
        publishing.publishes.lists(self.settle)
        events.outbox.puts(self.settle)
        accounts.frees_budgets(self.settle)
