"""Tests a deployment with real requests: without a key, with a wrong key, and with a webhook signed like TikTok's."""

import hmac
import json
import secrets
from collections.abc import Iterator, Mapping
from hashlib import sha256

import httpx

from dropcast import clock
from dropcast.aws import clients
from dropcast.health.finding import Finding

# A new API answers only after some seconds, and its first answers wait for the functions to start.
_PATIENCE_S = 60
_PAUSE_S = 2
_TIMEOUT_S = 35


def run_smoke_test(outputs: Mapping[str, str], http: httpx.Client) -> Iterator[tuple[str, Finding]]:
    """The title and finding of each check of the deployment with these outputs. The checks change nothing in it.

    Raises botocore's errors if the app's secret cannot be read.
    """
    url, logs = outputs["PublicUrl"], f"See the log /aws/lambda/{outputs['EventBusName']}-"
    answer = _answer_when_up(http, f"{url}/openapi.json")
    if isinstance(answer, str):
        yield "Health", _unreachable(url, answer, outputs.get("DomainTarget"))
        return
    yield "Health", _judge_health(answer, f"{logs}http-api.")
    yield "Authoriser", _check_authoriser(http, url, f"{logs}http-authorizer.")
    yield "Webhook", _check_webhook(http, outputs["WebhookUrl"], outputs["AppSecretArn"], f"{logs}http-webhook.")


def _answer_when_up(http: httpx.Client, url: str) -> int | str:
    """The first status below 500. If a minute passes without one, the last status, or a text if nothing answered."""
    deadline = clock.monotonic() + _PATIENCE_S
    while True:
        answer = _ask(http, "GET", url)
        if (isinstance(answer, int) and answer < 500) or clock.monotonic() > deadline:
            return answer
        clock.sleep(_PAUSE_S)


def _ask(
    http: httpx.Client, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> int | str:
    """The status of the answer, or a text with the reason why there is none."""
    try:
        return http.request(method, url, headers=headers, content=body, timeout=_TIMEOUT_S).status_code
    except httpx.RequestError as error:
        return f"{type(error).__name__}: {error}"


def _unreachable(url: str, reason: str, domain_target: str | None) -> Finding:
    words = f"{url} does not answer ({reason})."
    if domain_target is None:
        return Finding("act", words, "Check PublicUrl and the network.")
    fix = f"Point a CNAME of your domain to {domain_target}, then run make deploy again."
    return Finding("look", words, fix, "deploy.md#your-own-domain")


def _judge_health(status: int, fix: str) -> Finding:
    if status == 200:
        return Finding("ok", "The API answers.")
    return Finding("act", f"The API answered {status} instead of 200.", fix)


def _check_authoriser(http: httpx.Client, url: str, fix: str) -> Finding:
    """Check that the API refuses a call without a key and a call with a key that never existed."""
    accounts = f"{url}/v1/accounts"
    made_up = {"Authorization": f"Bearer dk_{secrets.token_hex(13)}_{secrets.token_hex(16)}"}
    without, with_made_up = _ask(http, "GET", accounts), _ask(http, "GET", accounts, made_up)
    if (without, with_made_up) == (401, 403):
        return Finding("ok", "The API refuses calls without a key and with an unknown key.")
    words = f"A call without a key gets {without} instead of 401, with an unknown key {with_made_up} instead of 403."
    return Finding("act", words, fix)


def _check_webhook(http: httpx.Client, url: str, secret_arn: str, fix: str) -> Finding:
    """Check that a webhook with the app's signature is accepted, and a webhook with another signature is refused.

    The body names no event, so Dropcast ignores the webhook after it has verified the signature.
    """
    signed, forged = (_post_webhook(http, url, each) for each in (_client_secret(secret_arn), secrets.token_hex(16)))
    if (signed, forged) == (200, 401):
        return Finding("ok", "The webhook address accepts a signed webhook and refuses a forged webhook.")
    words = f"The answer to a signed webhook is {signed} instead of 200, to a forged webhook {forged} instead of 401."
    return Finding("act", words, f"{fix} If the app's secret has just changed, try again in five minutes.")


def _client_secret(secret_arn: str) -> str:
    answer = clients.client("secretsmanager").get_secret_value(SecretId=secret_arn)
    return json.loads(answer["SecretString"])["client_secret"]


def _post_webhook(http: httpx.Client, url: str, secret: str) -> int | str:
    """The answer to a webhook that is signed as section 7 of the protocol describes."""
    body, at = b'{"sent_by": "dropcast deploy"}', str(clock.now())
    signature = hmac.new(secret.encode(), at.encode() + b"." + body, sha256).hexdigest()
    headers = {"Content-Type": "application/json", "TikTok-Signature": f"t={at},s={signature}"}
    return _ask(http, "POST", url, headers, body)
