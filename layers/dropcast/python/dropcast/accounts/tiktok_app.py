"""This deployment's TikTok app: its credentials and the process's clients."""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field, SecretStr

from dropcast import clock
from dropcast.aws import clients
from dropcast.aws.expected_refusals import NOT_FOUND, unless
from dropcast.settings import settings
from dropcast.snapshots import empty_after_restore

if TYPE_CHECKING:  # the functions below import these when called, because the webhook's function needs only the secrets
    import httpx

    from dropcast.tiktok.client import TikTok
    from dropcast.tiktok.oauth import AppCredentials

# The secret's value before `dropcast app set`.
PLACEHOLDER = "set-me"

_KEPT_S = 300
_PREVIOUS_COUNTS_S = 7 * 24 * 3600


class _Secret(BaseModel, hide_input_in_errors=True):
    """The app's secret in Secrets Manager. Validation errors do not quote it."""

    client_key: str = Field(min_length=1)
    client_secret: SecretStr = Field(min_length=1)


def app_credentials() -> "AppCredentials":
    """The app's client key and secret from Secrets Manager, cached for 5 minutes.

    The client key is PLACEHOLDER until a person sets it. ValueError: the stored secret does not have the right form.
    """
    return _credentials(clock.now() // _KEPT_S)


@empty_after_restore
@lru_cache(maxsize=1)
def _credentials(_period: int) -> "AppCredentials":
    from dropcast.tiktok.oauth import AppCredentials

    answer = clients.client("secretsmanager").get_secret_value(SecretId=settings().app_secret_arn)
    secret = _Secret.model_validate_json(answer["SecretString"])
    return AppCredentials(secret.client_key, secret.client_secret)


def webhook_secrets() -> list[str]:
    """The client secrets that may sign a webhook: the present one and, for a week after a change, the previous one.

    TikTok repeats a webhook for 72 hours, so webhooks that the old secret signed may still arrive after the change. The
    secrets are cached for 5 minutes.
    """
    return _webhook_secrets(clock.now() // _KEPT_S)


@empty_after_restore
@lru_cache(maxsize=1)
def _webhook_secrets(_period: int) -> list[str]:
    present = _secret_at("AWSCURRENT")
    if present is None:
        return []
    before = _secret_at("AWSPREVIOUS") if clock.now() - present.since < _PREVIOUS_COUNTS_S else None
    return [present.secret] if before is None else [present.secret, before.secret]


@dataclass(frozen=True)
class _Version:
    """A client secret and the time (seconds since the epoch) at which it became the app's secret."""

    secret: str = field(repr=False)
    since: int


def _secret_at(stage: str) -> _Version | None:
    arn = settings().app_secret_arn
    answer = unless(
        NOT_FOUND, lambda: clients.client("secretsmanager").get_secret_value(SecretId=arn, VersionStage=stage)
    )
    if answer is None:
        return None
    secret = _Secret.model_validate_json(answer["SecretString"])
    return _Version(secret.client_secret.get_secret_value(), int(answer["CreatedDate"].timestamp()))


@empty_after_restore
@lru_cache
def tiktok() -> "TikTok":
    """The process's TikTok client: 5 s to connect, 30 s for each read."""
    from dropcast.tiktok.client import TikTok
    from dropcast.tiktok.http.http_client import new_client

    return TikTok(settings().tiktok_api_url, new_client(_timeout()))


def tiktok_within(seconds: int) -> "TikTok":
    """A TikTok client that ends each exchange after `seconds`, even if bytes still arrive."""
    from dropcast.tiktok.client import TikTok

    return TikTok(settings().tiktok_api_url, http_within(seconds))


@empty_after_restore
@lru_cache
def http_within(seconds: int) -> "httpx.Client":
    """An HTTP client that ends each exchange after `seconds`, even if bytes still arrive.

    It opens a connection per exchange.
    """
    import httpx

    from dropcast.accounts.http_deadline import DeadlineTransport
    from dropcast.tiktok.http.http_client import new_client

    transport = DeadlineTransport(httpx.HTTPTransport(limits=httpx.Limits(max_keepalive_connections=0)), seconds)
    return new_client(_timeout(), transport)


def _timeout() -> "httpx.Timeout":
    import httpx

    return httpx.Timeout(30, connect=5)


def store_app_credentials(app: "AppCredentials") -> None:
    """Store the app's client key and secret in Secrets Manager. Other running processes use them within 5 minutes."""
    text = json.dumps({"client_key": app.client_key, "client_secret": app.client_secret.get_secret_value()})
    clients.client("secretsmanager").put_secret_value(SecretId=settings().app_secret_arn, SecretString=text)
    _credentials.cache_clear()
