"""Calls to TikTok that need no user. They test the app's key and secret, and its redirect URI."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin, urlsplit

import httpx

from dropcast.accounts import tiktok_app
from dropcast.settings import listed, settings
from dropcast.tiktok import oauth
from dropcast.tiktok.client import Refused
from dropcast.tiktok.oauth import AppCredentials

_PATIENCE_S = 10
_REDIRECTS_MAX = 5
# The error's name: in an address, in JSON within a page, or in the text of TikTok's own error page.
_ERROR_TYPE = re.compile(r"error_type(?:=|%3D|\\?\"\s*:\s*\\?\")([a-z_]+)")
_ERROR_WORDS = re.compile(r"correct the following and try again:?(?:\s|<[^>]*>)*([a-z_]+)", re.IGNORECASE)


@dataclass(frozen=True)
class CannotTell:
    """TikTok's answer proves nothing. `why` says what TikTok did."""

    why: str


def probe_credentials(app: AppCredentials) -> Literal["right", "wrong"] | CannotTell:
    """Whether TikTok accepts the app's key and secret. Only invalid_client means that they are wrong (protocol
    section 1.7).
    """
    match oauth.check_credentials(tiktok_app.tiktok_within(_PATIENCE_S), app):
        case None:
            return "right"
        case Refused(code="invalid_client"):
            return "wrong"
        case Refused(code=code):
            return CannotTell(f"TikTok answered {code}")
        case unanswered:
            return CannotTell(f"TikTok did not answer ({unanswered.reason})")


def probe_consent_page(client_key: str, redirect_uri: str) -> Literal["", "redirect_uri", "client_key"] | CannotTell:
    """What is wrong with the app according to TikTok's consent page (protocol section 1.1). "" if it names no error.

    TikTok's page may show an error only in a browser, so "" is no proof. The probe starts no consent.
    """
    url = oauth.authorize_url(
        settings().tiktok_authorize_url,
        client_key=client_key,
        scopes=listed(settings().tiktok_scopes),
        redirect_uri=redirect_uri,
        state="dropcast-doctor",
        challenge=oauth.hex_challenge(oauth.new_verifier()),
    )
    try:
        named = _named_error(url)
    except httpx.HTTPError as error:
        return CannotTell(f"TikTok's consent page does not answer ({type(error).__name__})")
    if named in ("", "redirect_uri", "client_key"):
        return named
    return CannotTell(f"TikTok's consent page reports the error {named}")


def _named_error(url: str) -> str:
    """Open the page and follow its redirects within the same site. Returns the first error type that a page names."""
    site = urlsplit(url).netloc
    with httpx.Client(timeout=_PATIENCE_S) as browser:
        for _ in range(_REDIRECTS_MAX):
            page = browser.get(url)
            following = page.headers.get("location", "")
            if (
                found := _ERROR_TYPE.search(following)
                or _ERROR_TYPE.search(page.text)
                or _ERROR_WORDS.search(page.text)
            ):
                return found[1]
            url = urljoin(url, following)
            if not following or urlsplit(url).netloc != site:
                return ""
    return ""
