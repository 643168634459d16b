"""A deployed stack for commands that inspect it: CloudFormation, STS and Lambda beside moto, and the internet."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import pytest
import respx
from botocore.exceptions import ClientError

from cli.version import version
from dropcast.aws import clients
from dropcast.settings import settings
from tests.unit.support.accounts import BUCKET, TABLES
from tests.unit.support.memory_aws import maker

PUBLIC = "https://dropcast.example"
CONSENT = "https://www.tiktok.com/v2/auth/authorize/"
ACCOUNT = "123456789012"


@dataclass
class Deployed:
    """AWS's answers about the account and the stack. A test changes them. deployed: whether there is a stack."""

    deployed: bool = True
    status: str = "CREATE_COMPLETE"
    functions_at_once: int = 1000
    bootstrapped: bool = True
    has_distribution: bool = True
    date: str = "Fri, 15 Jan 2027 08:00:00 GMT"
    parameters: dict[str, str] = field(default_factory=dict[str, str])
    outputs: dict[str, str] = field(
        default_factory=lambda: {
            "Bucket": BUCKET,
            "PublicUrl": PUBLIC,
            "ConsoleUrl": f"{PUBLIC}/console",
            "RedirectUri": f"{PUBLIC}/oauth/tiktok/callback",
            "WebhookUrl": f"{PUBLIC}/webhooks/tiktok",
            "EventBusName": "dropcast-dev",
            "DropcastVersion": version(),
            "KmsKeyId": settings().kms_key_id,
            "AppSecretArn": settings().app_secret_arn,
            "KeyPepperArn": settings().key_pepper_arn,
            **{f"{name.title()}Table": name for name in TABLES},
        }
    )

    def get_caller_identity(self) -> dict[str, Any]:
        headers = {"date": self.date}
        return {
            "Account": ACCOUNT,
            "Arn": f"arn:aws:iam::{ACCOUNT}:user/ana",
            "ResponseMetadata": {"HTTPHeaders": headers},
        }

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        if not self.deployed:
            error = {"Code": "ValidationError", "Message": f"Stack with id {StackName} does not exist"}
            raise ClientError({"Error": error}, "DescribeStacks")
        outputs = [{"OutputKey": name, "OutputValue": value} for name, value in self.outputs.items()]
        given = [{"ParameterKey": name, "ParameterValue": value} for name, value in self.parameters.items()]
        return {"Stacks": [{"StackStatus": self.status, "Outputs": outputs, "Parameters": given}]}

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:
        assert FunctionName in ("dropcast-dev-http-console", "dropcast-dev-http-connect")
        return {"Environment": {"Variables": {"WEBHOOKS": "absent", "PATH": "/opt"}}}

    def get_account_settings(self) -> dict[str, Any]:
        return {"AccountLimit": {"ConcurrentExecutions": self.functions_at_once}}

    def list_distributions(self, MaxItems: str) -> dict[str, Any]:
        return {"DistributionList": {"Quantity": 1, "Items": [{}]} if self.has_distribution else {"Quantity": 0}}

    def get_parameter(self, Name: str) -> dict[str, Any]:
        if not self.bootstrapped:
            error = {"Code": "ParameterNotFound", "Message": f"{Name} does not exist"}
            raise ClientError({"Error": error}, "GetParameter")
        return {"Parameter": {"Value": "30"}}


_OPERATIONS = {
    "sts": ("get_caller_identity",),
    "cloudformation": ("describe_stacks",),
    "lambda": ("get_function_configuration", "get_account_settings"),
    "ssm": ("get_parameter",),
    "cloudfront": ("list_distributions",),
}
# Variables of the test's own settings that a command must get from the stack.
_UNKNOWN = ("DROPCAST_URL", "DROPCAST_API_KEY", "DROPCAST_STAGE", "AWS_ENDPOINT_URL")


@pytest.fixture
def own_environment() -> Iterator[None]:
    """Restore the environment after the test, because commands set variables."""
    with mock.patch.dict(os.environ):
        yield


@pytest.fixture
def deployed(own_environment: None, cloud: pytest.MonkeyPatch) -> Deployed:
    maker("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for name in _UNKNOWN:
        cloud.delenv(name, raising=False)
    cloud.setenv("AWS_REGION", "eu-west-1")
    cloud.delenv("POWERTOOLS_METRICS_NAMESPACE", raising=False)  # as outside a function
    found = Deployed()
    for service, operations in _OPERATIONS.items():
        for operation in operations:
            cloud.setattr(clients.client(service), operation, getattr(found, operation))
    return found


@pytest.fixture
def internet() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        router.get(CONSENT, name="consent").respond(html="<h1>Log in</h1>")
        router.post(f"{PUBLIC}/webhooks/tiktok", name="webhook").respond(401)
        router.get(f"{PUBLIC}/v1/accounts", name="accounts").respond(json={"items": [], "next": None})
        yield router
