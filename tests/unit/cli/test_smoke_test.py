"""The smoke test, with deployments that work or that have one defect."""

from collections.abc import Callable

import httpx
import pytest

from cli.deployment.smoke_test import run_smoke_test
from dropcast.health.finding import Finding
from dropcast.publishing.outcome import webhook_inbox
from dropcast.settings import settings

URL = "https://dropcast.example"
ALL_OK = {"Health": "ok", "Authoriser": "ok", "Webhook": "ok"}


def whole(request: httpx.Request) -> httpx.Response:
    """Answer like a deployment. The library handles the webhook."""
    match request.url.path:
        case "/openapi.json":
            return httpx.Response(200, json={"openapi": "3.1.0"})
        case "/v1/accounts":
            return httpx.Response(403 if "authorization" in request.headers else 401)
        case _:
            signature = request.headers.get("tiktok-signature")
            return httpx.Response(200 if webhook_inbox.receive(request.read(), signature) else 401)


def broken(path: str, status: int) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(status) if request.url.path == path else whole(request)


def found(answer: Callable[[httpx.Request], httpx.Response], **more: str) -> dict[str, Finding]:
    outputs = {"PublicUrl": URL, "WebhookUrl": f"{URL}/webhooks/tiktok", "AppSecretArn": settings().app_secret_arn}
    outputs |= {"EventBusName": "dropcast-dev"}
    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        return dict(run_smoke_test(outputs | more, http))


def statuses(findings: dict[str, Finding]) -> dict[str, str]:
    return {title: finding.status for title, finding in findings.items()}


def test_a_whole_deployment_passes_and_no_webhook_is_queued(cloud):
    """The queue's address is not set here, so a queued webhook would raise an error."""
    assert statuses(found(whole)) == ALL_OK


@pytest.mark.parametrize(
    ("path", "status", "failed"),
    [
        ("/openapi.json", 404, "Health"),
        ("/openapi.json", 502, "Health"),
        ("/v1/accounts", 200, "Authoriser"),
        ("/v1/accounts", 403, "Authoriser"),
        ("/webhooks/tiktok", 200, "Webhook"),
        ("/webhooks/tiktok", 401, "Webhook"),
    ],
)
def test_a_broken_part_fails_with_a_fix_and_the_others_are_tested(cloud, path, status, failed):
    findings = found(broken(path, status))

    assert statuses(findings) == ALL_OK | {failed: "act"}
    assert str(status) in findings[failed].words
    assert "See the log /aws/lambda/dropcast-dev-http-" in str(findings[failed].fix)


def test_the_test_waits_for_an_api_that_answers_after_some_seconds(cloud, held_clock):
    began = held_clock.at

    def answer(request: httpx.Request) -> httpx.Response:
        if held_clock.at < began + 20:
            raise httpx.ConnectError("not yet")
        return whole(request)

    assert statuses(found(answer)) == ALL_OK


def refuse(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("unknown name")


def test_an_api_that_does_not_answer_fails(cloud):
    findings = found(refuse)

    assert statuses(findings) == {"Health": "act"}
    assert "unknown name" in findings["Health"].words


def test_an_own_domain_that_leads_nowhere_yet_is_a_warning_that_names_the_target(cloud):
    findings = found(refuse, DomainTarget="d-1.execute-api.eu-west-1.amazonaws.com")

    assert statuses(findings) == {"Health": "look"}
    assert "d-1.execute-api.eu-west-1.amazonaws.com" in str(findings["Health"].fix)


def test_a_part_that_breaks_the_connection_fails_and_the_others_are_tested(cloud):
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/accounts":
            raise httpx.ReadError("reset")
        return whole(request)

    assert statuses(found(answer)) == ALL_OK | {"Authoriser": "act"}


def test_no_finding_shows_the_secret(cloud):
    assert "canary" not in str(found(broken("/webhooks/tiktok", 401)))
