import json
from collections.abc import Iterator

import botocore.session
import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner

from cli.main import cli
from cli.stack import StackMissingError, use_stack
from dropcast.access.authentication import authenticate
from dropcast.aws import clients
from dropcast.settings import settings
from tests.unit.support.memory_aws import maker

OUTPUTS = {
    "KeysTable": "keys",
    "RedirectUri": "https://dropcast.example/oauth/tiktok/callback",
    "WebhookUrl": "https://dropcast.example/webhooks/tiktok",
    "BusinessRedirectUri": "https://dropcast.example/oauth/business/callback/",
}


@pytest.fixture
def stack(cloud) -> Iterator[None]:
    """A deployed stack whose settings are not in the environment."""
    secrets = {
        "AppSecretArn": settings().app_secret_arn,
        "PartnerSecretArn": settings().partner_secret_arn,
        "KeyPepperArn": settings().key_pepper_arn,
    }
    for name in ("KEYS_TABLE", "APP_SECRET_ARN", "PARTNER_SECRET_ARN", "KEY_PEPPER_ARN"):
        cloud.setenv(name, "unknown")
    settings.cache_clear()
    outputs = [{"OutputKey": name, "OutputValue": value} for name, value in (OUTPUTS | secrets).items()]
    found = {"StackName": "Dropcast-dev", "CreationTime": 0, "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}
    with Stubber(clients.client("cloudformation")) as answers:
        for _ in range(10):
            answers.add_response("describe_stacks", {"Stacks": [found]}, {"StackName": "Dropcast-dev"})
        yield


def run(*words: str, **more) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, list(words), **more)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def secret(name: str = "APP_SECRET_ARN") -> dict[str, str]:
    return json.loads(maker("secretsmanager").get_secret_value(SecretId=name)["SecretString"])


def test_only_the_key_is_printed_and_it_works(stack):
    code, out, err = run("keys", "create", "--bootstrap", "--name", "laptop", "--scopes", "read, admin")

    key = authenticate(out.strip())
    assert code == 0
    assert key is not None
    assert (key.name, key.scopes) == ("laptop", {"read", "admin"})
    assert out.strip() not in err


def test_an_unknown_scope_is_refused(stack):
    code, out, err = run("keys", "create", "--bootstrap", "--name", "laptop", "--scopes", "root")

    assert (code, out) == (2, "")
    assert "admin, draft, publish, read" in err


@pytest.mark.parametrize(
    ("span", "expires"),
    [
        ("30d", "2027-02-14T08:00:00Z"),
        ("12h", "2027-01-15T20:00:00Z"),
        ("45m", "2027-01-15T08:45:00Z"),
        ("90s", "2027-01-15T08:01:30Z"),
        ("3600", "2027-01-15T09:00:00Z"),
    ],
)
def test_a_key_gets_an_expiry(stack, span, expires):
    code, _, err = run("keys", "create", "--bootstrap", "--name", "laptop", "--expires-in", span)

    assert code == 0
    assert f"until {expires}" in err


@pytest.mark.parametrize("span", ["", "soon", "30 d", "-30d", "1.5h", "\u0663d", "9" * 10])
def test_an_expiry_in_another_form_is_refused(stack, span):
    code, out, err = run("keys", "create", "--bootstrap", "--name", "laptop", "--expires-in", span)

    assert (code, out) == (2, "")
    assert "30d, 12h, 45m" in err


@pytest.mark.parametrize("span", ["0", "59", "59s", "11000d"])
def test_an_expiry_too_early_or_too_late_is_refused(stack, span):
    code, out, err = run("keys", "create", "--bootstrap", "--name", "laptop", "--expires-in", span)

    assert (code, out) == (3, "")
    assert "expires_in must be 60 to 315360000 seconds" in err


def test_a_missing_stack_is_named(cloud):
    with Stubber(clients.client("cloudformation")) as answers:
        answers.add_client_error("describe_stacks", "ValidationError", "Stack with id Dropcast-prod does not exist")

        with pytest.raises(StackMissingError, match="Dropcast-prod"):
            run("keys", "create", "--bootstrap", "--name", "laptop", "--stage", "prod")


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
def test_the_app_is_stored_and_its_secret_is_not_shown(stack, words, more):
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


@pytest.mark.parametrize(
    ("words", "more"),
    [
        (["--app-id", "7000", "--secret-stdin"], {"input": "canary-secret\n"}),
        (["--app-id", "7000"], {"input": "canary-secret\n"}),
        ([], {"env": {"TIKTOK_BUSINESS_APP_ID": "7000", "TIKTOK_BUSINESS_SECRET": "canary-secret"}}),
    ],
    ids=["stdin", "prompt", "environment"],
)
def test_the_business_app_is_stored_beside_the_existing_partners(stack, words, more):
    run("app", "set-ensembledata", "--secret-stdin", input="canary-token\n")

    code, out, err = run("app", "set-business", *words, **more)

    assert code == 0
    assert secret("PARTNER_SECRET_ARN") == {
        "business_app_id": "7000",
        "business_secret": "canary-secret",
        "ensembledata_token": "canary-token",
    }
    assert "canary" not in out + err
    assert OUTPUTS["BusinessRedirectUri"] in err


def test_an_empty_business_secret_is_not_stored(stack):
    code, _, _ = run("app", "set-business", "--app-id", "7000", "--secret-stdin", input="\n")

    assert code == 2
    assert secret("PARTNER_SECRET_ARN")["business_app_id"] == "set-me"


def test_aws_region_determines_the_region(stack, cloud):
    cloud.setenv("AWS_DEFAULT_REGION", "us-east-1")
    cloud.setenv("AWS_REGION", "eu-central-1")

    use_stack("dev")

    assert botocore.session.get_session().get_config_variable("region") == "eu-central-1"


def test_without_aws_region_botocore_determines_the_region(stack, cloud):
    cloud.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    cloud.delenv("AWS_REGION", raising=False)

    use_stack("dev")

    assert botocore.session.get_session().get_config_variable("region") == "eu-west-3"


def test_a_key_for_one_user_is_made(stack):
    code, out, err = run("keys", "create", "--bootstrap", "--name", "shop", "--user-id", "42", "--scope", "draft")

    key = authenticate(out.strip())
    assert code == 0
    assert key is not None
    assert (key.user_id, key.scopes) == ("42", {"draft"})
    assert "42" in err


def test_a_key_for_one_user_cannot_have_admin(stack):
    code, out, err = run("keys", "create", "--bootstrap", "--name", "shop", "--user-id", "42", "--scopes", "read,admin")

    assert (code, out) == (3, "")
    assert "cannot have the scope admin" in err
    assert "Leave admin out" in err
