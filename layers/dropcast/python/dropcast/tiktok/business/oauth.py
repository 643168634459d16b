"""The two consents of TikTok API for Business, which use different names for the same values (protocol section 12).

An advertiser's token is for the Discovery API and does not expire. An account holder's token is for the comments of
that account, and it must be refreshed daily.
"""

from dataclasses import dataclass
from typing import Annotated, Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import BeforeValidator, Field, SecretStr

from dropcast.tiktok.business.client import Business, business_post
from dropcast.tiktok.client import Refused, Unanswered, read_as
from dropcast.tiktok.http.lenient_fields import Lifetime, OrNone
from dropcast.tiktok.http.wire_model import Wire
from dropcast.tiktok.models import IdText, OpenId, Scopes, Secret

_ADVERTISER_TOKEN = "/open_api/v1.3/oauth2/access_token/"
_HOLDER_TOKEN = "/open_api/v1.3/tt_user/oauth2/token/"
_HOLDER_REFRESH = "/open_api/v1.3/tt_user/oauth2/refresh_token/"
_HOLDER_REVOKE = "/open_api/v1.3/tt_user/oauth2/revoke/"


def _id_texts(value: Any) -> Any:
    """The first thousand ids as texts; TikTok sends texts or numbers."""
    if not isinstance(value, list):
        return value
    return tuple(str(one) for one in cast(list[Any], value)[:1000] if isinstance(one, str | int))


@dataclass(frozen=True)
class BusinessApp:
    """The app at business-api.tiktok.com, which is not the app of the Content Posting API."""

    app_id: str
    secret: SecretStr


class AdvertiserGrant(Wire):
    """An advertiser's token and the ids of the advertiser accounts.

    The token is valid until the advertiser withdraws it.
    """

    access_token: Secret
    advertiser_ids: Annotated[tuple[OpenId, ...], BeforeValidator(_id_texts)]


class HolderGrant(Wire):
    """Tokens of one account holder. Lifetimes are in seconds from the answer.

    `open_id` is the value that other calls name business_id.
    """

    access_token: Secret
    refresh_token: Secret
    expires_in: Lifetime
    refresh_expires_in: Lifetime = Field(alias="refresh_token_expires_in")
    open_id: OpenId
    scopes: Scopes = Field(frozenset[str](), alias="scope")


class HolderRenewal(Wire):
    """A refreshed token. None means that TikTok did not return the value. The stored value then stays valid."""

    access_token: Secret
    expires_in: Lifetime
    refresh_token: Secret | None = None
    refresh_expires_in: Annotated[Lifetime | None, OrNone] = Field(None, alias="refresh_token_expires_in")
    open_id: IdText = None
    scopes: Scopes | None = Field(None, alias="scope")


def advertiser_authorize_url(base: str, *, app_id: str, redirect_uri: str, state: str) -> str:
    """The advertiser's consent page (protocol section 13.0)."""
    return f"{base}?{urlencode({'app_id': app_id, 'state': state, 'redirect_uri': redirect_uri})}"


def holder_authorize_url(portal_url: str, *, state: str) -> str:
    """The account holder's consent page: the address that the portal shows, with `state` added."""
    parts = urlsplit(portal_url)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "state"]
    return parts._replace(query=urlencode([*query, ("state", state)])).geturl()


def holder_redirect_uri(portal_url: str) -> str | None:
    """The redirect URI in the portal's address, or None. The call that exchanges the code must use the same URI."""
    return dict(parse_qsl(urlsplit(portal_url).query)).get("redirect_uri")


def exchange_advertiser(
    business: Business, app: BusinessApp, *, auth_code: str
) -> AdvertiserGrant | Refused | Unanswered:
    """Exchange `auth_code`, which works once and within ten minutes. Never repeat the call after an answer."""
    body = {"app_id": app.app_id, "secret": app.secret.get_secret_value(), "auth_code": auth_code}
    return read_as(AdvertiserGrant, business_post(business, _ADVERTISER_TOKEN, None, body))


def exchange_holder(
    business: Business, app: BusinessApp, *, auth_code: str, redirect_uri: str
) -> HolderGrant | Refused | Unanswered:
    """Exchange `auth_code`, which works once and within ten minutes. Never repeat the call after an answer."""
    body = {"grant_type": "authorization_code", "auth_code": auth_code, "redirect_uri": redirect_uri}
    return read_as(HolderGrant, business_post(business, _HOLDER_TOKEN, None, _client(app) | body))


def refresh_holder(
    business: Business, app: BusinessApp, refresh_token: SecretStr
) -> HolderRenewal | Refused | Unanswered:
    """Get a new access token. If TikTok also returns a new refresh token, the previous refresh token is invalid."""
    body = {"grant_type": "refresh_token", "refresh_token": refresh_token.get_secret_value()}
    return read_as(HolderRenewal, business_post(business, _HOLDER_REFRESH, None, _client(app) | body))


def revoke_holder(business: Business, app: BusinessApp, access_token: SecretStr) -> Refused | Unanswered | None:
    """Revoke the account holder's grant at TikTok. None is success."""
    body = {"access_token": access_token.get_secret_value()}
    answer = business_post(business, _HOLDER_REVOKE, None, _client(app) | body)
    return answer if isinstance(answer, Refused | Unanswered) else None


def _client(app: BusinessApp) -> dict[str, str]:
    return {"client_id": app.app_id, "client_secret": app.secret.get_secret_value()}
