"""`dropcast doctor` against a deployment in moto and a fake TikTok."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import jsonschema_rs
import pytest
import respx
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from botocore.stub import Stubber
from typer.testing import CliRunner

from cli.doctor import account_checks
from cli.main import cli
from cli.version import ROOT, version
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.aws import clients
from dropcast.settings import settings
from tests.unit.support.accounts import BUCKET
from tests.unit.support.deployed import own_environment as own_environment
from tests.unit.support.memory_aws import maker

SCHEMA = json.loads((ROOT / "docs/cli/doctor.schema.json").read_text())
PUBLIC = "https://dropcast.example"
CONSENT = "https://www.tiktok.com/v2/auth/authorize/"
NOW_AT_AWS = "Fri, 15 Jan 2027 08:00:00 GMT"
OUTPUTS = {
    "Bucket": BUCKET,
    "RedirectUri": f"{PUBLIC}/oauth/tiktok/callback",
    "WebhookUrl": f"{PUBLIC}/webhooks/tiktok",
    "EventBusName": "dropcast-dev",
    "DropcastVersion": version(),
}


@dataclass
class World:
    """The answers of AWS and the internet."""

    status: str = "CREATE_COMPLETE"
    functions_at_once: int = 1000
    date: str = NOW_AT_AWS
    outputs: dict[str, str] = field(default_factory=lambda: dict(OUTPUTS))
    function_settings: dict[str, str] = field(default_factory=lambda: {"APP_AUDIT": "audited", "WEBHOOKS": "absent"})


@pytest.fixture
def world(tiktok, internet) -> World:
    maker("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    maker("s3").put_object(Bucket=BUCKET, Key="public/tiktokA1.txt", Body=b"proof")
    return World()


@pytest.fixture
def internet() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        router.get(CONSENT, name="consent").respond(html="<h1>Log in</h1>")
        router.post(OUTPUTS["WebhookUrl"], name="webhook").respond(401)
        router.get("https://media.example/tiktokA1.txt", name="proof").respond(text="proof")
        yield router


def diagnose(world: World, *words: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code and the lines of `dropcast doctor --json`, by their names."""
    identity = {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/ana", "UserId": "U"}
    outputs = [{"OutputKey": name, "OutputValue": value} for name, value in world.outputs.items()]
    stack = {"StackName": "Dropcast-dev", "CreationTime": 0, "StackStatus": world.status, "Outputs": outputs}
    with (
        Stubber(clients.client("sts")) as sts,
        Stubber(clients.client("cloudformation")) as cloudformation,
        Stubber(clients.client("lambda")) as functions,
    ):
        sts.add_response("get_caller_identity", identity | {"ResponseMetadata": {"HTTPHeaders": {"date": world.date}}})
        cloudformation.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "Dropcast-dev"})
        for name in ("http-console", "http-connect"):
            answer = {"Environment": {"Variables": world.function_settings | {"PATH": "/opt"}}}
            functions.add_response("get_function_configuration", answer, {"FunctionName": f"dropcast-dev-{name}"})
        functions.add_response(
            "get_account_settings", {"AccountLimit": {"ConcurrentExecutions": world.functions_at_once}}
        )
        return run(*words)


