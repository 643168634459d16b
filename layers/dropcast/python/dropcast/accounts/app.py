"""This deployment's TikTok app: its credentials and the process's clients."""

import json
from functools import lru_cache

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from dropcast import aws, clock
from dropcast.accounts.deadline import DeadlineTransport
from dropcast.settings import settings
from dropcast.tiktok.client import TikTok
from dropcast.tiktok.oauth import AppCredentials

# What the secret holds before `dropcast app set`.
PLACEHOLDER = "set-me"

_TIMEOUT = httpx.Timeout(30, connect=5)
_KEPT_SECONDS = 300


class _Secret(BaseModel):
    """The app's secret as it lies in Secrets Manager. Errors do not quote it."""

    model_config = ConfigDict(hide_input_in_errors=True)

    client_key: str = Field(min_length=1)
    client_secret: SecretStr = Field(min_length=1)


def app_credentials() -> AppCredentials:
    """The app's client key and secret from Secrets Manager, kept for 5 minutes. A ValueError if none were set yet."""
    return _credentials(clock.now() // _KEPT_SECONDS)


@lru_cache(maxsize=1)
def _credentials(_period: int) -> AppCredentials:
    answer = aws.client("secretsmanager").get_secret_value(SecretId=settings().app_secret_arn)
    secret = _Secret.model_validate_json(answer["SecretString"])
    return AppCredentials(secret.client_key, secret.client_secret)


@lru_cache
def tiktok() -> TikTok:
    """The process's TikTok client: 5 s to connect, 30 s for each read."""
    return TikTok(settings().tiktok_api_url, httpx.Client(timeout=_TIMEOUT))


@lru_cache
def tiktok_within(seconds: int) -> TikTok:
    """A client that gives a whole exchange `seconds`, whatever trickles; each takes a new connection."""
    transport = httpx.HTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))
    return TikTok(
        settings().tiktok_api_url, httpx.Client(timeout=_TIMEOUT, transport=DeadlineTransport(transport, seconds))
    )


def store_app_credentials(app: AppCredentials) -> None:
    """Put the app's client key and secret into Secrets Manager; running functions see them within 5 minutes."""
    text = json.dumps({"client_key": app.client_key, "client_secret": app.client_secret.get_secret_value()})
    aws.client("secretsmanager").put_secret_value(SecretId=settings().app_secret_arn, SecretString=text)
