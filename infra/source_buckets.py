"""Other buckets whose objects may be published. Parameters name them. By default there are none."""

import json

from aws_cdk import Aws, Fn, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from dropcast.settings import Settings
from infra.nag import acknowledge
from infra.stage_context import StageContext


class SourceBuckets(Construct):
    """The buckets and their KMS keys. The buckets' owners must grant access as well (docs/publish.md)."""

    def __init__(self, scope: Construct, context: StageContext) -> None:
        super().__init__(scope, "Granted")
        parameters = context.parameters
        self._buckets = parameters.value(Settings.source_buckets)
        self._keys = parameters.value(Settings.source_keys)
        self._any_bucket = parameters.is_given(self, "HasSourceBuckets", Settings.source_buckets)
        self._any_key = parameters.is_given(self, "HasSourceKeys", Settings.source_keys)

    def grant_read(self, function: lambda_.Function) -> None:
        """Allow reading any version of any object in these buckets."""
        assert function.role is not None
        policy = iam.CfnPolicy(
            self,
            function.node.id,
            policy_name="source-buckets",
            roles=[function.role.role_name],
            policy_document={"Version": "2012-10-17", "Statement": self._statements()},
        )
        policy.cfn_options.condition = self._any_bucket
        objects = json.dumps(Stack.of(self).resolve(self._each_object()), separators=(",", ":"))
        acknowledge(
            policy,
            "The owners of the buckets decide which objects may be read.",
            f"AwsSolutions-IAM5[Resource::{objects}]",
        )

    def _each_object(self) -> list[str]:
        return Fn.split(",", Fn.join("", [Fn.join("/*,", Fn.split(",", self._buckets)), "/*"]))

    def _statements(self) -> list[object]:
        via_s3 = {"StringLike": {"kms:ViaService": f"s3.*.{Aws.URL_SUFFIX}"}}
        opens = {
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": Fn.split(",", self._keys),
            "Condition": via_s3,
        }
        return [
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:GetObjectVersion"],
                "Resource": self._each_object(),
            },
            {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": Fn.split(",", self._buckets)},
            Fn.condition_if(self._any_key.logical_id, opens, Aws.NO_VALUE),
        ]