def run(*words: str) -> tuple[int, dict[str, dict[str, Any]]]:
    result = CliRunner().invoke(cli, ["doctor", "--json", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    found = json.loads(result.stdout)
    jsonschema_rs.validate(SCHEMA, found)
    return result.exit_code, {one["check"]: one for one in found["checks"]}


@pytest.fixture(autouse=True)
def _environment(own_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.delenv("POWERTOOLS_METRICS_NAMESPACE", raising=False)  # as outside a function


def connect(tiktok: Any, scopes: str) -> Account:
    tiktok.scopes = scopes
    account = save_connection("user-1", tiktok.grant())
    assert isinstance(account, Account)
    return account


def test_a_sound_deployment_is_ok(world, tiktok):
    connect(tiktok, settings().tiktok_scopes)

    code, lines = diagnose(world)

    assert {name for name, line in lines.items() if line["status"] != "ok"} == set()
    assert code == 0
    assert "123456789012" in lines["aws"]["words"]
    assert len(lines) >= 20


def test_without_credentials_only_that_is_reported(cloud, monkeypatch):
    monkeypatch.setattr(clients.client("sts"), "get_caller_identity", failing(NoCredentialsError()))

    code, lines = run()

    assert (code, list(lines), lines["aws"]["status"]) == (2, ["aws"], "fail")
    assert "AWS_PROFILE" in lines["aws"]["fix"]


def test_without_a_network_only_that_is_reported(cloud, monkeypatch):
    refused = EndpointConnectionError(endpoint_url="https://sts.amazonaws.com")
    monkeypatch.setattr(clients.client("sts"), "get_caller_identity", failing(refused))

    code, lines = run()

    assert (code, list(lines)) == (2, ["aws"])
    assert "does not answer" in lines["aws"]["words"]


def failing(error: Exception) -> Callable[[], Any]:
    def fail() -> Any:
        raise error

    return fail


@pytest.mark.parametrize(
    ("status", "line", "code"),
    [("ROLLBACK_COMPLETE", "fail", 2), ("UPDATE_IN_PROGRESS", "warn", 1), ("UPDATE_ROLLBACK_COMPLETE", "warn", 1)],
)
def test_the_state_of_the_stack_is_judged(world, tiktok, status, line, code):
    connect(tiktok, settings().tiktok_scopes)
    world.status = status

    ended, lines = diagnose(world)

    assert (ended, lines["stack"]["status"]) == (code, line)
    assert ("bucket" in lines) is (line == "warn")


@pytest.mark.parametrize(
    ("date", "status"),
    [("Fri, 15 Jan 2027 08:00:45 GMT", "warn"), ("Fri, 15 Jan 2027 07:54:00 GMT", "fail")],
)
def test_a_wrong_clock_is_reported(world, date, status):
    world.date = date

    assert diagnose(world)[1]["clock"]["status"] == status


@pytest.mark.parametrize(
    ("limit", "setting", "status"), [(1000, "0", "ok"), (60, "0", "warn"), (10, "0", "fail"), (10, "4", "warn")]
)
def test_few_functions_at_once_are_compared_with_the_setting(world, limit, setting, status):
    world.functions_at_once = limit
    world.function_settings["TRANSFERS_AT_ONCE"] = setting

    line = diagnose(world)[1]["quotas"]

    assert line["status"] == status
    assert (line["fix"] is None) is (status == "ok")


@pytest.mark.parametrize(
    ("answer", "status"),
    [("refuse:invalid_client", "fail"), ("refuse:unauthorized_client", "warn"), ("server_error", "warn")],
)
def test_only_invalid_client_means_a_wrong_secret(world, tiktok, answer, status):
    tiktok.plan = [answer]

    assert diagnose(world)[1]["tiktok_app"]["status"] == status


@pytest.mark.parametrize(
    ("page", "status"),
    [
        (httpx.Response(302, headers={"location": "https://www.tiktok.com/error?error_type=redirect_uri"}), "fail"),
        (httpx.Response(200, html="correct the following and try again:</p><ul><li>redirect_uri</li>"), "fail"),
        (httpx.Response(200, html='{"error_type":"client_key"}'), "fail"),
        (httpx.Response(200, html='{"error_type":"scope"}'), "warn"),
        (httpx.Response(302, headers={"location": "https://elsewhere.example/"}), "ok"),
    ],
)
def test_the_redirect_uri_is_judged_by_tiktoks_page(world, internet, page, status):
    internet["consent"].return_value = page

    assert diagnose(world)[1]["redirect_uri"]["status"] == status


def test_the_consent_page_gets_the_redirect_uri_of_the_stack(world, internet):
    diagnose(world)

    asked = internet["consent"].calls.last.request.url.params
    assert (asked["redirect_uri"], asked["client_key"]) == (OUTPUTS["RedirectUri"], "key-1")


@pytest.mark.parametrize("answer", [httpx.Response(200), httpx.Response(403), httpx.ConnectError("no")])
def test_a_webhook_address_must_refuse_what_tiktok_did_not_sign(world, internet, answer):
    internet["webhook"].mock(**({"side_effect": answer} if isinstance(answer, Exception) else {"return_value": answer}))

    assert diagnose(world)[1]["webhook_address"]["status"] == "fail"


def test_a_verification_file_that_is_not_served_is_reported(world, internet):
    internet["proof"].respond(403)

    assert diagnose(world)[1]["verified_prefix"]["status"] == "fail"


def test_a_bucket_without_versions_is_reported(world):
    maker("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})

    assert diagnose(world)[1]["bucket"]["status"] == "fail"


def test_a_bucket_that_is_gone_is_reported_in_awss_words(world):
    world.outputs["Bucket"] = "no-such-bucket"

    line = diagnose(world)[1]["bucket"]

    assert line["status"] == "warn"
    assert "404" in line["words"]


def test_scopes_that_an_account_did_not_grant_are_named(world, tiktok):
    account = connect(tiktok, "user.info.basic,video.upload,user.info.profile")

    line = diagnose(world)[1]["scopes"]

    assert (line["status"], line["parts"]) == ("warn", [f"{account_checks.shown_name(account)} lacks video.publish."])


@pytest.mark.parametrize("deployed", ["0.0.1", None])
def test_another_version_is_reported(world, deployed):
    world.outputs.pop("DropcastVersion")
    if deployed:
        world.outputs["DropcastVersion"] = deployed

    line = diagnose(world)[1]["version"]

    assert line["status"] == "warn"
    assert deployed is None or deployed in line["words"]


def test_a_person_reads_the_fix_below_the_line(cloud, monkeypatch):
    monkeypatch.setattr(clients.client("sts"), "get_caller_identity", failing(NoCredentialsError()))

    result = CliRunner().invoke(cli, ["doctor"])

    first, second = result.stdout.splitlines()
    assert (result.exit_code, first.split()[:2]) == (2, ["fail", "AWS"])
    assert second.strip().startswith("Fix: Run aws configure")
