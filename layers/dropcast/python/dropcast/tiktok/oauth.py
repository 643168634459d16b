"""TikTok's Login Kit: the consent page, and the exchange, refresh and revocation of tokens (protocol section 1)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from pydantic import SecretStr

from dropcast import ids
from dropcast.tiktok.client import Refused, TikTok, Unanswered, post_form, read_as
from dropcast.tiktok.models import TokenGrant

_TOKEN_PATH = "/v2/oauth/token/"
_REVOKE_PATH = "/v2/oauth/revoke/"


@dataclass(frozen=True)
class AppCredentials:
    """The app's credentials at TikTok. `client_key` is public. TikTok also signs webhooks with the secret."""

    client_key: str
    client_secret: SecretStr


def new_verifier() -> str:
    """A new PKCE verifier for one visit to the consent page: 64 unreserved characters (protocol section 1.5)."""
    return ids.new_secret(48)


def hex_challenge(verifier: str) -> str:
    """TikTok's PKCE challenge: the SHA-256 in lower-case hex (protocol section 1.5). RFC 7636 requires base64url."""
    return hashlib.sha256(verifier.encode("ascii")).hexdigest()


def authorize_url(
    base: str, *, client_key: str, scopes: Iterable[str], redirect_uri: str, state: str, challenge: str
) -> str:
    """The address of the consent page (protocol section 1.1).

    TikTok always shows the page, so that a person can switch accounts.
    """
    query = {
        "client_key": client_key,
        "scope": ",".join(scopes),
        "redirect_uri": redirect_uri,
        "state": state,
        "response_type": "code",
        "disable_auto_auth": "1",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{base}?{urlencode(query)}"


def exchange_code(
    tiktok: TikTok, app: AppCredentials, *, code: str, redirect_uri: str, verifier: str
) -> TokenGrant | Refused | Unanswered:
    """Exchange `code`, which the caller has URL-decoded once (protocol section 1.2).

    Never repeat the call after an answer: a code works once.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    return read_as(TokenGrant, post_form(tiktok, _TOKEN_PATH, _identity(app) | form))


def refresh(tiktok: TikTok, app: AppCredentials, refresh_token: SecretStr) -> TokenGrant | Refused | Unanswered:
    """Get new tokens. TikTok then invalidates `refresh_token` (protocol section 1.4).

    After Unanswered `refresh_token` may be invalid too.
    """
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token.get_secret_value()}
    return read_as(TokenGrant, post_form(tiktok, _TOKEN_PATH, _identity(app) | form))


def revoke(tiktok: TikTok, app: AppCredentials, access_token: SecretStr) -> Refused | Unanswered | None:
    """Revoke the account's grant at TikTok (protocol section 1.6). None is success."""
    answer = post_form(tiktok, _REVOKE_PATH, _identity(app) | {"token": access_token.get_secret_value()})
    return answer if isinstance(answer, Refused | Unanswered) else None


def check_credentials(tiktok: TikTok, app: AppCredentials) -> Refused | Unanswered | None:
    """Ask TikTok for the app's own token, which needs no user (protocol section 1.7).

    None: the key and the secret are right. Only a refusal with the code invalid_client means that they are wrong.
    """
    answer = post_form(tiktok, _TOKEN_PATH, _identity(app) | {"grant_type": "client_credentials"})
    return answer if isinstance(answer, Refused | Unanswered) else None


def _identity(app: AppCredentials) -> dict[str, str]:
    return {"client_key": app.client_key, "client_secret": app.client_secret.get_secret_value()}
