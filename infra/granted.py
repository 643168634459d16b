"""Other buckets whose objects may be published: named by parameter, read by those who read media, none by default."""

import json

from aws_cdk import Aws, CfnCondition, Fn, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.functions import House, tell
from infra.nag import acknowledge


class GrantedBuckets(Construct):
    """The buckets and their KMS keys. Their owners must grant them too: docs/publish.md."""

    def __init__(self, scope: Construct, house: House) -> None:
        super().__init__(scope, "Granted")
        self._buckets = house.parameters.source_buckets.value_as_string
        self._keys = house.parameters.source_keys.value_as_string
        self._any_bucket = self._given("HasSourceBuckets", self._buckets)
        self._any_key = self._given("HasSourceKeys", self._keys)

    def _given(self, name: str, value: str) -> CfnCondition:
        return CfnCondition(self, name, expression=Fn.condition_not(Fn.condition_equals(value, "")))

    def reads(self, function: lambda_.Function) -> None:
        """Any object at any version of these buckets."""
        tell(function, SOURCE_BUCKETS=self._buckets)
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
            "Which objects are of use is for the buckets' owners to say.",
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
