import json
from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner

from cli.main import cli
from cli.stack import StackMissingError
from dropcast import aws
from dropcast.access.keys import authenticate
from dropcast.settings import settings

OUTPUTS = {
    "KeysTable": "keys",
    "RedirectUri": "https://dropcast.example/oauth/tiktok/callback",
    "WebhookUrl": "https://dropcast.example/webhooks/tiktok",
}


@pytest.fixture
def stack(cloud) -> Iterator[None]:
    """A deployed stack that knows what the environment does not."""
    secrets = {"AppSecretArn": settings().app_secret_arn, "KeyPepperArn": settings().key_pepper_arn}
    for name in ("KEYS_TABLE", "APP_SECRET_ARN", "KEY_PEPPER_ARN"):
        cloud.setenv(name, "unknown")
    settings.cache_clear()
    outputs = [{"OutputKey": name, "OutputValue": value} for name, value in (OUTPUTS | secrets).items()]
    found = {"StackName": "Dropcast-dev", "CreationTime": 0, "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}
    with Stubber(aws.client("cloudformation")) as answers:
        answers.add_response("describe_stacks", {"Stacks": [found]}, {"StackName": "Dropcast-dev"})
        yield


def run(*words: str, **more) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, list(words), **more)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def secret() -> dict[str, str]:
    return json.loads(boto3.client("secretsmanager").get_secret_value(SecretId="APP_SECRET_ARN")["SecretString"])


def test_a_key_is_printed_alone_and_works(stack):
    code, out, err = run("keys", "create", "--name", "laptop", "--scopes", "read, admin")

    key = authenticate(out.strip())
    assert code == 0
    assert key is not None
    assert (key.name, key.scopes) == ("laptop", {"read", "admin"})
    assert out.strip() not in err


def test_an_unknown_scope_is_refused(stack):
    code, out, err = run("keys", "create", "--name", "laptop", "--scopes", "root")

    assert (code, out) == (2, "")
    assert "admin, publish, read" in err


def test_a_missing_stack_is_named(cloud):
    with Stubber(aws.client("cloudformation")) as answers:
        answers.add_client_error("describe_stacks", "ValidationError", "Stack with id Dropcast-prod does not exist")

        with pytest.raises(StackMissingError, match="Dropcast-prod"):
            run("keys", "create", "--name", "laptop", "--stage", "prod")


@pytest.mark.parametrize(
    ("words", "more"),
    [
        (["--client-key", "key-2", "--secret-stdin"], {"input": "canary-secret\n"}),
        (["--client-key", "key-2"], {"input": "canary-secret\n"}),
        ([], {"input": "key-2\ncanary-secret\n"}),
        ([], {"env": {"TIKTOK_CLIENT_KEY": "key-2", "TIKTOK_CLIENT_SECRET": "canary-secret"}}),
    ],
    ids=["stdin", "prompt", "both prompted", "environment"],
)
def test_the_app_is_stored_and_its_secret_not_shown(stack, words, more):
    code, out, err = run("app", "set", *words, **more)

    assert code == 0
    assert secret() == {"client_key": "key-2", "client_secret": "canary-secret"}
    assert "canary" not in out + err
    assert OUTPUTS["RedirectUri"] in err
    assert OUTPUTS["WebhookUrl"] in err


def test_an_empty_secret_is_not_stored(stack):
    code, _, _ = run("app", "set", "--client-key", "key-2", "--secret-stdin", input="\n")

    assert code == 2
    assert secret()["client_key"] == "key-1"
