"""Credentials for services other than TikTok's open API: the app of TikTok API for Business, and EnsembleData's
token.
"""

import json
from functools import lru_cache

from pydantic import BaseModel, SecretStr

from dropcast import clock
from dropcast.aws import clients
from dropcast.settings import settings
from dropcast.snapshots import empty_after_restore
from dropcast.tiktok.business.client import Business
from dropcast.tiktok.business.oauth import BusinessApp

# The secret's value before `dropcast app set-business`.
_PLACEHOLDER = "set-me"

_KEPT_S = 300


class _Secret(BaseModel, hide_input_in_errors=True):
    """The secret in Secrets Manager. Validation errors do not quote it."""

    business_app_id: str = _PLACEHOLDER
    business_secret: SecretStr = SecretStr("")
    ensembledata_token: SecretStr = SecretStr("")


def business_app() -> BusinessApp | None:
    """Dropcast's app of TikTok API for Business, cached for 5 minutes. None if none was set."""
    secret = _partners(_period())
    if secret.business_app_id in ("", _PLACEHOLDER) or not secret.business_secret:
        return None
    return BusinessApp(secret.business_app_id, secret.business_secret)


def ensembledata_token() -> SecretStr | None:
    """Dropcast's token of EnsembleData, cached for 5 minutes. None if none was set."""
    return _partners(_period()).ensembledata_token or None


def business_within(seconds: int) -> Business:
    """A client of TikTok API for Business that ends each exchange after at most `seconds` seconds."""
    from dropcast.accounts.tiktok_app import (
        http_within,  # imported here, because it imports httpx, and most functions need only the secret
    )

    return Business(settings().tiktok_business_url, http_within(seconds))


def store_business_app(app: BusinessApp) -> None:
    """Store the app's id and secret in Secrets Manager. Running functions use them within 5 minutes."""
    _store(business_app_id=app.app_id, business_secret=app.secret.get_secret_value())


def store_ensembledata_token(token: SecretStr) -> None:
    """Store EnsembleData's token in Secrets Manager; "" removes it. Running functions notice within 5 minutes."""
    _store(ensembledata_token=token.get_secret_value())


def _store(**values: str) -> None:
    text = json.dumps({**json.loads(_text()), **values})
    clients.client("secretsmanager").put_secret_value(SecretId=settings().partner_secret_arn, SecretString=text)


def _period() -> int:
    return clock.now() // _KEPT_S


@empty_after_restore
@lru_cache(maxsize=1)
def _partners(_period: int) -> _Secret:
    return _Secret.model_validate_json(_text())


def _text() -> str:
    return clients.client("secretsmanager").get_secret_value(SecretId=settings().partner_secret_arn)["SecretString"]
